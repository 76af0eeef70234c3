/* expect: file-truncated; en: data.bin; fr: data.bin; zh: data.bin
 * Somebody cuts the file while it is mapped. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, const char *text, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        exit(2);
    return fd;
}

int main(void) {
    static char zeroes[8192];
    int fd = make("data.bin", zeroes, sizeof zeroes);
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    fclose(fopen("data.bin", "w")); /* empties it */
    p[5000] = 'x';
    return 0;
}
