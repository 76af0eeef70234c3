//! `--locks FILE[:LOCK]`: the mappings of FILE are out of reach while its lock is not held, so that the first access
//! without it faults, whatever the other processes do meanwhile. It is reported and let through: the pages stay open
//! until the lock is next given back.

use crate::arch::SYSCALL_LENGTH;
use crate::registry::{File as MappedFile, Origin, Piece};
use crate::site;
use crate::sys::{self, Event, Pid};
use crate::tracer::Tracer;
use crate::{inject, ranges};
use explain::Finding;
use explain::value::*;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// One --locks.
pub struct Guard {
    /// The mapped file; None: shared memory without a file.
    file: Option<PathBuf>,
    /// Its lock file: itself, or another.
    lock: Vec<PathBuf>,
}

/// What a process may do with the mappings of a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Nothing,
    Shared,
    Exclusive,
}

/// A guard, as one process stands to it.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    pub hold: Hold,
    /// Of which bytes of the lock's file: the first, and the one behind the last.
    bytes: (i64, i64),
    /// An OFD lock, which a forked child holds too.
    ofd: bool,
    /// Opened for an access that was reported.
    open: bool,
}

impl Stand {
    pub const FREE: Stand = Stand { hold: Hold::Nothing, bytes: (0, 0), ofd: false, open: false };

    /// What is left of a page's rights.
    fn rights(self, prot: i32) -> i32 {
        match self.hold {
            _ if self.open => prot,
            Hold::Exclusive => prot,
            Hold::Shared => prot & !libc::PROT_WRITE,
            Hold::Nothing => libc::PROT_NONE,
        }
    }

    /// In a forked child: a POSIX lock stays the parent's.
    pub fn inherited(self) -> Stand {
        if self.ofd { Stand { open: false, ..self } } else { Stand::FREE }
    }
}

impl Guard {
    /// "FILE", "FILE:LOCK", ":LOCK" (shared memory without a file). FILE alone is locked itself, or by FILE.lock; if
    /// it is empty, it is the lock of shared memory without a file, as the course has it.
    pub fn new(option: &Path) -> Guard {
        let text = option.to_string_lossy();
        match text.rsplit_once(':') {
            Some((file, lock)) => {
                Guard { file: (!file.is_empty()).then(|| file.into()), lock: vec![lock.into()] }
            }
            None => Guard {
                file: Some(option.to_owned()),
                lock: vec![option.to_owned(), format!("{text}.lock").into()],
            },
        }
    }

    fn guards(&self, origin: &Origin) -> bool {
        if !origin.shared() || !origin.judged() {
            return false;
        }
        match (&origin.file, &self.file) {
            (Some(file), Some(path)) => same(path, file.device, file.inode),
            (None, None) => true,
            (None, Some(path)) => std::fs::metadata(path).is_ok_and(|d| d.len() == 0),
            (Some(_), None) => false,
        }
    }

    fn locked_by(&self, file: &MappedFile) -> bool {
        self.lock.iter().any(|path| same(path, file.device, file.inode))
    }

    fn lock_name(&self) -> &Path {
        let there = self.lock.iter().rev().find(|path| path.exists());
        there.or(self.lock.first()).map_or(Path::new(""), PathBuf::as_path)
    }
}

/// All bytes of a file.
pub const ALL: (i64, i64) = (0, i64::MAX);

/// What a lock is of; all of the file, where it is not counted from the beginning.
pub fn bytes_of(lock: &libc::flock) -> (i64, i64) {
    match (i32::from(lock.l_whence), lock.l_len) {
        (libc::SEEK_SET, 1..) => (lock.l_start, lock.l_start.saturating_add(lock.l_len)),
        (libc::SEEK_SET, 0) => (lock.l_start, i64::MAX),
        _ => ALL,
    }
}

fn same(path: &Path, device: u64, inode: u64) -> bool {
    std::fs::metadata(path).is_ok_and(|d| d.dev() == device && d.ino() == inode)
}

impl Tracer {
    fn guarded(&self, tid: Pid, guard: usize) -> Vec<Piece> {
        let Some(guard) = self.guards.get(guard) else { return Vec::new() };
        self.registry(tid)
            .map(|r| r.pieces().filter(|p| guard.guards(&p.origin)).cloned().collect())
            .unwrap_or_default()
    }

    fn stand(&self, tid: Pid, guard: usize) -> Stand {
        self.process(tid).and_then(|p| p.stands.get(guard).copied()).unwrap_or(Stand::FREE)
    }

    /// Whether each of this thread's calls is looked at: some memory may be out of reach.
    pub fn watched(&self, tid: Pid) -> bool {
        !self.guards.is_empty() && self.process(tid).is_some_and(|p| p.judged && p.guarded)
    }

    /// Gives the pages of a guard the rights that the process has at the moment.
    pub fn enforce(&mut self, tid: Pid, guard: usize) {
        let stand = self.stand(tid, guard);
        for piece in self.guarded(tid, guard) {
            let rights = stand.rights(piece.prot) as u64;
            let arguments = [piece.start, piece.end - piece.start, rights, 0, 0, 0];
            let gate = self.process(tid).map_or(0, |p| p.gate);
            inject::call_at(&mut self.queue, tid, gate, libc::SYS_mprotect, arguments);
            if let Some(process) = self.processes.get_mut(&self.pid_of(tid)) {
                process.guarded = true;
            }
        }
    }

    pub fn enforce_all(&mut self, tid: Pid) {
        for guard in 0..self.guards.len() {
            self.enforce(tid, guard);
        }
    }

    /// A lock was taken or given back. Another part of the lock's file given back changes nothing: a waiter's place in a queue,
    /// as mm_lock has it.
    pub fn lock_changed(&mut self, tid: Pid, file: &MappedFile, (kind, bytes): (i32, (i64, i64)), ofd: bool) {
        for guard in 0..self.guards.len() {
            if !self.guards.get(guard).is_some_and(|g| g.locked_by(file)) {
                continue;
            }
            let hold = match kind {
                libc::F_WRLCK => Hold::Exclusive,
                libc::F_RDLCK => Hold::Shared,
                _ => Hold::Nothing,
            };
            let pid = self.pid_of(tid);
            let count = self.guards.len();
            if let Some(process) = self.processes.get_mut(&pid) {
                process.stands.resize(count, Stand::FREE);
                let held = process.stands[guard].bytes;
                if hold == Hold::Nothing && (bytes.1 <= held.0 || held.1 <= bytes.0) {
                    continue;
                }
                process.stands[guard] = Stand { hold, bytes, ofd, open: false };
            }
            self.enforce(tid, guard);
        }
    }

    /// A fault or a failed copy at an address: true if it was ours, reported, and the pages are open now.
    pub fn let_through(&mut self, tid: Pid, address: u64, place: Option<site::Place>) -> bool {
        let Some(piece) = self.registry(tid).and_then(|r| r.at(address)).cloned() else { return false };
        let Some(guard) = self.guards.iter().position(|g| g.guards(&piece.origin)) else { return false };
        let stand = self.stand(tid, guard);
        if stand.open || stand.hold == Hold::Exclusive {
            return false;
        }
        let lock =
            self.guards.get(guard).map(|g| g.lock_name().as_os_str().as_bytes().to_vec()).unwrap_or_default();
        let finding = Finding::UnlockedAccess {
            file: self.memory(&piece.origin),
            lock: File(explain::Name::new(&lock)),
            byte: Number(piece.offset_at(address) as i64),
        };
        self.say_with(tid, finding, place, Some(&piece.origin.clone()));
        let (pid, count) = (self.pid_of(tid), self.guards.len());
        if let Some(process) = self.processes.get_mut(&pid) {
            process.stands.resize(count, Stand::FREE);
            process.stands[guard].open = true;
        }
        self.enforce(tid, guard);
        true
    }

    /// A call failed with EFAULT: if one of its arguments points into guarded memory, the call is made again.
    pub fn copy_failed(&mut self, tid: Pid) -> bool {
        let Ok(registers) = sys::registers(tid) else { return false };
        if registers.result() != -i64::from(libc::EFAULT) {
            return false;
        }
        let mut candidates: Vec<u64> = registers.arguments().to_vec();
        // an array of buffers: readv and its like
        for argument in registers.arguments() {
            candidates.extend((0..8).filter_map(|at| sys::read_word(tid, argument.checked_add(at * 16)?)));
        }
        let pid = self.pid_of(tid);
        let place = site::standing(&mut self.unwinder, pid, tid, &registers).place;
        let ours = |tracer: &Tracer, address: u64| {
            tracer
                .registry(tid)
                .and_then(|r| r.at(address))
                .is_some_and(|p| tracer.guards.iter().any(|g| g.guards(&p.origin)))
        };
        let Some(address) = candidates.into_iter().find(|&a| ours(self, a)) else { return false };
        if !self.let_through(tid, address, place) {
            return false;
        }
        let mut again = registers;
        again.set_ip(registers.ip() - SYSCALL_LENGTH);
        again.set_call(registers.number(), registers.arguments());
        sys::set_registers(tid, &again).is_ok()
    }

    /// SIGSEGV in guarded memory: true if the thread is to go on as if nothing had happened.
    pub fn guarded_fault(&mut self, tid: Pid, event: Event) -> bool {
        if event != Event::Signal(libc::SIGSEGV) || !self.watched(tid) {
            return false;
        }
        let Ok(info) = sys::siginfo(tid) else { return false };
        let Ok(registers) = sys::registers(tid) else { return false };
        const SEGV_ACCERR: i32 = 2;
        if info.code != SEGV_ACCERR {
            return false;
        }
        let pid = self.pid_of(tid);
        let place = site::standing(&mut self.unwinder, pid, tid, &registers).place;
        if self.let_through(tid, info.address, place) {
            return true;
        }
        // another thread opened the pages while this one's fault was on its way: once more, once
        let key = (registers.ip(), info.address);
        let line = ranges::line_at(pid, info.address);
        let open = line.is_some_and(|l| l.prot & libc::PROT_READ != 0);
        let Some(task) = self.tasks.get_mut(&tid) else { return false };
        open && task.retried.replace(key) != Some(key)
    }
}
