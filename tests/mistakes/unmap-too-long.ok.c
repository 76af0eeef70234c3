/* Each with its length (the kernel rounds it up to pages). */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap((void *)0x100000000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    int *q = mmap((void *)0x100000001000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (q == MAP_FAILED)
        return 2;
    p[0] = 'x';
    q[0] = 42;
    munmap(p, 4000);
    munmap(q, 4096);
    return 0;
}
