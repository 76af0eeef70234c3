//! Limits of this process, settings of the system.

use super::memory::{each_line, page};
use super::text::{self, ROOM};
use crate::errno::Errno;
use crate::sys::file::HERE;
use crate::sys::proc;
use core::ffi::CStr;
use explain::facts::{Commit, HugePages, Limit, Setting};

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
        Limit::Data => data().or_else(|| values(c"/proc/self/status", [b"VmData"]).map(|[data]| data)),
        Limit::Locked => values(c"/proc/self/status", [b"VmLck"]).map(|[locked]| locked),
    }
}

/// Private writable memory. `status` says it, but makes the kernel write a whole page of text; the sixth number of
/// `statm` is that and the stack.
fn data() -> Option<u64> {
    let mut room = [0; 128];
    let text = proc::read(c"/proc/self/statm", &mut room).ok()?;
    let both = text::number(text.split(|byte| *byte == b' ').nth(5)?)?.checked_mul(page())?;
    both.checked_sub(stack()?)
}

/// Bytes of the main thread's stack. Far below it nothing is mapped, so that doubling finds a place outside, and
/// halving where it begins.
fn stack() -> Option<u64> {
    let page = page();
    let end = proc::stack_end()?.checked_next_multiple_of(page)?;
    let (mut inside, mut outside) = (1, 2);
    while proc::mapped(end.checked_sub(outside * page)?, page)? {
        (inside, outside) = (outside, outside * 2);
    }
    while outside - inside > 1 {
        let middle = inside.midpoint(outside);
        let there = proc::mapped(end.checked_sub(middle * page)?, page)?;
        *(if there { &mut inside } else { &mut outside }) = middle;
    }
    Some(inside * page)
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
        // Mostly there are none; that costs half of what meminfo costs.
        if read_number(c"/proc/sys/vm/nr_hugepages") == Some(0) {
            if let Some(size) = usual_huge_page() {
                return Some(HugePages { size, total: 0, free: 0 });
            }
        }
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

/// What one entry of the middle table of pages leads to, unless the kernel was started with another wish. None: it was,
/// or does not say.
fn usual_huge_page() -> Option<u64> {
    let mut room = [0; 4096];
    let line = proc::read(c"/proc/cmdline", &mut room).ok()?;
    let whole = line.last() == Some(&b'\n');
    let wish = b"default_hugepagesz";
    let ordinary = whole && !line.windows(wish.len()).any(|word| word == wish);
    ordinary.then(|| page() * (page() / 8))
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
        let held = vec![0_u8; 64 << 20];
        assert!(used(Limit::AddressSpace).is_some_and(|used| used >= held.len() as u64));
        assert!(used(Limit::Data).is_some_and(|data| data >= held.len() as u64));
        let [exact] = values(c"/proc/self/status", [b"VmData"]).unwrap();
        // other tests' threads come and go meanwhile
        assert!(data().is_some_and(|data| data.abs_diff(exact) < 32 << 20));
        let [exact] = values(c"/proc/self/status", [b"VmStk"]).unwrap();
        assert_eq!(stack(), Some(exact));
        let [exact] = values(c"/proc/meminfo", [b"Hugepagesize"]).unwrap();
        assert_eq!(huge_pages(0).map(|pool| pool.size), Some(exact));
        assert!(setting(Setting::MaxMapCount).is_some_and(|count| count > 100));
        assert!(commit().is_some_and(|commit| commit.committed > 0));
        assert_eq!(huge_pages(63).map(|pool| pool.size), huge_pages(21).map(|_| 0));
    }
}
