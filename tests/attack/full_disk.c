/*
 * A disk that is full, at every size: a tmpfs of so many pages, of so many files, and a limit to the size of
 * a file. A board, a file and a lock are made, or there is an errno and nothing stays behind.
 *
 * The file system is this program's own, in a mount namespace: nobody else's disk fills.
 */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/resource.h>
#include "../c/chat.h"
#include "../c/refuse.h"
#include "soak.h"
#include <dirent.h>

static uint64_t *counts; /* shared: how often something was to be made, and how often that went wrong */

static int put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return done;
}

/* The right to mount: root has it, another one in a name space of his own, where that is allowed. */
static int may_mount(void) {
    char user[64], group[64]; /* files are made by somebody who exists there */
    snprintf(user, sizeof user, "%u %u 1", geteuid(), geteuid());
    snprintf(group, sizeof group, "%u %u 1", getegid(), getegid());
    if (geteuid() == 0 ? unshare(CLONE_NEWNS) != 0
                       : unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !put("/proc/self/setgroups", "deny") ||
                             !put("/proc/self/uid_map", user) || !put("/proc/self/gid_map", group))
        return 0;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int names(void) {
    int names = 0;
    DIR *directory = opendir(".");
    if (!directory)
        tap_bail("opendir");
    for (struct dirent *entry; (entry = readdir(directory));)
        names += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return names;
}

/* The disk has set apart what the file may take. */
static int has_its_room(const char *path) {
    struct stat stat_of;
    return stat(path, &stat_of) == 0 && stat_of.st_blocks * 512 >= stat_of.st_size;
}

/* Makes each kind of thing in the current directory, which is empty; `error` is what a full disk answers. */
static void make_all(int error) {
    struct minichat *chat = NULL;
    int failed = chat_try(&chat, "board", MINICHAT_CREATE, "first");
    counts[0]++;
    counts[1] += failed ? errno != error || names() != 0
                        : names() != 2 || minichat_post(chat, "text", 4, 0, NULL) != 0;
    counts[1] += !failed && !has_its_room("board");
    minichat_close(chat);
    unlink("board");
    unlink("board.lock");

    size_t length = 300000;
    char *file = mm_create_file("file", length, 0600);
    counts[0]++;
    counts[1] += file == MAP_FAILED ? errno != error || names() != 0 : 0;
    if (file != MAP_FAILED) {
        memset(file, 1, length); /* there is room for all of it */
        mm_unmap(file, length);
    }
    unlink("file");

    struct mm_lock *lock = mm_lock_open("lock", 0600);
    counts[0]++;
    counts[1] += lock ? mm_lock_exclusive(lock) != 0 : errno != error || names() != 0;
    mm_lock_close(lock);
    unlink("lock");
}

static int sizes(void) {
    if (!may_mount() || mkdir("small", 0700) != 0)
        return 100;
    for (unsigned pages = 1; pages < 360; pages += (unsigned)soak_times(7, 1)) {
        char options[64];
        snprintf(options, sizeof options, pages < 5 ? "size=100m,nr_inodes=%u" : "size=%uk",
                 pages < 5 ? pages : 4 * pages);
        if (mount("none", "small", "tmpfs", MS_NOSUID | MS_NODEV, options) != 0 || chdir("small") != 0)
            return 100;
        make_all(ENOSPC);
        if (chdir("..") != 0 || umount2("small", MNT_DETACH) != 0)
            return 100;
    }
    return 0;
}

/* Without a right: a limit to what this process may write. */
static int limits(void) {
    signal(SIGXFSZ, SIG_IGN);
    if (mkdir("limited", 0700) != 0 || chdir("limited") != 0)
        return 100;
    for (rlim_t bytes = 0; bytes < 1500000; bytes += 4096 * soak_times(13, 1)) {
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){bytes, RLIM_INFINITY}) != 0)
            return 100;
        make_all(EFBIG);
    }
    return 0;
}

static void attack(int (*act)(void), int without_nameless, const char *name) {
    counts[0] = counts[1] = 0;
    pid_t child = chat_fork();
    if (child == 0) {
        char own[100];
        snprintf(own, sizeof own, "%s%d", act == sizes ? "disk" : "limit", without_nameless);
        if (mkdir(own, 0700) != 0 || chdir(own) != 0)
            tap_bail("%s", own);
        if (without_nameless)
            refuse(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP);
        _exit(act());
    }
    int status = chat_status(child);
    if (status == 100)
        SKIP("no mount namespace to be had", "%s", name);
    else
        ATTACK(name, counts[0], counts[1] + (status != 0));
}

int main(void) {
    tap_directory();
    chat_alarm();
    counts = shared_memory(4096);
    for (int without_nameless = 0; without_nameless < 2; without_nameless++) {
        attack(sizes, without_nameless, "full disk: boards, files and locks made");
        attack(limits, without_nameless, "RLIMIT_FSIZE: boards, files and locks made");
    }
    return tap_end();
}
