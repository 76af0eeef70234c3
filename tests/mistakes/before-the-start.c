/* expect: before-the-start; en: 4 bytes before the start; fr: 4 octets avant le début; zh: 的开头之前 4 字节
 * An index below 0. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>

int main(void) {
    /* large, so that it lies below all others, with nothing before it */
    int *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    for (int i = 9; i >= -1; i--)
        p[i] = i;
    return munmap(p, 64 << 20);
}
