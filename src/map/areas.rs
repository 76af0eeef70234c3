//! What is mapped where in this process, by now, and with what rights: from /proc/self/maps, without memory of its own,
//! in a signal handler.

use crate::errno::{Errno, Result};
use crate::sys::file::{self, Descriptor, HERE};
use crate::sys::{proc, process};
use core::ffi::CStr;
use libc::c_int;

/// A mapping, as the kernel lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub start: usize,
    pub end: usize,
    pub prot: c_int,
    /// Bytes of its pages.
    pub page: usize,
    pub is_file: bool,
}

impl Area {
    /// A part of a file.
    pub fn of(start: usize, end: usize, prot: c_int) -> Self {
        Area { start, end, prot, page: process::page_size(), is_file: true }
    }
}

/// The list, open.
pub struct Areas(Option<Descriptor>);

impl Areas {
    pub fn open() -> Self {
        Areas(file::open(c"/proc/self/maps", libc::O_RDONLY | libc::O_CLOEXEC, 0).ok())
    }

    /// Whether it can be asked: there is a /proc, and a descriptor was to be had.
    pub fn known(&self) -> bool {
        self.0.is_some()
    }

    /// The first mapping that ends after `address`.
    pub fn at(&self, address: usize) -> Option<Area> {
        match proc::mapping(self.0.as_ref()?, address as u64, &mut []) {
            Ok((found, _)) => Some(Area {
                start: found.start as usize,
                end: found.end as usize,
                prot: (found.flags & 7) as c_int,
                page: found.page as usize,
                is_file: found.inode != 0,
            }),
            Err(Errno(libc::ENOENT)) => None,
            Err(_) => search(address), // before Linux 6.11
        }
    }

    /// The file that is mapped at `address`. None: no name leads to it.
    pub fn file(&self, address: usize) -> Option<File> {
        let mut room = [0; 512];
        let (found, name) = proc::mapping(self.0.as_ref()?, address as u64, &mut room).ok()?;
        let length = name.len();
        let name = CStr::from_bytes_with_nul(room.get(..=length)?).ok()?;
        let stat = file::stat_at(HERE, name, 0).ok()?;
        let device = (libc::major(stat.st_dev), libc::minor(stat.st_dev));
        if device != (found.major, found.minor) || stat.st_ino != found.inode {
            return None;
        }
        // File systems that keep whole seconds, or two; all others are at least as exact as the kernel's tick.
        let inexact = if stat.st_ctime_nsec == 0 { 2_000_000_000 } else { 10_000_000 };
        let changed = stat.st_ctime.saturating_mul(1_000_000_000).saturating_add(stat.st_ctime_nsec);
        Some(File {
            changed: changed.saturating_add(inexact),
            reaches: (address as u64 - found.start).saturating_add(found.offset) < stat.st_size as u64,
            full: proc::file_system_at(name).is_ok_and(|system| system.free() == 0),
        })
    }
}

/// A file that is mapped, as it is now.
pub struct File {
    /// When it was changed last, at the latest: nanoseconds of the time of day.
    pub changed: i64,
    /// Whether it is so long that it has the byte that was asked for.
    pub reaches: bool,
    /// Its file system has no room.
    pub full: bool,
}

/// The same from the text.
fn search(address: usize) -> Option<Area> {
    let maps = file::open(c"/proc/self/maps", libc::O_RDONLY | libc::O_CLOEXEC, 0).ok()?;
    let mut line = Line::default();
    let mut buffer = [0; 256];
    loop {
        for byte in read(&maps, &mut buffer).ok().filter(|bytes| !bytes.is_empty())? {
            if *byte != b'\n' {
                line.push(*byte);
                continue;
            }
            if let Some(area) = line.area().filter(|area| area.end > address) {
                return Some(area);
            }
            line = Line::default();
        }
    }
}

fn read<'a>(file: &Descriptor, buffer: &'a mut [u8]) -> Result<&'a [u8]> {
    let got = file::read(file.raw(), buffer)?;
    Ok(buffer.get(..got).unwrap_or_default())
}

/// The beginning of a line: `7f2c1a000000-7f2c1a021000 rw-p 00000000 08:01 1234 …`.
struct Line {
    text: [u8; 96],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Line { text: [b' '; 96], length: 0 }
    }
}

impl Line {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn area(&self) -> Option<Area> {
        let mut words = self.text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let mut ends = words.next()?.split(|byte| *byte == b'-').map(|text| {
            let text = core::str::from_utf8(text).ok()?;
            usize::from_str_radix(text, 16).ok()
        });
        let (start, end) = (ends.next()??, ends.next()??);
        let letters = words.next()?.iter().zip([libc::PROT_READ, libc::PROT_WRITE, libc::PROT_EXEC]);
        let prot = letters.filter(|(letter, _)| **letter != b'-').fold(0, |prot, (_, bit)| prot | bit);
        let inode = words.nth(2)?;
        Some(Area { start, end, prot, page: process::page_size(), is_file: inode != b"0" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &[u8]) -> Option<Area> {
        let mut line = Line::default();
        text.iter().for_each(|byte| line.push(*byte));
        line.area()
    }

    #[test]
    fn a_line_of_maps() {
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let wanted = Area::of(0x7f2c_1a00_0000, 0x7f2c_1a02_1000, prot);
        assert_eq!(line(b"7f2c1a000000-7f2c1a021000 rw-s 00000000 08:01 1234    /a/b"), Some(wanted));
        let wanted = Area { is_file: false, ..wanted };
        assert_eq!(line(b"7f2c1a000000-7f2c1a021000 rw-p 00000000 00:00 0"), Some(wanted));
        assert_eq!(line(b""), None);
    }

    #[test]
    fn the_text_says_what_the_kernel_answers() {
        let data = 1_u64;
        let code: fn() = the_text_says_what_the_kernel_answers;
        for (address, prot) in [
            (&raw const data as usize, libc::PROT_READ | libc::PROT_WRITE),
            (code as usize, libc::PROT_READ | libc::PROT_EXEC),
        ] {
            let found = search(address);
            assert!(found.is_some_and(|area| area.start <= address && area.prot == prot));
            assert_eq!(Areas::open().at(address).map(|area| area.prot), Some(prot));
        }
    }
}
