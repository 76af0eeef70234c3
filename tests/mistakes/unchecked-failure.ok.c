/* What can fail is tested, and with the right value. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    int fd = open("absent.bin", O_RDONLY);
    if (fd < 0)
        return 0;
    char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 1;
    return p[10];
}
