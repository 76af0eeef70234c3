/* expect: not-inherited; en: MADV_DONTFORK; fr: MADV_DONTFORK; zh: MADV_DONTFORK
 * Memory that madvise has kept from the children, used by a child. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED || madvise(count, sizeof *count, MADV_DONTFORK) != 0)
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
