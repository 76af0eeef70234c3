/* expect: address-forbidden; en: the range given to munmap, 8192 bytes at; fr: la zone donnée à munmap, 8192 octets en; zh: 传给 munmap 的范围
 * values: munmap, 8192
 * A range that leaves the address space. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    void *high = (void *)0x7ffffffffffff000; /* no pointer of a program has so many bits */
    if (munmap(high, 8192) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
