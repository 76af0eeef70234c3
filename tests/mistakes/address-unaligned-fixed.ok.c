/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap((void *)0x10000064, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* a wish */
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return munmap(p, 4096);
}
