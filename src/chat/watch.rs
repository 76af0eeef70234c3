//! A descriptor for event loops: an epoll of an inotify on the board's file and of a timer. A store to a mapping raises
//! no inotify event, and a futex cannot be polled: so who watches sets a mark into the next message's entry, as a sleeper
//! does, and who takes the mark over writes one byte that nobody reads. The timer is the last net, as in wait.rs.

use super::ring::{Look, Ring, WATCHED};
use super::shared::Memory;
use super::wait::NET;
use crate::errno::Result;
use crate::sys::event;
use crate::sys::file::{self, Descriptor, SelfPath};
use core::sync::atomic::{AtomicI32, Ordering::*};
use libc::c_int;

/// How often the entry may change under the swap that sets the mark: only somebody who spoils it gets there.
const TRIES: u32 = 256;

/// The three descriptors, or -1: a forked child lets go of them while another thread may have been at work.
pub struct Watch {
    epoll: AtomicI32,
    inotify: AtomicI32,
    timer: AtomicI32,
}

impl Watch {
    pub const fn new() -> Self {
        Watch { epoll: AtomicI32::new(-1), inotify: AtomicI32::new(-1), timer: AtomicI32::new(-1) }
    }

    /// The descriptor to poll, once `start` made it.
    pub fn descriptor(&self) -> Option<c_int> {
        Some(self.epoll.load(Acquire)).filter(|fd| *fd >= 0)
    }

    /// Makes the descriptors: what the calls say (EMFILE, ENFILE, ENOMEM, ENOSPC: too many watches).
    pub fn start(&self, board: c_int) -> Result<c_int> {
        let (epoll, inotify, timer) = (event::epoll()?, event::inotify()?, event::timer()?);
        event::inotify_add(&inotify, SelfPath::new(board).path())?;
        event::epoll_add(&epoll, &inotify)?;
        event::epoll_add(&epoll, &timer)?;
        event::timer_set(timer.raw(), NET, NET)?;
        self.inotify.store(inotify.into_raw(), Relaxed);
        self.timer.store(timer.into_raw(), Relaxed);
        let fd = epoll.into_raw();
        self.epoll.store(fd, Release);
        Ok(fd)
    }

    /// Nothing was new after `dernier`: takes back what made the descriptor readable, and asks to be rung for.
    pub fn rest<M: Memory>(&self, memory: &M, dernier: u64, read_only: bool) {
        // A few events at most: the kernel joins those that are alike.
        let mut events = [0; 256];
        while file::read(self.inotify.load(Relaxed), &mut events).is_ok_and(|got| got == events.len()) {}
        let _ = file::read(self.timer.load(Relaxed), events.get_mut(..8).unwrap_or_default());
        let (ring, next) = (Ring(memory), dernier + 1);
        for _ in 0..TRIES {
            match ring.look(next) {
                Look::NotYet(_) if read_only => return,
                Look::NotYet(entry) if ring.mark(next, entry, WATCHED).is_some() => return,
                Look::NotYet(_) => {}
                _ => break,
            }
        }
        self.ring();
    }

    /// Makes the descriptor readable: something is new.
    pub fn ring(&self) {
        let _ = event::timer_set(self.timer.load(Relaxed), 1, NET);
    }

    /// Closes them.
    pub fn close(&self) {
        for fd in [&self.epoll, &self.inotify, &self.timer] {
            let fd = fd.swap(-1, AcqRel);
            if fd >= 0 {
                drop(Descriptor::from_raw(fd));
            }
        }
    }
}
