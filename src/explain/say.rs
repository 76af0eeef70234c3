//! A message in a language: fills the values into the sentence. No formatting machinery of the standard library, whose
//! size and panics a small C library does without; and names that come from outside cannot spoil a terminal.

use super::call::{Call, Wait};
use super::cause::{Cause, CauseKind};
use super::finding::{Finding, FindingKind};
use super::language::Language;
use super::name::Name;
use super::symbols;
use super::value::{Term, Value};
use super::{en, fr, zh};
use core::fmt::{Result, Write};

/// Writes the sentence of a cause. `why` is the cause of the earlier failure that the sentence names, if it names one.
pub fn cause(language: Language, message: &Cause, why: Option<&Cause>, out: &mut dyn Write) -> Result {
    let kind = message.kind();
    let sentence = match language {
        Language::English => en::cause(kind),
        Language::French => fr::cause(kind),
        Language::Chinese => zh::cause(kind),
    };
    Pen { language, why, out }.fill(sentence, kind.names(), &|index| message.value(index))
}

/// Writes the sentence of a finding; `why` as for `cause`.
pub fn finding(language: Language, message: &Finding, why: Option<&Cause>, out: &mut dyn Write) -> Result {
    let kind = message.kind();
    let sentence = match language {
        Language::English => en::finding(kind),
        Language::French => fr::finding(kind),
        Language::Chinese => zh::finding(kind),
    };
    Pen { language, why, out }.fill(sentence, kind.names(), &|index| message.value(index))
}

struct Pen<'a> {
    language: Language,
    why: Option<&'a Cause>,
    out: &'a mut dyn Write,
}

impl Pen<'_> {
    /// Writes a sentence, with the value for each {name}.
    fn fill<'v>(
        &mut self,
        sentence: &str,
        names: &str,
        value: &dyn Fn(usize) -> Option<Value<'v>>,
    ) -> Result {
        for (number, part) in sentence.split('{').enumerate() {
            let (name, text) =
                if number == 0 { ("", part) } else { part.split_once('}').unwrap_or(("", part)) };
            let index = names.split(", ").position(|known| known == name);
            if let Some(value) = index.and_then(value) {
                self.value(value)?;
            }
            self.text(text)?;
        }
        Ok(())
    }

    /// French puts a space before these signs, and no line is to break there.
    fn text(&mut self, text: &str) -> Result {
        for (number, word) in text.split(' ').enumerate() {
            let sign = matches!(word.as_bytes().first(), Some(b':' | b';' | b'!' | b'?'));
            if number > 0 {
                self.out.write_str(if sign && self.language == Language::French { "\u{a0}" } else { " " })?;
            }
            self.out.write_str(word)?;
        }
        Ok(())
    }

    fn term(&mut self, term: Term) -> Result {
        self.out.write_str(match self.language {
            Language::English => en::term(term),
            Language::French => fr::term(term),
            Language::Chinese => zh::term(term),
        })
    }

    fn value(&mut self, value: Value<'_>) -> Result {
        match value {
            Value::Bytes(count) => self.bytes(count),
            Value::Pages(count) => self.counted(count, Term::Page, Term::Pages),
            Value::Times(1) => self.term(Term::Once),
            Value::Times(count) => self.counted(count, Term::Times, Term::Times),
            Value::Number(number) => self.signed(number),
            Value::Last(Some(last)) => self.number(last, 10),
            Value::Last(None) => self.term(Term::TheEnd),
            Value::Address(address) => self.hexadecimal(address),
            Value::File(name) => self.quoted(name, Term::TheFile),
            Value::Place(name) => self.quoted(name, Term::ItsFileSystem),
            Value::Memory(name) => self.quoted(name, Term::AnonymousMemory),
            Value::Site(name) if name.is_empty() => self.term(Term::UnknownPlace),
            Value::Site(name) => self.name(name),
            Value::Word(word) => self.out.write_str(word),
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

    fn counted(&mut self, count: u64, one: Term, more: Term) -> Result {
        // French counts 0 as one.
        let single = count == 1 || count == 0 && self.language == Language::French;
        self.number(count, 10)?;
        self.term(if single { one } else { more })
    }

    /// From a mebibyte on also in the largest unit that fits, with one decimal.
    fn bytes(&mut self, count: u64) -> Result {
        self.counted(count, Term::Byte, Term::Bytes)?;
        let units =
            [(60, Term::Exbi), (50, Term::Pebi), (40, Term::Tebi), (30, Term::Gibi), (20, Term::Mebi)];
        let Some((shift, unit)) = units.into_iter().find(|(shift, _)| count >> shift > 0) else {
            return Ok(());
        };
        self.term(Term::ParenthesisOpen)?;
        self.number(count >> shift, 10)?;
        let tenth = ((count & ((1 << shift) - 1)) * 10) >> shift;
        if tenth > 0 {
            self.term(Term::Point)?;
            self.number(tenth, 10)?;
        }
        self.term(unit)?;
        self.term(Term::ParenthesisClose)
    }

    fn signed(&mut self, number: i64) -> Result {
        if number < 0 {
            self.out.write_str("-")?;
        }
        self.number(number.unsigned_abs(), 10)
    }

    fn hexadecimal(&mut self, number: u64) -> Result {
        self.out.write_str("0x")?;
        self.number(number, 16)
    }

    fn number(&mut self, number: u64, base: u64) -> Result {
        let mut unit = 1;
        while number / unit >= base {
            unit *= base;
        }
        while unit > 0 {
            let digit = (number / unit % base) as u32;
            self.out.write_char(char::from_digit(digit, 16).unwrap_or('?'))?;
            unit /= base;
        }
        Ok(())
    }

    fn quoted(&mut self, name: &Name, unknown: Term) -> Result {
        if name.is_empty() {
            return self.term(unknown);
        }
        self.term(Term::QuoteOpen)?;
        self.name(name)?;
        self.term(Term::QuoteClose)
    }

    /// Bytes that come from outside: what is no UTF-8, and what would move a cursor or turn the direction of the text,
    /// as \xNN.
    fn name(&mut self, name: &Name) -> Result {
        for chunk in name.bytes().utf8_chunks() {
            for letter in chunk.valid().chars() {
                if harmless(letter) {
                    self.out.write_char(letter)?;
                } else {
                    self.escaped(letter.encode_utf8(&mut [0; 4]).as_bytes())?;
                }
            }
            self.escaped(chunk.invalid())?;
        }
        Ok(())
    }

    fn escaped(&mut self, bytes: &[u8]) -> Result {
        for byte in bytes {
            self.out.write_str("\\x")?;
            self.number(u64::from(byte >> 4), 16)?;
            self.number(u64::from(byte & 15), 16)?;
        }
        Ok(())
    }

    /// Joined by |; what has no name as one number.
    fn symbols(&mut self, of: symbols::Set, bits: u32) -> Result {
        let mut first = true;
        let mut rest = bits;
        while let Some((part, name)) = symbols::next(of, rest, bits) {
            self.separate(&mut first, "|")?;
            self.out.write_str(name)?;
            rest &= !part;
        }
        if rest != 0 {
            self.separate(&mut first, "|")?;
            self.hexadecimal(rest.into())?;
        }
        if first { self.out.write_str(symbols::nothing(of)) } else { Ok(()) }
    }

    fn separate(&mut self, first: &mut bool, sign: &str) -> Result {
        if core::mem::take(first) { Ok(()) } else { self.out.write_str(sign) }
    }

    fn error(&mut self, errno: i32) -> Result {
        let text = match self.language {
            Language::English => en::error(errno),
            Language::French => fr::error(errno),
            Language::Chinese => zh::error(errno),
        };
        self.out.write_str(text)?;
        if !text.is_empty() {
            self.term(Term::ParenthesisOpen)?;
        }
        match symbols::error(errno) {
            "" => {
                self.out.write_str("errno ")?;
                self.signed(errno.into())?;
            }
            name => self.out.write_str(name)?,
        }
        if text.is_empty() { Ok(()) } else { self.term(Term::ParenthesisClose) }
    }

    /// The call as one would write it in C.
    fn call(&mut self, call: &Call) -> Result {
        self.out.write_str(call.name())?;
        let mut args = Args { pen: self, first: true };
        match *call {
            Call::Map { addr, length, prot, flags, fd, offset } => args
                .address(addr)?
                .number(length)?
                .symbols(symbols::Set::Prot, prot)?
                .symbols(symbols::Set::Map, flags)?
                .signed(fd.into())?
                .signed(offset)?,
            Call::Unmap { addr, length } => args.address(addr)?.number(length)?,
            Call::Sync { addr, length, flags } => {
                args.address(addr)?.number(length)?.symbols(symbols::Set::Sync, flags)?
            }
            Call::Protect { addr, length, prot } => {
                args.address(addr)?.number(length)?.symbols(symbols::Set::Prot, prot)?
            }
            Call::Remap { addr, old, new, flags, to } => {
                args.address(addr)?.number(old)?.number(new)?.symbols(symbols::Set::Remap, flags)?;
                if to == 0 { &mut args } else { args.address(to)? }
            }
            Call::MapFile { ref path, prot, flags } => args
                .path(path)?
                .symbols(symbols::Set::Prot, prot)?
                .symbols(symbols::Set::Map, flags)?
                .word("…")?,
            Call::CreateFile { ref path, length, mode } => args.path(path)?.number(length)?.mode(mode)?,
            Call::LockOpen { ref path, mode } => args.path(path)?.mode(mode)?,
            Call::Lock { lock, wait: Wait::Timed(milliseconds), .. } => {
                args.address(lock)?.signed(milliseconds.into())?
            }
            Call::Lock { lock, .. } | Call::LockRelease { lock } | Call::LockClose { lock } => {
                args.address(lock)?
            }
            Call::FileLock { fd, command, kind, start, length } => args
                .signed(fd.into())?
                .word(symbols::lock_command(command))?
                .word(symbols::lock_kind(kind))?
                .signed(start)?
                .signed(length)?,
        };
        self.out.write_str(")")
    }
}

/// The arguments of a call, with what stands between them.
struct Args<'a, 'p> {
    pen: &'a mut Pen<'p>,
    first: bool,
}

type More<'a, 'b, 'p> = core::result::Result<&'a mut Args<'b, 'p>, core::fmt::Error>;

impl<'b, 'p> Args<'b, 'p> {
    fn next(&mut self) -> core::result::Result<&mut Pen<'p>, core::fmt::Error> {
        self.pen.out.write_str(if core::mem::take(&mut self.first) { "(" } else { ", " })?;
        Ok(self.pen)
    }

    fn address(&mut self, address: u64) -> More<'_, 'b, 'p> {
        match address {
            0 => self.word("NULL"),
            u64::MAX => self.word("MAP_FAILED"),
            _ => {
                self.next()?.hexadecimal(address)?;
                Ok(self)
            }
        }
    }

    fn number(&mut self, number: u64) -> More<'_, 'b, 'p> {
        self.next()?.number(number, 10)?;
        Ok(self)
    }

    fn signed(&mut self, number: i64) -> More<'_, 'b, 'p> {
        self.next()?.signed(number)?;
        Ok(self)
    }

    fn symbols(&mut self, of: symbols::Set, bits: i32) -> More<'_, 'b, 'p> {
        self.next()?.symbols(of, bits as u32)?;
        Ok(self)
    }

    fn word(&mut self, word: &str) -> More<'_, 'b, 'p> {
        self.next()?.out.write_str(word)?;
        Ok(self)
    }

    /// In octal, as everybody writes it.
    fn mode(&mut self, mode: u32) -> More<'_, 'b, 'p> {
        let pen = self.next()?;
        pen.out.write_str("0")?;
        pen.number(mode.into(), 8)?;
        Ok(self)
    }

    fn path(&mut self, path: &Name) -> More<'_, 'b, 'p> {
        let pen = self.next()?;
        pen.out.write_str("\"")?;
        pen.name(path)?;
        pen.out.write_str("\"")?;
        Ok(self)
    }
}

/// Neither a control character nor one that is invisible or changes the direction of what follows.
fn harmless(letter: char) -> bool {
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
