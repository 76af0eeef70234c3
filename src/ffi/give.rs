//! The one place where a result becomes what C expects, and where `errno` is set.

use crate::errno::{self, Result};
use libc::{c_int, c_void, ssize_t};

/// The value, or `otherwise` with errno.
fn or<T>(result: Result<T>, otherwise: T) -> T {
    result.unwrap_or_else(|error| {
        errno::set(error);
        otherwise
    })
}

/// An address, or MAP_FAILED with errno.
pub fn address(result: Result<usize>) -> *mut c_void {
    or(result.map(|address| address as *mut c_void), libc::MAP_FAILED)
}

/// A pointer, or NULL with errno.
pub fn pointer<T>(result: Result<*mut T>) -> *mut T {
    or(result, core::ptr::null_mut())
}

/// 0, or -1 with errno.
pub fn status<T>(result: Result<T>) -> c_int {
    or(result.map(|_| 0), -1)
}

/// A number that is not negative, or -1 with errno.
pub fn number(result: Result<c_int>) -> c_int {
    or(result, -1)
}

/// How many, or -1 with errno.
pub fn count(result: Result<usize>) -> ssize_t {
    or(result.map(|count| count as ssize_t), -1)
}

/// A number, or 0 with errno.
pub fn or_zero<T: Default>(result: Result<T>) -> T {
    or(result, T::default())
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
