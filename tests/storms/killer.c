/*
 * killer ROUNDS SEED WHOM SIGNAL COMMAND...: starts the command ROUNDS times, and each time sends the signal
 * at some instant of its life, to the program or to the tracer that holds it (WHOM: program or tracer). Then
 * nobody may be left, neither the program, nor its children, nor the tracer: killer adopts those whose parent
 * is gone, and waits for all. Says how often it killed in time, how often something was wrong; a process that
 * does not end is wrong, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HANG_SECONDS = 60 };
static uint64_t state;

static uint64_t chance(uint64_t below) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

static uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static pid_t tracer_of(pid_t pid) {
    char path[64], line[256];
    int tracer = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "TracerPid: %d", &tracer) == 1)
            break;
    if (file)
        fclose(file);
    return tracer;
}

/* All processes below us, as /proc has them: who hangs is named, and killed. */
static void name_and_kill(void) {
    if (system("ps -o pid,ppid,stat,wchan:20,args --forest -s $(ps -o sess= -p $$) >&2") < 0)
        perror("ps");
    kill(0, SIGKILL);
}
static void hangs(int number) {
    (void)number;
    name_and_kill();
}

/* Waits for `pid` and everybody who was left to us; its status. */
static int wait_for_all(pid_t pid) {
    int status, end = -1;
    for (pid_t got; (got = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;)
        if (got == pid)
            end = status;
    return end;
}

static pid_t launch(char **command, int quiet) {
    pid_t pid = fork();
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (quiet && (dup2(nothing, 1) != 1 || dup2(nothing, 2) != 2))
            _exit(126);
        execvp(command[0], command);
        _exit(127);
    }
    return pid;
}

int main(int argc, char **argv) {
    if (argc < 6)
        return 2;
    int rounds = atoi(argv[1]), tracer = strcmp(argv[3], "tracer") == 0, number = atoi(argv[4]);
    int in_time = 0, wrong = 0;
    state = strtoull(argv[2], NULL, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGALRM, hangs);
    alarm(HANG_SECONDS);

    if (strcmp(argv[3], "nobody") == 0) {
        int status = wait_for_all(launch(argv + 5, 0));
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    /* How long it lives, and how it ends, when it is left alone. */
    uint64_t start = microseconds();
    int normal = wait_for_all(launch(argv + 5, 1));
    uint64_t life = microseconds() - start;
    if (!WIFEXITED(normal))
        return 3;
    for (int i = 0; i < rounds; i++) {
        alarm(HANG_SECONDS);
        struct timespec nap = {0, (long)chance(life + life / 4) * 1000 % 1000000000};
        pid_t pid = launch(argv + 5, 1);
        nanosleep(&nap, NULL);
        pid_t target = tracer ? tracer_of(pid) : pid;
        int sent = target > 0 && kill(target, number) == 0;
        int status = wait_for_all(pid);
        /* Of its tracer's death it dies by SIGKILL; before it had one, it says that it cannot be traced
         * (125). */
        int killed = WIFSIGNALED(status) && WTERMSIG(status) == (tracer ? SIGKILL : number);
        int refused = tracer && WIFEXITED(status) && WEXITSTATUS(status) == 125;
        in_time += sent && (killed || refused);
        if (status != normal && !(sent && (killed || refused))) {
            wrong++;
            fprintf(stderr, "# round %d: status %x, wanted %x; %s %d\n", i, (unsigned)status,
                    (unsigned)normal, argv[3], number);
        }
    }
    printf("%d %d\n", in_time, wrong);
    return 0;
}
