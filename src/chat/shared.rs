//! The one file that touches the board's memory, which other processes write at any instant. No reference to it but
//! to atomics, all of one width; what is read is copied out first and then judged, and only the copy is used.
#![allow(unsafe_code)] // the third of the three places that may: see lib.rs

use super::layout::{self, Shape, Span, Whiteboard, Word};
use crate::errno::Result;
use crate::map::guard::{self, Guard};
use crate::sys::handle::Slot;
use crate::sys::memory::{self, Replaceable};
use core::ffi::c_int;
use core::sync::atomic::Ordering::Relaxed;

pub use core::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// Words that several participants share. The protocols are written over this, so that a model can run the real code.
pub trait Memory {
    type Shape: Shape;

    /// The word at a position.
    fn word(&self, at: Word<Self::Shape>) -> &AtomicU64;

    /// Words, each read once, atomically, in no particular order, when it is asked for.
    fn copy_out(&self, from: Span<Self::Shape>) -> impl Iterator<Item = u64>;

    /// Copies words in, as many as there are and have room. Each is written once, atomically, in no particular order.
    fn copy_in(&self, from: impl Iterator<Item = u64>, to: Span<Self::Shape>);

    /// Whether all of it is still what the others see.
    fn is_whole(&self) -> bool {
        true
    }
}

/// The board's file, mapped; unmapped when dropped.
pub struct Mapping {
    start: *const AtomicU64,
    /// Somebody who may write the file may cut it, or take its room away: then zeros take the place of all of it. None:
    /// not asked for.
    guard: Option<&'static Slot<Guard>>,
}

// SAFETY: it only lends atomics.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the board's file, which has its full size now.
    pub fn new(fd: c_int, read_only: bool, guarded: bool) -> Result<Self> {
        let prot = if read_only { libc::PROT_READ } else { libc::PROT_READ | libc::PROT_WRITE };
        // SAFETY: no MAP_FIXED, so nothing is replaced.
        let start = unsafe { memory::map(0, layout::FILE_SIZE, prot, libc::MAP_SHARED, fd, 0) }?;
        let mut mapping = Mapping { start: start as *const AtomicU64, guard: None };
        if guarded {
            let (start, end) = guard::pages(start, layout::FILE_SIZE)?;
            // SAFETY: the mapping is ours, and what is read from it is checked: zeros are as good as anything else.
            mapping.guard = Some(guard::guard_whole(unsafe { Replaceable::new(start, end) }, prot)?);
        }
        Ok(mapping)
    }

    /// Whether the file was cut, and a part of the mapping is none of it any more.
    #[inline]
    pub fn was_cut(&self) -> bool {
        self.guard.is_some_and(|guard| guard.value.tripped())
    }

    /// `count` words from `start` on.
    #[inline]
    fn words(&self, start: usize, count: usize) -> &[AtomicU64] {
        debug_assert!(start + count <= layout::words::<Whiteboard>());
        // SAFETY: positions are made by layout.rs, inside the file.
        let first = unsafe { self.start.add(start) };
        // SAFETY: as above for the last; mapped for as long as self lives; atomics may be shared.
        unsafe { core::slice::from_raw_parts(first, count) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if let Some(guard) = self.guard {
            guard::release(guard);
        }
        // SAFETY: mapped by `new`; all that was lent from it borrowed self.
        let _ = unsafe { memory::unmap(self.start as usize, layout::FILE_SIZE) };
    }
}

impl Memory for Mapping {
    type Shape = Whiteboard;

    #[inline]
    fn word(&self, at: Word<Whiteboard>) -> &AtomicU64 {
        debug_assert!(at.index() < layout::words::<Whiteboard>());
        // SAFETY: positions are made by layout.rs, inside the file.
        let word = unsafe { self.start.add(at.index()) };
        // SAFETY: inside the file, which is mapped for as long as self lives; an atomic may be shared.
        unsafe { &*word }
    }

    #[inline]
    fn copy_out(&self, from: Span<Whiteboard>) -> impl Iterator<Item = u64> {
        self.words(from.start(), from.count()).iter().map(|word| word.load(Relaxed))
    }

    #[inline]
    fn copy_in(&self, from: impl Iterator<Item = u64>, to: Span<Whiteboard>) {
        let mut words = self.words(to.start(), to.count()).iter();
        from.for_each(|value| {
            if let Some(word) = words.next() {
                word.store(value, Relaxed);
            }
        });
    }

    fn is_whole(&self) -> bool {
        !self.was_cut()
    }
}
