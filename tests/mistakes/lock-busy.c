/* expect: lock-busy; en: has locked “my.lock”, bytes 0 to 0; fr: tient un verrou sur « my.lock », octets 0 à 0; zh: 持有“my.lock”的文件锁（字节 0 到 0）; options: --summary
 * values: my.lock
 * Another process has the lock, and this one does not wait. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Another process that has the lock; it ends with us. */
static pid_t holder(const char *path) {
    int fds[2];
    char byte;
    if (pipe(fds) != 0)
        exit(2);
    pid_t child = fork();
    if (child == 0) {
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
        int fd = open(path, O_RDWR | O_CREAT, 0600);
        if (fcntl(fd, F_SETLK, &whole) != 0 || write(fds[1], "x", 1) != 1)
            _exit(2);
        for (;;)
            pause();
    }
    if (child < 0 || read(fds[0], &byte, 1) != 1)
        exit(2);
    return child;
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
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    return fcntl(fd, F_SETLK, &whole);
}
#endif

int main(void) {
    pid_t other = holder("my.lock");
    int got = lock("my.lock");
    if (got != 0)
        perror("lock");
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    return got != 0;
}
