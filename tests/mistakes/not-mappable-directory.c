/* expect: not-mappable; en: “there” is a directory; fr: « there » est un répertoire; zh: “there”是目录
 * values: there
 * A directory, where a file in it was meant. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    if (mkdir("there", 0700) != 0)
        return 2;
    int fd = open("there", O_RDONLY);
    char *p = mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); /* EACCES; read only: ENODEV */
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
