/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    for (int i = 0; i < 70000; i++) {
        int prot = i % 2 ? PROT_READ : PROT_NONE;
        char *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED || munmap(p, 4096) != 0) {
            perror("mmap");
            return 1;
        }
    }
    return 0;
}
