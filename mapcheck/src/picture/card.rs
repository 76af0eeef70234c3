//! One mapping: its memory page by page, the file behind it at the same scale, and its life.

use super::draw::{MARGIN, WIDTH};
use super::pages::{State, looked_at};
use super::record::{Fault, Life, Moment, Record, What};
use super::scene::{self, Column, FileEnd, Scale};
use super::style::{CHIP, ERROR, MONO, MUTED, NAME, SMALL, STRONG, TEXT, TROUBLE};
use super::svg::{Anchor, Font, Svg, clean, fit, number, width, wrap};
use super::words;
use crate::report::Report;
use crate::witness::shorten;
use std::collections::BTreeSet;
use std::ops::Range;

const LEFT: f64 = MARGIN + 20.0;
const RIGHT: f64 = WIDTH - MARGIN - 20.0;
/// Where the pages begin: what is left of it bears the rows' names.
const BAND: f64 = LEFT + 88.0;
/// Room for the pages: behind them it may be said that the file goes on.
const ROOM: f64 = RIGHT - BAND - 34.0;
const CELL: f64 = 40.0;
const FILE: f64 = 26.0;
/// Between memory and file, for the rights.
const GUTTER: f64 = 23.0;

/// What the legend must explain, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    Private,
    Shared,
    Anonymous,
    Both,
    Touched(Hue),
    WrittenPrivate,
    WrittenShared,
    WrittenAnonymous(Hue),
    Untold,
    End,
    Earlier,
    Tail,
    Beyond,
    Gone(Hue),
    Break,
    Fault,
}

/// A kind of mapping, by the name that its colours have in the style sheet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hue {
    Private,
    Shared,
    Anonymous,
    Both,
}

impl Hue {
    fn of(life: &Life) -> Hue {
        match (life.origin.anonymous(), life.origin.shared()) {
            (false, false) => Hue::Private,
            (false, true) => Hue::Shared,
            (true, false) => Hue::Anonymous,
            (true, true) => Hue::Both,
        }
    }

    /// Not touched, touched, written.
    fn class(self, depth: usize) -> &'static str {
        let all = match self {
            Hue::Private => ["private0", "private1", "private2"],
            Hue::Shared => ["shared0", "shared1", "shared2"],
            Hue::Anonymous => ["anon0", "anon1", "anon2"],
            Hue::Both => ["both0", "both1", "both2"],
        };
        all[depth.min(2)]
    }
}

pub struct Card<'a> {
    pub record: &'a Record,
    pub report: &'a Report,
    pub life: &'a Life,
    pub fault: Option<&'a Fault>,
    /// What time is drawn in.
    pub moments: &'a [Moment],
    /// When its process ended, if it died of a fault.
    pub death: Option<Moment>,
    pub count: usize,
    pub legend: &'a mut BTreeSet<Sign>,
}

impl Card<'_> {
    /// The drawing, its height, and the same in words.
    pub fn draw(mut self, top: f64) -> (String, f64, String) {
        let page = self.record.page;
        let mut svg = Svg::default();
        let said = self.head(&mut svg, top);
        let scale = Scale::new(scene::columns(self.life, self.fault, page), BAND, ROOM, page);
        let mut y = top + 62.0;
        self.addresses(&scale, &mut svg, y);
        y += 20.0;
        let flag = self.fault.map(|fault| (fault, y));
        if flag.is_some() {
            y += 30.0;
        }
        if scale.columns.iter().any(|(column, ..)| matches!(column, Column::Gap(_))) {
            y += 12.0; // how many are left out stands above the gap
        }
        let memory = y;
        self.memory(&scale, &mut svg, memory);
        y += CELL + GUTTER;
        if self.life.size().is_some() {
            y = self.file(&scale, &mut svg, memory, y);
        }
        // over the lines
        self.marks(&scale, &mut svg, memory);
        self.beyond_words(&scale, &mut svg, memory);
        self.rights(&scale, &mut svg, memory + CELL + 4.0);
        if let Some((fault, at)) = flag {
            self.fault(fault, &scale, &mut svg, at, memory);
        }
        y = self.life(&mut svg, y + 14.0);
        let height = y - top + 2.0;
        let mut outer = Svg::default();
        let (from, to) = (self.life.start, self.life.end(page));
        let about = format!(
            "class=\"mapping\" data-number=\"{}\" data-start=\"{from:#x}\" data-end=\"{to:#x}\"",
            self.count
        );
        outer.open(&about, &said);
        outer.rect((MARGIN, top), (WIDTH - 2.0 * MARGIN, height), "card", "rx=\"8\"");
        outer.raw(&svg.finish());
        outer.close();
        (outer.finish(), height, said)
    }

    fn place(&self, place: Option<&crate::site::Place>) -> String {
        clean(&self.report.place(place))
    }

    fn name(&self) -> String {
        let origin = &self.life.origin;
        let path = origin.file.as_ref().map_or(origin.name.as_str(), |f| f.path.as_str());
        let name = shorten(path, &self.report.directory);
        if name.is_empty() || origin.anonymous() {
            return words::anonymous(self.record.language).to_owned();
        }
        clean(&String::from_utf8_lossy(name.bytes()))
    }

    /// Its number, name and kind; how large, how much of it was used.
    fn head(&mut self, svg: &mut Svg, top: f64) -> String {
        let (language, life) = (self.record.language, self.life);
        let hue = Hue::of(life);
        self.legend.insert(match hue {
            Hue::Private => Sign::Private,
            Hue::Shared => Sign::Shared,
            Hue::Anonymous => Sign::Anonymous,
            Hue::Both => Sign::Both,
        });
        svg.dot((LEFT + 11.0, top + 25.0), 12.0, hue.class(2));
        svg.text((LEFT + 11.0, top + 29.0), CHIP, Anchor::Middle, &self.count.to_string());
        let prot = life.runs.iter().find(|r| !r.gone).or(life.runs.first()).map_or(0, |r| r.prot);
        let sharing = words::sharing(language, life.origin.shared());
        let protection = words::protection(language, prot);
        let chips = [sharing, &protection].map(|text| (text.to_owned(), width(text, CHIP) + 18.0));
        let taken: f64 = chips.iter().map(|(_, w)| w + 8.0).sum();
        let name = self.name();
        let fitting = fit(&name, NAME, RIGHT - LEFT - 46.0 - taken);
        svg.text((LEFT + 34.0, top + 31.0), NAME, Anchor::Start, &fitting);
        let mut x = RIGHT - taken + 8.0;
        for (text, wide) in &chips {
            svg.rect((x, top + 15.0), (*wide, 21.0), hue.class(2), "rx=\"10.5\"");
            svg.text((x + wide / 2.0, top + 30.0), CHIP, Anchor::Middle, text);
            x += wide + 8.0;
        }
        let count = life.pages.count;
        let written = life.pages.count(0..count, State::Written);
        let touched = life.pages.count(0..count, State::Touched);
        let comma = if language.pick([0, 1, 2]) == 2 { "，" } else { ", " };
        let mut facts = words::size(language, life.length, count);
        facts += comma;
        facts += &words::used(language, touched, written);
        if life.pages.looked() < count {
            facts += if comma == "，" { "" } else { " " };
            facts += &words::looked(language, life.pages.looked());
        }
        if life.origin.offset > 0 {
            facts += comma;
            facts += &words::from_offset(language, life.origin.offset);
        }
        let more = format!(
            "class=\"facts\" data-pages=\"{count}\" data-touched=\"{touched}\" data-written=\"{written}\""
        );
        svg.open(&more, "");
        svg.text((LEFT + 34.0, top + 52.0), MUTED, Anchor::Start, &fit(&facts, MUTED, RIGHT - LEFT - 34.0));
        svg.close();
        let colon = crate::words::colon(language);
        format!("{}{colon}{name}{comma}{sharing}{comma}{protection}{comma}{facts}", self.count)
    }

    fn addresses(&self, scale: &Scale, svg: &mut Svg, y: f64) {
        let page = self.record.page;
        let life = self.life;
        let [from, to] = [life.start, life.end(page)].map(|a| format!("{a:#x}"));
        let end = scale.x(life.pages.count * page - 1).max(BAND).min(scale.end());
        let end = if life.pages.count == 0 { end } else { mapped_end(scale, life.pages.count, end) };
        let base = y + 12.0;
        if end - BAND > width(&from, MONO) + width(&to, MONO) + 16.0 {
            svg.text((BAND, base), MONO, Anchor::Start, &from);
            svg.text((end, base), MONO, Anchor::End, &to);
        } else {
            svg.text((BAND, base), MONO, Anchor::Start, &format!("{from} – {to}"));
        }
    }

    /// The pages.
    fn memory(&mut self, scale: &Scale, svg: &mut Svg, y: f64) {
        let (language, life) = (self.record.language, self.life);
        svg.text((LEFT, y + CELL / 2.0 + 4.5), TEXT, Anchor::Start, words::memory(language));
        let hue = Hue::of(life);
        let beyond = self.first_beyond();
        for (column, x, wide) in &scale.columns {
            match column {
                Column::Page(at) if *at >= life.pages.count => self.absent(svg, *x, y, *wide, *at..at + 1),
                Column::Gap(range) if range.start >= life.pages.count => {
                    self.absent(svg, *x, y, *wide, range.clone());
                }
                Column::Page(at) => {
                    let gone = life.run_at(*at).is_some_and(|r| r.gone);
                    let state = life.pages.state(*at);
                    if gone && !self.legend.iter().any(|s| matches!(s, Sign::Gone(_))) {
                        self.legend.insert(Sign::Gone(hue));
                    }
                    self.cell(svg, (*x, y), *wide, *at, state, (hue, gone, *at >= beyond));
                }
                Column::Gap(range) => self.gap(svg, (*x, y), *wide, range, hue, range.start >= beyond),
            }
        }
    }

    /// The pages' signs.
    fn marks(&self, scale: &Scale, svg: &mut Svg, y: f64) {
        let beyond = self.first_beyond();
        for (column, x, wide) in &scale.columns {
            let Column::Page(at) = column else { continue };
            let class = match self.life.pages.state(*at) {
                Some(State::Written) if *at < beyond => "mark2",
                Some(State::Written) => "mark3",
                Some(State::Touched) => "mark1",
                None => continue,
            };
            mark(svg, (x + wide / 2.0, y + CELL / 2.0), *wide, class);
        }
    }

    /// The first page that has no byte of the file, if there is one.
    fn first_beyond(&self) -> u64 {
        let end = scene::end_of_file(self.life, self.record.page);
        end.filter(|e| e.beyond).map_or(u64::MAX, |e| e.first_page_beyond(self.record.page))
    }

    fn cell(
        &mut self,
        svg: &mut Svg,
        (x, y): (f64, f64),
        wide: f64,
        at: u64,
        state: Option<State>,
        (hue, gone, beyond): (Hue, bool, bool),
    ) {
        let (language, page) = (self.record.language, self.record.page);
        let seen = looked_at(self.life.pages.count).iter().any(|r| r.contains(&at));
        let (depth, word, id) = match state {
            Some(State::Written) => (2, words::state_written(language), "written"),
            Some(State::Touched) => (1, words::state_touched(language), "touched"),
            None if seen => (0, words::state_none(language), "none"),
            None => (0, words::state_unseen(language), "unseen"),
        };
        let about = words::cell(language, at, at * page, (at + 1) * page - 1, word);
        let faded = if gone { " class=\"gone\"" } else { "" };
        let class = if beyond { " data-beyond=\"1\"" } else { "" };
        svg.open(&format!("data-page=\"{at}\" data-state=\"{id}\"{class}{faded}"), &about);
        if beyond {
            svg.rect((x, y), (wide, CELL), "cell", "fill=\"url(#stripes)\"");
            self.legend.insert(Sign::Beyond);
        } else {
            let dashed = if gone { "stroke-dasharray=\"4 3\"" } else { "" };
            svg.rect((x, y), (wide, CELL), &format!("cell {}", hue.class(depth)), dashed);
        }
        svg.close();
        let known = self.legend.iter().any(|s| matches!(s, Sign::Touched(_)));
        match (depth, hue) {
            (2, Hue::Private) => _ = self.legend.insert(Sign::WrittenPrivate),
            (2, Hue::Shared) => _ = self.legend.insert(Sign::WrittenShared),
            (2, hue) => _ = self.legend.insert(Sign::WrittenAnonymous(hue)),
            (1, hue) if !known => _ = self.legend.insert(Sign::Touched(hue)),
            _ => {}
        }
        if self.life.pages.untold() && self.life.runs.iter().any(|r| r.prot & libc::PROT_WRITE != 0) {
            self.legend.insert(Sign::Untold);
        }
    }

    /// Pages left out: how many, and how many of them were used.
    fn gap(
        &mut self,
        svg: &mut Svg,
        (x, y): (f64, f64),
        wide: f64,
        range: &Range<u64>,
        hue: Hue,
        beyond: bool,
    ) {
        self.legend.insert(Sign::Break);
        let language = self.record.language;
        let pages = &self.life.pages;
        let touched = pages.count(range.clone(), State::Touched);
        let written = pages.count(range.clone(), State::Written);
        let count = range.end - range.start;
        let about = format!(
            "{}{}{}",
            words::pages(language, count),
            crate::words::colon(language),
            words::used(language, touched, written)
        );
        let gone = self.life.there(range.clone()).is_empty();
        let faded = if gone { " class=\"gone\"" } else { "" };
        svg.open(
            &format!(
                "data-from=\"{}\" data-to=\"{}\" data-touched=\"{touched}\" data-written=\"{written}\"{faded}",
                range.start, range.end
            ),
            &about,
        );
        let class = if beyond { "cell" } else { hue.class(0) };
        let more = if beyond { "fill=\"url(#stripes)\"" } else { "" };
        svg.rect((x, y), (wide, CELL), class, more);
        // what was used of it, as shares of its width
        let share = |part: u64| (wide * part as f64 / count as f64).max(if part > 0 { 2.0 } else { 0.0 });
        if touched > 0 {
            svg.rect((x, y + CELL - 8.0), (share(touched), 8.0), hue.class(1), "");
        }
        if written > 0 {
            svg.rect((x, y + CELL - 8.0), (share(written), 8.0), hue.class(2), "");
        }
        zigzag(svg, x + wide / 2.0, y, CELL);
        svg.close();
        svg.text((x + wide / 2.0, y - 5.0), SMALL, Anchor::Middle, &short(count));
    }

    /// Nothing is mapped there.
    fn absent(&mut self, svg: &mut Svg, x: f64, y: f64, wide: f64, range: Range<u64>) {
        svg.open(&format!("data-absent=\"{}\"", range.start), words::outside(self.record.language)[0]);
        svg.rect((x + 1.0, y), (wide - 1.0, CELL), "none", "");
        if range.end - range.start > 1 {
            zigzag(svg, x + wide / 2.0, y, CELL);
        }
        svg.close();
        if range.end - range.start > 1 {
            svg.text((x + wide / 2.0, y - 5.0), SMALL, Anchor::Middle, &short(range.end - range.start));
        }
    }

    /// What the pages without a file, and those without a mapping, are.
    fn beyond_words(&self, scale: &Scale, svg: &mut Svg, y: f64) {
        let (language, beyond) = (self.record.language, self.first_beyond());
        let count = self.life.pages.count;
        let span = |from: u64, to: u64| {
            let inside = scale.columns.iter().filter(|(c, ..)| match c {
                Column::Page(at) => from <= *at && *at < to,
                Column::Gap(range) => from <= range.start && range.end <= to,
            });
            inside.fold(None, |span: Option<(f64, f64)>, (_, x, w)| {
                Some(span.map_or((*x, x + w), |(from, _)| (from, x + w)))
            })
        };
        if let Some((from, to)) = span(count, u64::MAX) {
            let texts = words::outside(language);
            if let Some(text) = texts.iter().find(|t| width(t, SMALL) + 8.0 <= to - from) {
                svg.text(((from + to) / 2.0, y + CELL + 15.0), SMALL, Anchor::Middle, text);
            }
        }
        if let Some((from, to)) = span(beyond, count) {
            let texts = words::beyond(language);
            if let Some(text) = texts.iter().find(|t| width(t, TROUBLE) + 8.0 <= to - from) {
                svg.text(
                    ((from + to) / 2.0, y + CELL + GUTTER + FILE / 2.0 + 4.0),
                    TROUBLE,
                    Anchor::Middle,
                    text,
                );
            }
        }
    }

    /// What may be done with which pages: a bracket under each part.
    fn rights(&self, scale: &Scale, svg: &mut Svg, y: f64) {
        let page = self.record.page;
        let mut free = BAND;
        for run in &self.life.runs {
            let last = run.pages.end.min(self.life.pages.count);
            if run.pages.start >= last {
                continue;
            }
            let from = scale.x(run.pages.start * page);
            let to = mapped_end(scale, last, scale.x(last * page - 1));
            let text = if run.gone {
                let texts = words::mapped_no_more(self.record.language);
                texts.iter().find(|t| width(t, SMALL) + 8.0 <= to - from).unwrap_or(&"").to_string()
            } else {
                words::rights(run.prot)
            };
            let font = if run.gone { SMALL } else { MONO };
            svg.path(
                &format!(
                    "M{} {}v4H{}v-4",
                    number(from + 1.0),
                    number(y - 2.0),
                    number((to - 1.0).max(from + 1.0))
                ),
                "edge",
            );
            let middle = (from + to) / 2.0;
            let half = width(&text, font) / 2.0 + 3.0;
            if middle - half >= free - 6.0 && to - from > 20.0 {
                svg.text((middle, y + 13.0), font, Anchor::Middle, &text);
                free = middle + half;
            }
        }
    }

    /// The file, under the pages that show it, and where it ends.
    fn file(&mut self, scale: &Scale, svg: &mut Svg, memory: f64, y: f64) -> f64 {
        let (language, life, page) = (self.record.language, self.life, self.record.page);
        let Some(end) = scene::end_of_file(life, page) else { return y };
        let last = mapped_end(scale, life.pages.count, scale.x(life.pages.count * page - 1));
        svg.text((LEFT, y + FILE / 2.0 + 4.5), TEXT, Anchor::Start, words::file(language));
        let here = |end: FileEnd| {
            let byte = u64::try_from(end.from_start).unwrap_or(0);
            if end.inside { edge(scale, byte, page) } else { last }
        };
        let stop = if end.from_start > 0 { here(end) } else { BAND };
        for (column, x, _) in &scale.columns {
            // the pages' light, thrown on the file
            if *x < stop && !matches!(column, Column::Page(at) if *at >= life.pages.count) {
                svg.line((*x, memory + CELL), (*x, y), "ray", "");
            }
        }
        svg.line((stop, memory + CELL), (stop, y), "ray", "");
        if stop > BAND {
            svg.rect((BAND, y), (stop - BAND, FILE), "body", "");
            for (column, x, wide) in &scale.columns {
                if let (Column::Gap(_), true) = (column, x + wide / 2.0 < stop) {
                    zigzag(svg, x + wide / 2.0, y, FILE);
                }
            }
        }
        let mut below = y + FILE;
        if !end.inside {
            // it goes on behind the mapping
            svg.rect((last, y), (24.0, FILE), "body", "");
            zigzag(svg, last + 14.0, y, FILE);
            let text = fit(&words::goes_on(language, end.size), SMALL, RIGHT - LEFT);
            svg.text((RIGHT, below + 17.0), SMALL, Anchor::End, &text);
            below += 20.0;
        } else if end.from_start < 0 {
            let text = fit(&words::ends_before(language, end.size), STRONG, RIGHT - BAND);
            below += 4.0;
            svg.text((BAND, below + 14.0), TROUBLE, Anchor::Start, &text);
            below += 18.0;
        }
        let tail = u64::try_from(end.from_start).unwrap_or(0) % page;
        let behind = end.first_page_beyond(page);
        if end.inside && tail > 0 && behind <= life.pages.count {
            let to = mapped_end(scale, behind, scale.x(behind * page - 1));
            svg.rect((stop, memory), (to - stop, CELL), "veil", "fill=\"url(#hatch)\"");
            svg.rect((stop, y), (to - stop, FILE), "cell", "fill=\"url(#hatch)\"");
            self.legend.insert(Sign::Tail);
        }
        if end.beyond {
            let from = if behind == 0 { BAND } else { mapped_end(scale, behind, scale.x(behind * page - 1)) };
            svg.rect((from, y), (last - from, FILE), "none", "");
        }
        // the labels: the end as it is, and what it was
        let mut taken = (0.0, 0.0);
        if end.inside && end.from_start >= 0 {
            self.legend.insert(Sign::End);
            let more = format!("data-size=\"{}\" data-byte=\"{}\"", end.size, end.from_start);
            svg.line((stop, memory - 6.0), (stop, y + FILE + 6.0), "eof", &more);
            let text = words::end_of_file(language, end.size);
            taken = beside(svg, stop, below + 19.0, STRONG, &text);
            below += 24.0;
        }
        if let Some(size) = scene::earlier_size(life) {
            let before = scene::file_end(life, size, page);
            if before.from_start >= 0 {
                let x = if before.inside { here(before) } else { last };
                self.legend.insert(Sign::Earlier);
                let more = format!("data-size=\"{size}\" data-byte=\"{}\"", before.from_start);
                svg.line((x, memory - 6.0), (x, y + FILE + 6.0), "was", &more);
                let site = self.cut_at(end.size);
                let text = words::was(language, size, size > end.size, &site);
                let room = span_beside(x, width(&text, SMALL));
                let apart = room.0 > taken.1 + 14.0 || room.1 < taken.0 - 14.0;
                let base = if apart && taken.1 > 0.0 { below - 5.0 } else { below + 12.0 };
                beside(svg, x, base, SMALL, &text);
                if base > below {
                    below += 18.0;
                }
            }
        }
        below
    }

    /// The call that made the file as short as it is.
    fn cut_at(&self, size: u64) -> String {
        let cut = self.life.events.iter().rev().find(|e| e.what == What::Resized(size));
        self.place(cut.and_then(|e| e.place.as_ref()))
    }

    /// The access that the program died of.
    fn fault(&mut self, fault: &Fault, scale: &Scale, svg: &mut Svg, y: f64, memory: f64) {
        let (language, life, page) = (self.record.language, self.life, self.record.page);
        self.legend.insert(Sign::Fault);
        let byte = fault.address.saturating_sub(life.start);
        let x = inside(scale, byte, page);
        let of_file = life.size().is_some() && byte < life.pages.count * page;
        let told = if of_file { life.origin.offset.saturating_add(byte) } else { byte };
        let place = self.place(fault.place.as_ref());
        let text = words::access(language, fault.signal, told, of_file, &place);
        let text = fit(&text, ERROR, RIGHT - LEFT);
        let wide = width(&text, ERROR);
        let middle = x.clamp(LEFT + wide / 2.0, RIGHT - wide / 2.0);
        let more = format!(
            "class=\"fault\" data-address=\"{:#x}\" data-byte=\"{byte}\" data-page=\"{}\" data-slug=\"{}\"",
            fault.address,
            byte / page,
            fault.slug.as_str()
        );
        svg.open(&more, &text);
        svg.text((middle, y + 12.0), ERROR, Anchor::Middle, &text);
        let (top, tip) = (y + 17.0, memory + CELL / 2.0);
        svg.line((x, top), (x, tip - 10.0), "halo", "");
        svg.line((x, top), (x, tip - 10.0), "hit", "");
        let (left, right, from) = (number(x - 6.0), number(x + 6.0), number(tip - 12.0));
        svg.path(&format!("M{left} {from}H{right}L{} {}Z", number(x), number(tip)), "head");
        svg.close();
    }

    /// From the call that made it to its end: a line, and the same in words.
    fn life(&mut self, svg: &mut Svg, y: f64) -> f64 {
        let (language, life) = (self.record.language, self.life);
        let steps = self.moments.len() as f64;
        let at = |moment: Moment| {
            let step = self.moments.partition_point(|m| *m < moment) as f64;
            BAND + (RIGHT - BAND) * (step + 0.5) / steps
        };
        svg.text((LEFT, y + 4.5), TEXT, Anchor::Start, words::life(language));
        svg.line((BAND, y), (RIGHT, y), "axis", "");
        let hue = Hue::of(life);
        let gone = life.is_gone();
        let until = if gone { life.events.last().map(|e| e.at) } else { self.death };
        let stop = until.map_or(RIGHT, at);
        svg.rect((at(life.born), y - 4.0), (stop - at(life.born), 8.0), hue.class(2), "rx=\"4\"");
        let site = self.place(life.origin.place.as_ref());
        let mut items = vec![(Glyph::Born, life.born, words::mapped_at(language, life.inherited, &site))];
        let mut size = life.sizes.first().copied();
        for event in &life.events {
            let place = self.place(event.place.as_ref());
            let glyph = match event.what {
                What::Unmapped | What::Replaced | What::Moved => Glyph::Gone,
                _ => Glyph::Change,
            };
            items.push((glyph, event.at, words::event(language, event.what, size, &place)));
            if let What::Resized(now) = event.what {
                size = Some(now);
            }
        }
        if let Some(fault) = self.fault {
            let place = self.place(fault.place.as_ref());
            items.push((Glyph::Died, fault.at, words::died(language, fault.signal, &place)));
        } else if !gone && self.death.is_none() {
            items.push((Glyph::Stays, Moment::MAX, words::still_mapped(language).to_owned()));
        }
        items.sort_by_key(|(_, moment, _)| *moment);
        for (glyph, moment, _) in &items {
            if *glyph != Glyph::Stays {
                glyph.draw(svg, at(*moment), y);
            }
        }
        let (mut x, mut base) = (BAND, y + 24.0);
        for (glyph, _, text) in &items {
            let text = fit(text, TEXT, RIGHT - BAND - 20.0);
            let wide = width(&text, TEXT) + 18.0;
            if x > BAND && x + wide > RIGHT {
                (x, base) = (BAND, base + 20.0);
            }
            glyph.draw(svg, x + 6.0, base - 4.5);
            svg.text((x + 17.0, base), TEXT, Anchor::Start, &text);
            x += wide + 18.0;
        }
        base + 14.0
    }
}

/// What happened, on the line of life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Glyph {
    Born,
    Change,
    Gone,
    Stays,
    Died,
}

impl Glyph {
    fn draw(self, svg: &mut Svg, x: f64, y: f64) {
        let [left, right, top, low] = [x - 5.0, x + 5.0, y - 5.0, y + 5.0].map(number);
        match self {
            Glyph::Born => svg.dot((x, y), 5.0, "ink"),
            Glyph::Gone => svg.dot((x, y), 4.5, "ring"),
            Glyph::Change => svg.path(
                &format!(
                    "M{left} {}L{} {top}L{right} {}L{} {low}Z",
                    number(y),
                    number(x),
                    number(y),
                    number(x)
                ),
                "ring",
            ),
            Glyph::Stays => svg.path(&format!("M{left} {top}L{right} {}L{left} {low}Z", number(y)), "ink"),
            Glyph::Died => {
                svg.path(&format!("M{left} {top}L{right} {low}M{left} {low}L{right} {top}"), "hit")
            }
        }
    }
}

/// A page's sign: colours alone must not tell.
fn mark(svg: &mut Svg, (x, y): (f64, f64), wide: f64, class: &str) {
    let size = (wide / 2.0 - 3.0).min(6.0);
    if size < 2.0 {
        return;
    }
    if class == "mark1" {
        return svg.dot((x, y), size * 0.6, class);
    }
    let [a, b, c] = [x - size, x - size * 0.2, x + size].map(number);
    let [d, e, f] = [y, y + size * 0.7, y - size * 0.7].map(number);
    svg.path(&format!("M{a} {d}L{b} {e}L{c} {f}"), class);
}

/// A break in the scale.
fn zigzag(svg: &mut Svg, x: f64, y: f64, tall: f64) {
    let steps = 4;
    let step = tall / f64::from(steps);
    let mut right = format!("M{} {}", number(x - 6.0), number(y - 2.0));
    let mut back = String::new();
    for at in 0..=steps {
        let side = if at % 2 == 0 { -3.0 } else { 3.0 };
        let line = (y - 2.0 + (step + 4.0 / f64::from(steps)) * f64::from(at), side);
        right += &format!("L{} {}", number(x - 3.0 + line.1), number(line.0));
        back = format!("L{} {}", number(x + 3.0 + line.1), number(line.0)) + &back;
    }
    svg.path(&format!("{right}{back}Z"), "zig");
}

/// Where a byte is drawn; the byte right behind a drawn page at that page's end.
fn edge(scale: &Scale, byte: u64, page: u64) -> f64 {
    if byte > 0 && byte % page == 0 {
        mapped_end(scale, byte / page, scale.x(byte - 1))
    } else {
        scale.x(byte)
    }
}

/// Where a byte is drawn, so far from its page's sides that the page can be told.
fn inside(scale: &Scale, byte: u64, page: u64) -> f64 {
    let number = byte / page;
    let own = scale.columns.iter().find(|(column, ..)| *column == Column::Page(number));
    own.map_or(scale.x(byte), |(_, x, wide)| {
        let rim = 7.0_f64.min(wide / 2.0);
        scale.x(byte).clamp(x + rim, x + wide - rim)
    })
}

/// The right side of the page before a page.
fn mapped_end(scale: &Scale, count: u64, otherwise: f64) -> f64 {
    let last = scale.columns.iter().find(|(column, ..)| match column {
        Column::Page(page) => page + 1 == count,
        Column::Gap(range) => range.end == count,
    });
    last.map_or(otherwise, |(_, x, wide)| x + wide)
}

/// From where to where a text about a line goes: to the right of it, if there is room; else centred under it.
fn span_beside(x: f64, wide: f64) -> (f64, f64) {
    let from = if x + 8.0 + wide <= RIGHT { x + 8.0 } else { (x - wide / 2.0).clamp(LEFT, RIGHT - wide) };
    (from, from + wide)
}

fn beside(svg: &mut Svg, x: f64, y: f64, font: Font, text: &str) -> (f64, f64) {
    let text = fit(text, font, RIGHT - LEFT - 20.0);
    let (from, to) = span_beside(x, width(&text, font));
    svg.text((from, y), font, Anchor::Start, &text);
    (from, to)
}

/// A number of pages that fits above a gap.
fn short(count: u64) -> String {
    match count {
        0..100_000 => count.to_string(),
        100_000..10_000_000 => format!("{}k", count / 1000),
        10_000_000..10_000_000_000 => format!("{}M", count / 1_000_000),
        _ => format!("{}G", count / 1_000_000_000),
    }
}

/// What the signs mean that were drawn.
pub fn legend(record: &Record, signs: &BTreeSet<Sign>, svg: &mut Svg, mut y: f64) -> f64 {
    let language = record.language;
    svg.open("class=\"legend\"", "");
    svg.text((MARGIN, y + 16.0), STRONG, Anchor::Start, words::legend(language));
    y += 30.0;
    for line in wrap(&words::page_size(language, record.page), SMALL, WIDTH - 2.0 * MARGIN) {
        svg.text((MARGIN, y + 4.0), SMALL, Anchor::Start, &line);
        y += 17.0;
    }
    y += 4.0;
    const COLUMN: f64 = (WIDTH - 2.0 * MARGIN - 24.0) / 2.0;
    let signs: Vec<&Sign> = signs.iter().collect();
    for pair in signs.chunks(2) {
        let mut tall = 0.0_f64;
        for (at, sign) in pair.iter().enumerate() {
            let x = MARGIN + at as f64 * (COLUMN + 24.0);
            let lines = wrap(language.pick(sign.words()), SMALL, COLUMN - 38.0);
            sign.draw(svg, x, y);
            for (at, line) in lines.iter().enumerate() {
                svg.text((x + 38.0, y + 12.0 + 15.0 * at as f64), SMALL, Anchor::Start, line);
            }
            tall = tall.max(15.0 * lines.len() as f64);
        }
        y += tall + 9.0;
    }
    svg.close();
    y
}

impl Sign {
    fn words(self) -> [&'static str; 3] {
        use words::legend as l;
        match self {
            Sign::Private => l::PRIVATE,
            Sign::Shared => l::SHARED,
            Sign::Anonymous => l::ANONYMOUS,
            Sign::Both => l::ANONYMOUS_SHARED,
            Sign::Touched(_) => l::TOUCHED,
            Sign::WrittenPrivate => l::WRITTEN_PRIVATE,
            Sign::WrittenShared => l::WRITTEN_SHARED,
            Sign::WrittenAnonymous(_) => l::WRITTEN_ANONYMOUS,
            Sign::Untold => l::UNTOLD,
            Sign::End => l::END,
            Sign::Earlier => l::EARLIER,
            Sign::Tail => l::TAIL,
            Sign::Beyond => l::BEYOND,
            Sign::Gone(_) => l::GONE,
            Sign::Break => l::BREAK,
            Sign::Fault => l::FAULT,
        }
    }

    fn draw(self, svg: &mut Svg, x: f64, y: f64) {
        let size = (26.0, 16.0);
        let middle = (x + 13.0, y + 8.0);
        let mut cell = |hue: Hue, depth: usize| {
            svg.rect((x, y), size, &format!("cell {}", hue.class(depth)), "");
            if let Some(class) = [None, Some("mark1"), Some("mark2")][depth] {
                mark(svg, middle, 18.0, class);
            }
        };
        match self {
            Sign::Private => cell(Hue::Private, 0),
            Sign::Shared => cell(Hue::Shared, 0),
            Sign::Anonymous => cell(Hue::Anonymous, 0),
            Sign::Both => cell(Hue::Both, 0),
            Sign::Touched(hue) => cell(hue, 1),
            Sign::WrittenPrivate => cell(Hue::Private, 2),
            Sign::WrittenShared => cell(Hue::Shared, 2),
            Sign::WrittenAnonymous(hue) => cell(hue, 2),
            Sign::Untold => svg.text((middle.0, y + 13.0), STRONG, Anchor::Middle, "?"),
            Sign::End => svg.line((middle.0, y - 1.0), (middle.0, y + 17.0), "eof", ""),
            Sign::Earlier => svg.line((middle.0, y - 1.0), (middle.0, y + 17.0), "was", ""),
            Sign::Tail => {
                svg.rect((x, y), size, "cell blank", "");
                svg.rect((x, y), size, "tail", "fill=\"url(#hatch)\"");
            }
            Sign::Beyond => svg.rect((x, y), size, "cell", "fill=\"url(#stripes)\""),
            Sign::Gone(hue) => {
                svg.rect((x, y), size, &format!("cell gone {}", hue.class(1)), "stroke-dasharray=\"4 3\"");
            }
            Sign::Break => zigzag(svg, middle.0, y, 16.0),
            Sign::Fault => {
                let (left, right, top) = (number(middle.0 - 6.0), number(middle.0 + 6.0), number(y + 6.0));
                svg.line((middle.0, y - 1.0), (middle.0, y + 8.0), "hit", "");
                svg.path(
                    &format!("M{left} {top}H{right}L{} {}Z", number(middle.0), number(y + 17.0)),
                    "head",
                );
            }
        }
    }
}
