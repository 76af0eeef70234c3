/* Trimming an aligned block out of a larger one. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    char *aligned = (char *)(((unsigned long)p + 32767) & ~32767UL);
    if (aligned != p)
        munmap(p, (size_t)(aligned - p)); /* what is over, before and after */
    if (aligned + 32768 != p + 65536)
        munmap(aligned + 32768, (size_t)(p + 65536 - (aligned + 32768)));
    aligned[0] = 'x';
    munmap(aligned, 32768);
    return 0;
}
