//! What is mapped in this process, and what may be.

use super::file::below;
use super::text;
use crate::errno::Errno;
use crate::sys::file::Descriptor;
use crate::sys::probe::Probe;
use crate::sys::proc;
use core::cell::OnceCell;
use explain::Name;
use explain::facts::Mapping;
use libc::*;

/// How much of the text of /proc/self/maps or smaps is read at most, where the kernel has no better way.
const PATIENCE: usize = 1 << 20;
/// Room for a line of it.
const LINE: usize = 640;

pub fn page() -> u64 {
    proc::auxiliary(AT_PAGESZ)
}

/// On x86-64 always the same. Elsewhere it depends on the kernel: the stack, and with it the name of the program, lies
/// right below it.
pub fn address_end() -> u64 {
    if cfg!(target_arch = "x86_64") {
        (1 << 47) - page()
    } else {
        proc::auxiliary(AT_EXECFN).checked_next_power_of_two().unwrap_or(1 << 48)
    }
}

/// A line of /proc/self/maps.
pub struct Line {
    pub start: u64,
    pub end: u64,
    /// PROT_, and proc::SHARED.
    flags: u64,
    page: u64,
    /// Of the file: major, minor, inode.
    pub file: (u32, u32, u64),
    /// As it stands there: absolute.
    pub path: Name,
}

impl Line {
    pub fn seen(&self) -> Mapping {
        if self.start == u64::MAX {
            return Mapping::NONE;
        }
        Mapping {
            start: self.start,
            end: self.end,
            prot: (self.flags & 7) as i32,
            shared: self.flags & proc::SHARED != 0,
            page: self.page,
            name: below(self.path.bytes()),
        }
    }

    const NONE: Line =
        Line { start: u64::MAX, end: u64::MAX, flags: 0, page: 0, file: (0, 0, 0), path: Name::NONE };
}

/// The list of this process's mappings, opened when it is first asked.
pub struct Maps(OnceCell<Option<Descriptor>>);

impl Maps {
    pub const fn new() -> Self {
        Maps(OnceCell::new())
    }

    /// The first mapping that ends after `address`.
    pub fn at(&self, address: u64) -> Option<Line> {
        if self.0.get().is_none() {
            let _ = self.0.set(proc::open(c"/proc/self/maps").ok());
        }
        let maps = self.0.get()?.as_ref()?;
        let mut name = [0; LINE];
        match proc::mapping(maps, address, &mut name) {
            Ok((found, path)) => Some(Line {
                start: found.start,
                end: found.end,
                flags: found.flags,
                page: found.page,
                file: (found.major, found.minor, found.inode),
                path: Name::new(path),
            }),
            Err(Errno(ENOENT)) => Some(Line::NONE),
            Err(_) => search(address),
        }
    }
}

/// The same from the text, before Linux 6.11.
fn search(address: u64) -> Option<Line> {
    let mut found = None;
    let whole = each_line(c"/proc/self/maps", &mut |text| {
        found = line(text).filter(|line| line.end > address);
        found.is_none()
    })?;
    found.or(whole.then_some(Line::NONE))
}

/// "7f00-8f00 rw-s 00000000 08:01 1234   /path": address range, rights, offset, device, inode, name.
fn line(text: &[u8]) -> Option<Line> {
    let (start, rest) = text::hexadecimal(text)?;
    let (end, rest) = text::hexadecimal(rest.strip_prefix(b"-")?)?;
    let [b' ', read, write, execute, kind, b' ', rest @ ..] = rest else { return None };
    let bit = |byte: &u8, sign, bit| if *byte == sign { bit } else { 0 };
    let flags =
        bit(read, b'r', 1) | bit(write, b'w', 2) | bit(execute, b'x', 4) | bit(kind, b's', proc::SHARED);
    let (_, rest) = text::hexadecimal(rest)?;
    let (major, rest) = text::hexadecimal(rest.strip_prefix(b" ")?)?;
    let (minor, rest) = text::hexadecimal(rest.strip_prefix(b":")?)?;
    let inode = text::number(rest)?;
    let name = rest.trim_ascii_start();
    let digits = name.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let path = Name::new(name.get(digits..)?.trim_ascii_start());
    Some(Line { start, end, flags, page: page(), file: (major as u32, minor as u32, inode), path })
}

/// Gives each line of a text of the kernel to `look` until that says false. None: cannot be read. Whether all was seen.
pub fn each_line(path: &core::ffi::CStr, look: &mut dyn FnMut(&[u8]) -> bool) -> Option<bool> {
    let file = proc::open(path).ok()?;
    let mut room = [0; LINE];
    let (mut kept, mut total) = (0, 0);
    loop {
        let more = crate::sys::file::read(file.raw(), room.get_mut(kept..)?).ok()?;
        let filled = kept + more;
        total += more;
        let mut start = 0;
        while let Some(rest) = room.get(start..filled) {
            let Some(length) = rest.iter().position(|byte| *byte == b'\n') else { break };
            if !look(rest.get(..length)?) {
                return Some(false);
            }
            start += length + 1;
        }
        if more == 0 || total > PATIENCE {
            return Some(more == 0);
        }
        kept = filled - start;
        for at in 0..kept {
            let byte = *room.get(start + at)?;
            *room.get_mut(at)? = byte;
        }
        if kept == room.len() {
            kept = 0; // a line that long: its end is looked at as if it were a line, and is none
        }
    }
}

/// The kernel has no quicker way to tell than the flag "sl" among those of a mapping in /proc/self/smaps.
pub fn sealed(start: u64, end: u64) -> Option<bool> {
    let (mut inside, mut beyond, mut sealed) = (false, false, false);
    each_line(c"/proc/self/smaps", &mut |text| {
        if let Some(line) = line(text) {
            inside = line.end > start && line.start < end;
            beyond = line.start >= end;
        } else if let (true, Some(flags)) = (inside, text.strip_prefix(b"VmFlags:")) {
            sealed = sealed || flags.split(|byte| *byte == b' ').any(|flag| flag == b"sl");
        }
        !sealed && !beyond
    })
    .and_then(|whole| (whole || beyond || sealed).then_some(sealed))
}

/// Whether one mapping more is refused, or cutting one. By trying: shared memory merges with no neighbour, so what
/// appears is a mapping of its own, and disappears as one.
pub fn exhausted(split: bool) -> Option<bool> {
    let page = page() as usize;
    let shared = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
    match Probe::new(0, if split { 3 * page } else { page }, shared) {
        Ok(probe) => Some(split && probe.cut(page) == Err(Errno(ENOMEM))),
        // Refused, perhaps for want of memory, of which a private mapping without rights needs none.
        Err(Errno(ENOMEM)) => {
            let private = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
            Some(Probe::new(0, page, private).is_err_and(|error| error == Errno(ENOMEM)))
        }
        Err(_) => None,
    }
}

/// Whether nothing may be mapped at an address, as one page without rights shows.
pub fn forbidden(address: u64) -> Option<bool> {
    let page = page();
    let start = (address & !page.wrapping_sub(1)) as usize;
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    match Probe::new(start, page as usize, flags) {
        Ok(probe) => (probe.start() == start).then_some(false), // before Linux 4.17 the flag was unknown
        Err(Errno(EEXIST)) => Some(false),
        Err(Errno(EPERM | ENOMEM)) => Some(true),
        Err(_) => None,
    }
}
