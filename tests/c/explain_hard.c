/*
 * The explanation never fails, and never says something wrong: no descriptor left, no memory left, no /proc; in a
 * signal handler on a small stack, before main, in the child of a process with threads; and a handler that fails in
 * the middle of a failure.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mapboard.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tap.h>
#include <unistd.h>

static char before_main[512];

/* The first thing that the program does. */
__attribute__((constructor)) static void early(void) {
    volatile size_t length = 0;
    if (mm_map(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        snprintf(before_main, sizeof before_main, "%s", mm_explain_slug());
}

static int slug_is(const char *slug) { return !strcmp(mm_explain_slug(), slug); }

static int says(const char *words) {
    char text[2048];
    mm_explain(text, sizeof text);
    return strstr(text, words) != NULL;
}

/* Maps a file that is open for reading only. */
static void fail_read_only(void) {
    static int fd = -1;
    if (fd < 0)
        fd = open("data.bin", O_RDONLY | O_CREAT, 0600);
    mm_map(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* In a child, so that what it does to itself ends with it: the child's status is its count of wrong answers. */
static void in_child(const char *name, int (*wrong)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(wrong());
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        tap_bail("fork");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        SKIP("it takes root", "%s", name);
    else
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s (status %#x)", name, (unsigned)status);
}

static int without_descriptors(void) {
    fail_read_only();
    struct rlimit limit = {0, 0};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || open("/", O_RDONLY) >= 0)
        return 2;
    int wrong = 0;
    wrong += !slug_is("fd-read-only") || !says("“data.bin” is open for reading only"); /* needs no descriptor of its own */
    mm_unmap((void *)0x10000005, 4096); /* what is mapped there cannot be seen */
    wrong += !slug_is("address-unaligned");
    mm_sync((void *)0x10000000, 4096, MS_SYNC); /* nor that nothing is */
    wrong += !slug_is("unknown") || !says("ENOMEM");
    return wrong;
}

static int without_proc(void) {
    if (geteuid() != 0)
        return 77;
    int fd = open("data.bin", O_RDONLY | O_CREAT, 0600);
    if (mkdir("empty", 0755) != 0 || chroot("empty") != 0 || chdir("/") != 0)
        return 2;
    int wrong = 0;
    mm_map(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    wrong += !slug_is("fd-read-only") || !says("the file is open for reading only");
    mm_map(NULL, (size_t)1 << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    wrong += !slug_is("unknown") || !says("not enough memory (ENOMEM)");
    return wrong;
}

static int without_memory(void) {
    fail_read_only();
    struct rlimit limit = {0, 0};
    if (setrlimit(RLIMIT_AS, &limit) != 0 || malloc((size_t)1 << 24))
        return 2;
    int wrong = !slug_is("fd-read-only") || !says("“data.bin”");
    mm_map(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    wrong += !slug_is("limit-address-space") || !says("4096 bytes more would exceed RLIMIT_AS");
    /* A range cannot be cut either, but that is no matter of how many mappings there are. */
    return wrong;
}

/* On a stack of its own, painted, so that one sees how much of it was needed. */
static char stack[1 << 16];
static char in_handler[2048];

static void on_signal(int number) {
    (void)number;
    fail_read_only();
    mm_explain(in_handler, sizeof in_handler);
    mm_perror("in a handler");
}

static size_t used_by(void (*handler)(int)) {
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    memset(stack, 0x5a, sizeof stack);
    if (sigaltstack(&alternate, NULL) != 0 || sigaction(SIGUSR1, &action, NULL) != 0)
        tap_bail("sigaltstack");
    raise(SIGUSR1);
    size_t free = 0;
    while (free < sizeof stack && stack[free] == 0x5a)
        free++;
    return sizeof stack - free;
}

static void nothing(int number) { (void)number; }

static void on_a_small_stack(void) {
    int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    fail_read_only(); /* opens its file */
    size_t frame = used_by(nothing);
    size_t all = used_by(on_signal);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(null);
    CHECK(strstr(in_handler, "“data.bin” is open for reading only"), "in a signal handler");
    CHECK(all - frame <= 8192, "it needs no more than 8 KB of stack there (%zu)", all - frame);
}

/* Threads that fail and explain all the time, each its own. */
static volatile int running = 1;

static void *busy(void *mistakes) {
    size_t wrong = 0;
    volatile size_t zero = 0;
    while (running) {
        mm_map(NULL, zero, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        wrong += !slug_is("length-zero");
    }
    *(size_t *)mistakes = wrong;
    return NULL;
}

static int in_forked_child(void) {
    int wrong = !slug_is("fd-read-only"); /* the forking thread's */
    mm_unmap((void *)0x10000005, 4096);
    wrong += !slug_is("address-unaligned");
    return wrong;
}

static void beside_threads(void) {
    pthread_t threads[2];
    size_t wrong[2] = {1, 1};
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, busy, &wrong[i]) != 0)
            tap_bail("pthread_create");
    int mine = 1;
    for (int i = 0; i < 200; i++) {
        fail_read_only();
        mine &= slug_is("fd-read-only");
        if (i % 20 == 0) {
            pid_t child = fork();
            if (child == 0)
                _exit(in_forked_child());
            int status = 1;
            mine &= waitpid(child, &status, 0) == child && status == 0;
        }
    }
    running = 0;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK(mine, "each thread has its own failure, and a forked child that of the forking thread");
    CHECK(wrong[0] == 0 && wrong[1] == 0, "so have the others");
}

/*
 * A handler that fails in the middle of a failure, before each of its instructions in turn (the trap flag makes SIGTRAP
 * of every one). Either may be the last, but never a mixture: the errno of one with the arguments of the other would be
 * unknown, or have the other's numbers. And a handler that does not return leaves a whole failure, or none.
 */
#ifdef __x86_64__
#define TRAP_FLAG 0x100u
static volatile unsigned steps, chosen;
static volatile int leaves;
static sigjmp_buf away;

static void fail_other(void) { mm_map((void *)0x7000, 8192, PROT_READ, MAP_SHARED, 9999, 4096 * 4096); }

static void at_step(int number) {
    (void)number;
    if (steps++ != chosen)
        return;
    int error = errno;
    if (leaves)
        siglongjmp(away, 1);
    fail_other();
    errno = error;
}

__attribute__((noinline)) static void step_by_step(void (*fail)(void)) {
    steps = 0;
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | TRAP_FLAG);
    fail();
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(unsigned long long)TRAP_FLAG);
}

static void fail_mine(void) {
    volatile size_t length = (size_t)-77777;
    mm_map((void *)0x1000, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Which of the two it tells, whole: 'm'ine, the 'h'andler's, 'n'one; '?' a mixture. */
static char told(void) {
    char text[1024];
    mm_explain(text, sizeof text);
    const char *slug = mm_explain_slug();
    if (!strcmp(slug, "length-negative") && strstr(text, "mmap is -77777,"))
        return 'm';
    if (!strcmp(slug, "fd-invalid") && strstr(text, "descriptor 9999 "))
        return 'h';
    return !strcmp(slug, "none") ? 'n' : '?';
}

static void handler_in_the_middle(void) {
    struct sigaction action = {.sa_handler = at_step};
    unsigned mine = 0, handlers = 0, mixed = 0;
    sigaction(SIGTRAP, &action, NULL);
    for (chosen = 0, steps = 1; steps > chosen; chosen++) {
        step_by_step(fail_mine);
        char which = told();
        mine += which == 'm';
        handlers += which == 'h';
        mixed += which == '?' || which == 'n';
    }
    CHECK(mixed == 0 && mine > 50 && handlers > 0,
          "a handler fails in the middle of a failure: never a mixture (%u mine, %u the handler's, %u neither)", mine,
          handlers, mixed);
    volatile unsigned whole = 0, none = 0, broken = 0;
    unsigned all = steps;
    leaves = 1;
    for (chosen = 0; chosen < all; chosen++) {
        fail_other(); /* what was there before */
        if (sigsetjmp(away, 1) == 0)
            step_by_step(fail_mine);
        char which = told();
        whole += which == 'm' || which == 'h';
        none += which == 'n';
        broken += which == '?';
    }
    CHECK(broken == 0 && whole > 50 && none > 0, "a handler leaves in the middle of a failure: %u whole, %u none, %u broken", whole, none,
          broken);
    signal(SIGTRAP, SIG_DFL);
}
#else
static void handler_in_the_middle(void) { SKIP("it takes the trap flag of x86-64", "a handler in the middle of a failure"); }
#endif

int main(void) {
    setenv("MAPBOARD_LANG", "en", 1);
    CHECK(!strcmp(before_main, "length-zero"), "before main: %s", before_main);
    tap_directory();
    fail_read_only();
    in_child("no descriptor left: says less, nothing wrong", without_descriptors);
    in_child("no /proc: says less, nothing wrong", without_proc);
    in_child("no memory left: the same explanation", without_memory);
    on_a_small_stack();
    beside_threads();
    handler_in_the_middle();
    return tap_end();
}
