/* Unmapped, or kept where it can be found. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static void work(int number) {
    char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        exit(2);
    snprintf(p, 10000, "%d", number);
    munmap(p, 10000);
}

char *kept;

int main(void) {
    for (int i = 0; i < 3; i++)
        work(i);
    kept = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return 0;
}
