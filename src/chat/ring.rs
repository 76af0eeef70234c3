//! The last 20 messages: publishing and finding them, with no lock. One swap of one word both shows a message and
//! retires the one 20 before it.
//!
//! A ring entry is `number << 16 | buffer`. Message q stands at entry q % 20 and may only replace message q - 20: a
//! poster that was stopped after it had read `last` finds another number there and cannot turn the board back.
//! Numbers are therefore committed in order, 1, 2, 3 …: who sees an entry's number n (with Acquire) also sees that
//! every number below n was committed.
//!
//! `last` is `number << 2 | WATCHED | ASLEEP`: the newest number, or less while its poster has not yet said so; anyone
//! may raise it. The two marks are set into the very value that a sleeper has seen, and cleared by the swap that raises
//! it: both sides change one word, so one of them sees the other (no Dekker pair over two words is needed, and a post
//! costs two locked operations whether somebody sleeps or not). Whoever raises `last` wakes those whose mark it took.

use super::layout::{Buffer, Shape, Word};
use super::shared::{Memory, Ordering::*};
use crate::errno::{Result, fail};

/// Bits of a ring entry that hold the buffer's index.
pub const NUMBER_SHIFT: u32 = 16;
/// The largest message number: 48 bits. At a million posts a second, after nine years.
pub const NUMBER_MAX: u64 = (1 << (64 - NUMBER_SHIFT)) - 1;

/// Marks in `last`: somebody sleeps on it.
pub const ASLEEP: u64 = 1;
/// Marks in `last`: somebody waits for the file to be written to (an event loop).
pub const WATCHED: u64 = 2;
const MARKS: u32 = 2;

/// How often a post may be overtaken, or find the board inconsistent, before it gives up. Each time that a post is
/// overtaken another one succeeded; 64 honest posters do not get near this.
const TRIES: u32 = 1 << 16;
/// How often one tries to raise `last`, which only those can prevent who raise it themselves, or spoil it.
const RAISES: u32 = 256;
/// How often a post starts again from the ring itself on a board whose `last` was spoiled.
const REPAIRS: u32 = 64;

/// What a ring entry says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry(u64);

impl Entry {
    pub const fn number(self) -> u64 {
        self.0 >> NUMBER_SHIFT
    }

    /// The buffer that holds the message; None if no such buffer exists: the board was spoiled.
    pub fn buffer<S: Shape>(self) -> Option<Buffer<S>> {
        Buffer::new((self.0 & ((1 << NUMBER_SHIFT) - 1)) as usize)
    }

    fn new<S: Shape>(number: u64, buffer: Buffer<S>) -> Self {
        Entry(number << NUMBER_SHIFT | buffer.index() as u64)
    }
}

/// The value of `last`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Last(u64);

impl Last {
    pub const fn number(self) -> u64 {
        self.0 >> MARKS
    }

    pub const fn marks(self) -> u64 {
        self.0 & (ASLEEP | WATCHED)
    }

    /// The half that a futex compares.
    pub const fn low(self) -> u32 {
        self.0 as u32
    }
}

/// The entry where a message is looked for.
pub enum Look {
    /// The message was not posted yet.
    NotYet,
    Here(Entry),
    /// It was replaced already.
    Gone,
    /// The entry holds what no participant writes.
    Spoiled,
}

/// What came of a post: the message's number, and the marks that were taken off `last`, whether it was posted or not:
/// whom to wake.
pub struct Posted {
    pub number: Result<u64>,
    pub marks: u64,
}

/// The ring and `last`.
pub struct Ring<'a, M>(pub &'a M);

impl<M: Memory> Ring<'_, M> {
    /// The entry where message `number` stands. Acquire pairs with the commit in `post`: the buffer's words, and all
    /// that was committed before, are visible.
    #[inline]
    pub fn entry(&self, number: u64) -> Entry {
        Entry(self.0.word(Word::entry(number)).load(Acquire))
    }

    /// Acquire pairs with the Release of `raise`.
    pub fn last(&self) -> Last {
        Last(self.0.word(Word::last()).load(Acquire))
    }

    /// Publishes what `buffer` holds.
    ///
    /// EOVERFLOW: the numbers are used up. EBADMSG: the ring holds what no participant writes.
    pub fn post(&self, buffer: Buffer<M::Shape>) -> Posted {
        let mut marks = 0;
        let number = self.commit(buffer, &mut marks);
        Posted { number, marks }
    }

    fn commit(&self, buffer: Buffer<M::Shape>, marks: &mut u64) -> Result<u64> {
        let mut repairs = 0;
        let mut last = self.last().number();
        for _ in 0..TRIES {
            let number = last + 1; // no overflow: `last` has 62 bits
            let entry = self.entry(number);
            let honest = match entry.number() {
                _ if number > NUMBER_MAX => false,
                // Its poster was stopped before it raised `last`, or is about to.
                same if same == number => {
                    *marks |= self.raise(number);
                    true
                }
                before if before == number.saturating_sub(<M::Shape as Shape>::RING) => {
                    if self.swap(entry, Entry::new(number, buffer)) {
                        *marks |= self.raise(number);
                        return Ok(number);
                    }
                    true
                }
                // A `last` that was read long ago explains a newer entry, nothing explains an older one.
                other => other > number && self.last().number() != last,
            };
            if honest && repairs == 0 {
                last = self.last().number();
                continue;
            }
            // No order of honest posts leads here: `last` or an entry was written over. The ring decides.
            last = self.newest()?;
            *marks |= self.raise(last);
            repairs += 1;
            if last >= NUMBER_MAX {
                return fail(libc::EOVERFLOW);
            }
            if repairs > REPAIRS {
                break;
            }
        }
        fail(libc::EBADMSG)
    }

    /// The one commit point. Release pairs with `entry`: who sees the entry sees the buffer, and what was committed
    /// before. (What it replaces was read by `entry`, with Acquire.)
    fn swap(&self, from: Entry, to: Entry) -> bool {
        let word = self.0.word(Word::entry(to.number()));
        word.compare_exchange(from.0, to.0, Release, Relaxed).is_ok()
    }

    /// Raises `last` to `number`, which was committed, and takes the marks off it. Release pairs with `last`; Acquire
    /// with `mark`, so that who rings sees what there is to be rung.
    pub fn raise(&self, number: u64) -> u64 {
        let word = self.0.word(Word::last());
        let mut now = Last(word.load(Relaxed));
        for _ in 0..RAISES {
            if now.number() >= number {
                break;
            }
            match word.compare_exchange_weak(now.0, number << MARKS, AcqRel, Relaxed) {
                Ok(_) => return now.marks(),
                Err(other) => now = Last(other),
            }
        }
        0
    }

    /// Sets marks into `last` while it is still `seen`; what it holds then, or None when it has changed.
    pub fn mark(&self, seen: Last, marks: u64) -> Option<Last> {
        let marked = Last(seen.0 | marks);
        if marked == seen {
            return Some(seen);
        }
        // Release pairs with `raise`. (`seen` was read by `last`, with Acquire.)
        let swapped = self.0.word(Word::last()).compare_exchange(seen.0, marked.0, Release, Relaxed);
        swapped.is_ok().then_some(marked)
    }

    /// The newest number, from the ring itself. EBADMSG: an entry holds a number that does not belong there.
    pub fn newest(&self) -> Result<u64> {
        let ring = <M::Shape as Shape>::RING;
        let mut newest = 0;
        for slot in 0..ring {
            let number = self.entry(slot).number();
            if number % ring != slot && number != 0 {
                return fail(libc::EBADMSG);
            }
            newest = newest.max(number);
        }
        Ok(newest)
    }

    /// Looks for message `number`, from 1 to the one behind the newest: one shared load.
    #[inline]
    pub fn look(&self, number: u64) -> Look {
        let ring = <M::Shape as Shape>::RING;
        let entry = self.entry(number);
        match entry.number() {
            same if same == number => Look::Here(entry),
            before if before == number.saturating_sub(ring) => Look::NotYet,
            after if after > number && (after - number) % ring == 0 => Look::Gone,
            _ => Look::Spoiled,
        }
    }
}
