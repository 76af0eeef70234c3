/* Thread cancellation: msync is a cancellation point, the other calls are none. */
#include "side_by_side.h"
#include <pthread.h>
#ifndef __EXCEPTIONS
#error "compile this with -fexceptions: the stack is to be unwound frame by frame"
#endif

static char *mapped;
static int cleaned, returned; /* the thread is joined before they are read */

static void clean(void *unused) {
    (void)unused;
    cleaned++;
}

/* Makes `call` with a cancellation pending that is enabled only now. */
static void *cancelled_before(void *call) {
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    pthread_cancel(pthread_self());
    pthread_cleanup_push(clean, NULL);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    ((void (*)(void))(uintptr_t)call)();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    returned++;
    pthread_cleanup_pop(0);
    return NULL;
}

/* The same, but cancellation stays disabled. */
static void *cancelled_disabled(void *call) {
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    pthread_cancel(pthread_self());
    pthread_cleanup_push(clean, NULL);
    ((void (*)(void))(uintptr_t)call)();
    returned++;
    pthread_cleanup_pop(0);
    return NULL;
}

/* Whether the thread was cancelled in the call; its cleanup handler ran if and only if it was. */
static int cancelled_in(void *(*thread)(void *), void (*call)(void)) {
    pthread_t id;
    void *result;
    cleaned = returned = 0;
    NEED(pthread_create(&id, NULL, thread, (void *)(uintptr_t)call) == 0);
    NEED(pthread_join(id, &result) == 0);
    EQUAL(cleaned, result == PTHREAD_CANCELED, "the cleanup handler");
    EQUAL(returned, result != PTHREAD_CANCELED, "the return from the call");
    return result == PTHREAD_CANCELED;
}

static void do_sync(void) { mm->sync(mapped, page, MS_SYNC); }
static void do_failing_sync(void) { mm->sync(mapped + 1, page, MS_SYNC); }
static void do_map(void) { mm->unmap(mm->map(NULL, page, R, ANONYMOUS, -1, 0), page); }
static void do_protect(void) { mm->protect(mapped, page, R); }

/* A cleanup by the compiler, as a C++ destructor is one: the stack is unwound frame by frame. */
static int unwound;
static void unwind(int *unused) {
    (void)unused;
    unwound++;
}
__attribute__((noinline)) static void do_sync_with_local(void) {
    __attribute__((cleanup(unwind))) int local = 0;
    do_sync();
    (void)local;
}

static void msync_is_one(void) {
    mapped = MAPS(mm->map(NULL, page, RW, MAP_SHARED, new_file("file", page), 0), "a page");
    EQUAL(cancelled_in(cancelled_before, do_sync), 1, "msync: a pending cancellation takes effect");
    EQUAL(cancelled_in(cancelled_before, do_failing_sync), 1, "also in a call that would fail");
    EQUAL(cancelled_in(cancelled_disabled, do_sync), 0, "not while cancellation is disabled");
    EQUAL(cancelled_in(cancelled_before, do_sync_with_local), 1, "from a function with a local to clean up");
    EQUAL(unwound, 1, "which is");
    PASSES(mm->sync(mapped, page, MS_SYNC), "without a cancellation it is as ever, and errno stays");
}

static void the_others_are_none(void) {
    mapped = MAPS(mm->map(NULL, page, RW, MAP_SHARED, new_file("file", page), 0), "a page");
    EQUAL(cancelled_in(cancelled_before, do_map), 0, "mmap and munmap");
    EQUAL(cancelled_in(cancelled_before, do_protect), 0, "mprotect");
}

int main(void) {
    side_by_side("59 msync is a cancellation point", msync_is_one);
    side_by_side("59 mmap, munmap and mprotect are none", the_others_are_none);
    return tap_end();
}
