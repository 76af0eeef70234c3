/* expect: private-across-fork; en: wrote to 1 page of private memory; fr: a écrit dans 1 page de mémoire privée; zh: 写入了 1 页
 * The child tidies up before it ends, so that its copy is gone at its exit. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
        return 2;
    *count = 1;
    if (fork() == 0) {
        ++*count;
        exit(munmap(count, sizeof *count) == 0 ? 0 : 2);
    }
    wait(NULL);
    printf("%d\n", *count);
    munmap(count, sizeof *count);
    return 0;
}
