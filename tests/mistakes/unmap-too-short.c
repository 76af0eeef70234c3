/* expect: unmap-too-short; en: 8; fr: 8; zh: 8
 * sizeof of the pointer, not of what it points to. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    p[0] = 'x';
    munmap(p, sizeof p);
    return 0;
}
