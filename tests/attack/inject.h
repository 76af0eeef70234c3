/*
 * A system call that fails: a child under ptrace goes through one operation, and the call of a certain number
 * in it is made to fail with a certain errno, once. Everything else is the kernel's own answer.
 *
 * The child prepares, stops, acts, stops, acts again, undoes, stops: at each stop the test looks at what it
 * holds.
 */
#ifndef INJECT_H
#define INJECT_H
#include <elf.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include "../c/chat.h"

/* An operation of a child. */
struct operation {
    const char *name;
    const char *function;  /* whose documented errors are allowed */
    void (*prepare)(void); /* NULL: nothing to prepare */
    int (*act)(void);      /* 0, or the errno of what failed */
    void (*undo)(void);    /* what act() did when it succeeded; NULL: nothing to undo */
    enum {
        INJECT_FILES = 1,  /* act() makes files or removes them */
        INJECT_BARE = 2,   /* the child is made by clone(2), so that no handler of fork() runs in it */
        INJECT_EXACT = 4,  /* the kernel's error is the answer, always */
        INJECT_NEVER = 8,  /* whatever the kernel answers, this does not fail */
        INJECT_KEEPS = 16, /* a file that it made may stay: somebody else may use it by then */
    } kind;
};

/* Shared with the child. */
struct stage {
    volatile int inside;
    volatile int result, again;
    char note[100]; /* of act(), for people */
};

enum { INJECT_CALLS = 5000 };

/* What a process holds: how many descriptors are open, and what is mapped. */
struct holdings {
    unsigned descriptors;
    uint64_t mapped; /* bytes; but for heap and stack, which grow as they like */
};

/* One run: of the calls of `number` the one before which there were `earlier` answers -`error`. `earlier` -1:
 * none, the calls are only noted. How many calls a wait makes, the clock has a say in: so they are not
 * counted from the start. */
struct run {
    long number;
    int earlier, error, failed;
    int calls;               /* how many were made; each one's number and first arguments */
    struct injected_call {
        long number;
        uint64_t arguments[6];
    } call[INJECT_CALLS];
    struct holdings before, after, end; /* of act(); when all is undone */
};

TEST_HELPER struct holdings inject_look(pid_t child) {
    struct holdings holdings = {0};
    char path[64], line[600];
    for (unsigned fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%u", (int)child, fd);
        holdings.descriptors += readlink(path, line, sizeof line) >= 0;
    }
    snprintf(path, sizeof path, "/proc/%d/maps", (int)child);
    FILE *maps = fopen(path, "r");
    if (!maps)
        tap_bail("%s", path);
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && !strstr(line, "[heap]") && !strstr(line, "[stack]"))
            holdings.mapped += end - start;
    }
    fclose(maps);
    return holdings;
}

TEST_HELPER int inject_wait(pid_t child) {
    int status;
    while (waitpid(child, &status, 0) != child)
        if (errno != EINTR)
            tap_bail("waitpid");
    return status;
}

/* At the entry of a call: none is made. At its exit: it answers `result`. */
TEST_HELPER void inject_none(pid_t child) {
#ifdef __x86_64__
    if (ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user, regs.orig_rax), -1L) != 0)
        tap_bail("ptrace");
#else
    int none = -1;
    struct iovec number = {&none, sizeof none};
    if (ptrace(PTRACE_SETREGSET, child, (void *)0x404 /* NT_ARM_SYSTEM_CALL */, &number) != 0)
        tap_bail("ptrace");
#endif
}

TEST_HELPER void inject_result(pid_t child, long result) {
#ifdef __x86_64__
    if (ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user, regs.rax), result) != 0)
        tap_bail("ptrace");
#else
    struct user_regs_struct registers;
    struct iovec all = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &all) != 0)
        tap_bail("ptrace");
    registers.regs[0] = (unsigned long long)result;
    if (ptrace(PTRACE_SETREGSET, child, (void *)NT_PRSTATUS, &all) != 0)
        tap_bail("ptrace");
#endif
}

TEST_HELPER void inject_child(const struct operation *operation, struct stage *stage) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(100);
    if (operation->prepare)
        operation->prepare();
    raise(SIGSTOP);
    stage->inside = 1;
    stage->result = operation->act();
    stage->inside = 0;
    raise(SIGSTOP);
    if (stage->result == 0 && operation->undo)
        operation->undo();
    stage->again = operation->act();
    if (stage->again == 0 && operation->undo)
        operation->undo();
    raise(SIGSTOP);
    _exit(0);
}

/* Goes on until the child stops itself. */
TEST_HELPER int inject_until_stop(pid_t child) {
    if (ptrace(PTRACE_CONT, child, NULL, NULL) != 0)
        tap_bail("ptrace");
    int status = inject_wait(child);
    return WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP;
}

/*
 * Does it. `look` is called when act() is over, while the child stands still. 0: all well; 1: the child
 * crashed or came to an end that is none of ours; -1: ptrace is not allowed.
 */
TEST_HELPER int inject(const struct operation *operation, struct stage *stage, struct run *run,
                       void (*look)(void)) {
    int status, met = 0, here = 0;
    memset(stage, 0, sizeof *stage);
    run->calls = run->failed = 0;
    fflush(stdout);
    pid_t child =
        operation->kind & INJECT_BARE ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : chat_fork();
    if (child == 0)
        inject_child(operation, stage);
    status = inject_wait(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 100)
        return -1;
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
        tap_bail("the child did not come to %s (status %x)", operation->name, (unsigned)status);
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) != 0)
        tap_bail("ptrace");
    run->before = inject_look(child);
    for (int signal = 0;;) {
        struct __ptrace_syscall_info info;
        if (ptrace(PTRACE_SYSCALL, child, NULL, (void *)(intptr_t)signal) != 0)
            tap_bail("ptrace");
        status = inject_wait(child);
        if (!WIFSTOPPED(status))
            return 1;
        signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
        if (signal == SIGSTOP && !stage->inside)
            break;
        if (signal || !stage->inside)
            continue; /* a signal of the operation's own, or raise() */
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0 || run->calls == INJECT_CALLS)
            tap_bail("ptrace");
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            here = (long)info.entry.nr == run->number && met++ == run->earlier;
            run->failed |= here;
            run->call[run->calls].number = (long)info.entry.nr;
            memcpy(run->call[run->calls].arguments, info.entry.args, sizeof info.entry.args);
            /* Linux closes a descriptor whatever it answers. */
            if (here && info.entry.nr != SYS_close)
                inject_none(child);
            run->calls++;
        } else if (here)
            inject_result(child, -run->error);
    }
    run->after = inject_look(child);
    look();
    if (!inject_until_stop(child)) {
        kill(child, SIGKILL);
        inject_wait(child);
        return 1;
    }
    run->end = inject_look(child);
    kill(child, SIGKILL);
    inject_wait(child);
    return 0;
}
#endif
