/* No other descriptor of the locked file is closed while it is locked. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void lock(int fd, int type) {
    struct flock whole = {.l_type = (short)type, .l_whence = SEEK_SET};
    if (fcntl(fd, F_SETLK, &whole) != 0)
        exit(2);
}

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, const char *text, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, size) != (ssize_t)size)
        exit(2);
    return fd;
}

int main(void) {
    int fd = make("data.lock", "", 0);
    lock(fd, F_WRLCK);
    int other = open("data.bin", O_RDWR | O_CREAT, 0600); /* another file */
    close(other);
    lock(fd, F_UNLCK);
    other = open("data.lock", O_RDONLY); /* the lock is given back: nothing to lose */
    close(other);
    close(fd);
    return 0;
}
