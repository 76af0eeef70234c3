//! mmap, where it succeeded: what it has mapped, and what went for it.

use crate::proc;
use crate::ranges;
use crate::registry::{File as MappedFile, Origin, Piece};
use crate::site::Place;
use crate::sys::{self, Pid};
use crate::tracer::{Pending, Tracer};
use explain::Finding;
use explain::value::*;
use std::rc::Rc;

impl Tracer {
    pub(super) fn mapped(&mut self, tid: Pid, pending: &Pending, start: u64) {
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

    pub(super) fn longer_than_file(&mut self, tid: Pid, origin: &Origin, file: &MappedFile, place: &Place) {
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
    pub(super) fn both_types(&mut self, tid: Pid, prot: i32, flags: i32, file: &MappedFile, place: &Place) {
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

    pub(super) fn write_only(&mut self, tid: Pid, prot: i32, call: &'static str, place: &Place) {
        if place.is_own() && prot & (libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) == libc::PROT_WRITE
        {
            self.say(tid, Finding::ProtectionWriteOnly { call: Word(call) }, Some(place.clone()));
        }
    }

    /// Two writable views of one file, and neither placed by hand (who does that wants a ring, or a second view).
    pub(super) fn alias(&mut self, tid: Pid, origin: &Origin, file: &MappedFile, place: &Place) {
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
    pub(super) fn victims(&mut self, tid: Pid, start: u64, end: u64) -> Vec<Piece> {
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

    pub(super) fn clobbers(&mut self, tid: Pid, pending: &Pending, new: &Origin, end: u64, place: &Place) {
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
}
