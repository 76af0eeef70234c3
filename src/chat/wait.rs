//! Waiting for something new: a short spin, a few yields, then sleep in the kernel. How a sleeper and a poster do not
//! miss each other is told in ring.rs.

use super::layout::Word;
use super::ring::{ASLEEP, Look, Ring};
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
    /// EINTR: interrupted, or a signal handler ran. EBADMSG: `last` says that it was posted, the ring does not have it.
    /// `wake` is called with the marks that were taken off `last` on the way.
    pub fn wait(&self, number: u64, deadline: i64, wake: impl Fn(u64)) -> Result<bool> {
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
        self.sleep(number, deadline, wake)
    }

    /// As `wait`, without looking at the board for a while first.
    pub fn sleep(&self, number: u64, deadline: i64, wake: impl Fn(u64)) -> Result<bool> {
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
            let Some(seen) = self.go_to_sleep(number, &wake)? else { continue };
            // Its poster may have been stopped before it raised `last`: then nobody would wake us.
            if self.is_there(number) {
                return Ok(true);
            }
            let until = process::timespec(deadline.min(now.saturating_add(NET)));
            let last = self.memory.word(Word::last());
            match futex::wait_two((last, seen), (self.interrupt, 0), &until) {
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

    /// Marks `last` as slept on while `number` is not there. What the futex must still hold, or None: look again.
    fn go_to_sleep(&self, number: u64, wake: &impl Fn(u64)) -> Result<Option<u32>> {
        let ring = Ring(self.memory);
        let last = ring.last();
        if last.number() >= number {
            // Posted, so the ring has it, now that `last` was read with Acquire; if not, one of them was spoiled.
            let newest = ring.newest()?;
            return if newest >= number && !self.is_there(number) {
                fail(libc::EBADMSG)
            } else {
                Ok(Some(last.low()))
            };
        }
        if self.read_only {
            return Ok(Some(last.low()));
        }
        if last.number() + 1 < number {
            // The poster of number - 1 was stopped before it raised `last`.
            if ring.entry(number - 1).number() == number - 1 {
                wake(ring.raise(number - 1));
                return Ok(None);
            }
            return Ok(Some(last.low()));
        }
        Ok(ring.mark(last, ASLEEP).map(|marked| marked.low()))
    }

    /// Whether the message is there. EINTR: interrupted.
    fn look(&self, number: u64) -> Result<bool> {
        if self.is_there(number) {
            return Ok(true);
        }
        if self.interrupted() { fail(libc::EINTR) } else { Ok(false) }
    }

    fn is_there(&self, number: u64) -> bool {
        !matches!(Ring(self.memory).look(number), Look::NotYet)
    }

    /// Acquire pairs with `interrupt`.
    fn interrupted(&self) -> bool {
        self.interrupt.load(Relaxed) != 0 && self.interrupt.swap(0, Acquire) != 0
    }
}
