/* Nothing was written there. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
    if (fd < 0)
        return 77;
    if (ftruncate(fd, 100) != 0)
        return 2;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return 2;
    strcpy(p, "within the file");
    char *q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (q == MAP_FAILED)
        return 2;
    munmap(p, 4096);
    munmap(q, 4096);
    return 0;
}
