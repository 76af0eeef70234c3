/* Two parts of one file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, const char *text, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        exit(2);
    return fd;
}

int main(void) {
    static char zeroes[8192];
    int fd = make("data.bin", zeroes, sizeof zeroes);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096); /* another part */
    if (q == MAP_FAILED)
        return 2;
    strcpy(p, "mine");
    strcpy(q, "yours");
    munmap(p, 4096);
    munmap(q, 4096);
    return 0;
}
