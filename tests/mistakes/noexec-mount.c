/* expect: noexec-mount; en: is on a file system mounted noexec; fr: est sur un système de fichiers monté avec noexec; zh: 所在的文件系统是以 noexec 挂载的
 * values: there/code.bin, noexec, /there, PROT_EXEC
 * Code on a file system that forbids it. In a namespace of its own, for which it takes root. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file system of our own, which nobody else sees. */
static void mount_here(const char *directory, unsigned long flags) {
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mkdir(directory, 0700) != 0 || mount("none", directory, "tmpfs", flags, NULL) != 0)
        exit(77);
}

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        exit(2);
    return fd;
}

int main(void) {
    mount_here("there", MS_NOEXEC);
    int fd = make("there/code.bin", 4096);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
