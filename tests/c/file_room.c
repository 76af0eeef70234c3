/*
 * mm_create_file on a full file system: said at once, and nothing stays behind. On a small tmpfs of this program's own
 * (a private mount namespace: as root, or in a user namespace); then once more without fallocate(2), which a filter
 * takes away, so that zeros are appended instead.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/vfs.h>
#include "locking.h"
#include "trap.h"

#define PAGES 64
static size_t page;

static void write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0)
        tap_bail("%s", path);
}

/* 0: there is a tmpfs at "room". */
static int small_file_system(void) {
    char options[64], map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return -1;
        write_text("/proc/self/setgroups", "deny");
        snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
        write_text("/proc/self/uid_map", map);
        snprintf(map, sizeof map, "0 %u 1", (unsigned)gid);
        write_text("/proc/self/gid_map", map);
    }
    snprintf(options, sizeof options, "size=%zu,mode=0700", PAGES * page);
    return mkdir("room", 0700) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
               ? -1
               : mount("tmpfs", "room", "tmpfs", 0, options);
}

static long free_pages(void) {
    struct statfs statfs_;
    if (statfs("room", &statfs_) != 0)
        tap_bail("statfs");
    return (long)(statfs_.f_bfree * statfs_.f_bsize / page);
}

static off_t size_of(const char *path) {
    struct stat stat_;
    return stat(path, &stat_) == 0 ? stat_.st_size : -1;
}

static void without_room(const char *how) {
    long before = free_pages();
    CHECK(before >= PAGES - 4, "%s: %ld pages are free", how, before);
    CHECK_ERRNO(mm_create_file("room/big", 10 * PAGES * page, 0600), MAP_FAILED, ENOSPC, "too big");
    CHECK(access("room/big", F_OK) != 0, "%s: what was created is removed", how);
    CHECK_EQ(free_pages(), before, "and takes no room");

    char *at = mm_create_file("room/a", 2 * page, 0600);
    CHECK(at != MAP_FAILED, "%s: a small one", how);
    CHECK_EQ(free_pages(), before - 2, "has room set apart before anything is stored");
    memset(at, 'x', 2 * page);
    CHECK_ERRNO(mm_create_file("room/a", 10 * PAGES * page, 0600), MAP_FAILED, ENOSPC,
                "made longer, too long");
    CHECK_EQ(size_of("room/a"), 2 * page, "its length is as before");
    CHECK(at[0] == 'x' && at[2 * page - 1] == 'x', "%s: and its contents", how);
    CHECK_EQ(free_pages(), before - 2, "and the room it takes");

    /* The promise: what was set apart can be stored to, however full the file system is by then. */
    size_t length = (before - 10) * page;
    char *kept = mm_create_file("room/kept", length, 0600);
    CHECK(kept != MAP_FAILED, "%s: nearly all the rest", how);
    int fd = open("room/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    char zeros[512] = "";
    while (write(fd, zeros, sizeof zeros) > 0)
        ;
    CHECK(errno == ENOSPC && free_pages() == 0, "%s: somebody else fills the rest", how);
    close(fd);
    memset(kept, 'y', length);
    CHECK(kept[length - 1] == 'y', "%s: every byte can be stored to: no SIGBUS", how);
    mm_unmap(kept, length);
    mm_unmap(at, 2 * page);
    if (unlink("room/a") != 0 || unlink("room/kept") != 0 || unlink("room/filler") != 0)
        tap_bail("unlink");
}

/* As on a file system that lacks it. */
static long no_fallocate(const long arguments[4]) {
    (void)arguments;
    return -EOPNOTSUPP;
}

int main(void) {
    tap_directory();
    page = sysconf(_SC_PAGESIZE);
    if (small_file_system() != 0) {
        SKIP("needs root or user namespaces", "a full file system");
        return tap_end();
    }
    without_room("fallocate");

    int fd = open("room/sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (ftruncate(fd, 10 * PAGES * page) != 0)
        tap_bail("sparse");
    long before = free_pages();
    CHECK_ERRNO(mm_create_file("room/sparse", 10 * PAGES * page, 0600), MAP_FAILED, ENOSPC,
                "no room for the holes of a file");
    CHECK_EQ(size_of("room/sparse"), 10 * PAGES * page, "which keeps its length");
    CHECK_EQ(free_pages(), before, "and takes no room");
    close(fd);
    unlink("room/sparse");

    if (trap(SYS_fallocate, 0, no_fallocate) != 0)
        SKIP("needs seccomp", "a file system without fallocate");
    else
        without_room("no fallocate");
    if (umount("room") != 0)
        tap_bail("umount");
    return tap_end();
}
