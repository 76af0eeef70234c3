//! What a failing mm_ call leaves behind for mm_explain(): a few stores, after `errno` is set. The end of an exported
//! function is `give::…(result, || record::…(the function's arguments))`: in tail position, so that the C part,
//! reached by a jump, sees the caller's return address.

use crate::explain::call::{Call, Path, Wait};
use crate::sys::failure::{self, Failure};
use libc::{c_char, c_int, c_void};

pub use failure::map;

const MAP: u32 = 1; // as in failure.c
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

pub fn unmap(addr: *mut c_void, length: usize) -> c_int {
    failure::status(UNMAP, addr as usize, length, 0)
}

pub fn sync(addr: *mut c_void, length: usize, flags: c_int) -> c_int {
    failure::status(SYNC, addr as usize, length, flags as usize)
}

pub fn protect(addr: *mut c_void, length: usize, prot: c_int) -> c_int {
    failure::status(PROTECT, addr as usize, length, prot as usize)
}

pub fn remap(addr: *mut c_void, old: usize, new: usize, flags: c_int, to: usize) -> *mut c_void {
    failure::address(REMAP, addr as usize, old, new, flags as usize, to)
}

/// # Safety
/// `path` is NULL or a string, unless `errno` is EFAULT; so for all of these.
pub unsafe fn map_file(path: *const c_char, prot: c_int, flags: c_int) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { failure::path(MAP_FILE, path, prot as usize, flags as usize, 1) }
}

/// # Safety
/// As `map_file`.
pub unsafe fn create_file(path: *const c_char, length: usize, mode: libc::mode_t) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { failure::path(CREATE_FILE, path, length, mode as usize, 1) }
}

/// # Safety
/// As `map_file`.
pub unsafe fn lock_open<T>(path: *const c_char, mode: libc::mode_t) -> *mut T {
    // SAFETY: the caller's promise.
    unsafe { failure::path(LOCK_OPEN, path, mode as usize, 0, 0) }.cast()
}

pub fn lock<T>(lock: *const T, exclusive: bool, wait: Wait) -> c_int {
    let milliseconds = match wait {
        Wait::Forever => -1,
        Wait::Try => 0,
        Wait::Timed(milliseconds) => milliseconds,
    };
    let timed = matches!(wait, Wait::Timed(_));
    let call = if exclusive { LOCK_EXCLUSIVE } else { LOCK_SHARED };
    failure::status(call, lock as usize, usize::from(timed), milliseconds as usize)
}

pub fn lock_release<T>(lock: *const T) -> c_int {
    failure::status(LOCK_RELEASE, lock as usize, 0, 0)
}

pub fn lock_close<T>(lock: *const T) -> c_int {
    failure::status(LOCK_CLOSE, lock as usize, 0, 0)
}

pub fn guard(addr: *const c_void, length: usize) -> c_int {
    failure::status(GUARD, addr as usize, length, 0)
}

pub fn unguard(addr: *const c_void, length: usize) -> c_int {
    failure::status(UNGUARD, addr as usize, length, 0)
}

pub fn guard_tripped(addr: *const c_void) -> c_int {
    failure::status(GUARD_TRIPPED, addr as usize, 0, 0)
}

/// The call that was kept; None: nothing has failed. `path` is what its path is called, if it has one.
pub fn call(failure: &Failure, path: Path) -> Option<Call> {
    let [a, b, c, d, e, f] = failure.args.map(|arg| arg as u64);
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
