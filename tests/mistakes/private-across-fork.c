/* expect: private-across-fork; en: MAP_SHARED; fr: MAP_SHARED; zh: MAP_SHARED
 * Private memory across fork: the child writes into its own copy. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
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
