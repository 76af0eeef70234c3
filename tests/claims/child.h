/* Runs something in a forked child and says how that ended: its exit code, or KILLED_BY(signal). */
#ifndef CHILD_H
#define CHILD_H
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define KILLED_BY(signal) (1000 + (signal))

static int in_child(int (*act)(void *), void *argument) {
    int status;
    pid_t child = fork();
    if (child == -1)
        tap_bail("fork");
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* some children die on purpose */
        _exit(act(argument));
    }
    if (waitpid(child, &status, 0) == -1)
        tap_bail("waitpid");
    return WIFSIGNALED(status) ? KILLED_BY(WTERMSIG(status)) : WEXITSTATUS(status);
}
#endif
