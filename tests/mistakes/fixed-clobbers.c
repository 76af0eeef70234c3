/* expect: fixed-clobbers; en: MAP_FIXED_NOREPLACE; fr: MAP_FIXED_NOREPLACE; zh: MAP_FIXED_NOREPLACE
 * MAP_FIXED replaces what is there without a word. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    int fd = make("data.bin", "0123456789", 10);
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    strcpy(p, "kept?");
    char *q = mmap(p, 8192, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    if (q == MAP_FAILED)
        return 2;
    munmap(q, 8192);
    return 0;
}
