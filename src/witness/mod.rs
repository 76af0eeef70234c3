//! The library's own witness: answers the finder's questions about this very process, in a few system calls each. It
//! looks and leaves no trace: nothing of the program is opened, duplicated, closed or touched, and a probe is unmapped
//! at once. No allocation, no lock, so it serves in a signal handler too.
//!
//! `file`: what descriptors, paths and mappings lead to · `memory`: what is mapped, and what may be · `system`: limits
//! and settings

mod file;
mod memory;
mod system;
mod text;

use crate::sys::failure::Failures;
use explain::call::{Call, Path};
use explain::facts::*;
use explain::{Name, Witness};
use memory::Maps;

/// The paths of the thread's last failure, and of its last failed map call.
pub const LAST: Path = Path(0);
pub const MAP: Path = Path(1);

/// This process, for one explanation.
pub struct Own<'a> {
    failures: &'a Failures,
    /// What `Witness::failed_map` answers.
    failed: Option<(Call, i32)>,
    maps: Maps,
}

impl<'a> Own<'a> {
    pub fn new(failures: &'a Failures, failed: Option<(Call, i32)>) -> Self {
        Own { failures, failed, maps: Maps::new() }
    }
}

impl Witness for Own<'_> {
    fn page(&self) -> u64 {
        memory::page()
    }

    fn address_end(&self) -> u64 {
        memory::address_end()
    }

    fn path(&self, path: Path) -> Name {
        Name::new(if path == MAP { &self.failures.map } else { &self.failures.last }.path())
    }

    fn descriptor(&self, fd: i32) -> Option<Descriptor> {
        file::descriptor(fd)
    }

    fn file(&self, of: Of<'_>) -> Option<File> {
        file::stat(of, &self.maps)
    }

    fn file_system(&self, of: Of<'_>) -> Option<FileSystem> {
        file::file_system(of, &self.maps)
    }

    fn name(&self, of: Of<'_>) -> Name {
        file::name(of, &self.maps).unwrap_or_default()
    }

    fn mount(&self, of: Of<'_>) -> Name {
        file::mount(of, &self.maps).unwrap_or_default()
    }

    fn seals(&self, of: Of<'_>) -> Option<u32> {
        file::seals(of, &self.maps)
    }

    fn mapping(&self, address: u64) -> Option<Mapping> {
        Some(self.maps.at(address)?.seen())
    }

    fn memory_sealed(&self, start: u64, end: u64) -> Option<bool> {
        memory::sealed(start, end)
    }

    fn limit(&self, limit: Limit) -> Option<u64> {
        system::limit(limit)
    }

    fn used(&self, limit: Limit) -> Option<u64> {
        system::used(limit)
    }

    fn may_lock(&self) -> Option<bool> {
        system::may_lock()
    }

    fn mappings_exhausted(&self, split: bool) -> Option<bool> {
        memory::exhausted(split)
    }

    fn address_forbidden(&self, address: u64) -> Option<bool> {
        memory::forbidden(address)
    }

    fn setting(&self, setting: Setting) -> Option<u64> {
        system::setting(setting)
    }

    fn memory(&self) -> Option<u64> {
        system::memory()
    }

    fn commit(&self) -> Option<Commit> {
        system::commit()
    }

    fn huge_pages(&self, log2: u32) -> Option<HugePages> {
        system::huge_pages(log2)
    }

    fn lock(&self, handle: u64) -> Option<Handle> {
        Some(match crate::lock::seen(handle as usize) {
            Some(seen) => Handle::Open { fd: seen.fd, mine: seen.mine, here: seen.here },
            None => Handle::Closed,
        })
    }

    fn lock_holder(&self, fd: i32, exclusive: bool, start: i64, length: i64) -> Option<Holder> {
        file::lock_holder(fd, exclusive, start, length)
    }

    fn policy_enforced(&self) -> Option<bool> {
        system::policy_enforced()
    }

    fn failed_map(&self) -> Option<(Call, i32)> {
        self.failed
    }
}
