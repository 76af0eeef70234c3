/* expect: fd-invalid; en: are swapped; fr: sont intervertis; zh: 写反了
 * values: -1, MAP_ANONYMOUS, prot
 * The protection where the flags belong, and the other way round. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, MAP_SHARED | MAP_ANONYMOUS, PROT_READ | PROT_WRITE, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return munmap(p, 4096);
}
