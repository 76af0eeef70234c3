//! How long a caller waits.

use crate::errno::{Result, fail};
use crate::sys::process::{monotonic, timespec};
use core::ffi::c_int;

#[derive(Clone, Copy)]
pub enum Patience {
    /// Not at all.
    None,
    /// Until this time of the monotonic clock, in nanoseconds.
    Until(i64),
    Forever,
}

impl Patience {
    /// From now on. Negative: for ever, as poll(2) has it.
    pub fn milliseconds(count: c_int) -> Self {
        if count < 0 {
            Patience::Forever
        } else {
            Patience::Until(monotonic() + i64::from(count) * 1_000_000)
        }
    }

    /// The nanoseconds that are left, above 0; None: no bound. EAGAIN: nobody wanted to wait; ETIMEDOUT: none left.
    pub fn left(self) -> Result<Option<i64>> {
        match self {
            Patience::None => fail(libc::EAGAIN),
            Patience::Forever => Ok(None),
            Patience::Until(end) => match end.saturating_sub(monotonic()) {
                left @ 1.. => Ok(Some(left)),
                _ => fail(libc::ETIMEDOUT),
            },
        }
    }
}

/// As the kernel takes it.
pub fn bound(left: Option<i64>) -> Option<libc::timespec> {
    left.map(timespec)
}
