//! What C hands in, looked at before it is used.

use crate::errno::{Result, fail};
use core::ffi::{CStr, c_char};

/// With its NUL, as the kernel counts.
const PATH_MAX: usize = libc::PATH_MAX as usize;

/// A path. EFAULT: NULL; ENAMETOOLONG: no NUL among the first PATH_MAX bytes, further than which nothing is read.
///
/// # Safety
/// `path` is NULL, or readable up to a NUL or for PATH_MAX bytes, and stays as it is for `'a`.
pub unsafe fn path<'a>(path: *const c_char) -> Result<&'a CStr> {
    if path.is_null() {
        return fail(libc::EFAULT);
    }
    let is_end = |at| {
        // SAFETY: all bytes before it are readable and not NUL, so this one is readable: the caller's promise.
        unsafe { path.wrapping_add(at).read() == 0 }
    };
    let Some(length) = (0..PATH_MAX).position(is_end) else {
        return fail(libc::ENAMETOOLONG);
    };
    // SAFETY: all of these bytes were just read.
    let bytes = unsafe { core::slice::from_raw_parts(path.cast(), length + 1) };
    // SAFETY: the first NUL is the last byte.
    Ok(unsafe { CStr::from_bytes_with_nul_unchecked(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_within_path_max() {
        let mut text = vec![b'a'; PATH_MAX];
        let take = |text: &[u8]| {
            // SAFETY: PATH_MAX readable bytes.
            unsafe { path(text.as_ptr().cast()) }.map(|path| path.count_bytes())
        };
        assert_eq!(take(&text), fail(libc::ENAMETOOLONG));
        if let Some(last) = text.last_mut() {
            *last = 0;
        }
        assert_eq!(take(&text), Ok(PATH_MAX - 1));
        assert_eq!(take(&[0]), Ok(0));
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { path(core::ptr::null()) }, fail(libc::EFAULT));
    }
}
