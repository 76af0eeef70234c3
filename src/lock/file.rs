//! The lock's file: a separate, empty, regular file, of which the first byte is locked. Whether the byte exists does
//! not matter to the kernel.

use crate::errno::{Errno, Result, fail};
use crate::sys::file::{self, Descriptor, SelfPath};
use crate::sys::lock::{self, Kind};
use crate::sys::regular;
use core::ffi::{CStr, c_int};
use libc::mode_t;

/// The byte of the course.
const FIRST: libc::off_t = 0;
const LENGTH: libc::off_t = 1;

/// An open of the lock's file.
pub struct Opened {
    pub file: Descriptor,
    /// An exclusive lock needs a descriptor that could write (fcntl(2)).
    pub writable: bool,
}

/// Which file it is, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    device: libc::dev_t,
    inode: libc::ino_t,
}

/// Opens the file at `path`, or creates it, empty.
pub fn open(path: &CStr, mode: mode_t) -> Result<Opened> {
    regular::open_or_create(
        path,
        mode,
        || best(|access| regular::open_existing(path, access, libc::EINVAL)),
        |file| Opened { file, writable: true },
    )
}

/// Opens the file once more, for a forked child: through the inherited descriptor, which also finds a file whose name
/// is gone, else at `path`. ESTALE: neither leads to it any more.
pub fn open_again(inherited: c_int, path: &CStr, identity: Identity) -> Result<Opened> {
    let at = |path: &CStr, access| {
        let file = match regular::open_existing(path, access, libc::ESTALE) {
            Err(Errno(libc::ENOENT | libc::ENOTDIR)) => return fail(libc::ESTALE),
            other => other?,
        };
        if Identity::of(file.raw())? == identity { Ok(file) } else { fail(libc::ESTALE) }
    };
    best(|access| at(SelfPath::new(inherited).path(), access).or_else(|_| at(path, access)))
}

/// For reading and writing if possible, else for reading: then the lock can only be shared.
fn best(open: impl Fn(c_int) -> Result<Descriptor>) -> Result<Opened> {
    match open(libc::O_RDWR) {
        Ok(file) => Ok(Opened { file, writable: true }),
        Err(Errno(libc::EACCES | libc::EPERM | libc::EROFS | libc::ETXTBSY)) => {
            Ok(Opened { file: open(libc::O_RDONLY)?, writable: false })
        }
        Err(error) => Err(error),
    }
}

impl Identity {
    pub fn of(fd: c_int) -> Result<Self> {
        let stat = file::stat(fd)?;
        Ok(Identity { device: stat.st_dev, inode: stat.st_ino })
    }
}

/// Whether nobody has the byte in a way that would keep one from taking it; true where the kernel does not say.
pub fn is_free(fd: c_int, kind: Kind) -> bool {
    !matches!(lock::holder(fd, kind, FIRST, LENGTH), Ok(Some(_)))
}

/// Locks the byte, or says EAGAIN.
pub fn take(fd: c_int, kind: Kind) -> Result<()> {
    lock::set(fd, kind, FIRST, LENGTH)
}

/// Locks the byte, and waits for it.
pub fn wait(fd: c_int, kind: Kind) -> Result<()> {
    lock::wait(fd, kind, FIRST, LENGTH)
}

/// Frees the byte.
pub fn free(fd: c_int) -> Result<()> {
    lock::clear(fd, FIRST, LENGTH)
}
