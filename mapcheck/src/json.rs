//! JSON, as `--json` writes it: docs/mapcheck.schema.json says what stands where.

use explain::value::{Set, Symbols, Term, Value};
use explain::{Call, say, symbols};
use std::fmt::Write as _;

/// What JSON can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Text(String),
    Number(i64),
    Unsigned(u64),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
    Null,
}

/// A value of a sentence: numbers as numbers, what C has a name for by that name.
pub fn value(value: Value<'_>) -> Json {
    let text = |bytes: &[u8]| Json::Text(String::from_utf8_lossy(bytes).into_owned());
    match value {
        Value::Bytes(n) | Value::Pages(n) | Value::Times(n) => Json::Unsigned(n),
        Value::Number(n) => Json::Number(n),
        Value::Address(a) => address(a),
        Value::File(name) | Value::Place(name) | Value::Memory(name) | Value::Site(name) => {
            text(name.bytes())
        }
        Value::Word(word) => Json::Text(word.into()),
        Value::Symbols(set) => flags(set),
        Value::Error(errno) => match symbols::error(errno) {
            "" => Json::Number(errno.into()),
            name => Json::Text(name.into()),
        },
        Value::Last(last) => last.map_or(Json::Null, Json::Unsigned),
        Value::Term(term) => Json::Text(identifier(term).into()),
        Value::Call(asked) => call(asked),
        Value::Why => Json::Null,
    }
}

fn address(address: u64) -> Json {
    Json::Text(format!("{address:#x}"))
}

/// "PROT_READ|PROT_WRITE"; what has no name, in hexadecimal.
fn flags(set: Symbols) -> Json {
    let mut text = String::new();
    say::symbols(set, &mut text);
    Json::Text(text)
}

/// A call with its arguments, by the names that its manual page gives them.
fn call(asked: &Call) -> Json {
    let bits = |of, bits: i32| flags(Symbols { of, bits: bits as u32 });
    let mut fields = vec![("name", Json::Text(asked.name().into()))];
    match *asked {
        Call::Map { addr, length, prot, flags, fd, offset } => fields.extend([
            ("addr", address(addr)),
            ("length", Json::Unsigned(length)),
            ("prot", bits(Set::Prot, prot)),
            ("flags", bits(Set::Map, flags)),
            ("fd", Json::Number(fd.into())),
            ("offset", Json::Number(offset)),
        ]),
        Call::Unmap { addr, length } => {
            fields.extend([("addr", address(addr)), ("length", Json::Unsigned(length))]);
        }
        Call::Sync { addr, length, flags } => fields.extend([
            ("addr", address(addr)),
            ("length", Json::Unsigned(length)),
            ("flags", bits(Set::Sync, flags)),
        ]),
        Call::Protect { addr, length, prot } => fields.extend([
            ("addr", address(addr)),
            ("length", Json::Unsigned(length)),
            ("prot", bits(Set::Prot, prot)),
        ]),
        Call::Remap { addr, old, new, flags, to } => fields.extend([
            ("old_address", address(addr)),
            ("old_size", Json::Unsigned(old)),
            ("new_size", Json::Unsigned(new)),
            ("flags", bits(Set::Remap, flags)),
            ("new_address", address(to)),
        ]),
        Call::FileLock { fd, command, kind, start, length } => fields.extend([
            ("fd", Json::Number(fd.into())),
            ("cmd", Json::Text(symbols::lock_command(command).into())),
            ("l_type", Json::Text(symbols::lock_kind(kind).into())),
            ("l_start", Json::Number(start)),
            ("l_len", Json::Number(length)),
        ]),
        // libmapboard's own: under mapcheck they are the calls above
        _ => {}
    }
    Json::Object(fields)
}

/// What cannot be mapped, and what to do instead.
fn identifier(term: Term) -> &'static str {
    match term {
        Term::Directory => "directory",
        Term::Pipe => "pipe",
        Term::Socket => "socket",
        Term::Terminal => "terminal",
        Term::NullDevice => "null-device",
        Term::Device => "device",
        Term::Descriptor => "descriptor",
        Term::PseudoFile => "pseudo-file",
        Term::OtherFile => "other-file",
        Term::OpenInside => "open-inside",
        Term::Redirect => "redirect",
        Term::Read => "read-write",
        Term::OnlyRead => "read",
        Term::Anonymous => "anonymous",
        _ => "other", // words of a sentence, never a value
    }
}

fn write_json(value: &Json, out: &mut String) {
    match value {
        Json::Text(text) => write_text(text, out),
        Json::Number(n) => drop(write!(out, "{n}")),
        Json::Unsigned(n) => drop(write!(out, "{n}")),
        Json::Null => out.push_str("null"),
        Json::Object(fields) => write_object(fields, out),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
    }
}

pub fn write_object(fields: &[(&'static str, Json)], out: &mut String) {
    out.push('{');
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write_json(value, out);
    }
    out.push('}');
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' || c == '\x7f' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_must_be() {
        let mut out = String::new();
        write_object(
            &[
                ("a", Json::Text("q\"b\\n\nt\u{1}é".into())),
                ("b", Json::List(vec![Json::Number(-1), Json::Null])),
            ],
            &mut out,
        );
        assert_eq!(out, "{\"a\":\"q\\\"b\\\\n\\nt\\u0001é\",\"b\":[-1,null]}");
    }

    #[test]
    fn a_call_has_the_names_that_c_gives() {
        let asked = Call::Map { addr: 0, length: 4096, prot: 3, flags: 0x40_0022, fd: -1, offset: 0 };
        let mut out = String::new();
        write_json(&value(Value::Call(&asked)), &mut out);
        assert_eq!(
            out,
            "{\"name\":\"mmap\",\"addr\":\"0x0\",\"length\":4096,\"prot\":\"PROT_READ|PROT_WRITE\",\
             \"flags\":\"MAP_PRIVATE|MAP_ANONYMOUS|0x400000\",\"fd\":-1,\"offset\":0}"
        );
        assert_eq!(value(Value::Error(libc::ENOMEM)), Json::Text("ENOMEM".into()));
        assert_eq!(value(Value::Term(Term::NullDevice)), Json::Text("null-device".into()));
        assert!(Term::ALL[..14].iter().all(|term| identifier(*term) != "other"));
    }
}
