/* Why a lock of the course was not to be had: who has it, and through what. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mapboard.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

/* The last failure's slug, and words of its sentence. */
static void explained(const char *slug, const char *words, const char *name) {
    char text[2048];
    mm_explain(text, sizeof text);
    CHECK(!strcmp(mm_explain_slug(), slug) && strstr(text, words), "%s [%s]: %s", name, mm_explain_slug(), text);
}

/* Another process, which takes the lock by `take`, says so, and keeps it until it is killed. */
static pid_t other(int (*take)(void)) {
    int ends[2];
    char byte;
    if (pipe(ends) != 0)
        tap_bail("pipe");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (take() != 0 || write(ends[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &byte, 1) != 1)
        tap_bail("the other process");
    close(ends[0]);
    return child;
}

static void end(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static int by_process(void) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    return fcntl(open("my.lock", O_RDWR | O_CREAT, 0600), F_SETLK, &lock);
}

static int whole_file(void) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0};
    return fcntl(open("my.lock", O_RDWR | O_CREAT, 0600), F_SETLK, &lock);
}

static int by_open_file(void) {
    struct mm_lock *lock = mm_lock_open("my.lock", 0600);
    return lock ? mm_lock_exclusive(lock) : -1;
}

static void other_processes(struct mm_lock *lock) {
    char words[64];
    pid_t child = other(by_process);
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "a POSIX lock of another process");
    snprintf(words, sizeof words, "process %d has locked “my.lock”, bytes 0 to 0", (int)child);
    explained("lock-busy", words, "its process is named");
    CHECK_ERRNO(mm_lock_shared_timed(lock, 1), -1, ETIMEDOUT, "not in time");
    explained("lock-busy", words, "so when the time is over");
    end(child);
    explained("unknown", "ETIMEDOUT", "given back meanwhile: nothing is said of who had it");

    child = other(whole_file);
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "a lock of a whole file");
    explained("lock-busy", "bytes 0 to the end", "its range is named");
    CHECK(mm_lock_try_shared(lock) == 0 && mm_lock_release(lock) == 0, "readers share it");
    end(child);

    child = other(by_open_file);
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN, "a lock of the library's in another process");
    explained("lock-busy", "“my.lock”, bytes 0 to 0, is locked through another open of the file", "its kind is named");
    end(child);
}

static void *from_a_thread(void *lock) {
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "a thread, while another has it");
    explained("lock-busy", "another thread of this process has the lock “my.lock”", "the other thread is named");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "a thread that does not have it gives it back");
    explained("lock-not-held", "mm_lock_release was called by a thread that does not have the lock", "that is said");
    return NULL;
}

int main(void) {
    setenv("MAPBOARD_LANG", "en", 1);
    tap_directory();
    struct mm_lock *lock = mm_lock_open("my.lock", 0600);
    if (!lock)
        tap_bail("mm_lock_open");
    other_processes(lock);

    if (mm_lock_exclusive(lock) != 0)
        tap_bail("mm_lock_exclusive");
    CHECK_ERRNO(mm_lock_exclusive(lock), -1, EDEADLK, "taken twice");
    explained("lock-busy", "this thread has the lock “my.lock” already, and mm_lock_exclusive would have to wait",
              "by oneself");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN, "tried twice");
    explained("lock-busy", "this thread has the lock", "by oneself, without waiting");
    pthread_t thread;
    if (pthread_create(&thread, NULL, from_a_thread, lock) != 0)
        tap_bail("pthread_create");
    pthread_join(thread, NULL);
    CHECK(mm_lock_release(lock) == 0, "given back");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "given back twice");
    explained("lock-not-held", "a thread that does not have the lock", "it is not held");

    CHECK(mm_lock_close(lock) == 0, "closed");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EBADF, "after the close");
    explained("fd-invalid", "the lock given to mm_lock_try_shared is closed", "it is closed");
    CHECK_ERRNO(mm_lock_exclusive(NULL), -1, EFAULT, "NULL");
    explained("unknown", "mm_lock_exclusive(NULL) failed: bad address (EFAULT)", "no lock");
    CHECK_ERRNO(mm_lock_open("no/such/directory", 0600), 0, ENOENT, "no such directory");
    explained("unknown", "“no/such/directory”", "the path is named");
    return tap_end();
}
