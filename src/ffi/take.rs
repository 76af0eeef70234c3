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

/// `length` bytes, at most `max`. EMSGSIZE: more; EFAULT: NULL.
///
/// # Safety
/// `bytes` is NULL, or `length` bytes are readable there, if that is at most `max`, and stay as they are for `'a`.
pub unsafe fn bytes<'a>(bytes: *const c_char, length: usize, max: usize) -> Result<&'a [u8]> {
    if length > max {
        return fail(libc::EMSGSIZE);
    }
    if bytes.is_null() {
        return if length == 0 { Ok(&[]) } else { fail(libc::EFAULT) };
    }
    // SAFETY: not NULL; the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts(bytes.cast(), length) })
}

/// A string of at most `max` bytes, which NULL leaves empty; not read further than that. EMSGSIZE, EILSEQ.
///
/// # Safety
/// `text` is NULL, or readable up to a NUL or for `max` + 1 bytes, and stays as it is for `'a`.
pub unsafe fn text<'a>(text: *const c_char, max: usize) -> Result<&'a str> {
    if text.is_null() {
        return Ok("");
    }
    // SAFETY: not NULL; reads no further than `max` + 1 bytes.
    let length = unsafe { libc::strnlen(text, max.saturating_add(1)) };
    // SAFETY: as many bytes are there, as strnlen found.
    let bytes = unsafe { bytes(text, length, max) }?;
    core::str::from_utf8(bytes).or(fail(libc::EILSEQ))
}

/// Room for `count` values that are about to be written. EFAULT: NULL, or more than memory can have.
///
/// # Safety
/// `room` is NULL, or `count` values may be written there; their bytes may be anything, which T must allow.
pub unsafe fn room<'a, T>(room: *mut T, count: usize) -> Result<&'a mut [T]> {
    let fits = count.checked_mul(size_of::<T>()).is_some_and(|size| size <= isize::MAX as usize);
    if room.is_null() || !fits || !room.is_aligned() {
        return fail(libc::EFAULT);
    }
    // SAFETY: not NULL, aligned and not too large; the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts_mut(room, count) })
}

/// Room for `size` bytes, which NULL leaves empty if `size` is 0. EFAULT otherwise.
///
/// # Safety
/// As `room`.
pub unsafe fn buffer<'a>(out: *mut c_char, size: usize) -> Result<&'a mut [u8]> {
    if size == 0 {
        return Ok(&mut []);
    }
    // SAFETY: the caller's promise.
    unsafe { room(out.cast(), size) }
}

/// A structure that begins with its own size, or None for NULL. EINVAL: another size than this library's, or than
/// that of an `older` one, which had fewer fields: those are as in `nothing`.
///
/// # Safety
/// `structure` is NULL, or begins with a size and is as large as that says. The first `older` bytes of a T are its fields of
/// then.
pub unsafe fn sized_since<T: Copy>(structure: *const T, older: usize, nothing: T) -> Result<Option<T>> {
    // SAFETY: the caller's promise.
    if structure.is_null() || unsafe { structure.cast::<usize>().read() } != older || older > size_of::<T>() {
        // SAFETY: the caller's promise.
        return unsafe { sized(structure) };
    }
    let mut copy = nothing;
    // SAFETY: so many bytes are there, the caller's promise, and there is room for them.
    unsafe { core::ptr::copy_nonoverlapping(structure.cast::<u8>(), (&raw mut copy).cast(), older) };
    Ok(Some(copy))
}

/// A structure that begins with its own size, or None for NULL. EINVAL: another size than this library's.
///
/// # Safety
/// `structure` is NULL, or begins with a size and is as large as that says.
pub unsafe fn sized<T: Copy>(structure: *const T) -> Result<Option<T>> {
    if structure.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL; the caller's promise.
    if unsafe { structure.cast::<usize>().read() } != size_of::<T>() {
        return fail(libc::EINVAL);
    }
    // SAFETY: of this size, checked above.
    Ok(Some(unsafe { structure.read() }))
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
