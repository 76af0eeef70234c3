/* expect: huge-pages-absent; en: MAP_HUGETLB needs huge pages of; fr: MAP_HUGETLB exige de grandes pages de; zh: MAP_HUGETLB 需要大页; options: --summary
 * values: 1048576, vm.nr_hugepages
 * Huge pages, of which the administrator set none, or too few, aside. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    if (access("/sys/kernel/mm/hugepages", F_OK) != 0)
        return 77; /* how many there are, nobody can tell then */
    char *p = mmap(NULL, (size_t)2 << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
