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
                // On a ring in which numbers are missing, any older message makes way.
                before
                    if before == number.saturating_sub(<M::Shape as Shape>::RING)
                        || repairs > 0 && before < number =>
                {
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
            *marks |= self.raise(last) | self.lower(last);
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

    /// Takes back a `last` that is ahead of the ring: a post would leave numbers out. Nobody raises it so far, so
    /// somebody has written over it (or the machine stopped while the file was on its way to the disk), and there is
    /// nothing to be ordered. Should it be right by now: it is only a hint. The marks that are taken off it.
    pub fn lower(&self, newest: u64) -> u64 {
        let word = self.0.word(Word::last());
        let now = Last(word.load(Relaxed));
        let ahead = now.number() > newest;
        let lowered = ahead && word.compare_exchange(now.0, newest << MARKS, Relaxed, Relaxed).is_ok();
        if lowered { now.marks() } else { 0 }
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

#[cfg(test)]
mod tests {
    use super::super::layout::{self, Span};
    use super::super::shared::AtomicU64;
    use super::*;

    /// Three messages, two seats.
    struct Small;
    impl Shape for Small {
        const RING: u64 = 3;
        const SEATS: usize = 2;
        const BUFFER_WORDS: usize = 4;
    }

    struct Plain(Vec<AtomicU64>);

    impl Memory for Plain {
        type Shape = Small;

        fn word(&self, at: Word<Small>) -> &AtomicU64 {
            &self.0[at.index()]
        }

        fn copy_out(&self, _from: Span<Small>, _to: &mut [u64]) {}

        fn copy_in(&self, _from: &[u64], _to: Span<Small>) {}
    }

    /// A ring on which `posts` messages were posted.
    fn board(posts: u64) -> Plain {
        let board = Plain((0..layout::words::<Small>()).map(|_| AtomicU64::new(0)).collect());
        for number in 1..=posts {
            assert_eq!(post(&board), Ok(number));
        }
        board
    }

    fn post(board: &Plain) -> Result<u64> {
        let turn = board.word(Word::last()).load(Relaxed) as usize % 8;
        Ring(board).post(Buffer::new(turn).unwrap()).number
    }

    fn set_last(board: &Plain, value: u64) {
        board.word(Word::last()).store(value, Relaxed);
    }

    fn set_entry(board: &Plain, slot: u64, number: u64) {
        board.word(Word::entry(slot)).store(number << NUMBER_SHIFT, Relaxed);
    }

    /// For each number from 1 on: 'g'one, 'h'ere, 'n'ot yet, 's'poiled.
    fn looks(board: &Plain, numbers: core::ops::RangeInclusive<u64>) -> String {
        let letter = |number| match Ring(board).look(number) {
            Look::Gone => 'g',
            Look::Here(entry) if entry.number() == number => 'h',
            Look::Here(_) => '?',
            Look::NotYet => 'n',
            Look::Spoiled => 's',
        };
        numbers.map(letter).collect()
    }

    #[test]
    fn numbers_rise_and_the_last_three_are_there() {
        assert_eq!(looks(&board(0), 1..=1), "n");
        assert_eq!(looks(&board(1), 1..=2), "hn");
        assert_eq!(looks(&board(3), 1..=4), "hhhn");
        assert_eq!(looks(&board(4), 1..=5), "ghhhn");
        assert_eq!(looks(&board(100), 97..=101), "ghhhn");
        assert_eq!(Ring(&board(100)).newest(), Ok(100));
        assert_eq!(Ring(&board(100)).last().number(), 100);
    }

    #[test]
    fn a_last_that_lags_is_raised_and_its_marks_are_handed_over() {
        for lag in 0..=10 {
            let board = board(10);
            set_last(&board, (10 - lag) << MARKS | ASLEEP);
            let posted = Ring(&board).post(Buffer::new(0).unwrap());
            assert_eq!((posted.number, posted.marks), (Ok(11), ASLEEP), "{lag}");
            assert_eq!((Ring(&board).last().number(), Ring(&board).last().marks()), (11, 0), "{lag}");
        }
    }

    #[test]
    fn a_last_that_is_far_ahead_is_taken_back() {
        for last in [14, 20, NUMBER_MAX - 1, NUMBER_MAX, NUMBER_MAX + 1, u64::MAX >> MARKS] {
            let board = board(10);
            set_last(&board, last << MARKS | WATCHED);
            let posted = Ring(&board).post(Buffer::new(0).unwrap());
            assert_eq!((posted.number, posted.marks), (Ok(11), WATCHED), "{last}");
            for number in 12..=30 {
                assert_eq!(post(&board), Ok(number), "{last}");
            }
        }
    }

    #[test]
    fn numbers_that_were_left_out_do_not_stop_the_board() {
        for ahead in 1..=2 {
            let board = board(10);
            set_last(&board, (10 + ahead) << MARKS);
            for number in 11 + ahead..=30 {
                assert_eq!(post(&board), Ok(number), "{ahead}");
            }
            assert_eq!(looks(&board, 27..=31), "ghhhn", "{ahead}");
        }
        let board = board(10);
        set_last(&board, 11 << MARKS);
        Ring(&board).lower(10);
        assert_eq!(post(&board), Ok(11));
    }

    #[test]
    fn last_is_never_lowered_below_the_ring_nor_raised_for_nothing() {
        let board = board(10);
        assert_eq!(Ring(&board).raise(9), 0);
        assert_eq!(Ring(&board).lower(10), 0);
        assert_eq!(Ring(&board).last().number(), 10);
    }

    #[test]
    fn a_mark_is_set_into_what_was_seen_only() {
        let board = board(10);
        let ring = Ring(&board);
        let seen = ring.last();
        assert!(ring.mark(seen, ASLEEP).is_some_and(|last| last.marks() == ASLEEP));
        assert!(ring.mark(seen, ASLEEP).is_none(), "it is not what was seen any more");
        let marked = ring.last();
        assert!(ring.mark(marked, ASLEEP).is_some_and(|last| last == marked), "it is there already");
        assert!(ring.mark(marked, WATCHED).is_some_and(|last| last.marks() == ASLEEP | WATCHED));
        let posted = ring.post(Buffer::new(0).unwrap());
        assert_eq!(posted.marks, ASLEEP | WATCHED);
        assert!(ring.mark(marked, WATCHED).is_none(), "a message was posted");
        assert_eq!(ring.last().marks(), 0);
    }

    #[test]
    fn a_number_in_the_wrong_slot_is_found() {
        for wrong in [1, 2, 5, 11, 12, NUMBER_MAX - 1, NUMBER_MAX] {
            let board = board(9); // 7, 8 and 9 are there; 10 goes to slot 1
            if wrong % 3 != 1 {
                set_entry(&board, 1, wrong);
                assert_eq!(post(&board), fail(libc::EBADMSG), "{wrong}");
                assert_eq!(Ring(&board).newest(), fail(libc::EBADMSG), "{wrong}");
                assert_eq!(looks(&board, 10..=10), "s", "{wrong}");
                set_entry(&board, 1, 7);
            }
            assert_eq!(post(&board), Ok(10), "{wrong}");
        }
    }

    #[test]
    fn a_number_from_the_future_is_where_the_board_goes_on() {
        let board = board(9);
        set_entry(&board, 1, 1000);
        assert_eq!(post(&board), Ok(1001));
        assert_eq!(looks(&board, 10..=10), "g");
        assert_eq!(looks(&board, 1000..=1002), "hhs");
        for number in 1002..=1010 {
            assert_eq!(post(&board), Ok(number));
        }
        assert_eq!(looks(&board, 1007..=1011), "ghhhn");
    }

    #[test]
    fn numbers_end_at_48_bits() {
        let board = board(0);
        for number in NUMBER_MAX - 3..NUMBER_MAX {
            set_entry(&board, number % 3, number);
        }
        set_last(&board, (NUMBER_MAX - 2) << MARKS | ASLEEP);
        assert_eq!(post(&board), Ok(NUMBER_MAX));
        set_last(&board, (NUMBER_MAX - 1) << MARKS | ASLEEP); // its poster was stopped
        let posted = Ring(&board).post(Buffer::new(0).unwrap());
        assert_eq!(posted.number, fail(libc::EOVERFLOW));
        assert_eq!(posted.marks, ASLEEP, "those who sleep are woken by whoever raised last");
        for _ in 0..5 {
            assert_eq!(post(&board), fail(libc::EOVERFLOW));
        }
        assert_eq!(Ring(&board).newest(), Ok(NUMBER_MAX));
        assert_eq!(looks(&board, NUMBER_MAX - 3..=NUMBER_MAX), "ghhh");
        assert_eq!(looks(&board, NUMBER_MAX + 1..=NUMBER_MAX + 1), "n");
    }

    #[test]
    fn a_buffer_that_does_not_exist_is_none() {
        let buffers = Small::SEATS * layout::buffers_each::<Small>();
        assert!(Entry(7 << NUMBER_SHIFT | (buffers as u64 - 1)).buffer::<Small>().is_some());
        assert!(Entry(7 << NUMBER_SHIFT | buffers as u64).buffer::<Small>().is_none());
        assert!(Entry(7 << NUMBER_SHIFT | 0xffff).buffer::<Small>().is_none());
    }

    #[test]
    fn many_threads_get_each_number_once() {
        const EACH: u64 = 20_000;
        let board = board(0);
        let mut numbers: Vec<u64> = std::thread::scope(|scope| {
            let poster = || (0..EACH).map(|_| post(&board).unwrap()).collect::<Vec<_>>();
            let posters: Vec<_> = (0..3).map(|_| scope.spawn(poster)).collect();
            posters
                .into_iter()
                .flat_map(|poster| {
                    let numbers = poster.join().unwrap();
                    assert!(numbers.is_sorted());
                    numbers
                })
                .collect()
        });
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=3 * EACH));
        assert_eq!(Ring(&board).last().number(), 3 * EACH);
    }
}
