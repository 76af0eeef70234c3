/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE; /* most of it is never touched */
    char *p = mmap(NULL, (size_t)64 << 40, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 77; /* vm.overcommit_memory is 2 */
    }
    return munmap(p, (size_t)64 << 40);
}
