/* Keeps a count in a file. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    int fd = open("count.bin", O_RDWR | O_CREAT, 0644), may = PROT_READ | PROT_WRITE;
    long *count = mmap(NULL, sizeof *count, may, MAP_SHARED, fd, 0);
    if (fd < 0 || count == MAP_FAILED) {
        perror("count.bin");
        return 1;
    }
    *count += 1;
    printf("%ld\n", *count);
    return 0;
}
