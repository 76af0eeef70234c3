//! The end of a process: what nobody can reach any more.

use crate::arch::{RED_ZONE, Registers};
use crate::proc;
use crate::ranges;
use crate::registry::Piece;
use crate::site;
use crate::sys::{self, Pid};
use crate::tracer::Tracer;
use explain::Finding;
use explain::value::*;
use std::collections::{HashMap, HashSet};

/// More memory than this is not searched for pointers: no leak is reported then.
const SEARCHED: u64 = 2 << 30;

impl Tracer {
    /// At the entry of exit_group: the process's memory is whole, its exit handlers have run.
    pub fn end(&mut self, tid: Pid, registers: &Registers) {
        let pid = self.pid_of(tid);
        let caller = site::standing(&mut self.unwinder, pid, tid, registers);
        self.flush_deferred(pid, caller.in_handler);
        if registers.arguments()[0] & 0xff != 0 {
            self.gave_up(tid);
        }
        self.private_copies_go(tid, 0, u64::MAX, false);
        let pieces: Vec<Piece> = self
            .registry(tid)
            .map(|r| r.pieces().filter(|p| p.origin.judged() && p.origin.pid == pid).cloned().collect())
            .unwrap_or_default();
        for piece in &pieces {
            let mut found: Vec<_> =
                self.written_past_end(tid, piece, piece.start, piece.end, None).into_iter().collect();
            found.extend(self.private_writes(tid, piece, piece.start, piece.end));
            for diagnosis in found {
                self.report.diagnosis(&diagnosis);
            }
            self.pointers_left(tid, piece, piece.start, piece.end);
        }
        for piece in &pieces {
            self.shared_with_nobody(tid, piece);
        }
        if !pieces.is_empty() {
            self.unreachable(tid, registers, &pieces);
        }
        if pid == self.main {
            self.finish();
        }
        if let (Some(status), true) = (self.report.error_exitcode, self.report.anything() && pid == self.main)
        {
            let mut changed = *registers;
            changed.set_argument(0, status.into());
            let _ = sys::set_registers(tid, &changed);
        }
    }

    /// Mappings, and rests of mappings, that no register, no live stack and no writable memory points into.
    fn unreachable(&mut self, tid: Pid, registers: &Registers, pieces: &[Piece]) {
        let pid = self.pid_of(tid);
        // code is reached without pointers, guards are never reached, a fixed place is known without a pointer;
        // other flags say that the kernel reaches it
        let plain = |p: &&Piece| {
            let o = &p.origin;
            p.prot & (libc::PROT_READ | libc::PROT_WRITE) != 0
                && p.prot & libc::PROT_EXEC == 0
                && o.flags
                    & (libc::MAP_STACK | libc::MAP_GROWSDOWN | libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE)
                    == 0
                && (o.flags & libc::MAP_ANONYMOUS != 0 || o.file.as_ref().is_some_and(|f| f.regular))
        };
        let candidates: Vec<Piece> = pieces.iter().filter(plain).cloned().collect();
        if candidates.is_empty() || !self.halt_others(tid) {
            return;
        }
        let Some(referenced) = self.referenced(tid, registers, &candidates) else { return };
        // by call address: bytes, the mappings, one of them
        let mut leaks: HashMap<u64, (u64, HashSet<u64>, Piece)> = HashMap::new();
        let mut kept: HashMap<String, (u64, u64)> = HashMap::new();
        for piece in &candidates {
            let origin = &piece.origin;
            let size = piece.end - piece.start;
            let alive = match &piece.cut {
                // a program that gives up does not tidy up
                None if registers.arguments()[0] as i32 != 0 => true,
                Some(_) => referenced.contains(&piece.start),
                None => candidates
                    .iter()
                    .any(|p| p.origin.region == origin.region && referenced.contains(&p.start)),
            };
            let Some(place) = &origin.place else { continue };
            // an allocator may hide its pointers (packed, relative): without its source, doubt
            let hidden = place.in_allocator() && place.module.line(place.address).is_none();
            if alive || hidden {
                let entry = kept.entry(self.report.place(Some(place))).or_default();
                *entry = (entry.0 + 1, entry.1 + size);
                continue;
            }
            match &piece.cut {
                Some(cut) => {
                    let whole = Bytes(origin.length);
                    let (length, left) = (Bytes(cut.length), Bytes(size));
                    let mapped = self.site(Some(place));
                    let finding = if cut.length == 8 {
                        Finding::UnmapTooShortPointer { length, whole, left, mapped }
                    } else {
                        Finding::UnmapTooShort { length, whole, left, mapped }
                    };
                    self.say_with(tid, finding, Some(cut.place.clone()), Some(origin));
                }
                None => {
                    let entry =
                        leaks.entry(place.address).or_insert_with(|| (0, HashSet::new(), piece.clone()));
                    entry.0 += size;
                    entry.1.insert(origin.id);
                }
            }
        }
        let mut leaks: Vec<_> = leaks.into_values().collect();
        leaks.sort_by_key(|(_, _, piece)| piece.origin.id);
        let returned = site::main_has_returned(&mut self.unwinder, pid, tid, registers);
        for (lost, mappings, piece) in leaks {
            // what main mapped once, and a variable of its own held to the last: that frame is gone by now
            let in_main = piece.origin.place.as_ref().is_some_and(|place| place.is_in("main"));
            if returned && in_main && mappings.len() == 1 {
                let entry = kept.entry(self.report.place(piece.origin.place.as_ref())).or_default();
                *entry = (entry.0 + 1, entry.1 + lost);
                continue;
            }
            let finding = Finding::Leak {
                what: self.memory(&piece.origin),
                lost: Bytes(lost),
                times: Times(mappings.len() as u64),
                mapped: self.site(piece.origin.place.as_ref()),
            };
            self.say(tid, finding, piece.origin.place.clone());
        }
        if self.report.summary && pid == self.main {
            self.report.kept =
                kept.into_iter().map(|(place, (count, bytes))| (place, count, bytes)).collect();
            self.report.kept.sort();
        }
    }

    /// The starts of those candidates that something points into. None: too much to look through.
    fn referenced(&mut self, tid: Pid, registers: &Registers, candidates: &[Piece]) -> Option<Vec<u64>> {
        let pid = self.pid_of(tid);
        let mut found = vec![false; candidates.len()];
        let lowest = candidates.first()?.start;
        let highest = candidates.last()?.end;
        let lines = proc::maps(pid);
        // the loader remembers where each library ends: no pointer to what lies behind by chance
        let loaders: Vec<(u64, u64)> = self
            .registry(tid)
            .map(|r| {
                r.pieces()
                    .filter(|p| !p.origin.judged() && p.origin.name != "[stack]")
                    .map(|p| (p.start, p.end))
            })
            .into_iter()
            .flatten()
            .collect();
        let by_loader = |from: u64| {
            let at = loaders.partition_point(|(start, _)| *start <= from);
            at.checked_sub(1).and_then(|at| loaders.get(at)).is_some_and(|(_, end)| from < *end)
        };
        let mut look = |word: u64, from: u64| {
            if word < lowest || highest <= word {
                return;
            }
            let at = candidates.partition_point(|p| p.start <= word);
            let Some((at, piece)) = at.checked_sub(1).and_then(|at| Some((at, candidates.get(at)?))) else {
                return;
            };
            // a pointer within the memory itself does not lead there
            if word >= piece.end || piece.start <= from && from < piece.end {
                return;
            }
            if word == piece.start && loaders.iter().any(|(_, end)| *end == word) && by_loader(from) {
                return;
            }
            found[at] = true;
        };
        let mut stacks = Vec::new();
        for thread in self.threads(pid) {
            let (values, stack) = if thread == tid {
                site::live(&mut self.unwinder, pid, tid, registers)
            } else {
                let values = sys::registers(thread).ok()?;
                (values.dwarf().to_vec(), values.sp().saturating_sub(RED_ZONE))
            };
            values.into_iter().for_each(|word| look(word, 0));
            stacks.push(stack);
        }
        let mut searched = 0;
        for line in lines.iter().filter(|l| l.prot & libc::PROT_WRITE != 0) {
            // what lies below a stack pointer is dead
            let start = stacks
                .iter()
                .copied()
                .filter(|s| line.start <= *s && *s < line.end)
                .min()
                .unwrap_or(line.start);
            let start = start & !7;
            let left = ((SEARCHED - searched) / self.page) as usize;
            let first = start & !(self.page - 1);
            let pages = ranges::present_pages(pid, first, line.end, self.page, left)?;
            let mut page = vec![0; self.page as usize];
            for address in pages {
                searched += self.page;
                let got = sys::read_memory(pid, address, &mut page);
                for (at, word) in page[..got].chunks_exact(8).enumerate() {
                    let from = address + at as u64 * 8;
                    if from >= start {
                        look(u64::from_le_bytes(word.try_into().unwrap_or_default()), from);
                    }
                }
            }
        }
        Some(candidates.iter().zip(found).filter(|(_, found)| *found).map(|(p, _)| p.start).collect())
    }
}
