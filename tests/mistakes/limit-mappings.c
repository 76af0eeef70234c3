/* expect: limit-mappings; en: has as many mappings as the system allows; fr: a autant de projections que le système en permet; zh: 的映射数已经达到系统允许的上限; options: --summary
 * values: vm.max_map_count
 * Mapped in a loop, unmapped never. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    for (int i = 0; i < 2000000; i++) {
        /* Two neighbours of one kind would be one mapping. */
        int prot = i % 2 ? PROT_READ : PROT_NONE;
        char *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) {
            perror("mmap");
            return 1;
        }
    }
    return 77; /* vm.max_map_count is very large */
}
