/* expect: fd-read-only; en: “data.bin” was mapped with MAP_SHARED through a descriptor; fr: « data.bin » a été projeté avec MAP_SHARED par un descripteur; zh: “data.bin”是通过只读（O_RDONLY）的文件描述符
 * values: data.bin, O_RDONLY, mprotect, O_RDWR
 * Mapped for reading, made writable later; the descriptor is closed meanwhile. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        exit(2);
    return fd;
}

int main(void) {
    close(make("data.bin", 100));
    int fd = open("data.bin", O_RDONLY);
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return 2;
    if (mprotect(p, 100, PROT_READ | PROT_WRITE) != 0) {
        perror("mprotect");
        return 1;
    }
    return 0;
}
