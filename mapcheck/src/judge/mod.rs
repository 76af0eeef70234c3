//! Which mistake it is. `mod`: calls, at their entry and exit · `fault`: SIGSEGV and SIGBUS · `file`: what was written
//! where it is not kept · `fork`: what a child writes for itself alone · `end`: leaks and rests at exit · `lock`: POSIX
//! locks that a close drops · `crash`: faults that no map call explains.
//!
//! Doubt prints nothing: each test below that says "on purpose" is there because real programs do so.

mod crash;
mod end;
mod fault;
mod file;
mod fork;
mod lock;

pub use fault::Deferred;
pub use fork::{Inherited, Suspect};
pub use lock::PosixLock;

use crate::arch::Registers;
use crate::discipline;
use crate::proc;
use crate::ranges;
use crate::registry::{Cut, File as MappedFile, Origin, Piece, Removed};
use crate::report::{Diagnosis, Message};
use crate::site::{self, Place};
use crate::sys::{self, Pid};
use crate::tracer::{Failed, Pending, Tracer, Truncation};
use crate::witness::{Tracee, shorten};
use crate::words::{self, Note};
use explain::value::*;
use explain::{Call, Cause, Finding, Name, Slug, find};
use std::collections::HashMap;
use std::rc::Rc;

/// A file system whose files keep what was written after their end, within the last page.
const TMPFS: u64 = 0x0102_1994;

/// Calls that programs make to find out what there is: a failure is an answer.
const PROBES: [Slug; 10] = [
    Slug::LockBusy,
    Slug::AddressInUse,
    Slug::HugePagesAbsent,
    Slug::FlagUnsupported,
    Slug::LimitAddressSpace,
    Slug::LimitData,
    Slug::LimitMappings,
    Slug::LimitLocked,
    Slug::Overcommit,
    Slug::Nothing,
];

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
    fn rounded(&self, length: u64) -> u64 {
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
    fn advised(&mut self, tid: Pid, pending: &Pending) {
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
    fn surely_own(&self, tid: Pid, pending: &Pending) -> bool {
        let [address, _, _, flags, ..] = pending.arguments;
        match pending.number {
            libc::SYS_mmap => flags as i32 & libc::MAP_ANONYMOUS == 0,
            libc::SYS_munmap | libc::SYS_mprotect | libc::SYS_mremap | libc::SYS_msync => self
                .registry(tid)
                .is_some_and(|r| r.at(address).map(|p| &p.origin).is_some_and(|o| o.judged())),
            _ => true,
        }
    }

    // ---- a call that failed

    fn failed(&mut self, tid: Pid, pending: &Pending, errno: i32) {
        let Some(call) = self.call(tid, pending) else {
            if pending.number == libc::SYS_ptrace && errno == libc::EPERM {
                let name = proc::program(self.pid_of(tid));
                self.report.note(Note::ItselfATracer, &name);
            }
            return;
        };
        let Some(place) = pending.caller.place.clone() else { return };
        let failed = self.tasks.get(&tid).and_then(|t| t.failed.as_ref()).map(|f| (f.call, f.errno));
        let pid = self.pid_of(tid);
        let witness = Tracee { pid, tid, page: self.page, failed, directory: &self.report.directory };
        let story = find::story(&call, errno, &witness);
        if matches!(call, Call::Map { .. } | Call::Remap { .. }) {
            if let Some(task) = self.tasks.get_mut(&tid) {
                task.failed = Some(Failed { call, errno, place: Some(place.clone()), cause: story.cause });
            }
        }
        let slug = story.cause.slug();
        let mut remarks: Vec<crate::report::Remark> = Vec::new();
        if slug == Slug::MapFailedPointer {
            let earlier = self.tasks.get(&tid).and_then(|t| t.failed.as_ref()?.place.clone());
            remarks.extend(earlier.map(|p| (words::failed_here as fn(_) -> _, p)));
        }
        let message = match story.cause {
            Cause::LimitMappings { limit } => match self.most_mappings(tid) {
                Some((place, count)) => {
                    remarks.push((words::mapped_here, place.clone()));
                    let (count, mapped) = (Number(count), self.site(Some(&place)));
                    Message::Found(Finding::LimitMappingsMade { limit, count, mapped }, None)
                }
                None => Message::Failed(story.cause, story.why),
            },
            _ => Message::Failed(story.cause, story.why),
        };
        let diagnosis = Diagnosis { message, place: Some(place), remarks, pid };
        // who held the lock may have given it back since
        let was_busy = pending.number == libc::SYS_fcntl && matches!(errno, libc::EAGAIN | libc::EACCES);
        if PROBES.contains(&slug) || was_busy {
            if let (Some(task), Call::Map { .. } | Call::Remap { .. }) = (self.tasks.get_mut(&tid), call) {
                task.gave_up = Some(diagnosis.clone());
            }
            self.report.probe(diagnosis);
        } else {
            self.report.diagnosis(&diagnosis);
        }
    }

    /// The process ends with a status that is not 0, or by a signal: the last map call of a thread of its, if it failed, was
    /// no question.
    pub fn gave_up(&mut self, tid: Pid) {
        let pid = self.pid_of(tid);
        if !self.judged(tid) {
            return;
        }
        let failed =
            self.tasks.values_mut().filter(|task| task.pid == pid).filter_map(|task| task.gave_up.take());
        for diagnosis in failed.collect::<Vec<_>>() {
            self.report.diagnosis(&diagnosis);
        }
    }

    /// The call that made the most of the live mappings, and how many.
    fn most_mappings(&self, tid: Pid) -> Option<(Place, i64)> {
        let mut counts: HashMap<(u64, &str), (&Place, i64)> = HashMap::new();
        for piece in self.registry(tid)?.pieces() {
            if let Some(place) = &piece.origin.place {
                counts.entry((place.address, &place.module.path)).or_insert((place, 0)).1 += 1;
            }
        }
        let (place, count) = counts.into_values().max_by_key(|(_, count)| *count)?;
        (count > 1).then(|| (place.clone(), count))
    }

    /// A stopped call, as the finder knows it.
    fn call(&self, tid: Pid, pending: &Pending) -> Option<Call> {
        let [a, b, c, d, e, f] = pending.arguments;
        Some(match pending.number {
            libc::SYS_mmap => Call::Map {
                addr: a,
                length: b,
                prot: c as i32,
                flags: d as i32,
                fd: e as i32,
                offset: f as i64,
            },
            libc::SYS_munmap => Call::Unmap { addr: a, length: b },
            libc::SYS_msync => Call::Sync { addr: a, length: b, flags: c as i32 },
            libc::SYS_mprotect => Call::Protect { addr: a, length: b, prot: c as i32 },
            libc::SYS_mremap => Call::Remap { addr: a, old: b, new: c, flags: d as i32, to: e },
            libc::SYS_fcntl => self.lock_call(tid, a as i32, b as i32, c)?,
            _ => return None,
        })
    }

    // ---- mmap

    fn mapped(&mut self, tid: Pid, pending: &Pending, start: u64) {
        let [_, length, prot, flags, fd, offset] = pending.arguments;
        let (prot, flags, fd) = (prot as i32, flags as i32, fd as i32);
        let caller = &pending.caller;
        let end = start.saturating_add(self.rounded(length));
        let id = self.number();
        let file = (flags & libc::MAP_ANONYMOUS == 0 && caller.place.is_some())
            .then(|| self.mapped_file(tid, fd))
            .flatten();
        let fixed = flags & libc::MAP_FIXED != 0;
        let below = self.registry(tid).and_then(|r| r.at(start)).filter(|_| fixed).map(|p| p.origin.clone());
        let mut origin = Origin {
            id,
            place: caller.place.clone(),
            in_program: caller.in_program,
            start,
            length,
            flags,
            prot,
            file,
            offset,
            region: below.filter(|b| b.judged() == caller.place.is_some()).map_or(id, |b| b.region),
            pid: self.pid_of(tid),
            stale: Vec::new(),
            name: String::new(),
        };
        if let (Some(file), Some(place)) = (origin.file.clone(), caller.place.clone()) {
            origin.stale = self.stale_tail(tid, &origin, &file, &place);
            self.longer_than_file(tid, &origin, &file, &place);
            self.both_types(tid, prot, flags, &file, &place);
            self.alias(tid, &origin, &file, &place);
            self.stranger(tid, &origin, &file);
        }
        if let Some(place) = &caller.place {
            self.write_only(tid, prot, "mmap", place);
            if fixed && !caller.in_handler {
                self.clobbers(tid, pending, &origin, end, place);
            }
        }
        let piece = Piece { start, end, prot, origin: Rc::new(origin), cut: None };
        let unload = fixed && pending.caller.place.is_none();
        if let Some(registry) = self.registry_mut(tid) {
            registry.insert(piece);
        }
        if caller.place.is_some() {
            self.enforce_all(tid);
        }
        if unload || prot & libc::PROT_EXEC != 0 {
            let pid = self.pid_of(tid);
            self.unwinder.forget(pid);
        }
    }

    /// The file behind a descriptor, as it is now.
    pub fn mapped_file(&self, tid: Pid, fd: i32) -> Option<MappedFile> {
        use std::os::unix::fs::MetadataExt;
        let data = proc::descriptor(tid, fd)?;
        let (access, cursor) = proc::descriptor_state(tid, fd)?;
        let path = std::ffi::CString::new(format!("/proc/{tid}/fd/{fd}")).ok()?;
        Some(MappedFile {
            device: data.dev(),
            inode: data.ino(),
            path: proc::descriptor_name(tid, fd),
            size: data.size(),
            regular: data.is_file(),
            access,
            cursor,
            magic: sys::statfs(&path).map_or(0, |s| s.f_type as u64),
        })
    }

    fn longer_than_file(&mut self, tid: Pid, origin: &Origin, file: &MappedFile, place: &Place) {
        let end = origin.offset.saturating_add(origin.length);
        if self.report.pedantic && file.regular && end > self.rounded(file.size) {
            let finding = Finding::FileTooShortAhead {
                file: self.file_name(file),
                size: Bytes(file.size),
                end: Number(end as i64),
            };
            self.say(tid, finding, Some(place.clone()));
        }
    }

    /// Both bits are the value of MAP_SHARED_VALIDATE, which is meant where a flag wants validating.
    fn both_types(&mut self, tid: Pid, prot: i32, flags: i32, file: &MappedFile, place: &Place) {
        let both = libc::MAP_SHARED | libc::MAP_PRIVATE;
        let meant = flags & libc::MAP_SYNC != 0 || self.report.source_line(place).contains("VALIDATE");
        if flags & libc::MAP_TYPE == both && !meant {
            let file = self.file_name(file);
            // MAP_SHARED or MAP_PRIVATE, perhaps with MAP_ANONYMOUS, as protection: PROT_READ or PROT_WRITE alone
            let third = prot & !libc::MAP_ANONYMOUS;
            let swapped = flags == both && (third == libc::MAP_SHARED || third == libc::MAP_PRIVATE);
            let finding = match swapped {
                true => Finding::TypeBothSwapped { file, prot: Symbols { of: Set::Prot, bits: prot as u32 } },
                false => Finding::TypeBothFile { file },
            };
            self.say(tid, finding, Some(place.clone()));
        }
    }

    fn write_only(&mut self, tid: Pid, prot: i32, call: &'static str, place: &Place) {
        if place.is_own() && prot & (libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) == libc::PROT_WRITE
        {
            self.say(tid, Finding::ProtectionWriteOnly { call: Word(call) }, Some(place.clone()));
        }
    }

    /// Two writable views of one file, and neither placed by hand (who does that wants a ring, or a second view).
    fn alias(&mut self, tid: Pid, origin: &Origin, file: &MappedFile, place: &Place) {
        let by_hand = |o: &Origin| o.flags & (libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE) != 0;
        let view = |o: &Origin, prot: i32| {
            o.judged() && o.in_program && o.shared() && !by_hand(o) && prot & libc::PROT_WRITE != 0
        };
        let memory_only = file.path.starts_with("/memfd:") || file.path.starts_with("/SYSV");
        if !view(origin, origin.prot) || !file.regular || memory_only {
            return;
        }
        let span = |o: &Origin| (o.offset, o.offset.saturating_add(o.length));
        let common = |o: &Origin| {
            let ((a, b), (c, d)) = (span(o), span(origin));
            b.min(d).saturating_sub(a.max(c))
        };
        // what the parent had mapped, a child may map for itself: it knows the file by name
        let pid = self.pid_of(tid);
        let is_other = |p: &Piece| {
            let o = &p.origin;
            view(o, p.prot) && o.pid == pid && o.same_file(origin) && common(o) > 0
        };
        let found = self.registry(tid).and_then(|registry| registry.pieces().find(|p| is_other(p)).cloned());
        let Some(piece) = found else { return };
        let other = &piece.origin;
        let finding = Finding::Alias {
            file: self.file_name(file),
            size: Bytes(common(other)),
            other: self.site(other.place.as_ref()),
        };
        let diagnosis = self.diagnosis(tid, finding, Some(place.clone()), Some(other));
        let longer =
            origin.offset <= other.offset && origin.length > other.length && span(other).1 <= span(origin).1;
        match self.tasks.get_mut(&tid).filter(|_| longer) {
            Some(task) => task.longer = Some((piece.start, piece.end, diagnosis)),
            None => self.report.diagnosis(&diagnosis),
        }
    }

    /// The next map call, or the end: a file that was mapped once more, and longer, has two views now; unless the call is
    /// munmap, of this range, of all of the shorter one. That is mremap as one has it on other systems.
    pub fn alias_stays(&mut self, tid: Pid, unmaps: Option<(u64, u64)>) {
        let Some((start, end, diagnosis)) = self.tasks.get_mut(&tid).and_then(|task| task.longer.take())
        else {
            return;
        };
        let goes =
            |(from, length): (u64, u64)| from <= start && end <= from.saturating_add(self.rounded(length));
        if !unmaps.is_some_and(goes) {
            self.report.diagnosis(&diagnosis);
        }
    }

    /// What a fixed mapping is about to replace, the heap and the stack included.
    fn victims(&mut self, tid: Pid, start: u64, end: u64) -> Vec<Piece> {
        let mut victims: Vec<Piece> =
            self.registry(tid).map(|r| r.within(start, end).cloned().collect()).unwrap_or_default();
        let pid = self.pid_of(tid);
        for line in ranges::lines_in(pid, start, end) {
            if !victims.iter().any(|v| v.start < line.end && line.start < v.end) {
                victims.push(self.kernel_piece(pid, &line));
            }
        }
        // what was never touched held nothing that could be lost
        victims.retain(|v| {
            let (from, to) = (v.start.max(start), v.end.min(end));
            v.prot != libc::PROT_NONE
                && (v.origin.shared()
                    || !v.origin.anonymous()
                    || !v.origin.judged()
                    || proc::pages(pid, from, to, self.page).is_none_or(|p| p.into_iter().any(proc::present)))
        });
        victims
    }

    fn clobbers(&mut self, tid: Pid, pending: &Pending, new: &Origin, end: u64, place: &Place) {
        let on_purpose = |old: &Piece| {
            let old_origin = &old.origin;
            // a window moved over one file; the same call placing piece after piece
            new.same_file(old_origin) || old_origin.place.as_ref() == Some(place)
                // giving memory back, or a guard
                || new.prot == libc::PROT_NONE
                // new zeroes in the midst of one's own arena; a file or a view in one's own reservation
                || old_origin.judged() && old_origin.anonymous() && !old_origin.shared()
                    && old_origin.start <= new.start && end <= old_origin.start + self.rounded(old_origin.length)
                    && (old_origin.start, old_origin.start + self.rounded(old_origin.length)) != (new.start, end)
                    && old_origin.place.as_ref().is_some_and(|p| Rc::ptr_eq(&p.module, &place.module))
                    && (new.anonymous() || old_origin.length >= 2 * (end - new.start))
                // a run-time system that lays its own image anew
                || !old_origin.judged() && !pending.caller.in_program
        };
        let lost = pending.victims.iter().find(|v| !on_purpose(v)).cloned();
        if let Some(old) = lost {
            let (from, to) = (old.start.max(new.start), old.end.min(end));
            let finding = Finding::FixedClobbers {
                what: self.memory(&old.origin),
                address: Address(from),
                length: Bytes(to - from),
                mapped: self.site(old.origin.place.as_ref()),
            };
            self.say_with(tid, finding, Some(place.clone()), Some(&old.origin));
        }
    }

    // ---- munmap

    /// What must be looked at while it is still there.
    fn look_before_unmap(&mut self, tid: Pid, start: u64, end: u64, pending: &mut Pending) {
        self.private_copies_go(tid, start, end, false);
        let all = self.registry(tid).map(|r| r.within(start, end).cloned().collect::<Vec<_>>());
        for piece in all.unwrap_or_default() {
            self.shared_with_nobody(tid, &piece);
        }
        let pieces: Vec<Piece> = self
            .registry(tid)
            .map(|r| {
                r.within(start, end)
                    .filter(|p| p.origin.judged() && p.origin.file.is_some())
                    .cloned()
                    .collect()
            })
            .unwrap_or_default();
        for piece in pieces {
            let from = piece.start.max(start);
            let to = piece.end.min(end);
            let place = pending.caller.place.clone();
            pending.found.extend(self.written_past_end(tid, &piece, from, to, place));
            pending.found.extend(self.private_writes(tid, &piece, from, to));
            self.pointers_left(tid, &piece, from, to);
        }
    }

    /// At the entry of a call that unmaps: from here on another thread may be given the same addresses.
    fn take_out(&mut self, tid: Pid, start: u64, end: u64, pending: &mut Pending) {
        let place = pending.caller.place.clone();
        let own = place.is_some() && (!pending.caller.blind || self.surely_own(tid, pending));
        let Some(registry) = self.registry_mut(tid) else { return };
        pending.victims = registry.take(start, end);
        let again = pending.victims.is_empty() && pending.number == libc::SYS_munmap;
        for piece in &pending.victims {
            registry.remember(Removed {
                start: piece.start,
                end: piece.end,
                origin: piece.origin.clone(),
                place: place.clone(),
                moved: pending.number == libc::SYS_mremap,
            });
        }
        if let (true, true, Some(place)) = (again, own, place) {
            pending.found.extend(self.unmapped_again(tid, start, end, &place));
        }
    }

    /// A munmap of aligned addresses only fails where a mapping must be cut and there are too many, where memory is
    /// sealed, or where it has huge pages.
    fn surely_succeeds(&self, tid: Pid, pending: &Pending) -> bool {
        const HUGETLBFS: u64 = 0x9584_58f6;
        let ordinary = |p: &Piece| match &p.origin.file {
            Some(file) => file.magic != HUGETLBFS,
            None => p.origin.flags & (libc::MAP_ANONYMOUS | libc::MAP_HUGETLB) == libc::MAP_ANONYMOUS,
        };
        let space = self.process(tid).and_then(|p| self.spaces.get(&p.space));
        let roomy = space.is_some_and(|s| !s.sealed && s.registry.len() < self.most_mappings / 2);
        roomy && !pending.victims.is_empty() && pending.victims.iter().all(ordinary)
    }

    /// The call failed: all is as before.
    fn put_back(&mut self, tid: Pid, pending: &mut Pending) {
        let Some(registry) = self.registry_mut(tid) else { return };
        registry.put_back(std::mem::take(&mut pending.victims)); // forgets the removal, too
    }

    fn unmapped(&mut self, tid: Pid, pending: &Pending, start: u64, length: u64) {
        if let (Some(place), Some(_)) = (&pending.caller.place, pending.victims.first()) {
            self.unmapped_too_long(tid, &pending.victims, length, place);
            self.unmapped_too_short(tid, &pending.victims, start, length, place);
        }
        if pending.victims.iter().any(|piece| piece.prot & libc::PROT_EXEC != 0) {
            let pid = self.pid_of(tid);
            self.unwinder.forget(pid);
        }
    }

    fn unmapped_again(&mut self, tid: Pid, start: u64, end: u64, place: &Place) -> Option<Diagnosis> {
        let pid = self.pid_of(tid);
        let known = self.registry(tid).and_then(|r| r.removed_from(start)).cloned();
        let old = known.filter(|o| o.origin.judged() && o.place.is_some())?;
        // the registry may have missed something: the kernel has the last word
        if old.origin.start != start || !ranges::lines_in(pid, start, end).is_empty() {
            return None;
        }
        let finding =
            Finding::UnmapAgain { address: Address(start), unmapped: self.site(old.place.as_ref()) };
        let mut diagnosis = self.diagnosis(tid, finding, Some(place.clone()), None);
        diagnosis.remarks.extend(old.place.map(|p| (words::unmapped_here as fn(_) -> _, p)));
        Some(diagnosis)
    }

    /// A neighbour went too: another mapping, made elsewhere, that lay behind by chance.
    fn unmapped_too_long(&mut self, tid: Pid, taken: &[Piece], length: u64, place: &Place) {
        let Some(first) = taken.first().filter(|f| f.origin.judged()) else { return };
        let whole_end = first.origin.start.saturating_add(self.rounded(first.origin.length));
        let neighbour = taken.iter().find(|p| {
            let other = &p.origin;
            p.start >= whole_end
                && other.region != first.origin.region
                && (other.place != first.origin.place)
                && p.prot != libc::PROT_NONE
        });
        let Some(neighbour) = neighbour.cloned() else { return };
        // all of both, and more than two: an allocator that gives back what grew together
        if taken.iter().filter(|p| p.origin.id != first.origin.id).count() > 1 && place.in_allocator() {
            return;
        }
        let lost: u64 = taken.iter().filter(|p| p.start >= whole_end).map(|p| p.end - p.start).sum();
        let finding = Finding::UnmapTooLong {
            length: Bytes(length),
            whole: Bytes(first.origin.length),
            lost: Bytes(lost),
            neighbour: self.site(neighbour.origin.place.as_ref()),
        };
        self.say_with(tid, finding, Some(place.clone()), Some(&neighbour.origin));
    }

    /// A rest stays: remembered, and said at exit if by then nothing uses it (see `end`).
    fn unmapped_too_short(&mut self, tid: Pid, taken: &[Piece], start: u64, length: u64, place: &Place) {
        let Some(first) = taken.first().filter(|f| f.origin.judged() && f.origin.start == start) else {
            return;
        };
        let cut = Rc::new(Cut { place: place.clone(), length });
        if let Some(registry) = self.registry_mut(tid) {
            registry.mark_cut(&first.origin, &cut);
        }
    }

    // ---- mprotect, mremap, msync, truncate

    fn protected(&mut self, tid: Pid, pending: &Pending, start: u64, end: u64, prot: i32) {
        if let Some(place) = &pending.caller.place {
            let place = place.clone();
            self.write_only(tid, prot, "mprotect", &place);
        }
        if let Some(registry) = self.registry_mut(tid) {
            registry.protect(start, end, prot);
        }
    }

    fn remapped(&mut self, tid: Pid, pending: &Pending, start: u64) {
        let [old, _, length, ..] = pending.arguments;
        let end = start.saturating_add(self.rounded(length));
        let piece = match pending.victims.first().cloned() {
            Some(piece) => piece,
            None => match self.registry(tid).and_then(|r| r.at(old)).cloned() {
                Some(piece) => piece,
                None => return,
            },
        };
        let Some(registry) = self.registry_mut(tid) else { return };
        let from = piece.offset_at(old);
        let first = &piece.origin;
        let origin = Origin {
            id: first.id,
            place: first.place.clone(),
            in_program: first.in_program,
            start,
            length,
            flags: first.flags,
            prot: first.prot,
            file: first.file.clone(),
            offset: from,
            region: first.region,
            pid: first.pid,
            stale: first.stale.clone(),
            name: first.name.clone(),
        };
        registry.insert(Piece { start, end, prot: piece.prot, origin: Rc::new(origin), cut: None });
    }

    fn synced(&mut self, tid: Pid, pending: &Pending, start: u64, length: u64) {
        let Some(place) = pending.caller.place.clone() else { return };
        if length != 0 && self.rounded(length) == 0 {
            let finding = Finding::SyncWraps { length: Number(length as i64) };
            return self.say(tid, finding, Some(place));
        }
        let end = start.saturating_add(self.rounded(length));
        let pieces: Vec<Piece> =
            self.registry(tid).map(|r| r.within(start, end).cloned().collect()).unwrap_or_default();
        // libunwind asks msync whether memory is there: only a file's private pages, mapped by the program, count
        let private =
            |p: &Piece| p.origin.judged() && !p.origin.shared() && p.origin.prot & libc::PROT_WRITE != 0;
        if let Some(first) = pieces.first().filter(|_| pieces.iter().all(private)) {
            if let Some(file) = first.origin.file.clone() {
                let finding = Finding::SyncPrivate {
                    file: self.file_name(&file),
                    mapped: self.site(first.origin.place.as_ref()),
                };
                let origin = first.origin.clone();
                return self.say_with(tid, finding, Some(place), Some(&origin));
            }
        }
        for piece in pieces.into_iter().filter(|p| p.origin.judged()) {
            if let Some(found) =
                self.written_past_end(tid, &piece, piece.start, piece.end, Some(place.clone()))
            {
                self.report.diagnosis(&found);
            }
        }
    }

    /// An open that may empty its file.
    fn opening(&mut self, tid: Pid, mut pending: Pending, registers: &Registers) -> Option<Pending> {
        if pending.number == libc::SYS_openat2 {
            let flags = sys::read_word(tid, pending.arguments[2])?;
            if flags & libc::O_TRUNC as u64 == 0 {
                return None;
            }
        }
        let pid = self.pid_of(tid);
        pending.caller = site::standing(&mut self.unwinder, pid, tid, registers);
        pending.caller.place.is_some().then_some(pending)
    }

    fn emptied(&mut self, tid: Pid, pending: &Pending, fd: i32) {
        if let (Some(data), Some(place)) = (proc::descriptor(tid, fd), &pending.caller.place) {
            self.sized(tid, &data, 0, place);
        }
    }

    fn sized(&mut self, tid: Pid, file: &std::fs::Metadata, length: u64, place: &Place) {
        use std::os::unix::fs::MetadataExt;
        let image = self.process(tid).map_or(0, |p| p.image);
        let (number, pid) = (self.number(), self.pid_of(tid));
        let truncation = Truncation { number, length, place: place.clone(), pid, image };
        self.truncations.insert((file.dev(), file.ino()), truncation);
        self.picture_resized(file, length, place);
    }

    fn truncated(&mut self, tid: Pid, pending: &Pending, length: u64) {
        let data = if pending.number == libc::SYS_ftruncate {
            proc::descriptor(tid, pending.arguments[0] as i32)
        } else {
            let Some(name) = sys::read_string(tid, pending.arguments[0]) else { return };
            let base = if name.starts_with('/') { "root" } else { "cwd/" };
            std::fs::metadata(format!("/proc/{tid}/{base}{name}")).ok()
        };
        if let (Some(data), Some(place)) = (data, &pending.caller.place) {
            self.sized(tid, &data, length, &place.clone());
        }
    }
}
