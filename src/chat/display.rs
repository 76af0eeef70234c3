//! Text made safe for a terminal: what would steer it, reorder it or hide in it is shown instead of sent.

use super::marks::is_mark;

/// Marks that pile up on one character; more of them are shown, so that they do not run over the lines above.
const MARKS_MAX: u32 = 4;

/// As [`display`], with a NUL behind what fits.
pub fn terminated(text: &[u8], out: &mut [u8]) -> usize {
    let Some((_, room)) = out.split_last_mut() else { return display(text, out) };
    let mut page = Page { out: room, used: 0, needed: 0 };
    page.show(text);
    let (used, needed) = (page.used, page.needed);
    if let Some(end) = out.get_mut(used) {
        *end = 0;
    }
    needed
}

/// Writes `text` into `out` as far as it fits, never a part of a character or of an escape; how much all of it needs.
pub fn display(text: &[u8], out: &mut [u8]) -> usize {
    let mut page = Page { out, used: 0, needed: 0 };
    page.show(text);
    page.needed
}

/// Controls of C1, and what Unicode has to reorder, break or hide text: a terminal, or a reader's eye, follows them.
fn steers(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}'             // C1 controls: U+009B is ESC [
        | '\u{ad}'                      // soft hyphen: invisible
        | '\u{61c}'                     // Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers: invisible letters
        | '\u{180b}'..='\u{180f}'       // Mongolian selectors and separator
        | '\u{200b}'                    // zero width space
        | '\u{200e}' | '\u{200f}'       // left-to-right and right-to-left mark
        | '\u{2028}'..='\u{202e}'       // line and paragraph separator, embeddings and overrides
        | '\u{2060}'..='\u{206f}'       // word joiner, invisible operators, isolates
        | '\u{fe00}'..='\u{fe0e}'       // variation selectors but the emoji one
        | '\u{feff}'                    // zero width no-break space
        | '\u{fff0}'..='\u{fffb}'       // specials: interlinear annotation
        | '\u{1d173}'..='\u{1d17a}'     // musical controls
        | '\u{e0000}'..='\u{e0fff}'     // tags, selectors supplement
        | '\u{e000}'..='\u{f8ff}'       // private use: a font of one's own
        | '\u{f0000}'..='\u{10ffff}')
        || character as u32 & 0xfffe == 0xfffe // noncharacters
}

const fn hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// Where the text goes.
struct Page<'a> {
    out: &'a mut [u8],
    used: usize,
    needed: usize,
}

impl Page<'_> {
    fn show(&mut self, text: &[u8]) {
        let mut marks = 0;
        for chunk in text.utf8_chunks() {
            for character in chunk.valid().chars() {
                marks = if is_mark(character) { marks + 1 } else { 0 };
                match character {
                    '\t' => self.put(b" "),
                    '\0'..='\x1f' => self.put(&[b'^', character as u8 ^ 0x40]),
                    '\x7f' => self.put(b"^?"),
                    _ if steers(character) || marks > MARKS_MAX => self.code(character),
                    _ => self.put(character.encode_utf8(&mut [0; 4]).as_bytes()),
                }
            }
            for byte in chunk.invalid() {
                self.put(&[b'\\', b'x', hex(byte >> 4), hex(byte & 0xf)]);
            }
        }
    }

    /// All of `bytes`, or from now on nothing.
    fn put(&mut self, bytes: &[u8]) {
        let end = self.used.saturating_add(bytes.len());
        match self.out.get_mut(self.used..end) {
            Some(place) if self.used == self.needed => {
                for (to, from) in place.iter_mut().zip(bytes) {
                    *to = *from;
                }
                self.used = end;
            }
            _ => {}
        }
        self.needed = self.needed.saturating_add(bytes.len());
    }

    /// "<U+202E>"
    fn code(&mut self, character: char) {
        let code = character as u32;
        let mut text = *b"<U+000000>";
        let digits = if code > 0xf_ffff {
            6
        } else if code > 0xffff {
            5
        } else {
            4
        };
        for (at, place) in text.iter_mut().skip(3).take(digits).enumerate() {
            let nibble = (code >> (4 * (digits - 1 - at))) as u8 & 0xf;
            *place = hex(nibble).to_ascii_uppercase();
        }
        if let Some(place) = text.get_mut(3 + digits) {
            *place = b'>';
        }
        self.put(text.get(..digits + 4).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::display;

    fn shown(text: &[u8]) -> String {
        let mut out = [0; 4096];
        let needed = display(text, &mut out);
        String::from_utf8(out[..needed].to_vec()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn text_passes_and_what_steers_is_shown() {
        for (text, wanted) in [
            ("héllo 中文 👨‍👩‍👧 e\u{301}", "héllo 中文 👨‍👩‍👧 e\u{301}"),
            (
                "हिन्दी ភាសាខ្មែរ ไทย বাংলা தமிழ் עִבְרִית عَرَبِيَّة བོད་སྐད 한국어",
                "हिन्दी ភាសាខ្មែរ ไทย বাংলা தமிழ் עִבְרִית عَرَبِيَّة བོད་སྐད 한국어",
            ),
            ("a\tb", "a b"),
            ("\x1b[2J\x07\n\x7f", "^[[2J^G^J^?"),
            ("\u{9b}2J", "<U+009B>2J"),
            ("\u{202e}abc\u{2066}", "<U+202E>abc<U+2066>"),
            ("\u{e0041}\u{10ffff}", "<U+E0041><U+10FFFF>"),
        ] {
            assert_eq!(shown(text.as_bytes()), wanted);
        }
        assert_eq!(shown(b"a\xff\xc3b\xe4\xb8"), "a\\xff\\xc3b\\xe4\\xb8");
        let pile = format!("a{}b", "\u{301}".repeat(9));
        assert_eq!(shown(pile.as_bytes()), format!("a{}{}b", "\u{301}".repeat(4), "<U+0301>".repeat(5)));
        // Khmer, the Far East, Cyrillic, Mende Kikakui, Devanagari, Arabic, music
        for mark in "\u{17d2}\u{302a}\u{a66f}\u{1e8d0}\u{94d}\u{64b}\u{1d165}\u{20e3}\u{e31}".chars() {
            let shown = shown(format!("a{}", mark.to_string().repeat(60)).as_bytes());
            assert!(shown.chars().filter(|shown| *shown == mark).count() <= 4, "{mark:?}");
        }
    }

    #[test]
    fn nothing_is_cut_in_the_middle() {
        let text = "é中\x1b\u{202e}!".as_bytes();
        let whole = shown(text);
        for size in 0..whole.len() + 2 {
            let mut out = vec![b'~'; size];
            assert_eq!(display(text, &mut out), whole.len());
            let end = out.iter().position(|byte| *byte == b'~').unwrap_or(size);
            let part = std::str::from_utf8(&out[..end]).unwrap_or_else(|error| panic!("{error}"));
            assert!(whole.starts_with(part) && !part.ends_with('^') && !part.ends_with("<U"), "{part}");
        }
    }
}
