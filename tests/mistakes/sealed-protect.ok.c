/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file in memory, sealed against writing. */
static int sealed(void) {
    int fd = memfd_create("letter", MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, 4096) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) != 0)
        exit(77);
    return fd;
}

int main(void) {
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, sealed(), 0);
    if (p == MAP_FAILED)
        return 2;
    if (mprotect(p, 4096, PROT_READ | PROT_WRITE) != 0) {
        perror("mprotect");
        return 1;
    }
    return munmap(p, 4096);
}
