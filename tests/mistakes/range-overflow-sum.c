/* expect: range-overflow; en: the offset 9223372036854710272 and the length, 131072 bytes; fr: le décalage 9223372036854710272 et la longueur, 131072 octets; zh: 偏移量 9223372036854710272 与长度 131072 字节
 * values: 9223372036854710272, 131072
 * The end of the range is more than an off_t can say. */
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
    char *p = mmap(NULL, 131072, PROT_READ, MAP_PRIVATE, fd, 0x7fffffffffff0000);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
