//! What can be seen of a process and its files, and who is asked for it. The finder asks for one fact at a time and
//! only for those that matter, so that an explanation costs a few system calls. The library answers about its own
//! process (`witness`), mapcheck about another.
//!
//! `None` always means "cannot be seen": the finder then says less. A witness never guesses.

use super::call::{Call, Path};
use super::name::Name;

/// Which file is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// What a descriptor of the process leads to.
    Descriptor(i32),
    /// What a path leads to, seen from the process.
    Path(&'a Name),
    /// What is mapped at an address.
    Mapping(u64),
}

/// F_GETFL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descriptor {
    Closed,
    /// The open flags: access mode, O_PATH, …
    Open(i32),
}

/// stat's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// st_mode, with the type.
    pub mode: u32,
    pub size: u64,
    /// Of a device file: which device (major, minor).
    pub device: (u32, u32),
    /// chattr +a; None where the file system does not say.
    pub append_only: Option<bool>,
}

/// statfs's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// f_type.
    pub magic: u64,
    /// Mounted with noexec.
    pub no_exec: bool,
    /// Bytes that this user may still fill.
    pub free: u64,
}

/// A line of /proc/self/maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub start: u64,
    /// First byte after it.
    pub end: u64,
    /// PROT_READ, PROT_WRITE, PROT_EXEC.
    pub prot: i32,
    pub shared: bool,
    /// Size of its pages: larger than usual for MAP_HUGETLB.
    pub page: u64,
    /// The file, or "[heap]" and the like; empty for anonymous memory.
    pub name: Name,
}

impl Mapping {
    /// Nothing is mapped from the address on.
    pub const NONE: Mapping =
        Mapping { start: u64::MAX, end: u64::MAX, prot: 0, shared: false, page: 0, name: Name::NONE };

    pub fn holds(&self, address: u64) -> bool {
        self.start <= address && address < self.end
    }
}

/// The resource limits that concern mappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// RLIMIT_AS, `ulimit -v`.
    AddressSpace,
    /// RLIMIT_DATA, `ulimit -d`.
    Data,
    /// RLIMIT_MEMLOCK, `ulimit -l`.
    Locked,
}

/// Numbers of the whole system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// vm.max_map_count.
    MaxMapCount,
    /// vm.mmap_min_addr.
    LowestAddress,
    /// vm.overcommit_memory: 0 heuristic, 1 always, 2 never.
    Overcommit,
}

/// What the kernel has promised, where vm.overcommit_memory is 2. In bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    pub limit: u64,
    pub committed: u64,
}

/// A pool of huge pages. `total` 0: none are set aside; `size` 0: there is no pool of that size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HugePages {
    /// Bytes a page.
    pub size: u64,
    pub total: u64,
    /// Free and not promised to anybody.
    pub free: u64,
}

/// Who keeps a lock from being taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub start: u64,
    /// 0: to the end of the file.
    pub length: u64,
    pub exclusive: bool,
    /// Of a POSIX lock, or of an OFD lock where it can be found; None otherwise.
    pub pid: Option<i32>,
    /// The lock belongs to an open file description, not to a process.
    pub open_file: bool,
}

/// A `struct mm_lock`, seen by the thread that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    Closed,
    Open {
        /// The descriptor of its file.
        fd: i32,
        /// This thread has it.
        mine: bool,
        /// Another thread of this process has it, through the same handle.
        here: bool,
    },
}

/// Who is asked. A witness answers what it can; the rest keeps the answer "cannot be seen".
pub trait Witness {
    /// Bytes a page.
    fn page(&self) -> u64;

    /// Where the address space ends for a mapping whose place the kernel chooses.
    fn address_end(&self) -> u64;

    /// The path that a call was given. Empty: not known.
    fn path(&self, _path: Path) -> Name {
        Name::NONE
    }

    fn descriptor(&self, _fd: i32) -> Option<Descriptor> {
        None
    }

    fn file(&self, _of: Of<'_>) -> Option<File> {
        None
    }

    fn file_system(&self, _of: Of<'_>) -> Option<FileSystem> {
        None
    }

    /// The file's name as its user would write it (below the current directory: from there on). Empty: not known.
    fn name(&self, _of: Of<'_>) -> Name {
        Name::NONE
    }

    /// The mount point of the file. Empty: not known.
    fn mount(&self, _of: Of<'_>) -> Name {
        Name::NONE
    }

    /// F_GET_SEALS; 0 where the file cannot be sealed.
    fn seals(&self, _of: Of<'_>) -> Option<u32> {
        None
    }

    /// The first mapping that ends after `address`, `Mapping::NONE` if there is none.
    fn mapping(&self, _address: u64) -> Option<Mapping> {
        None
    }

    /// Whether mseal() forbids changes somewhere from `start` up to `end`.
    fn memory_sealed(&self, _start: u64, _end: u64) -> Option<bool> {
        None
    }

    /// The soft limit in bytes; u64::MAX: none.
    fn limit(&self, _limit: Limit) -> Option<u64> {
        None
    }

    /// What counts against a limit, in bytes.
    fn used(&self, _limit: Limit) -> Option<u64> {
        None
    }

    /// CAP_IPC_LOCK: RLIMIT_MEMLOCK does not apply.
    fn may_lock(&self) -> Option<bool> {
        None
    }

    /// Whether one more mapping is refused; with `split`, whether cutting one in two is.
    fn mappings_exhausted(&self, _split: bool) -> Option<bool> {
        None
    }

    /// Whether the kernel refuses every mapping at this address.
    fn address_forbidden(&self, _address: u64) -> Option<bool> {
        None
    }

    fn setting(&self, _setting: Setting) -> Option<u64> {
        None
    }

    /// Bytes of memory and swap together.
    fn memory(&self) -> Option<u64> {
        None
    }

    fn commit(&self) -> Option<Commit> {
        None
    }

    /// The pool of huge pages of 2^`log2` bytes; 0: of the usual size.
    fn huge_pages(&self, _log2: u32) -> Option<HugePages> {
        None
    }

    fn lock(&self, _handle: u64) -> Option<Handle> {
        None
    }

    /// Who holds a lock that conflicts with the one asked for through `fd` (F_OFD_GETLK); length 0: to the end of the
    /// file. None also if nobody does.
    fn lock_holder(&self, _fd: i32, _exclusive: bool, _start: i64, _length: i64) -> Option<Holder> {
        None
    }

    /// SELinux decides, and forbids.
    fn policy_enforced(&self) -> Option<bool> {
        None
    }

    /// The last map call of the thread that failed, with its errno.
    fn failed_map(&self) -> Option<(Call, i32)> {
        None
    }
}
