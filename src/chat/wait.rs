//! Waiting for something new: a short spin, a few yields, then sleep in the kernel. How a sleeper and a poster do not
//! miss each other is told in ring.rs.

use super::dernier::Dernier;
use super::layout::Word;
use super::ring::{ASLEEP, Entry, Look, Ring};
use super::shared::{AtomicU32, Memory, Ordering::*};
use crate::errno::{Errno, Result, fail};
use crate::sys::{futex, process};
use core::sync::atomic::AtomicI64;

/// The last net, in nanoseconds: nobody sleeps longer without looking again, whoever was killed or stopped before it could
/// ring (the slide's "toutes les secondes"). Also all that a read-only participant can count on, since it cannot set a mark.
pub const NET: i64 = 1_000_000_000;

/// How long one looks at the ring before the first yield, in nanoseconds, to begin with: about the time that an idle
/// processor takes to wake.
const SPIN: i64 = 30_000;
/// And at most: where two have slept in step, each waits until the other is awake, and both wait for the next message
/// for less than this. Then looking longer finds each other awake again.
const SPIN_MOST: i64 = 60_000;
/// Where it is less than this, it is not worth the while.
const SPIN_LEAST: i64 = 1000;
/// Looks between two at the clock.
const LOOKS: u32 = 12;
/// Yields before the first sleep.
const YIELDS: u32 = 20;

/// How long it was worth looking about lately, in nanoseconds: as the kernel's haltpoll, it doubles when what was waited for
/// came soon after one had fallen asleep, and is halved, to nothing, when it did not.
pub struct Eagerness(AtomicI64);

impl Eagerness {
    pub const fn new() -> Self {
        Eagerness(AtomicI64::new(SPIN))
    }

    fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }

    /// One slept, and waited for so long.
    fn learn(&self, took: i64) {
        let eager = self.get();
        let next = if took < SPIN_MOST { (2 * eager).clamp(SPIN, SPIN_MOST) } else { eager / 2 };
        self.0.store(if next < SPIN_LEAST { 0 } else { next }, Relaxed);
    }
}

/// Who waits for what comes behind `dernier`.
pub struct Sleeper<'a, M> {
    pub memory: &'a M,
    /// Another thread may change it meanwhile.
    pub dernier: &'a Dernier,
    pub eager: &'a Eagerness,
    /// Raised by `minichat_interrupt`; ends one wait.
    pub interrupt: &'a AtomicU32,
    pub read_only: bool,
}

/// Ends a wait with EINTR: the one in progress, or the next. Safe in a signal handler. Release: who was interrupted
/// sees what was done before.
pub fn interrupt(word: &AtomicU32) {
    word.store(1, Release);
    futex::wake(word, i32::MAX);
}

impl<M: Memory> Sleeper<'_, M> {
    /// Waits for something new: true, or false at `deadline` on the monotonic clock.
    ///
    /// EINTR: interrupted, or a handler of a signal ran that was installed without SA_RESTART. ESTALE: the file was cut.
    pub fn wait(&self, deadline: i64) -> Result<bool> {
        if self.look()? {
            return Ok(true);
        }
        let start = process::monotonic();
        if start >= deadline {
            return Ok(false); // a look was all that was asked for
        }
        let eager = self.eager.get();
        if eager > 0 && self.look_about(start + eager)? {
            return Ok(true);
        }
        let there = self.sleep(deadline)?;
        self.eager.learn(if there { process::monotonic() - start } else { i64::MAX });
        Ok(there)
    }

    /// Looks again and again, until `end`, and then a few times when the others have had their turn.
    fn look_about(&self, end: i64) -> Result<bool> {
        loop {
            for _ in 0..LOOKS {
                core::hint::spin_loop();
                if self.look()? {
                    return Ok(true);
                }
            }
            // Where the partner needs this very processor, looking would only keep it from answering.
            if process::monotonic() >= end || process::has_one_processor() {
                break;
            }
        }
        for _ in 0..YIELDS {
            process::yield_now();
            if self.look()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// As `wait`, without looking at the board for a while first.
    pub fn sleep(&self, deadline: i64) -> Result<bool> {
        loop {
            if self.look()? {
                return Ok(true);
            }
            if !self.memory.is_whole() {
                return fail(libc::ESTALE);
            }
            if process::monotonic() >= deadline {
                return Ok(false);
            }
            let dernier = self.dernier.get();
            let Some(seen) = self.go_to_sleep(dernier + 1) else { continue };
            let until = process::timespec(deadline);
            let entry = (self.memory.word(Word::entry(dernier + 1)), seen.low());
            let behind = (self.dernier.word(), dernier as u32);
            match futex::wait_three(entry, (self.interrupt, 0), behind, &until) {
                // Woken, or a word had changed, or the time is up, or the file was cut: look again.
                Ok(()) | Err(Errno(libc::EAGAIN | libc::ETIMEDOUT | libc::EFAULT)) => {}
                Err(Errno(libc::EINTR)) if self.is_there() => return Ok(true),
                Err(error) => {
                    // The signal handler that ended the sleep may have called `minichat_interrupt`: that was for
                    // this wait, not for the next as well.
                    let _ = self.interrupted();
                    return Err(error);
                }
            }
        }
    }

    /// Marks the entry that the message will replace as slept on: what it must still hold when the sleep begins. None:
    /// look again.
    fn go_to_sleep(&self, number: u64) -> Option<Entry> {
        let ring = Ring(self.memory);
        match ring.look(number) {
            Look::NotYet(entry) if self.read_only => Some(entry),
            Look::NotYet(entry) => ring.mark(number, entry, ASLEEP),
            _ => None,
        }
    }

    /// Whether something is there. EINTR: interrupted.
    fn look(&self) -> Result<bool> {
        if self.is_there() {
            return Ok(true);
        }
        if self.interrupted() { fail(libc::EINTR) } else { Ok(false) }
    }

    fn is_there(&self) -> bool {
        !matches!(Ring(self.memory).look(self.dernier.get() + 1), Look::NotYet(_))
    }

    /// Acquire pairs with `interrupt`.
    fn interrupted(&self) -> bool {
        self.interrupt.load(Relaxed) != 0 && self.interrupt.swap(0, Acquire) != 0
    }
}
