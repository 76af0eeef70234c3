//! Whose turn it is. Who comes first when the course's byte is free has it, which is fast, but a neighbour that takes it again
//! and again keeps out who only looks now and then, and readers that overlap keep out a writer. So who waits also locks a byte
//! far behind the course's: its place is the time of its coming, so everybody can see how long it waits already. Once that
//! is too long it starves, and who comes then lets it go first.
//!
//! The kernel frees all such bytes of a process that ends, and raw fcntl of the course's byte excludes as ever: who uses it
//! knows of no turn. A waiter that was stopped when its turn came does not use it: it is passed by.

use super::file;
use super::patience::Patience;
use crate::errno::{Errno, Result, fail};
use crate::sys::lock::{self, Kind};
use crate::sys::process::monotonic;
use core::ffi::c_int;
use core::sync::atomic::AtomicU32;
use libc::off_t;

/// How long one waits before the others make way, in nanoseconds.
pub const STARVES: i64 = 10_000_000;
/// How long the byte may be free, and who starves not take it, before it is passed by: it was stopped.
const STUCK: i64 = 50_000_000;
/// How long one who would share it with others makes way for who waits to have it alone, and one who only tries for who
/// waits. Not for ever: the others may wait for this very one before they give it back, and who waits may have been stopped.
pub const COURTESY: i64 = 1_000_000_000;
/// How often one asks again what the kernel cannot tell: after 100 µs, then 200 µs, 400 µs, … at most each 10 ms. The kernel
/// can tell when a lock becomes free, or wait no longer than one wants, not both.
const FIRST_PAUSE: i64 = 100_000;
const LONGEST_PAUSE: i64 = 10_000_000;
/// And at most so long where it is one's turn, or about to be.
const LONGEST_PAUSE_IN_TURN: i64 = 1_000_000;

/// Where the waiters' bytes begin: behind every byte of a file.
const QUEUE: off_t = 1 << 62;

/// A word that nobody changes, to sleep on.
pub static NOBODYS: AtomicU32 = AtomicU32::new(0);

/// Locks the course's byte. EAGAIN: somebody has it, or starves for it, and nobody wanted to wait; ETIMEDOUT, EINTR.
#[inline(never)]
pub fn take(fd: c_int, kind: Kind, writable: bool, patience: Patience) -> Result<()> {
    let came = monotonic();
    if !anybody_starves(fd, came, patience) {
        match file::take(fd, kind) {
            Err(Errno(libc::EAGAIN)) => {}
            done => return done,
        }
    }
    if matches!(patience, Patience::None) {
        return fail(libc::EAGAIN);
    }
    let _place = Place::take(fd, writable, came);
    let (mut pause, mut free_since) = (FIRST_PAUSE, came);
    loop {
        let now = monotonic();
        // One at a time, by the time of their coming.
        let held_off = starving_between(fd, 0, came.min(now - STARVES));
        if !held_off || is_passed_by(fd, kind, now, &mut free_since) {
            match patience {
                Patience::Forever => return file::wait(fd, kind),
                Patience::None | Patience::Until(_) => match file::take(fd, kind) {
                    Err(Errno(libc::EAGAIN)) => {}
                    done => return done,
                },
            }
        }
        patience.nap(&NOBODYS, 0, pause)?;
        let in_turn = held_off || now - came > STARVES;
        pause = (2 * pause).min(if in_turn { LONGEST_PAUSE_IN_TURN } else { LONGEST_PAUSE });
    }
}

/// Whether somebody else waits for too long already. Who does not want to wait cannot see whether that one was stopped: so it
/// makes way for a while only.
pub fn anybody_starves(fd: c_int, now: i64, patience: Patience) -> bool {
    let since = if matches!(patience, Patience::None) { now - COURTESY } else { 0 };
    starving_between(fd, since, now - STARVES)
}

/// Whether somebody else waits that came between these times. (Where the kernel does not say: nobody.)
#[inline(never)]
fn starving_between(fd: c_int, from: i64, to: i64) -> bool {
    // (A lock of a whole file, which a program may have, is no place in the queue.)
    let is_place = |holder: libc::flock| holder.l_start >= QUEUE && holder.l_len == 1;
    let from = from.max(0);
    from < to
        && lock::holder(fd, Kind::Exclusive, QUEUE + from, to - from)
            .is_ok_and(|holder| holder.is_some_and(is_place))
}

/// Whether one need not wait any longer for who starves: `free_since` is when the byte was last found free, if it still is.
fn is_passed_by(fd: c_int, kind: Kind, now: i64, free_since: &mut i64) -> bool {
    if !file::is_free(fd, kind) {
        *free_since = now;
    }
    let courtesy = if file::is_free(fd, Kind::Exclusive) { STUCK } else { COURTESY };
    now - *free_since > courtesy
}

/// A waiter's byte, given back when dropped. None: the kernel has none to give; then one waits without.
struct Place(c_int, off_t);

impl Place {
    fn take(fd: c_int, writable: bool, came: i64) -> Option<Self> {
        let kind = if writable { Kind::Exclusive } else { Kind::Shared };
        let at = QUEUE.checked_add(came)?;
        lock::set(fd, kind, at, 1).ok().map(|()| Place(fd, at))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = lock::clear(self.0, self.1, 1);
    }
}
