/* expect: nothing
 * The same without the mistake. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* root may do it all the same: as nobody. */
static void drop(void) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        exit(77);
}

int main(void) {
    drop();
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return munmap(p, 4096);
}
