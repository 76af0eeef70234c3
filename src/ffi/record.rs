//! What a failing mm_ call leaves behind for mm_explain(). An exported function ends with
//! `give::…(result, |error| record::…(error, its arguments))`: evaluated on failure only. Each answers what C is to get.

use crate::errno::{Errno, Result};
use crate::sys::failure::{Failure, keep};
use core::ffi::CStr;
use explain::call::{Call, Path, Wait};
use libc::{c_int, c_void, off_t};

const MAP: u32 = 1;
const UNMAP: u32 = 2;
const SYNC: u32 = 3;
const PROTECT: u32 = 4;
const REMAP: u32 = 5;
const MAP_FILE: u32 = 6;
const CREATE_FILE: u32 = 7;
const LOCK_OPEN: u32 = 8;
const LOCK_EXCLUSIVE: u32 = 9;
const LOCK_SHARED: u32 = 10;
const LOCK_RELEASE: u32 = 11;
const LOCK_CLOSE: u32 = 12;
const GUARD: u32 = 13;
const UNGUARD: u32 = 14;
const GUARD_TRIPPED: u32 = 15;

/// Keeps a call that answers MAP_FAILED.
fn address(failure: Failure) -> *mut c_void {
    keep(&failure, true);
    libc::MAP_FAILED
}

/// Keeps a call that answers -1.
#[cold]
#[inline(never)]
fn status(call: u32, error: Errno, [a, b, c]: [u64; 3]) -> c_int {
    keep(&Failure::new(call, error.0, [a, b, c, 0, 0, 0]), false);
    -1
}

/// A path as `take::path` took it.
type Given<'a> = Result<&'a CStr>;

/// The path, if it is one.
fn bytes(path: Given<'_>) -> &[u8] {
    path.map(CStr::to_bytes).unwrap_or_default()
}

#[cold]
#[inline(never)]
pub fn map(
    error: Errno,
    addr: *mut c_void,
    length: usize,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    let args = [addr as u64, length as u64, prot as u64, flags as u64, fd as u64, offset as u64];
    address(Failure::new(MAP, error.0, args))
}

pub fn unmap(error: Errno, addr: *mut c_void, length: usize) -> c_int {
    status(UNMAP, error, [addr as u64, length as u64, 0])
}

pub fn sync(error: Errno, addr: *mut c_void, length: usize, flags: c_int) -> c_int {
    status(SYNC, error, [addr as u64, length as u64, flags as u64])
}

pub fn protect(error: Errno, addr: *mut c_void, length: usize, prot: c_int) -> c_int {
    status(PROTECT, error, [addr as u64, length as u64, prot as u64])
}

#[cold]
#[inline(never)]
pub fn remap(
    error: Errno,
    addr: *mut c_void,
    old: usize,
    new: usize,
    flags: c_int,
    to: usize,
) -> *mut c_void {
    let args = [addr as u64, old as u64, new as u64, flags as u64, to as u64, 0];
    address(Failure::new(REMAP, error.0, args))
}

#[cold]
#[inline(never)]
pub fn map_file(error: Errno, path: Given<'_>, prot: c_int, flags: c_int) -> *mut c_void {
    let args = [prot as u64, flags as u64, 0, 0, 0, 0];
    address(Failure::new(MAP_FILE, error.0, args).with(bytes(path)))
}

#[cold]
#[inline(never)]
pub fn create_file(error: Errno, path: Given<'_>, length: usize, mode: libc::mode_t) -> *mut c_void {
    let args = [length as u64, mode.into(), 0, 0, 0, 0];
    address(Failure::new(CREATE_FILE, error.0, args).with(bytes(path)))
}

pub fn lock_open<T>(error: Errno, path: Given<'_>, mode: libc::mode_t) -> *mut T {
    let args = [mode.into(), 0, 0, 0, 0, 0];
    keep(&Failure::new(LOCK_OPEN, error.0, args).with(bytes(path)), false);
    core::ptr::null_mut()
}

pub fn lock<T>(error: Errno, lock: *const T, exclusive: bool, wait: Wait) -> c_int {
    let (timed, milliseconds) = match wait {
        Wait::Forever => (0, -1),
        Wait::Try => (0, 0),
        Wait::Timed(milliseconds) => (1, milliseconds),
    };
    let call = if exclusive { LOCK_EXCLUSIVE } else { LOCK_SHARED };
    status(call, error, [lock as u64, timed, milliseconds as u64])
}

pub fn lock_release<T>(error: Errno, lock: *const T) -> c_int {
    status(LOCK_RELEASE, error, [lock as u64, 0, 0])
}

pub fn lock_close<T>(error: Errno, lock: *const T) -> c_int {
    status(LOCK_CLOSE, error, [lock as u64, 0, 0])
}

pub fn guard(error: Errno, addr: *const c_void, length: usize) -> c_int {
    status(GUARD, error, [addr as u64, length as u64, 0])
}

pub fn unguard(error: Errno, addr: *const c_void, length: usize) -> c_int {
    status(UNGUARD, error, [addr as u64, length as u64, 0])
}

pub fn guard_tripped(error: Errno, addr: *const c_void) -> c_int {
    status(GUARD_TRIPPED, error, [addr as u64, 0, 0])
}

/// The call that was kept; None: nothing has failed. `path` is what its path is called, if it has one.
pub fn call(failure: &Failure, path: Path) -> Option<Call> {
    let [a, b, c, d, e, f] = failure.args;
    Some(match failure.call {
        MAP => {
            Call::Map { addr: a, length: b, prot: c as i32, flags: d as i32, fd: e as i32, offset: f as i64 }
        }
        UNMAP => Call::Unmap { addr: a, length: b },
        SYNC => Call::Sync { addr: a, length: b, flags: c as i32 },
        PROTECT => Call::Protect { addr: a, length: b, prot: c as i32 },
        REMAP => Call::Remap { addr: a, old: b, new: c, flags: d as i32, to: e },
        MAP_FILE => Call::MapFile { path, prot: a as i32, flags: b as i32 },
        CREATE_FILE => Call::CreateFile { path, length: a, mode: b as u32 },
        LOCK_OPEN => Call::LockOpen { path, mode: a as u32 },
        LOCK_EXCLUSIVE | LOCK_SHARED => Call::Lock {
            lock: a,
            exclusive: failure.call == LOCK_EXCLUSIVE,
            wait: match (b, c as i32) {
                (1.., milliseconds) => Wait::Timed(milliseconds),
                (_, 0) => Wait::Try,
                _ => Wait::Forever,
            },
        },
        LOCK_RELEASE => Call::LockRelease { lock: a },
        LOCK_CLOSE => Call::LockClose { lock: a },
        GUARD => Call::Guard { addr: a, length: b },
        UNGUARD => Call::Unguard { addr: a, length: b },
        GUARD_TRIPPED => Call::GuardTripped { addr: a },
        _ => return None,
    })
}
