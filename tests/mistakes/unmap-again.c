/* expect: unmap-again; en: munmap; fr: munmap; zh: munmap
 * Unmapped twice: the second would take whatever lies there by then. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    munmap(p, 4096);
    munmap(p, 4096);
    return 0;
}
