/* Each system call of mm_lock_* fails once, in each way in which it can: see failing.h. */
#define _GNU_SOURCE
#include "failing.h"

static struct mm_lock *lock, *theirs;

static int answer(int result) { return result == 0 ? 0 : errno; }

static int open_it(const char *path) {
    lock = mm_lock_open(path, 0600);
    return lock ? 0 : errno;
}
static int open_new(void) { return open_it("new"); }
static int open_old(void) { return open_it("lock"); }
static void close_it(void) {
    mm_lock_close(lock);
    lock = NULL;
}
static void close_and_remove(void) {
    close_it();
    unlink("new");
}
static void no_new_file(void) { unlink("new"); }

static void have(void) {
    if (open_old() != 0)
        _exit(3);
}
static int exclusive(void) { return answer(mm_lock_exclusive(lock)); }
static int shared(void) { return answer(mm_lock_shared(lock)); }
static int try_exclusive(void) { return answer(mm_lock_try_exclusive(lock)); }
static int try_shared(void) { return answer(mm_lock_try_shared(lock)); }
static int exclusive_timed(void) { return answer(mm_lock_exclusive_timed(lock, 1000)); }
static int shared_timed(void) { return answer(mm_lock_shared_timed(lock, 1000)); }
static void release(void) {
    if (mm_lock_release(lock) != 0)
        _exit(3);
}

/* Somebody else has it. */
static int timed_out(void) {
    int error = answer(mm_lock_exclusive_timed(lock, 2));
    return error == ETIMEDOUT ? 0 : error ? error : -1;
}
static int busy(void) {
    int error = answer(mm_lock_try_shared(lock));
    return error == EAGAIN ? 0 : error ? error : -1;
}

static void have_it(void) {
    have();
    if (exclusive() != 0)
        _exit(3);
}
static int release_call(void) { return answer(mm_lock_release(lock)); }
static void take_again(void) {
    if (exclusive() != 0)
        _exit(3);
}
static int close_call(void) {
    if (!lock)
        have_it();
    int error = answer(mm_lock_close(lock));
    lock = NULL;
    return error;
}

/* A child's first call with what it has inherited. */
static void inherit(void) { lock = theirs; }

static int not_mine(void) {
    int error = answer(mm_lock_release(lock));
    return error == EPERM ? 0 : error ? error : -1;
}

/* Who has failed to take it does not have it: others can. */
static int free_or_taken(void) {
    int error = answer(mm_lock_try_exclusive(theirs));
    if (error == 0 && mm_lock_release(theirs) != 0)
        return 1;
    return failing_stage->result ? error != 0 : error != EAGAIN;
}
static int free_again(void) {
    if (mm_lock_try_exclusive(theirs) != 0)
        return 1;
    return mm_lock_release(theirs) != 0;
}

int main(void) {
    static const struct operation creates = {"lock_open, creating", "mm_lock_open", NULL, open_new,
                                             close_and_remove, INJECT_FILES | INJECT_KEEPS};
    static const struct operation opens = {"lock_open", "mm_lock_open", NULL, open_old, close_it, 0};
    static const struct operation closes = {"lock_close", "mm_lock_close", have_it, close_call, NULL,
                                            INJECT_NEVER};
    static const struct operation takes[] = {
        {"lock_exclusive", "mm_lock_exclusive", have, exclusive, release, 0},
        {"lock_shared", "mm_lock_shared", have, shared, release, 0},
        {"lock_try_exclusive", "mm_lock_try_exclusive", have, try_exclusive, release, 0},
        {"lock_try_shared", "mm_lock_try_shared", have, try_shared, release, 0},
        {"lock_exclusive_timed", "mm_lock_exclusive_timed", have, exclusive_timed, release, 0},
        {"lock_shared_timed", "mm_lock_shared_timed", have, shared_timed, release, 0},
        {"lock_exclusive, inherited", "mm_lock_exclusive", inherit, exclusive, release, 0},
        {"lock_exclusive, inherited through clone", "mm_lock_exclusive", inherit, exclusive, release,
         INJECT_BARE},
        {"lock_shared_timed, inherited through clone", "mm_lock_shared_timed", inherit, shared_timed, release,
         INJECT_BARE},
    };
    static const struct operation releases[] = {
        {"lock_release", "mm_lock_release", have_it, release_call, take_again, 0},
        {"lock_release, inherited through clone", "mm_lock_release", inherit, not_mine, NULL, INJECT_BARE},
    };
    static const struct operation waits[] = {
        {"lock_exclusive_timed, busy", "mm_lock_exclusive_timed", have, timed_out, NULL, 0},
        {"lock_try_shared, busy", "mm_lock_try_shared", have, busy, NULL, 0},
    };
    tap_directory();
    chat_alarm();
    failing_stage = shared_memory(sizeof *failing_stage);
    theirs = mm_lock_open("lock", 0600);
    if (!theirs)
        tap_bail("mm_lock_open");
    failing(&creates, no_new_file, NULL);
    no_new_file();
    failing(&opens, NULL, free_again);
    failing(&closes, NULL, free_again);
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
        failing(&takes[i], NULL, free_or_taken);
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
        failing(&releases[i], NULL, NULL);
    if (mm_lock_exclusive(theirs) != 0)
        tap_bail("mm_lock_exclusive");
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        failing(&waits[i], NULL, NULL);
    mm_lock_close(theirs);
    ATTACK("system calls failing: mm_lock_", failing_runs, failing_violations);
    return tap_end();
}
