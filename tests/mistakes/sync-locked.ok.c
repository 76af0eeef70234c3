/* expect: nothing
 * The same without the mistake. */
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
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    if (mlock(p, 4096) != 0)
        return 77;
    if (munlock(p, 4096) != 0 || msync(p, 4096, MS_SYNC | MS_INVALIDATE) != 0) {
        perror("msync");
        return 1;
    }
    return munmap(p, 4096);
}
