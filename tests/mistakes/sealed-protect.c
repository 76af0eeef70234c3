/* expect: sealed; en: “memfd:letter” is sealed against writing (F_SEAL_WRITE); fr: « memfd:letter » est scellé contre l'écriture (F_SEAL_WRITE); zh: “memfd:letter”已被封印，禁止写入（F_SEAL_WRITE）
 * values: letter, F_SEAL_WRITE
 * A mapping of a sealed file is made writable. */
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
    char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, sealed(), 0);
    if (p == MAP_FAILED)
        return 77; /* Linux before 6.7 */
    if (mprotect(p, 4096, PROT_READ | PROT_WRITE) != 0) {
        perror("mprotect");
        return 1;
    }
    return 0;
}
