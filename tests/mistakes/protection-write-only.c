/* expect: protection-write-only; en: PROT_READ; fr: PROT_READ; zh: PROT_READ
 * PROT_WRITE alone: no guarantee that it can be read, nor everywhere written. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    p[0] = 'x';
    munmap(p, 4096);
    return 0;
}
