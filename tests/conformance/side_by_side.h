/*
 * Side by side: a scenario is run twice in the same situation, once with the system's calls and once with
 * ours. Each run is a forked child in a new directory of its own, so it may die, lower its limits or give up its
 * identity. What it finds goes through a pipe to the parent, which makes one test line of each pair: the two
 * are the same, and they are what the statement says.
 *
 *   static void length_zero(void) {
 *       FAILS(mm->map(NULL, 0, PROT_READ, ANONYMOUS, -1, 0), EINVAL, "anonymous");
 *   }
 *   int main(void) {
 *       side_by_side("5 length 0 is EINVAL", length_zero);
 *       return tap_end();
 *   }
 *
 * The number is that of the statement on which mm_map and its companions stand: grep for it.
 */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <mapboard.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tap.h>

/* ---- the two sides ------------------------------------------------------------------------------------- */

struct calls {
    const char *name;
    void *(*map)(void *, size_t, int, int, int, off_t);
    int (*unmap)(void *, size_t);
    int (*sync)(void *, size_t, int);
    int (*protect)(void *, size_t, int);
    void *(*remap)(void *, size_t, size_t, int, ...);
};
static const struct calls raw_calls = {"raw", mmap, munmap, msync, mprotect, mremap};
static const struct calls our_calls = {"ours", mm_map, mm_unmap, mm_sync, mm_protect, mm_remap};

/* Those of the side that runs: all that a scenario calls. */
static const struct calls *mm = &raw_calls;

/* ---- facts --------------------------------------------------------------------------------------------- */

struct fact {
    enum { CALL, FAULT, VALUE, SKIPPED } kind;
    int line;
    const char *file; /* the parent is of the same image */
    char name[160];
    long long got[3], wanted[3];
};

static int facts_to; /* the pipe */

static void fact_send(const struct fact *fact) {
    if (write(facts_to, fact, sizeof *fact) != sizeof *fact)
        _exit(99);
}

#define FACT_NAME(fact, format)                                                                          \
    do {                                                                                                 \
        va_list fact_args;                                                                               \
        va_start(fact_args, format);                                                                     \
        vsnprintf((fact).name, sizeof(fact).name, format, fact_args);                                    \
        va_end(fact_args);                                                                               \
    } while (0)

/* No error has this number: where a call succeeds, errno still holds it afterwards. */
enum { UNTOUCHED = 12345 };

#define HERE __FILE__, __LINE__

/* The call succeeds with an address, which is the value; a scenario that does not get one is over. */
#define MAPS(call, ...) ((char *)(errno = UNTOUCHED, fact_maps((call), HERE, __VA_ARGS__)))
/* The call returns 0. */
#define PASSES(call, ...) (errno = UNTOUCHED, fact_call((intptr_t)(call), 0, UNTOUCHED, HERE, __VA_ARGS__))
/* The call returns -1 or MAP_FAILED, and sets errno to `error`. */
#define FAILS(call, error, ...) (errno = UNTOUCHED, fact_call((intptr_t)(call), -1, error, HERE, __VA_ARGS__))
/* The access at `at` raises signal `signo` with si_code `code` and si_addr `at`. */
#define FAULTS(access, at, signo, code, ...) fact_fault(access, at, signo, code, HERE, __VA_ARGS__)
/* The integers are equal. */
#define EQUAL(got, wanted, ...) fact_equal((long long)(got), (long long)(wanted), HERE, __VA_ARGS__)
/* Whatever the integer is, both sides have the same. */
#define ALIKE(got, ...) fact_alike((long long)(got), HERE, __VA_ARGS__)
/* The machine does not let us: the scenario ends here. */
#define CANNOT(...) fact_cannot(HERE, __VA_ARGS__)
/* The scenario's own scaffolding, not the thing tested. */
#define NEED(condition) ((condition) ? (void)0 : fact_need(#condition, HERE))

/* A function whose argument number `format` is as printf's. */
#define PRINTF_LIKE(format_) __attribute__((format(printf, format_, format_ + 1), unused)) static

PRINTF_LIKE(4) void *fact_maps(void *result, const char *file, int line, const char *format, ...) {
    int error = errno, mapped = result != MAP_FAILED;
    struct fact fact = {CALL, line, file, "", {mapped, error}, {1, UNTOUCHED}};
    FACT_NAME(fact, format);
    fact_send(&fact);
    if (!mapped)
        _exit(0);
    return result;
}

PRINTF_LIKE(6)
void fact_call(intptr_t got, int wanted, int wanted_error, const char *file, int line,
               const char *format, ...) {
    int error = errno;
    struct fact fact = {CALL, line, file, "", {got, error}, {wanted, wanted_error}};
    FACT_NAME(fact, format);
    fact_send(&fact);
}

PRINTF_LIKE(5)
void fact_equal(long long got, long long wanted, const char *file, int line, const char *format, ...) {
    struct fact fact = {VALUE, line, file, "", {got}, {wanted}};
    FACT_NAME(fact, format);
    fact_send(&fact);
}

PRINTF_LIKE(4) void fact_alike(long long got, const char *file, int line, const char *format, ...) {
    struct fact fact = {VALUE, line, file, "", {got}, {got}};
    FACT_NAME(fact, format);
    fact_send(&fact);
}

PRINTF_LIKE(3) __attribute__((noreturn))
void fact_cannot(const char *file, int line, const char *format, ...) {
    struct fact fact = {SKIPPED, line, file, "", {0}, {0}};
    FACT_NAME(fact, format);
    fact_send(&fact);
    _exit(0);
}

__attribute__((unused, noreturn)) static void fact_need(const char *condition, const char *file, int line) {
    fact_equal(errno, -1, file, line, "the test needs %s (%s)", condition, strerror(errno));
    _exit(0);
}

/* ---- accesses that may fault --------------------------------------------------------------------------- */

enum access { LOAD, STORE };
struct fault {
    int signo; /* 0: none */
    int code;
    uintptr_t address;
};
static sigjmp_buf fault_back;
static struct fault fault_seen;

static void fault_handler(int signo, siginfo_t *info, void *context) {
    (void)context;
    fault_seen = (struct fault){signo, info->si_code, (uintptr_t)info->si_addr};
    siglongjmp(fault_back, 1);
}

/* Loads the byte at `at`, or stores `value` there; says which signal came of it. Leaves no handler behind. */
static struct fault touch(enum access access, const char *at, char value, unsigned char *loaded) {
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, old_stack;
    struct sigaction action = {.sa_sigaction = fault_handler, .sa_flags = SA_SIGINFO | SA_ONSTACK}, old[2];
    sigaltstack(&alternate, &old_stack);
    sigaction(SIGSEGV, &action, &old[0]);
    sigaction(SIGBUS, &action, &old[1]);
    fault_seen = (struct fault){0};
    if (sigsetjmp(fault_back, 1) == 0) {
        if (access == LOAD)
            *loaded = *(const volatile unsigned char *)at;
        else
            *(volatile char *)(uintptr_t)at = value;
    }
    sigaction(SIGSEGV, &old[0], NULL);
    sigaction(SIGBUS, &old[1], NULL);
    sigaltstack(&old_stack, NULL);
    return fault_seen;
}

/* The byte at `at`; minus the signal's number if there was one. */
__attribute__((unused)) static int peek(const char *at) {
    unsigned char loaded = 0;
    struct fault fault = touch(LOAD, at, 0, &loaded);
    return fault.signo ? -fault.signo : loaded;
}

/* Stores a byte: 0; minus the signal's number if there was one. */
__attribute__((unused)) static int poke(char *at, char value) {
    return -touch(STORE, at, value, NULL).signo;
}

PRINTF_LIKE(7)
void fact_fault(enum access access, const char *at, int signo, int code, const char *file, int line,
                const char *format, ...) {
    unsigned char loaded;
    struct fault fault = touch(access, at, 'f', &loaded);
    long long off = fault.signo ? (intptr_t)(fault.address - (uintptr_t)at) : 0;
    struct fact fact = {FAULT, line, file, "", {fault.signo, fault.code, off}, {signo, code, 0}};
    FACT_NAME(fact, format);
    fact_send(&fact);
}

/* ---- children of a scenario ---------------------------------------------------------------------------- */

/* IN_CHILD { … }: the block runs in a forked child, is waited for, and leaves its wait status here. */
static int child_status;
#define IN_CHILD for (int child_here = child_begin(); child_here; _exit(0))

__attribute__((unused)) static int child_begin(void) {
    pid_t child = fork();
    NEED(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return 1;
    }
    NEED(waitpid(child, &child_status, 0) == child);
    return 0;
}

/* ---- the runner ---------------------------------------------------------------------------------------- */

enum { FACTS_MAX = 256 };
struct outcome {
    int count, status;
    struct fact facts[FACTS_MAX];
};
static size_t page; /* in bytes */

static void run_side(const struct calls *calls, const char *directory, void (*scenario)(void),
                     struct outcome *outcome) {
    int ends[2];
    if (mkdir(directory, 0755) != 0 || chmod(directory, 0777) != 0 || pipe(ends) != 0)
        tap_bail("%s", directory);
    pid_t child = fork();
    if (child < 0)
        tap_bail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        close(ends[0]);
        facts_to = fcntl(ends[1], F_DUPFD_CLOEXEC, 200); /* out of the way of the scenario's descriptors */
        close(ends[1]);
        if (facts_to < 0 || chdir(directory) != 0)
            _exit(98);
        mm = calls;
        scenario();
        _exit(0);
    }
    close(ends[1]);
    struct fact fact;
    for (outcome->count = 0; read(ends[0], &fact, sizeof fact) == sizeof fact; outcome->count++)
        if (outcome->count < FACTS_MAX)
            outcome->facts[outcome->count] = fact;
    close(ends[0]);
    if (waitpid(child, &outcome->status, 0) != child)
        tap_bail("waitpid");
}

static void show_numbers(const char *who, const struct fact *fact, const long long *numbers) {
    printf("#   %-7s", who);
    if (fact->kind == CALL)
        printf("result %lld, errno %lld%s\n", numbers[0], numbers[1],
               numbers[1] == UNTOUCHED ? " (untouched)" : "");
    else if (fact->kind == FAULT)
        printf("signal %lld, si_code %lld, si_addr off by %lld\n", numbers[0], numbers[1], numbers[2]);
    else
        printf("%lld (%#llx)\n", numbers[0], numbers[0]);
}

static int same_numbers(const long long *a, const long long *b) {
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* One line: both sides found the same, and what the statement says. */
static void compare(const char *title, const struct fact *raw, const struct fact *ours) {
    int same = raw->kind == ours->kind && strcmp(raw->name, ours->name) == 0 &&
               same_numbers(raw->got, ours->got);
    if (same && raw->kind == SKIPPED) {
        SKIP(raw->name, "%s", title);
        return;
    }
    int ok = same && same_numbers(raw->got, raw->wanted) && same_numbers(ours->got, ours->wanted);
    if (tap_line(ok, raw->file, raw->line, "%s: %s", title, raw->name))
        return;
    show_numbers("raw", raw, raw->got);
    show_numbers("ours", ours, ours->got);
    show_numbers("wanted", raw, raw->wanted);
    if (strcmp(raw->name, ours->name) != 0)
        printf("#   ours is another fact: %s\n", ours->name);
}

__attribute__((unused)) static void side_by_side(const char *title, void (*scenario)(void)) {
    static struct outcome raw, ours;
    static int scenarios;
    char raw_directory[32], our_directory[32];
    page = (size_t)sysconf(_SC_PAGESIZE);
    if (scenarios++ == 0 && chmod(tap_directory(), 0711) != 0)
        tap_bail("chmod");
    snprintf(raw_directory, sizeof raw_directory, "%d.raw", scenarios);
    snprintf(our_directory, sizeof our_directory, "%d.ours", scenarios);
    run_side(&raw_calls, raw_directory, scenario, &raw);
    run_side(&our_calls, our_directory, scenario, &ours);
    for (int i = 0; i < raw.count && i < ours.count && i < FACTS_MAX; i++)
        compare(title, &raw.facts[i], &ours.facts[i]);
    if (raw.count != ours.count || raw.count == 0 || raw.count > FACTS_MAX)
        CHECK(0, "%s: %d facts from the raw calls, %d from ours", title, raw.count, ours.count);
    if (raw.status != 0 || ours.status != 0)
        CHECK(0, "%s: the scenario ended with wait status %#x raw, %#x ours", title, raw.status, ours.status);
}

/* ---- words of the scenarios ---------------------------------------------------------------------------- */

enum { NONE = PROT_NONE, R = PROT_READ, W = PROT_WRITE, RW = PROT_READ | PROT_WRITE };
enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, SHARED_ANONYMOUS = MAP_SHARED | MAP_ANONYMOUS };

/* A new file of `size` bytes 'x', open for reading and writing. */
__attribute__((unused)) static int new_file(const char *path, size_t size) {
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    NEED(fd >= 0);
    char *bytes = malloc(size + 1);
    NEED(bytes != NULL);
    memset(bytes, 'x', size);
    NEED(write(fd, bytes, size) == (ssize_t)size);
    free(bytes);
    return fd;
}

/* Opens the file anew, so that the descriptor has the rights of `flags`. */
__attribute__((unused)) static int reopen(int fd, int flags) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fd = open(path, flags | O_CLOEXEC);
    NEED(fd >= 0);
    return fd;
}

/* A number that is no open descriptor. */
__attribute__((unused)) static int closed_fd(void) {
    int fd = dup(facts_to);
    close(fd);
    return fd;
}
#endif
