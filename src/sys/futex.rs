//! Sleeping in the kernel: futex(2), futex_waitv(2), and a small lock for the threads of one process.

use super::call::{call, int};
use crate::errno::{Errno, Result};
use core::sync::atomic::{AtomicU32, Ordering::*};

/// Sleeps while `word` holds `expected`, until woken, or until `timeout` (a duration; None: no bound).
/// EAGAIN: it held something else; ETIMEDOUT; EINTR: a signal handler ran.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<&libc::timespec>) -> Result<()> {
    let op = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    let timeout = timeout.map_or(0, |t| &raw const *t as usize);
    // SAFETY: the kernel reads one aligned word and a timespec, both borrowed for the whole call.
    unsafe { call(libc::SYS_futex, [word.as_ptr() as usize, int(op), expected as usize, timeout, 0, 0]) }?;
    Ok(())
}

/// Wakes up to `count` threads of this process that sleep on `word`.
pub fn wake(word: &AtomicU32, count: i32) {
    let op = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the kernel only takes the address as a name.
    let woken = unsafe { call(libc::SYS_futex, [word.as_ptr() as usize, int(op), int(count), 0, 0, 0]) };
    debug_assert!(woken.is_ok());
}

/// A mutual exclusion for the threads of one process, as in Ulrich Drepper's "Futexes Are Tricky" (2011), mutex 2.
/// States: 0 free, 1 held, 2 held and somebody may sleep.
pub struct Lock(AtomicU32);

/// The lock is held for as long as this lives.
pub struct Held<'a>(&'a Lock);

impl Lock {
    pub const fn new() -> Self {
        Lock(AtomicU32::new(0))
    }

    /// Waits for the lock.
    pub fn hold(&self) -> Held<'_> {
        if self.0.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
            while self.0.swap(2, Acquire) != 0 {
                // EAGAIN and EINTR: look again
                let _: core::result::Result<(), Errno> = wait(&self.0, 2, None);
            }
        }
        Held(self)
    }

    /// Frees the lock whoever holds it: for a forked child, where the holder does not exist.
    pub fn reset(&self) {
        self.0.store(0, Release);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.0.0.swap(0, Release) == 2 {
            wake(&self.0.0, 1);
        }
    }
}
