/*
 * Programs that are hard to trace: `storm CASE [ROUNDS]` does one thing, many times at once, and says in a
 * line what came of it. Run plainly and under mapcheck, that line and the end must be the same
 * (tests/storms.sh).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, THREADS = 8 };
extern char **environ;
static const char *self;
static int rounds;

static _Noreturn void give_up(const char *what) {
    perror(what);
    _exit(120);
}

static char *map(void *at, size_t length, int prot, int more) {
    char *p = mmap(at, length, prot, MAP_PRIVATE | MAP_ANONYMOUS | more, -1, 0);
    if (p == MAP_FAILED)
        give_up("mmap");
    return p;
}

static void unmap(void *at, size_t length) {
    if (munmap(at, length) != 0)
        give_up("munmap");
}

/* Its exit status, or 1000 and the signal. */
static int status_of(pid_t child) {
    int status;
    while (waitpid(child, &status, __WALL) != child)
        if (errno != EINTR)
            give_up("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* ---- threads that map and unmap ---- */

static char *common; /* a range that all replace, far from where the kernel puts what has no address */
static atomic_int stop;

/* Own mappings, and those that all have in common; the sum of what was read from the own ones. */
static long turn(int number, int i) {
    long sum = 0;
    size_t pages = 1 + (size_t)(number + i) % 5;
    char *p = map(NULL, pages * PAGE, PROT_READ | PROT_WRITE, 0);
    p[pages * PAGE - 1] = (char)(i % 100);
    p = mremap(p, pages * PAGE, (pages + 3) * PAGE, MREMAP_MAYMOVE);
    if (p == MAP_FAILED || mprotect(p, PAGE, PROT_READ) != 0)
        give_up("mremap");
    sum += p[pages * PAGE - 1];
    unmap(p, PAGE);
    map(common + (i + number) % 7 * PAGE, 2 * PAGE, PROT_READ, MAP_FIXED); /* whoever had it before */
    if (i % 3 == 0)
        unmap(common + (i * 5 + number) % 8 * PAGE, PAGE);
    unmap(p + PAGE, (pages + 2) * PAGE);
    return sum;
}

static void *maps(void *argument) {
    long sum = 0;
    for (int i = 0; i < rounds; i++)
        sum += turn((int)(intptr_t)argument, i);
    return (void *)sum;
}

static void *maps_on(void *argument) {
    for (int i = 0; !stop; i++)
        turn((int)(intptr_t)argument, i);
    return NULL;
}

static void start(pthread_t *thread, void *(*does)(void *), intptr_t number) {
    if (pthread_create(thread, NULL, does, (void *)number) != 0)
        give_up("pthread_create");
}

static int threads(void) {
    pthread_t thread[THREADS];
    long sum = 0;
    for (int i = 0; i < THREADS; i++)
        start(&thread[i], maps, i);
    for (int i = 0; i < THREADS; i++) {
        void *one;
        pthread_join(thread[i], &one);
        sum += (long)one;
    }
    printf("threads: %ld\n", sum);
    return 11;
}

/* ---- children ---- */

/* Hundreds of children, ten at a time, while threads map. */
static int forks(void) {
    pthread_t thread[3];
    int sum = 0;
    for (int i = 0; i < 3; i++)
        start(&thread[i], maps_on, i);
    for (int i = 0; i < rounds; i += 10) {
        pid_t child[10];
        for (int k = 0; k < 10; k++)
            if ((child[k] = fork()) == 0) {
                turn(k, i);
                if (k == 3)
                    raise(SIGKILL);
                pid_t grandchild = k == 4 ? fork() : -1;
                if (grandchild == 0)
                    _exit(turn(1, 2) >= 0 ? 40 : 0);
                _exit(k == 4 ? status_of(grandchild) : k);
            }
        for (int k = 0; k < 10; k++)
            sum += status_of(child[k]);
    }
    stop = 1;
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    printf("forks: %d\n", sum);
    return 12;
}

/* Threads that do nothing but fork: whoever kills this process finds one of them at it. */
static void *forks_on(void *unused) {
    (void)unused;
    for (int i = 0; i < rounds; i++) {
        pid_t one = fork();
        if (one == 0)
            _exit(6);
        if (status_of(one) != 6)
            give_up("a child");
    }
    return NULL;
}

static int forking(void) {
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        start(&thread[i], forks_on, 0);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    return 25;
}

static char *const *again(const char *what) {
    static __thread char *argv[4];
    argv[0] = (char *)self, argv[1] = (char *)what, argv[2] = NULL;
    return argv;
}

static int child(void) {
    unmap(map(NULL, 3 * PAGE, PROT_READ, 0), 3 * PAGE);
    return 3;
}

/* Children that execute; every other one by a thread that is not the first, while others map. */
static void *executes(void *unused) {
    (void)unused;
    execve(self, again("child"), environ);
    give_up("execve");
}

static int execs(void) {
    int sum = 0;
    for (int i = 0; i < rounds; i++) {
        pid_t one = fork();
        if (one == 0) {
            pthread_t thread[4];
            for (int k = 0; k < 3 && i % 2; k++)
                start(&thread[k], maps_on, k);
            if (i % 2) {
                start(&thread[3], executes, 0);
                maps_on((void *)(intptr_t)5);
            }
            executes(NULL);
        }
        sum += status_of(one);
    }
    printf("execs: %d\n", sum);
    return 13;
}

static int vforks(void) {
    volatile int sum = 0;
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        start(&thread[i], maps_on, i);
    for (int i = 0; i < rounds; i++) {
        pid_t one;
        if (i % 3 == 0) {
            if (posix_spawn(&one, self, NULL, NULL, again("child"), environ) != 0)
                give_up("posix_spawn");
        } else if ((one = vfork()) == 0) {
            if (i % 3 == 1)
                execve(self, again("child"), environ);
            _exit(5);
        }
        sum += status_of(one);
    }
    stop = 1;
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    printf("vforks: %d\n", sum);
    return 14;
}

/* Processes that share the memory of their parent: what they map is the parent's. */
static char *volatile left;
static int shares(void *number) {
    turn(6, (int)(intptr_t)number);
    left = map(NULL, PAGE, PROT_READ | PROT_WRITE, 0);
    left[5] = 7;
    return 4;
}

static int clones(void) {
    int sum = 0;
    char *stack = map(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, 0);
    for (int i = 0; i < rounds; i++) {
        int flags = CLONE_VM | (i % 2 ? CLONE_FILES | CLONE_FS : 0) | (i % 3 ? SIGCHLD : 0) |
                    (i % 5 ? 0 : CLONE_VFORK);
        pid_t one = clone(shares, stack + 64 * PAGE, flags, (void *)(intptr_t)i);
        if (one < 0)
            give_up("clone");
        sum += status_of(one) + left[5];
        unmap(left, PAGE);
    }
    printf("clones: %d\n", sum);
    return 15;
}

/* ---- faults ---- */

static volatile char *volatile nowhere;
static char *alternate;
static sigjmp_buf back;
static volatile sig_atomic_t depth;

static void faults_again(int number) {
    (void)number;
    depth++;
    *nowhere = 1;
}
static void mends(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    depth++;
    if (depth % 2) /* another fault, inside */
        *(volatile char *)(alternate + 4 * PAGE) = 1;
    mprotect((char *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE);
}
static void jumps(int number) {
    (void)number;
    siglongjmp(back, 1);
}

static void handle(void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGSEGV, &action, NULL);
}

/* A fault in the handler of a fault, which is blocked there: death. */
static int fault_in_handler(void) {
    handle(faults_again, 0);
    *nowhere = 1;
    return 0;
}
/* Not blocked: a handler in a handler, until the stack ends. */
static int faults_without_end(void) {
    handle(faults_again, SA_NODEFER);
    *nowhere = 1;
    return 0;
}
/* A handler that faults, mends that first, then what it was called for. */
static int faults_that_mend(void) {
    struct sigaction action = {.sa_sigaction = mends, .sa_flags = SA_SIGINFO | SA_NODEFER};
    alternate = map(NULL, 8 * PAGE, PROT_READ, 0);
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < rounds; i++) {
        *(volatile char *)alternate = 1;
        mprotect(alternate, 8 * PAGE, PROT_READ);
    }
    printf("mended: %d\n", depth);
    return 16;
}
static int faults_jumped_out_of(void) {
    volatile int caught = 0;
    handle(jumps, SA_NODEFER);
    for (int i = 0; i < rounds; i++)
        if (sigsetjmp(back, 0) == 0)
            *nowhere = 1;
        else
            caught++;
    printf("caught: %d\n", caught);
    return 17;
}
/* Threads fault at once, one of them deadly. */
static _Noreturn void *faults(void *deadly) {
    while (!stop)
        ;
    if (deadly)
        *nowhere = 1;
    for (;;)
        turn(2, 3);
}
static int faults_among_threads(void) {
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        start(&thread[i], faults, i > 4);
    stop = 1;
    pthread_join(thread[0], NULL);
    return 0;
}

/* ---- a tracer ---- */

/* What a debugger does. Under mapcheck it is told EPERM, and goes on without. */
static int traces(void) {
    int traced = 0, sum = 0;
    for (int i = 0; i < rounds; i++) {
        int gate[2], ended;
        char byte = 0;
        if (pipe(gate) != 0)
            give_up("pipe");
        pid_t one = fork();
        if (one == 0) {
            if (i % 2 && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
                byte = 1; /* stops at exec */
            if (read(gate[0], &byte, 1) != 1)
                _exit(9);
            execve(self, again("child"), environ);
            _exit(8);
        }
        if (i % 2 == 0 && ptrace(PTRACE_SEIZE, one, NULL, NULL) == 0)
            traced++;
        if (write(gate[1], "x", 1) != 1)
            give_up("write");
        while (waitpid(one, &ended, __WALL) == one && WIFSTOPPED(ended))
            ptrace(PTRACE_CONT, one, NULL, NULL);
        sum += WIFEXITED(ended) ? WEXITSTATUS(ended) : 1000;
        close(gate[0]);
        close(gate[1]);
    }
    fprintf(stderr, "traced %d\n", traced);
    printf("tracer: %d\n", sum);
    return 18;
}

/* ---- as many mappings as there may be ---- */

/* A page that differs from its neighbours is a mapping of its own: each call makes two more. */
static int many(void) {
    enum { PAGES = 1 << 18 };
    char *all = map(NULL, (size_t)PAGES * PAGE, PROT_NONE, 0);
    int count = 0;
    errno = 0;
    while (count < PAGES / 2 && mprotect(all + (size_t)(2 * count) * PAGE, PAGE, PROT_READ) == 0)
        count++;
    int error = errno;
    unmap(all, (size_t)PAGES * PAGE); /* in one call */
    unmap(map(NULL, PAGE, PROT_READ, 0), PAGE);
    const char *end = count < 1000 ? "few" : error == ENOMEM ? "ENOMEM" : error ? "?" : "no end";
    printf("many: %s, and room again\n", end);
    return 19;
}

/* ---- threads that end ---- */

static void *ends(void *number) {
    turn((int)(intptr_t)number, 1);
    return NULL;
}

/* Stopped and continued from outside while threads map, begin and end; then the first thread ends before the
 * others. */
static void *begins_and_ends(void *unused) {
    (void)unused;
    for (int i = 0; i < rounds; i++) {
        pthread_t thread[4];
        for (int k = 0; k < 4; k++)
            start(&thread[k], ends, k);
        for (int k = 0; k < 4; k++)
            pthread_join(thread[k], NULL);
    }
    exit(21); /* while others map */
}

static int stops(void) {
    pid_t one = fork();
    int status, stopped = 0;
    if (one == 0) {
        pthread_t thread;
        for (int i = 0; i < 2; i++)
            start(&thread, maps_on, i);
        start(&thread, begins_and_ends, 0);
        pthread_exit(NULL);
    }
    for (;;) {
        kill(one, SIGSTOP);
        if (waitpid(one, &status, WUNTRACED) != one)
            give_up("waitpid");
        if (!WIFSTOPPED(status))
            break;
        stopped++;
        kill(one, SIGCONT);
    }
    printf("stops: %s, %d\n", stopped > 0 ? "some" : "none", WIFEXITED(status) ? WEXITSTATUS(status) : 1000);
    return 20;
}

/* exit_group, a thread's own deadly signal and exec meet threads in all states. */
static int deaths(void) {
    int sum = 0;
    for (int i = 0; i < rounds; i++) {
        pid_t one = fork();
        if (one == 0) {
            pthread_t thread[THREADS];
            for (int k = 0; k < THREADS; k++)
                start(&thread[k], k % 2 ? maps_on : ends, k);
            if (i % 4 == 0)
                _exit(30);
            if (i % 4 == 1)
                pthread_kill(thread[1], SIGKILL);
            if (i % 4 == 2)
                abort();
            if (i % 4 == 3)
                kill(getpid(), SIGTERM);
            for (;;)
                pause();
        }
        sum += status_of(one);
    }
    printf("deaths: %d\n", sum);
    return 22;
}

/* ---- signals, a thousand a second and more ---- */

static volatile sig_atomic_t signals;
static void counts(int number) {
    (void)number;
    signals++;
}

static int signalled(void) {
    struct itimerval each = {{0, 1000}, {0, 1000}};
    pthread_t thread[3];
    for (int k = 0; k < 2; k++) {
        struct sigaction action = {.sa_handler = counts, .sa_flags = k ? SA_RESTART : 0};
        sigaction(k ? SIGALRM : SIGPROF, &action, NULL);
    }
    setitimer(ITIMER_REAL, &each, NULL);
    setitimer(ITIMER_PROF, &each, NULL);
    for (int i = 0; i < 3; i++)
        start(&thread[i], maps, i);
    long sum = (long)maps((void *)(intptr_t)4);
    for (int i = 0; i < 3; i++) {
        void *one;
        pthread_join(thread[i], &one);
        sum += (long)one;
    }
    while (signals < 100) /* a wait that a signal ends */
        pause();
    memset(&each, 0, sizeof each);
    setitimer(ITIMER_REAL, &each, NULL);
    setitimer(ITIMER_PROF, &each, NULL);
    printf("signalled: %ld\n", sum);
    return 23;
}

/* A bit of everything, for who is killed at some instant of it. */
static int everything(void) {
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        start(&thread[i], maps_on, i);
    for (int i = 0; i < rounds; i++) {
        pid_t one = i % 2 ? fork() : vfork();
        if (one == 0) {
            if (i % 2)
                turn(1, i);
            execve(self, again("child"), environ);
            _exit(8);
        }
        if (status_of(one) != 3)
            return 121;
    }
    puts("everything");
    return 24;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(void);
        int rounds;
    } cases[] = {
        {"threads", threads, 150},
        {"forks", forks, 200},
        {"forking", forking, 15},
        {"execs", execs, 60},
        {"vforks", vforks, 90},
        {"clones", clones, 60},
        {"fault-in-handler", fault_in_handler, 1},
        {"faults-without-end", faults_without_end, 1},
        {"faults-that-mend", faults_that_mend, 100},
        {"faults-jumped-out-of", faults_jumped_out_of, 300},
        {"faults-among-threads", faults_among_threads, 1},
        {"traces", traces, 20},
        {"many", many, 1},
        {"stops", stops, 30},
        {"deaths", deaths, 40},
        {"signalled", signalled, 300},
        {"everything", everything, 20},
        {"child", child, 1},
    };
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (argc < 2 || length < 0)
        return 119;
    path[length] = 0;
    self = path;
    nowhere = map(NULL, PAGE, PROT_NONE, 0);
    common = map((char *)0x200000000, 16 * PAGE, PROT_NONE, MAP_FIXED_NOREPLACE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            rounds = cases[i].rounds * (argc > 2 ? atoi(argv[2]) : 1);
            int status = cases[i].run();
            fflush(stdout);
            return status;
        }
    return 118;
}
