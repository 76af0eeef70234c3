/* mapcheck: what a program pays that maps nothing, and what one traced pair costs, against strace and
 * valgrind. The programs are `bench --load NAME COUNT`, which measure themselves, so starting up is not
 * counted but in its own row. */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Arithmetic and memory, with a system call now and then, as programs have them. */
static uint64_t compute(long count) {
    static uint64_t words[4096];
    uint64_t sum = 0;
    for (long i = 0; i < count; i++) {
        for (int k = 0; k < 4096; k++)
            sum += words[(sum + (uint64_t)k * 7) % 4096]++;
        syscall(SYS_getppid);
    }
    return sum;
}

int load(const char *name, long count) {
    int64_t start = now();
    uint64_t sum = 0;
    if (strcmp(name, "compute") == 0)
        sum = compute(count);
    else if (strcmp(name, "calls") == 0)
        for (long i = 0; i < count; i++)
            sum += (uint64_t)syscall(SYS_getppid);
    else if (strcmp(name, "pairs") == 0)
        for (long i = 0; i < count; i++) {
            void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            CHECK(at != MAP_FAILED && munmap(at, 4096) == 0);
        }
    else if (strcmp(name, "nothing") != 0)
        return 2;
    printf("%.3f %llu\n", (double)(now() - start), (unsigned long long)sum);
    return 0;
}

struct run {
    const char *const *prefix; /* a command that takes a command */
    const char *load;
    bool whole; /* measured from outside, starting up included */
};

static double run(void *state, long count) {
    struct run *run = state;
    char number[32], line[128] = "";
    snprintf(number, sizeof number, "%ld", count);
    const char *words[16];
    int used = 0;
    for (const char *const *word = run->prefix; *word; word++)
        words[used++] = *word;
    const char *tail[] = {settings.self, "--load", run->load, number, NULL};
    memcpy(words + used, tail, sizeof tail);
    int pipe_[2];
    CHECK(pipe2(pipe_, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid;
    int64_t start = now();
    CHECK(posix_spawnp(&pid, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ) == 0);
    close(pipe_[1]);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    double all = (double)(now() - start), inside = 0;
    ssize_t got = read(pipe_[0], line, sizeof line - 1);
    close(pipe_[0]);
    posix_spawn_file_actions_destroy(&actions);
    CHECK(status == 0 && got > 0 && sscanf(line, "%lf", &inside) == 1 && inside > 0);
    return run->whole ? all : inside;
}

static bool has(const char *program) {
    char command[256];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static const char *const alone[] = {NULL};
static const char *checked[] = {NULL, NULL};
static const char *const traced[] = {"strace", "--seccomp-bpf",     "-f", "-o", "/dev/null",
                                     "-e",     "trace=mmap,munmap", NULL};
static const char *const valgrind[] = {"valgrind", "-q", NULL};

void rows_mapcheck(void) {
    if (access(settings.mapcheck, X_OK) != 0) {
        report_missing("mapcheck", "it is not built");
        return;
    }
    checked[0] = settings.mapcheck;
    static const struct {
        const char *row, *load;
        bool whole;
        long count;
        double goal;
        int against; /* 0 alone, 1 strace, 2 valgrind */
    } rows[] = {
        {"mapcheck-loop", "compute", false, 2000, 1.02, 0},
        {"mapcheck-calls", "calls", false, 50000, 0, 0},
        {"mapcheck-pair", "pairs", false, 300, 1.2, 1},
        {"mapcheck-loop-valgrind", "compute", false, 200, 1, 2},
        {"mapcheck-calls-valgrind", "calls", false, 20000, 1, 2},
        {"mapcheck-start-valgrind", "nothing", true, 1, 1, 2},
        {"mapcheck-pair-valgrind", "pairs", false, 300, 0, 2},
    };
    go_to_any_processor();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *others[] = {alone, traced, valgrind};
        const char *names[] = {"alone", "strace --seccomp-bpf", "valgrind"};
        int against = rows[i].against;
        if (!wanted(rows[i].row))
            continue;
        if (against > 0 && !has(others[against][0])) {
            report_missing(rows[i].row,
                           against == 1 ? "strace is not installed" : "valgrind is not installed");
            continue;
        }
        struct run ours = {checked, rows[i].load, rows[i].whole},
                   other = {others[against], rows[i].load, rows[i].whole};
        compare((struct row){.name = rows[i].row, .goal = rows[i].goal, .rounds = against == 2 ? 7 : 15},
                (struct contestant[]){{.name = "mapcheck",
                                       .work = run,
                                       .state = &ours,
                                       .count = rows[i].count,
                                       .ignores_noise = true},
                                      {.name = names[against],
                                       .work = run,
                                       .state = &other,
                                       .count = rows[i].count,
                                       .ignores_noise = true}},
                2);
    }
    go_to_processor(0);
}
