/* Whole pages. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    void *p = NULL;
    if (posix_memalign(&p, 4096, 4096) != 0)
        return 2;
    if (mprotect(p, 100, PROT_READ) != 0) {
        perror("mprotect");
        return 1;
    }
    return mprotect(p, 100, PROT_READ | PROT_WRITE);
}
