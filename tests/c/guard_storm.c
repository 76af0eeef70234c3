/*
 * Eight threads store into a guarded mapping while two other processes cut the file and make it longer again,
 * as fast as they can. In the part that exists all the time no store may be lost: the file itself has them all,
 * read by a third process that maps nothing. MAPBOARD_SOAK=SECONDS: for that long.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mapboard.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "attack/soak.h"
#include "tap.h"

enum { THREADS = 8, KEPT = 8, WHOLE = 64, STORES = 4000 };
static size_t page;

/* What stands in each kept page: a counter that all raise, and a word of each thread. */
struct counters {
    _Atomic uint64_t all;
    uint64_t own[THREADS];
};

static char *shared;
static _Atomic uint64_t *cuts;    /* by the other process */
static _Atomic uint64_t *touched; /* what may be cut, by all threads */

static struct counters *counters(size_t at) { return (struct counters *)(void *)(shared + at * page); }

static void *stores(void *argument) {
    size_t me = (size_t)(intptr_t)argument;
    uint64_t seen = atomic_load(cuts), count = 0;
    /* At least so many, and over a few cuts: until then this thread has not been through it. */
    while (count < STORES || atomic_load(cuts) < seen + 20) {
        struct counters *here = counters((count + me) % KEPT);
        atomic_fetch_add(&here->all, 1);
        *(volatile uint64_t *)&here->own[me] += 1;
        volatile char *there = shared + (KEPT + (count * 7 + me) % (WHOLE - KEPT)) * page + me;
        *there = (char)count; /* may be cut at any instant */
        atomic_fetch_add(touched, 1);
        count++;
    }
    return (void *)(uintptr_t)count;
}

/* Cuts at any page behind the kept ones, and at any byte of one, until it is killed. */
static _Noreturn void cuts_and_regrows(int fd, uint64_t patience) {
    for (uint64_t i = 0;; i++) {
        size_t left = (KEPT + i * 7 % (WHOLE - KEPT)) * page + (i % 3 ? i * 131 % page : 0);
        uint64_t before = atomic_load(touched);
        if (ftruncate(fd, (off_t)left) != 0)
            _exit(1);
        while (i % 4 < patience && atomic_load(touched) < before + (uint64_t)4 * WHOLE) /* all of it, by somebody */
            sched_yield();
        if (ftruncate(fd, (off_t)(WHOLE * page)) != 0)
            _exit(1);
        atomic_fetch_add(cuts, 1);
    }
}

static uint64_t tripped; /* rounds */

static pid_t child(void) {
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        tap_bail("fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(2);
    }
    return pid;
}

/* Were it to die, it would say of what. */
static void dies(int signal, siginfo_t *info, void *context) {
    (void)context;
    char text[160];
    int length = snprintf(text, sizeof text, "# SIGBUS: code %d, page %td of %d, errno %d (%s)\n", info->si_code,
                          ((char *)info->si_addr - shared) / (ptrdiff_t)page, (int)WHOLE, info->si_errno,
                          strerrorname_np(info->si_errno));
    if (write(STDOUT_FILENO, text, (size_t)length) != length)
        _exit(1);
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal, &action, NULL); /* the access is made again, and kills */
}

/* One round: how many stores; `*lost` is raised by those that the file does not have. */
static uint64_t round_of(int fd, uint64_t *lost) {
    pthread_t thread[THREADS];
    uint64_t count[THREADS], total = 0, all = 0, own[THREADS] = {0};
    if (ftruncate(fd, 0) != 0 || ftruncate(fd, (off_t)(WHOLE * page)) != 0)
        tap_bail("ftruncate");
    shared = mm_map(NULL, WHOLE * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED || mm_guard(shared, WHOLE * page) != 0)
        tap_bail("mm_guard");
    /* One that lets the others get through all of it now and then, and one that never waits: between any two looks at
     * the file it has another length. */
    pid_t cutter[2];
    for (uint64_t i = 0; i < 2; i++)
        if ((cutter[i] = child()) == 0)
            cuts_and_regrows(fd, i);
    for (intptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, stores, (void *)i) != 0)
            tap_bail("pthread_create");
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(thread[i], &result);
        count[i] = (uint64_t)(uintptr_t)result;
        total += count[i];
    }
    int status;
    for (int i = 0; i < 2; i++) {
        kill(cutter[i], SIGKILL);
        if (waitpid(cutter[i], &status, 0) != cutter[i] || !WIFSIGNALED(status))
            tap_bail("who cuts has failed");
    }
    for (size_t at = 0; at < KEPT; at++) {
        struct counters found;
        if (pread(fd, &found, sizeof found, (off_t)(at * page)) != sizeof found)
            tap_bail("pread");
        all += found.all;
        for (int i = 0; i < THREADS; i++)
            own[i] += found.own[i];
    }
    tripped += mm_guard_tripped(shared) == 1;
    *lost += total - all;
    for (int i = 0; i < THREADS; i++)
        *lost += count[i] - own[i];
    mm_unguard(shared, WHOLE * page);
    mm_unmap(shared, WHOLE * page);
    return 2 * total;
}

int main(void) {
    page = (size_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = dies};
    sigaction(SIGBUS, &action, NULL);
    tap_directory();
    cuts = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    touched = cuts + 8;
    int fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (cuts == MAP_FAILED || fd < 0)
        tap_bail("file");
    uint64_t total = 0, lost = 0, rounds = 0;
    do
        total += round_of(fd, &lost);
    while (++rounds < 10 || (soak_seconds() > 0 && soak_goes_on(1)));
    printf("# %llu rounds, %llu cuts, %llu stores\n", (unsigned long long)rounds,
           (unsigned long long)atomic_load(cuts), (unsigned long long)total);
    CHECK(atomic_load(cuts) >= 20 * rounds, "the file was cut under each thread");
    CHECK(tripped == rounds, "and each time touched where it was cut");
    ATTACK("stores under mm_guard, in the part that exists", total, lost);
    return tap_end();
}
