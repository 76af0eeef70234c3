//! Room that is too large for the stack of a caller who may have a small one: pages of its own, for a while.

use super::memory;
use crate::errno::Result;

/// Zeroed bytes, given back when dropped.
pub struct Room {
    start: usize,
    length: usize,
}

impl Room {
    /// ENOMEM, or what else mmap says.
    #[inline(never)]
    pub fn new(length: usize) -> Result<Self> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: no MAP_FIXED, so nothing is replaced.
        let start = unsafe { memory::map(0, length, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) }?;
        Ok(Room { start, length })
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: mapped by `new`, zeroed, of that length, until self is dropped; written through `bytes_mut` alone.
        unsafe { core::slice::from_raw_parts(self.start as *const u8, self.length) }
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and self is borrowed for writing.
        unsafe { core::slice::from_raw_parts_mut(self.start as *mut u8, self.length) }
    }
}

impl Drop for Room {
    #[inline(never)]
    fn drop(&mut self) {
        // SAFETY: ours, and nobody has a reference into it any more.
        let _ = unsafe { memory::unmap(self.start, self.length) };
    }
}
