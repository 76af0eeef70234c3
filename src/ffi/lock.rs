//! mm_lock_*: the course's lock.

use super::{give, record, take};
use crate::errno::Result;
use crate::lock::{self, Handle, Kind, LOCKS, Patience};
use explain::call::Wait;
use libc::{c_char, c_int, mode_t};

/// A lock that mm_lock_open() opened.
#[allow(non_camel_case_types)] // its name in C
pub struct mm_lock {
    _private: [u8; 0],
}

/// The open handle behind what C hands in: EFAULT for NULL, EBADF for a closed one.
///
/// # Safety
/// `lock` is NULL, or came from mm_lock_open().
unsafe fn handle<'a>(lock: *const mm_lock) -> Result<&'a Handle> {
    // SAFETY: the caller's promise.
    unsafe { LOCKS.get(lock.cast()) }
}

/// Opens a lock: the course's file lock, made safe for threads, for fork, and for other descriptors of the file.
///
/// The lock is on the first byte of a file that serves for nothing else, so two programs that name the same file
/// exclude each other; with fcntl() too, when it locks that byte. It is only a convention: it keeps nobody from the
/// memory or the file that it stands for. Do not give it the file that is mapped.
///
/// `path`  the lock's file; created, empty, if there is none. Must be a regular file; its contents are never touched.
///         Copied. Remove the file only when nobody uses the lock any more: who creates it anew gets another lock.
/// `mode`  permissions of a file that is created, cut by the umask as open(2) does. Whoever can read the file can
///         take the lock, and keep all others waiting: 0600 for one user.
///
/// Returns the lock, which mm_lock_close() frees; NULL with errno otherwise.
///
/// Errors
///   EFAULT        `path` is NULL.
///   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
///   EINVAL        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened).
///   ENOENT        a directory of `path` does not exist, `path` is "", or a symbolic link that leads nowhere.
///   EACCES        the file can be neither read and written nor read, or created.
///   EMFILE, ENFILE, ENOMEM, ENOSPC, EROFS, ELOOP, ENOTDIR, EINTR, EIO …  as open(2) has them.
/// A file that can only be read is opened for reading: then the lock can only be shared.
///
/// What the lock is: an "open file description" lock of fcntl(2). Unlike the POSIX lock of the course's slide it also
/// excludes the threads of one process, and is not lost when the process closes some other descriptor of the file.
/// The kernel frees it when its process ends, however that ends, or calls exec. It knows no deadlock between two
/// locks: take them in the same order everywhere. Whoever comes first when it
/// is free has it, but who has waited for more than 10 ms is let in first, timed or not; a raw fcntl() knows of no turn.
/// Needs up to 5 KB of stack, all other mm_lock_ functions up to 4.
///
/// Threads: any thread; threads may use one lock at the same time. Not from a signal handler. Not a cancellation
/// point; a thread that ends while it holds the lock leaves it held.
/// Fork: a child may use the lock that it inherits. It holds nothing, even if its parent does: fork() opens the file
/// once more for the child (a bare clone(2) leaves that to the child's first call, and the child keeps the parent's
/// open until then: if the parent is killed while it holds the lock, the lock is free only after that call). fork()
/// waits until other threads are done with opening and closing locks.
///
/// Source: Linux, fcntl(2) (F_OFD_SETLK, Linux 3.15); the handle needs madvise(MADV_WIPEONFORK), Linux 4.14.
///
/// # Safety
/// `path` is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_open(path: *const c_char, mode: mode_t) -> *mut mm_lock {
    // SAFETY: the header's: NULL or a string.
    let path = unsafe { take::path(path) };
    let opened = path.and_then(|path| lock::open(path, mode));
    give::pointer(opened.map(|handle| handle.pointer().cast()), |error| record::lock_open(error, path, mode))
}

/// Takes the lock for writing: waits until nobody else has it, and keeps all others out until mm_lock_release().
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   EINTR    a signal handler ran during the wait (one installed with SA_RESTART does not end it).
///   EDEADLK  this thread has the lock already, through this handle: exclusively, or shared (to change a shared lock
///            into an exclusive one, release it first, and read again what may have changed in between). It would wait
///            for itself. With two handles on one file it does, for ever.
///   EBADF    `lock` is closed, or its file could only be opened for reading.
///   EFAULT   `lock` is NULL.
///   ESTALE   in a forked child: the file cannot be found any more, neither by the inherited descriptor (which the
///            program closed, or there is no /proc) nor at the path given to mm_lock_open().
///   EACCES, EMFILE, ENFILE, ENOMEM …  in a forked child: the file could not be opened once more.
///   ENOLCK   the kernel has no memory for the lock, or the file system's lock service does not answer.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLKW.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_exclusive(lock: *mut mm_lock) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Exclusive, Patience::Forever));
    give::status_or(taken, |error| record::lock(error, lock, true, Wait::Forever))
}

/// Takes the lock for reading: waits until nobody has it exclusively, and keeps writers out until mm_lock_release().
/// Any number of processes share it, and up to 512 threads of one process through one handle. A thread that takes it
/// twice releases it twice.
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   EINTR    a signal handler ran during the wait (one installed with SA_RESTART does not end it).
///   EDEADLK  this thread has the lock exclusively, through this handle: it would wait for itself.
///   ENOLCK   512 threads share the handle already; or as for mm_lock_exclusive().
///   EBADF, EFAULT, ESTALE, EACCES, EMFILE …  as for mm_lock_exclusive(); reading the file is enough.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLKW.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_shared(lock: *mut mm_lock) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Shared, Patience::Forever));
    give::status_or(taken, |error| record::lock(error, lock, false, Wait::Forever))
}

/// Takes the lock for writing if that needs no waiting.
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   EAGAIN  another process, thread or handle has the lock, is about to take it, or waits for it for more than 10 ms
///           and less than a second (after that it may have been stopped); or this thread has it already.
///   Others  as for mm_lock_exclusive(), but neither EINTR nor EDEADLK.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_try_exclusive(lock: *mut mm_lock) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Exclusive, Patience::None));
    give::status_or(taken, |error| record::lock(error, lock, true, Wait::Try))
}

/// Takes the lock for reading if that needs no waiting.
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   EAGAIN  somebody has the lock exclusively, or waits for it through this handle, or waits for it for more than 10 ms
///           and less than a second (after that it may have been stopped); or this thread has it exclusively.
///   Others  as for mm_lock_shared(), but neither EINTR nor EDEADLK.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_try_shared(lock: *mut mm_lock) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Shared, Patience::None));
    give::status_or(taken, |error| record::lock(error, lock, false, Wait::Try))
}

/// Takes the lock for writing, and waits no longer than so many milliseconds.
///
/// The kernel has no such wait, so the lock is asked for again and again while another process has it, at least every
/// 10 ms: it may be had up to 10 ms later than it became free. Threads that wait for one handle are woken at once.
///
/// `timeout_ms`  0: one attempt; negative: without end, as mm_lock_exclusive().
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   ETIMEDOUT  the lock was not free in time. Never before the time is over.
///   EINTR      a signal handler ran during the wait, with SA_RESTART or without.
///   Others     as for mm_lock_exclusive(); EDEADLK at once, without waiting.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK; clock_gettime(2), CLOCK_MONOTONIC.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_exclusive_timed(lock: *mut mm_lock, timeout_ms: c_int) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let patience = Patience::milliseconds(timeout_ms);
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Exclusive, patience));
    give::status_or(taken, |error| record::lock(error, lock, true, Wait::Timed(timeout_ms)))
}

/// Takes the lock for reading, and waits no longer than so many milliseconds: see mm_lock_exclusive_timed().
///
/// Returns 0; -1 with errno otherwise, and then the thread has no more than before.
///
/// Errors
///   ETIMEDOUT  the lock was not free in time. Never before the time is over.
///   EINTR      a signal handler ran during the wait, with SA_RESTART or without.
///   Others     as for mm_lock_shared(); EDEADLK at once, without waiting.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_OFD_SETLK; clock_gettime(2), CLOCK_MONOTONIC.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_shared_timed(lock: *mut mm_lock, timeout_ms: c_int) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    let patience = Patience::milliseconds(timeout_ms);
    let taken = handle.and_then(|handle| lock::take(handle, Kind::Shared, patience));
    give::status_or(taken, |error| record::lock(error, lock, false, Wait::Timed(timeout_ms)))
}

/// Gives back what the calling thread took. What it stored before is visible to whoever takes the lock next.
///
/// Returns 0; -1 with errno otherwise.
///
/// Errors
///   EINTR, ENOLCK  the file system's lock service was interrupted, or does not answer: the thread still has the lock.
///   EPERM   the calling thread does not have the lock: never taken, released already, taken by another thread, or,
///           in a forked child, taken by the parent, which keeps it.
///   EBADF   `lock` is closed.
///   EFAULT  `lock` is NULL.
///   ESTALE, EACCES, EMFILE …  in a forked child, as for mm_lock_exclusive(): nothing was held.
///
/// Threads and fork: as for mm_lock_open(). Source: fcntl(2), F_UNLCK.
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_release(lock: *mut mm_lock) -> c_int {
    // SAFETY: the header's: NULL or opened once.
    let handle = unsafe { handle(lock) };
    give::status_or(handle.and_then(lock::release), |error| record::lock_release(error, lock))
}

/// Closes the lock, and gives back what this process's threads still have of it. The file stays.
///
/// A forked child that never used the lock it inherited closes only its descriptor: what its parent has, it keeps.
///
/// `lock`  NULL: nothing is done. No other thread may be in a call with it.
///
/// Returns 0; -1 with errno otherwise.
///
/// Errors
///   EBADF  `lock` is closed already. (Until a later mm_lock_open() uses its memory again: do not rely on it.)
///
/// Threads: any thread; not from a signal handler. Fork: parent and child each close their own. Not a cancellation
/// point. Source: close(2).
///
/// # Safety
/// `lock` is NULL or came from mm_lock_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_lock_close(lock: *mut mm_lock) -> c_int {
    if lock.is_null() {
        return 0;
    }
    // SAFETY: the header's: opened once.
    let handle = unsafe { handle(lock) };
    give::status_or(handle.and_then(lock::close), |error| record::lock_close(error, lock))
}
