/* mm_lock_*: parent and child, one handle opened before fork. */
#define _GNU_SOURCE
#include <linux/openat2.h>
#include "locking.h"
#include "trap.h"

#define PATH "fork.lock"
static struct stat file; /* of PATH */

static struct mm_lock *fresh(void) {
    struct mm_lock *lock = opened(PATH);
    if (stat(PATH, &file) != 0)
        tap_bail("stat");
    return lock;
}

/* A child that does its body and then stays until it is told to go, or killed. */
struct child {
    pid_t id;
    int said, told; /* pipes' ends: from the child, to the child */
};

/* By the system call itself: no fork handler of libc's runs. */
static pid_t bare_clone(void) {
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static struct child child_made(pid_t (*made)(void), int (*body)(struct mm_lock *), struct mm_lock *lock) {
    int said[2], told[2];
    if (pipe2(said, O_CLOEXEC) != 0 || pipe2(told, O_CLOEXEC) != 0)
        tap_bail("pipe2");
    fflush(stdout);
    struct child child = {made(), said[0], told[1]};
    if (child.id == 0) {
        close(told[1]);
        int error = ERROR_OF(body(lock));
        char byte;
        if (write(said[1], &error, sizeof error) != sizeof error)
            _exit(200);
        _exit(read(told[0], &byte, 1) == 1 ? 0 : 201);
    }
    close(said[1]);
    close(told[0]);
    return child;
}

static struct child child_start(int (*body)(struct mm_lock *), struct mm_lock *lock) {
    return child_made(fork, body, lock);
}

/* What its body's errno was. Waits for it. */
static int child_said(struct child *child) {
    int error;
    return read(child->said, &error, sizeof error) == sizeof error ? error : -1;
}

static void child_end(struct child *child, int signal) {
    if (signal)
        kill(child->id, signal);
    else if (write(child->told, "", 1) != 1)
        tap_bail("write");
    waitpid(child->id, NULL, 0);
    close(child->said);
    close(child->told);
}

static int nothing(struct mm_lock *lock) {
    (void)lock;
    return 0;
}

/* ---- what is held across fork -------------------------------------------------------------------------- */

static int release_then_try(struct mm_lock *lock) {
    if (mm_lock_release(lock) == 0 || errno != EPERM)
        return 100;
    return mm_lock_try_exclusive(lock);
}

static int release_and_close(struct mm_lock *lock) {
    if (mm_lock_release(lock) == 0 || errno != EPERM || mm_lock_close(lock) != 0)
        return 100;
    errno = EBADF;
    return opens_of(&file, NULL) == 0 && mm_lock_try_shared(lock) == -1 && errno == EBADF ? 0 : 101;
}

static int close_only(struct mm_lock *lock) {
    return mm_lock_close(lock) == 0 && opens_of(&file, NULL) == 0 ? 0 : 100;
}

static int share_and_count(struct mm_lock *lock) {
    if (mm_lock_try_shared(lock) != 0)
        return -1;
    return opens_of(&file, NULL) == 1 && mm_lock_release(lock) == 0 && mm_lock_close(lock) == 0 ? 0 : 100;
}

static void held_across_fork(void) {
    struct mm_lock *lock = fresh();
    CHECK_OK(mm_lock_exclusive(lock), "the parent takes it exclusively");
    CHECK_EQ(in_child(release_then_try, lock), EAGAIN,
             "the child has nothing to release, and cannot take it");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "the child's end takes nothing from the parent");
    CHECK_EQ(in_child(release_and_close, lock), 0, "a child that used it closes it");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "which takes nothing from the parent");
    CHECK_EQ(in_child(close_only, lock), 0, "a child that never used it closes it");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "which takes nothing from the parent");
    CHECK_EQ(in_child(nothing, lock), 0, "a child that does nothing ends");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "which takes nothing from the parent");

    struct child bare = child_made(bare_clone, close_only, lock);
    CHECK_EQ(child_said(&bare), 0, "a child of a bare clone(2), which still has its parent's open, closes it");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "which takes nothing from the parent");
    child_end(&bare, 0);

    struct child idle = child_made(bare_clone, nothing, lock);
    CHECK_EQ(child_said(&idle), 0, "a child that does nothing lives on, with what it inherited");
    CHECK_OK(mm_lock_release(lock), "the parent releases");
    CHECK_EQ(seen_outside(PATH), F_UNLCK, "free, whatever the child inherited");
    CHECK_OK(mm_lock_exclusive(lock), "the parent takes it again");
    CHECK_OK(mm_lock_close(lock), "and closes");
    CHECK_EQ(seen_outside(PATH), F_UNLCK, "free, whatever the child inherited");
    child_end(&idle, 0);

    lock = fresh();
    CHECK_OK(mm_lock_shared(lock), "the parent takes it shared");
    CHECK_EQ(in_child(release_then_try, lock), EAGAIN,
             "the child has nothing to release, and cannot take it alone");
    CHECK_EQ(in_child(share_and_count, lock), 0, "it can share it, through one descriptor of its own");
    CHECK_EQ(seen_outside(PATH), F_RDLCK, "the parent has it still");
    CHECK_OK(mm_lock_close(lock), "close");
}

static void held_by_child(void) {
    struct mm_lock *lock = fresh();
    struct child child = child_start(mm_lock_exclusive, lock);
    CHECK_EQ(child_said(&child), 0, "the child takes it");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN, "the parent cannot");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "nor release it");
    child_end(&child, SIGKILL);
    CHECK_OK(mm_lock_try_exclusive(lock), "killed, and the lock is free");
    struct child waiting = child_start(mm_lock_exclusive, lock);
    until_asleep(waiting.id, waiting.id);
    CHECK_OK(mm_lock_release(lock), "a child waits; the parent releases");
    CHECK_EQ(child_said(&waiting), 0, "and the child has it");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "exclusively");
    child_end(&waiting, 0);
    CHECK_EQ(seen_outside(PATH), F_UNLCK, "until it ends");

    struct child one = child_start(mm_lock_shared, lock), two = child_start(mm_lock_shared, lock);
    CHECK_EQ(child_said(&one), 0, "one child shares it");
    CHECK_EQ(child_said(&two), 0, "two children share it");
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "the parent cannot have it alone");
    CHECK_OK(mm_lock_try_shared(lock), "but share it");
    child_end(&one, 0);
    child_end(&two, 0);
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_OK(mm_lock_close(lock), "close");
}

/* Pipes: the heir lives until the first is let go, and says by the second that it lives. */
static int leash[2], up[2];

static int lock_and_leave_an_heir(struct mm_lock *lock) {
    char byte;
    if (mm_lock_exclusive(lock) != 0)
        return -1;
    pid_t heir = fork();
    if (heir == 0) {
        close(leash[1]);
        _exit(write(up[1], "", 1) == 1 && read(leash[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(leash[1]);
    return heir > 0 && read(up[0], &byte, 1) == 1 ? 0 : -1;
}

/* What a child inherits does not keep the lock of a parent that was killed. */
static void killed_with_an_heir(void) {
    struct mm_lock *lock = fresh();
    if (pipe2(leash, O_CLOEXEC) != 0 ||
        pipe2(up, O_CLOEXEC) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        tap_bail("pipe2");
    struct child parent = child_start(lock_and_leave_an_heir, lock);
    CHECK_EQ(child_said(&parent), 0, "a process has the lock, and a child that does nothing");
    CHECK_EQ(seen_outside(PATH), F_WRLCK, "held");
    child_end(&parent, SIGKILL);
    CHECK_EQ(seen_outside(PATH), F_UNLCK, "the process is killed, its child lives: free");
    close(leash[1]);
    CHECK_EQ(child_status(-1), 0, "the child lived until then");
    close(leash[0]);
    close(up[0]);
    close(up[1]);
    mm_lock_close(lock);
}

static int grandchild(struct mm_lock *lock) {
    if (mm_lock_exclusive(lock) != 0)
        return 100;
    int came = in_child(release_then_try, lock);
    if (came != EAGAIN || mm_lock_release(lock) != 0)
        return 101;
    return in_child(share_and_count, lock);
}

static void generations(void) {
    struct mm_lock *lock = fresh();
    CHECK_EQ(in_child(grandchild, lock), 0, "what holds for parent and child holds for child and grandchild");
    mm_lock_exclusive(lock);
    CHECK_EQ(in_child(release_then_try, lock), EAGAIN, "and for the parent, still");
    struct child bare = child_made(bare_clone, release_then_try, lock);
    CHECK_EQ(child_said(&bare), EAGAIN, "for a child of a bare clone(2), too");
    child_end(&bare, 0);
    mm_lock_close(lock);
}

/* ---- finding the file again ---------------------------------------------------------------------------- */

static int close_all_then_try(struct mm_lock *lock) {
    if (syscall(SYS_close_range, 3, ~0U, 0) != 0)
        for (int fd = 3; fd < 1024; fd++)
            close(fd);
    return mm_lock_try_exclusive(lock);
}

static int close_all_reuse_then_try(struct mm_lock *lock) {
    int fd = -1;
    opens_of(&file, &fd);
    int stranger = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (dup3(stranger, fd, O_CLOEXEC) != fd)
        return 100;
    int error = ERROR_OF(mm_lock_try_exclusive(lock));
    struct stat stat_;
    if (fstat(fd, &stat_) != 0 || !S_ISCHR(stat_.st_mode))
        return 101;
    if (mm_lock_close(lock) != 0 || fstat(fd, &stat_) != 0 || !S_ISCHR(stat_.st_mode))
        return 102;
    errno = error;
    return error ? -1 : 0;
}

static int elsewhere_then_try(struct mm_lock *lock) {
    return chdir("/") == 0 ? close_all_then_try(lock) : 100;
}

static int without_descriptors(struct mm_lock *lock) {
    struct rlimit_ {
        unsigned long now, most;
    } none = {0, 4096};
    if (syscall(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, &none, NULL) != 0)
        return 100;
    if (ERROR_OF(mm_lock_exclusive(lock)) != EMFILE)
        return 101;
    none.now = 1024;
    syscall(SYS_prlimit64, 0, 7, &none, NULL);
    return mm_lock_try_exclusive(lock);
}

static void found_again(void) {
    struct mm_lock *lock = fresh();
    mm_lock_exclusive(lock);
    CHECK_EQ(in_child(close_all_then_try, lock), EAGAIN,
             "a child that closed all descriptors finds the file by its path");
    CHECK_EQ(in_child(close_all_reuse_then_try, lock), EAGAIN,
             "one whose descriptor is another file's now, too, and leaves that alone");
    CHECK_EQ(in_child(elsewhere_then_try, lock), ESTALE,
             "a relative path is of no use in another directory: ESTALE");
    CHECK_EQ(in_child(without_descriptors, lock), EAGAIN, "no descriptor left: EMFILE, and later it works");
    if (rename(PATH, "other.name") != 0)
        tap_bail("rename");
    CHECK_EQ(in_child(mm_lock_try_exclusive, lock), EAGAIN,
             "a file that was renamed is found by its descriptor");
    CHECK_EQ(in_child(close_all_then_try, lock), ESTALE, "without that, it is not: ESTALE");
    mm_lock_close(opened(PATH));
    CHECK_EQ(in_child(mm_lock_try_exclusive, lock), EAGAIN,
             "another file now has its name: found by its descriptor");
    CHECK_EQ(in_child(close_all_then_try, lock), ESTALE,
             "without that, the other file is not taken for it: ESTALE");
    if (unlink(PATH) != 0 || mkfifo(PATH, 0600) != 0)
        tap_bail("fifo");
    CHECK_EQ(in_child(close_all_then_try, lock), ESTALE, "nor is a FIFO, nor waited for");
    if (unlink(PATH) != 0 || unlink("other.name") != 0)
        tap_bail("unlink");
    CHECK_EQ(in_child(mm_lock_try_exclusive, lock), EAGAIN,
             "a file without any name is found by its descriptor");
    mm_lock_close(lock);
}

/* ---- threads and fork ---------------------------------------------------------------------------------- */

enum { PROCESSES = 4, THREADS = 4, ROUNDS = 250, FORKS = 60 };

static struct {
    volatile long value; /* not atomic: the lock keeps it */
    _Atomic long failed;
} *shared;

static pthread_barrier_t barrier;

static void *increment(void *lock) {
    pthread_barrier_wait(&barrier); /* the first call is everybody's at once */
    for (int i = 0; i < ROUNDS; i++) {
        if (mm_lock_exclusive(lock) != 0)
            shared->failed++;
        long value = shared->value;
        if (i % 16 == 0)
            sched_yield();
        shared->value = value + 1;
        if (mm_lock_release(lock) != 0)
            shared->failed++;
    }
    return NULL;
}

static int increment_in_threads(struct mm_lock *lock) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, increment, lock) != 0)
            return 100;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return opens_of(&file, NULL) == 1 ? 0 : 101;
}

static void no_increment_is_lost(void) {
    struct mm_lock *lock = fresh();
    pid_t children[PROCESSES - 1];
    shared->value = shared->failed = 0;
    fflush(stdout);
    for (int i = 0; i < PROCESSES - 1; i++)
        if ((children[i] = fork()) == 0)
            _exit(increment_in_threads(lock));
    CHECK_EQ(increment_in_threads(lock), 0, "the parent's threads");
    for (int i = 0; i < PROCESSES - 1; i++)
        CHECK_EQ(child_status(children[i]), 0, "a child's threads, with one descriptor for all");
    CHECK_EQ(shared->failed, 0, "every call succeeded");
    CHECK_EQ(shared->value, (long)PROCESSES * THREADS * ROUNDS, "no increment is lost");
    mm_lock_close(lock);
}

static _Atomic int stop;

static void *busy(void *lock) {
    for (int i = 0; !stop; i++) {
        if (i % 3 == 0 ? mm_lock_shared(lock) : mm_lock_exclusive(lock))
            shared->failed++;
        if (mm_lock_release(lock) != 0)
            shared->failed++;
    }
    return NULL;
}

static int use_it(struct mm_lock *lock) {
    if (mm_lock_exclusive(lock) != 0 || mm_lock_release(lock) != 0 || mm_lock_shared(lock) != 0)
        return -1;
    return mm_lock_release(lock) != 0 || mm_lock_close(lock) != 0 ? -1 : 0;
}

/* At whatever point of a call a thread of the parent is when another one forks, the child finds a usable lock. */
static void fork_amid_calls(void) {
    struct mm_lock *lock = fresh();
    pthread_t threads[THREADS];
    int good = 0;
    stop = 0;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, busy, lock) != 0)
            tap_bail("pthread_create");
    for (int i = 0; i < FORKS; i++)
        good += in_child(use_it, lock) == 0;
    stop = 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(good, FORKS, "children forked while other threads are in calls use the lock");
    CHECK_EQ(shared->failed, 0, "and every call of the parent succeeds");
    CHECK_OK(mm_lock_close(lock), "close");
}

/* The same at one sure point: threads of the parent that wait, in the kernel and behind one another. */
static void fork_with_waiters(void) {
    struct mm_lock *lock = fresh(), *other = fresh();
    struct caller one, two;
    mm_lock_exclusive(other);
    caller_wait(&one, mm_lock_shared, lock);
    caller_wait(&two, mm_lock_shared, lock);
    struct child child = child_start(mm_lock_shared, lock);
    until_asleep(child.id, child.id);
    CHECK_OK(mm_lock_release(other), "a child waits beside two threads of its parent; release");
    CHECK_EQ(child_said(&child), 0, "the child has it");
    CHECK_EQ(caller_end(&one), 0, "so has one thread");
    CHECK_EQ(caller_end(&two), 0, "and the other");
    child_end(&child, 0);
    mm_lock_close(lock);
    mm_lock_close(other);
}

static sem_t inside, go;

/* The child's first call is about to open the file anew: stays there until told to go on. */
static long on_open(const long arguments[4]) {
    struct open_how how = {.flags = (unsigned)arguments[2]};
    sem_post(&inside);
    sem_wait(&go);
    long fd = syscall(SYS_openat2, arguments[0], arguments[1], &how, sizeof how);
    return fd < 0 ? -errno : fd;
}

static int two_first_calls(struct mm_lock *lock) {
    struct caller one, two;
    sem_init(&inside, 0, 0);
    sem_init(&go, 0, 0);
    if (trap(SYS_openat, O_NOCTTY, on_open) != 0)
        return 99;
    caller_start(&one, mm_lock_try_exclusive, lock);
    sem_wait(&inside);
    caller_start(&two, mm_lock_try_exclusive, lock);
    int waits = 0;
    for (int over = 0; !over && !waits; sched_yield()) {
        waits = thread_state(getpid(), two.id) == 'S';
        sem_getvalue(&two.done, &over);
    }
    sem_post(&go);
    int came = caller_end(&one) == EAGAIN && caller_end(&two) == EAGAIN;
    return !waits ? 101 : !came ? 102 : opens_of(&file, NULL) != 1 ? 103 : 0;
}

/* While the first thread of a child opens the file anew, the second waits, and does not use what the parent has. */
static void first_calls_together(void) {
    struct mm_lock *lock = fresh();
    mm_lock_exclusive(lock);
    int came = in_child(two_first_calls, lock);
    if (came == 99)
        SKIP("needs seccomp", "two first calls in a child");
    else
        CHECK_EQ(came, 0,
                 "two threads of a child make its first call: one opens the file, the other waits for that");
    mm_lock_close(lock);
}

int main(void) {
    tap_directory();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        tap_bail("mmap");
    held_across_fork();
    held_by_child();
    killed_with_an_heir();
    generations();
    found_again();
    first_calls_together();
    no_increment_is_lost();
    fork_amid_calls();
    fork_with_waiters();
    return tap_end();
}
