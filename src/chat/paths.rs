//! The names that belong to a board: its file, its lock file, and the directory of both.

use crate::errno::{Result, fail};
use crate::sys::room::Room;
use core::ffi::CStr;

const MAX: usize = libc::PATH_MAX as usize;
const LOCK: &[u8] = b".lock";
const PRIVATE: &[u8] = b".new-";
const HEX: usize = 16;

/// A name that is made here, of 4 KiB and more: not on the stack, of which the caller may have 16.
struct Name(Room);

impl Name {
    #[inline(never)]
    fn of(parts: [&[u8]; 3]) -> Result<Self> {
        let mut room = Room::new(MAX + 32)?;
        for (to, from) in room.bytes_mut().iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        Ok(Name(room))
    }

    fn get(&self) -> &CStr {
        CStr::from_bytes_until_nul(self.0.bytes()).unwrap_or_default()
    }
}

/// The names.
pub struct Paths<'a> {
    board: &'a CStr,
    lock: Name,
}

impl<'a> Paths<'a> {
    /// ENOENT: the empty path. ENAMETOOLONG: no room for ".lock" behind it. ENOMEM.
    pub fn new(board: &'a CStr) -> Result<Self> {
        let path = board.to_bytes();
        if path.is_empty() {
            return fail(libc::ENOENT);
        }
        if path.len() + LOCK.len() >= MAX {
            return fail(libc::ENAMETOOLONG);
        }
        Ok(Paths { board, lock: Name::of([path, LOCK, b""])? })
    }

    pub fn board(&self) -> &CStr {
        self.board
    }

    /// BOARD.lock
    pub fn lock(&self) -> &CStr {
        self.lock.get()
    }

    /// Calls `f` with the directory that holds both.
    pub fn with_directory<T>(&self, f: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
        let path = self.board.to_bytes();
        let directory = match path.iter().rposition(|byte| *byte == b'/') {
            None => &b"."[..],
            Some(0) => b"/",
            Some(at) => path.get(..at).unwrap_or_default(),
        };
        f(Name::of([directory, b"", b""])?.get())
    }

    /// Calls `f` with a name beside the board that nobody else uses, for file systems without O_TMPFILE.
    pub fn with_private<T>(&self, random: u64, f: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
        let mut digits = [0; HEX];
        for (at, digit) in digits.iter_mut().enumerate() {
            let nibble = (random >> (4 * at)) as u8 & 0xf;
            *digit = nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        }
        f(Name::of([self.board.to_bytes(), PRIVATE, &digits])?.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (board, directory, lock) in [
            (c"b", c".", c"b.lock"),
            (c"/b", c"/", c"/b.lock"),
            (c"a/b", c"a", c"a/b.lock"),
            (c"/a/b/c", c"/a/b", c"/a/b/c.lock"),
        ] {
            let paths = Paths::new(board).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(paths.lock(), lock);
            assert_eq!(paths.with_directory(|name| Ok(name == directory)), Ok(true));
        }
        let paths = Paths::new(c"a/b").unwrap_or_else(|error| panic!("{error}"));
        let named = paths.with_private(0x0123_4567_89ab_cdef, |name| Ok(name == c"a/b.new-fedcba9876543210"));
        assert_eq!(named, Ok(true));
        assert_eq!(Paths::new(c"").err(), Some(crate::errno::Errno(libc::ENOENT)));
    }
}
