//! munmap: what goes, what stays, what was gone already.

use crate::ranges;
use crate::registry::{Cut, Piece, Removed};
use crate::report::Diagnosis;
use crate::site::Place;
use crate::sys::Pid;
use crate::tracer::{Pending, Tracer};
use crate::words::{self};
use explain::Finding;
use explain::value::*;
use std::rc::Rc;

impl Tracer {
    /// What must be looked at while it is still there.
    pub(super) fn look_before_unmap(&mut self, tid: Pid, start: u64, end: u64, pending: &mut Pending) {
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
    pub(super) fn take_out(&mut self, tid: Pid, start: u64, end: u64, pending: &mut Pending) {
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
    pub(super) fn surely_succeeds(&self, tid: Pid, pending: &Pending) -> bool {
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
    pub(super) fn put_back(&mut self, tid: Pid, pending: &mut Pending) {
        let Some(registry) = self.registry_mut(tid) else { return };
        registry.put_back(std::mem::take(&mut pending.victims)); // forgets the removal, too
    }

    pub(super) fn unmapped(&mut self, tid: Pid, pending: &Pending, start: u64, length: u64) {
        if let (Some(place), Some(_)) = (&pending.caller.place, pending.victims.first()) {
            self.unmapped_too_long(tid, &pending.victims, length, place);
            self.unmapped_too_short(tid, &pending.victims, start, length, place);
        }
        if pending.victims.iter().any(|piece| piece.prot & libc::PROT_EXEC != 0) {
            let pid = self.pid_of(tid);
            self.unwinder.forget(pid);
        }
    }

    pub(super) fn unmapped_again(
        &mut self,
        tid: Pid,
        start: u64,
        end: u64,
        place: &Place,
    ) -> Option<Diagnosis> {
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
    pub(super) fn unmapped_too_long(&mut self, tid: Pid, taken: &[Piece], length: u64, place: &Place) {
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
    pub(super) fn unmapped_too_short(
        &mut self,
        tid: Pid,
        taken: &[Piece],
        start: u64,
        length: u64,
        place: &Place,
    ) {
        let Some(first) = taken.first().filter(|f| f.origin.judged() && f.origin.start == start) else {
            return;
        };
        let cut = Rc::new(Cut { place: place.clone(), length });
        if let Some(registry) = self.registry_mut(tid) {
            registry.mark_cut(&first.origin, &cut);
        }
    }
}
