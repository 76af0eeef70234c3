//! mprotect, mremap, msync, and calls that set a file's size.

use crate::arch::Registers;
use crate::proc;
use crate::registry::{Origin, Piece};
use crate::site::{self, Place};
use crate::sys::{self, Pid};
use crate::tracer::{Pending, Tracer, Truncation};
use explain::Finding;
use explain::value::*;
use std::rc::Rc;

impl Tracer {
    pub(super) fn protected(&mut self, tid: Pid, pending: &Pending, start: u64, end: u64, prot: i32) {
        if let Some(place) = &pending.caller.place {
            let place = place.clone();
            self.write_only(tid, prot, "mprotect", &place);
        }
        if let Some(registry) = self.registry_mut(tid) {
            registry.protect(start, end, prot);
        }
    }

    pub(super) fn remapped(&mut self, tid: Pid, pending: &Pending, start: u64) {
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

    pub(super) fn synced(&mut self, tid: Pid, pending: &Pending, start: u64, length: u64) {
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
    pub(super) fn opening(
        &mut self,
        tid: Pid,
        mut pending: Pending,
        registers: &Registers,
    ) -> Option<Pending> {
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

    pub(super) fn emptied(&mut self, tid: Pid, pending: &Pending, fd: i32) {
        if let (Some(data), Some(place)) = (proc::descriptor(tid, fd), &pending.caller.place) {
            self.sized(tid, &data, 0, place);
        }
    }

    pub(super) fn sized(&mut self, tid: Pid, file: &std::fs::Metadata, length: u64, place: &Place) {
        use std::os::unix::fs::MetadataExt;
        let image = self.process(tid).map_or(0, |p| p.image);
        let (number, pid) = (self.number(), self.pid_of(tid));
        let truncation = Truncation { number, length, place: place.clone(), pid, image };
        self.truncations.insert((file.dev(), file.ino()), truncation);
        self.picture_resized(file, length, place);
    }

    pub(super) fn truncated(&mut self, tid: Pid, pending: &Pending, length: u64) {
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
