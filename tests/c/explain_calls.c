/*
 * An explanation costs a few system calls, and recording a failure none: counted by a tracer, from one kill(0, 0) to
 * the next. Not timed: a count is the same on every machine.
 */
#define _GNU_SOURCE
#include "failures.h"
#include "older.h"
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/*
 * Most rows need less than ten; to find the mount point of a file takes one for each directory of its path, and the
 * test's directory may lie deep. Before Linux 6.11 the list of mappings must be read as text.
 */
#define ENOUGH 16
#define ENOUGH_BEFORE 96

static unsigned enough(void) {
    char query[104] = {sizeof query};
    int fd = open("/proc/self/maps", O_RDONLY);
    int older = ioctl(fd, OLDER_PROCMAP_QUERY, query) != 0 && errno == ENOTTY;
    close(fd);
    return older ? ENOUGH_BEFORE : ENOUGH;
}

static void mark(void) { syscall(SYS_kill, 0, 0); }

/* The traced side: each failure by itself, then its explanation. */
static int traced(void) {
    static char sentence[2048];
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
        return 77;
    raise(SIGSTOP);
    for (size_t i = 0; i < FAILURES; i++) {
        mark();
        failures[i].fail();
        mark();
        mm_explain(sentence, sizeof sentence);
        mark();
    }
    return 0;
}

/* The number of the system call that the stopped process makes. */
static long number_of(pid_t process) {
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return -1;
    return (long)info.entry.nr;
}

int main(void) {
    static unsigned counts[3 * FAILURES + 1];
    size_t marks = 0;
    int status;
    setenv("MAPBOARD_LANG", "fr", 1);
    tap_directory();
    failures_prepare();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(traced());
    if (child < 0 || waitpid(child, &status, 0) != child)
        tap_bail("fork");
    if (WIFEXITED(status)) {
        SKIP("ptrace is forbidden here", "system calls of an explanation");
        return tap_end();
    }
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (ptrace(PTRACE_SYSCALL, child, 0, 0) == 0 && waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        long number = WSTOPSIG(status) == (SIGTRAP | 0x80) ? number_of(child) : -1;
        if (number == SYS_kill)
            marks += marks < 3 * FAILURES;
        else if (number >= 0 && marks > 0)
            counts[marks - 1]++;
    }
    CHECK_EQ(marks, 3 * FAILURES, "all marks were seen");
    unsigned most = enough();
    for (size_t i = 0; i < FAILURES; i++) {
        unsigned calls = counts[3 * i + 1];
        CHECK(calls <= most, "%s: explained by %u system calls, at most %u", failures[i].slug, calls, most);
    }
    /* mm_sync: one call of the kernel, and nothing else although it fails. */
    for (size_t i = 0; i < FAILURES; i++)
        if (failures[i].fail == fail_sync_flags)
            CHECK_EQ(counts[3 * i], 1, "to note a failure takes no system call");
    return tap_end();
}
