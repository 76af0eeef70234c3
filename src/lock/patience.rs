//! How long a caller waits.

use crate::errno::{Errno, Result, fail};
use crate::sys::futex;
use crate::sys::process::{monotonic, timespec};
use core::ffi::c_int;
use core::sync::atomic::AtomicU32;

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

    /// Sleeps while `word` holds `seen`, for `nanoseconds` at most, or until there is no time left: what `left` says then.
    /// EINTR: a signal handler ran; where one wants to wait for ever, one that was installed without SA_RESTART.
    #[inline(never)]
    pub fn nap(self, word: &AtomicU32, seen: u32, nanoseconds: i64) -> Result<()> {
        let time = self.left()?.map_or(nanoseconds, |left| left.min(nanoseconds));
        let slept = match self {
            Patience::Forever => futex::wait_on(word, seen, monotonic().saturating_add(time)),
            _ => futex::wait(word, seen, Some(&timespec(time))),
        };
        match slept {
            Err(Errno(libc::EAGAIN | libc::ETIMEDOUT)) => Ok(()),
            other => other,
        }
    }
}

/// As the kernel takes it.
pub fn bound(left: Option<i64>) -> Option<libc::timespec> {
    left.map(timespec)
}
