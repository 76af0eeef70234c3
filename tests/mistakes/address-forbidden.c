/* expect: address-forbidden; en: nothing may be mapped at 0x0; fr: rien ne peut être projeté en 0x0; zh: 0x0 处不允许映射
 * values: vm.mmap_min_addr, NULL
 * MAP_FIXED with NULL orders the address 0. */
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
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 77; /* vm.mmap_min_addr is 0 */
}
