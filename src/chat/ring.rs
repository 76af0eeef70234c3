//! The last 20 messages: publishing and finding them, with no lock. One swap of one word shows a message, retires the
//! one 20 before it, and takes over from the poster before whom to wake.
//!
//! A ring entry is `number << 16 | WATCHED | ASLEEP | buffer`. Message q stands at entry q % 20 and may only replace
//! message q - 20: a poster that was stopped for long finds another number there and cannot turn the board back.
//! Numbers are therefore committed in order, 1, 2, 3 …: who sees an entry's number n (with Acquire) also sees that
//! every number below n was committed. So the entry of the next message is the one place where something can happen:
//! a poster swaps it, a reader looks at it, a sleeper sets its mark into it, into the very value that it has seen, and
//! lets the kernel compare that. All sides change one word, so one of them sees the other: no pair of words (Dekker),
//! no fence, and no word that says which number is the newest and would have to be kept in step.

use super::layout::{Buffer, Shape, Word};
use super::shared::{Memory, Ordering::*};
use crate::errno::{Result, fail};

/// Bits of a ring entry below the number: the marks, and the buffer's index.
pub const NUMBER_SHIFT: u32 = 16;
/// The largest message number: 48 bits. At a million posts a second, after nine years.
pub const NUMBER_MAX: u64 = (1 << (64 - NUMBER_SHIFT)) - 1;

/// Mark in the entry of the next message: somebody sleeps on it.
pub const ASLEEP: u64 = 1 << 14;
/// Likewise: somebody waits for the file to be written to (an event loop).
pub const WATCHED: u64 = 1 << 15;

/// In place of a buffer's index: none has it.
const NO_BUFFER: u64 = ASLEEP - 1;

/// How often an entry may change under a post before its message is committed: no participant does more to it than to
/// set its two marks.
const MARKINGS: u32 = 2;
/// How often a post starts again from the whole ring, where it found what no order of posts leads to.
const REPAIRS: u32 = 64;

/// What a ring entry says.
#[derive(Clone, Copy)]
pub struct Entry(u64);

impl Entry {
    pub const fn number(self) -> u64 {
        self.0 >> NUMBER_SHIFT
    }

    pub const fn marks(self) -> u64 {
        self.0 & (ASLEEP | WATCHED)
    }

    /// The half that a futex compares.
    pub const fn low(self) -> u32 {
        self.0 as u32
    }

    /// Whether both show the same message: marks come and go meanwhile.
    pub const fn shows_as(self, other: Self) -> bool {
        (self.0 ^ other.0) & !(ASLEEP | WATCHED) == 0
    }

    /// The buffer that holds the message; None if no such buffer exists: the board was spoiled.
    pub fn buffer<S: Shape>(self) -> Option<Buffer<S>> {
        Buffer::new((self.0 & (ASLEEP - 1)) as usize)
    }

    fn new<S: Shape>(number: u64, buffer: Buffer<S>) -> Self {
        Entry(number << NUMBER_SHIFT | buffer.index() as u64)
    }
}

/// The entry where a message is looked for.
pub enum Look {
    /// The message was not posted yet; the entry that it will replace.
    NotYet(Entry),
    Here(Entry),
    /// It was replaced already.
    Gone,
    /// The entry holds what no participant writes.
    Spoiled,
}

/// A message that was posted: its number, and the marks that it took over: whom to wake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posted {
    pub number: u64,
    pub marks: u64,
}

/// The ring.
pub struct Ring<'a, M>(pub &'a M);

impl<M: Memory> Ring<'_, M> {
    /// The entry where message `number` stands. Acquire pairs with the commit in `swap`: the buffer's words, and all
    /// that was committed before, are visible.
    #[inline]
    pub fn entry(&self, number: u64) -> Entry {
        Entry(self.0.word(Word::entry(number)).load(Acquire))
    }

    /// Publishes what `buffer` holds. `seen` is a number that was committed: the search for the newest begins there.
    /// Before each try `seal` is told the number that it is for.
    ///
    /// It may be overtaken any number of times: each time another post has succeeded.
    ///
    /// EOVERFLOW: the numbers are used up. EBADMSG: the ring holds what no participant writes.
    pub fn post(&self, buffer: Buffer<M::Shape>, seen: u64, seal: impl Fn(u64)) -> Result<Posted> {
        let mut number = seen.min(NUMBER_MAX) + 1;
        // If that is not so any more, somebody has written over the ring.
        let mut spoiled = self.entry(seen).number() < seen;
        let (mut repairs, mut changes) = (0, 0);
        loop {
            if spoiled {
                repairs += 1;
                if repairs > REPAIRS {
                    return fail(libc::EBADMSG);
                }
                number = self.newest()? + 1;
                changes = 0;
            }
            if number > NUMBER_MAX {
                return fail(libc::EOVERFLOW);
            }
            let entry = self.entry(number);
            let before = entry.number();
            spoiled = false;
            if before == number.saturating_sub(M::Shape::RING) || repairs > 0 && before < number {
                // (On a ring in which numbers are missing, any older message makes way.)
                seal(number);
                if self.swap(entry, Entry::new(number, buffer)) {
                    return Ok(Posted { number, marks: entry.marks() });
                }
                changes += 1; // by a mark, or for good: then `before` is another next time
                spoiled = changes > MARKINGS + 1;
            } else if before >= number && (before - number) % M::Shape::RING == 0 {
                number = before + 1; // it was committed, and so was all before it
                changes = 0;
            } else {
                spoiled = true; // no order of honest posts leads here: the whole ring decides
            }
        }
    }

    /// The one commit point. Release pairs with `entry`: who sees the entry sees the buffer, and what was committed
    /// before. (What it replaces was read by `entry`, with Acquire.)
    fn swap(&self, from: Entry, to: Entry) -> bool {
        let word = self.0.word(Word::entry(to.number()));
        word.compare_exchange(from.0, to.0, Release, Relaxed).is_ok()
    }

    /// Sets marks into the entry that message `number` will replace while it still holds `seen`: what it holds then,
    /// or None when it has changed.
    pub fn mark(&self, number: u64, seen: Entry, marks: u64) -> Option<Entry> {
        let marked = Entry(seen.0 | marks);
        if marked.0 == seen.0 {
            return Some(seen);
        }
        // Release: who takes the mark over, having read it by `entry`, sees what there is to be rung.
        let word = self.0.word(Word::entry(number));
        word.compare_exchange(seen.0, marked.0, Release, Relaxed).is_ok().then_some(marked)
    }

    /// The newest number, from the whole ring. EBADMSG: an entry holds a number that does not belong there.
    pub fn newest(&self) -> Result<u64> {
        let ring = M::Shape::RING;
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

    /// Whether the last 20 up to `newest`, or later ones in their places, are all there: numbers only rise.
    pub fn holds_all_up_to(&self, newest: u64) -> bool {
        (0..M::Shape::RING).all(|back| self.entry(newest.saturating_sub(back)).number() + back >= newest)
    }

    /// Fills the places of messages that are missing below `newest`, which was seen: what a crash of the machine has left of
    /// the ring need not be of one instant. They become messages that nobody can read. (Numbers are committed in order:
    /// on a board that lives none is missing once a later one was seen.)
    #[inline(never)]
    pub fn heal(&self, newest: u64) {
        for number in (1..=newest).rev().take(M::Shape::RING as usize) {
            let entry = self.entry(number);
            if entry.number() < number {
                // Relaxed: it shows nothing. If it fails somebody posts, or heals.
                let lost = Entry(number << NUMBER_SHIFT | NO_BUFFER | entry.marks());
                let word = self.0.word(Word::entry(number));
                let _ = word.compare_exchange(entry.0, lost.0, Relaxed, Relaxed);
            }
        }
    }

    /// Looks for message `number`, from 1 to the one behind the newest: one shared load.
    #[inline]
    pub fn look(&self, number: u64) -> Look {
        let ring = M::Shape::RING;
        let entry = self.entry(number);
        match entry.number() {
            same if same == number => Look::Here(entry),
            before if before == number.saturating_sub(ring) => Look::NotYet(entry),
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

        fn copy_out(&self, _from: Span<Small>) -> impl Iterator<Item = u64> {
            core::iter::empty()
        }

        fn copy_in(&self, _from: impl Iterator<Item = u64>, _to: Span<Small>) {}
    }

    /// A ring on which `posts` messages were posted.
    fn board(posts: u64) -> Plain {
        let board = Plain((0..layout::words::<Small>()).map(|_| AtomicU64::new(0)).collect());
        for number in 1..=posts {
            assert_eq!(post(&board, number - 1), Ok(number));
        }
        board
    }

    fn post_marked(board: &Plain, seen: u64) -> Result<Posted> {
        Ring(board).post(Buffer::new(seen as usize % 8).unwrap(), seen, |_| {})
    }

    fn post(board: &Plain, seen: u64) -> Result<u64> {
        post_marked(board, seen).map(|posted| posted.number)
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
            Look::NotYet(_) => 'n',
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
    }

    #[test]
    fn the_newest_is_found_from_whatever_was_seen() {
        for seen in 0..=10 {
            let board = board(10);
            assert_eq!(post(&board, seen), Ok(11), "{seen}");
            assert_eq!(looks(&board, 8..=12), "ghhhn", "{seen}");
        }
    }

    #[test]
    fn what_was_never_there_is_not_taken_for_seen() {
        for seen in [11, 12, 13, 14, 20, NUMBER_MAX - 1, NUMBER_MAX, NUMBER_MAX + 1, u64::MAX] {
            let board = board(10);
            assert_eq!(post(&board, seen), Ok(11), "{seen}");
            assert_eq!(looks(&board, 8..=12), "ghhhn", "{seen}");
        }
    }

    #[test]
    fn numbers_that_are_missing_do_not_stop_the_board() {
        for missing in 8..=10 {
            let board = board(10);
            set_entry(&board, missing, missing - 6);
            let first = if missing == 10 { 10 } else { 11 };
            for number in first..=30 {
                assert_eq!(post(&board, number - 1), Ok(number), "without {missing}");
            }
            assert_eq!(looks(&board, 27..=31), "ghhhn", "without {missing}");
        }
    }

    #[test]
    fn a_ring_of_several_instants_is_healed() {
        for missing in 1..=3_u32 {
            for rounds in [0, 1, 2] {
                let board = board(10);
                // of the slots of 8, 9 and 10 those that are in `missing` hold an older number, or were never written
                for number in (8..=9).filter(|number| missing >> (number - 8) & 1 != 0) {
                    set_entry(&board, number, if rounds == 0 { 0 } else { number - 3 * rounds });
                }
                Ring(&board).heal(10);
                assert!(Ring(&board).holds_all_up_to(10));
                assert_eq!(looks(&board, 7..=11), "ghhhn", "{missing} {rounds}");
                for number in 8..=10 {
                    let lost = number < 10 && missing >> (number - 8) & 1 != 0;
                    assert_eq!(Ring(&board).entry(number).buffer::<Small>().is_none(), lost);
                }
                assert_eq!(post(&board, 10), Ok(11));
            }
        }
        for posts in 0..=10 {
            let board = board(posts);
            let before: Vec<_> = board.0.iter().map(|word| word.load(Relaxed)).collect();
            Ring(&board).heal(posts);
            assert!(board.0.iter().map(|word| word.load(Relaxed)).eq(before), "what is whole stays");
        }
    }

    #[test]
    fn a_mark_is_set_into_what_was_seen_only_and_the_next_post_takes_it_over() {
        for marks in [ASLEEP, WATCHED, ASLEEP | WATCHED] {
            let board = board(10);
            let ring = Ring(&board);
            let seen = ring.entry(11);
            assert!(ring.mark(11, seen, marks).is_some_and(|entry| entry.marks() == marks));
            assert_eq!(looks(&board, 7..=11), "ghhhn", "8 is there and can be read");
            assert!(ring.entry(8).shows_as(seen));
            assert!(ring.mark(11, seen, ASLEEP).is_none(), "it is not what was seen any more");
            let marked = ring.entry(11);
            assert!(ring.mark(11, marked, marks).is_some(), "it is there already");
            assert_eq!(post_marked(&board, 10), Ok(Posted { number: 11, marks }));
            assert!(ring.mark(11, seen, marks).is_none(), "a message was posted");
            assert_eq!(post_marked(&board, 11), Ok(Posted { number: 12, marks: 0 }));
            assert_eq!(post_marked(&board, 12), Ok(Posted { number: 13, marks: 0 }));
            assert_eq!(post_marked(&board, 13), Ok(Posted { number: 14, marks: 0 }), "it is gone");
        }
    }

    #[test]
    fn a_number_in_the_wrong_slot_is_found() {
        for wrong in [1, 2, 5, 11, 12, NUMBER_MAX - 1, NUMBER_MAX] {
            let board = board(9); // 7, 8 and 9 are there; 10 goes to slot 1
            if wrong % 3 != 1 {
                set_entry(&board, 1, wrong);
                assert_eq!(post(&board, 9), fail(libc::EBADMSG), "{wrong}");
                assert_eq!(Ring(&board).newest(), fail(libc::EBADMSG), "{wrong}");
                assert_eq!(looks(&board, 10..=10), "s", "{wrong}");
                set_entry(&board, 1, 7);
            }
            assert_eq!(post(&board, 9), Ok(10), "{wrong}");
        }
    }

    #[test]
    fn a_number_from_the_future_is_where_the_board_goes_on() {
        let board = board(9);
        set_entry(&board, 1, 1000);
        assert_eq!(post(&board, 9), Ok(1001));
        assert_eq!(looks(&board, 10..=10), "g");
        assert_eq!(looks(&board, 1000..=1002), "hhs");
        for number in 1002..=1010 {
            assert_eq!(post(&board, number - 1), Ok(number));
        }
        assert_eq!(looks(&board, 1007..=1011), "ghhhn");
    }

    #[test]
    fn numbers_end_at_48_bits() {
        let board = board(0);
        for number in NUMBER_MAX - 3..NUMBER_MAX {
            set_entry(&board, number % 3, number);
        }
        assert_eq!(post(&board, NUMBER_MAX - 2), Ok(NUMBER_MAX));
        for seen in [0, NUMBER_MAX - 1, NUMBER_MAX, u64::MAX] {
            assert_eq!(post(&board, seen), fail(libc::EOVERFLOW), "{seen}");
        }
        assert_eq!(Ring(&board).newest(), Ok(NUMBER_MAX));
        assert_eq!(looks(&board, NUMBER_MAX - 3..=NUMBER_MAX), "ghhh");
        assert_eq!(looks(&board, NUMBER_MAX + 1..=NUMBER_MAX + 1), "n");
    }

    #[test]
    fn a_buffer_that_does_not_exist_is_none() {
        let buffers = Small::SEATS * layout::buffers_each::<Small>();
        let last = 7 << NUMBER_SHIFT | (buffers as u64 - 1);
        assert!(Entry(last).buffer::<Small>().is_some());
        assert!(Entry(last | ASLEEP | WATCHED).buffer::<Small>().is_some());
        assert!(Entry(last + 1).buffer::<Small>().is_none());
        assert!(Entry(7 << NUMBER_SHIFT | 0xffff).buffer::<Small>().is_none());
    }

    #[test]
    fn many_threads_get_each_number_once() {
        const EACH: u64 = 20_000;
        let board = board(0);
        let mut numbers: Vec<u64> = std::thread::scope(|scope| {
            let poster = || {
                let mut last = 0;
                (0..EACH)
                    .map(|_| {
                        last = post(&board, last).unwrap();
                        last
                    })
                    .collect::<Vec<_>>()
            };
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
        assert_eq!(Ring(&board).newest(), Ok(3 * EACH));
    }
}
