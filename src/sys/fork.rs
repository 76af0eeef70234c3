//! What fork waits for. A descriptor that a call has just opened, and has not yet put where a forked child would find it,
//! would stay open in the child: its parent's seat, or lock, would outlive the parent. So who opens or closes holds fork off
//! until all is in its place: fork(3) calls handlers before and after (pthread_atfork). Children that are made in another way
//! do without: those of posix_spawn(3) and vfork(2) call exec, which closes all; that of a bare clone(2) keeps what it has.
//!
//! Who holds and who forks stands in two lists. Each side enters its own list, then looks at the other (sequentially
//! consistent, Dekker), and a holder that sees a fork steps back: so forks wait for holders, and never the other way round
//! while one holds. A thread never waits for itself: a handler of a signal may fork, one of pthread_atfork may open a board.

use super::call::{call, int};
use super::futex;
use super::process::{self, monotonic, timespec};
use super::thread;
use crate::errno::{Errno, Result, fail};
use core::sync::atomic::{AtomicU32, Ordering::*};

/// Threads that hold, or fork, at one time; more wait for a place, or fork without waiting.
const PLACES: usize = 64;
/// What holds takes a second at most (`again` in board.rs), unless a disk does not answer. Then fork does not either, for a
/// while; a leap out of a signal handler could also have left a name in the list for good.
const PATIENCE: i64 = 3_000_000_000;
/// How long one sleeps before one looks whether a thread that is waited for still exists.
const NAP: i64 = 50_000_000;

/// Ids of threads; 0: nobody.
struct List([AtomicU32; PLACES]);

static HOLDERS: List = List::new();
static FORKERS: List = List::new();
/// The process whose threads are in `FORKERS`: in a forked child, until its handler has run, another one.
static PROCESS: AtomicU32 = AtomicU32::new(0);
static REGISTERED: AtomicU32 = AtomicU32::new(0);

/// Fork waits for as long as this lives. None: the thread holds it off further up, or forks itself.
pub struct Held(Option<&'static AtomicU32>);

/// Holds fork off. ENOMEM: libc has no room to remember the handlers.
#[inline(never)]
pub fn hold() -> Result<Held> {
    if REGISTERED.load(Relaxed) == 0 {
        // SAFETY: libc keeps the addresses; the library stays loaded (-z nodelete), and in a program it is a part of it.
        let error = unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
        if error != 0 {
            return fail(error);
        }
        REGISTERED.store(1, Relaxed); // registered twice by two threads: all is done twice, to the same end
    }
    let me = thread::id();
    if HOLDERS.find(me).is_some() {
        return Ok(Held(None));
    }
    loop {
        if let Some((forker, id)) = FORKERS.first_but(me) {
            if PROCESS.load(Relaxed) == process::pid() {
                wait(forker, id);
            } else {
                in_child(); // those threads are the parent's
            }
            continue;
        }
        let Some(place) = HOLDERS.enter(me) else {
            process::yield_now();
            continue;
        };
        let held = Held(Some(place));
        if FORKERS.first_but(me).is_none() {
            return Ok(held);
        }
    }
}

impl Drop for Held {
    #[inline(never)]
    fn drop(&mut self) {
        if let Some(place) = self.0 {
            leave(place);
        }
    }
}

/// Called by fork(3), in the thread that forks.
extern "C" fn before() {
    let me = thread::id();
    PROCESS.store(process::pid(), Relaxed); // before the list's SeqCst, after which it is read
    if FORKERS.enter(me).is_none() {
        return;
    }
    let end = monotonic() + PATIENCE;
    while let Some((holder, id)) = HOLDERS.first_but(me) {
        if !exists(id) {
            let _ = holder.compare_exchange(id, 0, SeqCst, Relaxed);
        } else if monotonic() > end {
            break;
        } else {
            wait(holder, id);
        }
    }
}

extern "C" fn in_parent() {
    if let Some(place) = FORKERS.find(thread::id()) {
        leave(place);
    }
}

/// In the child there is one thread, which did not hold: what a signal handler interrupted is told by its process.
extern "C" fn in_child() {
    for word in HOLDERS.0.iter().chain(&FORKERS.0) {
        word.store(0, SeqCst);
    }
}

fn leave(place: &AtomicU32) {
    place.store(0, SeqCst);
    futex::wake(place, i32::MAX);
}

fn wait(place: &AtomicU32, id: u32) {
    // EAGAIN, EINTR, ETIMEDOUT: look again
    let _ = futex::wait(place, id, Some(&timespec(NAP)));
}

/// Whether a thread of this process has that id.
fn exists(id: u32) -> bool {
    // SAFETY: signal 0 is none: the kernel only looks.
    let looked = unsafe { call(libc::SYS_tgkill, [process::pid() as usize, id as usize, int(0), 0, 0, 0]) };
    looked != Err(Errno(libc::ESRCH))
}

impl List {
    const fn new() -> Self {
        List([const { AtomicU32::new(0) }; PLACES])
    }

    fn find(&self, id: u32) -> Option<&AtomicU32> {
        self.0.iter().find(|word| word.load(SeqCst) == id)
    }

    /// The first that is there beside `me`.
    fn first_but(&self, me: u32) -> Option<(&AtomicU32, u32)> {
        self.0.iter().map(|word| (word, word.load(SeqCst))).find(|(_, id)| *id != 0 && *id != me)
    }

    fn enter(&self, me: u32) -> Option<&AtomicU32> {
        self.0.iter().find(|word| word.compare_exchange(0, me, SeqCst, Relaxed).is_ok())
    }
}
