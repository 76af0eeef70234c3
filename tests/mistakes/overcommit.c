/* expect: overcommit; en: 70368744177664 bytes (64 TiB) is more than this machine has; fr: 70368744177664 octets (64 Tio), c'est plus que la mémoire; zh: 70368744177664 字节（64 TiB）超过了这台机器; options: --summary
 * values: 70368744177664, MAP_NORESERVE
 * More memory than there is. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, (size_t)64 << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 77; /* vm.overcommit_memory is 1 */
}
