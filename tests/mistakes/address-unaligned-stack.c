/* expect: address-unaligned; en: is on the stack; fr: est dans la pile; zh: 在栈上
 * values: munmap, &
 * The address of the pointer in place of the pointer. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *volatile p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    if (munmap((void *)&p, 4096) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
