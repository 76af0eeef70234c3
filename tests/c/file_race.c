/*
 * mm_create_file when reserving the space fails, and somebody else did something to the file in that very instant.
 */
#define _GNU_SOURCE
#include "locking.h"
#include "trap.h"

static size_t page;
static int (*meanwhile)(int fd); /* what happens, and the errno of fallocate */

static long on_fallocate(const long arguments[4]) {
    return -meanwhile((int)arguments[0]);
}

static off_t size_of(const char *path) {
    struct stat stat_;
    return stat(path, &stat_) == 0 ? stat_.st_size : -1;
}

static int interrupted(int fd) {
    (void)fd;
    return EINTR;
}

/* As ext4 leaves it when the disk is full. */
static int done_in_part(int fd) {
    return ftruncate(fd, 5 * page) == 0 ? ENOSPC : EBADF;
}

/* Another process asked for as much, and got the last room. */
static int done_by_another(int fd) {
    return ftruncate(fd, 8 * page) == 0 ? ENOSPC : EBADF;
}

static int replaced(int fd) {
    (void)fd;
    int made = unlink("new") == 0 ? open("new", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    return close(made) == 0 ? ENOSPC : EBADF;
}

static int removed(int fd) {
    (void)fd;
    return unlink("new") == 0 ? ENOSPC : EBADF;
}

/* Without fallocate, zeros are appended: whoever appends at the same time loses nothing. */
static int appended_by_another(int fd) {
    (void)fd;
    int other = open("new", O_WRONLY | O_APPEND | O_CLOEXEC);
    ssize_t written = write(other, "from another", 12);
    close(other);
    return written == 12 ? EOPNOTSUPP : EBADF;
}

static void try(const char *name, int (*what)(int), int error, off_t new_size, off_t old_size) {
    unlink("new");
    unlink("old");
    int fd = open("old", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (ftruncate(fd, 2 * page) != 0 || pwrite(fd, "kept", 4, 0) != 4)
        tap_bail("old");
    meanwhile = what;
    CHECK_ERRNO(mm_create_file("new", 8 * page, 0600), MAP_FAILED, error, name);
    CHECK(size_of("new") == new_size, "a file that was created: length %ld, wanted %ld", (long)size_of("new"),
          (long)new_size);
    if (old_size >= 0) {
        char text[4];
        CHECK_ERRNO(mm_create_file("old", 8 * page, 0600), MAP_FAILED, error, name);
        CHECK(size_of("old") == old_size, "a file that was there: length %ld, wanted %ld",
              (long)size_of("old"), (long)old_size);
        CHECK(pread(fd, text, 4, 0) == 4 && memcmp(text, "kept", 4) == 0, "with its contents");
    }
    close(fd);
}

int main(void) {
    tap_directory();
    page = sysconf(_SC_PAGESIZE);
    if (trap(SYS_fallocate, 0, on_fallocate) != 0) {
        SKIP("needs seccomp", "what happens at the same time");
        return tap_end();
    }
    try("interrupted", interrupted, EINTR, -1, 2 * page);
    try("no room, done in part", done_in_part, ENOSPC, -1, 2 * page);
    try("no room, but another process has completed it", done_by_another, ENOSPC, 8 * page, 8 * page);
    try("no room, and another file has the name", replaced, ENOSPC, 0, -1);
    try("no room, and the name is gone", removed, ENOSPC, -1, -1);

    unlink("new");
    meanwhile = appended_by_another;
    char *at = mm_create_file("new", 8 * page, 0600);
    CHECK(at != MAP_FAILED && memcmp(at, "from another", 12) == 0 && at[12] == 0,
          "zeros are appended, nothing is overwritten");
    CHECK_EQ(size_of("new"), 8 * page, "up to the length that was asked for");
    return tap_end();
}
