/* expect: unknown; en: failed: invalid argument (EINVAL). Nothing that can be seen; fr: a échoué : argument invalide (EINVAL). Rien de ce qu'on peut voir; zh: 失败：参数无效（EINVAL）。从这里看到的情况
 * values: mprotect(, PROT_READ|PROT_GROWSDOWN, EINVAL
 * A stack's flag for what is no stack: no diagnosis is made for it, and none is invented. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    if (mprotect(p, 4096, PROT_READ | PROT_GROWSDOWN) != 0) {
        perror("mprotect");
        return 1;
    }
    return 0;
}
