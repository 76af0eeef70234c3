/* expect: sync-flags; en: msync does not know the flags 0x40; fr: msync ne connaît pas les drapeaux 0x40; zh: msync 不认识标志 0x40
 * values: 0x40, MS_SYNC, MS_ASYNC, MS_INVALIDATE
 * A flag of another function. */
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
    char *p = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    if (msync(p, 100, MS_SYNC | 0x40) != 0) {
        perror("msync");
        return 1;
    }
    return 0;
}
