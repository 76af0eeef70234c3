//! A message's way onto the board and off it again: into a buffer that no ring entry names, shown by the commit, copied
//! out, and judged by a second look at the entry. As in Boehm, "Can Seqlocks Get Along With Programming Language Memory
//! Models?", 2012, with the ring's entry for the sequence number.

use super::layout::{self, Buffer, Seat, Shape, Whiteboard};
use super::message::{self, Letter};
use super::ring::{Look, Posted, Ring};
use super::shared::{Memory, Ordering::*, fence};
use crate::abi::minichat_message;
use crate::errno::{Result, fail};

/// Room for the buffers of one participant.
const MOST: usize = layout::buffers_each::<Whiteboard>();

/// What a look for the next message found.
pub enum Found {
    Nothing,
    Message,
    /// The message of this number was written over by somebody.
    Spoiled(u64),
}

/// The buffers of a participant, in the order in which they become free.
pub struct Own<S> {
    seat: Seat<S>,
    order: [usize; MOST],
    /// How many messages I have posted, modulo the number of buffers.
    posts: usize,
    /// The number of the last one; before the first, of the newest that was there.
    last: u64,
}

impl<S: Shape> Own<S> {
    const COUNT: usize = layout::buffers_each::<S>();

    /// Those of `seat`, just taken: first those that no entry names, then those of a predecessor's messages, oldest
    /// first. The k-th post from now on retires all but the 20 - k newest messages of now, so each buffer is free when
    /// its turn comes, and then again each time round.
    pub fn new<M: Memory<Shape = S>>(ring: &Ring<'_, M>, seat: Seat<S>) -> Self {
        let mut named = [0; MOST];
        let mut last = 0;
        for slot in 0..S::RING {
            let entry = ring.entry(slot); // Acquire: pairs with the commit that took a name away
            last = entry.number().max(last);
            let Some((owner, turn)) = entry.buffer::<S>().map(Buffer::owner) else { continue };
            match named.get_mut(turn) {
                Some(number) if owner == seat.index() => *number = entry.number().max(*number),
                _ => {}
            }
        }
        let number = |turn: usize| named.get(turn).copied().unwrap_or_default();
        // How many come before each: the place of it.
        let mut order = [0; MOST];
        for turn in 0..Self::COUNT {
            let before =
                (0..Self::COUNT).filter(|other| (number(*other), *other) < (number(turn), turn)).count();
            if let Some(place) = order.get_mut(before) {
                *place = turn;
            }
        }
        Own { seat, order, posts: 0, last }
    }

    fn next(&self) -> Buffer<S> {
        self.seat.buffer(self.order.get(self.posts).copied().unwrap_or_default())
    }
}

impl<M: Memory> Ring<'_, M> {
    /// Posts a letter. `seen` is the number of a message that was there. EILSEQ: it is no text; EOVERFLOW, EBADMSG: see
    /// `post`.
    pub fn publish(&self, letter: &Letter<'_>, own: &mut Own<M::Shape>, seen: u64) -> Result<Posted> {
        let buffer = own.next();
        // The buffer's former message was retired before the last of my 20 posts since then; who reads a word of the
        // new one must see that. Pairs with the Acquire fence in `find`.
        fence(Release);
        let sum = letter.write(self.0, buffer)?;
        let seal = |number| message::seal(self.0, buffer, sum, number);
        let posted = self.post(buffer, own.last.max(seen), seal)?;
        own.last = posted.number;
        own.posts = (own.posts + 1) % Own::<M::Shape>::COUNT;
        Ok(posted)
    }

    /// The oldest message after `after` that is still there. EBADMSG: the ring was spoiled.
    ///
    /// No number of tries ends this, since it would prove nothing: each time that it begins again, the others have posted
    /// 20 messages or more while one was copied. What no participant does ends it: an entry that names another buffer for
    /// the same message; one that is replaced again and again in a ring that does not hold the last 20.
    pub fn find(&self, board: u64, after: u64, out: &mut minichat_message) -> Result<Found> {
        let keep = <M::Shape as Shape>::RING - 1;
        let mut number = after + 1;
        let mut gone = 0;
        loop {
            match self.look(number) {
                Look::NotYet(_) if number == after + 1 => return Ok(Found::Nothing),
                // Numbers are committed in order: a later one was there, so this one was.
                Look::NotYet(_) | Look::Spoiled => return fail(libc::EBADMSG),
                // Overtaken: go on with the oldest that is left; if that goes as well, a little nearer to the newest.
                Look::Gone => {
                    let newest = self.newest()?;
                    if gone > keep && !self.holds_all_up_to(newest) {
                        return fail(libc::EBADMSG);
                    }
                    number = newest.saturating_sub(keep.saturating_sub(gone)).max(number + 1);
                    gone += 1;
                }
                Look::Here(entry) => {
                    let Some(buffer) = entry.buffer() else { return Ok(Found::Spoiled(number)) };
                    let read = message::read(self.0, buffer, board, number, out);
                    fence(Acquire); // pairs with the Release fence in `publish`
                    let now = self.entry(number);
                    if now.shows_as(entry) {
                        out.missed = number - after - 1;
                        return Ok(if read.is_ok() { Found::Message } else { Found::Spoiled(number) });
                    }
                    if now.number() == number {
                        return Ok(Found::Spoiled(number));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Span, Word};
    use super::super::shared::AtomicU64;
    use super::super::text::Sum;
    use super::*;

    /// A board whose ring names another buffer each time that one looks: somebody writes to it all the time.
    struct Restless(Vec<AtomicU64>);

    impl Memory for Restless {
        type Shape = Whiteboard;

        fn word(&self, at: Word<Whiteboard>) -> &AtomicU64 {
            let word = &self.0[at.index()];
            word.fetch_xor(1, Relaxed);
            word
        }

        fn copy_out(&self, _from: Span<Whiteboard>) -> impl Iterator<Item = u64> {
            core::iter::empty()
        }

        fn copy_in(&self, _from: impl Iterator<Item = u64>, _to: Span<Whiteboard>) {}
    }

    fn restless() -> Restless {
        Restless((0..512).map(|_| AtomicU64::new(0)).collect())
    }

    /// A board on which the others post `step` messages at each look, `looks` times, all of them from one seat.
    struct Busy {
        words: Vec<AtomicU64>,
        step: u64,
        looks: AtomicU64,
        newest: AtomicU64,
        /// What a seal needs.
        sum: Option<Sum>,
    }

    impl Busy {
        fn new(step: u64, looks: u64) -> Self {
            let words = (0..layout::FILE_SIZE / 8).map(|_| AtomicU64::new(0)).collect();
            let (looks, newest) = (AtomicU64::new(looks), AtomicU64::new(0));
            let mut busy = Busy { words, step, looks, newest, sum: None };
            for index in 0..MOST {
                busy.sum = LETTER.write(&busy, Buffer::new(index).unwrap()).ok();
            }
            busy
        }

        fn post(&self) {
            let number = self.newest.fetch_add(1, Relaxed) + 1;
            let buffer = number % MOST as u64;
            message::seal(self, Buffer::new(buffer as usize).unwrap(), self.sum.unwrap(), number);
            self.words[Word::<Whiteboard>::entry(number).index()].store(number << 16 | buffer, Relaxed);
        }
    }

    impl Memory for Busy {
        type Shape = Whiteboard;

        fn word(&self, at: Word<Whiteboard>) -> &AtomicU64 {
            if self.looks.fetch_update(Relaxed, Relaxed, |looks| looks.checked_sub(1)).is_ok() {
                (0..self.step).for_each(|_| self.post());
            }
            &self.words[at.index()]
        }

        fn copy_out(&self, from: Span<Whiteboard>) -> impl Iterator<Item = u64> {
            let words = self.words.iter().skip(from.start()).take(from.count());
            words.map(|word| word.load(Relaxed))
        }

        fn copy_in(&self, from: impl Iterator<Item = u64>, to: Span<Whiteboard>) {
            for (word, value) in self.words.iter().skip(to.start()).take(to.count()).zip(from) {
                word.store(value, Relaxed);
            }
        }
    }

    const LETTER: Letter<'_> =
        Letter { board: 4711, time: 1, pid: 2, uid: 3, seat: 4, flags: 0, nick: b"nick", text: b"text" };

    fn find(board: &impl Memory<Shape = Whiteboard>, after: u64) -> (Result<Found>, minichat_message) {
        let mut out = minichat_message {
            number: 0,
            missed: 0,
            time_ns: 0,
            pid: 0,
            uid: 0,
            seat: 0,
            flags: 0,
            nick_length: 0,
            text_length: 0,
            nick: [0; 64],
            text: [0; 808],
        };
        (Ring(board).find(LETTER.board, after, &mut out), out)
    }

    #[test]
    fn an_entry_that_never_rests_is_nobodys_post() {
        let board = restless();
        board.word(Word::entry(1)).store(1 << 16, Relaxed);
        assert!(matches!(find(&board, 0).0, Ok(Found::Spoiled(1))));
        assert_eq!(Ring(&restless()).post(Buffer::new(0).unwrap(), 0, |_| {}), fail(libc::EBADMSG));
    }

    #[test]
    fn one_entry_that_runs_ahead_of_the_others_is_nobodys_post() {
        let board = Busy::new(0, 0);
        board.words[Word::<Whiteboard>::entry(1).index()].store(20_000_001 << 16, Relaxed);
        assert_eq!(find(&board, 0).0.err(), Some(errno::Errno(libc::EBADMSG)));
    }

    #[test]
    fn a_reader_that_is_always_overtaken_goes_on() {
        for looks in [1, 1000, 4_000_000] {
            let board = Busy::new(20, looks);
            board.post();
            let (found, message) = find(&board, 0);
            assert!(matches!(found, Ok(Found::Message)));
            let newest = board.newest.load(Relaxed);
            assert!((newest - 19..=newest).contains(&message.number) && message.missed == message.number - 1);
        }
    }

    #[test]
    fn a_poster_that_is_always_overtaken_goes_on() {
        for looks in [1, 1000, 1_000_000] {
            let board = Busy::new(1, looks);
            let posted = Ring(&board).post(Buffer::new(0).unwrap(), 0, |_| {}).unwrap();
            assert_eq!(posted.number, looks + 1);
        }
    }
}
