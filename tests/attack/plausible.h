/*
 * How each system call that the library makes can fail, whatever it is asked: after the ERRORS of its manual
 * page in section 2. What only a wrong argument would bring (EBADF, EFAULT …) is not in it.
 */
#ifndef PLAUSIBLE_H
#define PLAUSIBLE_H
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct plausible {
    long number;
    const char *name;
    int errors[16]; /* 0 ends them; none: it cannot fail */
};

static const struct plausible plausible[] = {
    {SYS_openat,
     "openat",
     {EACCES, EDQUOT, EINTR, EIO, EMFILE, ENFILE, ENOENT, ENOMEM, ENOSPC, EOPNOTSUPP, EPERM, EROFS, ETXTBSY}},
    {SYS_close, "close", {EINTR, EIO, ENOSPC, EDQUOT}},
    {SYS_fstat, "fstat", {ENOMEM, EIO}},
    {SYS_newfstatat, "newfstatat", {EACCES, EIO, ENOENT, ENOMEM}},
    {SYS_statx, "statx", {EACCES, ENOENT, ENOMEM, ENOSYS, EIO}},
    {SYS_fstatfs, "fstatfs", {EINTR, EIO, ENOMEM}},
    {SYS_read, "read", {EAGAIN, EINTR, EIO, ENOMEM}},
    {SYS_pread64, "pread64", {EINTR, EIO, ENOMEM}},
    {SYS_preadv2, "preadv2", {EAGAIN, EINTR, EIO, ENOMEM, EOPNOTSUPP}},
    {SYS_write, "write", {EAGAIN, EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EPIPE}},
    {SYS_writev, "writev", {EAGAIN, EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EPIPE}},
    {SYS_pwrite64, "pwrite64", {EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EPERM}},
    {SYS_pwritev2, "pwritev2", {EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EOPNOTSUPP, EPERM}},
    {SYS_lseek, "lseek", {EINVAL}},
    {SYS_readlinkat, "readlinkat", {EACCES, EINVAL, EIO, ENOENT, ENOMEM}},
    {SYS_getdents64, "getdents64", {ENOENT, EIO}},
    {SYS_access, "access", {EACCES, EIO, ENOENT, ENOMEM, EROFS}},
    {SYS_faccessat, "faccessat", {EACCES, EIO, ENOENT, ENOMEM, EROFS}},
    {SYS_fallocate, "fallocate", {EDQUOT, EFBIG, EINTR, EIO, ENOSPC, EOPNOTSUPP, EPERM}},
    {SYS_ftruncate, "ftruncate", {EFBIG, EINTR, EIO, EPERM}},
    {SYS_fchmod, "fchmod", {EIO, ENOMEM, EPERM, EROFS}},
    {SYS_linkat, "linkat", {EACCES, EDQUOT, EIO, ENOENT, ENOMEM, ENOSPC, EPERM, EROFS}},
    {SYS_unlinkat, "unlinkat", {EACCES, EBUSY, EIO, ENOENT, ENOMEM, EPERM, EROFS}},
    {SYS_fcntl, "fcntl", {EINTR, ENOLCK}}, /* to find a lock is taken is no failure */
    {SYS_mmap, "mmap", {EAGAIN, ENFILE, ENODEV, ENOMEM, EPERM}}, /* of memory: plausible_here() */
    {SYS_munmap, "munmap", {ENOMEM}},
    {SYS_mprotect, "mprotect", {EACCES, ENOMEM}},
    {SYS_mremap, "mremap", {EAGAIN, ENOMEM}},
    {SYS_msync, "msync", {EDQUOT, EIO, ENOMEM, ENOSPC}}, /* without MS_SYNC: plausible_here() */
    {SYS_madvise, "madvise", {EAGAIN, EINVAL, ENOMEM}},
    {SYS_mincore, "mincore", {EAGAIN, ENOMEM}},
    {SYS_getrandom, "getrandom", {EINTR}},
    {SYS_epoll_create1, "epoll_create1", {EMFILE, ENFILE, ENOMEM}},
    {SYS_epoll_ctl, "epoll_ctl", {ENOMEM, ENOSPC}},
    {SYS_inotify_init1, "inotify_init1", {EMFILE, ENFILE, ENOMEM}},
    {SYS_inotify_add_watch, "inotify_add_watch", {EACCES, ENOENT, ENOMEM, ENOSPC}},
    {SYS_timerfd_create, "timerfd_create", {EMFILE, ENFILE, ENOMEM}},
    {SYS_timerfd_settime, "timerfd_settime", {0}},
    {SYS_nanosleep, "nanosleep", {EINTR}},
    {SYS_futex, "futex", {EAGAIN, EINTR, ETIMEDOUT}},
    {SYS_futex_waitv, "futex_waitv", {EAGAIN, EINTR, ENOMEM, ENOSYS, ETIMEDOUT}},
    {SYS_sched_getaffinity, "sched_getaffinity", {EINVAL}},
    {SYS_prlimit64, "prlimit64", {EPERM}},
    {SYS_getcwd, "getcwd", {EACCES, ENOENT, ENOMEM}},
    {SYS_statfs, "statfs", {EACCES, EINTR, EIO, ENOENT, ENOMEM}},
    {SYS_sysinfo, "sysinfo", {EFAULT}},
    {SYS_ioctl, "ioctl", {EINVAL, ENOMEM, ENOTTY}},
    {SYS_tgkill, "tgkill", {0}},
    {SYS_getpid, "getpid", {0}},
    {SYS_gettid, "gettid", {0}},
    {SYS_geteuid, "geteuid", {0}},
    {SYS_getuid, "getuid", {0}},
    {SYS_sched_yield, "sched_yield", {0}},
    {SYS_brk, "brk", {0}}, /* its answer is an address */
    {SYS_rt_sigaction, "rt_sigaction", {0}},
    {SYS_rt_sigprocmask, "rt_sigprocmask", {0}},
    {SYS_rt_sigreturn, "rt_sigreturn", {0}},
};

static const struct plausible *plausible_of(long number) {
    for (size_t i = 0; i < sizeof plausible / sizeof *plausible; i++)
        if (plausible[i].number == number)
            return &plausible[i];
    return NULL;
}

/* Whether the call can fail so with these arguments. */
static int plausible_here(long number, const uint64_t arguments[6], int error) {
    switch (number) {
    case SYS_fcntl:
        return arguments[1] != F_GETFL && arguments[1] != F_GETFD;
    case SYS_mmap:
        return !(arguments[3] & MAP_ANONYMOUS) || error == ENOMEM || error == EAGAIN;
    case SYS_msync:
        return arguments[2] & MS_SYNC || error == ENOMEM;
    }
    return 1;
}
#endif
