/* expect: leak; also: address-unaligned; en: once; fr: une fois; zh: 1 次
 * The pointer was moved, so munmap refuses; the mapping is whole as before, and one. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

static void work(void) {
    char *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        exit(2);
    for (int i = 0; i < 5000; i++)
        *p++ = 'x';
    munmap(p, 10000);
}

int main(void) {
    work();
    return 0;
}
