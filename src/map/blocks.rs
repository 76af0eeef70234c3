//! What valgrind is told of the mm_ calls, so that it can name the two sites of a use after unmap, sees an access past
//! the length inside the last page, and counts a mapping that nobody points to as leaked.
//!
//! Without valgrind there is no table, and nothing is spent but a few instructions that do nothing. With it the table
//! says where blocks begin: valgrind cannot be told that a part of one is gone.

use crate::sys::futex::Claim;
use crate::sys::{process, valgrind};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// More mappings than that at a time are not told.
const BLOCKS: usize = 4096;
/// A signal handler may have interrupted the very thread whose turn it is: then it tells nothing.
const PATIENCE: u32 = 1000;

/// A mapping: its first byte, and the number of bytes asked for; 0: none.
struct Block {
    /// Every bit turned, so that valgrind does not take the table for a pointer that keeps the mapping from being lost.
    turned_start: AtomicUsize,
    length: AtomicUsize,
}

static TABLE: [Block; BLOCKS] =
    [const { Block { turned_start: AtomicUsize::new(0), length: AtomicUsize::new(0) } }; BLOCKS];
static TURN: Claim = Claim::new();

/// A mapping of `length` bytes was made at `start`, over whatever was there.
#[inline]
pub fn mapped(start: usize, length: usize, prot: libc::c_int) {
    if valgrind::is_running() {
        in_turn(|| {
            forget(start, page_end(start, length));
            if prot != libc::PROT_NONE {
                remember(start, length);
            }
        });
    }
}

/// All pages of the range are unmapped.
#[inline]
pub fn unmapped(start: usize, length: usize) {
    if valgrind::is_running() {
        in_turn(|| forget(start, page_end(start, length)));
    }
}

/// A mapping has moved, grown or shrunk; with an old length of 0 the old one stays.
#[inline]
pub fn remapped(old: usize, old_length: usize, new: usize, new_length: usize) {
    if valgrind::is_running() {
        in_turn(|| {
            if old_length > 0 {
                forget(old, page_end(old, old_length));
            }
            forget(new, page_end(new, new_length));
            remember(new, new_length);
        });
    }
}

fn in_turn(act: impl FnOnce()) {
    for _ in 0..PATIENCE {
        if let Some(_turn) = TURN.claim() {
            return act();
        }
        process::yield_now();
    }
}

fn page_end(start: usize, length: usize) -> usize {
    let mask = process::page_size() - 1;
    start.saturating_add(length).saturating_add(mask) & !mask
}

fn remember(start: usize, length: usize) {
    if let Some(block) = TABLE.iter().find(|block| block.length.load(Relaxed) == 0) {
        block.turned_start.store(!start, Relaxed);
        block.length.store(length, Relaxed);
        valgrind::made(start, length);
        valgrind::forbid(start.saturating_add(length), page_end(start, length));
    }
}

/// Blocks in the range are gone. Of one that reaches out of it the rest stays, no longer as a block.
fn forget(from: usize, to: usize) {
    for block in &TABLE {
        let (start, length) = (!block.turned_start.load(Relaxed), block.length.load(Relaxed));
        let end = page_end(start, length);
        if length == 0 || start >= to || from >= end {
            continue;
        }
        block.length.store(0, Relaxed);
        valgrind::gone(start);
        if start < from {
            valgrind::allow(start, from);
        }
        if to < end {
            valgrind::allow(to, end);
        }
    }
}
