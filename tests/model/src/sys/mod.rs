//! The kernel of the model: what it keeps, and the calls that the board makes, under the names of the library's `sys`.
//! It gives no more order than a kernel does: a lock of its own around each call, and nothing between two calls.

pub mod event;
pub mod file;
pub mod futex;
pub mod lock;
pub mod process;

use loom::sync::{Condvar, Mutex, atomic::AtomicU32};

#[derive(Default)]
struct Kernel {
    sleepers: Mutex<Vec<futex::Sleeper>>,
    woken: Condvar,
    /// Whose the bytes of the lock file are: byte, descriptor.
    locks: Mutex<Vec<(i64, i32)>>,
    /// Of the board's inode: somebody wants to hear of writes. Read without a lock by those who write.
    watched: AtomicU32,
    /// The watcher's inotify and timer are readable.
    event: AtomicU32,
    rung: AtomicU32,
}

loom::lazy_static! {
    static ref KERNEL: Kernel = Kernel::default();
}

/// Before the first thread is made: what comes later must not be ordered by it.
pub fn boot() {
    let _ = &*KERNEL;
}
