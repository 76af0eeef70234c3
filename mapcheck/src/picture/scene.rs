//! What is shown of what is remembered, and to which scale.

use super::pages::State;
use super::record::{Fault, Life, Moment, Record, Section};
use std::collections::BTreeSet;
use std::ops::Range;

/// Mappings drawn of the program itself, of each of its children; children that are drawn.
const CARDS: usize = 12;
const CHILD_CARDS: usize = 4;
const CHILDREN: usize = 6;
/// Of those made by one line, at most.
const SAME: usize = 3;
/// Pages of a mapping that are drawn one by one, at most; more leave gaps.
const ALL: u64 = 40;
const PAGES: usize = 28;
const GAPS: usize = 5;

/// A part of a mapping, side by side.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Page(u64),
    /// Pages that are drawn as one: a break in the scale.
    Gap(Range<u64>),
}

/// Processes with something to show, each with the mappings that are drawn and how many are not.
pub struct Shown<'a> {
    pub section: &'a Section,
    pub lives: Vec<(usize, &'a Life)>,
    pub others: u64,
    /// Where most of the others were made, and how many there.
    pub sites: Vec<(Option<&'a crate::site::Place>, u64)>,
}

pub fn shown(record: &Record, main: i32) -> (Vec<Shown<'_>>, usize) {
    let (mut own, mut children): (Vec<&Section>, Vec<&Section>) =
        record.sections.iter().partition(|s| s.pid == main);
    children.retain(|s| !s.lives.is_empty());
    own.retain(|s| !s.lives.is_empty());
    // children that died first
    children.sort_by_key(|s| s.fault.is_none());
    let more = children.len().saturating_sub(CHILDREN);
    children.truncate(CHILDREN);
    children.sort_by_key(|s| s.lives.iter().map(|l| l.born).min());
    let all = own.into_iter().map(|s| (s, CARDS)).chain(children.into_iter().map(|s| (s, CHILD_CARDS)));
    (all.map(|(section, most)| choose(section, most, record.page)).collect(), more)
}

/// The mappings that say most: the one that the process died in, then the others in the order in which they
/// were made.
fn choose(section: &Section, most: usize, page: u64) -> Shown<'_> {
    let mut all: Vec<(usize, &Life)> = section.lives.iter().enumerate().collect();
    let faulty = section.fault.as_ref().and_then(|f| f.life);
    // of many made by the same line, the first before the second of any
    let mut turns: Vec<(u64, usize)> = Vec::new();
    let mut turn = |life: &Life| {
        let site = life.origin.place.as_ref().map_or(0, |p| p.address);
        match turns.iter_mut().find(|(at, _)| *at == site) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                turns.push((site, 0));
                0
            }
        }
    };
    let mut ranked: Vec<_> = all
        .drain(..)
        .map(|(at, life)| {
            let trouble = end_of_file(life, page).is_some_and(|e| e.inside && e.beyond);
            ((Some(at) != faulty, !trouble, turn(life), at), life)
        })
        .collect();
    ranked.sort_by_key(|(key, _)| *key);
    let enough = ranked.iter().position(|((fine, whole, turn, _), _)| *fine && *whole && *turn >= SAME);
    let rest = ranked.split_off(enough.unwrap_or(most).min(most).min(ranked.len()));
    let mut lives: Vec<(usize, &Life)> = ranked.into_iter().map(|(key, life)| (key.3, life)).collect();
    lives.sort_by_key(|(at, _)| (Some(*at) != faulty, *at));
    let mut sites: Vec<(Option<&crate::site::Place>, u64)> = Vec::new();
    let left = rest.iter().map(|(_, life)| (life.origin.place.as_ref(), 1));
    for (place, count) in left.chain(section.others.iter().map(|(place, count)| (place.as_ref(), *count))) {
        match sites.iter_mut().find(|(at, _)| *at == place) {
            Some((_, sum)) => *sum += count,
            None => sites.push((place, count)),
        }
    }
    sites.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Shown { section, lives, others: sites.iter().map(|(_, count)| count).sum(), sites }
}

/// Where a file ends, seen from a mapping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FileEnd {
    pub size: u64,
    /// Bytes from the mapping's first byte to the end; less than 0: the file ends before.
    pub from_start: i64,
    /// The end lies in the mapping, or at one of its ends.
    pub inside: bool,
    /// Pages of the mapping lie wholly beyond.
    pub beyond: bool,
}

impl FileEnd {
    /// The first page that has no byte of the file.
    pub fn first_page_beyond(&self, page: u64) -> u64 {
        u64::try_from(self.from_start).unwrap_or(0).div_ceil(page)
    }
}

pub fn end_of_file(life: &Life, page: u64) -> Option<FileEnd> {
    life.size().map(|size| file_end(life, size, page))
}

pub fn file_end(life: &Life, size: u64, page: u64) -> FileEnd {
    let from_start = size as i64 - life.origin.offset as i64;
    let mut end =
        FileEnd { size, from_start, inside: from_start <= (life.pages.count * page) as i64, beyond: false };
    end.beyond = end.first_page_beyond(page) < life.pages.count;
    end
}

/// An earlier size that the picture shows too: the longest, if the file was cut; else what it was at the
/// call.
pub fn earlier_size(life: &Life) -> Option<u64> {
    let now = life.size()?;
    let longest = life.sizes.iter().copied().max().filter(|&size| size > now);
    longest.or(life.sizes.first().copied()).filter(|&size| size != now)
}

/// A fault's page, counted from a mapping's beginning; it may lie behind the end.
pub fn fault_page(life: &Life, fault: &Fault, page: u64) -> Option<u64> {
    (fault.address >= life.start).then(|| (fault.address - life.start) / page)
}

/// The columns of a mapping; what a fault behind its end needs comes after them.
pub fn columns(life: &Life, fault: Option<&Fault>, page: u64) -> Vec<Column> {
    let count = life.pages.count;
    let fault = fault.and_then(|f| fault_page(life, f, page));
    let behind = fault.filter(|f| *f >= count);
    let mut columns = if count <= ALL {
        (0..count).map(Column::Page).collect()
    } else {
        some(count, &interesting(life, fault, page))
    };
    if let Some(last) = behind {
        if last - count <= 3 {
            columns.extend((count..=last).map(Column::Page));
        } else {
            columns.extend([Column::Gap(count..last), Column::Page(last)]);
        }
    }
    columns
}

/// Pages worth showing, the most interesting first.
fn interesting(life: &Life, fault: Option<u64>, page: u64) -> Vec<u64> {
    let count = life.pages.count;
    let mut list = Vec::new();
    let around = |at: u64| [at, at.wrapping_sub(1), at + 1];
    list.extend(fault.into_iter().flat_map(around));
    let ends = end_of_file(life, page).into_iter().chain(earlier_size(life).map(|s| file_end(life, s, page)));
    for end in ends.filter(|e| e.from_start >= 0) {
        list.extend(around(u64::try_from(end.from_start).unwrap_or(0) / page));
    }
    list.extend([0, 1, count - 1, count - 2]);
    list.extend(life.runs.iter().skip(1).flat_map(|r| [r.pages.start - 1, r.pages.start]));
    let runs = life.pages.runs();
    for state in [State::Written, State::Touched] {
        for (range, _) in runs.iter().filter(|(_, s)| *s == state) {
            list.extend([range.start, range.end - 1]);
        }
    }
    list.extend(2..PAGES as u64);
    list.retain(|n| *n < count);
    list
}

/// As many of the interesting pages as there is room for, and gaps between them.
fn some(count: u64, interesting: &[u64]) -> Vec<Column> {
    let mut chosen = BTreeSet::new();
    let gaps = |chosen: &BTreeSet<u64>| {
        chosen.iter().filter(|n| !chosen.contains(&(*n + 1)) && **n + 1 < count).count()
    };
    for &page in interesting {
        if chosen.len() == PAGES {
            break;
        }
        chosen.insert(page);
        if gaps(&chosen) > GAPS {
            chosen.remove(&page);
        }
    }
    let mut columns = Vec::new();
    let mut next = 0;
    for page in chosen.into_iter().chain([count]) {
        match page - next {
            0 => {}
            1 => columns.push(Column::Page(next)),
            _ => columns.push(Column::Gap(next..page)),
        }
        if page < count {
            columns.push(Column::Page(page));
        }
        next = page + 1;
    }
    columns
}

/// The moments at which something happened that is shown, in order: time is drawn in their steps.
pub fn moments(shown: &[Shown<'_>]) -> Vec<Moment> {
    let lives = shown.iter().flat_map(|s| s.lives.iter().map(|(_, life)| *life));
    let mut all: Vec<Moment> = lives.flat_map(|l| l.events.iter().map(|e| e.at).chain([l.born])).collect();
    all.extend(shown.iter().filter_map(|s| s.section.fault.as_ref()).map(|f| f.at));
    all.sort_unstable();
    all.dedup();
    all
}

/// Columns on paper.
pub struct Scale {
    /// Each with where it begins and how wide it is.
    pub columns: Vec<(Column, f64, f64)>,
    page: u64,
}

impl Scale {
    pub fn new(columns: Vec<Column>, from: f64, room: f64, page: u64) -> Scale {
        const GAP: f64 = 54.0;
        const WIDEST: f64 = 200.0;
        let gaps = columns.iter().filter(|c| matches!(c, Column::Gap(_))).count() as f64;
        let pages = columns.len() as f64 - gaps;
        let width = ((room - gaps * GAP) / pages).min(WIDEST);
        let mut x = from;
        let place = |column: Column| {
            let wide = if matches!(column, Column::Page(_)) { width } else { GAP };
            x += wide;
            (column, x - wide, wide)
        };
        Scale { columns: columns.into_iter().map(place).collect(), page }
    }

    /// Where a byte of the mapping is; what lies between drawn pages is within its gap.
    pub fn x(&self, byte: u64) -> f64 {
        let number = byte / self.page;
        for (column, x, width) in &self.columns {
            let (from, to) = match column {
                Column::Page(page) => (*page, *page + 1),
                Column::Gap(range) => (range.start, range.end),
            };
            if number < to {
                let inside = byte.saturating_sub(from * self.page) as f64;
                return x + width * inside / ((to - from) * self.page) as f64;
            }
        }
        self.end()
    }

    pub fn end(&self) -> f64 {
        self.columns.last().map_or(0.0, |(_, x, width)| x + width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_mapping_has_gaps_and_every_page_once() {
        for (count, interesting) in [
            (1000, vec![500, 499, 501, 0, 1, 999, 998]),
            (41, (0..41).collect()),
            (100, (0..100).step_by(3).collect()),
            (1 << 40, vec![0, 2, (1 << 40) - 1]),
        ] {
            let columns = some(count, &interesting);
            let mut next = 0;
            for column in &columns {
                let range = match column {
                    Column::Page(page) => *page..page + 1,
                    Column::Gap(range) => range.clone(),
                };
                assert_eq!(range.start, next);
                assert!(!range.is_empty());
                next = range.end;
            }
            assert_eq!(next, count);
            assert!(columns.contains(&Column::Page(interesting[0])));
            assert!(columns.iter().filter(|c| matches!(c, Column::Gap(_))).count() <= GAPS);
            let pages = columns.iter().filter(|c| matches!(c, Column::Page(_))).count();
            assert!(pages <= PAGES + GAPS, "{pages}");
        }
    }

    #[test]
    fn a_byte_is_where_its_page_is_drawn() {
        let scale = Scale::new(vec![Column::Page(0), Column::Gap(1..9), Column::Page(9)], 100.0, 500.0, 4096);
        assert_eq!(scale.x(0), 100.0);
        assert_eq!(scale.x(2048), 200.0);
        assert_eq!(scale.x(4096), 300.0);
        assert_eq!(scale.x(5 * 4096), 300.0 + 27.0);
        assert_eq!(scale.x(9 * 4096), 354.0);
        assert_eq!(scale.x(10 * 4096), scale.end());
    }
}
