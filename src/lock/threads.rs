//! Who of this process's threads has the lock. The kernel's lock belongs to the open file that all of them share, so
//! it excludes other processes only; this word excludes the threads.
//!
//! ```text
//! FREE ──► ALONE | thread ──► FREE              exclusive; the file's lock is taken and given back in ALONE
//! FREE ──► ALONE | thread ──► 1 ◄─► 2 ◄─► …     shared: the first reader takes the file's lock,
//!                                 1 ──► ALONE | thread ──► FREE     and the last one gives it back
//! ```

use super::patience::Patience;
use super::queue::STARVES;
use crate::errno::{Errno, Result, fail};
use crate::sys::futex;
use crate::sys::lock::Kind;
use crate::sys::process::monotonic;
use core::sync::atomic::{AtomicI64, AtomicU32, Ordering::*};

/// Nobody.
const FREE: u32 = 0;
/// Joined with its id (below 2^22): one thread, which has the lock exclusively, or is about to take or to give back
/// the file's lock. Everything between FREE and ALONE is a number of readers.
const ALONE: u32 = 1 << 31;
/// How many threads can share one handle. Each is remembered, so that one which would wait for itself is told so.
const READERS: usize = 512;

pub struct Threads {
    state: AtomicU32,
    /// How many threads sleep on `state`, or are about to: a release makes a system call only if there are any.
    sleepers: AtomicU32,
    /// The ids of those who share the lock, in no order; 0: nobody. A thread only ever looks for itself, so no
    /// ordering between threads is needed.
    readers: [AtomicU32; READERS],
    /// The id of a thread that waits, and since when, on the monotonic clock: once that is too long it starves, and whoever
    /// comes then lets it go first. 0: none.
    waiting: AtomicU32,
    since: AtomicI64,
}

/// The wait of a thread, from its beginning to its end.
pub struct Turn<'a>(&'a Threads, u32);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // (Another that came before may just be taking its place.)
        if self.0.waiting.compare_exchange(self.1, 0, SeqCst, Relaxed).is_ok() {
            futex::wake(&self.0.waiting, i32::MAX);
            // The next who sleeps may be the one that waits now.
            if self.0.sleepers.load(SeqCst) != 0 {
                futex::wake(&self.0.state, 1);
            }
        }
    }
}

/// What came of an attempt to enter.
pub enum Entry {
    /// The lock is held: the file's lock is there already.
    Joined,
    /// Now take the file's lock, then `have`; or `leave`.
    Alone,
    /// Somebody has it; the state that was seen, for `sleep`.
    Busy(u32),
}

/// What a release still has to do.
pub enum Exit {
    /// Nothing: other readers keep the file's lock.
    Others,
    /// Give back the file's lock, then `leave`.
    Last,
}

impl Threads {
    pub const fn new() -> Self {
        Threads {
            state: AtomicU32::new(FREE),
            sleepers: AtomicU32::new(0),
            readers: [const { AtomicU32::new(0) }; READERS],
            waiting: AtomicU32::new(0),
            since: AtomicI64::new(0),
        }
    }

    /// A wait of thread `me` begins.
    pub fn turn_of(&self, me: u32) -> Turn<'_> {
        Turn(self, me)
    }

    /// Thread `me` waits since it came: it is the one that waits, unless another came before.
    pub fn waits(&self, me: u32, came: i64) {
        let waiting = self.waiting.load(SeqCst);
        let is_mine = waiting == 0 || self.since.load(Relaxed) > came;
        if is_mine && self.waiting.compare_exchange(waiting, me, SeqCst, Relaxed).is_ok() {
            self.since.store(came, Relaxed); // seen late, it makes the others a little less, or more, polite
        }
    }

    /// The thread that goes first, if it is another one; not for a reader, who would keep it waiting for ever.
    pub fn starving_but(&self, me: u32) -> Option<u32> {
        self.starving().filter(|starving| *starving != me && !self.is_reader(me))
    }

    fn starving(&self) -> Option<u32> {
        let waiting = self.waiting.load(SeqCst);
        (waiting != 0 && monotonic() - self.since.load(Relaxed) > STARVES).then_some(waiting)
    }

    /// Sleeps until thread `other` waits no more, for `time` at most. EAGAIN, ETIMEDOUT, EINTR: as `patience` has it.
    pub fn wait_for(&self, other: u32, patience: Patience, time: i64) -> Result<()> {
        patience.nap(&self.waiting, other, time)
    }

    /// Whether others share the lock, and thread `me` does not yet.
    pub fn is_shared_without(&self, me: u32) -> bool {
        (1..ALONE).contains(&self.state.load(Relaxed)) && !self.is_reader(me)
    }

    fn is_reader(&self, me: u32) -> bool {
        self.readers.iter().any(|reader| reader.load(Relaxed) == me)
    }

    /// One attempt of thread `me`. ENOLCK: too many readers.
    pub fn enter(&self, kind: Kind, me: u32) -> Result<Entry> {
        let mut seen = self.state.load(Relaxed);
        loop {
            let next = match (seen, kind) {
                (FREE, _) => ALONE | me,
                (ALONE.., _) | (_, Kind::Exclusive) => return Ok(Entry::Busy(seen)),
                (_, Kind::Shared) if seen as usize >= READERS => return fail(libc::ENOLCK),
                (_, Kind::Shared) => seen + 1,
            };
            // Acquire: what those who had the lock did before their Release in `exit` and `leave` is visible.
            match self.state.compare_exchange_weak(seen, next, Acquire, Relaxed) {
                Ok(FREE) => return Ok(Entry::Alone),
                Ok(_) => break,
                Err(now) => seen = now,
            }
        }
        self.remember(me);
        Ok(Entry::Joined)
    }

    /// The file's lock has been taken: lets other readers in.
    pub fn have(&self, kind: Kind, me: u32) {
        if kind == Kind::Shared {
            self.remember(me);
            self.turn(1, i32::MAX);
        }
    }

    /// The file's lock has been given back, or was not to be had.
    pub fn leave(&self) {
        // One is enough, since whoever enters next leaves, or lets the other readers in; but it must be the right one.
        self.turn(FREE, if self.starving().is_none() { 1 } else { i32::MAX });
    }

    /// Ends what thread `me` had. EPERM: it had nothing.
    pub fn exit(&self, me: u32) -> Result<Exit> {
        let mut seen = self.state.load(Relaxed);
        if seen == ALONE | me {
            return Ok(Exit::Last);
        }
        if seen >= ALONE || !self.forget(me) {
            return fail(libc::EPERM);
        }
        // It was one of the readers, so there is at least 1 until this succeeds.
        loop {
            let (next, exit) = if seen <= 1 { (ALONE | me, Exit::Last) } else { (seen - 1, Exit::Others) };
            // Release: for the next who enters. Acquire: the last reader hands on what the others handed to it.
            match self.state.compare_exchange_weak(seen, next, AcqRel, Relaxed) {
                Ok(_) => return Ok(exit),
                Err(now) => seen = now,
            }
        }
    }

    /// Whether thread `me` is among those who make the lock busy: it would wait for itself.
    pub fn mine(&self, seen: u32, me: u32) -> bool {
        seen == ALONE | me || seen < ALONE && self.is_reader(me)
    }

    /// Whether thread `me` has the lock.
    pub fn has(&self, me: u32) -> bool {
        self.mine(self.state.load(Relaxed), me)
    }

    /// Whether any thread has it, or is about to.
    pub fn busy(&self) -> bool {
        self.state.load(Relaxed) != FREE
    }

    /// Sleeps until the state is no more what was seen, or for `time`. EINTR: a signal handler ran.
    pub fn sleep(&self, seen: u32, time: Option<libc::timespec>) -> Result<()> {
        // Either `turn` sees this sleeper, or the kernel, which looks at the state once more, sees what `turn` stored:
        // both sides write, then read, sequentially consistent (Dekker).
        self.sleepers.fetch_add(1, SeqCst);
        let result = futex::wait(&self.state, seen, time.as_ref());
        self.sleepers.fetch_sub(1, Relaxed);
        match result {
            Err(Errno(libc::EAGAIN | libc::ETIMEDOUT)) => Ok(()),
            other => other,
        }
    }

    /// In a forked child, where the threads that had the lock, or slept, do not exist.
    pub fn reset(&self) {
        self.state.store(FREE, Relaxed);
        self.sleepers.store(0, Relaxed);
        self.waiting.store(0, Relaxed);
        self.readers.iter().for_each(|reader| reader.store(0, Relaxed));
    }

    /// From ALONE to `state`; wakes up to `count` sleepers.
    fn turn(&self, state: u32, count: i32) {
        self.state.store(state, SeqCst); // as a Release: pairs with `enter`; with `sleepers`: see `sleep`
        if self.sleepers.load(SeqCst) != 0 {
            futex::wake(&self.state, count);
        }
    }

    /// There is room: no more than READERS are counted in `state`, and each forgets itself before it counts down.
    fn remember(&self, me: u32) {
        while !self.readers.iter().any(|reader| change(reader, 0, me)) {}
    }

    fn forget(&self, me: u32) -> bool {
        self.readers.iter().any(|reader| change(reader, me, 0))
    }
}

fn change(word: &AtomicU32, from: u32, to: u32) -> bool {
    word.load(Relaxed) == from && word.compare_exchange(from, to, Relaxed, Relaxed).is_ok()
}
