/*
 * Doing something in the very instant of a system call: a filter turns the call into a signal (SIGSYS), whose handler
 * says what the call is to answer. For what depends on who comes first.
 */
#ifndef TRAP_H
#define TRAP_H
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* The answer: a result, or an errno, negative. */
static long (*trap_answer)(const long arguments[4]);

static void trap_handler(int signal, siginfo_t *info, void *context) {
    ucontext_t *thread = context;
    (void)signal;
    (void)info;
#ifdef __x86_64__
    greg_t *registers = thread->uc_mcontext.gregs;
    long arguments[4] = {registers[REG_RDI], registers[REG_RSI], registers[REG_RDX], registers[REG_R10]};
    registers[REG_RAX] = trap_answer(arguments);
#else
    unsigned long long *registers = thread->uc_mcontext.regs;
    long arguments[4] = {registers[0], registers[1], registers[2], registers[3]};
    registers[0] = trap_answer(arguments);
#endif
}

/* From now on, in this thread and those that it starts: the call `number`, if its third argument has all of `bits`. */
static int trap(long number, unsigned bits, long (*answer)(const long arguments[4])) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[2])), /* its low half: little-endian */
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    struct sigaction action = {.sa_sigaction = trap_handler, .sa_flags = SA_SIGINFO};
    trap_answer = answer;
    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#endif
