/* expect: shared-with-nobody; en: two memories; fr: deux mémoires; zh: 两块内存
 * Shared memory without a file, made by parent and child each for itself. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int child = fork();
    int *sum = mmap(NULL, sizeof *sum, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sum == MAP_FAILED)
        return 2;
    if (child == 0) {
        *sum = 12;
        munmap(sum, sizeof *sum);
        return 0;
    }
    wait(NULL);
    printf("%d\n", *sum);
    munmap(sum, sizeof *sum);
    return 0;
}
