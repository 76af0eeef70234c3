//! What was asked: a call and its arguments, as numbers.

/// A call. Addresses are numbers; `prot`, `flags` and `fd` are what C gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// mmap, mm_map.
    Map { addr: u64, length: u64, prot: i32, flags: i32, fd: i32, offset: i64 },
    /// munmap, mm_unmap.
    Unmap { addr: u64, length: u64 },
    /// msync, mm_sync.
    Sync { addr: u64, length: u64, flags: i32 },
    /// mprotect, mm_protect.
    Protect { addr: u64, length: u64, prot: i32 },
    /// mremap, mm_remap.
    Remap { addr: u64, old: u64, new: u64, flags: i32, to: u64 },
    /// mm_map_file.
    MapFile { path: Path, prot: i32, flags: i32 },
    /// mm_create_file.
    CreateFile { path: Path, length: u64, mode: u32 },
    /// mm_lock_open.
    LockOpen { path: Path, mode: u32 },
    /// mm_lock_exclusive, mm_lock_shared and their try and timed forms; `lock` is the handle.
    Lock { lock: u64, exclusive: bool, wait: Wait },
    /// mm_lock_release.
    LockRelease { lock: u64 },
    /// mm_lock_close.
    LockClose { lock: u64 },
    /// mm_guard.
    Guard { addr: u64, length: u64 },
    /// mm_unguard.
    Unguard { addr: u64, length: u64 },
    /// mm_guard_tripped.
    GuardTripped { addr: u64 },
    /// fcntl's locks (mapcheck): F_SETLK, F_OFD_SETLKW …; F_RDLCK …; the range counted from the start of the file,
    /// length 0 to its end.
    FileLock { fd: i32, command: i32, kind: i32, start: i64, length: i64 },
}

/// A path that a call was given, by a number under which the witness keeps it (`Witness::path`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path(pub u32);

/// How long a lock may be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Forever,
    Try,
    /// Milliseconds.
    Timed(i32),
}

impl Call {
    /// As C calls it. The first five by the name that the whole world knows: mm_map is mmap.
    pub const fn name(&self) -> &'static str {
        match self {
            Call::Map { .. } => "mmap",
            Call::Unmap { .. } => "munmap",
            Call::Sync { .. } => "msync",
            Call::Protect { .. } => "mprotect",
            Call::Remap { .. } => "mremap",
            Call::MapFile { .. } => "mm_map_file",
            Call::CreateFile { .. } => "mm_create_file",
            Call::LockOpen { .. } => "mm_lock_open",
            Call::Lock { exclusive: true, wait: Wait::Forever, .. } => "mm_lock_exclusive",
            Call::Lock { exclusive: true, wait: Wait::Try, .. } => "mm_lock_try_exclusive",
            Call::Lock { exclusive: true, wait: Wait::Timed(_), .. } => "mm_lock_exclusive_timed",
            Call::Lock { wait: Wait::Forever, .. } => "mm_lock_shared",
            Call::Lock { wait: Wait::Try, .. } => "mm_lock_try_shared",
            Call::Lock { wait: Wait::Timed(_), .. } => "mm_lock_shared_timed",
            Call::LockRelease { .. } => "mm_lock_release",
            Call::LockClose { .. } => "mm_lock_close",
            Call::Guard { .. } => "mm_guard",
            Call::Unguard { .. } => "mm_unguard",
            Call::GuardTripped { .. } => "mm_guard_tripped",
            Call::FileLock { .. } => "fcntl",
        }
    }
}
