//! The five calls, as the kernel makes them: nothing between the caller and the kernel. No lock, no table, no
//! allocation, so they serve before main, in a signal handler, in an allocator and after fork.
//! And the two idioms of the course, made of them (`file`), and the guard against a file that is cut (`guard`).
//! Under valgrind, and only there, `blocks` tells it what is mapped.

mod areas;
pub mod blocks;
mod file;
pub mod guard;

pub use crate::sys::memory::{map, protect, remap, sync, unmap};
pub use file::{create_file, map_file};
