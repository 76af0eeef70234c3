/* expect: type-both; en: data.bin; fr: data.bin; zh: data.bin
 * Both types at once are the value of a third: the mapping is shared. */
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
    char *p = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    munmap(p, 10);
    return 0;
}
