/* expect: offset-unaligned; en: the offset 100 is not a multiple of the page size; fr: le décalage 100 n'est pas un multiple de la taille d'une page; zh: 偏移量 100 不是页大小
 * values: 100, 0
 * A header of 100 bytes is to be left out. */
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
    int fd = make("data.bin", 10000);
    char *p = mmap(NULL, 1000, PROT_READ, MAP_PRIVATE, fd, 100);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
