//! `dernier`: the number of the last message that a participant has seen, shared by the threads of one handle.

use super::shared::{AtomicU64, Ordering::*};
use crate::sys::futex;

pub struct Dernier(AtomicU64);

impl Dernier {
    pub fn new(number: u64) -> Self {
        Dernier(AtomicU64::new(number))
    }

    /// Acquire pairs with `set`: a thread that goes on from here sees at least the board on which another thread saw
    /// that message. Else it might take an older board for a spoiled one, or sleep where nobody will wake it.
    pub fn get(&self) -> u64 {
        self.0.load(Acquire)
    }

    pub fn set(&self, number: u64) {
        self.0.store(number, Release);
    }

    /// As `set`, where threads may wait for what comes behind another number: they look again.
    pub fn seek(&self, number: u64) {
        self.set(number);
        futex::wake_half(&self.0);
    }

    /// The word that a waiting thread sleeps on too.
    pub fn word(&self) -> &AtomicU64 {
        &self.0
    }
}
