/* Mappings across fork and exec, and the times of a mapped file. */
#include "situation.h"
#include <sys/statvfs.h>
#include <time.h>

static void fork_keeps(void) {
    int fd = new_file("file", page);
    char *shared = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "shared");
    char *private = MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, fd, 0), "private");
    char *readable = MAPS(mm->map(NULL, page, R, ANONYMOUS, -1, 0), "to read");
    EQUAL(poke(private, 'p'), 0, "the private one is stored to");
    IN_CHILD {
        EQUAL(peek(private), 'p', "the child has it as it is");
        EQUAL(poke(private, 'c'), 0, "and for itself");
        EQUAL(poke(shared, 'c'), 0, "it has the shared one");
        FAULTS(STORE, readable, SIGSEGV, SEGV_ACCERR, "and the rights");
        PASSES(mm->unmap(shared, page), "it unmaps");
        PASSES(mm->unmap(private, page), "both");
        FAULTS(LOAD, shared, SIGSEGV, SEGV_MAPERR, "they are gone for it");
    }
    EQUAL(child_status, 0, "the child ends");
    EQUAL(peek(shared), 'c', "the parent keeps the shared one, with the child's store");
    EQUAL(peek(private), 'p', "and the private one, without");
}

static void exec_drops(void) {
    int fd = new_file("mapped-by-this-test", page);
    char *p = MAPS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), "a file");
    close(fd);
    size_t bytes;
    char rights[8];
    EQUAL(mappings_in(p, page, &bytes, rights), 1, "is in /proc/self/maps");
    IN_CHILD execlp("grep", "grep", "-q", "mapped-by-this-test", "/proc/self/maps", (char *)NULL);
    EQUAL(WIFEXITED(child_status) ? WEXITSTATUS(child_status) : -1, 1,
          "and not in that of a program it executes");
}

/* The file's times of reading and writing become long ago. */
static void age(int fd) {
    struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000001}}; /* read, then written */
    NEED(futimens(fd, long_ago) == 0);
}

static struct stat times(int fd) {
    struct stat status;
    NEED(fstat(fd, &status) == 0);
    return status;
}

static void access_time(void) {
    int fd = new_file("file", page);
    struct statvfs mounted;
    NEED(fstatvfs(fd, &mounted) == 0);
    age(fd);
    MAPS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), "a file read before it was written, long ago");
    if (mounted.f_flag & (ST_NOATIME | ST_RDONLY))
        EQUAL(times(fd).st_atime, 1000000000, "mounted noatime here: st_atime stays");
    else
        EQUAL(times(fd).st_atime > 1000000001, 1, "st_atime is now, before any access");
}

/* A change of status now gets another time than `before`: file systems count time in ticks. */
static void wait_for_a_tick(struct timespec before) {
    struct timespec now;
    do
        NEED(clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0);
    while (now.tv_sec < before.tv_sec || (now.tv_sec == before.tv_sec && now.tv_nsec <= before.tv_nsec));
}

static int same_time(struct timespec a, struct timespec b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void modification_time(void) {
    int fd = new_file("file", page);
    NEED(fsync(fd) == 0); /* its page is clean */
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file");
    age(fd);
    struct stat aged = times(fd), later;
    wait_for_a_tick(aged.st_ctim);
    /* No load before: a memory file system would let the store pass unseen. */
    EQUAL(poke(p, 's'), 0, "a store");
    later = times(fd);
    EQUAL(later.st_mtime > 1000000001, 1, "changes st_mtime at once");
    EQUAL(same_time(later.st_ctim, aged.st_ctim), 0, "and st_ctime");
    age(fd);
    aged = times(fd);
    wait_for_a_tick(aged.st_ctim);
    EQUAL(peek(p), 's', "a load");
    PASSES(mm->sync(p, page, MS_SYNC), "and msync");
    later = times(fd);
    EQUAL(later.st_mtime, 1000000001, "do not change st_mtime");
    EQUAL(same_time(later.st_ctim, aged.st_ctim), 1, "nor st_ctime");
}

int main(void) {
    side_by_side("55 mappings survive fork", fork_keeps);
    side_by_side("55 exec drops them", exec_drops);
    side_by_side("56 st_atime is updated by mmap itself", access_time);
    side_by_side("57 st_mtime and st_ctime change at the first store", modification_time);
    return tap_end();
}
