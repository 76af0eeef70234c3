/* expect: flag-unsupported; en: which “data.bin” is not on; fr: et « data.bin » n'en est pas un; zh: 而“data.bin”不在这样的设备上; options: --summary
 * values: MAP_SYNC, data.bin
 * MAP_SYNC on an ordinary disk. */
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
    char *p = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 77; /* persistent memory */
}
