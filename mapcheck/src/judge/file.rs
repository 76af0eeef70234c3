//! Bytes written where no file keeps them, and addresses written where others read them.

use super::TMPFS;
use crate::proc;
use crate::ranges;
use crate::registry::{File as MappedFile, Origin, Piece};
use crate::report::Diagnosis;
use crate::site::Place;
use crate::sys::{self, Pid};
use crate::tracer::Tracer;
use explain::Finding;
use explain::value::*;
use std::cell::OnceCell;
use std::os::unix::fs::{FileExt, MetadataExt};

/// Private pages that are compared with the file, at most.
const COMPARED: usize = 256;
/// Bytes of a shared mapping that are searched for pointers, at most.
const SEARCHED: u64 = 64 << 20;

impl Tracer {
    /// Bytes between the end of the file and the end of its last page, when a mapping is made. Only file systems in
    /// memory keep such.
    pub fn stale_tail(&mut self, tid: Pid, origin: &Origin, file: &MappedFile, place: &Place) -> Vec<u8> {
        if file.magic != TMPFS || !file.regular {
            return Vec::new();
        }
        let tail =
            self.tail(tid, origin, origin.start, origin.start.saturating_add(origin.length), file.size);
        let tail = tail.unwrap_or_default();
        let stray = tail.len() as u64;
        if stray > 0 {
            let finding = Finding::StaleTail {
                file: self.file_name(file),
                size: Bytes(file.size),
                stray: Bytes(stray),
            };
            self.say(tid, finding, Some(place.clone()));
        }
        tail
    }

    /// What stands between the end of the file and the end of its last page, up to the last byte that is not zero.
    fn tail(&self, tid: Pid, origin: &Origin, start: u64, end: u64, size: u64) -> Option<Vec<u8>> {
        let inside = size % self.page;
        if inside == 0 {
            return None;
        }
        let last_page = origin.start.wrapping_add((size - inside).checked_sub(origin.offset)?);
        if last_page < start || last_page >= end.next_multiple_of(self.page) {
            return None;
        }
        let mut bytes = vec![0; (self.page - inside) as usize];
        let got = sys::read_memory(tid, last_page + inside, &mut bytes);
        bytes.truncate(got);
        let used = bytes.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
        bytes.truncate(used);
        Some(bytes)
    }

    /// `write-past-end-of-file`: at unmap, sync or exit.
    pub fn written_past_end(
        &mut self,
        tid: Pid,
        piece: &Piece,
        start: u64,
        end: u64,
        place: Option<Place>,
    ) -> Option<Diagnosis> {
        let origin = piece.origin.clone();
        let file = origin.file.clone()?;
        if !file.regular || !origin.shared() || piece.prot & libc::PROT_WRITE == 0 {
            return None;
        }
        let size = self.size_now(tid, start, &file)?;
        let tail = self.tail(tid, &origin, start, end, size)?;
        if tail.is_empty() || tail == origin.stale {
            return None;
        }
        let finding = Finding::WritePastEndOfFile {
            file: self.file_name(&file),
            size: Bytes(size),
            stray: Bytes(tail.len() as u64),
        };
        let place = place.or_else(|| origin.place.clone());
        Some(self.diagnosis(tid, finding, place, Some(&origin)))
    }

    fn size_now(&self, tid: Pid, address: u64, file: &MappedFile) -> Option<u64> {
        let data = std::fs::metadata(self.mapped_path(tid, address)?).ok()?;
        (data.ino() == file.inode).then(|| data.size())
    }

    fn mapped_path(&self, tid: Pid, address: u64) -> Option<String> {
        let line = ranges::line_at(tid, address)?;
        proc::mapped_file(tid, &line)
    }

    /// `private-writes-lost`: pages of a private mapping that were copied, and hold something else than a file that
    /// could have been written.
    pub fn private_writes(&mut self, tid: Pid, piece: &Piece, start: u64, end: u64) -> Option<Diagnosis> {
        let origin = piece.origin.clone();
        let file = origin.file.clone()?;
        let place = origin.place.clone()?;
        let writable = file.access & libc::O_ACCMODE == libc::O_RDWR;
        if origin.shared()
            || !file.regular
            || !writable
            || !origin.in_program
            || origin.prot & libc::PROT_WRITE == 0
            || origin.prot & libc::PROT_EXEC != 0
            || origin.pid != self.pid_of(tid)
            || place.in_allocator()
        {
            return None;
        }
        let words = proc::pages(tid, start, end, self.page)?;
        let on_disk = std::fs::File::open(self.mapped_path(tid, start)?).ok()?;
        let mut changed = 0;
        let copied = words.iter().enumerate().filter(|(_, w)| proc::copied(**w));
        for (at, _) in copied.take(COMPARED) {
            let address = start + at as u64 * self.page;
            let mut ours = vec![0; self.page as usize];
            let mut theirs = ours.clone();
            // (Memory that the program may only write is read all the same.)
            if sys::read_memory(tid, address, &mut ours) != ours.len()
                && !proc::read_by_force(tid, address, &mut ours)
            {
                continue;
            }
            let got = on_disk.read_at(&mut theirs, piece.offset_at(address)).ok()?;
            // what lies after the end of the file could not have been saved anyway
            changed += u64::from(ours.get(..got) != theirs.get(..got));
        }
        if changed == 0 {
            return None;
        }
        let finding = Finding::PrivateWritesLost {
            file: self.file_name(&file),
            pages: Pages(changed),
            mapped: self.site(Some(&place)),
        };
        Some(self.diagnosis(tid, finding, Some(place), None))
    }

    /// `pointer-in-shared-memory`, first half: a shared file holds addresses of this process. Kept until a process
    /// maps the file that is no fork of this one.
    pub fn pointers_left(&mut self, tid: Pid, piece: &Piece, start: u64, end: u64) {
        let origin = piece.origin.clone();
        let (Some(file), Some(place)) = (&origin.file, &origin.place) else { return };
        if !origin.shared() || !file.regular || origin.prot & libc::PROT_WRITE == 0 || end - start > SEARCHED
        {
            return;
        }
        if origin.flags & (libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE) != 0 {
            return; // an agreed address
        }
        let size = self.size_now(tid, start, file).unwrap_or(0);
        let end = end.min(start + size.saturating_sub(piece.offset_at(start)).next_multiple_of(self.page));
        let lines = OnceCell::new(); // read when a word looks like an address
        let mut bytes = vec![0; (end.saturating_sub(start)) as usize];
        let got = sys::read_memory(tid, start, &mut bytes);
        // the program's own memory; a thread's own block is its name (pthread_self), not an address to go to
        let threads: Vec<u64> = self
            .threads(self.pid_of(tid))
            .into_iter()
            .filter_map(|t| sys::registers(t).ok()?.thread_block())
            .collect();
        let registry = self.registry(tid);
        let own = |word: u64| registry.and_then(|r| r.at(word)).is_some_and(|p| p.origin.judged());
        let target = |word: u64| {
            if word <= 0xffff_ffff || word >> 56 != 0 {
                return None;
            }
            let lines = lines.get_or_init(|| proc::maps(tid));
            let line = lines.iter().find(|l| l.start <= word && word < l.end)?;
            let ours = own(word) || line.name == "[heap]" || line.name == "[stack]";
            (ours && !threads.contains(&word)).then_some(line)
        };
        let found = bytes[..got].chunks_exact(8).enumerate().find_map(|(at, word)| {
            let word = u64::from_le_bytes(word.try_into().ok()?);
            Some((at as u64 * 8, word, target(word)?.clone()))
        });
        let key = (file.device, file.inode);
        let Some((at, pointer, line)) = found else {
            self.pointers.remove(&key);
            return;
        };
        let target = if line.inode == 0 && !line.name.starts_with('[') { "" } else { line.name.as_str() };
        let finding = Finding::PointerInSharedMemory {
            file: self.file_name(file),
            offset: Number((piece.offset_at(start) + at) as i64),
            pointer: Address(pointer),
            target: Memory(self.shorten(target)),
        };
        let diagnosis = self.diagnosis(tid, finding, Some(place.clone()), None);
        let Some(image) = self.process(tid).map(|p| p.image) else { return };
        let strangers = self.sharers.get(&key).map_or(&[][..], |all| all);
        if strangers.iter().any(|(other, at)| *other != image && *at != origin.start) {
            self.report.diagnosis(&diagnosis);
        } else {
            self.pointers.insert(key, (image, diagnosis));
        }
    }

    /// Second half: a process maps the file that is no fork of the one who left pointers there.
    pub fn stranger(&mut self, tid: Pid, origin: &Origin, file: &MappedFile) {
        let key = (file.device, file.inode);
        let Some(image) = self.process(tid).map(|p| p.image) else { return };
        if !origin.shared() || !file.regular {
            return;
        }
        if self.pointers.get(&key).is_some_and(|(writer, _)| *writer != image) {
            if let Some((_, diagnosis)) = self.pointers.remove(&key) {
                self.report.diagnosis(&diagnosis);
            }
        }
        let all = self.sharers.entry(key).or_default();
        if all.len() < 64 && !all.contains(&(image, origin.start)) {
            all.push((image, origin.start));
        }
    }
}
