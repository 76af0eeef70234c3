/* expect: not-mappable; en: /maps” is written anew by the kernel at each read; fr: est écrit par le noyau à chaque lecture; zh: 是由内核在每次读取时现写的文件
 * values: read()
 * A file of /proc has no contents before it is read. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("/proc/self/maps", O_RDONLY);
    if (fd < 0)
        return 77;
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
