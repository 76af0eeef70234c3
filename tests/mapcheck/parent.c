/*
 * What a parent, a shell say, sees of a program that it stops, continues and interrupts: `parent SIGNAL COMMAND...`.
 * The command runs in a process group of its own and prints "ready"; the signal goes to the whole group, as the
 * terminal sends it. Run plainly and under mapcheck, the output must be the same.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int ends[2], end;
    char text[4096];
    if (argc < 3 || pipe(ends) != 0)
        return 2;
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], text, sizeof text);
    printf("first: %.*s", (int)(got > 0 ? got : 0), text);
    for (int i = 0; i < 3; i++) {
        kill(pid, SIGSTOP);
        waitpid(pid, &end, WUNTRACED);
        printf("stopped: %d by %d\n", WIFSTOPPED(end), WIFSTOPPED(end) ? WSTOPSIG(end) : 0);
        kill(pid, SIGCONT);
        waitpid(pid, &end, WCONTINUED);
        printf("continued: %d\n", WIFCONTINUED(end));
    }
    kill(-pid, atoi(argv[1]));
    size_t all = 0;
    while ((got = read(ends[0], text + all, sizeof text - all)) > 0)
        all += (size_t)got;
    printf("then: %.*s", (int)all, text);
    waitpid(pid, &end, 0);
    printf("exited %d with %d, killed %d by %d, core %d\n", WIFEXITED(end), WIFEXITED(end) ? WEXITSTATUS(end) : 0,
           WIFSIGNALED(end), WIFSIGNALED(end) ? WTERMSIG(end) : 0, WIFSIGNALED(end) && WCOREDUMP(end));
    return 0;
}
