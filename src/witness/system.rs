//! Limits of this process, settings of the system.

use super::memory::{each_line, page};
use super::text::{self, ROOM};
use crate::errno::Errno;
use crate::explain::facts::{Commit, HugePages, Limit, Setting};
use crate::sys::file::HERE;
use crate::sys::proc;
use core::ffi::CStr;

/// CAP_IPC_LOCK of capabilities(7).
const IPC_LOCK: u32 = 14;

pub fn limit(limit: Limit) -> Option<u64> {
    let resource = match limit {
        Limit::AddressSpace => libc::RLIMIT_AS,
        Limit::Data => libc::RLIMIT_DATA,
        Limit::Locked => libc::RLIMIT_MEMLOCK,
    };
    proc::limit(resource as _).ok()
}

pub fn used(limit: Limit) -> Option<u64> {
    match limit {
        // In pages, at the beginning; much less work for the kernel than `status`.
        Limit::AddressSpace => read_number(c"/proc/self/statm")?.checked_mul(page()),
        Limit::Data => values(c"/proc/self/status", [b"VmData"]).map(|[data]| data),
        Limit::Locked => values(c"/proc/self/status", [b"VmLck"]).map(|[locked]| locked),
    }
}

pub fn may_lock() -> Option<bool> {
    proc::capable(IPC_LOCK).ok()
}

pub fn setting(setting: Setting) -> Option<u64> {
    read_number(match setting {
        Setting::MaxMapCount => c"/proc/sys/vm/max_map_count",
        Setting::LowestAddress => c"/proc/sys/vm/mmap_min_addr",
        Setting::Overcommit => c"/proc/sys/vm/overcommit_memory",
    })
}

pub fn memory() -> Option<u64> {
    proc::memory().ok()
}

pub fn commit() -> Option<Commit> {
    let [limit, committed] = values(c"/proc/meminfo", [b"CommitLimit", b"Committed_AS"])?;
    Some(Commit { limit, committed })
}

pub fn huge_pages(log2: u32) -> Option<HugePages> {
    if log2 == 0 {
        let keys: [&[u8]; 4] = [b"HugePages_Total", b"HugePages_Free", b"HugePages_Rsvd", b"Hugepagesize"];
        let [total, free, promised, size] = values(c"/proc/meminfo", keys)?;
        return Some(HugePages { size, total, free: free.saturating_sub(promised) });
    }
    let size = 1_u64.checked_shl(log2)?;
    let mut digits = [0; 20];
    let kilobytes = decimal(size >> 10, &mut digits);
    let pool = |what: &[u8]| {
        let parts = [b"/sys/kernel/mm/hugepages/hugepages-", kilobytes, b"kB/", what];
        text::path(&parts, &mut [0; ROOM]).and_then(read_number)
    };
    match pool(b"nr_hugepages") {
        Some(0) => Some(HugePages { size, total: 0, free: 0 }),
        Some(total) => {
            let free = pool(b"free_hugepages")?.saturating_sub(pool(b"resv_hugepages")?);
            Some(HugePages { size, total, free })
        }
        // The kernel has a directory for each size that it knows.
        None => {
            proc::stat(HERE, c"/sys/kernel/mm/hugepages").ok()?;
            Some(HugePages { size: 0, total: 0, free: 0 })
        }
    }
}

pub fn policy_enforced() -> Option<bool> {
    match proc::read(c"/sys/fs/selinux/enforce", &mut [0; 4]) {
        Ok(text) => Some(text.first() == Some(&b'1')),
        Err(Errno(libc::ENOENT)) => Some(false),
        Err(_) => None,
    }
}

fn read_number(path: &CStr) -> Option<u64> {
    text::number(proc::read(path, &mut [0; 24]).ok()?)
}

/// The values of some keys of a file of /proc, which come in this order.
fn values<const COUNT: usize>(path: &CStr, keys: [&[u8]; COUNT]) -> Option<[u64; COUNT]> {
    let (mut found, mut next) = ([0; COUNT], 0);
    each_line(path, &mut |line| {
        if let Some(value) = keys.get(next).and_then(|key| text::value(line, key)) {
            if let Some(place) = found.get_mut(next) {
                *place = value;
            }
            next += 1;
        }
        next < COUNT
    })?;
    (next == COUNT).then_some(found)
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    for place in digits.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        start -= 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        assert_eq!(decimal(0, &mut [0; 20]), b"0");
        assert_eq!(decimal(2048, &mut [0; 20]), b"2048");
        assert_eq!(decimal(u64::MAX, &mut [0; 20]), b"18446744073709551615");
    }

    #[test]
    fn this_system() {
        let before = used(Limit::AddressSpace).unwrap();
        let held = vec![0_u8; 64 << 20];
        assert!(used(Limit::AddressSpace).is_some_and(|after| after >= before + (64 << 20)));
        assert!(used(Limit::Data).is_some_and(|data| data >= held.len() as u64));
        assert!(setting(Setting::MaxMapCount).is_some_and(|count| count > 100));
        assert!(commit().is_some_and(|commit| commit.committed > 0));
        assert_eq!(huge_pages(63).map(|pool| pool.size), huge_pages(21).map(|_| 0));
    }
}
