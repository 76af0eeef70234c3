/* expect: no-access; en: PROT_NONE; fr: PROT_NONE; zh: PROT_NONE
 * Reserved without any right, and read. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    return p[0];
}
