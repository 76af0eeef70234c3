//! The shared memory of the model: loom's atomics, each operation of which may be weakened by a control, and a board
//! made of them.

use super::layout::{Buffer, Seat, Shape, Span, Word, buffers_each};
use super::message::{HEAD_WORDS, SEAL};
use crate::control::{self, Site};
use loom::sync::{Condvar, atomic as checked};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;

pub use core::sync::atomic::Ordering;

/// As in the library.
pub trait Memory {
    type Shape: Shape;
    fn word(&self, at: Word<Self::Shape>) -> &AtomicU64;
    fn copy_out(&self, from: Span<Self::Shape>) -> impl Iterator<Item = u64>;
    fn copy_in(&self, from: impl Iterator<Item = u64>, to: Span<Self::Shape>);
    fn is_whole(&self) -> bool {
        true
    }
}

#[track_caller]
pub fn fence(order: Ordering) {
    let order = control::order(Site::here(), order);
    if order != Ordering::Relaxed {
        checked::fence(order);
    }
}

/// An atomic whose every use has its turn. loom remembers only the last use of an atomic, and two loads do not disturb
/// each other: a thread that loads before it stores would hide from loom that its store races with another thread's
/// earlier load, and loom would never let it come first. Notifying nobody is an event that happens before or after
/// any other of its kind, and orders no memory.
pub struct Turns<A> {
    atomic: A,
    turn: Condvar,
}

impl<A> Turns<A> {
    fn new(atomic: A) -> Self {
        Turns { atomic, turn: Condvar::new() }
    }

    pub fn take(&self) -> &A {
        self.turn.notify_one();
        &self.atomic
    }
}

macro_rules! atomic {
    ($name:ident, $integer:ty) => {
        /// Knows from where in the library it is used.
        pub struct $name(pub Turns<checked::$name>);

        impl $name {
            pub fn new(value: $integer) -> Self {
                $name(Turns::new(checked::$name::new(value)))
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $integer {
                self.0.take().load(control::order(Site::here(), order))
            }

            #[track_caller]
            pub fn store(&self, value: $integer, order: Ordering) {
                self.0.take().store(value, control::order(Site::here(), order));
            }

            #[track_caller]
            pub fn swap(&self, value: $integer, order: Ordering) -> $integer {
                let site = Site::here();
                let order = control::order(site, order);
                if control::is_split(site) {
                    let (load, store) = control::halves(order);
                    let before = self.0.take().load(load);
                    self.0.take().store(value, store);
                    return before;
                }
                self.0.take().swap(value, order)
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                from: $integer,
                to: $integer,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$integer, $integer> {
                assert_eq!(failed, Ordering::Relaxed, "the controls know no other");
                let site = Site::here();
                let order = control::order(site, order);
                if control::is_split(site) {
                    let (load, store) = control::halves(order);
                    let now = self.0.take().load(load);
                    if now != from {
                        return Err(now);
                    }
                    self.0.take().store(to, store);
                    return Ok(now);
                }
                self.0.take().compare_exchange(from, to, order, failed)
            }

            /// loom's never fails without a reason; nor does anything here depend on it.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                from: $integer,
                to: $integer,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$integer, $integer> {
                self.compare_exchange(from, to, order, failed)
            }
        }
    };
}
atomic!(AtomicU32, u32);
atomic!(AtomicU64, u64);

/// A board of the dimensions `S`. What is copied as words has an atomic for each of its parts here: an entry of people, its
/// head and its rest; a message, its seal apart. Each holds the index of all that was once written there: enough to be torn,
/// to be new in part and old in part, and few enough to explore.
pub struct Board<S> {
    words: BTreeMap<usize, AtomicU64>,
    copies: BTreeMap<usize, Copied>,
    written: Mutex<Vec<Vec<u64>>>,
    shape: core::marker::PhantomData<S>,
}

struct Copied {
    parts: [Turns<checked::AtomicU64>; 3],
    is_message: bool,
}

impl Copied {
    fn new(is_message: bool) -> Self {
        Copied { parts: [(); 3].map(|()| Turns::new(checked::AtomicU64::new(0))), is_message }
    }

    /// The part that a word belongs to.
    fn part(&self, word: usize) -> usize {
        match word {
            SEAL if self.is_message => 2,
            0..HEAD_WORDS => 0,
            _ => 1,
        }
    }
}

impl<S: Shape> Board<S> {
    pub fn new() -> Self {
        let entries = (0..S::RING).map(|slot| Word::<S>::entry(slot).index());
        let stamps = Seat::<S>::all().map(|seat| seat.stamp().index());
        let words = entries.chain(stamps);
        let buffers = (0..buffers_each::<S>() * S::SEATS).map(|index| Buffer::<S>::new(index).unwrap().span());
        let people = Seat::<S>::all().flat_map(|seat| [seat.copy(0), seat.copy(1)]);
        let copies = buffers.map(|span| (span, true)).chain(people.map(|span| (span, false)));
        Board {
            words: words.map(|at| (at, AtomicU64::new(0))).collect(),
            copies: copies.map(|(span, is_message)| (span.start(), Copied::new(is_message))).collect(),
            written: Mutex::new(vec![Vec::new()]),
            shape: core::marker::PhantomData,
        }
    }

    /// What lies at a span, and which of its words they are.
    fn copies(&self, span: Span<S>) -> (&Copied, Range<usize>) {
        let (start, copied) = self.copies.range(..=span.start()).next_back().unwrap();
        let from = span.start() - start;
        (copied, from..from + span.count())
    }
}

impl<S: Shape> Memory for Board<S> {
    type Shape = S;

    fn word(&self, at: Word<S>) -> &AtomicU64 {
        &self.words[&at.index()]
    }

    fn copy_out(&self, from: Span<S>) -> impl Iterator<Item = u64> {
        let (copied, words) = self.copies(from);
        let mut version = [0; 3];
        for (part, version) in version.iter_mut().enumerate() {
            if words.clone().any(|word| copied.part(word) == part) {
                *version = copied.parts[part].take().load(Ordering::Relaxed) as usize;
            }
        }
        let written = self.written.lock().unwrap();
        let value = |word| written[version[copied.part(word)]].get(word).copied().unwrap_or(0);
        words.map(value).collect::<Vec<_>>().into_iter()
    }

    /// Each part is written at once: no scenario has a nick, which would be a write of its own.
    fn copy_in(&self, from: impl Iterator<Item = u64>, to: Span<S>) {
        let (copied, words) = self.copies(to);
        let mut copy = vec![0; words.start];
        copy.extend(from.take(words.len()));
        let words = words.start..copy.len();
        let parts = (0..3).filter(|part| words.clone().any(|word| copied.part(word) == *part));
        let version = {
            let mut written = self.written.lock().unwrap();
            written.push(copy.clone());
            written.len() as u64 - 1
        };
        for part in parts {
            copied.parts[part].take().store(version, Ordering::Relaxed);
        }
    }
}
