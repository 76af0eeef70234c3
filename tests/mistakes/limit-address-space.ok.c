/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void limit(int resource, rlim_t bytes) {
    struct rlimit limit = {bytes, bytes};
    if (setrlimit(resource, &limit) != 0)
        exit(77);
}

int main(void) {
    limit(RLIMIT_AS, (rlim_t)1 << 30);
    for (int i = 0; i < 3; i++) {
        char *p = mmap(NULL, (size_t)512 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED || munmap(p, (size_t)512 << 20) != 0) {
            perror("mmap");
            return 1;
        }
    }
    return 0;
}
