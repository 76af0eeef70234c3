/* Every access under the lock. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void lock(int fd, int type) {
    struct flock first = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(fd, F_SETLKW, &first) != 0)
        exit(2);
}

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int guard = open("data.lock", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || guard < 0 || ftruncate(fd, 4096) != 0)
        return 2;
    int *sum = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sum == MAP_FAILED)
        return 2;
    pid_t child = fork();
    for (int i = 0; i < 1000; i++) {
        lock(guard, F_WRLCK);
        sum[5]++;
        lock(guard, F_UNLCK);
    }
    if (child == 0)
        _exit(0);
    wait(NULL);
    munmap(sum, 4096);
    return 0;
}
