/* expect: map-failed-pointer; en: the earlier call mmap(NULL, 100, PROT_READ, MAP_SHARED, -1, 0) failed; fr: l'appel précédent mmap(NULL, 100, PROT_READ, MAP_SHARED, -1, 0) a échoué; zh: 之前的调用 mmap(NULL, 100, PROT_READ, MAP_SHARED, -1, 0) 失败了; also: fd-invalid
 * values: munmap, MAP_FAILED, NULL, open()
 * mmap failed; its result was compared with NULL. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("no such file", O_RDONLY);
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    if (p == NULL)
        return 2;
    if (munmap(p, 100) != 0) {
        perror("munmap");
        return 1;
    }
    return 0;
}
