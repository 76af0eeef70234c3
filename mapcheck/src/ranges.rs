//! Two questions about a process's memory whose answer must not cost more the more it maps: which line of /proc/PID/maps
//! has an address (PROCMAP_QUERY, Linux 6.11), and which pages of a range are there (PAGEMAP_SCAN, Linux 6.7), of what may
//! be terabytes that were only set aside. On older kernels the files are read.

use crate::proc::{self, Line};
use crate::sys::{self, Pid};
use std::fs::File;
use std::os::unix::fs::FileExt;

/// struct procmap_query of linux/fs.h.
#[repr(C)]
#[derive(Default)]
struct Query {
    size: u64,
    flags: u64,
    address: u64,
    start: u64,
    end: u64,
    rights: u64,
    page_size: u64,
    offset: u64,
    inode: u64,
    major: u32,
    minor: u32,
    name_size: u32,
    build_id_size: u32,
    name: u64,
    build_id: u64,
}
const PROCMAP_QUERY: libc::c_ulong = 0xc068_6611;
/// Query::flags: what is behind the address, if nothing is at it.
const AT_OR_BEHIND: u64 = 0x10;
const _: () = assert!(size_of::<Query>() == 0x68);

/// The lines of /proc/PID/maps that have a byte from `start` up to `end`.
pub fn lines_in(pid: Pid, start: u64, end: u64) -> Vec<Line> {
    let all = || proc::maps(pid).into_iter().filter(|l| l.start < end && start < l.end).collect();
    let Ok(file) = File::open(format!("/proc/{pid}/maps")) else { return Vec::new() };
    let mut name = vec![0_u8; libc::PATH_MAX as usize];
    let mut lines = Vec::new();
    let mut at = start;
    while at < end {
        let mut query = Query {
            size: size_of::<Query>() as u64,
            flags: AT_OR_BEHIND,
            address: at,
            name_size: name.len() as u32,
            name: name.as_mut_ptr() as u64,
            ..Query::default()
        };
        match sys::ioctl(&file, PROCMAP_QUERY, &mut query) {
            Ok(_) if query.start < end => {}
            Ok(_) => break,
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => break, // nothing lies behind
            Err(_) => return all(),
        }
        let length = (query.name_size as usize).saturating_sub(1); // with its NUL; 0: none
        lines.push(Line {
            start: query.start,
            end: query.end,
            prot: (query.rights & 7) as i32, // as PROT_READ, PROT_WRITE, PROT_EXEC
            shared: query.rights & 8 != 0,
            offset: query.offset,
            device: libc::makedev(query.major, query.minor),
            inode: query.inode,
            name: String::from_utf8_lossy(name.get(..length).unwrap_or_default()).into_owned(),
        });
        at = query.end;
    }
    lines
}

/// The line that has an address.
pub fn line_at(pid: Pid, address: u64) -> Option<Line> {
    lines_in(pid, address, address.saturating_add(1)).pop()
}

/// struct pm_scan_arg and struct page_region of linux/fs.h.
#[repr(C)]
#[derive(Default)]
struct Scan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    regions: u64,
    count: u64,
    max_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    returned: u64,
}
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}
const PAGEMAP_SCAN: libc::c_ulong = 0xc060_6610;
const _: () = assert!(size_of::<Scan>() == 0x60);
/// In memory, or swapped out.
const THERE: u64 = 1 << 3 | 1 << 4;

/// Words of /proc/PID/pagemap that are read at a time.
const AT_ONCE: u64 = 1 << 16;
/// Pages that are looked at one by one, at most, where the kernel cannot be asked for those that are there: 64 GiB.
const ONE_BY_ONE: u64 = 1 << 24;

/// The pages of a range that are there: their addresses, at most `limit`. None: there are more, or it cannot be known.
pub fn present_pages(pid: Pid, start: u64, end: u64, page: u64, limit: usize) -> Option<Vec<u64>> {
    let file = File::open(format!("/proc/{pid}/pagemap")).ok()?;
    let mut found = Vec::new();
    let mut regions = [Region::default(); 256];
    let mut at = start;
    while at < end {
        let mut scan = Scan {
            size: size_of::<Scan>() as u64,
            start: at,
            end,
            regions: regions.as_mut_ptr() as u64,
            count: regions.len() as u64,
            any_of: THERE,
            returned: THERE,
            ..Scan::default()
        };
        let Ok(count) = sys::ioctl(&file, PAGEMAP_SCAN, &mut scan) else {
            return one_by_one(&file, start, end, page, limit);
        };
        for region in regions.iter().take(count) {
            found.extend((region.start..region.end).step_by(page as usize).take(limit + 1 - found.len()));
            if found.len() > limit {
                return None;
            }
        }
        if scan.walk_end <= at {
            break;
        }
        at = scan.walk_end;
    }
    Some(found)
}

fn one_by_one(file: &File, start: u64, end: u64, page: u64, limit: usize) -> Option<Vec<u64>> {
    if (end - start) / page > ONE_BY_ONE {
        return None;
    }
    let mut found = Vec::new();
    let mut words = vec![0; AT_ONCE as usize * 8];
    for at in (start / page..end / page).step_by(AT_ONCE as usize) {
        let count = AT_ONCE.min(end / page - at) as usize;
        let words = words.get_mut(..count * 8)?;
        file.read_exact_at(words, at * 8).ok()?;
        let words = words.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_ne_bytes));
        found.extend((at..).zip(words).filter(|(_, word)| proc::present(*word)).map(|(at, _)| at * page));
        if found.len() > limit {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
#[allow(unsafe_code)] // memory of our own to look at
mod tests {
    use super::*;

    const PAGE: u64 = 4096;

    /// Pages of our own: a terabyte that was only set aside, of which three pages are there.
    fn mostly_empty() -> u64 {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), 1 << 40, prot, flags, -1, 0) } as u64;
        assert_ne!(start, u64::MAX);
        // SAFETY: ours; so that no page is larger than asked for.
        unsafe { libc::madvise(start as *mut _, 1 << 40, libc::MADV_NOHUGEPAGE) };
        for at in [5 * PAGE, 6 * PAGE, 1 << 39] {
            // SAFETY: in the mapping just made.
            unsafe { ((start + at) as *mut u8).write_volatile(1) };
        }
        start
    }

    #[test]
    fn the_pages_that_are_there() {
        let start = mostly_empty();
        let pid = std::process::id() as Pid;
        let three = Some(vec![start + 5 * PAGE, start + 6 * PAGE, start + (1 << 39)]);
        let file = File::open("/proc/self/pagemap").unwrap();
        let short = start + 100 * PAGE;
        for limit in [3, 4, 1000] {
            let found = present_pages(pid, start, start + (1 << 40), PAGE, limit);
            assert!(found == three || found.is_none() && !is_new(), "{limit}: {found:?}");
            let two = three.as_ref().map(|three| three[..2].to_vec());
            assert_eq!(present_pages(pid, start, short, PAGE, limit), two, "{limit}");
            assert_eq!(one_by_one(&file, start, short, PAGE, limit), two, "{limit}");
        }
        assert_eq!(present_pages(pid, start, short, PAGE, 1), None);
        assert_eq!(one_by_one(&file, start, short, PAGE, 1), None);
        assert_eq!(one_by_one(&file, start, start + (1 << 40), PAGE, 1000), None, "too many to look at");
        // SAFETY: ours, and nobody uses it.
        unsafe { libc::munmap(start as *mut _, 1 << 40) };
    }

    /// Whether the kernel knows PAGEMAP_SCAN.
    fn is_new() -> bool {
        let version = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
        let mut numbers = version.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or(0));
        (numbers.next(), numbers.next()) >= (Some(6), Some(7))
    }

    #[test]
    fn the_line_of_an_address() {
        let pid = std::process::id() as Pid;
        let here = the_line_of_an_address as fn() as usize as u64;
        let line = line_at(pid, here).unwrap();
        let read = proc::maps(pid).into_iter().find(|l| l.start <= here && here < l.end);
        assert_eq!(Some(line), read);
        assert_eq!(line_at(pid, 0), None);
    }

    #[test]
    fn the_lines_of_a_range() {
        let pid = std::process::id() as Pid;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping of seven pages.
        let start =
            unsafe { libc::mmap(std::ptr::null_mut(), 7 * 4096, libc::PROT_NONE, flags, -1, 0) } as u64;
        assert_ne!(start, u64::MAX);
        // SAFETY: ours: a hole in the middle, so five lines and none.
        unsafe { libc::munmap((start + 3 * PAGE) as *mut _, 4096) };
        for at in [1, 5] {
            // SAFETY: ours, and nobody uses it.
            unsafe { libc::mprotect((start + at * PAGE) as *mut _, 4096, libc::PROT_READ) };
        }
        let all: Vec<Line> = proc::maps(pid);
        for (from, to) in [(0, 7), (1, 2), (2, 5), (3, 4), (4, 4)] {
            let (from, to) = (start + from * PAGE, start + to * PAGE);
            let read: Vec<_> = all.iter().filter(|l| l.start < to && from < l.end).cloned().collect();
            assert_eq!(lines_in(pid, from, to), read);
        }
        assert!(lines_in(pid, start + 3 * PAGE, start + 4 * PAGE).is_empty());
        // SAFETY: ours.
        unsafe { libc::munmap(start as *mut _, 7 * 4096) };
    }
}
