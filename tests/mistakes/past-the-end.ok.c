/* The last byte is number length - 1. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap((void *)0x100000000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    for (int i = 0; i < 4096; i++)
        p[i] = 'x';
    munmap(p, 4096);
    return 0;
}
