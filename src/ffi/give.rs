//! The one place where a result becomes what C expects, and where `errno` is set.

use crate::errno::{self, Result};
use libc::{c_int, c_void};

/// An address, or MAP_FAILED with errno.
pub fn address(result: Result<usize>) -> *mut c_void {
    match result {
        Ok(address) => address as *mut c_void,
        Err(error) => {
            errno::set(error);
            libc::MAP_FAILED
        }
    }
}

/// A pointer, or NULL with errno.
pub fn pointer<T>(result: Result<*mut T>) -> *mut T {
    match result {
        Ok(pointer) => pointer,
        Err(error) => {
            errno::set(error);
            core::ptr::null_mut()
        }
    }
}

/// 0, or -1 with errno.
pub fn status<T>(result: Result<T>) -> c_int {
    match result {
        Ok(_) => 0,
        Err(error) => {
            errno::set(error);
            -1
        }
    }
}

/// A result beside the one that is returned, unless the caller does not want it.
///
/// # Safety
/// `to` is NULL or may be written.
pub unsafe fn out<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: the caller's promise.
        unsafe { to.write(value) };
    }
}
