/*
 * A participant that is stopped, for as long as the test likes or for ever, before any instruction of a call:
 * a child under ptrace. One child goes through the call step by step and tells where it goes; each later one
 * runs at full speed to a breakpoint at the place in question. x86-64 only: on aarch64 a single step ends
 * every exclusive load, so a swap made of those would never come to its end.
 */
#ifndef STEPPING_H
#define STEPPING_H
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include "attack/soak.h"
#include "chat.h"

#ifdef __x86_64__
#define CAN_STEP 1
#else
#define CAN_STEP 0
#endif

/* Shared with the child. */
struct stage {
    volatile int where; /* as the child itself says */
    volatile int result;
    uint64_t number;
};
enum { BEFORE, INSIDE, AFTER };

/* What the child does: prepare() at full speed, then act(), where it is stopped. */
struct scene {
    const char *name;
    void (*prepare)(void);
    int (*act)(struct stage *stage);
};

/* A place in act(): an instruction that was met so often before. Before a system call 's', a locked
 * compare-and-swap 'c', another locked instruction 'l'; behind one of these '+'; any other '.'. */
struct point {
    unsigned long address;
    unsigned earlier;
    char kind;
};

struct path {
    struct point *points;
    size_t count;
};

/* A child that has prepared and stands before act(). 0: ptrace is not allowed here. */
TEST_HELPER pid_t step_begin(const struct scene *scene, struct stage *stage) {
    int status;
    stage->where = BEFORE;
    stage->number = 0;
    pid_t child = chat_fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(100);
        scene->prepare();
        raise(SIGSTOP);
        stage->where = INSIDE;
        stage->result = scene->act(stage);
        stage->where = AFTER;
        _exit(0);
    }
    if (waitpid(child, &status, 0) != child)
        tap_bail("waitpid");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 100)
        return 0;
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
        tap_bail("the child did not come to %s (status %x)", scene->name, (unsigned)status);
    return child;
}

/* Goes on, to the next trap: 1; or to its end: 0. */
TEST_HELPER int step_go(pid_t child, int request) {
    int status;
    if (ptrace(request, child, NULL, NULL) != 0 || waitpid(child, &status, 0) != child)
        tap_bail("ptrace");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
        tap_bail("the child stopped with status %x", (unsigned)status);
    return 1;
}

TEST_HELPER unsigned long step_address(pid_t child) {
#if CAN_STEP
    errno = 0;
    unsigned long address =
        (unsigned long)ptrace(PTRACE_PEEKUSER, child, (void *)offsetof(struct user, regs.rip), NULL);
    if (errno != 0)
        tap_bail("ptrace");
    return address;
#else
    return (unsigned long)child;
#endif
}

TEST_HELPER char step_kind(unsigned long address) {
    const unsigned char *bytes = (const unsigned char *)address; /* the child's code is ours */
    if (bytes[0] == 0x0f && bytes[1] == 0x05)
        return 's';
    const unsigned char *opcode = bytes + (bytes[0] == 0xf0);
    opcode += (opcode[0] & 0xf0) == 0x40; /* a REX prefix */
    if (bytes[0] == 0xf0)
        return opcode[0] == 0x0f && (opcode[1] & 0xfe) == 0xb0 ? 'c' : 'l';
    return opcode[0] == 0x87 && (opcode[1] & 0xc0) != 0xc0 ? 'l'
                                                           : '.'; /* xchg with memory is locked by nature */
}

/* How long a repeated string instruction is, which would trap once for each of its bytes; 0: it is none. */
TEST_HELPER unsigned step_repeats(unsigned long address) {
    const unsigned char *bytes = (const unsigned char *)address;
    unsigned prefix = (bytes[1] & 0xf0) == 0x40, opcode = bytes[1 + prefix] & 0xfe;
    return bytes[0] == 0xf3 && (opcode == 0xa4 || opcode == 0xaa) ? 2 + prefix : 0;
}

/* Goes on at full speed and stops before the instruction at `address`. 0: it has ended. */
TEST_HELPER int step_breakpoint(pid_t child, unsigned long address) {
    errno = 0;
    unsigned long word = (unsigned long)ptrace(PTRACE_PEEKTEXT, child, (void *)address, NULL);
    if (errno != 0 ||
        ptrace(PTRACE_POKETEXT, child, (void *)address, (word & ~0xfful) | 0xcc) != 0) /* int3 */
        tap_bail("ptrace");
    if (!step_go(child, PTRACE_CONT))
        return 0;
    if (step_address(child) != address + 1)
        tap_bail("the child stopped elsewhere");
#if CAN_STEP
    if (ptrace(PTRACE_POKETEXT, child, (void *)address, word) != 0 ||
        ptrace(PTRACE_POKEUSER, child, (void *)offsetof(struct user, regs.rip), address) != 0)
        tap_bail("ptrace");
#endif
    return 1;
}

/* How often each address was met: a table of addresses, found by their hash. */
struct meetings {
    unsigned long address[1 << 16];
    unsigned times[1 << 16];
};

TEST_HELPER unsigned *meet(struct meetings *meetings, unsigned long address) {
    size_t at = (size_t)(mixed(address, 0) & 0xffff);
    while (meetings->address[at] && meetings->address[at] != address)
        at = (at + 1) & 0xffff;
    meetings->address[at] = address;
    return &meetings->times[at];
}

/* Goes through act() once and tells its way. No points: ptrace is not allowed. */
TEST_HELPER struct path step_through(const struct scene *scene, struct stage *stage) {
    struct path path = {.points = NULL};
    struct meetings *meetings = calloc(1, sizeof *meetings);
    size_t room = 0;
    char before = '.';
    pid_t child = step_begin(scene, stage);
    unsigned long address = 0;
    while (child && stage->where != AFTER) {
        unsigned repeats = address ? step_repeats(address) : 0;
        if (!(repeats ? step_breakpoint(child, address + repeats) : step_go(child, PTRACE_SINGLESTEP)))
            break;
        if (stage->where == BEFORE)
            continue;
        if (path.count == room &&
            !(path.points = realloc(path.points, (room = 2 * room + 1000) * sizeof(struct point))))
            tap_bail("realloc");
        address = step_address(child);
        unsigned *times = meet(meetings, address);
        char kind = step_kind(address);
        path.points[path.count++] =
            (struct point){address, (*times)++, kind == '.' && before != '.' ? '+' : kind};
        before = kind;
    }
    if (child && stage->where == AFTER)
        step_go(child, PTRACE_CONT);
    free(meetings);
    return path;
}

/* Keeps those on which a test has the time to stop: before and behind each system call and each locked
 * instruction, and of the others each `stride`-th at which an instruction is met for the first time. In the
 * long form all; with `rounds`, of each instruction in a loop only so many rounds. */
TEST_HELPER void step_thin_out(struct path *path, size_t stride, unsigned rounds) {
    size_t kept = 0, first = 0;
    for (size_t i = 0; i < path->count; i++) {
        struct point point = path->points[i];
        int soaked = soak_seconds() > 0 && (rounds == 0 || point.earlier < rounds);
        if (soaked || (point.kind != '.' && point.earlier < 3) ||
            (point.earlier == 0 && first++ % stride == 0))
            path->points[kept++] = point;
    }
    path->count = kept;
}

/* Lets the child, which stands before act(), go to the point. 0: it never came there, and has ended. */
TEST_HELPER int step_to(pid_t child, struct point point) {
    for (unsigned times = 0; step_breakpoint(child, point.address); times++) {
        if (times == point.earlier)
            return 1;
        if (!step_go(child, PTRACE_SINGLESTEP))
            return 0;
    }
    return 0;
}

/* Lets it go on at full speed to its end. */
TEST_HELPER void step_end(pid_t child) {
    if (step_go(child, PTRACE_CONT))
        tap_bail("the child trapped");
}

TEST_HELPER void step_kill(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
#endif
