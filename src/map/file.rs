//! The course's two idioms: open, fstat, mmap, close for a file that is there; and open, make it long enough, mmap,
//! close for one that is shared by whoever comes first.

use crate::errno::{Errno, Result, fail};
use crate::sys::file::{self, Descriptor, HERE};
use crate::sys::fork;
use crate::sys::mapping::{Mapping, PLACED};
use crate::sys::regular;
use core::ffi::{CStr, c_int};
use libc::{mode_t, off_t};

/// What mm_map_file made.
pub struct Mapped {
    pub address: usize,
    pub length: usize,
}

/// Maps all of the file at `path`.
pub fn map_file(path: &CStr, prot: c_int, flags: c_int) -> Result<Mapped> {
    if flags & (PLACED | libc::MAP_ANONYMOUS) != 0 {
        return fail(libc::EINVAL);
    }
    let stores = prot & libc::PROT_WRITE != 0 && flags & libc::MAP_TYPE != libc::MAP_PRIVATE;
    let access = if stores { libc::O_RDWR } else { libc::O_RDONLY };
    let _held = fork::hold()?; // a child would have the file open for good
    let file = regular::open_existing(path, access, libc::ENODEV)?;
    let length = file::stat(file.raw())?.st_size as usize; // mmap refuses 0, and flags without a type
    let address = Mapping::new(length, prot, flags, file.raw())?.into_address();
    Ok(Mapped { address, length })
}

/// Maps `length` bytes of the file at `path`, shared, for reading and writing. Creates the file, or makes it longer,
/// or neither, and has the file system set the space apart.
pub fn create_file(path: &CStr, length: usize, mode: mode_t) -> Result<usize> {
    let Ok(wanted @ 1..) = off_t::try_from(length) else {
        return fail(if length == 0 { libc::EINVAL } else { libc::EFBIG });
    };
    let _held = fork::hold()?;
    let target = regular::open_or_create(
        path,
        mode,
        || {
            let file = regular::open_existing(path, libc::O_RDWR, libc::ENODEV)?;
            let size = file::stat(file.raw())?.st_size;
            Ok(Target { file, before: Some(size) })
        },
        |file| Target { file, before: None },
    )?;
    // Mapped first: what the kernel refuses to map need not be made.
    let mapping =
        Mapping::new(length, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, target.file.raw())
            .and_then(|mapping| reserve(target.file.raw(), wanted).map(|()| mapping));
    if mapping.is_err() {
        let _ = target.undo(path, wanted);
    }
    mapping.map(Mapping::into_address)
}

/// The file to be mapped.
struct Target {
    file: Descriptor,
    /// Its size when it was found; None: we created it.
    before: Option<off_t>,
}

impl Target {
    /// Removes what was created, cuts back what was made longer. Not so if the file is as long as `wanted`: it was so
    /// before, or somebody else succeeded meanwhile, and uses it.
    fn undo(&self, path: &CStr, wanted: off_t) -> Result<()> {
        let now = file::stat(self.file.raw())?;
        if now.st_size >= wanted {
            return Ok(());
        }
        match self.before {
            None if file::is_same(&now, &file::stat_at(HERE, path, 0)?) => file::unlink(path),
            Some(before) if now.st_size > before => file::truncate(self.file.raw(), before),
            _ => Ok(()),
        }
    }
}

/// Makes the file at least `length` bytes long and has space set apart for all of them, holes included.
fn reserve(fd: c_int, length: off_t) -> Result<()> {
    // ext4 takes all that is left before it finds that it is not enough: until then nobody else would have room.
    if !has_room(fd, length)? {
        return fail(libc::ENOSPC);
    }
    match file::allocate(fd, 0, 0, length) {
        Err(Errno(libc::EOPNOTSUPP | libc::ENOSYS)) => append_zeros(fd, length),
        other => other,
    }
}

/// Whether the file system has as many free blocks as the file still needs; one that does not count them has.
fn has_room(fd: c_int, length: off_t) -> Result<bool> {
    let (file, system) = (file::stat(fd)?, file::stat_fs(fd)?);
    let missing = length.saturating_sub(file.st_blocks.saturating_mul(512)).max(0) as u64;
    let block = (system.f_bsize as u64).max(1);
    Ok(system.f_blocks == 0 || missing / block <= system.f_bfree)
}

/// For a file system without fallocate(2): writes zeros at the end. Appended, not written at a place: if another
/// process makes the file longer at the same time, the file becomes longer than needed, but what that process has
/// stored already is not overwritten. Holes stay holes: to fill them would overwrite.
fn append_zeros(fd: c_int, length: off_t) -> Result<()> {
    let zeros = [0; 4096];
    loop {
        let missing = usize::try_from(length - file::stat(fd)?.st_size).unwrap_or(0);
        // Nothing that could still fail comes behind the last byte: a file that is complete is taken for somebody's.
        if missing == 0 || file::append(fd, zeros.get(..missing).unwrap_or(&zeros))? == missing {
            return Ok(());
        }
    }
}
