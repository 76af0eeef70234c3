/* expect: not-mappable; en: the file is a pipe, and cannot be mapped; fr: le fichier est un tube, et ne peut pas être projeté; zh: 该文件是管道，不能映射
 * values: read()
 * cat data.bin | program: its input is a pipe. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fds[2];
    if (pipe(fds) != 0)
        return 2;
    char *p = mmap(NULL, 100, PROT_READ, MAP_PRIVATE, fds[0], 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
