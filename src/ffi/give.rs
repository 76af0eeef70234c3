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
