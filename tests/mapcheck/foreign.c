/* For mapcheck_foreign.sh: says who it is and how wide its pointers are, and makes a mistake that mapcheck would name if
 * it judged this program. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%zu %ld\n", sizeof(void *), (long)geteuid());
    return fflush(stdout) == 0 ? 7 : 2;
}
