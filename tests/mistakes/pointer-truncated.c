/* expect: pointer-truncated; en: #include; fr: #include; zh: #include
 * Half of the pointer is gone. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap((void *)0x200012340000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    char *q = (char *)(long)(int)(long)p; /* what a function without a declaration returns */
    q[16] = 'x';
    return 0;
}
