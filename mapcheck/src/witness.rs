//! Answers the finder's questions about a traced process, from /proc.

use crate::proc;
use crate::ranges;
use crate::sys::{self, Pid};
use explain::facts::*;
use explain::{Call, Name, Witness};
use std::ffi::CString;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

/// A stopped thread, and what the tracer remembers of it.
pub struct Tracee<'a> {
    pub pid: Pid,
    pub tid: Pid,
    pub page: u64,
    pub failed: Option<(Call, i32)>,
    /// Where names are shortened from.
    pub directory: &'a str,
}

impl Tracee<'_> {
    /// A path by which we reach the file.
    fn path(&self, of: Of<'_>) -> Option<String> {
        match of {
            Of::Descriptor(fd) => Some(format!("/proc/{}/fd/{fd}", self.tid)),
            Of::Path(name) => {
                let name = String::from_utf8_lossy(name.bytes()).into_owned();
                let base = if name.starts_with('/') { "root" } else { "cwd/" };
                Some(format!("/proc/{}/{base}{name}", self.tid))
            }
            Of::Mapping(address) => {
                let line = ranges::line_at(self.pid, address)?;
                proc::mapped_file(self.pid, &line)
            }
        }
    }

    fn number(path: &str) -> Option<u64> {
        fs::read_to_string(path).ok()?.trim().parse().ok()
    }

    fn meminfo(key: &str) -> Option<u64> {
        let text = fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'))?;
        let value: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(if line.ends_with("kB") { value * 1024 } else { value })
    }
}

/// A path as its user would write it; nothing for what has no path: a pipe, shared memory without a file.
pub fn shorten(path: &str, directory: &str) -> Name {
    let path = path.strip_suffix(" (deleted)").unwrap_or(path);
    if let Some(name) = path.strip_prefix("/memfd:") {
        return Name::new(format!("memfd:{name}").as_bytes());
    }
    if path == "/dev/zero" || !path.starts_with(['/', '[']) {
        return Name::NONE;
    }
    let inside = path.strip_prefix(directory).and_then(|p| p.strip_prefix('/')).filter(|p| !p.is_empty());
    Name::new(inside.unwrap_or(path).as_bytes())
}

impl Witness for Tracee<'_> {
    fn page(&self) -> u64 {
        self.page
    }

    fn address_end(&self) -> u64 {
        if cfg!(target_arch = "x86_64") { 0x7fff_ffff_f000 } else { 1 << 48 }
    }

    fn descriptor(&self, fd: i32) -> Option<Descriptor> {
        match proc::descriptor_state(self.tid, fd) {
            Some((flags, _)) => Some(Descriptor::Open(flags)),
            None if fs::exists(format!("/proc/{}/fdinfo", self.tid)).ok()? => Some(Descriptor::Closed),
            None => None,
        }
    }

    fn file(&self, of: Of<'_>) -> Option<File> {
        let path = self.path(of)?;
        let data = fs::metadata(&path).ok()?;
        let device = match data.file_type() {
            t if t.is_char_device() || t.is_block_device() => {
                (libc::major(data.rdev()), libc::minor(data.rdev()))
            }
            _ => (0, 0),
        };
        let append_only = match of {
            Of::Descriptor(fd) => {
                sys::borrow_descriptor(self.pid, fd).ok().and_then(|fd| sys::inode_flags(&fd))
            }
            _ => fs::File::open(&path).ok().and_then(|file| sys::inode_flags(&file.into())),
        };
        const FS_APPEND_FL: u32 = 0x20;
        Some(File {
            mode: data.mode(),
            size: data.size(),
            device,
            append_only: append_only.map(|f| f & FS_APPEND_FL != 0),
        })
    }

    fn file_system(&self, of: Of<'_>) -> Option<FileSystem> {
        let data = sys::statfs(&CString::new(self.path(of)?).ok()?).ok()?;
        Some(FileSystem {
            magic: data.f_type as u64,
            no_exec: sys::mounted_noexec(&CString::new(self.path(of)?).ok()?),
            free: data.f_bavail.saturating_mul(data.f_bsize as u64),
        })
    }

    fn name(&self, of: Of<'_>) -> Name {
        match of {
            Of::Path(name) => *name,
            Of::Descriptor(fd) => shorten(&proc::descriptor_name(self.tid, fd), self.directory),
            Of::Mapping(address) => {
                self.mapping(address).filter(|m| m.holds(address)).map_or(Name::NONE, |m| m.name)
            }
        }
    }

    fn mount(&self, of: Of<'_>) -> Name {
        let find = || {
            let device = fs::metadata(self.path(of)?).ok()?.dev();
            let wanted = format!("{}:{}", libc::major(device), libc::minor(device));
            let text = fs::read_to_string(format!("/proc/{}/mountinfo", self.pid)).ok()?;
            let point = text.lines().rev().find_map(|line| {
                let mut fields = line.split(' ').skip(2);
                (fields.next()? == wanted).then(|| fields.nth(1)).flatten()
            })?;
            Some(Name::new(point.replace("\\040", " ").as_bytes()))
        };
        find().unwrap_or(Name::NONE)
    }

    fn seals(&self, of: Of<'_>) -> Option<u32> {
        let file = match of {
            Of::Descriptor(fd) => sys::borrow_descriptor(self.pid, fd).ok()?,
            _ => fs::File::open(self.path(of)?).ok()?.into(),
        };
        Some(sys::seals(&file).unwrap_or(0) as u32)
    }

    fn mapping(&self, address: u64) -> Option<Mapping> {
        let lines = proc::maps(self.pid);
        if lines.is_empty() {
            return None;
        }
        let Some(line) = lines.into_iter().find(|l| address < l.end && l.name != "[vsyscall]") else {
            return Some(Mapping::NONE);
        };
        let huge = line.name.contains("hugepage") || line.name.contains("huge");
        let page = if huge { proc::kernel_page_size(self.pid, line.start) } else { None };
        Some(Mapping {
            start: line.start,
            end: line.end,
            prot: line.prot,
            shared: line.shared,
            page: page.unwrap_or(self.page),
            name: if line.inode == 0 && !line.name.starts_with('[') {
                Name::NONE
            } else {
                shorten(&line.name, self.directory)
            },
        })
    }

    fn memory_sealed(&self, start: u64, end: u64) -> Option<bool> {
        proc::sealed(self.pid, start, end)
    }

    fn limit(&self, limit: Limit) -> Option<u64> {
        let key = match limit {
            Limit::AddressSpace => "Max address space",
            Limit::Data => "Max data size",
            Limit::Locked => "Max locked memory",
        };
        let text = fs::read_to_string(format!("/proc/{}/limits", self.pid)).ok()?;
        let soft = text.lines().find_map(|l| l.strip_prefix(key))?.split_whitespace().next()?;
        if soft == "unlimited" { Some(u64::MAX) } else { soft.parse().ok() }
    }

    fn used(&self, limit: Limit) -> Option<u64> {
        let key = match limit {
            Limit::AddressSpace => "VmSize",
            Limit::Data => "VmData",
            Limit::Locked => "VmLck",
        };
        let text = proc::status(self.pid, key)?;
        text.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
    }

    fn may_lock(&self) -> Option<bool> {
        const CAP_IPC_LOCK: u32 = 14;
        let mask = u64::from_str_radix(&proc::status(self.tid, "CapEff")?, 16).ok()?;
        Some(mask >> CAP_IPC_LOCK & 1 != 0)
    }

    fn mappings_exhausted(&self, split: bool) -> Option<bool> {
        let most = self.setting(Setting::MaxMapCount)?;
        let lines = proc::maps(self.pid);
        let count = lines.iter().filter(|l| l.name != "[vsyscall]").count() as u64;
        // mm/mmap.c: a new mapping is refused above the limit, a split at it
        (!lines.is_empty()).then_some(if split { count >= most } else { count > most })
    }

    fn address_forbidden(&self, address: u64) -> Option<bool> {
        Some(address < self.setting(Setting::LowestAddress)? || address >= self.address_end())
    }

    fn setting(&self, setting: Setting) -> Option<u64> {
        Self::number(match setting {
            Setting::MaxMapCount => "/proc/sys/vm/max_map_count",
            Setting::LowestAddress => "/proc/sys/vm/mmap_min_addr",
            Setting::Overcommit => "/proc/sys/vm/overcommit_memory",
        })
    }

    fn memory(&self) -> Option<u64> {
        Some(Self::meminfo("MemTotal")? + Self::meminfo("SwapTotal")?)
    }

    fn commit(&self) -> Option<Commit> {
        Some(Commit { limit: Self::meminfo("CommitLimit")?, committed: Self::meminfo("Committed_AS")? })
    }

    fn huge_pages(&self, log2: u32) -> Option<HugePages> {
        let size = if log2 == 0 { Self::meminfo("Hugepagesize")? } else { 1_u64.checked_shl(log2)? };
        let pool = format!("/sys/kernel/mm/hugepages/hugepages-{}kB", size / 1024);
        if !fs::exists(&pool).ok()? {
            return Some(HugePages { size: 0, total: 0, free: 0 });
        }
        let free = Self::number(&format!("{pool}/free_hugepages"))?;
        let promised = Self::number(&format!("{pool}/resv_hugepages")).unwrap_or(0);
        Some(HugePages {
            size,
            total: Self::number(&format!("{pool}/nr_hugepages"))?,
            free: free.saturating_sub(promised),
        })
    }

    fn lock_holder(&self, fd: i32, exclusive: bool, start: i64, length: i64) -> Option<Holder> {
        let file = sys::borrow_descriptor(self.pid, fd).ok()?;
        let lock = sys::lock_in_the_way(&file, exclusive, start, length)?;
        let open_file = lock.l_pid == -1;
        let pid = match open_file {
            true => {
                proc::open_file_lock_holder(fs::metadata(format!("/proc/{}/fd/{fd}", self.tid)).ok()?.ino())
            }
            false => Some(lock.l_pid),
        };
        Some(Holder {
            start: lock.l_start as u64,
            length: lock.l_len as u64,
            exclusive: i32::from(lock.l_type) == libc::F_WRLCK,
            pid,
            open_file,
        })
    }

    fn policy_enforced(&self) -> Option<bool> {
        Some(Self::number("/sys/fs/selinux/enforce").unwrap_or(0) == 1)
    }

    fn failed_map(&self) -> Option<(Call, i32)> {
        self.failed
    }
}
