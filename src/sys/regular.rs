//! Opening a regular file and nothing else. A FIFO is not waited on, and nobody who waits on one is let go; a device
//! is not touched.

use super::file::{Descriptor, HERE, is_regular, open, stat, stat_at};
use crate::errno::{Errno, Result, fail};
use core::ffi::CStr;
use libc::{c_int, mode_t};

/// With every open: closed by exec, never the controlling terminal, never waits.
const ALWAYS: c_int = libc::O_CLOEXEC | libc::O_NOCTTY | libc::O_NONBLOCK;

/// Each time round, somebody else has created or removed the file in the middle; or it is a symbolic link that leads
/// nowhere, which can neither be opened nor created.
const TRIES: u32 = 100;

/// Opens the regular file at `path`; the error `otherwise` if it is anything else.
pub fn open_existing(path: &CStr, flags: c_int, otherwise: c_int) -> Result<Descriptor> {
    if !is_regular(&stat_at(HERE, path, 0)?) {
        return fail(otherwise);
    }
    let file = open(path, flags | ALWAYS, 0)?;
    // It may have been replaced between the two calls.
    if is_regular(&stat(file.raw())?) { Ok(file) } else { fail(otherwise) }
}

/// What `existing` opens at `path`; if there is nothing, a new file, open for reading and writing. Plain `O_CREAT`
/// would be one call less, but fails with EACCES on somebody else's file in /tmp (fs.protected_regular).
pub fn open_or_create<T>(
    path: &CStr,
    mode: mode_t,
    existing: impl Fn() -> Result<T>,
    created: impl Fn(Descriptor) -> T,
) -> Result<T> {
    for _ in 0..TRIES {
        match existing() {
            Err(Errno(libc::ENOENT)) => {}
            other => return other,
        }
        match open(path, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | ALWAYS, mode) {
            Err(Errno(libc::EEXIST)) => {}
            other => return other.map(created),
        }
    }
    fail(libc::ENOENT)
}
