/* expect: use-after-unmap; en: mremap moved it; fr: mremap l'a déplacé; zh: 被 mremap 移走了
 * The old address after mremap. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + 4096, 4096, PROT_READ) != 0) /* something in the way */
        return 2;
    char *q = mremap(p, 4096, 1 << 20, MREMAP_MAYMOVE);
    if (q == MAP_FAILED || q == p)
        return 2;
    p[0] = 'x';
    munmap(p + 4096, 4096);
    return munmap(q, 1 << 20);
}
