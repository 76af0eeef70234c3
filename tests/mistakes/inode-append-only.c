/* expect: inode-append-only; en: “data.bin” has the append-only attribute; fr: « data.bin » a l'attribut « ajout seulement »; zh: “data.bin”带有“只能追加”属性
 * values: data.bin, chattr +a, O_RDONLY
 * The file was made append-only: chattr +a, which takes root and a file system that has it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of `size` bytes, open for reading and writing. */
static int make(const char *name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
        exit(2);
    return fd;
}

int main(void) {
    int fd = make("data.bin", 100);
    int append_only = FS_APPEND_FL, none = 0;
    if (ioctl(fd, FS_IOC_SETFLAGS, &append_only) != 0)
        return 77;
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        perror("mmap");
    ioctl(fd, FS_IOC_SETFLAGS, &none);
    return p == MAP_FAILED;
}
