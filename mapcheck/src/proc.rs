//! What /proc says of a process.

use crate::sys::Pid;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::{FileExt, MetadataExt};

/// A line of /proc/PID/maps.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub start: u64,
    pub end: u64,
    pub prot: i32,
    pub shared: bool,
    pub offset: u64,
    pub device: u64,
    pub inode: u64,
    pub name: String,
}

/// Reads memory whatever its protection: whether all of it.
pub fn read_by_force(pid: Pid, address: u64, into: &mut [u8]) -> bool {
    use std::os::unix::fs::FileExt;
    File::open(format!("/proc/{pid}/mem")).and_then(|memory| memory.read_exact_at(into, address)).is_ok()
}

pub fn maps(pid: Pid) -> Vec<Line> {
    let bytes = fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let mut parts = text.splitn(6, ' ');
    let (start, end) = parts.next()?.split_once('-')?;
    let rights = parts.next()?.as_bytes();
    let offset = parts.next()?;
    let (major, minor) = parts.next()?.split_once(':')?;
    let inode = parts.next()?.parse().ok()?;
    let name = parts.next().unwrap_or_default().trim_start();
    let hex = |text| u64::from_str_radix(text, 16).ok();
    let right = |at: usize, letter, bit| if rights.get(at) == Some(&letter) { bit } else { 0 };
    Some(Line {
        start: hex(start)?,
        end: hex(end)?,
        prot: right(0, b'r', libc::PROT_READ)
            | right(1, b'w', libc::PROT_WRITE)
            | right(2, b'x', libc::PROT_EXEC),
        shared: rights.get(3) == Some(&b's'),
        offset: hex(offset)?,
        device: libc::makedev(hex(major)? as u32, hex(minor)? as u32),
        inode,
        name: name.to_owned(),
    })
}

/// vm.max_map_count; 0: it cannot be read.
pub fn most_mappings() -> usize {
    let text = fs::read_to_string("/proc/sys/vm/max_map_count").unwrap_or_default();
    text.trim().parse().unwrap_or(0)
}

/// A value of /proc/PID/status, as text.
pub fn status(pid: Pid, key: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'))?;
    Some(value.trim().to_owned())
}

/// The process that a thread belongs to.
pub fn group_of(tid: Pid) -> Pid {
    status(tid, "Tgid").and_then(|t| t.parse().ok()).unwrap_or(tid)
}

/// Process 1 of its PID namespace: signals with the default action pass it by, but for those that it brings upon itself
/// and those from outside that cannot be caught.
pub fn first_of_its_kind(pid: Pid) -> bool {
    status(pid, "NStgid").is_some_and(|all| all.split_whitespace().next_back() == Some("1"))
}

/// Whether a set of signals in /proc/PID/status holds a signal.
pub fn signal_in(pid: Pid, key: &str, signal: i32) -> bool {
    let mask = status(pid, key).and_then(|m| u64::from_str_radix(&m, 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 != 0
}

/// The program that a process runs, by the name that the process knows it by.
pub fn program(pid: Pid) -> String {
    let link = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    link.to_string_lossy().into_owned()
}

/// Opens a file by the name that the process knows it by.
pub fn open_inside(pid: Pid, name: &str) -> Option<File> {
    let name = name.strip_suffix(" (deleted)").unwrap_or(name);
    File::open(format!("/proc/{pid}/root{name}")).or_else(|_| File::open(name)).ok()
}

/// stat of what a descriptor leads to.
pub fn descriptor(tid: Pid, fd: i32) -> Option<Metadata> {
    fs::metadata(format!("/proc/{tid}/fd/{fd}")).ok()
}

pub fn descriptor_name(tid: Pid, fd: i32) -> String {
    let link = fs::read_link(format!("/proc/{tid}/fd/{fd}")).unwrap_or_default();
    link.to_string_lossy().into_owned()
}

/// F_GETFL and the cursor, of an open descriptor.
pub fn descriptor_state(tid: Pid, fd: i32) -> Option<(i32, u64)> {
    let text = fs::read_to_string(format!("/proc/{tid}/fdinfo/{fd}")).ok()?;
    let value = |key| text.lines().find_map(|l: &str| l.strip_prefix(key)).map(str::trim);
    let flags = i32::from_str_radix(value("flags:")?, 8).ok()?;
    Some((flags, value("pos:").and_then(|p| p.parse().ok()).unwrap_or(0)))
}

/// The open descriptors of a process.
pub fn descriptors(pid: Pid) -> Vec<i32> {
    let list = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    list.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// What a page is to a process: its words of /proc/PID/pagemap.
pub fn pages(pid: Pid, start: u64, end: u64, page: u64) -> Option<Vec<u64>> {
    let file = File::open(format!("/proc/{pid}/pagemap")).ok()?;
    let mut bytes = vec![0; usize::try_from((end - start) / page * 8).ok()?];
    file.read_exact_at(&mut bytes, start / page * 8).ok()?;
    Some(bytes.chunks_exact(8).filter_map(|w| Some(u64::from_le_bytes(w.try_into().ok()?))).collect())
}

/// The page is in memory (or swapped out).
pub fn present(word: u64) -> bool {
    word >> 62 != 0
}

/// The page is the process's own copy, no longer the file's.
pub fn copied(word: u64) -> bool {
    present(word) && word >> 61 & 1 == 0
}

/// A path by which we reach a mapped file, unlinked or not; None: it cannot be reached.
pub fn mapped_file(pid: Pid, line: &Line) -> Option<String> {
    if line.inode == 0 {
        return None;
    }
    let direct = format!("/proc/{pid}/map_files/{:x}-{:x}", line.start, line.end);
    if fs::metadata(&direct).is_ok() {
        return Some(direct);
    }
    let same = |path: &String| fs::metadata(path).is_ok_and(|data| data.ino() == line.inode);
    let named = format!("/proc/{pid}/root{}", line.name);
    Some(named)
        .filter(same)
        .or_else(|| descriptors(pid).into_iter().map(|fd| format!("/proc/{pid}/fd/{fd}")).find(same))
}

/// Bytes a page of the mapping that starts at an address.
pub fn kernel_page_size(pid: Pid, start: u64) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps")).ok()?;
    let head = format!("{start:08x}-");
    let mut lines = text.lines().skip_while(|l| !l.starts_with(&head));
    let value = lines.find_map(|l| l.strip_prefix("KernelPageSize:"))?;
    Some(value.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// A process that has an OFD lock on the file.
pub fn open_file_lock_holder(inode: u64) -> Option<Pid> {
    let wanted = format!(":{inode} ");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|p| p.file_name().to_str()?.parse::<Pid>().ok()).find(|pid| {
        descriptors(*pid).into_iter().any(|fd| {
            fs::read_to_string(format!("/proc/{pid}/fdinfo/{fd}")).is_ok_and(|t| {
                t.lines().any(|l| l.starts_with("lock:") && l.contains("OFDLCK") && l.contains(&wanted))
            })
        })
    })
}

/// Whether a process holds a POSIX lock on the file of that inode.
pub fn holds_posix_lock(pid: Pid, inode: u64) -> bool {
    let text = fs::read_to_string("/proc/locks").unwrap_or_default();
    let (pid, inode) = (pid.to_string(), format!(":{inode}"));
    text.lines().any(|l| {
        let fields: Vec<&str> = l.split_whitespace().collect();
        fields.get(1) == Some(&"POSIX")
            && fields.get(4) == Some(&pid.as_str())
            && fields.get(5).is_some_and(|f| f.ends_with(&inode))
    })
}

/// Whether mseal() forbids changes somewhere from `start` up to `end`.
pub fn sealed(pid: Pid, start: u64, end: u64) -> Option<bool> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps")).ok()?;
    let mut inside = false;
    for line in text.lines() {
        let range = line.split(' ').next().and_then(|word| word.split_once('-'));
        let range = range
            .and_then(|(a, b)| Some((u64::from_str_radix(a, 16).ok()?, u64::from_str_radix(b, 16).ok()?)));
        if let Some((from, to)) = range {
            inside = from < end && start < to;
        } else if inside
            && line.strip_prefix("VmFlags:").is_some_and(|flags| flags.split(' ').any(|f| f == "sl"))
        {
            return Some(true);
        }
    }
    Some(false)
}
