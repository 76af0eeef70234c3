/* The same, given to the children again. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED || madvise(count, sizeof *count, MADV_DONTFORK) != 0 ||
        madvise(count, sizeof *count, MADV_DOFORK) != 0)
        return 2;
    if (fork() == 0) {
        *count = 42;
        _exit(0);
    }
    wait(NULL);
    printf("%d\n", *count);
    munmap(count, sizeof *count);
    return 0;
}
