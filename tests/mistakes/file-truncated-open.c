/* expect: file-truncated; en: was cut at; fr: tronqué (/; zh: 处被截短
 * Opened anew to write it from the start, while it is mapped: O_TRUNC. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 8192) != 0)
        return 2;
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    int again = open("data.bin", O_WRONLY | O_TRUNC);
    if (write(again, "new", 3) != 3)
        return 2;
    return p[5000];
}
