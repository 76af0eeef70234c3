/* expect: fd-write-only; en: “data.bin” is open for writing only; fr: « data.bin » est ouvert en écriture seule; zh: “data.bin”是以只写方式
 * values: data.bin, O_WRONLY, O_RDWR
 * The program only stores, so it opens for writing. */
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
    close(make("data.bin", 100));
    int fd = open("data.bin", O_WRONLY);
    char *p = mmap(NULL, 100, PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
