/* expect: pointer-in-shared-memory; en: data.bin; fr: data.bin; zh: data.bin
 * Another process has the mapping at another address. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct list {
    struct list *next;
    char text[8];
};

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, const char *text, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        exit(2);
    return fd;
}

int main(int argc, char **argv) {
    static char zeroes[4096];
    if (argc > 1) { /* the second program: a process of its own */
        int fd = open(argv[1], O_RDWR);
        struct list *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        return p == MAP_FAILED || munmap(p, 4096) != 0;
    }
    int fd = make("data.bin", zeroes, sizeof zeroes);
    struct list *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    p[0].next = &p[1]; /* an address of this process */
    if (fork() == 0) {
        execl(argv[0], argv[0], "data.bin", (char *)NULL);
        _exit(2);
    }
    wait(NULL);
    munmap(p, 4096);
    return 0;
}
