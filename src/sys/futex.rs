//! Sleeping in the kernel: futex(2), futex_waitv(2), and a small lock for the threads of one process.

use super::call::{call, int};
use crate::errno::{Errno, Result};
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::*};

/// Sleeps while `word` holds `expected`, until woken, or until `timeout` (a duration; None: no bound).
/// EAGAIN: it held something else; ETIMEDOUT; EINTR: a signal handler ran.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<&libc::timespec>) -> Result<()> {
    let op = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    let timeout = timeout.map_or(0, |t| &raw const *t as usize);
    // SAFETY: the kernel reads one aligned word and a timespec, both borrowed for the whole call.
    unsafe { call(libc::SYS_futex, [word.as_ptr() as usize, int(op), expected as usize, timeout, 0, 0]) }?;
    Ok(())
}

/// As `wait`, until `until` on CLOCK_MONOTONIC, and begun again after a handler of a signal that was installed with
/// SA_RESTART, which the old call with a time is not. (Before Linux 5.16 it is that call.)
pub fn wait_on(word: &AtomicU32, expected: u32, until: i64) -> Result<()> {
    let time = super::process::timespec(until);
    let waiter = Waiter::new(word.as_ptr() as usize, expected, libc::FUTEX_PRIVATE_FLAG as u32);
    let args =
        [&raw const waiter as usize, 1, 0, &raw const time as usize, libc::CLOCK_MONOTONIC as usize, 0];
    // SAFETY: the kernel reads one waiter, one aligned word and a timespec, all borrowed for the whole call.
    let woken = unsafe { call(libc::SYS_futex_waitv, args) };
    if !matches!(woken, Err(Errno(libc::ENOSYS | libc::ENOMEM))) {
        return woken.map(|_| ());
    }
    let left = until.saturating_sub(super::process::monotonic()).max(0);
    wait(word, expected, Some(&super::process::timespec(left)))
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
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.0.0.swap(0, Release) == 2 {
            wake(&self.0.0, 1);
        }
    }
}

/// A futex word in shared memory: the low half of a 64-bit word (little-endian, lib.rs).
fn low_half(word: &AtomicU64) -> usize {
    word.as_ptr() as usize
}

/// Wakes the threads of this process that sleep on the low half of `word`.
pub fn wake_half(word: &AtomicU64) {
    let op = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: the kernel only takes the address as a name.
    let _ = unsafe { call(libc::SYS_futex, [low_half(word), int(op), int(libc::c_int::MAX), 0, 0, 0]) };
}

/// Wakes all that sleep on the low half of a word in shared memory, in whatever process.
pub fn wake_shared(word: &AtomicU64) {
    let args = [low_half(word), int(libc::FUTEX_WAKE), int(libc::c_int::MAX), 0, 0, 0];
    // SAFETY: the kernel only takes the address as a name.
    let _ = unsafe { call(libc::SYS_futex, args) };
}

/// Sleeps while each word holds what was seen of it (of the low half, where it has two), until one of them is woken, or
/// until `until` on CLOCK_MONOTONIC. EAGAIN: one held something else; ETIMEDOUT; EINTR: a handler of a signal ran that was
/// installed without SA_RESTART.
///
/// futex_waitv(2) sleeps on all at once. Before Linux 5.16, or where the kernel has no memory to remember them, there is
/// only one to sleep on: `shared`, for at most `OLD_KERNEL_NAP`, so a change of the others is noticed late, but is noticed.
pub fn wait_three(
    shared: (&AtomicU64, u32),
    private: (&AtomicU32, u32),
    half: (&AtomicU64, u32),
    until: &libc::timespec,
) -> Result<()> {
    let waiters = [
        Waiter::new(low_half(shared.0), shared.1, 0),
        Waiter::new(private.0.as_ptr() as usize, private.1, libc::FUTEX_PRIVATE_FLAG as u32),
        Waiter::new(low_half(half.0), half.1, libc::FUTEX_PRIVATE_FLAG as u32),
    ];
    let clock = libc::CLOCK_MONOTONIC as usize;
    let args = [waiters.as_ptr() as usize, waiters.len(), 0, &raw const *until as usize, clock, 0];
    // SAFETY: the kernel reads three waiters, three aligned words and a timespec, all borrowed for the whole call.
    let woken = unsafe { call(libc::SYS_futex_waitv, args) };
    if !matches!(woken, Err(Errno(libc::ENOSYS | libc::ENOMEM))) {
        return woken.map(|_| ());
    }
    let nap = OLD_KERNEL_NAP;
    let args = [low_half(shared.0), int(libc::FUTEX_WAIT), shared.1 as usize, &raw const nap as usize, 0, 0];
    // SAFETY: the kernel reads one aligned word and a timespec.
    unsafe { call(libc::SYS_futex, args) }.map(|_| ())
}

/// struct futex_waitv of linux/futex.h.
#[repr(C)]
struct Waiter {
    value: u64,
    address: u64,
    flags: u32,
    reserved: u32,
}

impl Waiter {
    fn new(address: usize, value: u32, flags: u32) -> Self {
        const SIZE_32: u32 = 2;
        Waiter { value: u64::from(value), address: address as u64, flags: flags | SIZE_32, reserved: 0 }
    }
}

const OLD_KERNEL_NAP: libc::timespec = libc::timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// Whether this process has one thread. Then it stays so until this thread itself starts another: libc's word for it is
/// written before that (glibc's manual, "Single-Threaded").
fn has_one_thread() -> bool {
    // SAFETY: NULL or a variable of libc's, written by the only thread there is.
    unsafe { mapboard_single_threaded.as_ref() }.is_some_and(|word| word.load(Relaxed) != 0)
}

unsafe extern "C" {
    safe static mapboard_single_threaded: *const AtomicU8;
}

/// Data that the threads of one process share, used by one at a time.
pub struct Mutex<T> {
    lock: Lock,
    value: UnsafeCell<T>,
}

// SAFETY: `hold` lends the value to one thread at a time.
unsafe impl<T: Send> Sync for Mutex<T> {}

/// The value, for as long as this lives.
pub struct Guard<'a, T> {
    value: &'a UnsafeCell<T>,
    _held: Option<Held<'a>>,
}

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Self {
        Mutex { lock: Lock::new(), value: UnsafeCell::new(value) }
    }

    /// Waits for the others of this process; if there are none, and libc says so, that costs nothing.
    pub fn hold(&self) -> Guard<'_, T> {
        let held = if has_one_thread() { None } else { Some(self.lock.hold()) };
        Guard { _held: held, value: &self.value }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the lock is held for as long as self lives.
        unsafe { &*self.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held for as long as self lives, and self is borrowed for writing.
        unsafe { &mut *self.value.get() }
    }
}

/// A turn that one thread has, where nobody may sleep: in signal handlers. Taken by a process, so that a child, forked
/// while another thread had its turn, does not wait for ever.
pub struct Claim(AtomicU32);

/// The turn, for as long as this lives.
pub struct Claimed<'a>(&'a Claim);

impl Claim {
    pub const fn new() -> Self {
        Claim(AtomicU32::new(0))
    }

    /// The turn, unless another thread of this process has it.
    pub fn claim(&self) -> Option<Claimed<'_>> {
        let me = super::process::pid();
        let seen = self.0.load(Relaxed);
        let free = seen != me && self.0.compare_exchange(seen, me, Acquire, Relaxed).is_ok();
        free.then(|| Claimed(self)) // made only if it is ours: dropping one gives the turn up
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        self.0.0.store(0, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::Claim;

    #[test]
    fn who_does_not_get_the_turn_takes_it_from_nobody() {
        let turn = Claim::new();
        let mine = turn.claim();
        assert!(mine.is_some());
        for _ in 0..3 {
            assert!(turn.claim().is_none());
        }
        drop(mine);
        assert!(turn.claim().is_some());
    }
}
