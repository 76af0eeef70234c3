//! Waiting for something new: a short spin, a few yields, then sleep in the kernel. How a sleeper and a poster do not
//! miss each other is told in ring.rs.

use super::layout::Word;
use super::ring::{ASLEEP, Entry, Look, Ring};
use super::shared::{AtomicU32, Memory, Ordering::*};
use crate::errno::{Errno, Result, fail};
use crate::sys::{futex, process};

/// The last net: no sleep is longer, whoever was killed or stopped before it could ring (the slide's "toutes les
/// secondes"). Also all that a read-only participant can count on, since it cannot set a mark.
pub const NET: i64 = 1_000_000_000;

/// How long one looks at the ring before the first yield, in nanoseconds: about the time that an idle processor takes to
/// wake, so that two who have once slept find each other awake again.
const SPIN: i64 = 30_000;
/// Looks between two at the clock.
const LOOKS: u32 = 12;
/// Yields before the first sleep.
const YIELDS: u32 = 20;

/// Who waits.
pub struct Sleeper<'a, M> {
    pub memory: &'a M,
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
    /// Waits for message `number` or a later one: true, or false at `deadline` on the monotonic clock.
    ///
    /// EINTR: interrupted, or a signal handler ran. ESTALE: the file was cut.
    pub fn wait(&self, number: u64, deadline: i64) -> Result<bool> {
        if self.look(number)? {
            return Ok(true);
        }
        let start = process::monotonic();
        if start >= deadline {
            return Ok(false); // a look was all that was asked for
        }
        loop {
            for _ in 0..LOOKS {
                core::hint::spin_loop();
                if self.look(number)? {
                    return Ok(true);
                }
            }
            // Where the partner needs this very processor, looking would only keep it from answering.
            if process::monotonic() - start >= SPIN || process::has_one_processor() {
                break;
            }
        }
        for _ in 0..YIELDS {
            process::yield_now();
            if self.look(number)? {
                return Ok(true);
            }
        }
        self.sleep(number, deadline)
    }

    /// As `wait`, without looking at the board for a while first.
    pub fn sleep(&self, number: u64, deadline: i64) -> Result<bool> {
        loop {
            if self.look(number)? {
                return Ok(true);
            }
            if !self.memory.is_whole() {
                return fail(libc::ESTALE);
            }
            let now = process::monotonic();
            if now >= deadline {
                return Ok(false);
            }
            let Some(seen) = self.go_to_sleep(number) else { continue };
            let until = process::timespec(deadline.min(now.saturating_add(NET)));
            let entry = self.memory.word(Word::entry(number));
            match futex::wait_two((entry, seen.low()), (self.interrupt, 0), &until) {
                // Woken, or the word had changed, or the net, or the file was cut: look again.
                Ok(()) | Err(Errno(libc::EAGAIN | libc::ETIMEDOUT | libc::EFAULT)) => {}
                Err(Errno(libc::EINTR)) if self.is_there(number) => return Ok(true),
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

    /// Whether the message is there. EINTR: interrupted.
    fn look(&self, number: u64) -> Result<bool> {
        if self.is_there(number) {
            return Ok(true);
        }
        if self.interrupted() { fail(libc::EINTR) } else { Ok(false) }
    }

    fn is_there(&self, number: u64) -> bool {
        !matches!(Ring(self.memory).look(number), Look::NotYet(_))
    }

    /// Acquire pairs with `interrupt`.
    fn interrupted(&self) -> bool {
        self.interrupt.load(Relaxed) != 0 && self.interrupt.swap(0, Acquire) != 0
    }
}
