/*
 * How deep the calling thread is in the handlers that signal.rs passes a signal on to. In C because stable Rust has no
 * thread-local storage without its standard library.
 */
#include <stdint.h>

/* As in signal.rs. */
struct nesting {
    uintptr_t signal; /* address of the siginfo_t that is being passed on */
    uintptr_t stack;  /* where the stack stood then */
    uintptr_t depth;
};

static __thread struct nesting here;

struct nesting *mapboard_nesting(void) { return &here; }
