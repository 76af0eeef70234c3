/* expect: private-writes-lost; also: protection-write-only; en: bits.bin; fr: bits.bin; zh: bits.bin
 * A private copy that cannot be read is written to all the same. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("bits.bin", O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || ftruncate(fd, 100) != 0)
        return 2;
    char *bits = mmap(NULL, 100, PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (bits == MAP_FAILED)
        return 2;
    bits[0] = 1;
    return munmap(bits, 100);
}
