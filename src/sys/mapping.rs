//! A mapping of a file that nobody else knows of yet: it is unmapped when dropped, or handed out.

use super::memory;
use crate::errno::{Result, fail};
use libc::c_int;

/// Flags that put a mapping at an address of the caller's choice.
pub const PLACED: c_int = libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE;

pub struct Mapping {
    address: usize,
    length: usize,
}

impl Mapping {
    /// mmap(2), from the beginning of the file and where the kernel likes: EINVAL with a flag of PLACED.
    pub fn new(length: usize, prot: c_int, flags: c_int, fd: c_int) -> Result<Self> {
        if flags & PLACED != 0 {
            return fail(libc::EINVAL);
        }
        // SAFETY: without MAP_FIXED nothing is replaced.
        let address = unsafe { memory::map(0, length, prot, flags, fd, 0) }?;
        Ok(Mapping { address, length })
    }

    /// The address; whoever takes it unmaps it.
    pub fn into_address(self) -> usize {
        let address = self.address;
        core::mem::forget(self);
        address
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and its address was given to nobody.
        let _ = unsafe { memory::unmap(self.address, self.length) };
    }
}
