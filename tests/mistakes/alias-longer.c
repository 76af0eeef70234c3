/* expect: alias; en: data.bin; fr: data.bin; zh: data.bin
 * A file is made longer and mapped once more, and the old mapping stays, and is written to. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        return 2;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED || ftruncate(fd, 8192) != 0)
        return 2;
    char *q = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (q == MAP_FAILED)
        return 2;
    strcpy(p, "mine");
    strcpy(q, "yours"); /* and p is changed */
    msync(q, 8192, MS_SYNC);
    munmap(p, 4096);
    munmap(q, 8192);
    return 0;
}
