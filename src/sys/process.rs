//! Who we are, what time it is, and a number that nobody guesses.

use super::call::call;
use crate::errno::{Result, fail};
use libc::{c_int, clockid_t, timespec};

const SECOND: i64 = 1_000_000_000;

/// getpid(2).
pub fn pid() -> u32 {
    // SAFETY: cannot fail and touches nothing.
    unsafe { call(libc::SYS_getpid, [0; 6]) }.unwrap_or_default() as u32
}

/// geteuid(2).
pub fn uid() -> u32 {
    // SAFETY: cannot fail and touches nothing.
    unsafe { call(libc::SYS_geteuid, [0; 6]) }.unwrap_or_default() as u32
}

/// Bytes of a page: a power of two.
pub fn page_size() -> usize {
    // SAFETY: touches nothing.
    unsafe { libc::getauxval(libc::AT_PAGESZ) as usize }
}

/// The time of day in nanoseconds since 1970, as of the kernel's last tick (1 to 10 ms ago): a few nanoseconds to read.
pub fn time_of_day() -> i64 {
    read_clock(libc::CLOCK_REALTIME_COARSE)
}

/// A clock that only goes forward, in nanoseconds.
pub fn monotonic() -> i64 {
    read_clock(libc::CLOCK_MONOTONIC)
}

/// libc's function, since it reads the clock without entering the kernel.
fn read_clock(clock: clockid_t) -> i64 {
    let mut time = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is borrowed for the call. Both clocks exist on every Linux, so errno is never set.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec.wrapping_mul(SECOND).wrapping_add(time.tv_nsec)
}

/// `nanoseconds` as the kernel takes them.
pub const fn timespec(nanoseconds: i64) -> timespec {
    timespec { tv_sec: nanoseconds.div_euclid(SECOND), tv_nsec: nanoseconds.rem_euclid(SECOND) }
}

/// getrandom(2).
pub fn random() -> Result<u64> {
    let mut bytes = [0_u8; 8];
    // SAFETY: eight bytes, borrowed for the call. Requests of up to 256 bytes come whole.
    let got = unsafe { call(libc::SYS_getrandom, [bytes.as_mut_ptr() as usize, bytes.len(), 0, 0, 0, 0]) }?;
    if got == bytes.len() { Ok(u64::from_ne_bytes(bytes)) } else { fail(libc::EIO) }
}

/// sched_yield(2).
pub fn yield_now() {
    // SAFETY: touches nothing.
    let _ = unsafe { call(libc::SYS_sched_yield, [0; 6]) };
}

/// Whether the calling thread may run on one processor only (sched_getaffinity(2)).
pub fn has_one_processor() -> bool {
    let mut set = [0_u64; 16];
    let args = [0, size_of_val(&set), set.as_mut_ptr() as usize, 0, 0, 0];
    // SAFETY: the kernel writes at most that many bytes, borrowed for the call.
    let got = unsafe { call(libc::SYS_sched_getaffinity, args) };
    // EINVAL: the machine has more processors than the set has room for.
    got.is_ok() && set.iter().map(|word| word.count_ones()).sum::<u32>() == 1
}

/// Has `child` called in every child that fork(3) makes, before fork returns there. ENOMEM.
pub fn at_fork(child: extern "C" fn()) -> Result<()> {
    // SAFETY: libc keeps the address; a function of this library is there until dlclose, which removes the handler.
    let error: c_int = unsafe { libc::pthread_atfork(None, None, Some(child)) };
    if error == 0 { Ok(()) } else { fail(error) }
}
