/* expect: file-too-short; en: data.bin; fr: data.bin; zh: data.bin
 * The mapping is longer than its file: mapping does not enlarge a file. */
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
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    p[4096] = 'x';
    return 0;
}
