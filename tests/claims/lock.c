/* The course's lock: fcntl, on the first byte of a separate empty file. mm_lock is that lock. */
#define _GNU_SOURCE
#include <mapboard.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "child.h"

#define NAME "empty.lock"

/* The lock that stands in the way of an exclusive one on the whole file, seen from another open of it. */
static struct flock seen(void) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(NAME, O_RDWR);
    if (fd == -1 || fcntl(fd, F_OFD_GETLK, &lock) == -1)
        tap_bail(NAME);
    close(fd);
    return lock;
}

/* The course's own form: 0 if the POSIX lock of this type can be had at once, errno if not. */
static int posix_lock(short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    int fd = open(NAME, O_RDWR);
    return fd != -1 && fcntl(fd, F_SETLK, &lock) == 0 ? 0 : errno;
}
static int posix_exclusive(void *unused) {
    (void)unused;
    return posix_lock(F_WRLCK);
}
static int posix_shared(void *unused) {
    (void)unused;
    return posix_lock(F_RDLCK);
}

static void the_file(struct mm_lock *lock) {
    struct stat st;
    CHECK_EQ(mm_lock_exclusive(lock), 0, "before writing: the exclusive lock");
    CHECK(seen().l_type == F_WRLCK && seen().l_start == 0 && seen().l_len == 1,
          "the exclusive lock is fcntl's, on the first byte alone");
    CHECK_EQ(mm_lock_release(lock), 0, "after writing: release");
    CHECK_EQ(seen().l_type, F_UNLCK, "after release nothing is locked");
    CHECK_EQ(mm_lock_shared(lock), 0, "before reading: the shared lock");
    CHECK(seen().l_type == F_RDLCK && seen().l_start == 0 && seen().l_len == 1,
          "the shared lock is fcntl's, on the first byte alone");
    CHECK_EQ(mm_lock_release(lock), 0, "after reading: release");
    CHECK(stat(NAME, &st) == 0 && st.st_size == 0, "the locked file was and stays empty");
}

static void each_other(struct mm_lock *one, struct mm_lock *two) {
    CHECK_EQ(mm_lock_shared(one), 0, "one reads");
    CHECK_EQ(mm_lock_try_shared(two), 0, "several readers hold the shared lock together");
    mm_lock_release(two);
    CHECK_ERRNO(mm_lock_try_exclusive(two), -1, EAGAIN, "a reader keeps writers out");
    mm_lock_release(one);

    CHECK_EQ(mm_lock_exclusive(one), 0, "one writes");
    CHECK_ERRNO(mm_lock_try_shared(two), -1, EAGAIN, "a writer keeps readers out");
    CHECK_ERRNO(mm_lock_try_exclusive(two), -1, EAGAIN, "a writer keeps writers out");
    mm_lock_release(one);
    CHECK_EQ(mm_lock_try_exclusive(two), 0, "after release the next one gets the lock");
    mm_lock_release(two);
}

static int refused_to_us(void *lock) {
    return mm_lock_try_shared(lock) == -1 ? errno : 0;
}

/* A program that uses the course's fcntl calls and one that uses mm_lock keep each other out. */
static void with_posix_locks(struct mm_lock *lock) {
    CHECK_EQ(in_child(posix_exclusive, NULL), 0, "the first byte of an empty file can be locked by fcntl");
    mm_lock_exclusive(lock);
    CHECK_EQ(in_child(posix_shared, NULL), EAGAIN, "mm_lock_exclusive keeps the course's reader out");
    mm_lock_release(lock);
    mm_lock_shared(lock);
    CHECK_EQ(in_child(posix_shared, NULL), 0, "mm_lock_shared lets the course's reader in");
    CHECK_EQ(in_child(posix_exclusive, NULL), EAGAIN, "mm_lock_shared keeps the course's writer out");
    mm_lock_release(lock);

    CHECK_EQ(posix_lock(F_WRLCK), 0, "the course's writer locks");
    CHECK_EQ(in_child(refused_to_us, lock), EAGAIN, "the course's writer keeps mm_lock out");
}

int main(void) {
    tap_directory();
    struct mm_lock *one = mm_lock_open(NAME, 0600), *two = mm_lock_open(NAME, 0600);
    if (!one || !two)
        tap_bail("mm_lock_open");
    the_file(one);
    each_other(one, two);
    with_posix_locks(one);
    mm_lock_close(one);
    mm_lock_close(two);
    return tap_end();
}
