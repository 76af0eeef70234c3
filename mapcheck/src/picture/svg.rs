//! SVG, as far as the picture needs it: shapes, texts that fit, and names from outside made harmless.

use std::fmt::Write as _;

/// How a text is set.
#[derive(Clone, Copy)]
pub struct Font {
    pub size: f64,
    pub mono: bool,
    pub bold: bool,
    /// What the style sheet calls it.
    pub class: &'static str,
}

#[derive(Default)]
pub struct Svg {
    body: String,
}

impl Svg {
    pub fn finish(self) -> String {
        self.body
    }

    pub fn raw(&mut self, text: &str) {
        self.body.push_str(text);
    }

    /// Opens a group; `about` is its tooltip, and what a screen reader says.
    pub fn open(&mut self, attributes: &str, about: &str) {
        let _ = write!(self.body, "<g {attributes}>");
        if !about.is_empty() {
            let _ = write!(self.body, "<title>{}</title>", escape(about));
        }
        self.body.push('\n');
    }

    pub fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// A rectangle; `more` are further attributes.
    pub fn rect(&mut self, at: (f64, f64), size: (f64, f64), class: &str, more: &str) {
        let [x, y, w, h] = [at.0, at.1, size.0, size.1].map(number);
        let space = if more.is_empty() { "" } else { " " };
        let _ = writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{space}{more}/>"
        );
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str, more: &str) {
        let [a, b, c, d] = [from.0, from.1, to.0, to.1].map(number);
        let space = if more.is_empty() { "" } else { " " };
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{a}\" y1=\"{b}\" x2=\"{c}\" y2=\"{d}\"{space}{more}/>"
        );
    }

    pub fn path(&mut self, data: &str, class: &str) {
        let _ = writeln!(self.body, "<path class=\"{class}\" d=\"{data}\"/>");
    }

    pub fn dot(&mut self, at: (f64, f64), radius: f64, class: &str) {
        let [x, y, r] = [at.0, at.1, radius].map(number);
        let _ = writeln!(self.body, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
    }

    /// A text whose baseline begins, ends or has its middle at a point.
    pub fn text(&mut self, at: (f64, f64), font: Font, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y) = (number(at.0), number(at.1));
        let text = escape(text);
        let _ =
            writeln!(self.body, "<text class=\"{}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>", font.class);
    }
}

#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// At most two decimals.
pub fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// Text for XML. What is invisible, or changes the direction of what follows, is shown by its number; control
/// characters by their signs.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A text from outside, with nothing in it that cannot be seen: such letters become their bytes, as in the
/// reports.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}' => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// How wide a letter is at most, in ems, in the fonts that a viewer may have.
fn advance(c: char, font: Font) -> f64 {
    let bold = if font.bold && c.is_ascii() { 1.1 } else { 1.0 };
    bold * match c {
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 1.0,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 1.0,
        '\u{1f000}'..='\u{3fffd}' => 1.35,
        '…' | '—' | '→' => 1.0,
        _ if font.mono => 0.61,
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' | '\u{a0}' | '\u{202f}' => 0.36,
        't' | 'f' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' | 'I' => 0.44,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | 'æ' | 'œ' => 0.99,
        'A'..='Z' => 0.77,
        'a'..='z' | '0'..='9' => 0.64,
        c if c.is_lowercase() => 0.66,
        _ => 0.88,
    }
}

/// How wide a text is at most.
pub fn width(text: &str, font: Font) -> f64 {
    text.chars().map(|c| advance(c, font)).sum::<f64>() * font.size
}

/// A text that is not wider than `room`: its middle may be left out.
pub fn fit(text: &str, font: Font, room: f64) -> String {
    if width(text, font) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let mut left = room - font.size; // the three dots
    let (mut head, mut tail) = (0, letters.len());
    while head < tail {
        // the end tells more than the beginning: two letters of it for one
        let (at, from_head) = if head * 2 < letters.len() - tail { (head, true) } else { (tail - 1, false) };
        left -= letters.get(at).map_or(0.0, |c| advance(*c, font) * font.size);
        if left < 0.0 {
            break;
        }
        if from_head { head += 1 } else { tail -= 1 }
    }
    letters[..head].iter().chain(&['…']).chain(&letters[tail..]).collect()
}

/// Lines that are not wider than `room`. Lines break at spaces, and between Chinese characters; a word that
/// is too long breaks anywhere.
pub fn wrap(text: &str, font: Font, room: f64) -> Vec<String> {
    const NEVER_FIRST: &str = "，。；：！？、）》”’」』】…,.;:!?)]}";
    const NEVER_LAST: &str = "（《“‘「『【([{";
    let room_for = |parts: &[&str], more: &str| {
        let all: f64 = parts.iter().map(|p| width(p, font)).sum();
        all + width(more.trim_end(), font) <= room
    };
    let bound = |left: &str, right: &str| {
        right.starts_with(|c| NEVER_FIRST.contains(c)) || left.ends_with(|c| NEVER_LAST.contains(c))
    };
    let mut lines: Vec<String> = Vec::new();
    let mut line: Vec<&str> = Vec::new();
    for mut word in words(text) {
        if !room_for(&line, word) {
            // a sign that must not begin a line, or end one, takes its neighbour along
            let mut last = line.len();
            while last > 0 && bound(line[last - 1], line.get(last).unwrap_or(&word)) {
                last -= 1;
            }
            let next = line.split_off(if last == 0 { line.len() } else { last });
            lines.push(line.concat());
            line = next;
        }
        while !room_for(&line, word) {
            let mut head = line.concat();
            let letters = word.char_indices().take_while(|(_, c)| {
                head.push(*c);
                width(&head, font) <= room
            });
            let fitting = letters.count().max(1);
            let cut = word.char_indices().nth(fitting).map_or(word.len(), |(at, _)| at);
            lines.push(line.concat() + &word[..cut]);
            line.clear();
            word = &word[cut..];
        }
        line.push(word);
    }
    lines.push(line.concat());
    lines.into_iter().map(|l| l.trim_end_matches(' ').to_owned()).filter(|l| !l.is_empty()).collect()
}

/// Parts between which a line may break; a space belongs to the part before it.
fn words(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    let wide =
        |c: char| matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    let mut before = None;
    for (at, c) in text.char_indices() {
        let breaks = before == Some(' ') && c != ' ' || before.is_some_and(|b| wide(b) || wide(c));
        if breaks {
            parts.extend(text.get(from..at));
            from = at;
        }
        before = Some(c);
    }
    parts.extend(text.get(from..));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 10.0, mono: false, bold: false, class: "" };

    #[test]
    fn names_cannot_spoil_the_image() {
        assert_eq!(escape("<a&\"'>"), "&lt;a&amp;&quot;&#39;&gt;");
        assert_eq!(clean("a\n\u{1b}[1m\u{202e}b\u{ffff}"), r"a\x0a\x1b[1m\xe2\x80\xaeb\xef\xbf\xbf");
    }

    #[test]
    fn no_line_is_too_wide() {
        let texts = [
            "une phrase assez longue, avec des mots et un-mot-qui-n-en-finit-pas-du-tout-vraiment-pas",
            "映射比文件长时，访问文件末尾之后的页会收到 SIGBUS（总线错误）。先调用 ftruncate()。",
            "",
        ];
        for text in texts {
            for room in [40.0, 100.0, 333.0] {
                let lines = wrap(text, FONT, room);
                assert!(lines.iter().all(|l| width(l, FONT) <= room), "{lines:?}");
                let letters = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
                assert_eq!(letters(&lines.concat()), letters(text));
                assert!(width(&fit(text, FONT, room), FONT) <= room);
            }
        }
    }

    #[test]
    fn a_comma_does_not_begin_a_line() {
        for room in 40..120 {
            let lines = wrap("映射比文件长时，访问文件末尾之后（的页）会出错。", FONT, f64::from(room));
            assert!(
                lines.iter().all(|l| !l.starts_with(['，', '。', '）']) && !l.ends_with('（')),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([number(1.0), number(0.125), number(-0.001)], ["1", "0.12", "0"]);
    }
}
