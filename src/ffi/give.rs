//! The one place where a result becomes what C expects, and where `errno` is set.

use crate::errno::{self, Errno, Result};
use libc::{c_int, c_void, ssize_t};

/// The value, or `otherwise` with errno.
fn or<T>(result: Result<T>, otherwise: T) -> T {
    result.unwrap_or_else(|error| {
        errno::set(error);
        otherwise
    })
}

/// The value; or errno, and what `failed` keeps of the call for mm_explain() (see `record`) and answers.
fn or_record<T>(result: Result<T>, failed: impl FnOnce(Errno) -> T) -> T {
    match result {
        Ok(value) => value,
        Err(error) => {
            errno::set(error);
            failed(error)
        }
    }
}

/// An address, or with errno what `failed` answers: MAP_FAILED.
pub fn address(result: Result<usize>, failed: impl FnOnce(Errno) -> *mut c_void) -> *mut c_void {
    or_record(result.map(|address| address as *mut c_void), failed)
}

/// A pointer, or with errno what `failed` answers: NULL.
pub fn pointer<T>(result: Result<*mut T>, failed: impl FnOnce(Errno) -> *mut T) -> *mut T {
    or_record(result, failed)
}

/// A number that is not negative, or with errno what `failed` answers: -1.
pub fn number_or(result: Result<c_int>, failed: impl FnOnce(Errno) -> c_int) -> c_int {
    or_record(result, failed)
}

/// 0, or with errno what `failed` answers: -1.
pub fn status_or<T>(result: Result<T>, failed: impl FnOnce(Errno) -> c_int) -> c_int {
    or_record(result.map(|_| 0), failed)
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
