/* mm_lock_*: what each call returns, what the file looks like, and what the kernel says about its first byte. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/un.h>
#include "locking.h"

static void opening(void) {
    struct stat stat_;
    umask(020);
    struct mm_lock *lock = mm_lock_open("new.lock", 0666);
    umask(022);
    CHECK(lock && stat("new.lock", &stat_) == 0 && (stat_.st_mode & 07777) == 0646,
          "created, its mode cut by the umask");
    CHECK(stat_.st_size == 0 && S_ISREG(stat_.st_mode), "created empty");
    int fd = -1;
    CHECK_EQ(opens_of(&stat_, &fd), 1, "one descriptor");
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC, "which exec closes: the lock ends there");
    CHECK_OK(mm_lock_close(lock), "close");
    CHECK(access("new.lock", F_OK) == 0 && opens_of(&stat_, NULL) == 0,
          "closing leaves the file, and no descriptor");

    if (system("printf abc > full.lock") != 0)
        tap_bail("full.lock");
    errno = 4242;
    lock = mm_lock_open("full.lock", 0);
    CHECK(lock && errno == 4242, "an existing file is opened, whatever mode says; errno untouched");
    CHECK_OK(mm_lock_exclusive(lock), "and locked");
    CHECK(stat("full.lock", &stat_) == 0 && stat_.st_size == 3, "its contents stay");
    CHECK_OK(mm_lock_close(lock), "close");
}

static void hostile_paths(void) {
    static char path[PATH_MAX + 2];
    CHECK_ERRNO(mm_lock_open(NULL, 0600), NULL, EFAULT, "NULL");
    CHECK_ERRNO(mm_lock_open("", 0600), NULL, ENOENT, "empty path");
    memset(path, '/', sizeof path - 1);
    CHECK_ERRNO(mm_lock_open(path, 0600), NULL, ENAMETOOLONG, "PATH_MAX + 1 bytes");
    path[PATH_MAX] = 0;
    CHECK_ERRNO(mm_lock_open(path, 0600), NULL, ENAMETOOLONG, "PATH_MAX bytes");
    path[PATH_MAX - 1] = 0;
    CHECK_ERRNO(mm_lock_open(path, 0600), NULL, EINVAL, "PATH_MAX - 1 bytes, all '/': a directory");
    path[0] = '.';
    memcpy(path + PATH_MAX - 1 - 6, "l.lock", 6);
    struct mm_lock *lock = mm_lock_open(path, 0600);
    CHECK(lock != NULL && access("l.lock", F_OK) == 0, "a path of PATH_MAX - 1 bytes is opened");
    CHECK_EQ(in_child(mm_lock_try_exclusive, lock), 0, "and found again by a child");
    mm_lock_close(lock);
    char *last = mmap(NULL, 2 * PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (last == MAP_FAILED || mprotect(last + PATH_MAX, PATH_MAX, PROT_NONE) != 0)
        tap_bail("mmap");
    memset(last, 'a', PATH_MAX);
    CHECK_ERRNO(mm_lock_open(last, 0600), NULL, ENAMETOOLONG,
                "PATH_MAX bytes and no end: nothing is read beyond them");
    munmap(last, 2 * PATH_MAX);
    memset(path, 'a', 300);
    path[300] = 0;
    CHECK_ERRNO(mm_lock_open(path, 0600), NULL, ENAMETOOLONG, "a name of 300 bytes");
    CHECK_ERRNO(mm_lock_open("no/such", 0600), NULL, ENOENT, "no such directory");
    CHECK_ERRNO(mm_lock_open("l.lock/x", 0600), NULL, ENOTDIR, "a file as directory");
    CHECK_ERRNO(mm_lock_open(".", 0600), NULL, EINVAL, "a directory");
    CHECK_ERRNO(mm_lock_open("/dev/null", 0600), NULL, EINVAL, "a device");
    if (symlink("nowhere", "dangling") != 0 || symlink("loop", "loop") != 0 || symlink("l.lock", "link") != 0)
        tap_bail("symlink");
    CHECK_ERRNO(mm_lock_open("dangling", 0600), NULL, ENOENT, "a symbolic link that leads nowhere");
    CHECK(access("nowhere", F_OK) != 0, "and nothing was created there");
    CHECK_ERRNO(mm_lock_open("loop", 0600), NULL, ELOOP, "a symbolic link to itself");
    lock = mm_lock_open("link", 0600);
    CHECK(lock != NULL, "a symbolic link to a lock");
    CHECK_OK(mm_lock_close(lock), "close");

    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0)
        tap_bail("bind");
    CHECK_ERRNO(mm_lock_open("socket", 0600), NULL, EINVAL, "a socket");
    close(fd);
}

static void *open_reader(void *started) {
    *(pid_t *)((void **)started)[0] = this_thread();
    sem_post(((void **)started)[1]);
    return (void *)(long)open("fifo", O_RDONLY | O_CLOEXEC);
}

/* Neither hangs, nor counts as the writer that somebody waits for. */
static void fifo(void) {
    if (mkfifo("fifo", 0600) != 0)
        tap_bail("mkfifo");
    CHECK_ERRNO(mm_lock_open("fifo", 0600), NULL, EINVAL, "a FIFO that nobody has open");
    pid_t id;
    sem_t started;
    void *argument[] = {&id, &started}, *fd;
    pthread_t reader;
    sem_init(&started, 0, 0);
    pthread_create(&reader, NULL, open_reader, argument);
    sem_wait(&started);
    until_asleep(getpid(), id);
    CHECK_ERRNO(mm_lock_open("fifo", 0600), NULL, EINVAL, "a FIFO whose reader waits for a writer");
    until_asleep(getpid(), id);
    CHECK(open("fifo", O_WRONLY | O_NONBLOCK | O_CLOEXEC) >= 0, "it was not opened: the reader waits still");
    pthread_join(reader, &fd);
}

static void first_byte(void) {
    struct mm_lock *lock = opened("a.lock"), *other = opened("a.lock");
    CHECK_EQ(seen_outside("a.lock"), F_UNLCK, "opened: not locked");
    CHECK_OK(mm_lock_exclusive(lock), "exclusive");
    CHECK_EQ(seen_outside("a.lock"), F_WRLCK, "the first byte is write-locked, by an open file description");
    CHECK_ERRNO(mm_lock_try_exclusive(other), -1, EAGAIN, "another handle: exclusive is busy");
    CHECK_ERRNO(mm_lock_try_shared(other), -1, EAGAIN, "another handle: shared is busy");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_EQ(seen_outside("a.lock"), F_UNLCK, "released: not locked");

    CHECK_OK(mm_lock_shared(lock), "shared");
    CHECK_EQ(seen_outside("a.lock"), F_RDLCK, "the first byte is read-locked");
    CHECK_OK(mm_lock_try_shared(other), "another handle shares");
    CHECK_ERRNO(mm_lock_try_exclusive(other), -1, EAGAIN, "who shares cannot have it alone as well");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_EQ(seen_outside("a.lock"), F_RDLCK, "the other still has it");
    CHECK_OK(mm_lock_release(other), "the other's release");
    CHECK_EQ(seen_outside("a.lock"), F_UNLCK, "free");

    CHECK_OK(mm_lock_try_exclusive(lock), "try exclusive, free");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_OK(mm_lock_exclusive_timed(lock, 0), "timed exclusive, free, no time needed");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_OK(mm_lock_shared_timed(lock, 0), "timed shared, free, no time needed");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_OK(mm_lock_shared_timed(lock, -1), "timed without end");
    CHECK_OK(mm_lock_close(lock), "close while held");
    CHECK_EQ(seen_outside("a.lock"), F_UNLCK, "frees it");
    CHECK_OK(mm_lock_close(other), "close");
}

/* The trap of the POSIX lock: closing any descriptor of the file drops it. */
static void other_descriptors(void) {
    struct mm_lock *lock = opened("b.lock"), *other = opened("b.lock");
    CHECK_OK(mm_lock_exclusive(lock), "exclusive");
    int fd = open("b.lock", O_RDWR);
    close(fd);
    CHECK_EQ(seen_outside("b.lock"), F_WRLCK,
             "closing another descriptor of the file does not drop the lock");
    mm_lock_close(other);
    CHECK_EQ(seen_outside("b.lock"), F_WRLCK, "nor does closing another handle");
    struct stat stat_;
    stat("b.lock", &stat_);
    opens_of(&stat_, &fd);
    close(dup(fd));
    CHECK_EQ(seen_outside("b.lock"), F_WRLCK, "nor a duplicate of the very descriptor");
    CHECK_OK(mm_lock_close(lock), "close");

    lock = opened("b.lock");
    struct flock posix = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    fd = open("b.lock", O_RDWR);
    if (fcntl(fd, F_SETLK, &posix) != 0)
        tap_bail("F_SETLK");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN, "the course's own fcntl lock excludes ours");
    close(fd);
    CHECK_OK(mm_lock_try_shared(lock), "and makes way for it");
    CHECK_OK(mm_lock_close(lock), "close");
}

static void mistakes(void) {
    struct mm_lock *lock = opened("c.lock");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "release of what was never taken");
    CHECK_OK(mm_lock_exclusive(lock), "exclusive");
    CHECK_ERRNO(mm_lock_exclusive(lock), -1, EDEADLK, "exclusive, then exclusive");
    CHECK_ERRNO(mm_lock_shared(lock), -1, EDEADLK, "exclusive, then shared");
    CHECK_ERRNO(mm_lock_exclusive_timed(lock, 3600000), -1, EDEADLK,
                "exclusive, then timed exclusive: at once");
    CHECK_ERRNO(mm_lock_shared_timed(lock, 0), -1, EDEADLK, "exclusive, then timed shared");
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "exclusive, then try exclusive");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, EAGAIN, "exclusive, then try shared");
    CHECK_EQ(seen_outside("c.lock"), F_WRLCK, "none of which took anything away");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "release twice");

    CHECK_OK(mm_lock_shared(lock), "shared");
    CHECK_ERRNO(mm_lock_exclusive(lock), -1, EDEADLK, "shared, then exclusive");
    CHECK_ERRNO(mm_lock_exclusive_timed(lock, -1), -1, EDEADLK, "shared, then timed exclusive");
    CHECK_ERRNO(mm_lock_try_exclusive(lock), -1, EAGAIN, "shared, then try exclusive");
    CHECK_OK(mm_lock_shared(lock), "shared twice");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_EQ(seen_outside("c.lock"), F_RDLCK, "once more is held");
    CHECK_OK(mm_lock_release(lock), "release");
    CHECK_EQ(seen_outside("c.lock"), F_UNLCK, "free");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "release a third time");

    int taken = 0;
    while (taken < 600 && mm_lock_shared(lock) == 0)
        taken++;
    CHECK_EQ(taken, 512, "so often it can be shared");
    CHECK_ERRNO(mm_lock_try_shared(lock), -1, ENOLCK, "and no more");
    while (taken > 0 && mm_lock_release(lock) == 0)
        taken--;
    CHECK_EQ(taken, 0, "all released");
    CHECK_EQ(seen_outside("c.lock"), F_UNLCK, "free");
    CHECK_OK(mm_lock_close(lock), "close");
}

static void wrong_handles(void) {
    static const struct {
        int (*call)(struct mm_lock *);
        const char *name;
    } calls[] = {{mm_lock_exclusive, "exclusive"},         {mm_lock_shared, "shared"},
                 {mm_lock_try_exclusive, "try_exclusive"}, {mm_lock_try_shared, "try_shared"},
                 {mm_lock_release, "release"},             {mm_lock_close, "close"}};
    struct mm_lock *closed = opened("d.lock");
    char garbage[64] = {1, 2, 3};
    CHECK_OK(mm_lock_close(closed), "close");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        CHECK_ERRNO(calls[i].call(closed), -1, EBADF, calls[i].name);
        CHECK_ERRNO(calls[i].call((struct mm_lock *)(garbage + i)), -1, EBADF, calls[i].name);
        CHECK_ERRNO(calls[i].call((struct mm_lock *)1), -1, EBADF, calls[i].name);
        if (calls[i].call == mm_lock_close)
            CHECK_OK(mm_lock_close(NULL), "close of NULL does nothing");
        else
            CHECK_ERRNO(calls[i].call(NULL), -1, EFAULT, calls[i].name);
    }
    CHECK_ERRNO(mm_lock_exclusive_timed(NULL, 1), -1, EFAULT, "exclusive_timed");
    CHECK_ERRNO(mm_lock_shared_timed(NULL, 1), -1, EFAULT, "shared_timed");
    CHECK_ERRNO(mm_lock_exclusive_timed(closed, 1), -1, EBADF, "exclusive_timed");
    CHECK_ERRNO(mm_lock_shared_timed(closed, 1), -1, EBADF, "shared_timed");
}

/* A descriptor that the program closed behind our back: an error, and nobody else's file is locked or closed. */
static void stolen_descriptor(void) {
    struct stat stat_;
    int fd = -1;
    struct mm_lock *lock = opened("e.lock");
    stat("e.lock", &stat_);
    opens_of(&stat_, &fd);
    close(fd);
    CHECK_ERRNO(mm_lock_exclusive(lock), -1, EBADF, "its descriptor was closed");
    CHECK_ERRNO(mm_lock_release(lock), -1, EPERM, "and nothing is held");
    int stranger = open("/dev/null", O_RDWR);
    CHECK_EQ(stranger, fd, "the number is another file's now");
    CHECK_OK(mm_lock_close(lock), "close");
    CHECK(fcntl(stranger, F_GETFD) >= 0, "which stays open");
    close(stranger);
}

static int read_only(struct mm_lock *lock) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 101;
    lock = mm_lock_open("read-only.lock", 0600);
    if (!lock)
        return 102;
    if (ERROR_OF(mm_lock_exclusive(lock)) != EBADF || ERROR_OF(mm_lock_try_exclusive(lock)) != EBADF ||
        ERROR_OF(mm_lock_exclusive_timed(lock, 0)) != EBADF)
        return 103;
    if (mm_lock_shared(lock) != 0)
        return 104;
    if (ERROR_OF(mm_lock_exclusive(lock)) != EBADF || mm_lock_release(lock) != 0 || mm_lock_close(lock) != 0)
        return 105;
    if (mm_lock_open("secret.lock", 0600) || errno != EACCES)
        return 106;
    if (mm_lock_open("closed/new.lock", 0600) || errno != EACCES)
        return 107;
    return 0;
}

static void permissions(void) {
    mm_lock_close(opened("read-only.lock"));
    mm_lock_close(opened("secret.lock"));
    if (chmod(".", 0755) != 0 || chmod("read-only.lock", 0444) != 0 || chmod("secret.lock", 0) != 0 ||
        mkdir("closed", 0555) != 0)
        tap_bail("chmod");
    CHECK_EQ(in_child(read_only, NULL), 0,
             "a file that can only be read: shared works, exclusive is EBADF; one that cannot: EACCES");

    /* Plain O_CREAT fails there: fs.protected_regular. */
    if (geteuid() != 0) {
        SKIP("needs root", "somebody else's lock in a directory as /tmp");
        return;
    }
    if (mkdir("tmp", 0) != 0 || chown("tmp", 65534, 65534) != 0 || chmod("tmp", 01777) != 0)
        tap_bail("tmp");
    mm_lock_close(opened("tmp/l.lock"));
    if (chown("tmp/l.lock", 65533, 65533) != 0 || chmod("tmp/l.lock", 0666) != 0)
        tap_bail("tmp/l.lock");
    struct mm_lock *lock = mm_lock_open("tmp/l.lock", 0600);
    CHECK(lock != NULL, "somebody else's lock in a directory as /tmp");
    CHECK_OK(mm_lock_exclusive(lock), "and it can be taken");
    CHECK_OK(mm_lock_close(lock), "close");
}

int main(void) {
    tap_directory();
    opening();
    hostile_paths();
    fifo();
    first_byte();
    other_descriptors();
    mistakes();
    wrong_handles();
    stolen_descriptor();
    permissions();
    return tap_end();
}
