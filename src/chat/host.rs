//! A participant and the program around it, which may do its worst: close descriptors and use their numbers again, set limits,
//! fork; and others, who remove the board's name.

use super::layout::{self, Seat, Whiteboard, Word};
use super::pen::Pen;
use super::people::People;
use super::ring::{self, Posted};
use super::shared::Memory;
use super::{Chat, seat};
use crate::errno::{Errno, Result, fail};
use crate::sys::file::{self, SelfPath};
use crate::sys::futex;

impl Chat {
    /// Makes sure that the seat is still ours, and that the board can still be found. ESTALE: it is not.
    ///
    /// A program that closes what it does not know has freed the seat, without our being told; who has taken it since
    /// writes into our buffers. It also has changed the stamp, before it took the seat (`seat::claim`).
    #[cold]
    #[inline(never)]
    pub(super) fn look_after(&self, seat: Seat<Whiteboard>, pen: &mut Pen, time: i64) -> Result<()> {
        self.is_there()?;
        if !self.lock.is_ours() {
            return fail(libc::ESTALE);
        }
        seat::take_again(self.lock.raw(), seat)?;
        if People(&self.memory).stamp(seat) != pen.stamp {
            pen.stamp = People(&self.memory).write(seat, &pen.claim());
        }
        pen.looked = time;
        Ok(())
    }

    /// ESTALE: the program has closed the board's descriptor, or the board has lost its name: who opens it next finds
    /// another one, or none.
    #[inline(never)]
    pub(super) fn is_there(&self) -> Result<()> {
        match self.file.stat() {
            Ok(stat) if stat.st_nlink > 0 => Ok(()),
            Ok(_) | Err(Errno(libc::ESTALE)) => fail(libc::ESTALE),
            Err(_) => Ok(()), // the file system does not answer
        }
    }

    /// Wakes those whose mark a post took over.
    pub(super) fn wake(&self, posted: Posted) {
        if posted.marks & ring::ASLEEP != 0 {
            futex::wake_shared(self.memory.word(Word::entry(posted.number)));
        }
        if posted.marks & ring::WATCHED != 0 {
            self.ring();
        }
    }

    /// Makes inotify tell those who watch: by reading a byte, without waiting for a lock; where a file system has no such
    /// reading it has no lock for readers either, and where somebody holds it, opening the file takes none.
    #[inline(never)]
    pub(super) fn ring(&self) {
        let (fd, mut byte) = (self.file.raw(), [0]);
        let open =
            || file::open(SelfPath::new(fd).path(), libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK, 0);
        match file::read_at_once(fd, &mut byte, layout::BELL_BYTE) {
            Ok(1) => {}
            Err(Errno(libc::EOPNOTSUPP)) => drop(file::read_at(fd, &mut byte, layout::BELL_BYTE)),
            _ if self.file.is_ours() => drop(open()),
            _ => {}
        }
    }

    /// Takes the name off the board and frees the seat, but for a forked child: the seat is its parent's.
    pub(super) fn close(&self, forked: bool) {
        if let (Some(seat), false, true) = (self.seat, forked, self.lock.is_ours()) {
            People(&self.memory).clear(seat, self.pen.hold().stamp);
            seat::release(self.lock.raw(), seat);
        }
    }

    /// Closes the descriptors, which never unlocks while another process has them open too: all that a forked child
    /// does, so that it does not keep its parent's seat when the parent dies.
    pub(super) fn let_go(&self) {
        self.watch.close();
        self.lock.let_go();
        self.file.let_go();
    }
}
