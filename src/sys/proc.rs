//! What the kernel tells about this process: /proc, stat and its relatives, limits. Looks, and changes nothing; no
//! descriptor of the program is duplicated or closed (that would drop its POSIX locks), none is left open.

use super::call::{call, int};
use super::file::{self, Descriptor, HERE};
use super::memory;
use crate::errno::{Errno, Result};
use core::ffi::{CStr, c_int};
use libc::c_uint;

/// Reads the beginning of a file of /proc or /sys, as much as there is room for.
pub fn read<'a>(path: &CStr, into: &'a mut [u8]) -> Result<&'a [u8]> {
    let file = open(path)?;
    let length = read_on(&file, into)?;
    Ok(into.get(..length).unwrap_or_default())
}

/// Opens a file of /proc or /sys.
pub fn open(path: &CStr) -> Result<Descriptor> {
    file::open(path, libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NOCTTY, 0)
}

/// Reads on, until there is no room or nothing left: the kernel hands such files over in parts.
pub fn read_on(file: &Descriptor, into: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    while let Some(rest @ [_, ..]) = into.get_mut(length..) {
        match file::read(file.raw(), rest)? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// statx(2); `path` "": what `fd` is open on. Where a sandbox does not know statx, what fstatat(2) tells of it: no
/// attributes, no mount.
pub fn stat(fd: c_int, path: &CStr) -> Result<libc::statx> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut stat: libc::statx = unsafe { core::mem::zeroed() };
    let wanted = libc::STATX_BASIC_STATS | libc::STATX_MNT_ID;
    let flags = libc::AT_EMPTY_PATH | libc::AT_NO_AUTOMOUNT;
    let args = [int(fd), path.as_ptr() as usize, int(flags), wanted as usize, &raw mut stat as usize, 0];
    // SAFETY: `path` ends with NUL; `stat` has the kernel's layout on all machines, and lives through the call.
    match unsafe { call(libc::SYS_statx, args) } {
        Err(Errno(libc::ENOSYS | libc::EPERM)) => {
            let older = file::stat_at(fd, path, flags)?;
            stat.stx_mode = older.st_mode as u16;
            stat.stx_size = older.st_size as u64;
            stat.stx_ino = older.st_ino;
            (stat.stx_dev_major, stat.stx_dev_minor) = (libc::major(older.st_dev), libc::minor(older.st_dev));
            (stat.stx_rdev_major, stat.stx_rdev_minor) =
                (libc::major(older.st_rdev), libc::minor(older.st_rdev));
            Ok(stat)
        }
        result => result.map(|_| stat),
    }
}

/// The kernel's struct statfs, of which libc's Rust binding hides the flags: 15 words on both machines.
pub struct FileSystem([u64; 15]);

impl FileSystem {
    pub const fn magic(&self) -> u64 {
        let [magic, ..] = self.0;
        magic
    }

    /// Bytes that an ordinary user may still fill.
    pub const fn free(&self) -> u64 {
        let [_, block, _, _, available, ..] = self.0;
        block.saturating_mul(available)
    }

    /// ST_NOEXEC and the like.
    pub const fn flags(&self) -> u64 {
        let [.., flags, _, _, _, _] = self.0;
        flags
    }
}

/// fstatfs(2).
pub fn file_system(fd: c_int) -> Result<FileSystem> {
    let mut words = [0; 15];
    // SAFETY: the array has the size of the kernel's struct, and lives through the call.
    unsafe { call(libc::SYS_fstatfs, [int(fd), &raw mut words as usize, 0, 0, 0, 0]) }?;
    Ok(FileSystem(words))
}

/// statfs(2).
pub fn file_system_at(path: &CStr) -> Result<FileSystem> {
    let mut words = [0; 15];
    // SAFETY: `path` ends with NUL; the array has the size of the kernel's struct, and lives through the call.
    unsafe { call(libc::SYS_statfs, [path.as_ptr() as usize, &raw mut words as usize, 0, 0, 0, 0]) }?;
    Ok(FileSystem(words))
}

/// readlink(2).
pub fn link<'a>(path: &CStr, into: &'a mut [u8]) -> Result<&'a [u8]> {
    let args = [int(HERE), path.as_ptr() as usize, into.as_mut_ptr() as usize, into.len(), 0, 0];
    // SAFETY: `path` ends with NUL; the kernel writes at most `len` bytes of a slice that is borrowed for the call.
    let length = unsafe { call(libc::SYS_readlinkat, args) }?;
    Ok(into.get(..length).unwrap_or_default())
}

/// getcwd(2), without its NUL.
pub fn directory(into: &mut [u8]) -> Result<&[u8]> {
    // SAFETY: the kernel writes at most `len` bytes of a slice that is borrowed for the call.
    let length = unsafe { call(libc::SYS_getcwd, [into.as_mut_ptr() as usize, into.len(), 0, 0, 0, 0]) }?;
    Ok(into.get(..length.saturating_sub(1)).unwrap_or_default())
}

/// F_GETFL: the flags that a descriptor was opened with.
pub fn flags(fd: c_int) -> Result<c_int> {
    // SAFETY: touches no memory.
    let flags = unsafe { call(libc::SYS_fcntl, [int(fd), int(libc::F_GETFL), 0, 0, 0, 0]) }?;
    Ok(flags as c_int)
}

/// F_GET_SEALS.
pub fn seals(fd: c_int) -> Result<c_int> {
    // SAFETY: touches no memory.
    let seals = unsafe { call(libc::SYS_fcntl, [int(fd), int(libc::F_GET_SEALS), 0, 0, 0, 0]) }?;
    Ok(seals as c_int)
}

/// FS_IOC_GETFLAGS: the attributes that chattr(1) sets.
pub fn attributes(fd: c_int) -> Result<c_uint> {
    const FS_IOC_GETFLAGS: usize = 0x8008_6601;
    let mut attributes: u64 = 0; // an int; some file systems once wrote a long, as the number says
    let args = [int(fd), FS_IOC_GETFLAGS, &raw mut attributes as usize, 0, 0, 0];
    // SAFETY: the word has room for either, and lives through the call.
    unsafe { call(libc::SYS_ioctl, args) }?;
    Ok(attributes as c_uint)
}

/// The soft limit (RLIMIT_…); u64::MAX: none.
pub fn limit(resource: c_uint) -> Result<u64> {
    let mut limits = [0_u64; 2]; // soft, hard
    let args = [0, resource as usize, 0, &raw mut limits as usize, 0, 0];
    // SAFETY: process 0 is this one; the array is the kernel's struct rlimit64, and lives through the call.
    unsafe { call(libc::SYS_prlimit64, args) }?;
    let [soft, _] = limits;
    Ok(soft)
}

/// Bytes of memory and swap together: sysinfo(2).
pub fn memory() -> Result<u64> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut info: libc::sysinfo = unsafe { core::mem::zeroed() };
    // SAFETY: the kernel's own struct, which lives through the call.
    unsafe { call(libc::SYS_sysinfo, [&raw mut info as usize, 0, 0, 0, 0, 0]) }?;
    Ok(info.totalram.saturating_add(info.totalswap).saturating_mul(info.mem_unit.into()))
}

/// Whether this thread has a capability below 32: capget(2).
pub fn capable(capability: u32) -> Result<bool> {
    const VERSION_3: u32 = 0x2008_0522;
    let mut header = [VERSION_3, 0]; // of this thread
    let mut sets = [0_u32; 6]; // effective, permitted, inheritable; then the same for the next 32
    let args = [&raw mut header as usize, &raw mut sets as usize, 0, 0, 0, 0];
    // SAFETY: both arrays have the sizes of the kernel's structs of version 3, and live through the call.
    unsafe { call(libc::SYS_capget, args) }?;
    let [effective, ..] = sets;
    Ok(effective & (1 << capability) != 0)
}

/// The kernel's struct procmap_query (Linux 6.11).
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Query {
    size: u64,
    asked: u64,
    address: u64,
    pub start: u64,
    pub end: u64,
    pub flags: u64,
    pub page: u64,
    pub offset: u64,
    pub inode: u64,
    pub major: u32,
    pub minor: u32,
    name_size: u32,
    build_id_size: u32,
    name: u64,
    build_id: u64,
}

/// Bits of `Query::flags`: the three of PROT_, and this.
pub const SHARED: u64 = 8;

/// The mapping that `address` lies in, or the next above, from an open /proc/self/maps; its name without NUL goes to
/// `name`. ENOENT: there is none; ENOTTY: the kernel cannot; ENAMETOOLONG: `name` has no room.
pub fn mapping<'a>(maps: &Descriptor, address: u64, name: &'a mut [u8]) -> Result<(Query, &'a [u8])> {
    const PROCMAP_QUERY: usize = 0xc068_6611;
    const OR_NEXT: u64 = 16;
    let mut query = Query {
        size: size_of::<Query>() as u64,
        asked: OR_NEXT,
        address,
        name_size: u32::try_from(name.len()).unwrap_or(u32::MAX),
        name: if name.is_empty() { 0 } else { name.as_mut_ptr() as u64 }, // the kernel wants neither or both
        ..Query::default()
    };
    // SAFETY: the kernel's struct of the size it says, and the room for a name that it says; both live through it.
    unsafe { call(libc::SYS_ioctl, [int(maps.raw()), PROCMAP_QUERY, &raw mut query as usize, 0, 0, 0]) }?;
    let length = (query.name_size as usize).saturating_sub(1);
    Ok((query, name.get(..length).unwrap_or_default()))
}

/// writev(2): all parts in one write.
pub fn write<const COUNT: usize>(fd: c_int, parts: [&[u8]; COUNT]) -> Result<usize> {
    let vector =
        parts.map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
    let args = [int(fd), vector.as_ptr() as usize, COUNT, 0, 0, 0];
    // SAFETY: the kernel only reads the vector and the parts, borrowed for the call.
    unsafe { call(libc::SYS_writev, args) }
}

/// A word of the auxiliary vector (AT_…) that the kernel gave the program at its start; 0: not given.
pub fn auxiliary(kind: u64) -> u64 {
    // SAFETY: only looks at memory that the C library keeps for it.
    unsafe { libc::getauxval(kind) }
}

/// Where the main thread's stack ends: behind the program's name, which is the last thing on it. None: not known.
pub fn stack_end() -> Option<u64> {
    let name = auxiliary(libc::AT_EXECFN);
    if name == 0 {
        return None;
    }
    // SAFETY: the kernel has put a string there, on the stack, and nobody takes it away.
    let length = unsafe { CStr::from_ptr(name as *const libc::c_char) }.count_bytes();
    Some(name + length as u64 + 1)
}

/// Whether something is mapped in the page at an address. None: the kernel does not say.
pub fn mapped(address: u64, page: u64) -> Option<bool> {
    // mincore says it too, at three times the price; this flag alone makes msync do nothing
    match memory::sync(address as usize, page as usize, libc::MS_ASYNC) {
        Ok(_) => Some(true),
        Err(Errno(libc::ENOMEM)) => Some(false),
        Err(_) => None,
    }
}

/// A variable of the environment. The bytes live as long as nobody changes the environment: use them at once.
pub fn variable(name: &CStr) -> &'static [u8] {
    // SAFETY: a string. As everywhere in C, nobody changes the environment meanwhile.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    if value.is_null() {
        return &[];
    }
    // SAFETY: what getenv answers is NULL or a string.
    unsafe { CStr::from_ptr(value) }.to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process() {
        assert!(auxiliary(libc::AT_PAGESZ) >= 4096);
        assert!(limit(libc::RLIMIT_NOFILE).is_ok_and(|limit| limit > 3));
        assert!(memory().is_ok_and(|bytes| bytes > 1 << 20));
        let mut room = [0; 4096];
        assert_eq!(
            directory(&mut room).map(<[u8]>::to_vec),
            Ok(std::env::current_dir().unwrap().into_os_string().into_encoded_bytes())
        );
        assert_eq!(variable(c"MAPBOARD_SURELY_NOT_SET"), b"");
    }

    #[test]
    fn a_file() {
        let here = stat(HERE, c"/proc").unwrap();
        assert_eq!(u32::from(here.stx_mode) & libc::S_IFMT, libc::S_IFDIR);
        assert_eq!(file_system_at(c"/proc").map(|found| found.magic()), Ok(0x9fa0));
        let null = file::open(c"/dev/null", libc::O_RDONLY, 0).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(stat(null.raw(), c"").map(|stat| (stat.stx_rdev_major, stat.stx_rdev_minor)), Ok((1, 3)));
        assert_eq!(link(c"/proc/self/fd/9999", &mut [0; 8]), crate::errno::fail(libc::ENOENT));
    }
}
