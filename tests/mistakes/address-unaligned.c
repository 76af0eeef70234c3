/* expect: address-unaligned; en: 5 bytes before it; fr: 5 octets plus bas; zh: 它比页首靠后 5 字节
 * values: munmap, 5
 * The pointer went on while reading, and is what munmap is given. */
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
    int fd = make("data.bin", 4096);
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    for (int i = 0; i < 5; i++)
        p++;
    if (munmap(p, 4096) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
