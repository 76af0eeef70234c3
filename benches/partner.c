/* A second process, which takes part in turns and sleeps in between. */
#include "bench.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct partner {
    pid_t pid;
    struct {
        _Atomic uint32_t turn;  /* how many were begun */
        _Atomic uint32_t begun; /* the partner is running */
        _Atomic uint32_t ended;
        long count;
        bool ends, ignores_noise, was_disturbed;
        double value;
    } *shared;
};

void *shared_memory(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 0, size);
    return memory;
}

static void wait_for(_Atomic uint32_t *word, uint32_t value) {
    for (uint32_t seen; (seen = *word) != value;)
        syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void tell(_Atomic uint32_t *word, uint32_t value) {
    *word = value;
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static _Noreturn void live(struct partner *me, struct role role, void *state, int processor) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    go_to_processor(processor);
    if (role.enter)
        role.enter(state);
    tell(&me->shared->ended, 0);
    for (uint32_t turn = 1;; turn++) {
        wait_for(&me->shared->turn, turn);
        if (me->shared->ends)
            _exit(0);
        struct quiet before = quiet_now();
        me->shared->begun = turn;
        int64_t start = now();
        role.turn(state, me->shared->count);
        bool quiet = quiet_since(before, 20000 + (now() - start) / 20);
        me->shared->was_disturbed = !quiet && !me->shared->ignores_noise;
        tell(&me->shared->ended, turn);
    }
}

struct partner *partner_start(struct role role, void *state, int processor) {
    struct partner *partner = malloc(sizeof *partner);
    CHECK(partner != NULL);
    partner->shared = shared_memory(sizeof *partner->shared);
    partner->shared->ended = UINT32_MAX; /* not yet there */
    fflush(NULL);
    partner->pid = fork();
    CHECK(partner->pid >= 0);
    if (partner->pid == 0)
        live(partner, role, state, processor);
    wait_for(&partner->shared->ended, 0);
    return partner;
}

void partner_go(struct partner *partner, long count) {
    partner->shared->count = count;
    uint32_t turn = partner->shared->turn + 1;
    tell(&partner->shared->turn, turn);
    while (partner->shared->begun != turn)
        if (waitpid(partner->pid, NULL, WNOHANG) != 0)
            check_failed("the partner is alive", __FILE__, __LINE__);
}

void partner_done(struct partner *partner) {
    wait_for(&partner->shared->ended, partner->shared->turn);
    if (partner->shared->was_disturbed)
        disturbed();
}

double *partner_value(struct partner *partner) { return &partner->shared->value; }

void partner_ignore_noise(struct partner *partner) { partner->shared->ignores_noise = true; }

void partner_end(struct partner *partner) {
    partner->shared->ends = true;
    tell(&partner->shared->turn, partner->shared->turn + 1);
    CHECK(waitpid(partner->pid, NULL, 0) == partner->pid);
    munmap(partner->shared, sizeof *partner->shared);
    free(partner);
}
