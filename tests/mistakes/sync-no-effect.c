/* expect: sync-no-effect; en: MAP_PRIVATE; fr: MAP_PRIVATE; zh: MAP_PRIVATE
 * A private mapping has nothing to write back. */
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
    close(fd);
    fd = open("data.bin", O_RDONLY);
    char *p = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    p[0] = 'x';
    msync(p, 10, MS_SYNC);
    munmap(p, 10);
    return 0;
}
