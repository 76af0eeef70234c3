//! Where everything is in the board's file, in words of 8 bytes. A position can only be made here, so it is inside the
//! file: what indexes shared memory was checked once, by its type.
//!
//! ```text
//! byte      0  header: written at creation, never after             (512 bytes)
//! byte    512  bell
//! byte    640  ring[20], a cache line each: who polls one entry is not disturbed by its neighbours
//! byte   4096  people[64], 384 bytes each
//! byte  28672  buffers[64 * 21], 1 KiB each
//! ```
//!
//! Numbers are little-endian, as both supported machines are; the header says so.

use crate::abi::{MINICHAT_MESSAGES, MINICHAT_NICK_MAX, MINICHAT_SEATS, MINICHAT_TEXT_MAX};
use core::marker::PhantomData;

/// The board's dimensions: those of the file, or smaller ones for a model that explores every order of events.
pub trait Shape {
    /// Messages that the board holds.
    const RING: u64 = MINICHAT_MESSAGES as u64;
    /// Participants who may post.
    const SEATS: usize = MINICHAT_SEATS;
    /// Words of a buffer, which holds one message.
    const BUFFER_WORDS: usize = 128;
}

/// The shape of the file.
pub struct Whiteboard;
impl Shape for Whiteboard {}

const LINE: usize = 8;
const HEADER: usize = 0;
const BELL: usize = 64;
const RING: usize = 80;
const PEOPLE: usize = 512;
const PERSON_WORDS: usize = 48;

/// Words of one of the two copies of a participant's entry.
pub const COPY_WORDS: usize = 16;

/// Buffers of each participant: one more than the ring holds, so that one is always free.
pub const fn buffers_each<S: Shape>() -> usize {
    S::RING as usize + 1
}

const fn buffers<S: Shape>() -> usize {
    PEOPLE + PERSON_WORDS * S::SEATS
}

/// Words of the whole file.
pub const fn words<S: Shape>() -> usize {
    buffers::<S>() + S::BUFFER_WORDS * buffers_each::<S>() * S::SEATS
}

/// Bytes of the file: a whole number of 4 KiB pages.
pub const FILE_SIZE: usize = words::<Whiteboard>() * 8;
const _: () = assert!(FILE_SIZE % 4096 == 0);
const _: () = assert!(RING + LINE * 20 <= PEOPLE && 8 + 2 * COPY_WORDS <= PERSON_WORDS);

/// The byte that a poster writes to ring for those who watch the file; nobody reads it.
pub const BELL_BYTE: i64 = BELL as i64 * 8;

/// A fingerprint of all that two programs must agree on (FNV-1a): another layout, another fingerprint.
pub const FINGERPRINT: u64 = {
    let facts = [
        BELL,
        RING,
        PEOPLE,
        PERSON_WORDS,
        COPY_WORDS,
        LINE,
        Whiteboard::RING as usize,
        Whiteboard::SEATS,
        Whiteboard::BUFFER_WORDS,
        super::message::HEAD_WORDS,
        super::message::SEAL,
        MINICHAT_TEXT_MAX,
        MINICHAT_NICK_MAX,
        super::ring::NUMBER_SHIFT as usize,
        super::ring::ASLEEP as usize,
        super::ring::WATCHED as usize,
    ];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < facts.len() {
        hash = (hash ^ facts[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
};

/// The position of a word in the file.
pub struct Word<S>(usize, PhantomData<S>);

/// Consecutive words.
pub struct Span<S> {
    start: usize,
    count: usize,
    shape: PhantomData<S>,
}

/// A participant's place: 0 … SEATS-1.
pub struct Seat<S>(usize, PhantomData<S>);

/// A buffer's index: 0 … SEATS * 21 - 1.
pub struct Buffer<S>(usize, PhantomData<S>);

macro_rules! copy {
    ($($name:ident),*) => { $(
        impl<S> Clone for $name<S> { fn clone(&self) -> Self { *self } }
        impl<S> Copy for $name<S> {}
    )* };
}
copy!(Word, Span, Seat, Buffer);

impl<S: Shape> Word<S> {
    const fn new(at: usize) -> Self {
        Word(at, PhantomData)
    }

    pub const fn index(self) -> usize {
        self.0
    }

    /// The ring's entry for message `number`.
    pub const fn entry(number: u64) -> Self {
        Word::new(RING + LINE * (number % S::RING) as usize)
    }
}

impl<S: Shape> Span<S> {
    const fn new(start: usize, count: usize) -> Self {
        Span { start, count, shape: PhantomData }
    }

    /// The header's first `count` words.
    pub const fn header() -> Self {
        Span::new(HEADER, super::header::WORDS)
    }

    pub const fn start(self) -> usize {
        self.start
    }

    pub const fn count(self) -> usize {
        self.count
    }

    /// The words from `from` on, at most `count`.
    pub fn part(self, from: usize, count: usize) -> Self {
        let from = from.min(self.count);
        Span::new(self.start + from, count.min(self.count - from))
    }
}

impl<S: Shape> Seat<S> {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..S::SEATS).map(|index| Seat(index, PhantomData))
    }

    pub const fn index(self) -> usize {
        self.0
    }

    /// The word that says which of the entry's two copies counts.
    pub const fn stamp(self) -> Word<S> {
        Word::new(PEOPLE + PERSON_WORDS * self.0)
    }

    /// One of the entry's two copies.
    pub const fn copy(self, which: u64) -> Span<S> {
        let start = PEOPLE + PERSON_WORDS * self.0 + LINE + COPY_WORDS * (which & 1) as usize;
        Span::new(start, COPY_WORDS)
    }

    /// The participant's own buffers, in turn.
    pub fn buffer(self, turn: usize) -> Buffer<S> {
        Buffer(self.0 * buffers_each::<S>() + turn % buffers_each::<S>(), PhantomData)
    }
}

impl<S: Shape> Buffer<S> {
    pub fn new(index: usize) -> Option<Self> {
        (index < S::SEATS * buffers_each::<S>()).then_some(Buffer(index, PhantomData))
    }

    pub const fn index(self) -> usize {
        self.0
    }

    /// Whose it is, and which of theirs.
    pub fn owner(self) -> (usize, usize) {
        (self.0 / buffers_each::<S>(), self.0 % buffers_each::<S>())
    }

    pub const fn span(self) -> Span<S> {
        Span::new(buffers::<S>() + S::BUFFER_WORDS * self.0, S::BUFFER_WORDS)
    }
}
