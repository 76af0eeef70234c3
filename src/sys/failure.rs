//! What the last failing mm_ calls of the calling thread were: the other half of `failure.c`.

use libc::{c_char, c_int, c_void, off_t};

const ARGS: usize = 6;
const PATH_ROOM: usize = 128;

/// A failed call as `failure.c` keeps it. `call` is one of the numbers that `ffi::record` gives; 0: nothing failed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failure {
    pub args: [usize; ARGS],
    /// Where the call returns to; within this library where that was not to be had.
    pub caller: usize,
    pub error: i32,
    pub call: u32,
    path: [u8; PATH_ROOM],
}

impl Failure {
    const NONE: Failure = Failure { args: [0; ARGS], caller: 0, error: 0, call: 0, path: [0; PATH_ROOM] };

    /// The path it was called with; empty: it had none, or one too long to keep.
    pub fn path(&self) -> &[u8] {
        self.path.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}

/// A thread's failures.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failures {
    pub last: Failure,
    /// The last of those that answer MAP_FAILED.
    pub map: Failure,
}

/// The calling thread's failures.
pub fn failures() -> Failures {
    let mut copy = Failures { last: Failure::NONE, map: Failure::NONE };
    // SAFETY: `copy` has C's layout and is borrowed for the call.
    unsafe { mapboard_failures(&raw mut copy) };
    copy
}

#[allow(unused_doc_comments)] // the next line keeps this out of the C header
/// cbindgen:ignore
unsafe extern "C" {
    fn mapboard_failures(copy: *mut Failures);

    /// Keeps a failed mmap, with the `errno` that is set already. Answers MAP_FAILED.
    #[link_name = "mapboard_failed_map"]
    pub safe fn map(
        addr: *mut c_void,
        length: usize,
        prot: c_int,
        flags: c_int,
        fd: c_int,
        offset: off_t,
    ) -> *mut c_void;

    /// Keeps another call that answers MAP_FAILED.
    #[link_name = "mapboard_failed_remap"]
    pub safe fn address(call: u32, a: usize, b: usize, c: usize, d: usize, e: usize) -> *mut c_void;

    /// Keeps a call that answers -1.
    #[link_name = "mapboard_failed"]
    pub safe fn status(call: u32, a: usize, b: usize, c: usize) -> c_int;

    /// Keeps a call with a path: NULL or, unless `errno` is EFAULT, a string. Answers MAP_FAILED if `maps`, else NULL.
    #[link_name = "mapboard_failed_path"]
    pub fn path(call: u32, path: *const c_char, a: usize, b: usize, maps: c_int) -> *mut c_void;
}
