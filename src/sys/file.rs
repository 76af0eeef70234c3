//! Files: open(2) and what is done with a descriptor. Each function is one system call; a descriptor closes itself.

use super::call::{call, int};
use crate::errno::{Errno, Result};
use core::ffi::CStr;
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering::*};
use libc::{c_int, c_uint, mode_t, off_t};

/// The directory that relative paths start from: the current one.
pub const HERE: c_int = libc::AT_FDCWD;

/// An open descriptor, closed when dropped.
pub struct Descriptor(c_int);

impl Descriptor {
    /// Takes over `fd`, which nobody else closes.
    pub const fn from_raw(fd: c_int) -> Self {
        Descriptor(fd)
    }

    pub const fn raw(&self) -> c_int {
        self.0
    }

    /// The bare number: whoever takes it closes it.
    pub fn into_raw(self) -> c_int {
        let fd = self.0;
        core::mem::forget(self);
        fd
    }
}

impl Drop for Descriptor {
    #[inline(never)]
    fn drop(&mut self) {
        let _ = close(self.0);
    }
}

/// A descriptor that is kept for long, in a program that may close what it does not know and use the number again: looked at
/// before anything is done with it that would harm the program's own file. A forked child lets go of it while another
/// thread may have been at work.
pub struct Kept {
    /// -1: none.
    fd: AtomicI32,
    /// Which file it is, whatever its name: device and inode number; zeros, where the file system did not say. Written
    /// once, before `fd`.
    identity: [AtomicU64; 2],
}

impl Kept {
    pub const fn none() -> Self {
        Kept { fd: AtomicI32::new(-1), identity: [const { AtomicU64::new(0) }; 2] }
    }

    pub fn keep(&self, descriptor: Descriptor) {
        let [device, inode] = &self.identity;
        let (number, part) = stat(descriptor.raw()).map_or((0, 0), |stat| (stat.st_dev, stat.st_ino));
        device.store(number, Relaxed);
        inode.store(part, Relaxed);
        self.fd.store(descriptor.into_raw(), Release);
    }

    /// The number; -1: none.
    pub fn raw(&self) -> c_int {
        self.fd.load(Acquire)
    }

    /// fstat(2) of what was kept. ESTALE: the number stands for nothing, or for something else, by now.
    #[inline(never)]
    pub fn stat(&self) -> Result<libc::stat> {
        let [device, inode] = &self.identity;
        let kept = (device.load(Relaxed), inode.load(Relaxed));
        match stat(self.raw()) {
            Ok(stat) if kept == (stat.st_dev, stat.st_ino) || kept == (0, 0) => Ok(stat),
            Ok(_) | Err(Errno(libc::EBADF)) => crate::errno::fail(libc::ESTALE),
            failed => failed,
        }
    }

    /// Whether the number still stands for what was kept. Where the file system does not answer, nothing else is known.
    #[inline(never)]
    pub fn is_ours(&self) -> bool {
        self.raw() >= 0 && self.stat().err() != Some(Errno(libc::ESTALE))
    }

    /// Closes it, if it is still ours.
    #[inline(never)]
    pub fn let_go(&self) {
        let ours = self.is_ours();
        let fd = self.fd.swap(-1, AcqRel);
        if ours && fd >= 0 {
            drop(Descriptor(fd));
        }
    }
}

/// open(2). `mode` counts with `O_CREAT` and `O_TMPFILE` only.
pub fn open(path: &CStr, flags: c_int, mode: mode_t) -> Result<Descriptor> {
    open_at(HERE, path, flags, mode)
}

/// openat(2).
#[inline(never)]
pub fn open_at(directory: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<Descriptor> {
    let args = [int(directory), path.as_ptr() as usize, int(flags), mode as usize, 0, 0];
    // SAFETY: `path` ends with NUL; opening gives a new descriptor and touches no memory.
    let fd = unsafe { call(libc::SYS_openat, args) }?;
    above_standard(Descriptor(fd as c_int))
}

/// A descriptor that was just made, under a number that is no standard stream's: where the program has closed one of
/// those, its next printf would write over the file.
pub fn above_standard(new: Descriptor) -> Result<Descriptor> {
    const FIRST: usize = libc::STDERR_FILENO as usize + 1;
    if new.0 as usize >= FIRST {
        return Ok(new);
    }
    // SAFETY: touches no memory; a second descriptor, and the first closes itself.
    let fd = unsafe { call(libc::SYS_fcntl, [int(new.0), int(libc::F_DUPFD_CLOEXEC), FIRST, 0, 0, 0]) }?;
    Ok(Descriptor(fd as c_int))
}

/// close(2). The descriptor is gone even when this fails; prefer to drop a [`Descriptor`].
pub fn close(fd: c_int) -> Result<()> {
    // SAFETY: touches no memory.
    unsafe { call(libc::SYS_close, [int(fd), 0, 0, 0, 0, 0]) }?;
    Ok(())
}

/// fstat(2).
#[inline(never)]
pub fn stat(fd: c_int) -> Result<libc::stat> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut stat: libc::stat = unsafe { core::mem::zeroed() };
    // SAFETY: `stat` is the kernel's own struct on both machines (lib.rs), and lives through the call.
    unsafe { call(libc::SYS_fstat, [int(fd), &raw mut stat as usize, 0, 0, 0, 0]) }?;
    Ok(stat)
}

/// fstatat(2); flags: 0 or `AT_SYMLINK_NOFOLLOW`.
#[inline(never)]
pub fn stat_at(directory: c_int, path: &CStr, flags: c_int) -> Result<libc::stat> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut stat: libc::stat = unsafe { core::mem::zeroed() };
    let args = [int(directory), path.as_ptr() as usize, &raw mut stat as usize, int(flags), 0, 0];
    // SAFETY: `path` ends with NUL; `stat` is the kernel's own struct, and lives through the call.
    unsafe { call(libc::SYS_newfstatat, args) }?;
    Ok(stat)
}

/// fstatfs(2).
pub fn stat_fs(fd: c_int) -> Result<libc::statfs> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut stat: libc::statfs = unsafe { core::mem::zeroed() };
    // SAFETY: `stat` is the kernel's own struct on both machines, and lives through the call.
    unsafe { call(libc::SYS_fstatfs, [int(fd), &raw mut stat as usize, 0, 0, 0, 0]) }?;
    Ok(stat)
}

/// Whether what `stat` describes is a regular file.
pub const fn is_regular(stat: &libc::stat) -> bool {
    stat.st_mode & libc::S_IFMT == libc::S_IFREG
}

/// Whether both describe the same file: device and inode number.
pub const fn is_same(one: &libc::stat, other: &libc::stat) -> bool {
    one.st_dev == other.st_dev && one.st_ino == other.st_ino
}

/// ftruncate(2).
pub fn truncate(fd: c_int, length: off_t) -> Result<()> {
    // SAFETY: touches no memory but mappings of the file, whose readers a shrinking file concerns (SIGBUS), not us.
    unsafe { call(libc::SYS_ftruncate, [int(fd), length as usize, 0, 0, 0, 0]) }?;
    Ok(())
}

/// fallocate(2): the system call, so EOPNOTSUPP where the file system cannot.
pub fn allocate(fd: c_int, mode: c_int, offset: off_t, length: off_t) -> Result<()> {
    // SAFETY: touches no memory.
    unsafe { call(libc::SYS_fallocate, [int(fd), int(mode), offset as usize, length as usize, 0, 0]) }?;
    Ok(())
}

/// posix_fallocate(3) from the file's start on: room on the disk for `length` bytes, and a file at least as long. libc's
/// function, since it also serves file systems without fallocate(2). ENOSPC leaves some of it allocated.
pub fn reserve(fd: c_int, length: off_t) -> Result<()> {
    // SAFETY: touches no memory.
    match unsafe { libc::posix_fallocate(fd, 0, length) } {
        0 => Ok(()),
        libc::EBADF => crate::errno::fail(libc::EIO), // what libc makes of it when fstat(2) fails: `fd` is open
        error => crate::errno::fail(error),
    }
}

/// fchmod(2).
pub fn change_mode(fd: c_int, mode: mode_t) -> Result<()> {
    // SAFETY: touches no memory.
    unsafe { call(libc::SYS_fchmod, [int(fd), mode as usize, 0, 0, 0, 0]) }?;
    Ok(())
}

/// read(2).
pub fn read(fd: c_int, into: &mut [u8]) -> Result<usize> {
    // SAFETY: the kernel writes at most `len` bytes of a slice that is borrowed for the call.
    unsafe { call(libc::SYS_read, [int(fd), into.as_mut_ptr() as usize, into.len(), 0, 0, 0]) }
}

/// pread(2).
pub fn read_at(fd: c_int, into: &mut [u8], offset: off_t) -> Result<usize> {
    let args = [int(fd), into.as_mut_ptr() as usize, into.len(), offset as usize, 0, 0];
    // SAFETY: the kernel writes at most `len` bytes of a slice that is borrowed for the call.
    unsafe { call(libc::SYS_pread64, args) }
}

/// preadv2(2) with `RWF_NOWAIT`, Linux 4.14: EAGAIN where it would have to wait, for the disk or for a lock.
pub fn read_at_once(fd: c_int, into: &mut [u8], offset: off_t) -> Result<usize> {
    let part = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let args = [int(fd), &raw const part as usize, 1, offset as usize, 0, int(libc::RWF_NOWAIT)];
    // SAFETY: the kernel reads the description, and writes at most `len` bytes of the slice, both borrowed for the call.
    unsafe { call(libc::SYS_preadv2, args) }
}

/// pwritev2(2) with `RWF_APPEND`, Linux 4.16: writes at the end of the file, wherever that is by then.
pub fn append(fd: c_int, bytes: &[u8]) -> Result<usize> {
    let part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let args = [int(fd), &raw const part as usize, 1, 0, 0, int(libc::RWF_APPEND)];
    // SAFETY: the kernel only reads the slice and its description, both borrowed for the call.
    unsafe { call(libc::SYS_pwritev2, args) }
}

/// linkat(2); with `AT_SYMLINK_FOLLOW` it gives a name to /proc/self/fd/N.
pub fn link_at(from: c_int, old: &CStr, to: c_int, new: &CStr, flags: c_int) -> Result<()> {
    let args = [int(from), old.as_ptr() as usize, int(to), new.as_ptr() as usize, int(flags), 0];
    // SAFETY: both paths end with NUL and are only read.
    unsafe { call(libc::SYS_linkat, args) }?;
    Ok(())
}

/// unlink(2).
pub fn unlink(path: &CStr) -> Result<()> {
    unlink_at(HERE, path)
}

/// unlinkat(2), of a file.
pub fn unlink_at(directory: c_int, path: &CStr) -> Result<()> {
    // SAFETY: `path` ends with NUL and is only read.
    unsafe { call(libc::SYS_unlinkat, [int(directory), path.as_ptr() as usize, 0, 0, 0, 0]) }?;
    Ok(())
}

/// The path under which the kernel opens descriptor `fd` of this process anew: "/proc/self/fd/N".
pub struct SelfPath([u8; 32]);

impl SelfPath {
    pub fn new(fd: c_int) -> Self {
        const PREFIX: &[u8] = b"/proc/self/fd/";
        let mut text = [0; 32];
        for (place, byte) in text.iter_mut().zip(PREFIX) {
            *place = *byte;
        }
        let mut rest = c_uint::try_from(fd).unwrap_or(c_uint::MAX);
        let digits = 1 + (1..10).filter(|exponent| rest >= 10_u32.pow(*exponent)).count();
        for place in text.iter_mut().skip(PREFIX.len()).take(digits).rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        SelfPath(text)
    }

    pub fn path(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_of_a_descriptor() {
        for (fd, text) in [(0, c"/proc/self/fd/0"), (9, c"/proc/self/fd/9"), (10, c"/proc/self/fd/10")] {
            assert_eq!(SelfPath::new(fd).path(), text);
        }
        assert_eq!(SelfPath::new(c_int::MAX).path(), c"/proc/self/fd/2147483647");
    }

    #[test]
    fn what_a_descriptor_is() {
        let null = open(c"/dev/null", libc::O_RDWR | libc::O_CLOEXEC, 0).unwrap_or(Descriptor(-1));
        let by_fd = stat(null.raw()).unwrap();
        let by_path = stat_at(HERE, c"/dev/null", 0).unwrap();
        assert!(is_same(&by_fd, &by_path) && !is_regular(&by_fd));
        let again = open(SelfPath::new(null.raw()).path(), libc::O_RDONLY, 0).unwrap_or(Descriptor(-1));
        assert!(stat(again.raw()).is_ok_and(|stat| is_same(&stat, &by_fd)));
    }
}
