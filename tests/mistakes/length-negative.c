/* expect: length-negative; en: the length given to mmap is -1; fr: la longueur donnée à mmap est -1; zh: 传给 mmap 的长度是 -1
 * values: mmap, -1
 * The length comes from a call that failed, and nobody looked. */
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
    off_t length = lseek(-1, 0, SEEK_END); /* the wrong descriptor */
    char *p = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
