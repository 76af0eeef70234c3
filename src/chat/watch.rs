//! A descriptor for event loops: an epoll of an inotify on the board's file and of a timer. A store to a mapping raises
//! no inotify event, and a futex cannot be polled: so who watches sets a mark into the next message's entry, as a sleeper
//! does, and who takes the mark over rings: it reads one byte of the file, which inotify tells. (A write would wait for the
//! inode's lock, which whoever may write the file can hold for ever, and raises a signal where RLIMIT_FSIZE is small.)
//! The timer is the last net, as in wait.rs.

use super::ring::{Look, Ring, WATCHED};
use super::shared::Memory;
use super::wait::NET;
use crate::errno::Result;
use crate::sys::event;
use crate::sys::file::{self, Kept, SelfPath};
use libc::c_int;

/// How often the entry may change under the swap that sets the mark: only somebody who spoils it gets there.
const TRIES: u32 = 256;

/// The three descriptors.
pub struct Watch {
    epoll: Kept,
    inotify: Kept,
    timer: Kept,
}

impl Watch {
    pub const fn new() -> Self {
        Watch { epoll: Kept::none(), inotify: Kept::none(), timer: Kept::none() }
    }

    /// The descriptor to poll, once `start` made it.
    pub fn descriptor(&self) -> Option<c_int> {
        Some(self.epoll.raw()).filter(|fd| *fd >= 0)
    }

    /// Makes the descriptors: what the calls say (EMFILE, ENFILE, ENOMEM, ENOSPC: too many watches).
    pub fn start(&self, board: c_int) -> Result<c_int> {
        let (epoll, inotify, timer) = (event::epoll()?, event::inotify()?, event::timer()?);
        event::inotify_add(&inotify, SelfPath::new(board).path())?;
        event::epoll_add(&epoll, &inotify)?;
        event::epoll_add(&epoll, &timer)?;
        event::timer_set(timer.raw(), NET, NET)?;
        self.inotify.keep(inotify);
        self.timer.keep(timer);
        self.epoll.keep(epoll); // the last: it says that there are all three
        Ok(self.epoll.raw())
    }

    /// Nothing was new after `dernier`: takes back what made the descriptor readable, and asks to be rung for. Whether the
    /// net has come meanwhile.
    pub fn rest<M: Memory>(&self, memory: &M, dernier: u64, read_only: bool) -> bool {
        // A few events at most: the kernel joins those that are alike.
        let mut events = [0; 256];
        while file::read(self.inotify.raw(), &mut events).is_ok_and(|got| got == events.len()) {}
        let net = file::read(self.timer.raw(), events.get_mut(..8).unwrap_or_default()).is_ok();
        let (ring, next) = (Ring(memory), dernier + 1);
        for _ in 0..TRIES {
            match ring.look(next) {
                Look::NotYet(_) if read_only => return net,
                Look::NotYet(entry) if ring.mark(next, entry, WATCHED).is_some() => return net,
                Look::NotYet(_) => {}
                _ => break,
            }
        }
        self.ring();
        net
    }

    /// Makes the descriptor readable: something is new.
    pub fn ring(&self) {
        let _ = event::timer_set(self.timer.raw(), 1, NET);
    }

    /// Closes them.
    pub fn close(&self) {
        for kept in [&self.epoll, &self.inotify, &self.timer] {
            kept.let_go();
        }
    }
}
