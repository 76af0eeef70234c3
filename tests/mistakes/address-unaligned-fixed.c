/* expect: address-unaligned; en: 0x10000000 would be; fr: 0x10000000 le serait; zh: 0x10000000 才是
 * values: MAP_FIXED, 0x10000064, 0x10000000
 * MAP_FIXED at an address that is no multiple of the page. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap((void *)0x10000064, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
