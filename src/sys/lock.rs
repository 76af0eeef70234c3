//! Locks on a range of bytes of a file: the "open file description" locks of fcntl(2), Linux 3.15. They belong to
//! one open(2) of the file, not to the process: closing another descriptor of the file does not drop them, threads
//! with an open of their own exclude each other, and the kernel frees them with the last descriptor of that open.

use super::call::{call, int};
use crate::errno::Result;
use libc::{c_int, c_short, off_t};

/// What a lock allows to others: a shared one other shared ones, an exclusive one nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Needs a descriptor open for reading: EBADF.
    Shared,
    /// Needs a descriptor open for writing: EBADF.
    Exclusive,
}

impl Kind {
    const fn number(self) -> c_int {
        match self {
            Kind::Shared => libc::F_RDLCK,
            Kind::Exclusive => libc::F_WRLCK,
        }
    }
}

/// Locks `length` bytes from `start` on if nobody else holds them in a way that conflicts: EAGAIN. A lock that this
/// open holds already is changed to `kind`.
pub fn set(fd: c_int, kind: Kind, start: off_t, length: off_t) -> Result<()> {
    control(fd, libc::F_OFD_SETLK, kind.number(), start, length)?;
    Ok(())
}

/// As `set`, and waits. EINTR: a signal handler ran (one without SA_RESTART).
pub fn wait(fd: c_int, kind: Kind, start: off_t, length: off_t) -> Result<()> {
    control(fd, libc::F_OFD_SETLKW, kind.number(), start, length)?;
    Ok(())
}

/// Frees the bytes.
pub fn clear(fd: c_int, start: off_t, length: off_t) -> Result<()> {
    control(fd, libc::F_OFD_SETLK, libc::F_UNLCK, start, length)?;
    Ok(())
}

/// What keeps `set` from succeeding: a lock of another open (or another process), or None. Its `l_pid` is -1 for the
/// kind of lock that this file makes.
pub fn holder(fd: c_int, kind: Kind, start: off_t, length: off_t) -> Result<Option<libc::flock>> {
    let found = control(fd, libc::F_OFD_GETLK, kind.number(), start, length)?;
    Ok((c_int::from(found.l_type) != libc::F_UNLCK).then_some(found))
}

/// One fcntl(2); gives back the struct as the kernel left it.
fn control(fd: c_int, command: c_int, kind: c_int, start: off_t, length: off_t) -> Result<libc::flock> {
    let mut lock = libc::flock {
        l_type: kind as c_short,
        l_whence: libc::SEEK_SET as c_short,
        l_start: start,
        l_len: length,
        l_pid: 0, // the kernel refuses anything else
    };
    let args = [int(fd), int(command), &raw mut lock as usize, 0, 0, 0];
    // SAFETY: the kernel reads, and with F_OFD_GETLK writes, its own struct (64-bit off_t: lib.rs), which outlives
    // the call.
    unsafe { call(libc::SYS_fcntl, args) }?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::file::{Descriptor, SelfPath, open};

    /// A file without a name, and a second open of it.
    fn two_opens() -> (Descriptor, Descriptor) {
        let flags = libc::O_RDWR | libc::O_CLOEXEC;
        let directory = std::env::temp_dir().into_os_string().into_encoded_bytes();
        let directory = std::ffi::CString::new(directory).unwrap();
        let one = open(&directory, flags | libc::O_TMPFILE, 0o600).unwrap_or_else(|error| panic!("{error}"));
        let two = open(SelfPath::new(one.raw()).path(), flags, 0).unwrap_or_else(|error| panic!("{error}"));
        (one, two)
    }

    #[test]
    fn two_opens_exclude_each_other_and_bytes_are_apart() {
        let (one, two) = two_opens();
        let busy = crate::errno::fail(libc::EAGAIN);
        assert_eq!(set(one.raw(), Kind::Exclusive, 0, 1), Ok(()));
        assert_eq!(set(two.raw(), Kind::Shared, 0, 1), busy);
        assert_eq!(set(two.raw(), Kind::Exclusive, 1, 1), Ok(()));
        assert!(
            holder(two.raw(), Kind::Shared, 0, 1).is_ok_and(|lock| lock.is_some_and(|lock| lock.l_pid == -1))
        );
        assert!(holder(one.raw(), Kind::Exclusive, 0, 1).is_ok_and(|lock| lock.is_none()));
        assert_eq!(clear(one.raw(), 0, 1), Ok(()));
        assert_eq!(set(two.raw(), Kind::Shared, 0, 1), Ok(()));
        assert_eq!(wait(one.raw(), Kind::Shared, 0, 1), Ok(()));
        assert_eq!(set(one.raw(), Kind::Exclusive, 0, 1), busy);
        drop(two);
        assert_eq!(set(one.raw(), Kind::Exclusive, 0, 2), Ok(()));
    }
}
