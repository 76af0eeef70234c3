//! The calling thread.

use super::call::call;

/// gettid(2): positive, below 2^22 (the kernel's PID_MAX_LIMIT), and no other thread of this process has it.
pub fn id() -> u32 {
    // SAFETY: has no precondition.
    unsafe { call(libc::SYS_gettid, [0; 6]) }.map_or(0, |id| id as u32)
}
