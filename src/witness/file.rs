//! What descriptors, paths and mappings lead to. Only what needs no open of the file: with the close of any descriptor
//! of it the program would lose its POSIX locks.

use super::memory::{Line, Maps};
use super::text::{self, ROOM};
use crate::errno::Errno;
use crate::sys::file::{self as sys, HERE, SelfPath};
use crate::sys::lock::{Kind, holder};
use crate::sys::proc;
use explain::Name;
use explain::facts::{Descriptor, File, FileSystem, Holder, Of};
use libc::*;

/// How many descriptors are looked at for one that leads to a mapped file.
const DESCRIPTORS: c_int = 256;

pub fn descriptor(fd: c_int) -> Option<Descriptor> {
    match proc::flags(fd) {
        Ok(flags) => Some(Descriptor::Open(flags)),
        Err(Errno(EBADF)) => Some(Descriptor::Closed),
        Err(_) => None,
    }
}

pub fn stat(of: Of<'_>, maps: &Maps) -> Option<File> {
    let stat = match of {
        Of::Descriptor(fd) => proc::stat(fd, c"").ok()?,
        Of::Path(path) => stat_at(path.bytes())?,
        Of::Mapping(address) => mapped(address, maps)?.1,
    };
    let known = stat.stx_attributes_mask & STATX_ATTR_APPEND as u64 != 0;
    let append_only = if known {
        Some(stat.stx_attributes & STATX_ATTR_APPEND as u64 != 0)
    } else {
        attribute(of, u32::from(stat.stx_mode))
    };
    Some(File {
        mode: stat.stx_mode.into(),
        size: stat.stx_size,
        device: (stat.stx_rdev_major, stat.stx_rdev_minor),
        append_only,
    })
}

fn stat_at(path: &[u8]) -> Option<statx> {
    proc::stat(HERE, text::path(&[path], &mut [0; ROOM])?).ok()
}

/// chattr +a, where stat does not say.
fn attribute(of: Of<'_>, mode: u32) -> Option<bool> {
    const FS_APPEND_FL: c_uint = 0x20;
    let Of::Descriptor(fd) = of else { return None };
    if mode & S_IFMT != S_IFREG {
        return None;
    }
    Some(proc::attributes(fd).ok()? & FS_APPEND_FL != 0)
}

/// The mapping's path, and what is there now, if that is still the file that is mapped.
fn mapped(address: u64, maps: &Maps) -> Option<(Name, statx)> {
    let line = maps.at(address).filter(|line| line.start <= address)?;
    let stat = stat_at(line.path.bytes())?;
    ((stat.stx_dev_major, stat.stx_dev_minor, stat.stx_ino) == line.file).then_some((line.path, stat))
}

pub fn file_system(of: Of<'_>, maps: &Maps) -> Option<FileSystem> {
    let found = match of {
        Of::Descriptor(fd) => proc::file_system(fd).ok(),
        Of::Path(path) => file_system_at(path.bytes()).or_else(|| file_system_at(parent(path.bytes()))),
        Of::Mapping(address) => file_system_at(mapped(address, maps)?.0.bytes()),
    }?;
    Some(FileSystem { magic: found.magic(), no_exec: found.flags() & ST_NOEXEC != 0, free: found.free() })
}

fn file_system_at(path: &[u8]) -> Option<proc::FileSystem> {
    proc::file_system_at(text::path(&[path], &mut [0; ROOM])?).ok()
}

/// The directory that a path lies in.
fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(0) => b"/",
        Some(slash) => path.get(..slash).unwrap_or_default(),
        None => b".",
    }
}

pub fn name(of: Of<'_>, maps: &Maps) -> Option<Name> {
    match of {
        Of::Descriptor(fd) => {
            let mut room = [0; ROOM];
            Some(below(path(fd, &mut room)?))
        }
        Of::Path(path) => Some(*path),
        Of::Mapping(address) => {
            let line: Line = maps.at(address).filter(|line| line.start <= address)?;
            Some(below(line.path.bytes()))
        }
    }
}

/// The absolute path of an open file; None: it has none, as a pipe.
fn path(fd: c_int, room: &mut [u8]) -> Option<&[u8]> {
    let whole = room.len();
    let path = proc::link(SelfPath::new(fd).path(), room).ok()?;
    (path.first() == Some(&b'/') && path.len() < whole).then_some(path)
}

/// A path as its user would write it: below the current directory, from there on.
pub fn below(path: &[u8]) -> Name {
    if let Some(memory) = path.strip_prefix(b"/memfd:") {
        let name = memory.strip_suffix(b" (deleted)").unwrap_or(memory);
        return text::path(&[b"memfd:", name], &mut [0; ROOM])
            .map_or(Name::NONE, |path| Name::new(path.to_bytes()));
    }
    if path == b"/dev/zero (deleted)" {
        return Name::NONE; // what the kernel calls shared anonymous memory
    }
    let mut room = [0; ROOM];
    let here = proc::directory(&mut room).unwrap_or_default();
    let inside = path.strip_prefix(here).and_then(|rest| rest.strip_prefix(b"/"));
    Name::new(inside.filter(|rest| !rest.is_empty()).unwrap_or(path))
}

/// The directory where the file system begins: the shortest beginning of the path that is on the same mount.
pub fn mount(of: Of<'_>, maps: &Maps) -> Option<Name> {
    let (mut room, mut more) = ([0; ROOM], [0; ROOM]);
    let held;
    let (whole, id) = match of {
        Of::Descriptor(fd) => (path(fd, &mut room)?, proc::stat(fd, c"").ok()?.stx_mnt_id),
        Of::Path(name) => {
            let start: &[u8] =
                if name.bytes().first() == Some(&b'/') { b"" } else { proc::directory(&mut room).ok()? };
            let whole = text::path(&[start, b"/", name.bytes()], &mut more)?.to_bytes();
            // A file that is not there (any more) is on the mount of its directory.
            (whole, mount_id(whole).or_else(|| mount_id(parent(whole)))?)
        }
        Of::Mapping(address) => {
            held = mapped(address, maps)?;
            (held.0.bytes(), held.1.stx_mnt_id)
        }
    };
    let mut top = if mount_id(whole) == Some(id) { whole } else { parent(whole) };
    while top.len() > 1 && mount_id(parent(top)) == Some(id) {
        top = parent(top);
    }
    // The path may lead elsewhere by now; and before Linux 5.8 all ids are 0.
    (id != 0 && mount_id(top) == Some(id)).then(|| Name::new(top))
}

fn mount_id(path: &[u8]) -> Option<u64> {
    Some(stat_at(path)?.stx_mnt_id)
}

pub fn seals(of: Of<'_>, maps: &Maps) -> Option<u32> {
    let fd = match of {
        Of::Descriptor(fd) => fd,
        Of::Path(_) => return None,
        Of::Mapping(address) => {
            let file = maps.at(address).filter(|line| line.start <= address)?.file;
            (0..DESCRIPTORS).find(|fd| {
                sys::stat(*fd).is_ok_and(|stat| (major(stat.st_dev), minor(stat.st_dev), stat.st_ino) == file)
            })?
        }
    };
    match proc::seals(fd) {
        Ok(seals) => Some(seals as u32),
        Err(Errno(EINVAL)) => Some(0),
        Err(_) => None,
    }
}

pub fn lock_holder(fd: c_int, exclusive: bool, start: i64, length: i64) -> Option<Holder> {
    let kind = if exclusive { Kind::Exclusive } else { Kind::Shared };
    let found = holder(fd, kind, start, length).ok()??;
    Some(Holder {
        start: found.l_start as u64,
        length: found.l_len as u64,
        exclusive: c_int::from(found.l_type) == F_WRLCK,
        pid: (found.l_pid > 0).then_some(found.l_pid),
        open_file: found.l_pid == -1,
    })
}
