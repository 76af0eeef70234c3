/* Time, processors, disturbances. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void pause_spinning(int64_t ns) {
    for (int64_t end = now() + ns; now() < end;)
        ;
}

void pause_sleeping(int64_t ns) {
    nanosleep(&(struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000}, NULL);
}

/* The processors that the program was started on. */
static cpu_set_t *allowed(void) {
    static cpu_set_t set;
    static bool known;
    if (!known) {
        CHECK(sched_getaffinity(0, sizeof set, &set) == 0);
        known = true;
    }
    return &set;
}

int processors(void) { return CPU_COUNT(allowed()); }

void go_to_processor(int which) {
    which %= processors();
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, allowed()) && which-- == 0) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
            return;
        }
    }
}

void go_to_any_processor(void) { CHECK(sched_setaffinity(0, sizeof *allowed(), allowed()) == 0); }

struct quiet quiet_now(void) {
    struct quiet quiet = {0};
    struct rusage usage;
    CHECK(getrusage(RUSAGE_THREAD, &usage) == 0);
    quiet.put_aside = usage.ru_nivcsw;
    /* "time on a processor, time ready to run, turns"; absent in some kernels. */
    char line[128] = "";
    int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t got = read(file, line, sizeof line - 1);
        close(file);
        long long waited = 0;
        if (got > 0 && sscanf(line, "%*d %lld", &waited) == 1)
            quiet.waited = waited;
    }
    return quiet;
}

bool quiet_since(struct quiet before, int64_t bound) {
    struct quiet after = quiet_now();
    return after.put_aside == before.put_aside && after.waited - before.waited <= bound;
}

_Noreturn void check_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "bench: %s:%d: this should hold: %s (%s)\n", file, line, condition, strerror(errno));
    exit(1); /* not _exit: the directory is removed */
}
