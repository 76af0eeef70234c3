//! `private-across-fork`: what a child writes into private memory, its parent never sees. A child's copy is looked at
//! when the child is about to lose it (munmap, exec, exit, a signal that kills).
//!
//! Private memory is each process's own on purpose, too: a heap, a stack, a buffer to work in. So memory with pointers
//! in it is left alone, and what the child has written must be looked for by the parent afterwards. Where the parent had
//! never touched the page, it has done so by the end; where it had, the processor watches one word that the two have
//! different now: a debug register tells of the first access. To read it, or to change it atomically, is to look for
//! something; to store something else there is to use one's own memory.

use crate::proc;
use crate::registry::{Origin, Piece};
use crate::report::Diagnosis;
use crate::site::{self, Place};
use crate::sys::{self, Event, Pid};
use crate::tracer::Tracer;
use crate::words;
use explain::Finding;
use explain::value::*;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

/// Bytes of one mapping that are compared, at most; and of all mappings of a process together.
const LARGEST: u64 = 64 << 20;
/// How many mappings of a process are compared.
const MOST: usize = 16;
/// Bytes of a mapping that are searched for pointers.
const SEARCHED: usize = 1 << 20;

/// Signals that kill nobody by themselves.
const HARMLESS: [i32; 8] = [
    libc::SIGCHLD,
    libc::SIGURG,
    libc::SIGWINCH,
    libc::SIGCONT,
    libc::SIGSTOP,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
];

/// Private memory that a child was born with.
#[derive(Clone)]
pub struct Inherited {
    origin: Rc<Origin>,
    start: u64,
    end: u64,
    /// What each page held; None: nobody had touched it.
    pages: Vec<Option<u64>>,
}

/// A child wrote to pages: said if its parent looks there.
#[derive(Clone)]
pub struct Suspect {
    id: u64,
    pages: Vec<u64>,
    /// A word that the child has changed, in a page that the parent had touched before.
    word: Option<u64>,
    diagnosis: Diagnosis,
}

/// What the kernel says of a stop that a debug register makes.
const TRAP_HWBKPT: i32 = 4;

impl Tracer {
    /// Shared memory without a file that is about to go, and that no other process has inherited: a child's, which was
    /// written to, is remembered; where its parent has made its own by the same call, the two believed to share it.
    pub fn shared_with_nobody(&mut self, tid: Pid, piece: &Piece) {
        let pid = self.pid_of(tid);
        let origin = &piece.origin;
        let (Some(place), Some(process)) = (&origin.place, self.process(pid)) else { return };
        if origin.pid != pid || origin.id < process.last_fork || !origin.shared() || !origin.anonymous() {
            return;
        }
        let same =
            |(at, _): &&(Place, Pid)| at.address == place.address && at.module.path == place.module.path;
        if let Some((_, child)) = process.lone.iter().find(same) {
            let finding =
                Finding::SharedWithNobody { what: self.memory(origin), child: Number((*child).into()) };
            return self.say(tid, finding, Some(place.clone()));
        }
        let written = proc::pages(tid, piece.start, piece.end, self.page);
        if !written.is_some_and(|pages| pages.into_iter().any(proc::present)) {
            return;
        }
        let parent = process.parent.and_then(|parent| self.processes.get_mut(&parent));
        if let Some(parent) = parent.filter(|parent| parent.lone.len() < MOST) {
            parent.lone.push((place.clone(), pid));
        }
    }

    /// What a new child has got a copy of; read from the child, which has not run yet, for the parent's other threads
    /// go on.
    pub fn inherited(&self, tid: Pid, child: Pid) -> Vec<Inherited> {
        let candidate = |p: &&Piece| {
            let o = &p.origin;
            const OTHERS: i32 = libc::MAP_STACK | libc::MAP_GROWSDOWN | libc::MAP_NORESERVE | libc::MAP_FIXED;
            let writable_file =
                o.file.as_ref().is_none_or(|f| f.regular && f.access & libc::O_ACCMODE == libc::O_RDWR);
            o.in_program
                && !o.shared()
                && writable_file
                && o.flags & OTHERS == 0
                && p.prot == libc::PROT_READ | libc::PROT_WRITE
                && o.pid == self.pid_of(tid)
                && o.start == p.start
                && p.end - p.start <= LARGEST
                && o.place.as_ref().is_some_and(|place| !place.is_arena())
        };
        let Some(registry) = self.registry(tid) else { return Vec::new() };
        let candidates: Vec<&Piece> = registry.pieces().filter(candidate).collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let memory = Places::of(child);
        let mut left = LARGEST;
        let mut all = Vec::new();
        for piece in candidates {
            if all.len() == MOST || piece.end - piece.start > left {
                break;
            }
            left -= piece.end - piece.start;
            all.extend(self.look_at(child, piece, &memory));
        }
        all
    }

    fn look_at(&self, child: Pid, piece: &Piece, memory: &Places) -> Option<Inherited> {
        let words = proc::pages(child, piece.start, piece.end, self.page)?;
        let anonymous = piece.origin.anonymous();
        let mut page = vec![0; self.page as usize];
        let mut pages = Vec::with_capacity(words.len());
        for (at, word) in words.into_iter().enumerate() {
            let address = piece.start + at as u64 * self.page;
            let there = if anonymous { proc::present(word) } else { proc::copied(word) };
            let read = there && sys::read_memory(child, address, &mut page) == page.len();
            if read && at * page.len() < SEARCHED && memory.any_in(&page) {
                return None;
            }
            pages.push(read.then(|| digest(&page)));
        }
        Some(Inherited { origin: piece.origin.clone(), start: piece.start, end: piece.end, pages })
    }

    /// A process loses the memory from `start` up to `end`: it unmaps it, or ends.
    /// `killed`: perhaps while it waited for what never comes.
    pub fn private_copies_go(&mut self, tid: Pid, start: u64, end: u64, killed: bool) {
        let pid = self.pid_of(tid);
        let Some(process) = self.processes.get_mut(&pid) else { return };
        if process.inherited.is_empty() && process.suspects.is_empty() {
            return;
        }
        let going = |from: u64, to: u64| from < end && start < to;
        let (gone, kept) =
            std::mem::take(&mut process.inherited).into_iter().partition(|i| going(i.start, i.end));
        process.inherited = kept;
        let parent = process.parent;
        let (touched, waiting): (Vec<_>, _) = std::mem::take(&mut process.suspects)
            .into_iter()
            .partition(|s: &Suspect| s.pages.iter().any(|&at| going(at, at + 1)));
        process.suspects = waiting;
        for suspect in touched {
            let looked = match suspect.word {
                // the kernel, in the parent's name: write() and its like
                Some(word) if self.tasks.get(&tid).is_some_and(|t| t.watch == Some(word)) => {
                    killed || sys::watched(tid).is_some()
                }
                Some(_) => true, // it could not be watched
                None => self.has_touched(pid, &suspect),
            };
            if looked {
                self.report.diagnosis(&suspect.diagnosis);
            }
        }
        for inherited in gone {
            if let Some(parent) = parent {
                self.written_in_copy(tid, parent, &inherited);
            }
        }
    }

    /// A signal is on its way to a thread: if it kills, the memory goes now. (SIGKILL does not ask.)
    pub fn before_death(&mut self, tid: Pid, signal: i32) {
        let harmless = HARMLESS.contains(&signal);
        let concerned = self.process(tid).is_some_and(|p| !p.inherited.is_empty() || !p.suspects.is_empty());
        let survives = || ["SigCgt", "SigIgn"].iter().any(|set| proc::signal_in(tid, set, signal));
        if concerned && !harmless && !survives() {
            self.private_copies_go(tid, 0, u64::MAX, true);
        }
    }

    fn written_in_copy(&mut self, tid: Pid, parent: Pid, before: &Inherited) {
        let pid = self.pid_of(tid);
        let origin = &before.origin;
        let has = |tid: Pid| {
            self.registry(tid).and_then(|r| r.at(before.start)).is_some_and(|p| p.origin.id == origin.id)
        };
        if !has(pid) || !has(parent) {
            return; // one of the two had no more use for it
        }
        let Some(words) = proc::pages(pid, before.start, before.end, self.page) else { return };
        let memory = Places::of(pid);
        let mut page = vec![0; self.page as usize];
        let (mut changed, mut known) = (Vec::new(), false);
        for (at, (word, old)) in words.into_iter().zip(&before.pages).enumerate() {
            let address = before.start + at as u64 * self.page;
            if !proc::copied(word) || sys::read_memory(pid, address, &mut page) != page.len() {
                continue;
            }
            let same = match old {
                Some(old) => digest(&page) == *old,
                // what nobody had touched: zeros, or what the file holds
                None if origin.anonymous() => page.iter().all(|&b| b == 0),
                None => false,
            };
            if same {
                continue;
            }
            if at * page.len() < SEARCHED && memory.any_in(&page) {
                return;
            }
            known |= old.is_some();
            changed.push(address);
        }
        if changed.is_empty() {
            return;
        }
        let finding = Finding::PrivateAcrossFork {
            pages: Pages(changed.len() as u64),
            child: Number(pid.into()),
            mapped: self.site(origin.place.as_ref()),
        };
        let diagnosis = self.diagnosis(tid, finding, origin.place.clone(), None);
        let word = if known { self.different_word(pid, parent, &changed) } else { None };
        let suspect = Suspect { id: origin.id, pages: changed, word, diagnosis };
        let watchable = word.is_some() && self.threads(parent).len() == 1;
        if known && !watchable || !known && self.has_touched(parent, &suspect) {
            self.report.diagnosis(&suspect.diagnosis);
        } else if let Some(process) = self.processes.get_mut(&parent) {
            process.suspects.push(suspect);
        }
    }

    /// The first word that two processes have different in one of some pages.
    fn different_word(&self, child: Pid, parent: Pid, pages: &[u64]) -> Option<u64> {
        let mut ours = vec![0; self.page as usize];
        let mut theirs = ours.clone();
        pages.iter().find_map(|&page| {
            let read = sys::read_memory(child, page, &mut ours) == ours.len()
                && sys::read_memory(parent, page, &mut theirs) == theirs.len();
            let at = ours.chunks_exact(8).zip(theirs.chunks_exact(8)).position(|(a, b)| a != b);
            at.filter(|_| read).map(|at| page + at as u64 * 8)
        })
    }

    /// Before a thread goes on: watches the word of its process's first suspect, or none.
    pub fn keep_watch(&mut self, tid: Pid) {
        let wanted = self.process(tid).and_then(|p| p.suspects.iter().find_map(|s| s.word));
        let now = self.tasks.get(&tid).and_then(|t| t.watch);
        if wanted != now && sys::watch(tid, wanted).is_ok() {
            if let Some(task) = self.tasks.get_mut(&tid) {
                task.watch = wanted;
            }
        }
    }

    /// The watched word was read or written: true if that is what the signal is about.
    pub fn watch_hit(&mut self, tid: Pid, event: Event) -> bool {
        let Some(word) = self.tasks.get(&tid).and_then(|t| t.watch) else { return false };
        if event != Event::Signal(libc::SIGTRAP)
            || !sys::siginfo(tid).is_ok_and(|info| info.code == TRAP_HWBKPT)
        {
            return false;
        }
        let Some(stored) = sys::watched(tid) else { return false };
        let Ok(registers) = sys::registers(tid) else { return true };
        let pid = self.pid_of(tid);
        let place = site::standing(&mut self.unwinder, pid, tid, &registers).place;
        let Some(process) = self.processes.get_mut(&pid) else { return true };
        let id = process.suspects.iter().find(|s| s.word == Some(word)).map(|s| s.id);
        let (settled, kept) =
            std::mem::take(&mut process.suspects).into_iter().partition(|s: &Suspect| Some(s.id) == id);
        process.suspects = kept;
        if !stored || atomic(tid, registers.ip()) {
            for mut suspect in settled {
                let looked = place.clone().map(|p| (words::looked_here as fn(_) -> _, p));
                suspect.diagnosis.remarks.extend(looked);
                self.report.diagnosis(&suspect.diagnosis);
            }
        }
        true
    }

    /// The memory is still there, and one of the pages is in use: to read a page of nobody's is to get one of zeros.
    fn has_touched(&self, pid: Pid, suspect: &Suspect) -> bool {
        suspect.pages.iter().any(|&address| {
            let mapped =
                self.registry(pid).and_then(|r| r.at(address)).is_some_and(|p| p.origin.id == suspect.id);
            let word = || proc::pages(pid, address, address + self.page, self.page)?.first().copied();
            mapped && word().is_some_and(proc::present)
        })
    }
}

/// Whether the instruction that ends at an address is one with the prefix `lock`, or xchg: how threads and processes
/// speak to each other.
fn atomic(tid: Pid, end: u64) -> bool {
    let mut code = [0; 12];
    if sys::read_memory(tid, end.wrapping_sub(code.len() as u64), &mut code) != code.len() {
        return false;
    }
    let locked = |w: &[u8]| {
        matches!(w, [0xf0, 0x40..=0x4f, 0x0f | 0x01 | 0x09 | 0x21 | 0x29 | 0x83 | 0x81 | 0xff, ..])
            || matches!(w, [0xf0, 0x0f | 0x01 | 0x09 | 0x21 | 0x29 | 0x83 | 0x81 | 0xff, ..])
    };
    code.windows(3).any(locked) || code.windows(2).skip(6).any(|w| w[0] == 0x87)
}

fn digest(page: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(page);
    hasher.finish()
}

/// Where a process has memory: what points there may be a pointer.
struct Places(Vec<(u64, u64)>);

impl Places {
    fn of(pid: Pid) -> Places {
        Places(proc::maps(pid).into_iter().map(|l| (l.start, l.end)).collect())
    }

    fn any_in(&self, bytes: &[u8]) -> bool {
        bytes.chunks_exact(8).any(|word| self.hold(u64::from_le_bytes(word.try_into().unwrap_or_default())))
    }

    fn hold(&self, address: u64) -> bool {
        let below = self.0.partition_point(|(start, _)| *start <= address);
        address > 0xffff && below.checked_sub(1).is_some_and(|at| address < self.0[at].1)
    }
}
