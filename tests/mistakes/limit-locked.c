/* expect: limit-locked; en: 65536 bytes are locked; fr: mémoire verrouillée à 65536 octets; zh: 已经锁定了 65536 字节; options: --summary
 * values: 8192, RLIMIT_MEMLOCK, ulimit -l, 65536
 * MAP_LOCKED, and the user may lock no more than 64 KiB. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static void limit(int resource, rlim_t bytes) {
    struct rlimit limit = {bytes, bytes};
    if (setrlimit(resource, &limit) != 0)
        exit(77);
}

/* root may do it all the same: as nobody. */
static void drop(void) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        exit(77);
}

int main(void) {
    limit(RLIMIT_MEMLOCK, 65536);
    drop();
    char *p = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    if (p == MAP_FAILED)
        return 77;
    p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
