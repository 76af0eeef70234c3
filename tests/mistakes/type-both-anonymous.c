/* expect: type-both; en: the flags have both MAP_SHARED and MAP_PRIVATE; fr: à la fois MAP_SHARED et MAP_PRIVATE; zh: 同时有 MAP_SHARED 和 MAP_PRIVATE
 * values: MAP_SHARED, MAP_PRIVATE
 * Both types for anonymous memory; for a file it is no error (type-both.c). */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
