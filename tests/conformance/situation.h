/* What a scenario does to its own process, or asks of the machine, before it makes the call. */
#ifndef SITUATION_H
#define SITUATION_H
#include "side_by_side.h"
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>

/* The first number after `key` in a text file of /proc; -1 if there is none. */
__attribute__((unused)) static long number_in(const char *path, const char *key) {
    static char text[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    if (length < 0)
        return -1;
    text[length] = '\0';
    const char *at = strstr(text, key);
    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

/* An ordinary user from here on: root gives up its privileges. Descriptors stay. */
__attribute__((unused)) static void become_ordinary(void) {
    if (geteuid() != 0)
        return;
    NEED(setgroups(0, NULL) == 0);
    NEED(setresgid(65534, 65534, 65534) == 0);
    NEED(setresuid(65534, 65534, 65534) == 0);
}

static int write_text(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

/*
 * A tmpfs at the directory "mount", seen by this process and its children only, and gone with them. An
 * ordinary user may make one where user namespaces are allowed. 0: not here.
 */
__attribute__((unused)) static int private_tmpfs(unsigned long flags, const char *options) {
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    NEED(mkdir("mount", 0777) == 0);
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return 0;
        snprintf(map, sizeof map, "0 %d 1", (int)uid);
        if (!write_text("/proc/self/uid_map", map))
            return 0;
        snprintf(map, sizeof map, "0 %d 1", (int)gid);
        if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/gid_map", map))
            return 0;
    }
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "mount", "tmpfs", flags, options) == 0;
}

/* How many mappings /proc/self/maps lists in the range; their length in all, and the rights of the last. */
__attribute__((unused))
static int mappings_in(const char *from, size_t length, size_t *bytes, char rights[8]) {
    char line[512];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    NEED(maps != NULL);
    *bytes = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        char these[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, these) != 3)
            continue;
        if (start < (uintptr_t)from + length && end > (uintptr_t)from) {
            count++;
            *bytes += end - start;
            memcpy(rights, these, sizeof these);
        }
    }
    fclose(maps);
    return count;
}
#endif
