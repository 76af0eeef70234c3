//! mm_map_file and mm_create_file: the course's two idioms, in one call each.

use super::{give, record, take};
use crate::map;
use libc::{c_char, c_int, c_void, mode_t, size_t};

/// Maps all of a file: open, fstat, mmap and close in one call.
///
/// `path`        a regular file.
/// `prot`        PROT_NONE, or any of PROT_READ, PROT_WRITE, PROT_EXEC, as for mm_map(). The file must be readable
///               whatever `prot` is, and writable for a shared mapping with PROT_WRITE.
/// `flags`       MAP_SHARED: stores go to the file; MAP_PRIVATE: stores stay in this process, and reading the file is
///               enough. More flags may be added (MAP_POPULATE …), but none that needs an address or no file.
/// `out_length`  where to put the length of the file in bytes; NULL: nowhere.
///
/// Returns the address of the file's first byte; mm_unmap(address, length) ends the mapping. MAP_FAILED with errno
/// otherwise, and then nothing was mapped and `*out_length` is as before.
///
/// Errors
///   EFAULT        `path` is NULL.
///   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
///   EINVAL        `flags` has neither MAP_SHARED nor MAP_PRIVATE, or it has MAP_ANONYMOUS, MAP_FIXED or
///                 MAP_FIXED_NOREPLACE; the file is empty (no mapping has length 0; files of /proc seem empty).
///   ENODEV        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened);
///                 or its file system cannot map it.
///   EACCES        the file may not be read, or not written (see `prot`); an append-only file, shared and PROT_WRITE.
///   ENOENT, ELOOP, ENOTDIR, EMFILE, ENFILE, EROFS, ETXTBSY, EINTR, EIO …  as open(2) has them; EAGAIN: another program
///                 holds a lease on the file (F_SETLEASE).
///   ENOMEM, EPERM, EOPNOTSUPP  as mm_map() has them.
///
/// A file that becomes longer is mapped no further than it was; in one that becomes shorter, the pages past its end
/// are SIGBUS.
///
/// No descriptor stays open. But this function opens and closes the file, and with the closing of any descriptor of a
/// file the process loses its own POSIX locks on it (fcntl(2), F_SETLK; lockf()): lock a separate file, as the course
/// does, or use mm_lock_open(), whose locks stay.
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits the mapping. Not
/// a cancellation point.
///
/// Source: open(2), fstat(2), mmap(2).
///
/// # Safety
/// `path` is NULL or a string, `out_length` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_map_file(
    path: *const c_char,
    prot: c_int,
    flags: c_int,
    out_length: *mut size_t,
) -> *mut c_void {
    // SAFETY: the header's: NULL or a string.
    let path = unsafe { take::path(path) };
    let mapped = path.and_then(|path| map::map_file(path, prot, flags));
    let address = mapped.map(|mapped| {
        // SAFETY: the header's: NULL or writable.
        unsafe { give::out(out_length, mapped.length) };
        mapped.address
    });
    give::address(address, |error| record::map_file(error, path, prot, flags))
}

/// Maps the first `length` bytes of a file, shared, for reading and writing; creates the file if there is none, and
/// makes it longer if it is shorter. The space is set apart: a disk that is full is an error now, not SIGBUS later.
///
/// Never overwritten, never made shorter: whoever comes second finds what the first one stored. New bytes are 0, so
/// whoever comes first finds zeros. Who that is, a lock must say: mm_lock_open().
///
/// `path`    the file to create or to use; if it is there, a regular file that may be read and written.
/// `length`  in bytes, 1 or more.
/// `mode`    permissions of a file that is created, cut by the umask as open(2) does.
///
/// Returns the address of the file's first byte; mm_unmap(address, length) ends the mapping, and mm_sync() brings
/// what was stored to the disk. MAP_FAILED with errno otherwise, and then nothing was mapped, a file that was created
/// is removed, and one that was made longer is cut back to its old length.
///
/// Errors
///   EFAULT        `path` is NULL.
///   ENAMETOOLONG  `path` has PATH_MAX bytes or more, or one of its names is too long.
///   EINVAL        `length` is 0.
///   ENOSPC, EDQUOT  the file system, or the user's part of it, has no room for `length` bytes.
///   EFBIG         `length` is more than a file can have, in this file system or under RLIMIT_FSIZE (which also sends
///                 SIGXFSZ).
///   ENOMEM        `length` bytes do not fit into the address space, or as mm_map() has it.
///   ENODEV        what is at `path` is no regular file (but a directory, FIFO, socket or device, which is not opened);
///                 or its file system cannot map it.
///   ENOENT        a directory of `path` does not exist, `path` is "", or a symbolic link that leads nowhere.
///   EACCES        the file may not be read and written, or not created; it is append-only.
///   EINTR         a signal handler ran meanwhile.
///   EPERM         the file is immutable, or sealed (memfd_create(2)).
///   ELOOP, ENOTDIR, EMFILE, ENFILE, EROFS, ETXTBSY, EIO …  as open(2) and fallocate(2) have them.
///
/// Two processes may create one file at the same time: both get it. If there is too little room for one of them, it
/// removes or cuts nothing that the other has completed.
/// Where the file system has no fallocate(2), zeros are appended instead, which takes time, and holes that the file
/// already had get no room. Closing drops POSIX locks: see mm_map_file().
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits the mapping. Not
/// a cancellation point. Killed in the middle, it can leave a file that is too short: the next call completes it. Needs
/// up to 5 KB of stack.
///
/// Source: open(2), fallocate(2), mmap(2).
///
/// # Safety
/// `path` is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_create_file(path: *const c_char, length: size_t, mode: mode_t) -> *mut c_void {
    // SAFETY: the header's: NULL or a string.
    let path = unsafe { take::path(path) };
    let mapped = path.and_then(|path| map::create_file(path, length, mode));
    give::address(mapped, |error| record::create_file(error, path, length, mode))
}
