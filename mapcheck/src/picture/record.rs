//! What is remembered of a program's life for its picture: the mappings that its own calls made, what became
//! of each, and how the process ended. Bounded: of a program that maps without end, the first ones, and
//! those it died in.

use super::pages::Pages;
use super::target::Target;
use crate::options::Options;
use crate::registry::Origin;
use crate::site::Place;
use crate::sys::Pid;
use explain::{Language, Slug};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// Mappings that are remembered, of all processes together.
const LIVES: usize = 1000;
/// Processes whose mappings are.
const SECTIONS: usize = 64;
/// Call sites by which what is not remembered is counted.
const SITES: usize = 64;
/// Events of one mapping's life.
const EVENTS: usize = 12;

/// Counts events: before and after is all that a picture needs of time.
pub type Moment = u64;

pub struct Record {
    pub target: Target,
    pub language: Language,
    /// The program, as it was called.
    pub command: Vec<String>,
    pub page: u64,
    pub now: Moment,
    pub sections: Vec<Section>,
    /// How the program that the user started ended.
    pub end: Option<End>,
    /// The process that the user started; None: its program did not begin, there is nothing to draw.
    pub main: Option<Pid>,
    /// Threads at their end; how a process's first thread ended.
    pub ending: HashMap<Pid, End>,
    lives: usize,
}

/// A process, as long as it ran one program.
pub struct Section {
    pub space: u64,
    pub pid: Pid,
    pub parent: Option<Pid>,
    pub program: String,
    pub lives: Vec<Life>,
    /// Mappings that are not remembered: where they were made, and how many.
    pub others: Vec<(Option<Place>, u64)>,
    pub fault: Option<Fault>,
    /// What the program gave to exit: mapcheck may change it on its way.
    pub status: Option<i32>,
    /// The process went on with another program (exec).
    pub replaced: bool,
    pub end: Option<End>,
    /// Its pages were looked at for the last time.
    pub closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Killed(i32),
}

/// The access that a process died of.
pub struct Fault {
    pub signal: i32,
    pub address: u64,
    pub slug: Slug,
    pub place: Option<Place>,
    pub at: Moment,
    /// Which of the section's mappings it concerns.
    pub life: Option<usize>,
}

/// A mapping, from the call that made it.
pub struct Life {
    pub origin: Rc<Origin>,
    pub start: u64,
    /// As asked for, not rounded.
    pub length: u64,
    pub pages: Pages,
    /// All of its pages, in order: what may be done with them, and what removed them.
    pub runs: Vec<Run>,
    pub born: Moment,
    /// It was there before: made by the parent process, or not remembered at the time.
    pub inherited: bool,
    pub events: Vec<Event>,
    /// The file's sizes that were seen, the first at the call.
    pub sizes: Vec<u64>,
}

#[derive(Clone)]
pub struct Run {
    pub pages: Range<u64>,
    pub prot: i32,
    pub gone: bool,
}

#[derive(Clone)]
pub struct Event {
    pub at: Moment,
    pub what: What,
    pub place: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Protected(i32),
    /// Moved, or made longer or shorter: pages now.
    Remapped(u64),
    /// The file has another size.
    Resized(u64),
    Unmapped,
    UnmappedPart,
    /// By mremap, to another address.
    Moved,
    /// Another mapping took its place (MAP_FIXED).
    Replaced,
}

impl Record {
    pub fn new(target: Target, options: &Options) -> Record {
        Record {
            target,
            language: options.language,
            command: options.command.iter().map(|a| a.to_string_lossy().into_owned()).collect(),
            page: crate::sys::page_size(),
            now: 0,
            sections: Vec::new(),
            end: None,
            main: None,
            ending: HashMap::new(),
            lives: 0,
        }
    }

    pub fn tick(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    pub fn section(&mut self, space: u64) -> Option<&mut Section> {
        self.sections.iter_mut().rev().find(|s| s.space == space)
    }

    /// The section of an address space; a new one for the first mapping of its.
    pub fn open(&mut self, space: u64, pid: Pid, parent: Option<Pid>) -> Option<usize> {
        if let Some(known) = self.sections.iter().rposition(|s| s.space == space) {
            return Some(known);
        }
        if self.sections.len() == SECTIONS {
            return None;
        }
        let program = crate::proc::program(pid);
        self.sections.push(Section {
            space,
            pid,
            parent,
            program: program.rsplit('/').next().unwrap_or_default().to_owned(),
            lives: Vec::new(),
            others: Vec::new(),
            fault: None,
            status: None,
            replaced: false,
            end: None,
            closed: false,
        });
        Some(self.sections.len() - 1)
    }

    /// Whether one more mapping can be remembered; else it is counted only.
    pub fn has_room(&mut self, section: usize, place: Option<&Place>) -> bool {
        if self.lives < LIVES {
            self.lives += 1;
            return true;
        }
        if let Some(section) = self.sections.get_mut(section) {
            let known = section.others.iter().position(|(at, _)| at.as_ref() == place);
            let full = section.others.len() == SITES;
            match section.others.get_mut(known.unwrap_or(if full { 0 } else { SITES })) {
                Some((_, count)) => *count += 1,
                None => section.others.push((place.cloned(), 1)),
            }
        }
        false
    }
}

impl Section {
    /// What happens still concerns it.
    pub fn alive(&self) -> bool {
        !self.closed && !self.replaced && self.end.is_none() && self.fault.is_none()
    }
}

impl Life {
    pub fn end(&self, page: u64) -> u64 {
        self.start + self.pages.count * page
    }

    /// The pages of a range of addresses.
    pub fn numbers(&self, start: u64, end: u64, page: u64) -> Range<u64> {
        let last = self.end(page);
        let [from, to] = [start, end].map(|a| (a.clamp(self.start, last) - self.start).div_ceil(page));
        from..to
    }

    /// Those of them that are still there, as runs.
    pub fn there(&self, within: Range<u64>) -> Vec<Range<u64>> {
        let common = |r: &Run| r.pages.start.max(within.start)..r.pages.end.min(within.end);
        self.runs.iter().filter(|r| !r.gone).map(common).filter(|r| !r.is_empty()).collect()
    }

    pub fn run_at(&self, number: u64) -> Option<&Run> {
        self.runs.iter().find(|r| r.pages.contains(&number))
    }

    pub fn is_gone(&self) -> bool {
        self.runs.iter().all(|r| r.gone)
    }

    /// Changes the runs of a range that are still there.
    pub fn change(&mut self, within: Range<u64>, change: impl Fn(&mut Run)) {
        let mut runs = Vec::new();
        for run in std::mem::take(&mut self.runs) {
            let from = run.pages.start.max(within.start).min(run.pages.end);
            let to = run.pages.end.min(within.end).max(from);
            let part = |pages| Run { pages, ..run.clone() };
            let mut middle = part(from..to);
            if !run.gone {
                change(&mut middle);
            }
            runs.extend([part(run.pages.start..from), middle, part(to..run.pages.end)]);
        }
        runs.retain(|r| !r.pages.is_empty());
        for run in runs {
            match self.runs.last_mut() {
                Some(last) if last.prot == run.prot && last.gone == run.gone => {
                    last.pages.end = run.pages.end
                }
                _ => self.runs.push(run),
            }
        }
    }

    /// Notes an event; of too many, the first and the last ones.
    pub fn note(&mut self, at: Moment, what: What, place: Option<Place>) {
        if self.events.len() == EVENTS {
            self.events.remove(EVENTS / 2);
        }
        self.events.push(Event { at, what, place });
    }

    pub fn size(&self) -> Option<u64> {
        self.sizes.last().copied()
    }

    /// The file's size is known to be this, by a call at a place or without one.
    pub fn sized(&mut self, at: Moment, size: u64, place: Option<Place>) {
        if self.size() != Some(size) {
            if self.sizes.len() == EVENTS {
                self.sizes.remove(EVENTS / 2);
            }
            self.sizes.push(size);
            self.note(at, What::Resized(size), place);
        }
    }
}
