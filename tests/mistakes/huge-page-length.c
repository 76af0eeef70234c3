/* expect: huge-page-length; en: this mapping has huge pages of; fr: cette projection a de grandes pages de; zh: 这个映射使用大页
 * values: munmap, 4096
 * A huge page is unmapped whole, or not at all. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE; /* none is needed before the first access */
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        return 77;
    if (munmap(p, 4096) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
