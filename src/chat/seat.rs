//! Who is here, the kernel says: participant i holds byte 1+i of BOARD.lock for as long as it lives. Nothing else is
//! ever locked and no claim waits, so nobody waits for anybody. Byte 0, the course's, is left to the program.

use super::layout::{Seat, Shape, Whiteboard};
use super::people::People;
use super::shared::Memory;
use crate::errno::{Errno, Result, fail};
use crate::sys::file;
use crate::sys::lock::{self, Kind};
use libc::{c_int, off_t};

const FIRST: off_t = 1;
const COUNT: off_t = crate::abi::MINICHAT_SEATS as off_t;

/// Somebody is just removing or creating the board: try again. It never leaves `board`; none of the calls made there
/// fails with this number.
pub const LEAVING: Errno = Errno(libc::EALREADY);

/// Takes the first free seat. EUSERS: there is none. LEAVING: somebody holds them all at once, to remove the board, or
/// was faster.
pub fn claim<M: Memory>(fd: c_int, memory: &M) -> Result<Seat<M::Shape>> {
    let people = People(memory);
    let mut overtaken = false;
    for seat in Seat::all() {
        let seen = people.stamp(seat);
        match lock::holder(fd, Kind::Exclusive, byte(seat), 1)? {
            Some(holder) if is_everything(&holder) => return Err(LEAVING),
            Some(_) => continue,
            None => {}
        }
        people.clear(seat, seen);
        match lock::set(fd, Kind::Exclusive, byte(seat), 1) {
            Ok(()) => return Ok(seat),
            Err(Errno(libc::EAGAIN | libc::EACCES)) => overtaken = true,
            Err(error) => return Err(error),
        }
    }
    if overtaken { Err(LEAVING) } else { fail(libc::EUSERS) }
}

/// Takes a seat that is one's own, or was. ESTALE: somebody else has it. (Any other failure tells of nobody.)
pub fn take_again(fd: c_int, seat: Seat<Whiteboard>) -> Result<()> {
    match lock::set(fd, Kind::Exclusive, byte(seat), 1) {
        Err(Errno(libc::EAGAIN | libc::EACCES)) => fail(libc::ESTALE),
        _ => Ok(()),
    }
}

/// Frees the seat at once, also where a child that fork did not tell of us still has the lock file open.
pub fn release(fd: c_int, seat: Seat<Whiteboard>) {
    let _ = lock::clear(fd, byte(seat), 1);
}

/// Holds all seats but those that this open of the lock file holds. EBUSY: somebody is present. LEAVING: somebody
/// else holds them all.
pub fn claim_all(fd: c_int) -> Result<()> {
    match lock::set(fd, Kind::Exclusive, FIRST, COUNT) {
        Err(Errno(libc::EAGAIN | libc::EACCES)) => {}
        done => return done,
    }
    match lock::holder(fd, Kind::Exclusive, FIRST, COUNT)? {
        Some(holder) if !is_everything(&holder) => fail(libc::EBUSY),
        _ => Err(LEAVING),
    }
}

/// A lock on all seats at once, which no participant holds.
fn is_everything(holder: &libc::flock) -> bool {
    holder.l_start <= FIRST && (holder.l_len == 0 || holder.l_start + holder.l_len >= FIRST + COUNT)
}

/// Whether somebody else holds the seat. One's own lock would never show.
pub fn is_taken<S: Shape>(fd: c_int, seat: Seat<S>) -> Result<bool> {
    Ok(lock::holder(fd, Kind::Exclusive, byte(seat), 1)?.is_some())
}

fn byte<S: Shape>(seat: Seat<S>) -> off_t {
    FIRST + seat.index() as off_t
}

/// The seats that are taken, one bit each, as /proc/locks tells whoever may not open the lock file: of the lock file
/// `inode` on the file system that `board` is on.
pub fn taken_by_proc(board: c_int, inode: u64) -> Result<u64> {
    // Their stat(2) and /proc/locks name different devices.
    const DEVICES_DIFFER: [u32; 2] = [0x9123_683e, 0x794c_7630]; // btrfs, overlayfs
    if DEVICES_DIFFER.contains(&(file::stat_fs(board)?.f_type as u32)) {
        return fail(libc::ENOTSUP);
    }
    let device = file::stat(board)?.st_dev;
    let proc = file::open(c"/proc/locks", libc::O_RDONLY | libc::O_CLOEXEC, 0)?;
    let mut taken = 0;
    let mut buffer = [0; 1024];
    let mut line = Line::default();
    loop {
        let got = file::read(proc.raw(), &mut buffer)?;
        let Some(bytes) = buffer.get(..got).filter(|bytes| !bytes.is_empty()) else { return Ok(taken) };
        for byte in bytes {
            if *byte == b'\n' {
                taken |= line.seats(device, inode);
                line = Line::default();
            } else {
                line.push(*byte);
            }
        }
    }
}

/// A line of /proc/locks: `1: OFDLCK ADVISORY  WRITE -1 fe:00:8921 1 1`. A longer one is none of ours.
struct Line {
    text: [u8; 128],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Line { text: [0; 128], length: 0 }
    }
}

impl Line {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    /// The seats that the line says are held, if it is about that file.
    fn seats(&self, device: libc::dev_t, inode: u64) -> u64 {
        let text = self.text.get(..self.length).and_then(|text| core::str::from_utf8(text).ok());
        let mut words = text.unwrap_or_default().split_ascii_whitespace().skip(1);
        // A blocked request has "->" here; ours never block.
        if !matches!(words.next(), Some("OFDLCK" | "POSIX")) {
            return 0;
        }
        let mut place = words.nth(3).unwrap_or_default().as_bytes().split(|byte| *byte == b':');
        let mut number = |radix| {
            let text = core::str::from_utf8(place.next()?).ok()?;
            u64::from_str_radix(text, radix).ok()
        };
        let file = (number(16), number(16), number(10));
        let (major, minor) = (u64::from(libc::major(device)), u64::from(libc::minor(device)));
        if file != (Some(major), Some(minor), Some(inode)) {
            return 0;
        }
        let start = words.next().and_then(|text| text.parse().ok()).unwrap_or(off_t::MAX);
        let end = words.next().and_then(|text| text.parse().ok()).unwrap_or(off_t::MAX);
        let held = |seat: &Seat<Whiteboard>| (start..=end).contains(&byte(*seat));
        Seat::all().filter(held).fold(0, |seats, seat| seats | 1 << seat.index())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(text: &str) -> u64 {
        let mut line = Line::default();
        text.bytes().for_each(|byte| line.push(byte));
        line.seats(libc::makedev(0xfe, 0), 8921)
    }

    #[test]
    fn a_line_of_proc_locks() {
        assert_eq!(seats("1: OFDLCK ADVISORY  WRITE -1 fe:00:8921 1 1"), 1);
        assert_eq!(seats("12: OFDLCK ADVISORY  WRITE -1 fe:00:8921 3 4"), 0b1100);
        assert_eq!(seats("1: POSIX  ADVISORY  READ 4711 fe:00:8921 64 EOF"), 1 << 63);
        assert_eq!(seats("1: OFDLCK ADVISORY  WRITE -1 fe:00:8921 0 0"), 0);
        assert_eq!(seats("1: OFDLCK ADVISORY  WRITE -1 fe:00:8922 1 1"), 0);
        assert_eq!(seats("1: OFDLCK ADVISORY  WRITE -1 fd:00:8921 1 1"), 0);
        assert_eq!(seats("1: -> OFDLCK ADVISORY  WRITE -1 fe:00:8921 1 1"), 0);
        assert_eq!(seats(""), 0);
        assert_eq!(seats(&"9".repeat(300)), 0);
    }
}
