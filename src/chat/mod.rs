//! The whiteboard: one shared file with the last 20 messages, mapped by every participant. No server, and no lock in
//! the way of a message: who is stopped or killed at any instruction delays nobody.
//!
//! * `layout`, `shared`: where everything is; the one file that touches it
//! * `ring`, `publication`: the one commit point; a message's way onto the board and off it
//! * `message`, `text`: a message as words
//! * `people`, `seat`: who is here
//! * `pen`, `host`: what a participant posts with; the program around it, and what that may do to it
//! * `dernier`, `wait`, `watch`: what was seen; sleeping until something is new; the same for event loops
//! * `paths`, `header`, `board`: opening, creating, removing
//! * `display`, `marks`: text made safe for a terminal

pub mod board;
mod dernier;
pub mod display;
mod header;
mod host;
mod layout;
mod marks;
mod message;
pub mod paths;
mod pen;
mod people;
mod publication;
mod ring;
mod seat;
mod shared;
mod text;
mod wait;
mod watch;

use crate::abi::{MINICHAT_ME, MINICHAT_NICK_MAX, MINICHAT_TEXT_MAX};
use crate::abi::{minichat_info, minichat_message, minichat_person};
use crate::errno::{Errno, Result, fail};
use crate::sys::file::Kept;
use crate::sys::fork;
use crate::sys::futex::Mutex;
use crate::sys::handle::{Pool, Slot};
use crate::sys::process;
use board::{Board, Wish};
use core::sync::atomic::Ordering::*;
use dernier::Dernier;
use header::Header;
use layout::{Seat, Shape, Whiteboard};
use libc::c_int;
use message::Letter;
use paths::Paths;
use pen::Pen;
use people::{Listed, People};
use publication::{Found, Own};
use ring::{Look, Ring};
use shared::{AtomicU32, Mapping};
use wait::{Eagerness, NET, Sleeper};
use watch::Watch;

/// A participant: what `struct minichat` is.
pub struct Chat {
    memory: Mapping,
    header: Header,
    file: Kept,
    /// The lock file; the seat is held as long as this is open.
    lock: Kept,
    watch: Watch,
    seat: Option<Seat<Whiteboard>>,
    dernier: Dernier,
    interrupt: AtomicU32,
    eager: Eagerness,
    /// Held by the thread that posts.
    pen: Mutex<Pen>,
    /// Held by the thread that reads.
    reader: Mutex<()>,
}

/// Every participant of this process.
pub static CHATS: Pool<Chat> = Pool::new(u64::from_le_bytes(*b"minichat"));

/// Whether a forked child was told to let go.
static FORK_HANDLER: AtomicU32 = AtomicU32::new(0);

/// Called in each child that fork makes: its copies of the descriptors would keep a dead parent's seat.
extern "C" fn in_child() {
    for slot in CHATS.open() {
        slot.value.let_go();
    }
}

impl Chat {
    /// Opens a board and joins it.
    pub fn open(
        paths: &Paths<'_>,
        wish: Wish,
        nick: &str,
        hidden: bool,
        after: Option<u64>,
    ) -> Result<&'static Slot<Chat>> {
        if FORK_HANDLER.load(Relaxed) == 0 {
            process::at_fork(in_child)?;
            FORK_HANDLER.store(1, Relaxed); // registered twice by two threads: it does its work once
        }
        // First, since a board that was created would stay.
        let handle = CHATS.reserve()?;
        let parent = process::pid();
        let _held = fork::hold()?;
        let chat = Chat::new(board::open(paths, wish)?, nick, hidden, after)?;
        // In the child of a signal handler that forked meanwhile: what was opened before is its parent's too.
        if process::pid() == parent { Ok(handle.fill(chat)) } else { fail(libc::ECHILD) }
    }

    /// Closes a participant. EBADF: somebody else did.
    pub fn leave(slot: &Slot<Chat>) -> Result<()> {
        let _held = fork::hold()?;
        CHATS.remove(slot, |chat| chat.close(slot.forked()))
    }

    /// A participant named `nick` on an open board, who has seen the messages up to `after`; None: all there are.
    fn new(board: Board, nick: &str, hidden: bool, after: Option<u64>) -> Result<Self> {
        let Board { memory, header, file, lock, seat } = board;
        let ring = Ring(&memory);
        let newest = ring.newest()?;
        if seat.is_some() {
            ring.heal(newest);
        }
        let dernier = match after {
            Some(after) if after > newest => return fail(libc::EINVAL),
            Some(after) => after,
            None => newest,
        };
        let mut pen = Pen {
            own: seat.map(|seat| Own::new(&ring, seat)),
            nick: [0; MINICHAT_NICK_MAX],
            nick_length: 0,
            pid: process::pid(),
            uid: process::uid(),
            since: process::time_of_day(),
            hidden,
            stamp: 0,
            looked: process::time_of_day(),
        };
        pen.rename(nick.as_bytes());
        let (kept_file, kept_lock) = (Kept::none(), Kept::none());
        kept_file.keep(file);
        if let Some(lock) = lock {
            kept_lock.keep(lock);
        }
        if let Some(seat) = seat {
            pen.stamp = People(&memory).write(seat, &pen.claim());
        }
        Ok(Chat {
            memory,
            header,
            file: kept_file,
            lock: kept_lock,
            watch: Watch::new(),
            seat,
            dernier: Dernier::new(dernier),
            interrupt: AtomicU32::new(0),
            eager: Eagerness::new(),
            pen: Mutex::new(pen),
            reader: Mutex::new(()),
        })
    }

    /// Does something with the board. ESTALE, whatever came of it, if somebody has cut the file.
    pub fn with<T>(&self, act: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let result = act(self);
        let spoiled = result.as_ref().err() == Some(&Errno(libc::EBADMSG));
        if self.memory.was_cut() || spoiled && self.has_other_size() { fail(libc::ESTALE) } else { result }
    }

    #[inline(never)]
    fn has_other_size(&self) -> bool {
        self.file.stat().is_ok_and(|stat| stat.st_size as usize != layout::FILE_SIZE)
    }

    /// Posts a message: its number.
    pub fn post(&self, text: &[u8], flags: u32) -> Result<u64> {
        let Some(seat) = self.seat else { return fail(libc::EACCES) };
        match text.len() {
            0 => return fail(libc::EINVAL),
            1..=MINICHAT_TEXT_MAX => {}
            _ => return fail(libc::EMSGSIZE),
        }
        let mut pen = self.pen.hold();
        let time = process::time_of_day();
        // (Another stamp costs no system call to see. A clock that was put back makes the difference a large one.)
        if People(&self.memory).stamp(seat) != pen.stamp || time.wrapping_sub(pen.looked) as u64 > NET as u64
        {
            self.look_after(seat, &mut pen, time)?;
        }
        let Pen { own: Some(own), nick, nick_length, pid, uid, .. } = &mut *pen else {
            return fail(libc::EACCES);
        };
        let letter = Letter {
            board: self.header.board_id,
            time,
            pid: *pid,
            uid: *uid,
            seat: seat.index(),
            flags,
            nick: nick.get(..*nick_length).unwrap_or_default(),
            text,
        };
        let posted = Ring(&self.memory).publish(&letter, own, self.dernier())?;
        drop(pen);
        self.wake(posted);
        Ok(posted.number)
    }

    /// Changes the nick, for `who` and for the messages to come.
    pub fn nick(&self, nick: &[u8]) -> Result<()> {
        let Some(seat) = self.seat else { return fail(libc::EACCES) };
        let nick = text::check(nick, MINICHAT_NICK_MAX)?;
        let mut pen = self.pen.hold();
        let time = process::time_of_day();
        self.look_after(seat, &mut pen, time)?;
        pen.rename(nick);
        pen.stamp = People(&self.memory).write(seat, &pen.claim());
        Ok(())
    }

    /// Reads what is new into `out`: how many messages.
    pub fn read(&self, out: &mut [minichat_message]) -> Result<usize> {
        let watched = self.watch.descriptor().is_some();
        if !watched && matches!(Ring(&self.memory).look(self.dernier() + 1), Look::NotYet(_)) {
            return Ok(0); // the usual answer: one shared load, and no lock
        }
        self.read_all(watched, out)
    }

    /// The rest of `read`, apart, so that the usual answer needs no stack.
    #[inline(never)]
    fn read_all(&self, watched: bool, out: &mut [minichat_message]) -> Result<usize> {
        let _reader = self.reader.hold();
        let mut count = 0;
        let mut full = true;
        let mut dernier = self.dernier();
        for place in out {
            match self.find(dernier, place) {
                Ok(Found::Message) => dernier = place.number,
                Ok(Found::Spoiled(number)) if count == 0 => {
                    self.dernier.set(number); // the next call goes on behind it
                    return fail(libc::EBADMSG);
                }
                Err(error) if count == 0 => return Err(error),
                // What was read goes to the caller first; the next call finds the fault again.
                Ok(Found::Spoiled(_)) | Err(_) => break,
                Ok(Found::Nothing) => {
                    full = false;
                    break;
                }
            }
            count += 1;
            self.dernier.set(dernier);
        }
        if watched {
            if full {
                self.watch.ring();
            } else if self.watch.rest(&self.memory, dernier, self.seat.is_none()) && count == 0 {
                self.is_there()?;
            }
        }
        Ok(count)
    }

    /// Reads the messages after `after` into `out`, and remembers nothing.
    pub fn peek(&self, after: u64, out: &mut [minichat_message]) -> Result<usize> {
        let _reader = self.reader.hold();
        let mut count = 0;
        let mut after = after.min(self.newest()?);
        for place in out {
            match self.find(after, place) {
                Ok(Found::Message) => after = place.number,
                Ok(Found::Spoiled(_)) if count == 0 => return fail(libc::EBADMSG),
                Err(error) if count == 0 => return Err(error),
                _ => break,
            }
            count += 1;
        }
        Ok(count)
    }

    /// The newest number. EBADMSG: the ring was spoiled; numbers never go back.
    fn newest(&self) -> Result<u64> {
        let dernier = self.dernier(); // before the ring, which goes on while we look: another thread may be reading
        let newest = Ring(&self.memory).newest()?;
        if newest < dernier { fail(libc::EBADMSG) } else { Ok(newest) }
    }

    fn find(&self, after: u64, out: &mut minichat_message) -> Result<Found> {
        Ring(&self.memory).find(self.header.board_id, after, out)
    }

    /// Waits for something new, `timeout` nanoseconds at most; None: for ever. Whether there is.
    pub fn wait(&self, timeout: Option<i64>) -> Result<bool> {
        let number = self.dernier() + 1;
        if !matches!(Ring(&self.memory).look(number), Look::NotYet(_)) {
            return Ok(true);
        }
        let deadline = timeout.map_or(i64::MAX, |timeout| process::monotonic().saturating_add(timeout));
        let sleeper = Sleeper {
            memory: &self.memory,
            dernier: &self.dernier,
            interrupt: &self.interrupt,
            eager: &self.eager,
            read_only: self.seat.is_none(),
        };
        let mut until = deadline.min(process::monotonic().saturating_add(NET));
        let mut there = sleeper.wait(until)?;
        while !there && until < deadline {
            self.is_there()?;
            until = deadline.min(until.saturating_add(NET));
            there = sleeper.sleep(until)?;
        }
        Ok(there)
    }

    /// Ends a wait with EINTR: the one in progress, or the next. Safe in a signal handler.
    pub fn interrupt(&self) {
        wait::interrupt(&self.interrupt);
    }

    /// A descriptor that is readable when something may be new.
    pub fn descriptor(&self) -> Result<c_int> {
        let _reader = self.reader.hold();
        match self.watch.descriptor() {
            Some(fd) => Ok(fd),
            None => {
                let _held = fork::hold()?;
                let fd = self.watch.start(self.file.raw())?;
                self.watch.rest(&self.memory, self.dernier(), self.seat.is_none());
                Ok(fd)
            }
        }
    }

    /// The number of the last message seen.
    pub fn dernier(&self) -> u64 {
        self.dernier.get()
    }

    /// Goes on reading after `number`. EINVAL: there is no such message yet.
    pub fn seek(&self, number: u64) -> Result<()> {
        let _reader = self.reader.hold();
        if number > self.newest()? {
            return fail(libc::EINVAL);
        }
        self.dernier.seek(number);
        if self.watch.descriptor().is_some() {
            self.watch.ring();
        }
        Ok(())
    }

    /// Lists who is present: how many; the first of them in `out`. EACCES: it cannot be known.
    pub fn who(&self, out: &mut [minichat_person]) -> Result<usize> {
        let mut places = out.iter_mut();
        let mut count = 0;
        let taken = self.taken()?;
        for seat in Seat::all().filter(|seat| taken & bit(*seat) != 0) {
            let mut person = minichat_person::NOBODY;
            let me = self.seat.map(bit) == Some(bit(seat));
            // Of myself I need not read what another thread may just be changing.
            let listed = if me {
                self.pen.hold().list(&mut person)
            } else {
                People(&self.memory).read(seat, &mut person)
            };
            if listed == Listed::Hidden {
                continue;
            }
            person.seat = seat.index() as u32 + 1;
            person.flags = if me { MINICHAT_ME } else { 0 };
            if let Some(place) = places.next() {
                *place = person;
            }
            count += 1;
        }
        Ok(count)
    }

    /// What there is to know about the board and this participant.
    pub fn info(&self) -> Result<minichat_info> {
        let stat = self.file.stat()?;
        Ok(minichat_info {
            size: size_of::<minichat_info>(),
            board_id: self.header.board_id,
            created_ns: self.header.created,
            last: self.newest()?,
            dernier: self.dernier(),
            file_size: stat.st_size as u64,
            seats: Whiteboard::SEATS as u32,
            seat: self.seat.map_or(0, |seat| seat.index() as u32 + 1),
            present: self.taken().map_or(-1, |taken| taken.count_ones() as i32),
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
        })
    }

    /// The seats that are taken, one bit each. EACCES: it cannot be known.
    fn taken(&self) -> Result<u64> {
        let lock = self.lock.raw();
        if lock < 0 {
            let taken = seat::taken_by_proc(self.file.raw(), self.header.lock_inode);
            return taken.or(fail(libc::EACCES));
        }
        if !self.lock.is_ours() {
            return fail(libc::ESTALE);
        }
        let mut taken = 0;
        for seat in Seat::all() {
            // My own lock would not show, and need not be looked for.
            if self.seat.map(bit) == Some(bit(seat)) || seat::is_taken(lock, seat)? {
                taken |= bit(seat);
            }
        }
        Ok(taken)
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.let_go();
    }
}

fn bit(seat: Seat<Whiteboard>) -> u64 {
    1 << seat.index()
}
