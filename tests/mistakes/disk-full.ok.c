/* Reserved first: the lack of space is an error, not a signal. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sched.h>
#include <sys/mount.h>

/* Writes a line to a file of /proc/self. */
static int put(const char *name, const char *format, unsigned number) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/%s", name);
    FILE *file = fopen(path, "w");
    return file != NULL && fprintf(file, format, number) > 0 && fclose(file) == 0;
}

/* A disk of 64 KiB in directory "full", seen by this process alone. */
static int small_disk(void) {
    if (mkdir("full", 0700) != 0)
        exit(2);
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return 0;
        /* without these no file can be made */
        if (!put("setgroups", "deny", 0) || !put("uid_map", "0 %u 1", uid) || !put("gid_map", "0 %u 1", gid))
            return 0;
    }
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount("none", "full", "tmpfs", 0, "size=64k") == 0;
}

int main(void) {
    if (!small_disk())
        return 77;
    int fd = open("full/data.bin", O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return 2;
    if (posix_fallocate(fd, 0, 1 << 20) != 0)
        return 0; /* no space: known before anything was written */
    return 2;
}
