/* expect: flag-unsupported; en: refuses what it does not support, here MAP_FIXED_NOREPLACE; fr: refuse ce qui n'est pas pris en charge, ici MAP_FIXED_NOREPLACE; zh: 会拒绝不支持的标志，这里是 MAP_FIXED_NOREPLACE; options: --summary
 * values: MAP_SHARED_VALIDATE, MAP_FIXED_NOREPLACE
 * MAP_SHARED_VALIDATE with a flag newer than itself. */
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
    int fd = make("data.bin", 100);
    char *p = mmap((void *)0x10000000, 100, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
