#define _GNU_SOURCE /* pipe2 */
#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/*
 * The self-pipe: a signal handler may do next to nothing (no printf, no malloc), so this one writes the
 * number of the signal into a pipe, and the program reads it where it waits for everything else. A signal
 * that comes just before poll() is not lost: the pipe keeps it.
 */
static int pipe_out = -1, pipe_in = -1;

static void on_signal(int number) {
    int error = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(pipe_in, &byte, 1);
    (void)written; /* a full pipe wakes poll() all the same */
    errno = error;
}

bool events_open(const int numbers[]) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    pipe_out = ends[0];
    pipe_in = ends[1];
    for (; *numbers; numbers++) {
        struct sigaction ours = {.sa_handler = on_signal}, old;
        /*
         * A window may change its size in the middle of a write, which goes on. A signal that ends us ends a
         * write to somebody who does not read; a second one is deadly, in case the first came just before it.
         */
        ours.sa_flags = *numbers == SIGWINCH || *numbers == SIGTSTP ? SA_RESTART : (int)SA_RESETHAND;
        if (sigaction(*numbers, NULL, &old) != 0)
            return false;
        bool wanted = old.sa_handler != SIG_IGN; /* nohup, or a shell's background: it stays ignored */
        if (wanted && sigaction(*numbers, &ours, NULL) != 0)
            return false;
    }
    return true;
}

int events_signal(void) {
    unsigned char byte;
    return read(pipe_out, &byte, 1) == 1 ? byte : 0;
}

int events_wait(struct minichat *chat, bool keys, int timeout_ms) {
    enum { BOARD, SIGNALS, OUTPUT, KEYS, COUNT };
    struct pollfd all[COUNT] = {
        [BOARD] = {.fd = minichat_fd(chat), .events = POLLIN},
        [SIGNALS] = {.fd = pipe_out, .events = POLLIN},
        [OUTPUT] = {.fd = STDOUT_FILENO, .events = 0}, /* errors alone: a pipe without a reader is one */
        [KEYS] = {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN},
    };
    if (all[BOARD].fd < 0)
        return -1;
    if (poll(all, COUNT, timeout_ms) < 0)
        return errno == EINTR ? EVENT_SIGNAL : -1;
    return (all[BOARD].revents ? EVENT_BOARD : 0) | (all[SIGNALS].revents ? EVENT_SIGNAL : 0) |
           (all[OUTPUT].revents ? EVENT_READER_LEFT : 0) | (all[KEYS].revents ? EVENT_KEY : 0);
}

int64_t events_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}
