/*
 * Knowing that a thread waits: the kernel has no event for "is asleep now", so its state is read until it is
 * 'S'. What the thread does last before the call in question must not sleep.
 */
#ifndef ASLEEP_H
#define ASLEEP_H
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include "tap.h"

/* Bounded: a test that would hang says so. */
#define ASLEEP_SECONDS 60

__attribute__((unused)) static pid_t this_thread(void) {
    return (pid_t)syscall(SYS_gettid);
}

__attribute__((unused)) static long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

__attribute__((unused)) static long long milliseconds(void) { return nanoseconds() / 1000000; }

/* Time that this thread was ready to run and had to wait for a processor, in nanoseconds: nobody's fault. */
__attribute__((unused)) static long long queued(void) {
    static int fd = -1, of;
    if (fd < 0 || of != getpid()) {
        fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
        of = getpid();
    }
    char text[100] = "";
    long long running = 0, waiting = 0;
    return pread(fd, text, sizeof text - 1, 0) > 0 && sscanf(text, "%lld %lld", &running, &waiting) == 2
               ? waiting
               : 0;
}

/* The state letter of /proc: R, S, D, Z, T …; '?' when there is no such thread. */
__attribute__((unused)) static char thread_state(pid_t process, pid_t thread) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)process, (int)thread);
    FILE *file = fopen(path, "r");
    if (!file)
        return '?';
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    const char *end = strrchr(text, ')'); /* the name before it may hold anything */
    return end && end[1] == ' ' ? end[2] : '?';
}

__attribute__((unused)) static void until_asleep(pid_t process, pid_t thread) {
    for (long long end = milliseconds() + ASLEEP_SECONDS * 1000LL; milliseconds() < end; sched_yield()) {
        char state = thread_state(process, thread);
        if (state == 'S')
            return;
        if (state == '?' || state == 'Z')
            break;
    }
    tap_bail("thread %d of process %d is not asleep (state %c)", (int)thread, (int)process,
             thread_state(process, thread));
}
#endif
