/* expect: limit-data; en: 268435456 bytes (256 MiB) more would exceed RLIMIT_DATA; fr: avec 268435456 octets (256 Mio) de plus, RLIMIT_DATA; zh: 再加 268435456 字节（256 MiB）就会超过 RLIMIT_DATA; options: --summary
 * values: 268435456, RLIMIT_DATA, ulimit -d, 134217728
 * ulimit -d limits private writable memory. */
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
    limit(RLIMIT_DATA, (rlim_t)128 << 20);
    char *p = mmap(NULL, (size_t)256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
