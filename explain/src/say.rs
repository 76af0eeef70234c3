//! A message in a language: fills the values into the sentence. No formatting machinery of the standard library, whose
//! size and panics a small C library does without; and names that come from outside cannot spoil a terminal.

use super::call::{Call, Wait};
use super::cause::{Cause, CauseKind};
use super::finding::{Finding, FindingKind};
use super::language::Language;
use super::name::Name;
use super::symbols::{self, Set};
use super::value::{Symbols, Term, Value};
use super::{en, fr, zh};
use core::num::NonZeroU64;

/// Where a sentence goes, piece by piece. It takes all of it, or forgets the rest: nothing fails.
pub trait Out {
    fn put(&mut self, text: &str);
}

impl<W: core::fmt::Write> Out for W {
    fn put(&mut self, text: &str) {
        let _ = self.write_str(text);
    }
}

/// Writes the sentence of a cause. `why` is the cause of the earlier failure that the sentence names, if it names one.
pub fn cause(language: Language, message: &Cause, why: Option<&Cause>, out: &mut dyn Out) {
    let sentences = match language {
        Language::English => book!(en::cause, CauseKind::ALL),
        Language::French => book!(fr::cause, CauseKind::ALL),
        Language::Chinese => book!(zh::cause, CauseKind::ALL),
    };
    let names = book!(CauseKind::names, CauseKind::ALL);
    let kind = message.kind() as usize;
    Pen { language, why, out }.fill(sentences.get(kind), names.get(kind), &|index| message.value(index));
}

/// Writes the sentence of a finding; `why` as for `cause`.
pub fn finding(language: Language, message: &Finding, why: Option<&Cause>, out: &mut dyn Out) {
    let kind = message.kind();
    let sentence = match language {
        Language::English => en::finding(kind),
        Language::French => fr::finding(kind),
        Language::Chinese => zh::finding(kind),
    };
    Pen { language, why, out }.fill(sentence, kind.names(), &|index| message.value(index));
}

/// Writes bits of C as symbols: PROT_READ|PROT_WRITE.
pub fn symbols(set: Symbols, out: &mut dyn Out) {
    Pen { language: Language::English, why: None, out }.symbols(set.of, set.bits);
}

/// The text up to the first `sign`, and what follows that.
fn cut(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == sign)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// At which place among the names between ", " a name stands.
fn place(names: &str, name: &str) -> Option<usize> {
    let (mut rest, mut index) = (names, 0);
    while let Some((first, more)) = cut(rest, b',') {
        if first == name {
            return Some(index);
        }
        (rest, index) = (more.get(1..)?, index + 1); // without the space
    }
    (rest == name).then_some(index)
}

struct Pen<'a> {
    language: Language,
    why: Option<&'a Cause>,
    out: &'a mut dyn Out,
}

/// A space at which no line breaks.
const NO_BREAK: &str = "\u{a0}";

const DECIMAL: NonZeroU64 = NonZeroU64::new(10).unwrap();
const HEXADECIMAL: NonZeroU64 = NonZeroU64::new(16).unwrap();

impl Pen<'_> {
    fn put(&mut self, text: &str) {
        self.out.put(text);
    }

    /// Writes a sentence, with the value for each {name}.
    fn fill<'v>(&mut self, sentence: &str, names: &str, value: &dyn Fn(usize) -> Option<Value<'v>>) {
        let mut rest = sentence;
        while let Some((text, more)) = cut(rest, b'{') {
            self.text(text);
            let (name, more) = cut(more, b'}').unwrap_or(("", more));
            if let Some(value) = place(names, name).and_then(value) {
                self.value(value);
            }
            rest = more;
        }
        self.text(rest);
    }

    /// French puts a space before these signs, and within its quotation marks; no line is to break there.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while self.language == Language::French {
            let Some((word, more)) = cut(rest, b' ') else { break };
            self.put(word);
            self.put(match more.as_bytes() {
                [b':' | b';' | b'!' | b'?', ..] => NO_BREAK,
                _ if more.starts_with("»") || word.ends_with("«") => NO_BREAK,
                _ => " ",
            });
            rest = more;
        }
        self.put(rest);
    }

    fn term(&mut self, term: Term) {
        let terms = match self.language {
            Language::English => book!(en::term, Term::ALL),
            Language::French => book!(fr::term, Term::ALL),
            Language::Chinese => book!(zh::term, Term::ALL),
        };
        self.put(terms.get(term as usize));
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Bytes(count) => self.bytes(count),
            Value::Pages(count) => self.counted(count, Term::Page, Term::Pages),
            Value::Times(1) => self.term(Term::Once),
            Value::Times(count) => self.counted(count, Term::Times, Term::Times),
            Value::Number(number) => self.signed(number),
            Value::Last(Some(last)) => self.number(last, DECIMAL),
            Value::Last(None) => self.term(Term::TheEnd),
            Value::Address(address) => self.hexadecimal(address),
            Value::File(name) => self.quoted(name, Term::TheFile),
            Value::Place(name) => self.quoted(name, Term::ItsFileSystem),
            Value::Memory(name) => self.quoted(name, Term::AnonymousMemory),
            Value::Site(name) if name.is_empty() => self.term(Term::UnknownPlace),
            Value::Site(name) => self.name(name),
            Value::Word(word) => self.put(word),
            Value::Symbols(set) => self.symbols(set.of, set.bits),
            Value::Term(term) => self.term(term),
            Value::Error(errno) => self.error(errno),
            Value::Call(call) => self.call(call),
            Value::Why => match self.why {
                Some(why) => cause(self.language, why, None, self.out),
                None => self.term(Term::ReasonUnknown),
            },
        }
    }

    fn counted(&mut self, count: u64, one: Term, more: Term) {
        // French counts 0 as one.
        let single = count == 1 || count == 0 && self.language == Language::French;
        self.number(count, DECIMAL);
        self.term(if single { one } else { more });
    }

    /// From a mebibyte on also in the largest unit that fits, with one decimal.
    fn bytes(&mut self, count: u64) {
        self.counted(count, Term::Byte, Term::Bytes);
        let (shift, unit) = match count.checked_ilog2().unwrap_or(0) {
            ..20 => return,
            20..30 => (20, Term::Mebi),
            30..40 => (30, Term::Gibi),
            40..50 => (40, Term::Tebi),
            50..60 => (50, Term::Pebi),
            _ => (60, Term::Exbi),
        };
        self.term(Term::ParenthesisOpen);
        self.number(count >> shift, DECIMAL);
        let tenth = ((count & ((1 << shift) - 1)) * 10) >> shift;
        if tenth > 0 {
            self.term(Term::Point);
            self.number(tenth, DECIMAL);
        }
        self.term(unit);
        self.term(Term::ParenthesisClose);
    }

    fn signed(&mut self, number: i64) {
        if number < 0 {
            self.put("-");
        }
        self.number(number.unsigned_abs(), DECIMAL);
    }

    fn hexadecimal(&mut self, number: u64) {
        self.put("0x");
        self.number(number, HEXADECIMAL);
    }

    fn number(&mut self, number: u64, base: NonZeroU64) {
        if number >= base.get() {
            self.number(number / base, base);
        }
        let digit = (number % base) as usize;
        self.put("0123456789abcdef".get(digit..digit + 1).unwrap_or_default());
    }

    fn quoted(&mut self, name: &Name, unknown: Term) {
        if name.is_empty() {
            return self.term(unknown);
        }
        self.term(Term::QuoteOpen);
        self.name(name);
        self.term(Term::QuoteClose);
    }

    /// Bytes that come from outside: what is no UTF-8, and what would move a cursor or turn the direction of the text,
    /// as \xNN.
    fn name(&mut self, name: &Name) {
        for chunk in name.bytes().utf8_chunks() {
            for letter in chunk.valid().chars() {
                let mut room = [0; 4];
                let text = letter.encode_utf8(&mut room);
                if harmless(letter) { self.put(text) } else { self.escaped(text.as_bytes()) }
            }
            self.escaped(chunk.invalid());
        }
    }

    fn escaped(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.put("\\x");
            self.number(u64::from(byte >> 4), HEXADECIMAL);
            self.number(u64::from(byte & 15), HEXADECIMAL);
        }
    }

    /// Joined by |; what has no name as one number.
    fn symbols(&mut self, of: Set, bits: u32) {
        let mut rest = bits;
        let mut between = "";
        while let Some((part, name)) = symbols::next(of, rest, bits) {
            self.put(between);
            self.put(name);
            between = "|";
            rest &= !part;
        }
        if rest != 0 {
            self.put(between);
            self.hexadecimal(rest.into());
        } else if bits == 0 {
            self.put(symbols::nothing(of));
        }
    }

    /// "permission denied (EACCES)".
    fn error(&mut self, errno: i32) {
        let texts = match self.language {
            Language::English => book!(en::error, symbols::ERRORS),
            Language::French => book!(fr::error, symbols::ERRORS),
            Language::Chinese => book!(zh::error, symbols::ERRORS),
        };
        let Some(index) = symbols::ERRORS.iter().position(|known| *known == errno) else {
            self.put("errno ");
            return self.signed(errno.into());
        };
        self.put(texts.get(index));
        self.term(Term::ParenthesisOpen);
        self.put(book!(symbols::error, symbols::ERRORS).get(index));
        self.term(Term::ParenthesisClose);
    }

    /// The call as one would write it in C.
    fn call(&mut self, call: &Call) {
        self.put(call.name());
        self.put("(");
        self.arguments(call);
        self.put(")");
    }

    fn arguments(&mut self, call: &Call) {
        match *call {
            Call::Map { addr, length, prot, flags, fd, offset } => {
                self.range(addr, length);
                self.bits(Set::Prot, prot);
                self.bits(Set::Map, flags);
                self.more(fd.into());
                self.more(offset);
            }
            Call::Unmap { addr, length } | Call::Guard { addr, length } | Call::Unguard { addr, length } => {
                self.range(addr, length);
            }
            Call::Sync { addr, length, flags } => {
                self.range(addr, length);
                self.bits(Set::Sync, flags);
            }
            Call::Protect { addr, length, prot } => {
                self.range(addr, length);
                self.bits(Set::Prot, prot);
            }
            Call::Remap { addr, old, new, flags, to } => {
                self.range(addr, old);
                self.put(", ");
                self.number(new, DECIMAL);
                self.bits(Set::Remap, flags);
                if to != 0 {
                    self.put(", ");
                    self.pointer(to);
                }
            }
            // Their sentences name the file.
            Call::MapFile { .. } | Call::CreateFile { .. } | Call::LockOpen { .. } => self.put("…"),
            Call::Lock { lock, wait: Wait::Timed(milliseconds), .. } => {
                self.pointer(lock);
                self.more(milliseconds.into());
            }
            Call::Lock { lock: addr, .. }
            | Call::LockRelease { lock: addr }
            | Call::LockClose { lock: addr }
            | Call::GuardTripped { addr } => self.pointer(addr),
            Call::FileLock { fd, command, kind, start, length } => {
                self.signed(fd.into());
                self.put(", ");
                self.put(symbols::lock_command(command));
                self.put(", ");
                self.put(symbols::lock_kind(kind));
                self.more(start);
                self.more(length);
            }
        }
    }

    fn range(&mut self, addr: u64, length: u64) {
        self.pointer(addr);
        self.put(", ");
        self.number(length, DECIMAL);
    }

    fn pointer(&mut self, address: u64) {
        match address {
            0 => self.put("NULL"),
            u64::MAX => self.put("MAP_FAILED"),
            _ => self.hexadecimal(address),
        }
    }

    fn bits(&mut self, of: Set, bits: i32) {
        self.put(", ");
        self.symbols(of, bits as u32);
    }

    fn more(&mut self, number: i64) {
        self.put(", ");
        self.signed(number);
    }
}

/// Neither a control character nor one that is invisible or changes the direction of what follows.
pub fn harmless(letter: char) -> bool {
    !matches!(letter,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether each {name} of a sentence is one of `names`.
const fn fits(sentence: &str, names: &str) -> bool {
    let (text, names) = (sentence.as_bytes(), names.as_bytes());
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'{' {
            let start = at + 1;
            while text[at] != b'}' {
                at += 1;
            }
            if !contains(names, text, start, at) {
                return false;
            }
        }
        at += 1;
    }
    true
}

/// Whether text[start..end] is one of the names between ", ".
#[allow(dead_code)] // Rust 1.85 does not see that constants use it
const fn contains(names: &[u8], text: &[u8], start: usize, end: usize) -> bool {
    let (mut at, length) = (0, end - start);
    while at + length <= names.len() {
        let mut same = 0;
        while same < length && names[at + same] == text[start + same] {
            same += 1;
        }
        let begins = at == 0 || names[at - 1] == b' ';
        let ends = at + length == names.len() || names[at + length] == b',';
        if length > 0 && same == length && begins && ends {
            return true;
        }
        at += 1;
    }
    false
}

/// The compiler proves that every sentence of every language names values that its message has.
const _: () = {
    let mut at = 0;
    while at < CauseKind::ALL.len() {
        let (kind, names) = (CauseKind::ALL[at], CauseKind::ALL[at].names());
        assert!(fits(en::cause(kind), names), "an English sentence names a value that its cause lacks");
        assert!(fits(fr::cause(kind), names), "a French sentence names a value that its cause lacks");
        assert!(fits(zh::cause(kind), names), "a Chinese sentence names a value that its cause lacks");
        at += 1;
    }
    let mut at = 0;
    while at < FindingKind::ALL.len() {
        let (kind, names) = (FindingKind::ALL[at], FindingKind::ALL[at].names());
        assert!(fits(en::finding(kind), names), "an English sentence names a value that its finding lacks");
        assert!(fits(fr::finding(kind), names), "a French sentence names a value that its finding lacks");
        assert!(fits(zh::finding(kind), names), "a Chinese sentence names a value that its finding lacks");
        at += 1;
    }
};
