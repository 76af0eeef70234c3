//! Saying it: each diagnosis once per site, on stderr for people and in a file for programs.

use crate::json::{Json, value as json, write_object};
use crate::options::Options;
use crate::site::Place;
use crate::sys::Pid;
use crate::words::{self, Language, Note};
use explain::{Cause, Finding, Slug, say};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;

/// What is to be said, with the cause of an earlier failure where the sentence takes one in.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // few are alive at any time
pub enum Message {
    Failed(Cause, Option<Cause>),
    Found(Finding, Option<Cause>),
}

/// A second place that concerns a report.
pub type Remark = (fn(Language) -> &'static str, Place);

/// A diagnosis, ready to be said.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub message: Message,
    pub place: Option<Place>,
    pub remarks: Vec<Remark>,
    pub pid: Pid,
}

impl Message {
    pub fn slug(&self) -> Slug {
        match self {
            Message::Failed(cause, _) => cause.slug(),
            Message::Found(finding, _) => finding.slug(),
        }
    }

    /// A failed call or a fault; what is seen at a call that succeeded, or at the end, is a warning.
    fn is_error(&self) -> bool {
        use Slug::*;
        let Message::Found(finding, _) = self else { return true };
        matches!(
            finding.slug(),
            FileTooShort
                | FileTruncated
                | DiskFull
                | IoError
                | WriteToReadOnly
                | NoAccess
                | UseAfterUnmap
                | PastTheEnd
                | UncheckedFailure
                | PointerTruncated
                | UnlockedAccess
                | NotInherited
                | FreeOfMapping
                | BeforeTheStart
                | NullPointer
                | StackFull
                | JumpToNowhere
                | WildPointer
                | LimitMappings
                | Unknown
        ) && !matches!(finding, Finding::FileTooShortAhead { .. })
    }

    fn sentence(&self, language: Language) -> String {
        let mut text = String::new();
        match self {
            Message::Failed(cause, why) => say::cause(language, cause, why.as_ref(), &mut text),
            Message::Found(finding, why) => say::finding(language, finding, why.as_ref(), &mut text),
        }
        text
    }

    fn values(&self) -> Vec<(&'static str, Json)> {
        let (names, value): (_, &dyn Fn(usize) -> Option<Json>) = match self {
            Message::Failed(cause, _) => (cause.kind().names(), &|at| cause.value(at).map(json)),
            Message::Found(finding, _) => (finding.kind().names(), &|at| finding.value(at).map(json)),
        };
        names
            .split(',')
            .map(str::trim)
            .enumerate()
            .filter_map(|(at, name)| Some((name, value(at)?)))
            .collect()
    }
}

/// A report that was made, as the picture repeats it.
pub struct Told {
    pub error: bool,
    pub slug: Slug,
    pub place: String,
    pub sentence: String,
}

/// Of how many reports the picture is told.
const TOLD: usize = 64;

/// Where reports go, and which were made.
pub struct Report {
    out: Option<File>,
    json: Option<File>,
    language: Language,
    color: bool,
    /// Width of the terminal; very large without one.
    columns: usize,
    quiet: bool,
    pub summary: bool,
    pub pedantic: bool,
    pub error_exitcode: Option<u8>,
    /// Where the program was started: names of files are given from here.
    pub directory: String,
    seen: HashMap<(Slug, String), u64>,
    order: Vec<(Slug, String)>,
    /// For --picture: the reports, each once.
    pub told: Option<Vec<Told>>,
    noted: HashSet<(Note, String)>,
    probes: BTreeMap<(Slug, String), (Diagnosis, u64)>,
    reported: u64,
    /// Mappings still in use at the end: place, count, bytes.
    pub kept: Vec<(String, u64, u64)>,
    /// Calls that could not be judged: static and stripped.
    pub unjudged: u64,
}

impl Report {
    pub fn open(options: &Options) -> Result<Report, String> {
        let json = match &options.json {
            None => None,
            Some(path) => Some(File::create(path).map_err(|e| format!("{}: {e}", path.display()))?),
        };
        Ok(Report {
            out: crate::sys::duplicate(2).ok().map(File::from),
            json,
            language: options.language,
            color: options.color,
            columns: crate::sys::columns(2).unwrap_or(usize::MAX),
            quiet: options.quiet,
            summary: options.summary,
            pedantic: options.pedantic,
            error_exitcode: options.error_exitcode,
            directory: std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned(),
            seen: HashMap::new(),
            order: Vec::new(),
            told: options.picture.is_some().then(Vec::new),
            noted: HashSet::new(),
            probes: BTreeMap::new(),
            reported: 0,
            kept: Vec::new(),
            unjudged: 0,
        })
    }

    /// Something was reported: for --error-exitcode.
    pub fn anything(&self) -> bool {
        self.reported > 0
    }

    pub fn place(&self, place: Option<&Place>) -> String {
        place.map_or_else(String::new, |p| p.text(&self.directory))
    }

    /// Whether a diagnosis was reported for a place.
    pub fn has_said(&self, slug: Slug, place: Option<&Place>) -> bool {
        self.seen.contains_key(&(slug, self.place(place)))
    }

    /// A line about the checking, once.
    pub fn note(&mut self, note: Note, about: &str) {
        if self.noted.insert((note, about.to_owned())) {
            self.write(&words::note_line(self.language, note, about));
        }
    }

    pub fn diagnosis(&mut self, diagnosis: &Diagnosis) {
        let place = self.place(diagnosis.place.as_ref());
        let key = (diagnosis.message.slug(), place);
        let count = self.seen.entry(key.clone()).or_insert(0);
        *count += 1;
        self.reported += 1;
        if *count > 1 {
            return;
        }
        self.order.push(key.clone());
        let sentence = diagnosis.message.sentence(self.language);
        if !self.quiet {
            let text = self.text(diagnosis, &key.1, &sentence);
            self.write(&text);
        }
        let error = diagnosis.message.is_error();
        self.object(words::severity(Language::English, error), diagnosis, &key.1, &sentence);
        if let Some(told) = self.told.as_mut().filter(|t| t.len() < TOLD) {
            told.push(Told { error, slug: key.0, place: key.1, sentence });
        }
    }

    /// A call that failed, perhaps because the program was probing: said in the summary only.
    pub fn probe(&mut self, diagnosis: Diagnosis) {
        let key = (diagnosis.message.slug(), self.place(diagnosis.place.as_ref()));
        if self.summary {
            self.probes.entry(key).or_insert((diagnosis, 0)).1 += 1;
        }
    }

    /// The end of the program: what happened more than once, and the summary.
    pub fn finish(&mut self) {
        for (slug, place) in std::mem::take(&mut self.order) {
            let count = self.seen.get(&(slug, place.clone())).copied().unwrap_or(0);
            if count > 1 {
                let times = words::times(self.language, count);
                self.line(words::note_word(self.language), slug, &place, &times);
                self.raw_object(&[
                    ("slug", Json::Text(slug.as_str().into())),
                    ("site", Json::Text(place)),
                    ("count", Json::Number(count as i64)),
                ]);
            }
        }
        if !self.summary {
            return;
        }
        for ((slug, place), (diagnosis, count)) in std::mem::take(&mut self.probes) {
            let sentence = diagnosis.message.sentence(self.language);
            let times =
                if count > 1 { format!(" ({})", words::times(self.language, count)) } else { String::new() };
            self.line(words::note_word(self.language), slug, &place, &(sentence.clone() + &times));
            self.object("note", &diagnosis, &place, &sentence);
        }
        let text = words::summary(self.language, self.seen.len(), self.reported, &self.kept, self.unjudged);
        self.write(&text);
    }

    fn line(&mut self, word: &str, slug: Slug, place: &str, text: &str) {
        if !self.quiet {
            let colon = words::colon(self.language);
            let (bold, dim, reset) =
                if self.color { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
            let line = format!(
                "{dim}mapboard: {word} [{}]{reset} {bold}{place}{reset}{colon}{text}\n",
                slug.as_str()
            );
            self.write(&line);
        }
    }

    /// One line; on a terminal also the source lines, as compilers show them.
    fn text(&self, diagnosis: &Diagnosis, place: &str, sentence: &str) -> String {
        let error = diagnosis.message.is_error();
        let word = words::severity(self.language, error);
        let colon = words::colon(self.language);
        let slug = diagnosis.message.slug().as_str();
        if !self.color {
            let at = if place.is_empty() { String::new() } else { format!("{place}{colon}") };
            return format!("mapboard: {word} [{slug}] {at}{sentence}\n");
        }
        let hue = if error { "\x1b[1;31m" } else { "\x1b[1;35m" };
        let mut text = String::new();
        let at = if place.is_empty() { String::new() } else { format!("\x1b[1m{place}\x1b[0m{colon}") };
        let head = format!("\x1b[1mmapboard:\x1b[0m {hue}{word}\x1b[0m [{slug}] {at}");
        text += &fold(&(head + sentence), self.columns, "    ");
        let mut shown = HashSet::new();
        if let Some(source) = self.excerpt(diagnosis.place.as_ref(), hue, &mut shown) {
            text += &source;
        }
        for (what, place) in &diagnosis.remarks {
            if let Some(source) = self.excerpt(Some(place), "\x1b[1;36m", &mut shown) {
                let at = self.place(Some(place));
                let _ = writeln!(text, "  \x1b[1;36m{}\x1b[0m{colon}{}", at, what(self.language));
                text += &source;
            }
        }
        text
    }

    /// The source line of a place, if the source is there and was not shown yet.
    fn excerpt(
        &self,
        place: Option<&Place>,
        hue: &str,
        shown: &mut HashSet<(String, u32)>,
    ) -> Option<String> {
        let place = place?;
        let line = place.module.line(place.address)?;
        if !shown.insert((line.file.clone(), line.line)) {
            return None;
        }
        let source = std::fs::read(&line.file).ok()?;
        let text = source.split(|&b| b == b'\n').nth(line.line as usize - 1)?;
        let text: String = String::from_utf8_lossy(text)
            .trim_end()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(160)
            .collect();
        let head = format!("{hue}{:>5} |\x1b[0m ", line.line);
        (!text.trim().is_empty())
            .then(|| fold(&(head + &text), self.columns, &format!("{hue}      |\x1b[0m         ")))
    }

    /// The text of a place's source line, or nothing.
    pub fn source_line(&self, place: &Place) -> String {
        let read = || {
            let line = place.module.line(place.address)?;
            let source = std::fs::read(&line.file).ok()?;
            let text = source.split(|&b| b == b'\n').nth(line.line as usize - 1)?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        read().unwrap_or_default()
    }

    fn object(&mut self, severity: &str, diagnosis: &Diagnosis, place: &str, sentence: &str) {
        if self.json.is_none() {
            return;
        }
        let message = &diagnosis.message;
        let remarks = diagnosis.remarks.iter().map(|(what, place)| {
            Json::Object(vec![
                ("what", Json::Text(what(Language::English).into())),
                ("site", Json::Text(self.place(Some(place)))),
            ])
        });
        let symbol = diagnosis.place.as_ref().and_then(Place::symbol);
        let mut fields = vec![
            ("slug", Json::Text(message.slug().as_str().into())),
            ("severity", Json::Text(severity.into())),
            ("pid", Json::Number(diagnosis.pid.into())),
            ("site", Json::Text(place.into())),
            ("sentence", Json::Text(sentence.into())),
            ("values", Json::Object(message.values())),
            ("notes", Json::List(remarks.collect())),
        ];
        fields.extend(symbol.map(|name| ("symbol", Json::Text(name))));
        self.raw_object(&fields);
    }

    fn raw_object(&mut self, fields: &[(&'static str, Json)]) {
        if let Some(file) = &mut self.json {
            let mut text = String::new();
            write_object(fields, &mut text);
            text.push('\n');
            let _ = file.write_all(text.as_bytes());
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(out) = &mut self.out {
            let _ = out.write_all(text.as_bytes()); // in one write, so that it stays whole among the program's own
        }
    }
}

/// Breaks a line where it would go over the edge of the terminal; what follows begins with `indent`.
fn fold(text: &str, columns: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for piece in pieces(text) {
        // a space at the edge is not seen
        if at > width(indent) && at + width(piece.trim_end_matches(' ')) > columns {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(indent);
            at = width(indent);
        }
        out.push_str(piece);
        at += width(piece);
    }
    out.push('\n');
    out
}

/// What no line may break within: words; between Chinese characters it may, but not before a sign that closes, nor after
/// one that opens.
fn pieces(text: &str) -> Vec<&str> {
    let wide = |c: char| width(c.encode_utf8(&mut [0; 4])) == 2;
    let closes = |c| "，。：；、？！）”》…".contains(c);
    let opens = |c| "（“《".contains(c);
    let mut all = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let may = match before {
            Some(' ') => c != ' ',
            Some(b) => (wide(b) || wide(c)) && c != ' ' && !closes(c) && !opens(b) && b != '\x1b',
            None => false,
        };
        if may {
            all.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    all.extend(text.get(start..));
    all
}

/// Columns that a text takes: none for colours, two for Chinese characters and signs.
fn width(text: &str) -> usize {
    let mut escape = false;
    let mut columns = 0;
    for c in text.chars() {
        match c {
            '\x1b' => escape = true,
            'm' if escape => escape = false,
            _ if escape => {}
            '\u{1100}'..='\u{115f}'
            | '\u{2e80}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}' => columns += 2,
            _ => columns += 1,
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(fold("one two three", 8, "    "), "one two\n    three\n");
        assert_eq!(fold("one two three", 7, " "), "one two\n three\n");
        assert_eq!(fold("\x1b[1mone\x1b[0m two", 80, "    "), "\x1b[1mone\x1b[0m two\n");
    }

    #[test]
    fn chinese_lines_break_between_characters() {
        assert_eq!(fold("文件有八字节。好", 8, "  "), "文件有八\n  字节。\n  好\n");
        assert_eq!(pieces("见（a.c:3）好"), ["见", "（a.c:3）", "好"]);
        assert_eq!(width("\x1b[1;31m错误\x1b[0m."), 5);
    }
}
