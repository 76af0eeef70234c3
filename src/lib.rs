//! libmapboard: mmap that explains itself, and the course's whiteboard chat. The map of the house:
//!
//! ```text
//! C call → ffi → map | lock | chat → sys → kernel          errno.rs: the one error channel
//! ```
//!
//! * `ffi`: each exported function; turns C's arguments into checked values and a result into C's return and errno
//! * `map`: the mm_ calls and the course's two idioms · `lock`: the course's lock · `chat`: the whiteboard
//! * `explain`, a crate of its own: facts in, cause and sentence out · `witness`: the facts of this process · `sys`: the bare calls
//!
//! `unsafe` lives in `ffi`, in `sys`, and in `chat/shared.rs`, the one file that touches shared memory.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

#[cfg(not(all(
    target_os = "linux",
    target_endian = "little",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
compile_error!(
    "mapboard is for Linux on x86-64 and aarch64: it relies on a 64-bit off_t and on their memory order"
);

mod abi;
mod chat;
mod errno;
mod ffi;
mod lock;
mod map;
mod sys;
mod witness;

/// A panic would mean a bug of ours. The release library imports no `abort` (tests/abi/imports.txt): the linker
/// found that no path leads here.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    sys::abort()
}
