/* expect: range-overflow; en: the offset -65536 is negative; fr: le décalage -65536 est négatif; zh: 偏移量 -65536 是负数
 * values: -65536
 * Back by one record from the beginning of the file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        exit(2);
    return fd;
}

int main(void) {
    int fd = make("data.bin", 65536);
    off_t offset = 0;
    offset -= 65536;
    char *p = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE, fd, offset);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
