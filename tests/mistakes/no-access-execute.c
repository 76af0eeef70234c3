/* expect: no-access; en: PROT_READ|PROT_WRITE; fr: PROT_READ|PROT_WRITE; zh: PROT_READ|PROT_WRITE
 * A jump into memory without PROT_EXEC. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

int main(void) {
#ifdef __x86_64__
    static const unsigned char code[] = {0xc3}; /* ret */
#else
    static const unsigned char code[] = {0xc0, 0x03, 0x5f, 0xd6};
#endif
    void (*run)(void);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 2;
    memcpy(p, code, sizeof code);
    memcpy(&run, &p, sizeof p);
    run();
    return munmap(p, 4096);
}
