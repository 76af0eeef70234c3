/* expect: unchecked-failure; en: mmap; fr: mmap; zh: mmap; also: fd-invalid
 * mmap fails with MAP_FAILED, never with NULL. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    int fd = open("absent.bin", O_RDONLY);
    char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (p == NULL)
        return 1;
    return p[10];
}
