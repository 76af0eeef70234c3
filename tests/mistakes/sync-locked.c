/* expect: sync-locked; en: MS_INVALIDATE cannot drop pages that are locked; fr: MS_INVALIDATE ne peut pas abandonner des pages verrouillées; zh: MS_INVALIDATE 不能丢弃锁定在内存里的页
 * values: MS_INVALIDATE, 4096, munlock()
 * Pages that must stay in memory are to be dropped from it. */
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
    if (msync(p, 4096, MS_SYNC | MS_INVALIDATE) != 0) {
        perror("msync");
        return 1;
    }
    return 0;
}
