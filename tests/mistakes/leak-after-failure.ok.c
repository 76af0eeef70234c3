/* The pointer stays where it is. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

static void work(void) {
    char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        exit(2);
    for (int i = 0; i < 5000; i++)
        p[i] = 'x';
    munmap(p, 10000);
}

int main(void) {
    work();
    return 0;
}
