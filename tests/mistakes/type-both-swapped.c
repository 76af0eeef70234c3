/* expect: type-both; en: were the third argument, prot, and the fourth, flags, swapped; fr: sont-ils intervertis; zh: 是不是写反了
 * The same with a file: the values happen to be allowed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        return 2;
    char *p = mmap(NULL, 4096, MAP_SHARED, PROT_READ | PROT_WRITE, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    return p[0] + munmap(p, 4096);
}
