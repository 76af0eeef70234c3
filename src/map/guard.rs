//! Surviving a file that somebody cuts. An access past the end of the file raises SIGBUS; the handler puts zeros there,
//! private ones, over everything past the end at once, and lets the access happen again.
//!
//! Once for everything: page by page a process runs out of mappings (vm.max_map_count) after some 30 000 faults. And
//! once only: a second replacement of a page would lose what another thread has stored there since the first. So one
//! thread at a time replaces, from the first page past the end to where the replaced part begins already.

use crate::errno::{Errno, Result, fail};
use crate::sys::file::{self, Descriptor};
use crate::sys::futex::Claim;
use crate::sys::handle::{Pool, Slot};
use crate::sys::memory::{self, Replaceable};
use crate::sys::{process, signal};
use core::sync::atomic::{AtomicUsize, Ordering::*};
use libc::c_int;

/// How often a page is looked at that seems broken, before it counts as such.
const LOOKS: u32 = 100;

/// A guarded range.
pub struct Guard {
    range: Replaceable,
    prot: c_int,
    page: usize,
    /// Where the replaced part begins; `end` while there is none. Only ever lowered.
    tail: AtomicUsize,
    /// Held by the thread that replaces.
    turn: Claim,
}

static GUARDS: Pool<Guard> = Pool::new(u64::from_le_bytes(*b"mm_guard"));

struct Zeros;

impl signal::Repair for Zeros {
    fn repair(address: usize) -> bool {
        GUARDS.open().find(|slot| slot.value.covers(address)).is_some_and(|slot| slot.value.repair(address))
    }
}

/// The whole pages of `length` bytes at `start`. EINVAL: `start` is no multiple of the page, or `length` 0.
pub fn pages(start: usize, length: usize) -> Result<(usize, usize)> {
    let page = process::page_size();
    let end =
        start.checked_add(length).and_then(|end| end.checked_add(page - 1)).map(|end| end & !(page - 1));
    match end {
        Some(end) if start & (page - 1) == 0 && start < end => Ok((start, end)),
        _ => fail(libc::EINVAL),
    }
}

/// Guards the mapping of a range of whole pages. ENOMEM: a part of it is not mapped. EEXIST: a part is guarded already.
pub fn guard(range: Replaceable) -> Result<&'static Slot<Guard>> {
    let Replaceable { start, end } = range;
    memory::sync(start, end - start, libc::MS_ASYNC)?; // does nothing but to look for holes
    guard_fresh(range, protection(start).unwrap_or(libc::PROT_READ | libc::PROT_WRITE))
}

/// As `guard`, of a range that the caller has just mapped with `prot`: there is nothing to look for.
pub fn guard_fresh(range: Replaceable, prot: c_int) -> Result<&'static Slot<Guard>> {
    let Replaceable { start, end } = range;
    if GUARDS.open().any(|slot| slot.value.range.start < end && start < slot.value.range.end) {
        return fail(libc::EEXIST);
    }
    let tail = AtomicUsize::new(end);
    let slot =
        GUARDS.reserve()?.fill(Guard { range, prot, page: process::page_size(), tail, turn: Claim::new() });
    signal::on_bus_error::<Zeros>().or_else(|error| {
        GUARDS.remove(slot, |_| ())?;
        Err(error)
    })?;
    Ok(slot)
}

/// Ends a guard; what was replaced stays so. EINVAL: there is no guard of this range.
pub fn unguard(start: usize, length: usize) -> Result<()> {
    let (start, end) = pages(start, length)?;
    let slot = GUARDS.open().find(|slot| slot.value.range.start == start && slot.value.range.end == end);
    slot.map_or(fail(libc::EINVAL), release)
}

/// Ends a guard.
pub fn release(slot: &Slot<Guard>) -> Result<()> {
    GUARDS.remove(slot, |_| ())
}

/// Whether something of the guarded range around `address` was replaced. EINVAL: it is not guarded.
pub fn tripped(address: usize) -> Result<bool> {
    let slot = GUARDS.open().find(|slot| slot.value.covers(address));
    slot.map_or(fail(libc::EINVAL), |slot| Ok(slot.value.tripped()))
}

impl Guard {
    /// Whether something was replaced.
    pub fn tripped(&self) -> bool {
        self.tail.load(Acquire) < self.range.end
    }

    fn covers(&self, address: usize) -> bool {
        (self.range.start..self.range.end).contains(&address)
    }

    /// Whether the access to `address` may be tried again. If another thread is at it: yes, until it is done.
    fn repair(&self, address: usize) -> bool {
        let Some(_turn) = self.turn.claim() else {
            process::yield_now();
            return true;
        };
        let tail = self.tail.load(Acquire);
        if address >= tail {
            return true;
        }
        let faulty = address & !(self.page - 1);
        for _ in 0..LOOKS {
            match self.at_fault(faulty) {
                Page::There => return true, // the file has grown again meanwhile
                Page::Other => return false,
                // It may be read and not written: the disk is full, or the file was cut and has grown between two looks.
                Page::ReadOnly => {}
                // Where a file ends, everything behind is missing too. If it is not, the file has just grown, which the
                // next look finds; or the disk is broken, which is no end of a file.
                Page::PastTheEnd if self.read(tail - self.page) != Page::PastTheEnd => {}
                Page::PastTheEnd => return self.replace(self.first_past_the_end(faulty), tail),
            }
        }
        false
    }

    /// Puts zeros over all pages up to the part that is replaced already.
    fn replace(&self, from: usize, tail: usize) -> bool {
        let replaced = self.range.zero(from, tail, self.prot).is_ok();
        if replaced {
            self.tail.store(from, Release);
        }
        replaced
    }

    /// The first page past the end of the file, where `bad` is one: by halving.
    fn first_past_the_end(&self, mut bad: usize) -> usize {
        let mut good = self.range.start; // every page below is there
        while good < bad {
            let middle = good + (((bad - good) / 2) & !(self.page - 1));
            if self.read(middle) == Page::PastTheEnd { bad = middle } else { good = middle + self.page }
        }
        bad
    }

    /// Reads a page without a signal: the kernel does the access (Linux 5.14).
    fn read(&self, page: usize) -> Page {
        match memory::populate(page, self.page, libc::MADV_POPULATE_READ) {
            Ok(()) => Page::There,
            Err(Errno(libc::EFAULT)) => Page::PastTheEnd,
            Err(_) => Page::Other,
        }
    }

    /// Looks at the page of a fault, where a store may have failed that a read does not.
    fn at_fault(&self, page: usize) -> Page {
        let seen = self.read(page);
        let stores = self.prot & libc::PROT_WRITE != 0;
        let fails = || memory::populate(page, self.page, libc::MADV_POPULATE_WRITE).is_err();
        if seen == Page::There && stores && fails() { Page::ReadOnly } else { seen }
    }
}

#[derive(PartialEq, Eq)]
enum Page {
    There,
    /// There to be read; no room on the disk for a store.
    ReadOnly,
    /// Past the end of the file, or it cannot be read from the disk.
    PastTheEnd,
    /// Unmapped, or without permission.
    Other,
}

/// The protection of the mapping at `address`, from /proc/self/maps; None where that cannot be read.
fn protection(address: usize) -> Option<c_int> {
    let maps = file::open(c"/proc/self/maps", libc::O_RDONLY | libc::O_CLOEXEC, 0).ok()?;
    let mut line = Line::default();
    let mut buffer = [0; 1024];
    loop {
        let got = read(&maps, &mut buffer)?;
        for byte in got {
            if *byte == b'\n' {
                if let Some(prot) = line.protection(address) {
                    return Some(prot);
                }
                line = Line::default();
            } else {
                line.push(*byte);
            }
        }
    }
}

fn read<'a>(file: &Descriptor, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    let got = file::read(file.raw(), buffer).ok()?;
    buffer.get(..got).filter(|bytes| !bytes.is_empty())
}

/// The beginning of a line: `7f2c1a000000-7f2c1a021000 rw-p …`.
#[derive(Default)]
struct Line {
    text: [u8; 32],
    length: usize,
}

impl Line {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// The protection, if the line's range holds `address`.
    fn protection(&self, address: usize) -> Option<c_int> {
        let mut words = self.text.split(|byte| *byte == b' ');
        let mut ends = words.next()?.split(|byte| *byte == b'-').map(|text| {
            let text = core::str::from_utf8(text).ok()?;
            usize::from_str_radix(text, 16).ok()
        });
        let (start, end) = (ends.next()??, ends.next()??);
        if !(start..end).contains(&address) {
            return None;
        }
        let letters = words.next()?.iter().zip([libc::PROT_READ, libc::PROT_WRITE, libc::PROT_EXEC]);
        Some(letters.filter(|(letter, _)| **letter != b'-').fold(0, |prot, (_, bit)| prot | bit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_maps() {
        let mut line = Line::default();
        b"7f2c1a000000-7f2c1a021000 rw-p 00000000 00:00 0".iter().for_each(|byte| line.push(*byte));
        assert_eq!(line.protection(0x7f2c_1a00_0000), Some(libc::PROT_READ | libc::PROT_WRITE));
        assert_eq!(line.protection(0x7f2c_1a02_0fff), Some(libc::PROT_READ | libc::PROT_WRITE));
        assert_eq!(line.protection(0x7f2c_1a02_1000), None);
        assert_eq!(Line::default().protection(0), None);
    }

    #[test]
    fn protection_of_code_and_data() {
        let data = 1_u64;
        assert_eq!(protection(&raw const data as usize), Some(libc::PROT_READ | libc::PROT_WRITE));
        let code: fn() = protection_of_code_and_data;
        assert_eq!(protection(code as usize), Some(libc::PROT_READ | libc::PROT_EXEC));
    }
}
