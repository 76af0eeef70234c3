/*
 * Nothing stands between the caller and the kernel: each call, made under ptrace, is exactly one system call,
 * the same one with the same arguments as the raw call makes. So unknown bits pass, a hint stays a hint, MS_SYNC
 * stays MS_SYNC.
 */
#include "side_by_side.h"
#include <sys/ptrace.h>
#include <sys/syscall.h>

struct system_call {
    long number;
    long long args[6];
};
enum { CALLS_MAX = 64 };
struct trace {
    int count;
    struct system_call calls[CALLS_MAX];
};

static char *room; /* mapped before the fork, so that both sides mean the same addresses */
static int file;

static const struct form {
    long number;
    const char *name;
    int args;      /* how many the call has */
    unsigned ints; /* a bit for each that is an int: its upper half may hold anything */
} forms[] = {
    {SYS_mmap, "mmap", 6, 0x1c},    {SYS_munmap, "munmap", 2, 0},      {SYS_msync, "msync", 3, 4},
    {SYS_mprotect, "mprotect", 3, 4}, {SYS_mremap, "mremap", 4, 8},
};

/* The calls, with all that a library could be tempted to put right; some fail. */
static void the_calls(void) {
    mm->map(NULL, 3 * page + 5, RW | 0x1000, MAP_SHARED | 0x2000000, file, (off_t)1 << 33);
    mm->map(room + 123, page, R, MAP_SHARED, file, 0);
    mm->map(room, page, RW, ANONYMOUS | MAP_FIXED, 99, 7 * (off_t)page);
    mm->map(room, 0, RW, ANONYMOUS | MAP_FIXED, -1, 0);
    mm->map(NULL, page, RW, 0, file, 0);
    mm->map(NULL, SIZE_MAX, -1, -1, -1, INT64_MIN);
    mm->protect(room, 1, R);
    mm->protect(room + 1, page, -1);
    mm->sync(room, 1, MS_SYNC);
    mm->sync(room, page, MS_SYNC | MS_INVALIDATE);
    mm->sync(room, page, MS_ASYNC);
    mm->sync(room + 1, SIZE_MAX, -1);
    mm->sync(NULL, 0, 0);
    mm->remap(room + 4 * page, 2 * page, page, 0);
    mm->remap(room + 4 * page, page, 0, MREMAP_MAYMOVE);
    mm->unmap(room, 5);
    mm->unmap(room + 1, page);
    mm->unmap(room, 0);
    mm->unmap(NULL, SIZE_MAX);
}
static void fifth_argument(void) {
    mm->remap(room + 6 * page, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, room + 7 * page);
}

/* Runs the calls in a traced child, between two getppid(). 0: ptrace is forbidden here. */
static int trace_side(const struct calls *calls, void (*scenario)(void), struct trace *trace) {
    pid_t child = fork();
    if (child < 0)
        tap_bail("fork");
    if (child == 0) {
        mm = calls;
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(77);
        raise(SIGSTOP);
        syscall(SYS_getppid);
        scenario();
        syscall(SYS_getppid);
        _exit(0);
    }
    int status, marks = 0;
    trace->count = 0;
    if (waitpid(child, &status, 0) != child)
        tap_bail("waitpid");
    if (WIFEXITED(status))
        return 0;
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    while (ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child &&
           WIFSTOPPED(status)) {
        struct __ptrace_syscall_info info;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
            ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof info, &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_ENTRY)
            continue;
        if (info.entry.nr == SYS_getppid)
            marks++;
        else if (marks == 1 && trace->count < CALLS_MAX) {
            struct system_call *call = &trace->calls[trace->count++];
            call->number = (long)info.entry.nr;
            memcpy(call->args, info.entry.args, sizeof call->args);
        }
    }
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0 && marks == 2, "%s: the traced child runs to its end",
          calls->name);
    return 1;
}

static const struct form *form_of(long number) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].number == number)
            return &forms[i];
    return NULL;
}

static int same_arguments(const struct form *form, int args, const struct system_call *a,
                          const struct system_call *b) {
    for (int i = 0; i < args; i++)
        if (form->ints >> i & 1 ? (int)a->args[i] != (int)b->args[i] : a->args[i] != b->args[i])
            return 0;
    return 1;
}

static void compare_traces(const char *title, void (*scenario)(void), int calls, int extra_args) {
    static struct trace raw, ours;
    if (!trace_side(&raw_calls, scenario, &raw) || !trace_side(&our_calls, scenario, &ours)) {
        SKIP("ptrace is forbidden here", "%s", title);
        return;
    }
    CHECK_EQ(raw.count, calls, "raw: one system call each");
    CHECK_EQ(ours.count, calls, "ours: one system call each");
    for (int i = 0; i < raw.count && i < ours.count; i++) {
        const struct form *form = form_of(raw.calls[i].number);
        int ok = form && ours.calls[i].number == form->number &&
                 same_arguments(form, form->args + extra_args, &raw.calls[i], &ours.calls[i]);
        if (!CHECK(ok, "%s: call %d, %s", title, i + 1, form ? form->name : "unexpected"))
            for (int j = 0; j < 6; j++)
                printf("#   argument %d: raw %#llx, ours %#llx (system calls %ld, %ld)\n", j + 1,
                       raw.calls[i].args[j],
                       ours.calls[i].args[j], raw.calls[i].number, ours.calls[i].number);
    }
}

int main(void) {
    page = (size_t)sysconf(_SC_PAGESIZE);
    room = mmap(NULL, 8 * page, RW, ANONYMOUS, -1, 0);
    file = memfd_create("file", MFD_CLOEXEC);
    if (room == MAP_FAILED || file < 0 || ftruncate(file, (off_t)page) != 0)
        tap_bail("a file to map");
    compare_traces("duty: the same system call", the_calls, 19, 0);
    compare_traces("duty: mremap's fifth argument", fifth_argument, 1, 1);
    return tap_end();
}
