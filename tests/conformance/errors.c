/* Why mmap refuses a file, memory, or a right; and that success leaves errno as it was. */
#include "situation.h"
#include <linux/fs.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

static void unreadable(void) {
    int fd = reopen(new_file("file", page), O_WRONLY);
    for (int prot = NONE; prot <= (RW | PROT_EXEC); prot++) {
        FAILS(mm->map(NULL, page, prot, MAP_PRIVATE, fd, 0), EACCES, "MAP_PRIVATE, prot %d", prot);
        FAILS(mm->map(NULL, page, prot, MAP_SHARED, fd, 0), EACCES, "MAP_SHARED, prot %d", prot);
    }
}

static void unwritable(void) {
    int fd = new_file("file", page), readable = reopen(fd, O_RDONLY), writable = reopen(fd, O_WRONLY);
    FAILS(mm->map(NULL, page, RW, MAP_SHARED, readable, 0), EACCES, "MAP_SHARED, O_RDONLY");
    FAILS(mm->map(NULL, page, W, MAP_SHARED, readable, 0), EACCES, "MAP_SHARED, O_RDONLY, PROT_WRITE alone");
    FAILS(mm->map(NULL, page, W, MAP_SHARED, writable, 0), EACCES, "MAP_SHARED, O_WRONLY");
    MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "MAP_SHARED, O_RDWR");
    EQUAL(poke(MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, readable, 0), "MAP_PRIVATE, O_RDONLY"), 'p'), 0,
          "a store");
}

static void append_flag(void) {
    int fd = reopen(new_file("file", page), O_RDWR | O_APPEND);
    MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "O_APPEND on an ordinary file does not matter");
}

static void append_only_inode(void) {
    int fd = new_file("file", page), readable = reopen(fd, O_RDONLY), flags;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
        CANNOT("this file system knows no chattr");
    int append = flags | FS_APPEND_FL;
    if (ioctl(fd, FS_IOC_SETFLAGS, &append) != 0)
        CANNOT("chattr +a needs root (CAP_LINUX_IMMUTABLE)");
    void *shared = mm->map(NULL, page, R, MAP_SHARED, fd, 0);
    int error = errno;
    void *private = mm->map(NULL, page, RW, MAP_PRIVATE, fd, 0);
    void *reading = mm->map(NULL, page, R, MAP_SHARED, readable, 0);
    NEED(ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0); /* before any fact: the file must be removable */
    EQUAL(shared == MAP_FAILED ? error : 0, EACCES, "MAP_SHARED, descriptor open for writing, to read");
    EQUAL(private == MAP_FAILED, 0, "MAP_PRIVATE");
    EQUAL(reading == MAP_FAILED, 0, "MAP_SHARED, descriptor open for reading");
}

static void not_mappable(const char *what, int fd) {
    NEED(fd >= 0);
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, fd, 0), ENODEV, "%s, MAP_PRIVATE", what);
    FAILS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), ENODEV, "%s, MAP_SHARED", what);
}

static void no_regular_file(void) {
    int ends[2], pair[2];
    NEED(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && mkfifo("fifo", 0600) == 0);
    not_mappable("directory", open(".", O_RDONLY));
    not_mappable("pipe", ends[0]);
    not_mappable("FIFO", open("fifo", O_RDWR));
    not_mappable("socket", pair[0]);
    not_mappable("terminal", posix_openpt(O_RDWR | O_NOCTTY));
    not_mappable("/dev/null", open("/dev/null", O_RDWR));
    not_mappable("eventfd", eventfd(0, 0));
    not_mappable("epoll", epoll_create1(0));
}

static void special_files(void) {
    int zero = open("/dev/zero", O_RDWR), self = open("/proc/self/exe", O_RDONLY);
    int memory = memfd_create("memory", 0);
    if (zero < 0)
        CANNOT("there is no /dev/zero");
    NEED(zero >= 0 && self >= 0 && memory >= 0 && ftruncate(memory, (off_t)page) == 0);
    EQUAL(peek(MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, zero, 0), "/dev/zero")), 0, "is zero");
    EQUAL(poke(MAPS(mm->map(NULL, page, RW, MAP_SHARED, zero, 0), "/dev/zero, shared"), 'z'), 0,
          "can be used");
    EQUAL(poke(MAPS(mm->map(NULL, page, RW, MAP_SHARED, memory, 0), "memfd"), 'm'), 0, "can be used");
    EQUAL(peek(MAPS(mm->map(NULL, page, R, MAP_PRIVATE, self, 0), "/proc/self/exe")), 0x7f, "is an ELF file");
    not_mappable("/proc/self/maps", open("/proc/self/maps", O_RDONLY));
    FAILS(mm->map(NULL, page, R, MAP_PRIVATE, open("/proc/cpuinfo", O_RDONLY), 0), EIO, "/proc/cpuinfo");
    int sys = open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY);
    if (sys < 0)
        sys = open("/sys/devices/system/cpu/online", O_RDONLY);
    if (sys < 0)
        CANNOT("/sys is not mounted");
    not_mappable("/sys", sys);
}

/* Mandatory locking, which the EAGAIN of old manuals was for: set-group-ID without group execution. */
static void locked_file(void) {
    int fd = new_file("file", page), locked[2];
    NEED(fchmod(fd, 02644) == 0 && pipe2(locked, O_CLOEXEC) == 0);
    pid_t other = fork();
    if (other == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct flock lock = {.l_type = F_WRLCK};
        if (fcntl(fd, F_SETLK, &lock) == 0 && write(locked[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    close(locked[1]);
    char byte;
    NEED(read(locked[0], &byte, 1) == 1);
    MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file that another process has locked");
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

static void address_space_limit(void) {
    NEED(setrlimit(RLIMIT_AS, &(struct rlimit){(rlim_t)1 << 30, RLIM_INFINITY}) == 0);
    FAILS(mm->map(NULL, (size_t)1 << 30, NONE, ANONYMOUS, -1, 0), ENOMEM, "RLIMIT_AS, even without access");
    MAPS(mm->map(NULL, (size_t)1 << 20, NONE, ANONYMOUS, -1, 0), "less than RLIMIT_AS");
}

static void data_limit(void) {
    int fd = new_file("file", page);
    size_t limit = (size_t)1 << 26;
    NEED(setrlimit(RLIMIT_DATA, &(struct rlimit){limit, RLIM_INFINITY}) == 0);
    FAILS(mm->map(NULL, limit, RW, ANONYMOUS, -1, 0), ENOMEM, "RLIMIT_DATA, private and writable");
    FAILS(mm->map(NULL, limit, RW, MAP_PRIVATE, fd, 0), ENOMEM, "RLIMIT_DATA, a file, private and writable");
    char *p = MAPS(mm->map(NULL, limit, R, ANONYMOUS, -1, 0), "private, to read: passes");
    FAILS(mm->protect(p, limit, RW), ENOMEM, "and becomes writable: the limit holds");
    MAPS(mm->map(NULL, limit, RW, SHARED_ANONYMOUS, -1, 0), "shared and writable: passes");
}

static void too_many_mappings(void) {
    long most = number_in("/proc/sys/vm/max_map_count", "");
    if (most > 2000000)
        CANNOT("vm.max_map_count is %ld: too many to reach", most);
    char *three = MAPS(mm->map(NULL, 3 * page, NONE, ANONYMOUS, -1, 0), "three pages");
    char *room = MAPS(mm->map(NULL, (size_t)most * page, NONE, ANONYMOUS | MAP_NORESERVE, -1, 0), "room");
    void *last = room;
    errno = 0;
    for (long i = 0; i < most && last != MAP_FAILED; i++) /* neighbours that differ do not merge */
        last = mm->map(room + (size_t)i * page, page, i % 2 ? NONE : R, SHARED_ANONYMOUS | MAP_FIXED, -1, 0);
    EQUAL(last == MAP_FAILED ? errno : 0, ENOMEM, "the mapping that is one too many");
    FAILS(mm->map(NULL, page, R, SHARED_ANONYMOUS, -1, 0), ENOMEM, "another one");
    FAILS(mm->unmap(three + page, page), ENOMEM, "munmap in the middle, which makes two of one");
    PASSES(mm->unmap(three, 3 * page), "munmap of the whole");
}

static void sum_too_large(void) {
    int fd = new_file("file", page);
    off_t last = INT64_MAX & -(off_t)page;
    FAILS(mm->map(NULL, 2 * page, R, MAP_SHARED, fd, last), EOVERFLOW, "offset + length over 64 bits");
    FAILS(mm->map(NULL, page, R, MAP_SHARED, fd, -(off_t)page), EOVERFLOW, "offset negative and aligned");
    FAILS(mm->map(NULL, page, R, MAP_SHARED, fd, INT64_MIN), EOVERFLOW, "the most negative offset");
}

/* A file on a file system mounted noexec. */
static int noexec_file(void) {
    struct statvfs shm;
    if (private_tmpfs(MS_NOEXEC, NULL))
        return new_file("mount/file", page);
    if (statvfs("/dev/shm", &shm) != 0 || !(shm.f_flag & ST_NOEXEC))
        CANNOT("no noexec mount here, and neither root nor user namespaces to make one");
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    NEED(fd >= 0 && ftruncate(fd, (off_t)page) == 0);
    return fd;
}

static void noexec(void) {
    int fd = noexec_file();
    FAILS(mm->map(NULL, page, R | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM, "PROT_EXEC on a noexec mount");
    FAILS(mm->map(NULL, page, PROT_EXEC, MAP_SHARED, fd, 0), EPERM, "the same, shared");
    char *p = MAPS(mm->map(NULL, page, R, MAP_PRIVATE, fd, 0), "without PROT_EXEC");
    FAILS(mm->protect(p, page, R | PROT_EXEC), EACCES, "mprotect to PROT_EXEC");
}

static void sealed_file(void) {
    int fd = memfd_create("sealed", MFD_ALLOW_SEALING);
    NEED(fd >= 0 && ftruncate(fd, (off_t)page) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    FAILS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), EPERM, "F_SEAL_WRITE, shared and writable");
    EQUAL(poke(MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, fd, 0), "private and writable"), 'p'), 0,
          "can be used");
    char *p = MAPS(mm->map(NULL, page, R, MAP_SHARED, fd, 0), "shared, to read");
    FAILS(mm->protect(p, page, RW), EACCES, "mprotect to PROT_WRITE");
}

static void sealed_memory(void) {
    enum { SYS_MSEAL = 462 }; /* on every machine; glibc has no name for it yet */
    char *p = MAPS(mm->map(NULL, 3 * page, RW, ANONYMOUS, -1, 0), "three pages");
    if (syscall(SYS_MSEAL, p + page, page, 0) != 0) {
        EQUAL(errno, ENOSYS, "this kernel has no mseal");
        PASSES(mm->unmap(p, 3 * page), "so nothing is sealed");
        return;
    }
    FAILS(mm->unmap(p, 3 * page), EPERM, "munmap over a sealed page");
    EQUAL(poke(p, 'a') + poke(p + 2 * page, 'a'), 0, "nothing of the range is gone");
    FAILS(mm->protect(p + page, page, R), EPERM, "mprotect");
    FAILS(mm->map(p + page, page, R, ANONYMOUS | MAP_FIXED, -1, 0), EPERM, "MAP_FIXED over it");
    FAILS(mm->remap(p + page, page, 2 * page, MREMAP_MAYMOVE), EPERM, "mremap");
}

static void errno_untouched(void) {
    int fd = new_file("file", 3 * page);
    EQUAL(MAP_FAILED == (void *)-1, 1, "MAP_FAILED is (void *)-1");
    EQUAL(mm->map(NULL, 0, R, ANONYMOUS, -1, 0) == (void *)-1, 1, "and what a failure returns");
    char *p = MAPS(mm->map(NULL, 3 * page, RW, MAP_SHARED, fd, 0), "map: errno stays");
    PASSES(mm->sync(p, page, MS_SYNC), "sync: errno stays");
    PASSES(mm->protect(p, page, R), "protect: errno stays");
    EQUAL(MAPS(mm->remap(p + page, 2 * page, page, 0), "remap: errno stays") - p, page, "in place");
    PASSES(mm->unmap(p, 2 * page), "unmap: errno stays");
    FAILS(mm->unmap(p + 1, page), EINVAL, "unmap: errno is set by failure");
    FAILS(mm->sync(p + 1, page, MS_SYNC), EINVAL, "sync: errno is set by failure");
    FAILS(mm->protect(p + 1, page, R), EINVAL, "protect: errno is set by failure");
    FAILS(mm->remap(p + 1, page, page, 0), EINVAL, "remap: errno is set by failure");
}

int main(void) {
    side_by_side("24 EACCES: the descriptor is not open for reading", unreadable);
    side_by_side("25 EACCES: shared and writable needs O_RDWR", unwritable);
    side_by_side("26 the O_APPEND flag does not matter", append_flag);
    side_by_side("26 EACCES: an append-only inode, shared, descriptor open for writing", append_only_inode);
    side_by_side("27 ENODEV: not a regular file", no_regular_file);
    side_by_side("28 special files", special_files);
    side_by_side("29 no EAGAIN for a locked file", locked_file);
    side_by_side("30 ENOMEM: RLIMIT_AS", address_space_limit);
    side_by_side("30 ENOMEM: RLIMIT_DATA", data_limit);
    side_by_side("30 ENOMEM: vm.max_map_count", too_many_mappings);
    side_by_side("31 EOVERFLOW", sum_too_large);
    side_by_side("32 EPERM: noexec mount", noexec);
    side_by_side("32 EPERM: F_SEAL_WRITE", sealed_file);
    side_by_side("32 EPERM: mseal", sealed_memory);
    side_by_side("33 success leaves errno untouched", errno_untouched);
    return tap_end();
}
