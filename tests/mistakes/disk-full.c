/* expect: disk-full; en: full; fr: full; zh: full
 * A file with holes on a full disk: the pages cannot be made. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sched.h>
#include <sys/mount.h>

/* A disk of 64 KiB in directory "full", seen by this process alone. */
static int small_disk(void) {
    if (mkdir("full", 0700) != 0)
        exit(2);
    unsigned uid = geteuid();
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return 0;
        FILE *map = fopen("/proc/self/uid_map", "w"); /* without it no file can be made */
        if (map == NULL || fprintf(map, "0 %u 1\n", uid) < 0 || fclose(map) != 0)
            return 0;
    }
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount("none", "full", "tmpfs", 0, "size=64k") == 0;
}

int main(void) {
    if (!small_disk())
        return 77; /* not allowed to mount: skipped */
    int fd = open("full/data.bin", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 1 << 20) != 0)
        return 2;
    char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    memset(p, 'x', 1 << 20);
    return 0;
}
