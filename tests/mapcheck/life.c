/*
 * What a program can notice of its surroundings, and what can happen to it: `life CASE` does one thing. Run plainly
 * and under mapcheck, output and end must be the same (tests/mapcheck_transparency.sh).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *self;
static sigjmp_buf back;

static char *read_only_page(void) {
    return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A handler may only write(2): these do. */
static void tell(const char *text) {
    if (write(1, text, strlen(text)) < 0)
        _exit(9);
}

static void plain_handler(int number) {
    tell(number == SIGSEGV ? "handler: SIGSEGV\n" : "handler: another\n");
    _exit(3);
}

static void full_handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    tell(info->si_code == SEGV_ACCERR ? "handler: SEGV_ACCERR\n" : "handler: another code\n");
    _exit(4);
}

static void jumping_handler(int number) {
    (void)number;
    siglongjmp(back, 1);
}

static char *repaired;
static void repairing_handler(int number) {
    (void)number;
    tell("handler: repaired\n");
    mprotect(repaired, 4096, PROT_READ | PROT_WRITE);
}

static void counting_handler(int number) {
    (void)number;
    tell("caught\n");
}

static void fault(void) {
    volatile char *p = read_only_page();
    p[0] = 1;
}

static void by_signal(void) {
    signal(SIGSEGV, plain_handler);
    fault();
}

static void by_sigaction(void) {
    struct sigaction action = {.sa_sigaction = full_handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    fault();
}

static void ignored(void) { /* kills all the same */
    signal(SIGSEGV, SIG_IGN);
    fault();
}

static void blocked(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    fault();
}

static void longjmp_out(void) {
    signal(SIGSEGV, jumping_handler);
    volatile int rounds = 0;
    sigsetjmp(back, 1);
    if (++rounds < 4)
        fault();
    printf("rounds: %d\n", rounds);
}

static void repair(void) {
    signal(SIGSEGV, repairing_handler);
    repaired = read_only_page();
    *(volatile char *)repaired = 7;
    printf("value: %d\n", repaired[0]);
    munmap(repaired, 4096);
}

static void reset_handler(int number) {
    tell("handler: gives up\n");
    signal(number, SIG_DFL); /* and comes back to the same instruction */
}

static void give_up(void) {
    signal(SIGSEGV, reset_handler);
    fault();
}

static void raised(void) {
    signal(SIGUSR1, counting_handler);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    raise(SIGSEGV);
}

static void aborted(void) {
    abort();
}

static void killed(void) {
    kill(getpid(), SIGKILL);
}

static void status(void) {
    exit(42);
}

/* What was inherited. */
static void surroundings(void) {
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if ((!strncmp(line, "Sig", 3) && strncmp(line, "SigQ", 4)) || !strncmp(line, "Shd", 3) || !strncmp(line, "Threads", 7))
            fputs(line, stdout);
    if (file)
        fclose(file);
    for (int fd = 0; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("open: %d\n", fd);
    snprintf(line, sizeof line, "/proc/%d/comm", getppid());
    file = fopen(line, "r");
    if (file && fgets(line, sizeof line, file))
        printf("parent: %s", line);
    if (file)
        fclose(file);
    printf("group %d, session %d\n", getpgrp(), getsid(0));
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    printf("core %ld, files ", (long)limit.rlim_cur);
    getrlimit(RLIMIT_NOFILE, &limit);
    printf("%ld\n", (long)limit.rlim_cur);
    printf("children: %d\n", waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    printf("dumpable %d, death signal %d\n", prctl(PR_GET_DUMPABLE), prctl(PR_GET_PDEATHSIG, &(int){0}));
}

static void *nothing(void *argument) {
    return argument;
}

static void threads(void) {
    pthread_t all[20];
    for (int i = 0; i < 20; i++)
        if (pthread_create(&all[i], NULL, nothing, NULL) != 0)
            exit(2);
    for (int i = 0; i < 20; i++)
        pthread_join(all[i], NULL);
    puts("joined");
}

static void *execs(void *argument) {
    execl("/bin/echo", "echo", "from a thread", (char *)NULL);
    return argument;
}

static void exec_in_thread(void) {
    pthread_t one;
    if (pthread_create(&one, NULL, execs, NULL) == 0)
        pthread_join(one, NULL);
}

static void spawns(void) {
    char *arguments[] = {"true", NULL};
    pid_t pid;
    int end;
    for (int i = 0; i < 5; i++) {
        if (posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, environ) != 0 || waitpid(pid, &end, 0) != pid)
            exit(2);
        printf("spawned: %d\n", end);
    }
    if (posix_spawn(&pid, "/absent", NULL, NULL, arguments, environ) == ENOENT)
        puts("absent");
}

static void vforks(void) {
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/false", "false", (char *)NULL);
        _exit(2);
    }
    int end;
    waitpid(pid, &end, 0);
    printf("vfork: %d\n", WEXITSTATUS(end));
}

static void untraced(void) { /* CLONE_UNTRACED: the child must not be without its tracer */
    pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_UNTRACED, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        _exit(p == MAP_FAILED ? 1 : munmap(p, 4096) != 0);
    }
    int end;
    waitpid(pid, &end, 0);
    printf("untraced clone: %d\n", end);
}

static void orphan(void) { /* a child that outlives its parent says so through a pipe that the test reads */
    int hold[2];
    if (pipe(hold) != 0)
        exit(2);
    if (fork() == 0) {
        char end;
        close(hold[1]);
        if (read(hold[0], &end, 1) == 0) /* the parent is gone */
            tell("outlived\n");
        void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        _exit(p == MAP_FAILED || munmap(p, 4096) != 0);
    }
    exit(5);
}

static void child_signals(void) { /* the parent learns how its child died */
    pid_t pid = fork();
    if (pid == 0) {
        fault();
        _exit(0);
    }
    int end;
    waitpid(pid, &end, 0);
    printf("child died of %d\n", WTERMSIG(end));
}

static void stopped_child(void) {
    int ends[2];
    if (pipe(ends) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        raise(SIGSTOP);
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 1 ? 6 : 1);
    }
    int end;
    waitpid(pid, &end, WUNTRACED);
    printf("stopped: %d\n", WIFSTOPPED(end) && WSTOPSIG(end) == SIGSTOP);
    kill(pid, SIGCONT);
    waitpid(pid, &end, WCONTINUED);
    printf("continued: %d\n", WIFCONTINUED(end)); /* it has not ended yet, which would be told first */
    if (write(ends[1], "", 1) != 1)
        return;
    waitpid(pid, &end, 0);
    printf("ended: %d\n", WEXITSTATUS(end));
}

static void waits(void) { /* for tests/mapcheck/parent.c: until a signal comes */
    sigset_t some, before;
    sigemptyset(&some);
    sigaddset(&some, SIGINT);
    sigprocmask(SIG_BLOCK, &some, &before); /* it must not come before sigsuspend */
    signal(SIGINT, counting_handler);
    puts("ready");
    fflush(stdout);
    sigsuspend(&before);
    puts("woken");
}

static void dies_at(void) {
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}

static void tracer(void) {
    pid_t pid = fork();
    if (pid == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno);
    int end;
    waitpid(pid, &end, 0);
    printf("traceme: %s\n", strerror(WEXITSTATUS(end)));
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"signal", by_signal}, {"sigaction", by_sigaction}, {"ignored", ignored}, {"blocked", blocked},
    {"siglongjmp", longjmp_out}, {"repair", repair}, {"give-up", give_up}, {"raise", raised}, {"abort", aborted},
    {"kill", killed}, {"status", status}, {"surroundings", surroundings}, {"threads", threads},
    {"exec-in-thread", exec_in_thread}, {"spawn", spawns}, {"vfork", vforks}, {"untraced", untraced},
    {"orphan", orphan}, {"child-signal", child_signals}, {"stopped-child", stopped_child}, {"waits", waits},
    {"dies", dies_at}, {"fault", fault}, {"tracer", tracer},
};

int main(int argc, char **argv) {
    self = argv[0];
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++)
        if (!strcmp(argv[1], cases[i].name)) {
            cases[i].run();
            return 0;
        }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        puts(cases[i].name);
    return 2;
}
