/* expect: not-mappable; en: “/dev/null” is the null device; fr: « /dev/null » est le périphérique nul; zh: “/dev/null”是空设备
 * values: /dev/null, MAP_ANONYMOUS
 * /dev/null is not /dev/zero. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("/dev/null", O_RDWR);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
