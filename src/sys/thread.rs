//! The calling thread.

use super::call::call;
use super::process::timespec;
use crate::errno::Result;

/// gettid(2): positive, below 2^22 (the kernel's PID_MAX_LIMIT), and no other thread of this process has it.
pub fn id() -> u32 {
    // SAFETY: has no precondition.
    unsafe { call(libc::SYS_gettid, [0; 6]) }.map_or(0, |id| id as u32)
}

/// Sleeps for so many nanoseconds. EINTR: a signal handler ran.
pub fn sleep(nanoseconds: i64) -> Result<()> {
    let time = timespec(nanoseconds);
    // SAFETY: the kernel only reads the struct, borrowed for the call.
    unsafe { call(libc::SYS_nanosleep, [&raw const time as usize, 0, 0, 0, 0, 0]) }?;
    Ok(())
}
