/*
 * System calls on memory that --locks has closed: the call must give the program what it would have given, and the
 * access be reported. Prints what it read back.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int ends[2];
    if (fd < 0 || ftruncate(fd, 4096) != 0 || pipe(ends) != 0)
        return 2;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    if (write(ends[1], "hello", 5) != 5 || read(ends[0], p, 5) != 5) /* the kernel writes it */
        return 3;
    if (write(1, p, 5) != 5)
        return 4;
    printf(" %d\n", memcmp(p, "hello", 5));
    return munmap(p, 4096) != 0;
}
