/*
 * Whoever waits for a lock gets it, whatever the others do: one who takes it again at once, readers who overlap, and a waiter
 * that was stopped; threads and processes; timed or not.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include "asleep.h"
#include "locking.h"

#define PATH "fair.lock"
enum { TURNS = 5, HOLD_US = 2000 };

static void hold_for(long microseconds) {
    struct timespec time = {0, microseconds * 1000};
    nanosleep(&time, NULL);
}

/* Takes it again and again, for ever. */
static void greedy(struct mm_lock *lock, int (*take)(struct mm_lock *)) {
    while (take(lock) == 0) {
        hold_for(HOLD_US);
        mm_lock_release(lock);
    }
}

static pid_t process_of(int (*take)(struct mm_lock *)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        greedy(opened(PATH), take);
        _exit(1);
    }
    return child;
}

static void *thread_of_readers(void *lock) {
    greedy(lock, mm_lock_shared);
    return NULL;
}

static void *thread_of_writers(void *lock) {
    greedy(lock, mm_lock_exclusive);
    return NULL;
}

static void end(pid_t *children, int count) {
    for (int i = 0; i < count; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
}

/* Until somebody else has it. */
static void until_taken(struct mm_lock *lock) {
    while (mm_lock_try_exclusive(lock) == 0) {
        mm_lock_release(lock);
        sched_yield();
    }
}

static int timed(struct mm_lock *lock) { return mm_lock_exclusive_timed(lock, 10000); }

/* Tries until it has it. */
static int tried(struct mm_lock *lock) {
    int taken;
    while ((taken = mm_lock_try_exclusive(lock)) != 0 && errno == EAGAIN)
        sched_yield();
    return taken;
}

static void turns(struct mm_lock *lock, int (*take)(struct mm_lock *), const char *who) {
    int taken = 0;
    for (int i = 0; i < TURNS; i++)
        if (take(lock) == 0) {
            taken++;
            mm_lock_release(lock);
        }
    CHECK(taken == TURNS, "%s: %d times of %d", who, taken, TURNS);
}

static void beside_processes(int (*theirs)(struct mm_lock *), int count, const char *what) {
    pid_t children[8];
    char name[100];
    struct mm_lock *lock = opened(PATH);
    for (int i = 0; i < count; i++)
        children[i] = process_of(theirs);
    until_taken(lock);
    snprintf(name, sizeof name, "beside %s, timed", what);
    turns(lock, timed, name);
    snprintf(name, sizeof name, "beside %s, without a bound", what);
    turns(lock, mm_lock_exclusive, name);
    end(children, count);
    mm_lock_close(lock);
}

/* In a process of its own, which ends with its threads. */
static void beside_threads(void *(*theirs)(void *), int (*take)(struct mm_lock *), const char *what) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct mm_lock *lock = opened(PATH);
        for (int i = 0; i < 4; i++) {
            pthread_t thread;
            if (pthread_create(&thread, NULL, theirs, lock) != 0)
                _exit(100);
        }
        until_taken(lock);
        int taken = 0;
        for (int i = 0; i < TURNS; i++)
            if (take(lock) == 0) {
                taken++;
                mm_lock_release(lock);
            }
        _exit(taken);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == TURNS, "beside four threads, %s", what);
}

/* Threads of one process that share it keep nobody of another process out. */
static void beside_threads_of_another(void) {
    fflush(stdout);
    struct mm_lock *lock = opened(PATH);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct mm_lock *theirs = opened(PATH);
        pthread_t thread;
        for (int i = 0; i < 4; i++)
            if (pthread_create(&thread, NULL, thread_of_readers, theirs) != 0)
                _exit(1);
        for (;;)
            pause();
    }
    until_taken(lock);
    turns(lock, timed, "beside four threads of another process that share it, timed");
    turns(lock, mm_lock_exclusive, "without a bound");
    end(&child, 1);
    mm_lock_close(lock);
}

/* One that waits and is stopped does not keep the lock from the others. */
static void beside_the_stopped(int (*theirs)(struct mm_lock *), const char *what) {
    struct mm_lock *lock = opened(PATH);
    CHECK_OK(mm_lock_exclusive(lock), "held");
    pid_t child = process_of(theirs);
    until_asleep(child, child);
    hold_for(15000); /* until the others make way for it */
    kill(child, SIGSTOP);
    waitpid(child, NULL, WUNTRACED);
    CHECK_OK(mm_lock_release(lock), "released");
    turns(lock, timed, what);
    turns(lock, mm_lock_exclusive, what);
    turns(lock, tried, what);
    end(&child, 1);
    mm_lock_close(lock);
}

int main(void) {
    tap_directory();
    alarm(120);
    beside_processes(mm_lock_exclusive, 1, "one who takes it again at once");
    beside_processes(mm_lock_exclusive, 3, "three of them");
    beside_processes(mm_lock_shared, 4, "four readers who overlap");
    beside_threads(thread_of_readers, mm_lock_exclusive, "readers who overlap");
    beside_threads(thread_of_readers, timed, "readers who overlap, timed");
    beside_threads(thread_of_writers, timed, "who take it again at once, timed");
    beside_threads_of_another();
    beside_the_stopped(mm_lock_exclusive, "beside a waiter that is stopped");
    beside_the_stopped(timed, "beside a waiter that is stopped, timed");
    return tap_end();
}
