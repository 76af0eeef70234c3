/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("/proc/self/maps", O_RDONLY);
    if (fd < 0)
        return 77;
    char text[4096];
    return read(fd, text, sizeof text) <= 0;
}
