/* Locks of fcntl on a mapped file: whose they are, and what loses them. Mapping and unmapping loses none. */
#include "side_by_side.h"

static int lock(int fd, int command, short type) {
    struct flock first_byte = {.l_type = type, .l_whence = SEEK_SET, .l_len = 1};
    return fcntl(fd, command, &first_byte);
}

/* Whether another process, with a descriptor of its own, is kept from the lock. */
static int others_excluded(void) {
    pid_t other = fork();
    NEED(other >= 0);
    if (other == 0) {
        int fd = open("lock", O_RDWR | O_CLOEXEC);
        _exit(fd < 0 ? 2 : lock(fd, F_SETLK, F_WRLCK) == 0 ? 0 : errno == EAGAIN ? 1 : 3);
    }
    int status;
    NEED(waitpid(other, &status, 0) == other);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void map_and_unmap(int fd) {
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "the file is mapped");
    PASSES(mm->sync(p, page, MS_SYNC), "synchronized");
    PASSES(mm->protect(p, page, R), "protected");
    PASSES(mm->unmap(p, page), "and unmapped");
}

static void rights(void) {
    int fd = new_file("lock", 1), readable = reopen(fd, O_RDONLY), writable = reopen(fd, O_WRONLY);
    FAILS(lock(readable, F_SETLK, F_WRLCK), EBADF, "F_WRLCK, open for reading");
    FAILS(lock(writable, F_SETLK, F_RDLCK), EBADF, "F_RDLCK, open for writing");
    FAILS(lock(readable, F_OFD_SETLK, F_WRLCK), EBADF, "F_WRLCK, open for reading, OFD");
    FAILS(lock(writable, F_OFD_SETLK, F_RDLCK), EBADF, "F_RDLCK, open for writing, OFD");
    PASSES(lock(readable, F_SETLK, F_RDLCK), "F_RDLCK, open for reading");
    PASSES(lock(writable, F_SETLK, F_WRLCK), "F_WRLCK, open for writing");
}

static void posix_lock(void) {
    int fd = new_file("lock", page), second = reopen(fd, O_RDWR);
    PASSES(lock(fd, F_SETLK, F_WRLCK), "taken");
    EQUAL(others_excluded(), 1, "another process gets EAGAIN");
    PASSES(lock(second, F_SETLK, F_WRLCK), "it is the process's: its other descriptor meets no conflict");
    IN_CHILD FAILS(lock(fd, F_SETLK, F_WRLCK), EAGAIN, "a child does not inherit it");
    map_and_unmap(fd);
    EQUAL(others_excluded(), 1, "the lock is still held");
    close(second);
    EQUAL(others_excluded(), 0, "it is lost when any descriptor of the file is closed");
}

static void ofd_lock(void) {
    int fd = new_file("lock", page), second = reopen(fd, O_RDWR), copy = dup(fd);
    PASSES(lock(fd, F_OFD_SETLK, F_WRLCK), "taken");
    EQUAL(others_excluded(), 1, "another process gets EAGAIN");
    FAILS(lock(second, F_OFD_SETLK, F_WRLCK), EAGAIN, "and so does another open of the same process");
    IN_CHILD {
        PASSES(lock(fd, F_OFD_SETLK, F_WRLCK), "a child shares it: no conflict");
        FAILS(lock(reopen(fd, O_RDWR), F_OFD_SETLK, F_WRLCK), EAGAIN, "but with an open of its own");
    }
    map_and_unmap(fd);
    close(second);
    close(fd);
    EQUAL(others_excluded(), 1, "it is held until the last descriptor of that open");
    close(copy);
    EQUAL(others_excluded(), 0, "is closed");
}

static void our_lock(void) {
    int fd = new_file("lock", page);
    struct mm_lock *ours = mm_lock_open("lock", 0600);
    NEED(ours != NULL);
    PASSES(mm_lock_exclusive(ours), "taken");
    EQUAL(others_excluded(), 1, "who uses fcntl gets EAGAIN");
    map_and_unmap(fd);
    close(fd);
    EQUAL(others_excluded(), 1, "closing another descriptor of the file does not lose it");
    IN_CHILD FAILS(mm_lock_try_exclusive(ours), EAGAIN, "a child does not share it");
    EQUAL(others_excluded(), 1, "nor lose it");
    PASSES(mm_lock_release(ours), "released");
    EQUAL(others_excluded(), 0, "it is free");
    PASSES(mm_lock_close(ours), "closed");
}

int main(void) {
    side_by_side("58 a lock needs a descriptor open for it", rights);
    side_by_side("58 POSIX lock", posix_lock);
    side_by_side("58 OFD lock", ofd_lock);
    side_by_side("58 mm_lock", our_lock);
    return tap_end();
}
