/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | 21 << MAP_HUGE_SHIFT;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        return 77;
    if (munmap(p, (size_t)1 << 21) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
