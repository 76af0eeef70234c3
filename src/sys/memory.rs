//! mmap, munmap, msync, mprotect, mremap: the bare calls. Order of the checks, rounding and errors are the kernel's.

use super::call::{call, int};
use crate::errno::Result;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use libc::{c_int, off_t};

/// mmap(2). The address is a number: what may be done with it is the caller's business.
///
/// # Safety
/// `MAP_FIXED` replaces what is mapped in the range.
pub unsafe fn map(
    addr: usize,
    length: usize,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> Result<usize> {
    let args = [addr, length, int(prot), int(flags), int(fd), offset as usize];
    // SAFETY: replacing a mapping is the only danger, and the caller's promise.
    unsafe { call(libc::SYS_mmap, args) }
}

/// munmap(2).
///
/// # Safety
/// Nobody uses the range any more.
pub unsafe fn unmap(addr: usize, length: usize) -> Result<usize> {
    // SAFETY: the caller's promise.
    unsafe { call(libc::SYS_munmap, [addr, length, 0, 0, 0, 0]) }
}

/// msync(2).
pub fn sync(addr: usize, length: usize, flags: c_int) -> Result<usize> {
    // SAFETY: msync writes to files, never to memory.
    unsafe { call(libc::SYS_msync, [addr, length, int(flags), 0, 0, 0]) }
}

/// mprotect(2).
///
/// # Safety
/// Nobody needs the rights that are taken away.
pub unsafe fn protect(addr: usize, length: usize, prot: c_int) -> Result<usize> {
    // SAFETY: the caller's promise.
    unsafe { call(libc::SYS_mprotect, [addr, length, int(prot), 0, 0, 0]) }
}

/// mremap(2).
///
/// # Safety
/// As `unmap` for the old range, and as `map` with `MAP_FIXED` for a given new one.
pub unsafe fn remap(addr: usize, old: usize, new: usize, flags: c_int, to: usize) -> Result<usize> {
    // SAFETY: the caller's promise.
    unsafe { call(libc::SYS_mremap, [addr, old, new, int(flags), to, 0]) }
}

/// madvise(2).
///
/// # Safety
/// As the advice: `MADV_WIPEONFORK` and its like change what the range holds.
pub unsafe fn advise(addr: usize, length: usize, advice: c_int) -> Result<usize> {
    // SAFETY: the caller's promise.
    unsafe { call(libc::SYS_madvise, [addr, length, int(advice), 0, 0, 0]) }
}

/// madvise(2) with `MADV_POPULATE_READ` or `MADV_POPULATE_WRITE`: an access to each page, by the kernel. EFAULT: it would
/// have been SIGBUS.
pub fn populate(addr: usize, length: usize, advice: c_int) -> Result<()> {
    // SAFETY: these two change no contents.
    unsafe { advise(addr, length, advice) }?;
    Ok(())
}

/// A range whose owner allows that pages of it are replaced by zeros.
#[derive(Clone, Copy)]
pub struct Replaceable {
    pub start: usize,
    pub end: usize,
}

impl Replaceable {
    /// # Safety
    /// As long as copies of this are used, the range belongs to whoever made it, and all who use it bear to find zeros
    /// in a page that the file does not have any more.
    pub const unsafe fn new(start: usize, end: usize) -> Self {
        Replaceable { start, end }
    }

    /// Puts private zeros over everything from `from` to `to`, both within the range.
    pub fn zero(&self, from: usize, to: usize, prot: c_int) -> Result<()> {
        let (from, to) = (from.max(self.start), to.min(self.end));
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: within the range, whose owner allows it (`new`).
        unsafe { map(from, to.saturating_sub(from), prot, flags, -1, 0) }?;
        Ok(())
    }
}

/// A place for one, read by signal handlers at any time.
pub struct ReplaceableCell {
    start: AtomicUsize,
    end: AtomicUsize,
}

impl ReplaceableCell {
    /// An empty range.
    pub const fn new() -> Self {
        ReplaceableCell { start: AtomicUsize::new(0), end: AtomicUsize::new(0) }
    }

    pub fn set(&self, range: Replaceable) {
        self.start.store(range.start, Relaxed);
        self.end.store(range.end, Relaxed);
    }

    /// What `set` was given last, if nobody is just setting it.
    pub fn get(&self) -> Replaceable {
        Replaceable { start: self.start(), end: self.end() }
    }

    pub fn start(&self) -> usize {
        self.start.load(Relaxed)
    }

    pub fn end(&self) -> usize {
        self.end.load(Relaxed)
    }
}
