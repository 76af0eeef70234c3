/* expect: limit-address-space; en: 536870912 bytes (512 MiB) more would exceed RLIMIT_AS; fr: avec 536870912 octets (512 Mio) de plus, RLIMIT_AS; zh: 再加 536870912 字节（512 MiB）就会超过 RLIMIT_AS; options: --summary
 * values: 536870912, RLIMIT_AS, ulimit -v, 1073741824
 * ulimit -v: two thirds fit, and no more. */
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
        if (p == MAP_FAILED) {
            perror("mmap");
            return 1;
        }
    }
    return 0;
}
