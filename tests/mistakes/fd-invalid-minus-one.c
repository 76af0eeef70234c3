/* expect: fd-invalid; en: the descriptor is -1: either open() failed; fr: le descripteur est -1 : soit open() a échoué; zh: 文件描述符是 -1：要么 open() 失败了
 * values: -1, open(), MAP_ANONYMOUS
 * open failed, and nobody looked. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("no such file", O_RDONLY);
    char *p = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
