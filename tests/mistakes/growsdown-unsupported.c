/* expect: growsdown-unsupported; en: and the flags are MAP_SHARED|MAP_ANONYMOUS|MAP_GROWSDOWN; fr: or les drapeaux sont MAP_SHARED|MAP_ANONYMOUS|MAP_GROWSDOWN; zh: 而这里的标志是 MAP_SHARED|MAP_ANONYMOUS|MAP_GROWSDOWN
 * values: MAP_GROWSDOWN
 * A stack that is shared. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void) {
    char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
    if (p == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return 0;
}
