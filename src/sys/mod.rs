//! The only folder that talks to the kernel and to libc. Each function is one call; none has an opinion.
#![allow(unsafe_code)] // the second of the three places that may: see lib.rs

pub mod call;
pub mod cancel;
pub mod event;
pub mod failure;
pub mod file;
pub mod fork;
pub mod futex;
pub mod handle;
pub mod lock;
pub mod mapping;
pub mod memory;
pub mod probe;
pub mod proc;
pub mod process;
pub mod regular;
pub mod room;
pub mod signal;
pub mod thread;
pub mod valgrind;

/// Ends the process with SIGABRT.
#[cfg(not(test))]
pub fn abort() -> ! {
    // SAFETY: abort has no precondition.
    unsafe { libc::abort() }
}
