/* expect: limit-address-space; en: RLIMIT_AS; fr: RLIMIT_AS; zh: RLIMIT_AS
 * A failed call that the program does not get over: it says so and ends. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

int main(void) {
    struct rlimit small = {200 << 20, 200 << 20};
    if (setrlimit(RLIMIT_AS, &small) != 0)
        return 77;
    void *heap = mmap(NULL, (size_t)4 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (heap == MAP_FAILED) {
        fprintf(stderr, "cannot start: no memory for the heap\n");
        return 1;
    }
    return 0;
}
