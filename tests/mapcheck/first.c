/*
 * What kills process 1 of a PID namespace, and what does not: `first CASE`. Run plainly and under mapcheck, output and
 * end must be the same (tests/mapcheck_first.sh).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile char *bad(int beyond) {
    int fd = memfd_create("bus", 0);
    char *at = mmap(NULL, 4096, beyond ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (!beyond && ftruncate(fd, 4096) != 0)
        exit(9);
    return at;
}

static void *store(void *at) {
    *(volatile char *)at = 1;
    return NULL;
}

static void handler(int number) {
    (void)number;
    if (write(1, "handled\n", 8) != 8)
        _exit(9);
    _exit(5);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("%s: process %d\n", what, (int)getpid());
    if (strcmp(what, "bus") == 0)
        *bad(1) = 1;
    if (strcmp(what, "read-only") == 0)
        *bad(0) = 1;
    if (strcmp(what, "ignored") == 0) {
        signal(SIGBUS, SIG_IGN);
        *bad(1) = 1;
    }
    if (strcmp(what, "blocked") == 0) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        *bad(1) = 1;
    }
    if (strcmp(what, "handled") == 0) {
        signal(SIGBUS, handler);
        *bad(1) = 1;
    }
    if (strcmp(what, "thread") == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, store, (void *)bad(1));
        for (;;)
            pause();
    }
    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "trap") == 0)
        __builtin_trap();
#ifdef __x86_64__
    if (strcmp(what, "int3") == 0)
        __asm__ volatile("int3");
#endif
    if (strcmp(what, "raise") == 0) {
        /* none of these is for process 1; SIGSTOP neither, from within */
        int all[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGSTOP, SIGTSTP, SIGKILL, SIGSEGV};
        for (size_t at = 0; at < sizeof all / sizeof *all; at++)
            printf("%d: %d\n", all[at], raise(all[at]));
    }
    if (strcmp(what, "children") == 0) {
        pid_t child = fork();
        if (child == 0) { /* leaves an orphan */
            if (fork() == 0)
                _exit(4);
            _exit(3);
        }
        int seen = 0, status;
        while (wait(&status) > 0)
            seen += WEXITSTATUS(status);
        printf("ended: %d, then %s\n", seen, errno == ECHILD ? "none" : "an error");
    }
    if (strcmp(what, "all") == 0)
        printf("to all: %s\n", kill(-1, SIGTERM) == 0 || errno == ESRCH ? "sent" : "an error");
    return 42;
}
