/* What the library itself costs a program: bytes on the disk, time to start. */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static double start(void *state, long count) {
    char *command[] = {state, NULL};
    int64_t begun = now();
    for (long i = 0; i < count; i++) {
        pid_t pid;
        int status;
        CHECK(posix_spawn(&pid, state, NULL, NULL, command, environ) == 0);
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    return (double)(now() - begun);
}

void rows_program(void) {
    struct stat stat_;
    if (wanted("library-bytes")) {
        CHECK(stat(settings.library, &stat_) == 0);
        report_count("library-bytes", stat_.st_size, 200000);
    }
    if (!wanted("start"))
        return;
    static char with[512], without[512];
    char *slash = strrchr(strcpy(with, settings.self), '/');
    CHECK(slash != NULL && strlen(with) < 480);
    *slash = 0;
    strcpy(without, with);
    strcat(with, "/start-with");
    strcat(without, "/start-without");
    /* The child's own time is the scheduler's: only the rounds even that out. */
    compare((struct row){.name = "start"},
            (struct contestant[]){{.name = "a program that links it",
                                   .work = start,
                                   .state = with,
                                   .count = 10,
                                   .ignores_noise = true},
                                  {.name = "one that does not",
                                   .work = start,
                                   .state = without,
                                   .count = 10,
                                   .ignores_noise = true}},
            2);
}
