/* mremap as one has it on other systems: mapped longer, then the old mapping goes. And a child that maps by name what its
 * parent has mapped. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int fd = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        return 2;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED || ftruncate(fd, 8192) != 0)
        return 2;
    char *q = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (q == MAP_FAILED)
        return 2;
    munmap(p, 4096);
    if (fork() == 0) {
        int own = open("data.bin", O_RDWR);
        char *child = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
        if (child == MAP_FAILED)
            _exit(1);
        strcpy(child, "from the child");
        munmap(child, 8192);
        _exit(0);
    }
    wait(NULL);
    int wrong = strcmp(q, "from the child") != 0;
    munmap(q, 8192);
    return wrong;
}
