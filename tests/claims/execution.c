/* Whether code in a mapping runs: PROT_EXEC decides, on the two processors that the library is for. */
#include <mapboard.h>
#include <signal.h>
#include "child.h"

#if defined __x86_64__
static const unsigned char returns[] = {0xc3}; /* ret */
#else
static const unsigned char returns[] = {0xc0, 0x03, 0x5f, 0xd6}; /* ret */
#endif

static int call(void *code) {
    void (*function)(void);
    memcpy(&function, &code, sizeof function); /* ISO C has no cast from data to code */
    function();
    return 0;
}

int main(void) {
    const size_t length = (size_t)sysconf(_SC_PAGESIZE);
    char *code = mm_map(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        tap_bail("mm_map");
    memcpy(code, returns, sizeof returns);
    __builtin___clear_cache(code, code + sizeof returns);

    CHECK_EQ(mm_protect(code, length, PROT_READ), 0, "a page with code becomes readable only");
    CHECK_EQ(in_child(call, code), KILLED_BY(SIGSEGV),
             "PROT_READ does not include PROT_EXEC: the code does not run");
    CHECK_EQ(mm_protect(code, length, PROT_READ | PROT_EXEC), 0, "the page becomes executable");
    CHECK_EQ(in_child(call, code), 0, "with PROT_EXEC code in the mapping runs");
    mm_unmap(code, length);
    return tap_end();
}
