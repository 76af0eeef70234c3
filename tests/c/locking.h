/*
 * What the tests of mm_lock_* share: seeing the lock from outside, and a thread or a child that does one call and
 * says what came of it.
 */
#ifndef LOCKING_H
#define LOCKING_H
#include <dirent.h>
#include <fcntl.h>
#include <mapboard.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "asleep.h"

/* The lock's file as somebody else sees it, through an open of his own: F_UNLCK, F_RDLCK or F_WRLCK; -1: not as it
 * should be, which is the first byte, of an open file description. */
__attribute__((unused)) static int seen_outside(const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}; /* all of the file, however long */
    if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) != 0)
        tap_bail("%s", path);
    close(fd);
    if (lock.l_type != F_UNLCK && (lock.l_start != 0 || lock.l_len != 1 || lock.l_pid != -1))
        return -1;
    return lock.l_type;
}

__attribute__((unused)) static struct mm_lock *opened(const char *path) {
    struct mm_lock *lock = mm_lock_open(path, 0600);
    if (!lock)
        tap_bail("mm_lock_open(%s)", path);
    return lock;
}

/* The call must succeed and leave errno alone. */
#define CHECK_OK(call, name)                                                                             \
    do {                                                                                                 \
        errno = 4242;                                                                                    \
        int tap_got = (call), tap_errno = errno;                                                         \
        CHECK(tap_got == 0 && tap_errno == 4242, "%s (returned %d, errno %d; wanted 0, errno untouched)", name, \
              tap_got, tap_errno);                                                                       \
    } while (0)

/* A thread that makes one call and ends; `errno` is 0 when it returned 0. */
struct caller {
    pthread_t thread;
    pid_t id;
    sem_t started, done;
    int (*call)(struct mm_lock *);
    struct mm_lock *lock;
    int error;
};

__attribute__((unused)) static void *caller_main(void *argument) {
    struct caller *caller = argument;
    caller->id = this_thread();
    sem_post(&caller->started);
    caller->error = caller->call(caller->lock) == 0 ? 0 : errno;
    sem_post(&caller->done);
    return NULL;
}

__attribute__((unused)) static void caller_start(struct caller *caller, int (*call)(struct mm_lock *),
                                                 struct mm_lock *lock) {
    caller->call = call;
    caller->lock = lock;
    sem_init(&caller->started, 0, 0);
    sem_init(&caller->done, 0, 0);
    if (pthread_create(&caller->thread, NULL, caller_main, caller) != 0)
        tap_bail("pthread_create");
    sem_wait(&caller->started);
}

/* Starts it, and comes back when it waits. */
__attribute__((unused)) static void caller_wait(struct caller *caller, int (*call)(struct mm_lock *),
                                                struct mm_lock *lock) {
    caller_start(caller, call, lock);
    until_asleep(getpid(), caller->id);
}

/* Its errno, 0 for success. */
__attribute__((unused)) static int caller_end(struct caller *caller) {
    pthread_join(caller->thread, NULL);
    return caller->error;
}

__attribute__((unused)) static int in_thread(int (*call)(struct mm_lock *), struct mm_lock *lock) {
    struct caller caller;
    caller_start(&caller, call, lock);
    return caller_end(&caller);
}

/* Its exit status, or that of any child (-1); -1 when a signal ended it. */
__attribute__((unused)) static int child_status(pid_t child) {
    int status;
    if (waitpid(child, &status, 0) < 1)
        tap_bail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What came of the body in a forked child: 0, the errno of -1, or another number that it returns. */
__attribute__((unused)) static int in_child(int (*body)(struct mm_lock *), struct mm_lock *lock) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int result = body(lock);
        _exit(result == -1 ? errno : result);
    }
    return child_status(child);
}

/* errno of a call that returns 0 or -1; 0 for success. */
#define ERROR_OF(call) ((call) == 0 ? 0 : errno)

/* How many descriptors of this process are open on the file; and the last of them. */
__attribute__((unused)) static int opens_of(const struct stat *file, int *last) {
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        tap_bail("/proc/self/fd");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat stat;
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(directory) && fstat(fd, &stat) == 0 &&
            stat.st_dev == file->st_dev && stat.st_ino == file->st_ino) {
            count++;
            if (last)
                *last = fd;
        }
    }
    closedir(directory);
    return count;
}
#endif
