//! What the last failing mm_ calls of the calling thread were. A few stores when a call fails, nothing when it does not.
//!
//! A signal handler may fail in the middle of it. Then it is the handler's call that is kept whole, and after it, since
//! `version` has changed, once more that of the thread. No lock, no allocation.

use core::sync::atomic::{Ordering::SeqCst, compiler_fence};

const ARGS: usize = 6;
const PATH_ROOM: usize = 128;

/// A failed call. `call` is one of the numbers that `ffi::record` gives; 0: nothing has failed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failure {
    pub args: [u64; ARGS],
    pub error: i32,
    pub call: u32,
    path: [u8; PATH_ROOM],
}

impl Failure {
    pub const fn new(call: u32, error: i32, args: [u64; ARGS]) -> Self {
        Failure { args, error, call, path: [0; PATH_ROOM] }
    }

    /// The path that the call was given. One too long is not kept: part of it would name another file.
    pub fn with(mut self, path: &[u8]) -> Self {
        if path.len() < PATH_ROOM {
            for (place, byte) in self.path.iter_mut().zip(path) {
                *place = *byte;
            }
        }
        self
    }

    /// Empty: there was none, or it was too long.
    pub fn path(&self) -> &[u8] {
        self.path.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}

/// A thread's failures.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failures {
    version: u64,
    pub last: Failure,
    /// The last of those that answer MAP_FAILED.
    pub map: Failure,
}

/// Keeps a failure of the calling thread.
#[cold]
#[inline(never)]
pub fn keep(failure: &Failure, maps: bool) {
    let here = mapboard_failures();
    loop {
        let version = version(here).wrapping_add(1);
        // SAFETY: the calling thread's own, which C made; nobody holds a reference to it.
        unsafe { here.cast::<u64>().write_volatile(version) }; // the first field
        // SAFETY: as above.
        store(unsafe { &raw mut (*here).last }, failure);
        if maps {
            // SAFETY: as above.
            store(unsafe { &raw mut (*here).map }, failure);
        }
        if self::version(here) == version {
            return;
        }
    }
}

/// Should a handler leave by siglongjmp() in the middle of it, nothing has failed.
fn store(to: *mut Failure, failure: &Failure) {
    // SAFETY: `keep` passes a part of the thread's own.
    let call = unsafe { &raw mut (*to).call };
    // SAFETY: as above.
    unsafe { call.write_volatile(0) };
    compiler_fence(SeqCst);
    // SAFETY: as above.
    unsafe { to.write(Failure { call: 0, ..*failure }) };
    compiler_fence(SeqCst);
    // SAFETY: as above.
    unsafe { call.write_volatile(failure.call) };
    compiler_fence(SeqCst);
}

/// The calling thread's failures: copied again if a handler has failed meanwhile.
pub fn failures() -> Failures {
    let here = mapboard_failures();
    loop {
        let before = version(here);
        compiler_fence(SeqCst);
        // SAFETY: the calling thread's own, which C made, zeroed at first; nobody holds a reference to it.
        let copy = unsafe { here.read() };
        compiler_fence(SeqCst);
        if version(here) == before {
            return copy;
        }
    }
}

fn version(here: *const Failures) -> u64 {
    // SAFETY: the calling thread's own, which C made, zeroed at first; nobody holds a reference to it.
    unsafe { here.cast::<u64>().read_volatile() } // the first field
}

unsafe extern "C" {
    safe fn mapboard_failures() -> *mut Failures;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_its_own() {
        keep(&Failure::new(1, libc::EINVAL, [1, 2, 3, 4, 5, 6]).with(b"data.bin"), true);
        keep(&Failure::new(2, libc::ENOMEM, [7; ARGS]).with(&[b'x'; PATH_ROOM]), false);
        let seen = failures();
        assert_eq!((seen.last.call, seen.last.error, seen.last.args), (2, libc::ENOMEM, [7; ARGS]));
        assert_eq!(seen.last.path(), b"");
        assert_eq!((seen.map.call, seen.map.error, seen.map.args), (1, libc::EINVAL, [1, 2, 3, 4, 5, 6]));
        assert_eq!(seen.map.path(), b"data.bin");
        assert!(std::thread::spawn(|| failures().last.call).join().is_ok_and(|call| call == 0));
    }
}
