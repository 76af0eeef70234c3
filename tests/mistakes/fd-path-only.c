/* expect: fd-path-only; en: of “data.bin”, was opened with O_PATH; fr: « data.bin » a été ouvert avec O_PATH; zh: （“data.bin”）是用 O_PATH 打开的
 * values: O_PATH, data.bin, O_RDONLY
 * A descriptor that only names the file. */
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
    int fd = open("data.bin", O_PATH);
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
