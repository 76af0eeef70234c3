/* mm_lock_*: the threads of one process, which share one handle and thus one open of the lock's file. */
#define _GNU_SOURCE
#include "locking.h"

static void exclusion(void) {
    struct mm_lock *lock = opened("a.lock");
    struct caller one, two, three;

    mm_lock_exclusive(lock);
    CHECK_EQ(in_thread(mm_lock_try_exclusive, lock), EAGAIN,
             "held exclusively: another thread's try exclusive");
    CHECK_EQ(in_thread(mm_lock_try_shared, lock), EAGAIN, "held exclusively: another thread's try shared");
    caller_wait(&one, mm_lock_exclusive, lock);
    CHECK_OK(mm_lock_release(lock), "another thread waits; release");
    CHECK_EQ(caller_end(&one), 0, "and the other has it");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "what another thread holds exclusively cannot be released");
    CHECK_EQ(seen_outside("a.lock"), F_WRLCK, "nor is it");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN,
                "a thread that ends while it holds the lock leaves it held");
    CHECK_OK(mm_lock_close(lock), "close");
    CHECK_EQ(seen_outside("a.lock"), F_UNLCK, "which frees it");

    lock = opened("a.lock");
    mm_lock_exclusive(lock);
    caller_wait(&one, mm_lock_shared, lock);
    caller_wait(&two, mm_lock_shared, lock);
    caller_wait(&three, mm_lock_shared, lock);
    CHECK_OK(mm_lock_release(lock), "three readers wait; release");
    CHECK_EQ(caller_end(&one), 0, "the first has it");
    CHECK_EQ(caller_end(&two), 0, "the second has it, too");
    CHECK_EQ(caller_end(&three), 0, "and the third");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "what other threads share cannot be released");
    CHECK_OK(mm_lock_shared(lock), "shared with them");
    CHECK_ERRNO(mm_lock_exclusive(lock), -1, EDEADLK,
                "who shares with others and wants it alone waits for itself");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_EQ(seen_outside("a.lock"), F_RDLCK, "the others have it still");
    CHECK_OK(mm_lock_close(lock), "close");
}

static struct {
    sem_t have, let_go;
} reader_events;

static int share_until_told(struct mm_lock *lock) {
    if (mm_lock_shared(lock) != 0)
        return -1;
    sem_post(&reader_events.have);
    sem_wait(&reader_events.let_go);
    return mm_lock_release(lock);
}

/* A writer behind a reader of the same process waits (and is not told EDEADLK). */
static void writer_behind_reader(void) {
    struct mm_lock *lock = opened("b.lock");
    struct caller reader, writer;
    sem_init(&reader_events.have, 0, 0);
    sem_init(&reader_events.let_go, 0, 0);
    caller_start(&reader, share_until_told, lock);
    sem_wait(&reader_events.have);
    CHECK_EQ(in_thread(mm_lock_try_exclusive, lock), EAGAIN, "shared: another thread's try exclusive");
    caller_wait(&writer, mm_lock_exclusive, lock);
    CHECK_EQ(seen_outside("b.lock"), F_RDLCK, "shared: another thread's exclusive waits");
    sem_post(&reader_events.let_go);
    CHECK_EQ(caller_end(&reader), 0, "the reader releases");
    CHECK_EQ(caller_end(&writer), 0, "and the writer has it");
    CHECK_EQ(seen_outside("b.lock"), F_WRLCK, "exclusively");
    mm_lock_close(lock);
}

/* A thread that waits for another process, or another open, keeps the threads behind it waiting in order. */
static void behind_another_open(void) {
    struct mm_lock *lock = opened("c.lock"), *other = opened("c.lock");
    struct caller one, two, three;
    mm_lock_exclusive(other);
    caller_wait(&one, mm_lock_shared, lock);
    caller_wait(&two, mm_lock_shared, lock);
    CHECK_EQ(in_thread(mm_lock_try_shared, lock), EAGAIN, "while one waits for another open, a try is busy");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "and nobody has anything to release");
    mm_lock_release(other);
    CHECK_EQ(caller_end(&one), 0, "both readers get it: one from the kernel");
    CHECK_EQ(caller_end(&two), 0, "the other from the first");
    CHECK_ERRNO(mm_lock_try_exclusive(other), -1, EAGAIN, "another open sees it shared");
    mm_lock_close(lock);

    lock = opened("c.lock");
    mm_lock_shared(lock);
    caller_wait(&three, mm_lock_exclusive, other);
    CHECK_OK(mm_lock_release(lock), "a writer waits in the kernel; release");
    CHECK_EQ(caller_end(&three), 0, "and it has it");
    mm_lock_close(lock);
    mm_lock_close(other);
}

/* ---- signals ------------------------------------------------------------------------------------------- */

static sem_t handled;

static void handler(int signal) {
    (void)signal;
    sem_post(&handled);
}

static void install(int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
}

static int exclusive_for_an_hour(struct mm_lock *lock) {
    return mm_lock_exclusive_timed(lock, 3600000);
}

static int shared_for_an_hour(struct mm_lock *lock) {
    return mm_lock_shared_timed(lock, 3600000);
}

static int exclusive_once(struct mm_lock *lock) {
    return mm_lock_exclusive(lock) == 0 ? mm_lock_release(lock) : -1;
}

static int shared_once(struct mm_lock *lock) {
    return mm_lock_shared(lock) == 0 ? mm_lock_release(lock) : -1;
}

static void signals(const char *where, struct mm_lock *holder, struct mm_lock *lock) {
    static int (*const calls[])(struct mm_lock *) = {exclusive_once, shared_once};
    static const char *const names[] = {"exclusive", "shared"};
    struct caller caller;
    for (int i = 0; i < 2; i++) {
        mm_lock_exclusive(holder);
        install(0);
        caller_wait(&caller, calls[i], lock);
        pthread_kill(caller.thread, SIGUSR1);
        CHECK(caller_end(&caller) == EINTR, "%s, %s: a signal handler ends the wait", where, names[i]);
        sem_wait(&handled);

        install(SA_RESTART);
        caller_wait(&caller, calls[i], lock);
        pthread_kill(caller.thread, SIGUSR1);
        sem_wait(&handled);
        until_asleep(getpid(), caller.id);
        CHECK_OK(mm_lock_release(holder), "release");
        CHECK(caller_end(&caller) == 0, "%s, %s: with SA_RESTART the wait goes on", where, names[i]);
    }
}

static void timed_signals(void) {
    struct mm_lock *lock = opened("d.lock"), *other = opened("d.lock");
    struct caller caller;
    install(SA_RESTART);
    mm_lock_exclusive(lock);
    caller_wait(&caller, exclusive_for_an_hour, lock);
    pthread_kill(caller.thread, SIGUSR1);
    CHECK_EQ(caller_end(&caller), EINTR, "timed, another thread has it: a signal handler ends the wait");
    sem_wait(&handled);

    /* A signal between two of its naps ends no wait: so again, until one does. */
    caller_start(&caller, shared_for_an_hour, other);
    do {
        pthread_kill(caller.thread, SIGUSR1);
        sem_wait(&handled);
    } while (sem_trywait(&caller.done) != 0);
    CHECK_EQ(caller_end(&caller), EINTR, "timed, another open has it: a signal handler ends the wait");
    mm_lock_close(lock);
    mm_lock_close(other);
}

/* ---- time ---------------------------------------------------------------------------------------------- */

static int shared_for_a_while(struct mm_lock *lock) {
    return mm_lock_shared_timed(lock, 30);
}

static int shared_at_once(struct mm_lock *lock) {
    return mm_lock_shared_timed(lock, 0);
}

static void time_is_up(void) {
    struct mm_lock *lock = opened("e.lock"), *other = opened("e.lock");
    struct caller caller;
    mm_lock_exclusive(lock);
    CHECK_ERRNO(mm_lock_exclusive_timed(other, 0), -1, ETIMEDOUT, "another open has it: no time, exclusive");
    CHECK_ERRNO(mm_lock_shared_timed(other, 0), -1, ETIMEDOUT, "another open has it: no time, shared");
    CHECK_EQ(in_thread(shared_at_once, lock), ETIMEDOUT, "another thread has it: no time");
    long long start = milliseconds();
    CHECK_ERRNO(mm_lock_exclusive_timed(other, 30), -1, ETIMEDOUT, "another open has it: 30 ms");
    CHECK(milliseconds() - start >= 29, "not before the time is over");
    start = milliseconds();
    CHECK_EQ(in_thread(shared_for_a_while, lock), ETIMEDOUT, "another thread has it: 30 ms");
    CHECK(milliseconds() - start >= 29, "not before the time is over");
    CHECK_OK(mm_lock_release(lock), "nothing was lost");

    mm_lock_exclusive(lock);
    caller_wait(&caller, exclusive_for_an_hour, other);
    mm_lock_release(lock);
    CHECK_EQ(caller_end(&caller), 0, "another open releases: had in time");
    mm_lock_close(other);

    mm_lock_exclusive(lock);
    caller_wait(&caller, exclusive_for_an_hour, lock);
    mm_lock_release(lock);
    CHECK_EQ(caller_end(&caller), 0, "another thread releases: had in time");
    mm_lock_close(lock);
}

/* ---- many ---------------------------------------------------------------------------------------------- */

enum { THREADS = 12, ROUNDS = 400 };
static volatile long first, second; /* equal whenever nobody has the lock exclusively */
static _Atomic long torn, failed;

static int take(struct mm_lock *lock, int how) {
    switch (how % 4) {
    case 0:
        return mm_lock_exclusive(lock);
    case 1:
        return mm_lock_shared(lock);
    case 2:
        return mm_lock_exclusive_timed(lock, 3600000);
    default:
        while (mm_lock_try_shared(lock) != 0) {
            if (errno != EAGAIN)
                return -1;
            sched_yield();
        }
        return 0;
    }
}

static void *work(void *argument) {
    struct mm_lock *lock = argument;
    for (int i = 0, how = this_thread(); i < ROUNDS; i++, how++) {
        if (take(lock, how) != 0)
            failed++;
        if (how % 2 == 0) {
            long value = first;
            sched_yield();
            first = value + 1;
            second = value + 1;
        } else {
            long value = first;
            sched_yield();
            if (second != value)
                torn++;
        }
        if (mm_lock_release(lock) != 0)
            failed++;
    }
    return NULL;
}

/* Each thread through one of `count` handles: the lock excludes both threads of one and of two handles. */
static void many(int count) {
    struct mm_lock *locks[THREADS];
    pthread_t threads[THREADS];
    first = second = 0;
    for (int i = 0; i < count; i++)
        locks[i] = opened("f.lock");
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, locks[i % count]) != 0)
            tap_bail("pthread_create");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(failed, 0, "every call succeeds");
    CHECK(first == THREADS * ROUNDS / 2 && second == first,
          "%d threads, handles: %d: no increment is lost (%ld)",
          THREADS, count, first);
    CHECK_EQ(torn, 0, "no reader sees half an update");
    CHECK_EQ(seen_outside("f.lock"), F_UNLCK, "free at the end");
    for (int i = 0; i < count; i++)
        mm_lock_close(locks[i]);
}

int main(void) {
    tap_directory();
    sem_init(&handled, 0, 0);
    exclusion();
    writer_behind_reader();
    behind_another_open();
    struct mm_lock *lock = opened("d.lock"), *other = opened("d.lock");
    signals("another thread has it", lock, lock);
    signals("another open has it", other, lock);
    timed_signals();
    time_is_up();
    many(1);
    many(3);
    return tap_end();
}
