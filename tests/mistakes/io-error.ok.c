/* The disk is whole. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DISK = 8 << 20, SIZE = 1 << 20 };

/* A disk with a file system in directory "disk", seen by this process alone; gone when it ends. */
static int new_disk(void) {
    int image = open("disk.img", O_RDWR | O_CREAT, 0600);
    if (image < 0 || ftruncate(image, DISK) != 0 || mkdir("disk", 0700) != 0)
        exit(2);
    if (system("mke2fs -q -F -t ext2 disk.img >mke2fs.log 2>&1") != 0 || unshare(CLONE_NEWNS) != 0)
        return 0;
    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    for (int attempt = 0; attempt < 20; attempt++) { /* others may take the free one first */
        int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
        int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
        char name[32];
        snprintf(name, sizeof name, "/dev/loop%d", number);
        int loop = number < 0 ? -1 : open(name, O_RDWR | O_CLOEXEC);
        if (loop < 0)
            return 0;
        struct loop_info64 info = {.lo_flags = LO_FLAGS_AUTOCLEAR};
        if (ioctl(loop, LOOP_SET_FD, image) == 0 && ioctl(loop, LOOP_SET_STATUS64, &info) == 0) {
            int mounted = mount(name, "disk", "ext2", MS_NOATIME, NULL);
            close(loop);
            close(control);
            return mounted == 0;
        }
        close(loop);
        close(control);
    }
    return 0;
}

int main(void) {
    if (!new_disk())
        return 77; /* not allowed to: skipped */
    static char text[SIZE];
    memset(text, 'x', SIZE);
    int fd = open("disk/data.bin", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || write(fd, text, SIZE) != SIZE || fsync(fd) != 0)
        return 2;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* to be read from the disk again */
    char *p = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    int right = p[SIZE - 1] == 'x';
    munmap(p, SIZE);
    return !right;
}
