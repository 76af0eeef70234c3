//! A mapping made only to see whether it can be made: without rights, and gone when dropped.

use super::memory;
use crate::errno::{Result, fail};
use libc::c_int;

pub struct Probe {
    start: usize,
    length: usize,
}

impl Probe {
    /// mmap(2) with PROT_NONE. `flags` may put it somewhere, but not over something: EINVAL with MAP_FIXED.
    pub fn new(address: usize, length: usize, flags: c_int) -> Result<Self> {
        if flags & libc::MAP_FIXED != 0 {
            return fail(libc::EINVAL);
        }
        // SAFETY: without MAP_FIXED nothing is replaced.
        let start = unsafe { memory::map(address, length, libc::PROT_NONE, flags, -1, 0) }?;
        Ok(Probe { start, length })
    }

    pub const fn start(&self) -> usize {
        self.start
    }

    /// Unmaps the page in the middle of three, so that one mapping becomes two.
    pub fn cut(mut self, page: usize) -> Result<()> {
        // SAFETY: a page of our own mapping, which nobody else knows of.
        unsafe { memory::unmap(self.start + page, page) }?;
        // The other two each on its own: another thread may already have mapped something between them.
        let last = Probe { start: self.start + 2 * page, length: page };
        self.length = page;
        drop(last);
        Ok(())
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and nobody else knows of it.
        let _ = unsafe { memory::unmap(self.start, self.length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_nothing() {
        let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        let probe = Probe::new(0, 3 * 4096, flags).unwrap_or_else(|error| panic!("{error}"));
        let start = probe.start();
        assert!(memory::sync(start, 3 * 4096, libc::MS_ASYNC).is_ok());
        assert_eq!(probe.cut(4096), Ok(()));
        for page in 0..3 {
            assert!(memory::sync(start + page * 4096, 4096, libc::MS_ASYNC).is_err());
        }
        assert!(Probe::new(0, 4096, flags | libc::MAP_FIXED).is_err());
    }
}
