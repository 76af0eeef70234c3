//! mm_map and its four companions.

use super::give;
use crate::map;
use libc::{c_int, c_void, off_t, size_t};

/// Maps a file or anonymous memory: mmap(2), with the same arguments, results and errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_map(
    addr: *mut c_void,
    length: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    // SAFETY: the header's: MAP_FIXED replaces what the range held.
    give::address(unsafe { map::map(addr as usize, length, prot, flags, fd, offset) })
}

/// munmap(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_unmap(addr: *mut c_void, length: size_t) -> c_int {
    // SAFETY: the header's: nobody uses the range any more.
    give::status(unsafe { map::unmap(addr as usize, length) })
}

/// mprotect(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_protect(addr: *mut c_void, length: size_t, prot: c_int) -> c_int {
    // SAFETY: the header's: nobody needs the rights taken away.
    give::status(unsafe { map::protect(addr as usize, length, prot) })
}

/// msync(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_sync(addr: *mut c_void, length: size_t, flags: c_int) -> c_int {
    give::status(map::sync(addr as usize, length, flags))
}
