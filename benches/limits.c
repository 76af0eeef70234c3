/* What no library can beat: a cache line that goes to another core and back, a thread that the kernel wakes.
 */
#include "bench.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void relax(void) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
}

/* ---- L ---- */

struct line {
    struct partner *partner;
    _Atomic uint64_t *word;
};

static void answer(void *state, long count) {
    struct line *line = state;
    for (long i = 0; i < count; i++) {
        while (atomic_load_explicit(line->word, memory_order_acquire) != (uint64_t)(2 * i + 1))
            relax();
        atomic_store_explicit(line->word, (uint64_t)(2 * i + 2), memory_order_release);
    }
}

static double ask(void *state, long count) {
    struct line *line = state;
    *line->word = 0;
    partner_go(line->partner, count);
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        atomic_store_explicit(line->word, (uint64_t)(2 * i + 1), memory_order_release);
        while (atomic_load_explicit(line->word, memory_order_acquire) != (uint64_t)(2 * i + 2))
            relax();
    }
    double ns = (double)(now() - start);
    partner_done(line->partner);
    CHECK(*line->word == (uint64_t)(2 * count));
    return ns;
}

static struct line the_line;

struct contestant limit_line(void) {
    if (the_line.partner == NULL) {
        the_line.word = shared_memory(4096);
        the_line.partner = partner_start((struct role){.turn = answer}, &the_line, 1);
    }
    return (struct contestant){.name = "cache line there and back (L)", .work = ask, .state = &the_line};
}

/* ---- F ---- */

/* Both sides sleep in the kernel until the other wakes them. In the `asleep` form each waits before it
 * answers, until the other surely sleeps, and the waiting is left out. */
struct futex {
    struct partner *partner;
    int processor;
    bool asleep;
    struct {
        _Alignas(64) _Atomic uint32_t word;
        _Alignas(64) _Atomic int64_t woken; /* how long the partner took to wake up, in sum */
        _Atomic int64_t sent;
    } *shared;
};

static void settle(struct futex *futex) {
    if (futex->asleep)
        futex->processor ? pause_spinning(60000) : pause_sleeping(60000);
}

static void wake(struct futex *futex, uint32_t value) {
    futex->shared->word = value;
    syscall(SYS_futex, &futex->shared->word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void sleep_until(struct futex *futex, uint32_t value) {
    for (uint32_t seen; (seen = futex->shared->word) != value;)
        syscall(SYS_futex, &futex->shared->word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void answer_futex(void *state, long count) {
    struct futex *futex = state;
    for (long i = 0; i < count; i++) {
        sleep_until(futex, (uint32_t)(2 * i + 1));
        futex->shared->woken += now() - futex->shared->sent;
        settle(futex);
        futex->shared->sent = now();
        wake(futex, (uint32_t)(2 * i + 2));
    }
}

static double ask_futex(void *state, long count) {
    struct futex *futex = state;
    futex->shared->word = 0;
    futex->shared->woken = 0;
    partner_go(futex->partner, count);
    int64_t start = now(), woken = 0;
    for (long i = 0; i < count; i++) {
        settle(futex);
        futex->shared->sent = now();
        wake(futex, (uint32_t)(2 * i + 1));
        sleep_until(futex, (uint32_t)(2 * i + 2));
        woken += now() - futex->shared->sent;
    }
    int64_t all = now() - start;
    partner_done(futex->partner);
    return (double)(futex->asleep ? woken + futex->shared->woken : all);
}

static struct futex the_futex[4];

struct contestant limit_futex(int processor, bool asleep) {
    struct futex *futex = &the_futex[2 * processor + asleep];
    if (futex->partner == NULL) {
        futex->processor = processor;
        futex->asleep = asleep;
        futex->shared = shared_memory(4096);
        futex->partner = partner_start((struct role){.turn = answer_futex}, futex, processor);
        if (processor == 0)
            partner_ignore_noise(futex->partner); /* there the two displace each other */
    }
    return (struct contestant){.name = processor ? "raw futex, two cores (F2)" : "raw futex, one core (F1)",
                               .work = ask_futex,
                               .state = futex,
                               .count = asleep ? 10 : 0,
                               .ignores_noise = processor == 0};
}

void limits_end(void) {
    if (the_line.partner)
        partner_end(the_line.partner);
    for (int i = 0; i < 4; i++)
        if (the_futex[i].partner)
            partner_end(the_futex[i].partner);
}

/* ---- CAS + xchg + memcpy ---- */

/* The least that a post without a lock needs: the text copied to the next of 21 places, a swap in the next of
 * 20 lines, an exchange of the newest number. The same memory as a board's, warm. */
double cas_xchg_memcpy(void *length, long count) {
    static struct {
        _Alignas(64) _Atomic uint64_t last;
        struct {
            _Alignas(64) _Atomic uint64_t entry;
        } ring[20];
        _Alignas(4096) char buffers[21][1024];
    } * board;
    static uint64_t number;
    if (board == NULL)
        board = shared_memory(sizeof *board);
    size_t bytes = *(size_t *)length;
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        number++;
        memcpy(board->buffers[number % 21], text, bytes);
        __asm__ volatile("" : : "r"(board->buffers) : "memory");
        uint64_t old = number > 20 ? number - 20 : 0;
        CHECK(atomic_compare_exchange_strong(&board->ring[number % 20].entry, &old, number));
        CHECK(atomic_exchange(&board->last, number) == number - 1);
    }
    double ns = (double)(now() - start);
    CHECK(memcmp(board->buffers[number % 21], text, bytes) == 0);
    return ns;
}
