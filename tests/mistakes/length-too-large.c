/* expect: length-too-large; en: the length, 1125899906842624 bytes (1 PiB), is more than; fr: la longueur, 1125899906842624 octets (1 Pio), dépasse; zh: 长度 1125899906842624 字节（1 PiB）超出了
 * values: 1125899906842624, 1 P
 * Bytes counted in units of a page, twice. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    size_t pages = (size_t)1 << 38;
    char *p = mmap(NULL, pages * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
