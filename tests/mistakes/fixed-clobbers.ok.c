/* Over a reservation that is what it is for. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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
    int fd = make("data.bin", "0123456789", 10);
    char *p = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* a reservation */
    if (p == MAP_FAILED)
        return 2;
    char *q = mmap(p + 4096, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    if (q == MAP_FAILED)
        return 2;
    munmap(p, 65536);
    return 0;
}
