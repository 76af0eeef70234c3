/* expect: flag-unsupported; en: mprotect refuses 0x100; fr: mprotect refuse 0x100; zh: mprotect 拒绝了 0x100; options: --summary
 * values: mprotect, 0x100
 * A bit that mprotect does not know, where mmap ignores it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, PROT_READ | 0x100, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    if (mprotect(p, 4096, PROT_READ | 0x100) != 0) {
        perror("mprotect");
        return 1;
    }
    return 0;
}
