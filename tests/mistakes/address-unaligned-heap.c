/* expect: address-unaligned; en: it is memory of malloc(); fr: c'est de la mémoire de malloc(); zh: 它是 malloc() 的内存
 * values: mprotect, 4096
 * mprotect of what malloc has given. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = malloc(100);
    if (mprotect(p, 100, PROT_READ) != 0) {
        perror("mprotect");
        return 1;
    }
    return 0;
}
