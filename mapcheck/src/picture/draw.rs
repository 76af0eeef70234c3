//! The image: how the program ended and why, its mappings one below the other, its children's, the legend.

use super::card;
use super::record::{End, Record, Section};
use super::scene::{self, Shown};
use super::style::{self, ERROR, MUTED, NAME, PLAIN, STRONG, TEXT, TITLE, WARNING};
use super::svg::{Anchor, Svg, clean, escape, fit, number, width, wrap};
use super::words;
use crate::report::{Report, Told};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub const WIDTH: f64 = 960.0;
pub const MARGIN: f64 = 24.0;
/// Reports that are repeated, at most.
const REPORTS: usize = 4;

pub fn image(record: &Record, report: &Report) -> String {
    let language = record.language;
    let name = record.command.first().map_or("", String::as_str);
    let title =
        format!("{}{}{}", clean(name), crate::words::colon(language), words::ended(language, record.end));
    let mut svg = Svg::default();
    let mut y = MARGIN;
    y = header(record, report, &title, &mut svg, y);
    let main = record.main.unwrap_or(0);
    let (shown, more) = scene::shown(record, main);
    let moments = scene::moments(&shown);
    let mut legend = BTreeSet::new();
    let mut spoken = String::new();
    let mut count = 0;
    for part in &shown {
        let first = shown.first().is_some_and(|s| std::ptr::eq(s, part));
        if !(first && part.section.pid == main) {
            y = section_head(record, part.section, &mut svg, y);
        }
        for (at, life) in &part.lives {
            count += 1;
            let fault = part.section.fault.as_ref().filter(|f| f.life == Some(*at));
            let card = card::Card {
                record,
                report,
                life,
                fault,
                moments: &moments,
                death: part.section.fault.as_ref().map(|f| f.at),
                count,
                legend: &mut legend,
            };
            let (drawn, height, said) = card.draw(y);
            svg.raw(&drawn);
            let _ = write!(spoken, " {said}.");
            y += height + 16.0;
        }
        y = others(record, report, part, &mut svg, y);
    }
    if more > 0 {
        svg.text((MARGIN, y + 8.0), MUTED, Anchor::Start, &words::other_processes(language, more));
        y += 26.0;
    }
    if shown.is_empty() {
        for line in wrap(words::no_mapping(language), MUTED, WIDTH - 2.0 * MARGIN) {
            svg.text((MARGIN, y + 6.0), MUTED, Anchor::Start, &line);
            y += 20.0;
        }
        y += 8.0;
    } else {
        y = card::legend(record, &legend, &mut svg, y);
    }
    frame(record, &title, &spoken, &svg.finish(), y + MARGIN - 8.0)
}

/// The outermost element, with what a screen reader says, the style and the patterns.
fn frame(record: &Record, title: &str, spoken: &str, body: &str, height: f64) -> String {
    let tag = words::tag(record.language);
    let (width, height) = (number(WIDTH), number(height.ceil()));
    let dark = style::DARK.lines().map(|l| format!("  {l}\n")).collect::<String>();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title desc\" xml:lang=\"{tag}\" lang=\"{tag}\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <style>{}@media (prefers-color-scheme: dark) {{\n{}}}\n</style>\n\
         <defs>\n\
         <pattern id=\"stripes\" width=\"10\" height=\"10\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect class=\"pale\" width=\"10\" height=\"10\"/>\
         <line class=\"stripe\" x1=\"2\" y1=\"0\" x2=\"2\" y2=\"10\"/></pattern>\n\
         <pattern id=\"hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">\
         <line class=\"hatch\" x1=\"1\" y1=\"0\" x2=\"1\" y2=\"6\"/></pattern>\n\
         </defs>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
        escape(title),
        escape(spoken.trim()),
        style::LIGHT,
        dark.trim_start_matches([' ', '\n']),
    )
}

fn header(record: &Record, report: &Report, title: &str, svg: &mut Svg, mut y: f64) -> f64 {
    let language = record.language;
    let room = WIDTH - 2.0 * MARGIN;
    // the end is what must be read: the name gives way
    let ended = format!("{}{}", crate::words::colon(language), words::ended(language, record.end));
    let name = title.strip_suffix(&ended).unwrap_or(title);
    let name = fit(name, TITLE, room - width(&ended, TITLE));
    svg.text((MARGIN, y + 22.0), TITLE, Anchor::Start, &(name + &ended));
    y += 36.0;
    if record.command.len() > 1 {
        let line = clean(&record.command.join(" "));
        svg.text((MARGIN, y + 10.0), PLAIN, Anchor::Start, &fit(&line, PLAIN, room));
        y += 22.0;
    }
    let mut told: Vec<&Told> = report.told.iter().flatten().collect();
    told.sort_by_key(|t| !t.error);
    let killed = matches!(record.end, Some(End::Killed(_)));
    if told.is_empty() && !killed {
        svg.rect((MARGIN, y), (room, 34.0), "good", "rx=\"6\"");
        svg.rect((MARGIN, y), (5.0, 34.0), "goodbar", "rx=\"2\"");
        svg.text((MARGIN + 18.0, y + 22.0), TEXT, Anchor::Start, words::no_report(language));
        return y + 34.0 + 16.0;
    }
    for told in told.iter().take(REPORTS) {
        y += said(record, told, svg, y) + 8.0;
    }
    let more = told.len().saturating_sub(REPORTS);
    if more > 0 {
        svg.text((MARGIN, y + 12.0), MUTED, Anchor::Start, &words::more_reports(language, more));
        y += 22.0;
    }
    y + 10.0
}

/// A report, in its own words.
fn said(record: &Record, told: &Told, svg: &mut Svg, y: f64) -> f64 {
    let room = WIDTH - 2.0 * MARGIN - 36.0;
    let (back, bar, font) = if told.error { ("bad", "badbar", ERROR) } else { ("odd", "oddbar", WARNING) };
    let head = format!("{} [{}]", crate::words::severity(record.language, told.error), told.slug.as_str());
    let lines = wrap(&clean(&told.sentence), TEXT, room);
    let height = 36.0 + 18.0 * lines.len() as f64;
    let mut about = format!("{head} {}", clean(&told.place));
    about.truncate(about.trim_end().len());
    svg.open("class=\"report\"", &about);
    svg.rect((MARGIN, y), (WIDTH - 2.0 * MARGIN, height), back, "rx=\"6\"");
    svg.rect((MARGIN, y), (5.0, height), bar, "rx=\"2\"");
    svg.text((MARGIN + 18.0, y + 21.0), font, Anchor::Start, &head);
    let at = width(&head, font) + 14.0;
    let place = fit(&clean(&told.place), STRONG, room - at);
    svg.text((MARGIN + 18.0 + at, y + 21.0), STRONG, Anchor::Start, &place);
    for (number, line) in lines.iter().enumerate() {
        svg.text((MARGIN + 18.0, y + 41.0 + 18.0 * number as f64), TEXT, Anchor::Start, line);
    }
    svg.close();
    height
}

/// Which process, and how it ended.
fn section_head(record: &Record, section: &Section, svg: &mut Svg, y: f64) -> f64 {
    let language = record.language;
    let ended = if section.replaced {
        words::replaced_by_exec(language).to_owned()
    } else {
        words::ended(language, section.end)
    };
    let parent = section.parent.filter(|_| Some(section.pid) != record.main);
    let process = words::process(language, section.pid, &clean(&section.program), parent);
    let ended = format!("{}{ended}", crate::words::colon(language));
    let process = fit(&process, NAME, WIDTH - 2.0 * MARGIN - width(&ended, NAME));
    svg.line((MARGIN, y + 2.0), (WIDTH - MARGIN, y + 2.0), "axis", "");
    svg.text((MARGIN, y + 28.0), NAME, Anchor::Start, &(process + &ended));
    y + 44.0
}

/// The mappings that are not drawn.
fn others(record: &Record, report: &Report, part: &Shown<'_>, svg: &mut Svg, mut y: f64) -> f64 {
    if part.others == 0 {
        return y;
    }
    let language = record.language;
    let named = part.sites.iter().filter(|(place, _)| place.is_some()).take(5);
    let sites: Vec<String> =
        named.map(|(place, count)| format!("{} × {count}", clean(&report.place(*place)))).collect();
    let mut text = words::others(language, part.others, &sites.join(words::comma(language)));
    if part.sites.len() > sites.len() {
        text += "…";
    }
    for line in wrap(&text, MUTED, WIDTH - 2.0 * MARGIN) {
        svg.text((MARGIN, y + 6.0), MUTED, Anchor::Start, &line);
        y += 20.0;
    }
    y + 12.0
}
