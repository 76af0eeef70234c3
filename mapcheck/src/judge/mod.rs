//! Which mistake it is. `mod`: calls, at their entry and exit · `failed`: those that fail · `map`, `unmap`, `change`: those that
//! succeed · `fault`: SIGSEGV and SIGBUS · `crash`: faults that no map call explains · `file`: what was written where it is
//! not kept · `fork`: what a child writes for itself alone · `end`: leaks and rests at exit · `lock`: POSIX locks that a
//! close drops.
//!
//! Doubt prints nothing: each test below that says "on purpose" is there because real programs do so.

mod change;
mod crash;
mod end;
mod failed;
mod fault;
mod file;
mod fork;
mod lock;
mod map;
mod unmap;

pub use fault::Deferred;
pub use fork::{Inherited, Suspect};
pub use lock::PosixLock;

use crate::arch::Registers;
use crate::discipline;
use crate::registry::{File as MappedFile, Origin};
use crate::report::{Diagnosis, Message};
use crate::site::{self, Place};
use crate::sys::Pid;
use crate::tracer::{Pending, Tracer};
use crate::witness::shorten;
use crate::words::{self};
use explain::value::*;
use explain::{Finding, Name};

/// A file system whose files keep what was written after their end, within the last page.
const TMPFS: u64 = 0x0102_1994;

impl Tracer {
    pub fn shorten(&self, path: &str) -> Name {
        shorten(path, &self.report.directory)
    }

    /// A place, as sentences name it.
    pub fn site(&self, place: Option<&Place>) -> Site {
        Site(Name::new(self.report.place(place).as_bytes()))
    }

    /// What is mapped, as sentences name it.
    pub fn memory(&self, origin: &Origin) -> Memory {
        let name = origin.file.as_ref().map_or(origin.name.as_str(), |f| f.path.as_str());
        Memory(self.shorten(name))
    }

    pub fn file_name(&self, file: &MappedFile) -> File {
        File(self.shorten(&file.path))
    }

    pub fn say(&mut self, tid: Pid, finding: Finding, place: Option<Place>) {
        self.say_with(tid, finding, place, None);
    }

    pub fn say_with(&mut self, tid: Pid, finding: Finding, place: Option<Place>, mapped: Option<&Origin>) {
        let diagnosis = self.diagnosis(tid, finding, place, mapped);
        self.report.diagnosis(&diagnosis);
    }

    pub fn diagnosis(
        &self,
        tid: Pid,
        finding: Finding,
        place: Option<Place>,
        mapped: Option<&Origin>,
    ) -> Diagnosis {
        let remark = mapped.and_then(|o| o.place.clone()).map(|p| (words::mapped_here as fn(_) -> _, p));
        Diagnosis {
            message: Message::Found(finding, None),
            place,
            remarks: remark.into_iter().collect(),
            pid: self.pid_of(tid),
        }
    }

    /// Pages that a length takes.
    pub(super) fn rounded(&self, length: u64) -> u64 {
        length.checked_next_multiple_of(self.page).unwrap_or(0)
    }

    /// At the entry of a call: None if its exit does not matter.
    pub fn enter(
        &mut self,
        tid: Pid,
        number: i64,
        arguments: [u64; 6],
        registers: Registers,
    ) -> Option<Pending> {
        self.picture_before(tid, number, arguments);
        self.alias_stays(tid, (number == libc::SYS_munmap).then_some((arguments[0], arguments[1])));
        if number == libc::SYS_exit_group {
            self.end(tid, &registers);
            return None;
        }
        if matches!(number, libc::SYS_execve | libc::SYS_execveat) {
            self.private_copies_go(tid, 0, u64::MAX, false);
            return None;
        }
        let mut pending = self.pending(tid, number, arguments, &registers);
        if number == libc::SYS_munmap && pending.caller.place.is_none() {
            self.find_refusal(tid); // the loader has loaded all, and tidies up
        }
        let [a, b, c, d, ..] = arguments;
        match number {
            libc::SYS_mmap if d as i32 & libc::MAP_FIXED != 0 && pending.caller.place.is_some() => {
                pending.victims = self.victims(tid, a, a.saturating_add(self.rounded(b)));
            }
            // refused before anything is looked at
            libc::SYS_munmap | libc::SYS_mremap if a & (self.page - 1) != 0 => {}
            libc::SYS_munmap => {
                let end = a.saturating_add(self.rounded(b));
                self.look_before_unmap(tid, a, end, &mut pending);
                self.take_out(tid, a, end, &mut pending);
                if b != 0 && end > a && self.surely_succeeds(tid, &pending) {
                    self.leave(tid, pending, 0);
                    return None; // its exit need not stop
                }
            }
            crate::filter::MSEAL => {
                let space = self.process(tid).map(|p| p.space);
                if let Some(space) = space.and_then(|s| self.spaces.get_mut(&s)) {
                    space.sealed = true;
                }
                return None;
            }
            libc::SYS_mremap => {
                let end = a.saturating_add(self.rounded(b));
                if c < b {
                    self.look_before_unmap(tid, a.saturating_add(self.rounded(c)), end, &mut pending);
                }
                if b != 0 && d as i32 & libc::MREMAP_DONTUNMAP == 0 {
                    self.take_out(tid, a, end, &mut pending);
                }
            }
            libc::SYS_close | libc::SYS_dup3 | libc::SYS_close_range => {
                self.look_before_close(tid, &mut pending);
                return (!pending.unlocked.is_empty()).then_some(pending);
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_dup2 => {
                self.look_before_close(tid, &mut pending);
                return (!pending.unlocked.is_empty()).then_some(pending);
            }
            libc::SYS_truncate | libc::SYS_ftruncate if pending.caller.place.is_none() => return None,
            // mostly made by the C library, as fopen() does: whoever called that
            libc::SYS_openat | libc::SYS_openat2 => return self.opening(tid, pending, &registers),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open | libc::SYS_creat => return self.opening(tid, pending, &registers),
            _ => {}
        }
        Some(pending)
    }

    /// A call, and who makes it.
    pub fn pending(&mut self, tid: Pid, number: i64, arguments: [u64; 6], registers: &Registers) -> Pending {
        let pid = self.pid_of(tid);
        Pending {
            number,
            arguments,
            caller: site::caller(&mut self.unwinder, pid, tid, registers),
            victims: Vec::new(),
            found: Vec::new(),
            unlocked: Vec::new(),
            restore: None,
        }
    }

    /// At the exit of a call.
    pub fn leave(&mut self, tid: Pid, mut pending: Pending, result: i64) {
        if (-4095..0).contains(&result) {
            if matches!(pending.number, libc::SYS_munmap | libc::SYS_mremap) {
                self.put_back(tid, &mut pending);
            }
            return self.failed(tid, &pending, -result as i32);
        }
        if pending.caller.blind && !self.surely_own(tid, &pending) {
            pending.caller.place = None;
            self.report.unjudged += 1;
        }
        for found in std::mem::take(&mut pending.found) {
            self.report.diagnosis(&found);
        }
        for file in std::mem::take(&mut pending.unlocked) {
            self.lock_changed(tid, &file, (libc::F_UNLCK, discipline::ALL), false);
        }
        let [a, b, c, d, ..] = pending.arguments;
        if let (libc::SYS_mmap | libc::SYS_mremap, Some(_)) = (pending.number, &pending.caller.place) {
            if let Some(task) = self.tasks.get_mut(&tid) {
                task.gave_up = None; // it got over it
            }
        }
        match pending.number {
            libc::SYS_mmap => self.mapped(tid, &pending, result as u64),
            libc::SYS_munmap => self.unmapped(tid, &pending, a, b),
            libc::SYS_mprotect => {
                let end = a.saturating_add(self.rounded(b));
                self.protected(tid, &pending, a, end, c as i32);
            }
            libc::SYS_madvise => self.advised(tid, &pending),
            libc::SYS_mremap => self.remapped(tid, &pending, result as u64),
            libc::SYS_msync => self.synced(tid, &pending, a, b),
            libc::SYS_fcntl => self.locked(tid, &pending, d),
            libc::SYS_truncate | libc::SYS_ftruncate => self.truncated(tid, &pending, b),
            libc::SYS_openat | libc::SYS_openat2 => self.emptied(tid, &pending, result as i32),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open | libc::SYS_creat => self.emptied(tid, &pending, result as i32),
            _ => {}
        }
        self.picture_after(tid, &pending, result);
    }

    /// madvise said whether children get a range.
    pub(super) fn advised(&mut self, tid: Pid, pending: &Pending) {
        let [start, length, advice, ..] = pending.arguments;
        let end = start.saturating_add(self.rounded(length));
        let Some(space) = self.process(tid).map(|p| p.space) else { return };
        let Some(space) = self.spaces.get_mut(&space) else { return };
        // what is left of a range that is said anew on a part of it is not looked for: who says it there, says it there
        space.kept.retain(|(from, to, _)| *to <= start || end <= *from);
        if let (libc::MADV_DONTFORK, Some(place)) = (advice as i32, &pending.caller.place) {
            space.kept.push((start, end, place.clone()));
        }
    }

    /// Where nothing tells the program from the C library: what concerns a file is the program's doing.
    pub(super) fn surely_own(&self, tid: Pid, pending: &Pending) -> bool {
        let [address, _, _, flags, ..] = pending.arguments;
        match pending.number {
            libc::SYS_mmap => flags as i32 & libc::MAP_ANONYMOUS == 0,
            libc::SYS_munmap | libc::SYS_mprotect | libc::SYS_mremap | libc::SYS_msync => self
                .registry(tid)
                .is_some_and(|r| r.at(address).map(|p| &p.origin).is_some_and(|o| o.judged())),
            _ => true,
        }
    }
}
