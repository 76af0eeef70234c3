//! Where the tracer and the judge pass by: each function notes one thing, and does nothing without
//! `--picture`.

use super::pages::{Kind, Pages};
use super::record::{End, Fault, Life, Moment, Record, Run, Section, What};
use crate::proc;
use crate::ranges;
use crate::registry::{File, Origin};
use crate::report::Diagnosis;
use crate::site::Place;
use crate::sys::{self, Pid};
use crate::tracer::{Pending, Tracer};
use crate::words::Note;
use explain::Slug;
use std::fs::{Metadata, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::rc::Rc;

impl Tracer {
    /// At the entry of a call that may remove pages: what they hold is seen now or never.
    pub fn picture_before(&mut self, tid: Pid, number: i64, arguments: [u64; 6]) {
        if self.picture.is_none() {
            return;
        }
        let [a, b, c, d, ..] = arguments;
        let to = |length: u64| a.saturating_add(length).saturating_add(self.page - 1) & !(self.page - 1);
        match number {
            libc::SYS_munmap | libc::SYS_msync => self.picture_look(tid, a, to(b)),
            libc::SYS_mremap => self.picture_look(tid, 0, u64::MAX), // where it goes may be taken
            libc::SYS_mmap if d as i32 & libc::MAP_FIXED != 0 => self.picture_look(tid, a, to(b)),
            libc::SYS_mprotect if c as i32 == libc::PROT_NONE => self.picture_look(tid, a, to(b)),
            libc::SYS_execve | libc::SYS_execveat => self.picture_look(tid, 0, u64::MAX),
            // pages beyond the new end of the file go
            libc::SYS_truncate | libc::SYS_ftruncate | libc::SYS_openat | libc::SYS_openat2 => {
                self.picture_look(tid, 0, u64::MAX);
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open | libc::SYS_creat => self.picture_look(tid, 0, u64::MAX),
            libc::SYS_exit_group => self.picture_close(tid, Some(a as i32 & 0xff)),
            _ => {}
        }
    }

    /// After a call that succeeded.
    pub fn picture_after(&mut self, tid: Pid, pending: &Pending, result: i64) {
        let page = self.page;
        let to = |a: u64, length: u64| a.saturating_add(length).saturating_add(page - 1) & !(page - 1);
        let place = pending.caller.place.clone();
        let [a, b, c, ..] = pending.arguments;
        let Some(now) = self.picture.as_mut().map(Record::tick) else { return };
        match pending.number {
            libc::SYS_mmap => {
                let start = result as u64;
                self.picture_gone(tid, start, to(start, b), now, What::Replaced, place);
                self.picture_mapped(tid, start, now);
            }
            libc::SYS_munmap => self.picture_gone(tid, a, to(a, b), now, What::Unmapped, place),
            libc::SYS_mremap => self.picture_remapped(tid, a, to(a, b), result as u64, c, now, place),
            libc::SYS_mprotect => self.picture_lives(tid, a, to(a, b), |life, range| {
                if !life.there(range.clone()).is_empty() {
                    life.change(range, |run| run.prot = c as i32);
                    life.note(now, What::Protected(c as i32), place.clone());
                }
            }),
            libc::SYS_msync => {
                // the judge looks at what lies behind the end of the file, and by that enters the page
                let pid = self.pid_of(tid);
                self.picture_lives(tid, a, to(a, b), |life, range| {
                    for part in life.there(range) {
                        life.pages.disown(pid, life.start, part, page);
                    }
                });
            }
            _ => {}
        }
    }

    /// A file was given another length by a call: every mapping of it, in every process, has it.
    pub fn picture_resized(&mut self, data: &Metadata, size: u64, place: &Place) {
        let Some(record) = self.picture.as_mut() else { return };
        let now = record.tick();
        let page = record.page;
        for section in record.sections.iter_mut().filter(|s| s.alive()) {
            for life in section.lives.iter_mut().filter(|l| !l.is_gone()) {
                let file = life.origin.file.as_ref();
                if file.is_some_and(|f| f.regular && f.device == data.dev() && f.inode == data.ino()) {
                    cut(life, section.pid, size, page);
                    life.sized(now, size, Some(place.clone()));
                }
            }
        }
    }

    /// A fault that is reported: a process dies of it, sooner or later.
    pub fn picture_fault(&mut self, pid: Pid, signal: i32, address: u64, diagnosis: &Diagnosis) {
        if self.picture.is_none() {
            return;
        }
        let Some((space, parent)) = self.process(pid).map(|p| (p.space, p.parent)) else { return };
        use Slug::*;
        let slug = diagnosis.message.slug();
        let registry = self.registry(pid);
        let removed = registry.and_then(|r| r.removed_at(address)).filter(|_| slug == UseAfterUnmap).cloned();
        let origin = match slug {
            UseAfterUnmap => removed.as_ref().map(|r| r.origin.clone()),
            PastTheEnd => registry.and_then(|r| r.before(address)).map(|p| p.origin.clone()),
            _ => registry.and_then(|r| r.at(address)).map(|p| p.origin.clone()),
        };
        let gone = removed.is_some();
        let Some(record) = self.picture.as_mut() else { return };
        let Some(index) = record.open(space, pid, parent) else { return };
        let (page, now) = (record.page, record.tick());
        let section = &mut record.sections[index];
        let mut life = None;
        if let Some(origin) = origin.filter(|o| o.judged()) {
            // mremap may have moved it: what is gone is drawn where it was
            let same = section.lives.iter().filter(|l| l.origin.id == origin.id);
            let moved = same.flat_map(|l| &l.events).filter(|e| matches!(e.what, What::Remapped(_)));
            let moved = moved.map(|e| e.at).max();
            let here = |l: &Life| !gone || (l.start..l.end(page)).contains(&address);
            let known = section.lives.iter().rposition(|l| l.origin.id == origin.id && here(l));
            life = Some(known.unwrap_or_else(|| {
                // its parent's, or one of too many
                let older = section.lives.iter().filter(|l| l.origin.id < origin.id).map(|l| l.born);
                let mut life = life_of(&origin, page, older.max().unwrap_or(0));
                life.inherited = origin.pid != pid;
                let counted = section.others.iter_mut().find(|(place, _)| *place == origin.place);
                if let Some((_, count)) = counted.filter(|_| !life.inherited) {
                    *count -= 1;
                }
                section.others.retain(|(_, count)| *count > 0);
                section.lives.push(life);
                section.lives.len() - 1
            }));
            if let Some(life) = life.and_then(|at| section.lives.get_mut(at)) {
                if let (Some(removed), None) = (removed, known) {
                    life.change(0..u64::MAX, |run| run.gone = true);
                    let what = if removed.moved { What::Moved } else { What::Unmapped };
                    life.note(moved.unwrap_or(now), what, removed.place);
                }
                if (life.start..life.end(page)).contains(&address) {
                    life.pages.also((address - life.start) / page);
                }
            }
        }
        self.picture_look(pid, 0, u64::MAX);
        let Some(record) = self.picture.as_mut() else { return };
        let at = record.tick();
        let fault = Fault { signal, address, slug, place: diagnosis.place.clone(), at, life };
        record.sections[index].fault = Some(fault);
    }

    /// A thread is at its end, its process's memory still whole. The last one draws the picture: nobody
    /// knows of the program's end before it is there.
    pub fn picture_exit(&mut self, tid: Pid) {
        if self.picture.is_none() {
            return;
        }
        self.picture_close(tid, None);
        let pid = self.pid_of(tid);
        let status = sys::event_message(tid).unwrap_or(0) as i32;
        let end = if libc::WIFSIGNALED(status) {
            End::Killed(libc::WTERMSIG(status))
        } else {
            End::Exited(libc::WEXITSTATUS(status))
        };
        let threads = self.threads(pid);
        let space = self.process(pid).map(|p| p.space);
        let main = pid == self.main;
        let Some(record) = self.picture.as_mut() else { return };
        record.ending.insert(tid, end);
        if !threads.iter().all(|t| record.ending.contains_key(t)) {
            return;
        }
        let end = record.ending.get(&pid).copied().unwrap_or(end);
        record.ending.retain(|t, _| !threads.contains(t));
        let section = space.and_then(|s| record.section(s)).filter(|s| s.pid == pid);
        let end = match (end, section.as_ref().and_then(|s| s.status)) {
            (End::Exited(_), Some(own)) => End::Exited(own),
            (end, _) => end,
        };
        if let Some(section) = section {
            section.end = Some(end);
        }
        if main {
            record.end = Some(end);
            self.picture_draw();
        }
    }

    /// The program is about to be killed, and perhaps whoever would see that.
    pub fn picture_killed(&mut self, pid: Pid, signal: i32) {
        self.picture_close(pid, None);
        if let Some(section) = self.picture_section(pid) {
            section.end = Some(End::Killed(signal));
        }
        if let Some(record) = self.picture.as_mut() {
            record.end = Some(End::Killed(signal));
        }
        self.picture_draw();
    }

    /// Writes the picture, as far as it is known.
    pub fn picture_draw(&mut self) {
        let Some(mut record) = self.picture.take() else { return };
        if record.main.is_some() {
            let image = super::draw::image(&record, &self.report);
            if record.target.write(&image).is_err() {
                let path = record.target.path().display().to_string();
                self.report.note(Note::CannotWrite, &path);
            }
        }
        // what children do later goes into a second one
        let later = record.target.can_replace();
        self.picture = Some(record).filter(|_| later);
    }

    /// A process begins a program: its mappings of before are gone.
    pub fn picture_begin(&mut self, pid: Pid) {
        let main = self.main;
        let space = self.process(pid).map(|p| p.space);
        let Some(record) = self.picture.as_mut() else { return };
        if pid == main {
            record.main = Some(main);
        }
        let left =
            record.sections.iter_mut().filter(|s| s.pid == pid && Some(s.space) != space && s.end.is_none());
        left.for_each(|s| s.replaced = true);
    }

    // ---- the parts

    fn picture_section(&mut self, tid: Pid) -> Option<&mut Section> {
        let space = self.process(tid)?.space;
        self.picture.as_mut()?.section(space)
    }

    /// The mappings in a range of addresses, with their pages there.
    fn picture_lives(
        &mut self,
        tid: Pid,
        start: u64,
        end: u64,
        mut each: impl FnMut(&mut Life, std::ops::Range<u64>),
    ) {
        let page = self.page;
        let Some(section) = self.picture_section(tid) else { return };
        for life in section.lives.iter_mut().filter(|l| !l.is_gone()) {
            let range = life.numbers(start, end, page);
            if !range.is_empty() {
                each(life, range);
            }
        }
    }

    /// Looks at the pages in a range, and at how long the files behind them are.
    fn picture_look(&mut self, tid: Pid, start: u64, end: u64) {
        let (pid, page) = (self.pid_of(tid), self.page);
        let Some(now) = self.picture.as_mut().map(Record::tick) else { return };
        let truncations = std::mem::take(&mut self.truncations);
        self.picture_lives(tid, start, end, |life, range| {
            let there = life.there(range);
            let file = life.origin.file.clone().filter(|f| f.regular);
            let address = there.first().map(|part| life.start + part.start * page);
            if let (Some(file), Some(address)) = (file, address) {
                if let Some(size) = size_now(pid, &file, address) {
                    let by = truncations.get(&(file.device, file.inode)).filter(|t| t.length == size);
                    cut(life, pid, size, page);
                    life.sized(now, size, by.map(|t| t.place.clone()));
                }
            }
            for part in there {
                life.pages.look(pid, life.start, part, page);
            }
        });
        self.truncations = truncations;
    }

    /// The last look at a process's pages: before the judge looks at them, and by that enters some.
    fn picture_close(&mut self, tid: Pid, status: Option<i32>) {
        let pid = self.pid_of(tid);
        let Some(section) = self.picture_section(tid) else { return };
        if section.closed || section.pid != pid {
            return;
        }
        section.status = status;
        section.closed = status.is_some();
        self.picture_look(tid, 0, u64::MAX);
    }

    fn picture_mapped(&mut self, tid: Pid, start: u64, now: Moment) {
        let pid = self.pid_of(tid);
        let Some((space, parent)) = self.process(tid).map(|p| (p.space, p.parent)) else { return };
        let Some(origin) = self.registry(tid).and_then(|r| r.at(start)).map(|p| p.origin.clone()) else {
            return;
        };
        if !origin.judged() || origin.start != start {
            return;
        }
        let Some(record) = self.picture.as_mut() else { return };
        let Some(section) = record.open(space, pid, parent) else { return };
        if !record.has_room(section, origin.place.as_ref()) {
            return;
        }
        let page = record.page;
        let mut life = life_of(&origin, page, now);
        if let Some(file) = &origin.file {
            if kind(&origin) == Kind::SharedFile {
                life.pages.remember(open(pid, file, start), origin.offset, page);
            }
        }
        life.pages.disown(pid, start, 0..life.pages.count, page);
        record.sections[section].lives.push(life);
    }

    fn picture_gone(
        &mut self,
        tid: Pid,
        start: u64,
        end: u64,
        now: Moment,
        what: What,
        place: Option<Place>,
    ) {
        self.picture_lives(tid, start, end, |life, range| {
            if life.there(range.clone()).is_empty() {
                return;
            }
            life.change(range, |run| run.gone = true);
            let part = what == What::Unmapped && !life.is_gone();
            life.note(now, if part { What::UnmappedPart } else { what }, place.clone());
        });
    }

    #[allow(clippy::too_many_arguments)] // they are the call's
    fn picture_remapped(
        &mut self,
        tid: Pid,
        old: u64,
        old_end: u64,
        new: u64,
        length: u64,
        now: Moment,
        place: Option<Place>,
    ) {
        let page = self.page;
        let whole = |l: &&mut Life| l.start == old && l.end(page) == old_end && !l.is_gone();
        if new != old {
            let end = new.saturating_add(length.next_multiple_of(page)); // MREMAP_FIXED
            self.picture_gone(tid, new, end, now, What::Replaced, place.clone());
        }
        let Some(life) = self.picture_section(tid).and_then(|s| s.lives.iter_mut().find(whole)) else {
            // a part of one: the rest stays what it is
            self.picture_gone(tid, old, old_end, now, What::Unmapped, place);
            return self.picture_mapped(tid, new, now);
        };
        let count = length.div_ceil(page);
        life.length = length;
        let prot = life.runs.last().map_or(0, |r| r.prot);
        life.start = new;
        life.pages.count = count;
        life.change(count..u64::MAX, |run| run.gone = true);
        life.runs.retain(|r| !r.gone);
        let had = life.runs.last().map_or(0, |r| r.pages.end);
        if had < count {
            life.runs.push(Run { pages: had..count, prot, gone: false });
            life.change(0..count, |_| ()); // joins what is alike
        }
        life.note(now, What::Remapped(count), place);
    }
}

/// Before a file is known to be shorter: what was written is to be told from what was cut.
fn cut(life: &mut Life, pid: Pid, size: u64, page: u64) {
    if life.size().is_some_and(|before| size < before) {
        let file = life.origin.file.as_ref().and_then(|file| open(pid, file, life.start));
        life.pages.forget(file, life.origin.offset, size, page);
    }
}

/// A mapping as its call made it.
fn life_of(origin: &Rc<Origin>, page: u64, now: Moment) -> Life {
    let count = origin.length.div_ceil(page);
    let run = Run { pages: 0..count, prot: origin.prot, gone: false };
    Life {
        origin: origin.clone(),
        start: origin.start,
        length: origin.length,
        pages: Pages::new(kind(origin), count),
        runs: vec![run],
        born: now,
        inherited: false,
        events: Vec::new(),
        sizes: origin.file.as_ref().filter(|f| f.regular).map(|f| f.size).into_iter().collect(),
    }
}

fn kind(origin: &Origin) -> Kind {
    match &origin.file {
        Some(file) if !file.regular => Kind::Other,
        Some(_) if origin.shared() => Kind::SharedFile,
        Some(_) => Kind::PrivateFile,
        None if origin.flags & libc::MAP_ANONYMOUS != 0 => Kind::Anonymous,
        None => Kind::Other,
    }
}

/// A path by which we reach the file, whatever has become of its name.
fn path(pid: Pid, file: &File, address: u64) -> Option<String> {
    let same = |path: &String| {
        std::fs::metadata(path).is_ok_and(|d| d.ino() == file.inode && d.dev() == file.device)
    };
    let named = format!("/proc/{pid}/root{}", file.path);
    Some(named).filter(same).or_else(|| {
        let line = ranges::line_at(pid, address)?;
        proc::mapped_file(pid, &line).filter(same)
    })
}

fn size_now(pid: Pid, file: &File, address: u64) -> Option<u64> {
    path(pid, file, address).and_then(|p| std::fs::metadata(p).ok()).map(|d| d.size())
}

/// The file, without a trace of our reading where that is permitted.
fn open(pid: Pid, file: &File, address: u64) -> Option<std::fs::File> {
    let path = path(pid, file, address)?;
    let quietly = OpenOptions::new().read(true).custom_flags(libc::O_NOATIME).open(&path);
    quietly.or_else(|_| OpenOptions::new().read(true).open(&path)).ok()
}
