/* expect: sealed; en: was sealed with mseal(), at least in part: munmap cannot; fr: a été scellée par mseal(), au moins en partie : munmap; zh: 已被 mseal() 封印：在程序结束之前，munmap
 * values: mseal(), 4096, munmap
 * Memory that was sealed is unmapped. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

int main(void) {
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    if (syscall(SYS_mseal, p, 4096, 0) != 0)
        return 77; /* Linux before 6.10 */
    if (munmap(p, 4096) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
