//! Which pages of a mapping its process touched, and which changed: as much as can be known without being in
//! the way.
//!
//! * touched: the page is in the process's page table (/proc/PID/pagemap) and was not when it was mapped.
//!   When a page of a file is used, the kernel enters up to 15 neighbours along with it; it tells nobody
//!   which was meant.
//! * written, private mapping of a file: the page is the process's own copy, which only a store makes.
//! * written, shared mapping of a file: its content is no longer what the file held when it was mapped.
//! * written, anonymous memory: it holds something else than zeroes.
//!
//! (The kernel's own mark, soft-dirty, exists in few kernels, and is lost when mappings merge.)

use crate::proc;
use crate::sys::{self, Pid};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// How many pages are looked at, at a mapping's beginning and at its end: the picture of a larger one says
/// so.
const FIRST: u64 = 4096;
const LAST: u64 = 1024;

/// What is known of a page that is more than "nothing".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Touched,
    Written,
}

/// How a written page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    PrivateFile,
    SharedFile,
    Anonymous,
    /// A device: not to be read.
    Other,
}

/// The pages of one mapping, by their number in it.
#[derive(Clone, Debug)]
pub struct Pages {
    kind: Kind,
    /// How many the mapping has.
    pub count: u64,
    states: BTreeMap<u64, State>,
    /// In the page table for other reasons than the program's: MAP_POPULATE, or a look of ours.
    not_its_own: HashSet<u64>,
    /// What the file held.
    before: HashMap<u64, u64>,
    /// The page beyond the looked at ones in which the program died.
    extra: Option<u64>,
}

/// The pages of a mapping that are looked at.
pub fn looked_at(count: u64) -> [Range<u64>; 2] {
    let first = if count <= FIRST + LAST { count } else { FIRST };
    [0..first, count.saturating_sub(LAST).max(first)..count]
}

impl Pages {
    /// Of a mapping that has just been made.
    pub fn new(kind: Kind, count: u64) -> Pages {
        Pages {
            kind,
            count,
            states: BTreeMap::new(),
            not_its_own: HashSet::new(),
            before: HashMap::new(),
            extra: None,
        }
    }

    /// How many of its pages are looked at.
    pub fn looked(&self) -> u64 {
        looked_at(self.count).iter().map(|r| r.end - r.start).sum()
    }

    pub fn state(&self, page: u64) -> Option<State> {
        self.states.get(&page).copied()
    }

    /// How many pages of a range are at least in a state.
    pub fn count(&self, range: Range<u64>, state: State) -> u64 {
        self.states.range(range).filter(|(_, s)| **s >= state).count() as u64
    }

    /// Those that are in a state, as runs.
    pub fn runs(&self) -> Vec<(Range<u64>, State)> {
        let mut runs: Vec<(Range<u64>, State)> = Vec::new();
        for (&page, &state) in &self.states {
            match runs.last_mut() {
                Some((range, last)) if range.end == page && *last == state => range.end += 1,
                _ => runs.push((page..page + 1, state)),
            }
        }
        runs
    }

    /// What was written cannot be told.
    pub fn untold(&self) -> bool {
        self.kind == Kind::Other
    }

    pub fn also(&mut self, page: u64) {
        self.extra = Some(page);
    }

    /// What the file holds now, for later; without it, what is written to a shared mapping cannot be told.
    pub fn remember(&mut self, file: Option<File>, offset: u64, page: u64) {
        let Some(file) = file else {
            self.kind = Kind::Other;
            return;
        };
        let mut bytes = vec![0; page as usize];
        for number in looked_at(self.count).into_iter().flatten() {
            let Some(at) = offset.checked_add(number * page) else { return };
            // read one after the other; the end of the file ends it
            match file.read_at(&mut bytes, at) {
                Ok(got) if got > 0 => self.before.insert(number, digest(&bytes[..got])),
                _ => break,
            };
        }
    }

    /// The file has another end: what was behind it is gone, and zeroes are in its place.
    pub fn forget(&mut self, file: Option<File>, offset: u64, size: u64, page: u64) {
        let Some(file) = file.filter(|_| self.kind == Kind::SharedFile) else { return };
        let last = size.saturating_sub(offset) / page;
        self.before.retain(|number, _| *number < last);
        let mut bytes = vec![0; page as usize];
        if let Ok(got) = file.read_at(&mut bytes, offset + last * page) {
            self.before.insert(last, digest(&bytes[..got]));
        }
    }

    /// Pages in the page table that the program did not ask for.
    pub fn disown(&mut self, pid: Pid, start: u64, within: Range<u64>, page: u64) {
        let found = self.in_memory(pid, start, within, page);
        self.not_its_own.extend(found.into_iter().map(|(n, _)| n).filter(|n| !self.states.contains_key(n)));
    }

    /// Looks at the pages of a mapping that begins at `start`; what was once seen of a page stays.
    pub fn look(&mut self, pid: Pid, start: u64, within: Range<u64>, page: u64) {
        let mut bytes = vec![0; page as usize];
        for (number, word) in self.in_memory(pid, start, within, page) {
            if self.state(number) == Some(State::Written) {
                continue;
            }
            let mut holds = |test: &dyn Fn(&[u8]) -> bool| {
                sys::read_memory(pid, start + number * page, &mut bytes) == bytes.len() && test(&bytes)
            };
            let written = match self.kind {
                Kind::PrivateFile => proc::copied(word),
                Kind::Anonymous => holds(&|now| now.iter().any(|b| *b != 0)),
                Kind::SharedFile => holds(&|now| self.changed(number, now)),
                Kind::Other => false,
            };
            if written {
                self.states.insert(number, State::Written);
            } else if !self.not_its_own.contains(&number) {
                self.states.entry(number).or_insert(State::Touched);
            }
        }
    }

    /// A page of the file's that was not there then was all zeroes.
    fn changed(&self, number: u64, now: &[u8]) -> bool {
        let zeroes = || now.iter().any(|b| *b != 0);
        self.before.get(&number).map_or_else(zeroes, |before| *before != digest(now))
    }

    fn in_memory(&self, pid: Pid, start: u64, within: Range<u64>, page: u64) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let extra = self.extra.filter(|e| within.contains(e)).map(|e| e..e + 1);
        for range in looked_at(self.count).into_iter().chain(extra) {
            let (from, to) = (range.start.max(within.start), range.end.min(within.end));
            if from >= to {
                continue;
            }
            let words = proc::pages(pid, start + from * page, start + to * page, page).unwrap_or_default();
            found.extend((from..).zip(words).filter(|(_, word)| proc::present(*word)));
        }
        found
    }
}

/// A number that two different pages hardly share; the zeroes after the end of a file count as nothing.
fn digest(bytes: &[u8]) -> u64 {
    let used = bytes.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes.get(..used).unwrap_or_default());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_mapping_is_looked_at_from_both_ends() {
        assert_eq!(looked_at(3), [0..3, 3..3]);
        assert_eq!(looked_at(1 << 30), [0..FIRST, (1 << 30) - LAST..1 << 30]);
    }

    #[test]
    fn zeroes_at_the_end_change_nothing_and_all_else_does() {
        assert_eq!(digest(b"abc"), digest(b"abc\0\0"));
        assert_ne!(digest(b"abc"), digest(b"abd"));
        assert_ne!(digest(b"\0abc"), digest(b"abc"));
        assert_ne!(digest(b"abcdefgh12345678"), digest(b"12345678abcdefgh"));
    }

    #[test]
    fn a_single_byte_or_bit_anywhere_is_seen() {
        let mut page = vec![0_u8; 4096];
        let mut seen = HashSet::from([digest(&page)]);
        for at in 0..page.len() {
            for byte in 1..=u8::MAX {
                page[at] = byte;
                assert!(seen.insert(digest(&page[..=at])), "byte {at} = {byte}");
            }
            page[at] = 0;
        }
        assert_eq!(seen.len(), 1 + 4096 * 255); // those of a single bit are among them
    }

    #[test]
    fn runs_are_of_neighbours_in_one_state() {
        let mut pages = Pages::new(Kind::Anonymous, 8);
        for (page, state) in
            [(0, State::Touched), (1, State::Written), (2, State::Written), (5, State::Written)]
        {
            pages.states.insert(page, state);
        }
        assert_eq!(pages.runs(), [(0..1, State::Touched), (1..3, State::Written), (5..6, State::Written)]);
        assert_eq!(pages.count(0..6, State::Touched), 4);
        assert_eq!(pages.count(0..2, State::Written), 1);
    }
}
