/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        exit(2);
    return fd;
}

/* root may do it all the same: as nobody. */
static void drop(void) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        exit(77);
}

/* The course's lock, on the first byte; with the library, the library's. */
#ifdef MAPBOARD_H
static int lock(const char *path) {
    struct mm_lock *lock = mm_lock_open(path, 0600);
    return lock ? mm_lock_try_exclusive(lock) : -1;
}
#else
static int lock(const char *path) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    int fd = open(path, O_RDWR);
    return fcntl(fd, F_SETLK, &whole);
}
#endif

int main(void) {
    close(make("my.lock", 0));
    if (chmod("my.lock", 0666) != 0)
        return 2;
    drop();
    if (lock("my.lock") != 0) {
        perror("lock");
        return 1;
    }
    return 0;
}
