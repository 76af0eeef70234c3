#define _POSIX_C_SOURCE 200809L
#include "log.h"

#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool same_file(int fd, const char *path) {
    struct stat one, other;
    return fstat(fd, &one) == 0 && stat(path, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* A line behind its end would spoil the board, and one in its lock file leave nobody in. */
static bool is_the_board(int fd, const char *board) {
    char lock[4096 + sizeof ".lock"];
    snprintf(lock, sizeof lock, "%s.lock", board);
    return same_file(fd, board) || same_file(fd, lock);
}

bool log_open(struct log *log, const char *path, const char *board) {
    *log = (struct log){.path = path};
    if (!path)
        return true;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600); /* what others said is not everybody's */
    if (fd >= 0 && is_the_board(fd, board)) {
        close(fd);
        complain(STATUS_ERROR, WORD_LOG_IS_BOARD, HOLES(path));
        return false;
    }
    log->file = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (!log->file)
        complain(STATUS_ERROR, WORD_LOG_FAILED, HOLES(path, strerror(errno)));
    return log->file;
}

void log_message(struct log *log, const struct minichat_message *message, const struct crowd *crowd) {
    if (!log->file || message->number <= log->after)
        return;
    char when[32] = "";
    struct tm day;
    time_t then = (time_t)(message->time_ns / 1000000000);
    if (localtime_r(&then, &day))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &day);
    struct name name = crowd_name(crowd, message->nick, message->seat);
    bool action = message->flags & MINICHAT_ACTION;
    fprintf(log->file, "%s%s", when, action ? " * " : " <");
    put(log->file, name.text, strlen(name.text));
    fputs(action ? " " : "> ", log->file);
    put(log->file, message->text, message->text_length);
    putc('\n', log->file);
    log->after = message->number;
}

void log_flush(struct log *log) {
    if (!log->file || fflush(log->file) == 0)
        return;
    complain(STATUS_ERROR, WORD_LOG_FAILED, HOLES(log->path, strerror(errno)));
    fclose(log->file);
    log->file = NULL;
    log->failed = true;
}

int log_close(struct log *log, int status) {
    log_flush(log);
    if (log->file)
        fclose(log->file);
    log->file = NULL;
    return log->failed && status == STATUS_OK ? STATUS_ERROR : status;
}
