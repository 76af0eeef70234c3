//! Reading the kernel's texts: numbers, keys, and paths made on the stack.

use core::ffi::CStr;

/// The number that a text begins with, after blanks.
pub fn number(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii_start();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    let (mut value, mut any) = (0_u64, false);
    for digit in digits {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        any = true;
    }
    any.then_some(value)
}

/// A hexadecimal number and what follows it.
pub fn hexadecimal(text: &[u8]) -> Option<(u64, &[u8])> {
    let (mut value, mut rest) = (0_u64, text);
    while let Some((digit, more)) = rest.split_first().and_then(|(byte, more)| Some((hex(*byte)?, more))) {
        value = value.checked_mul(16)? | digit;
        rest = more;
    }
    (rest.len() < text.len()).then_some((value, rest))
}

fn hex(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

/// Bytes of "Key:   123 kB", if the line has this key; without the unit the number as it is.
pub fn value(line: &[u8], key: &[u8]) -> Option<u64> {
    let line = line.strip_prefix(key)?.strip_prefix(b":")?;
    let value = number(line)?;
    if line.ends_with(b" kB") { value.checked_mul(1024) } else { Some(value) }
}

/// Room for a path on the stack. A longer one is not known.
pub const ROOM: usize = 512;

/// The parts one after the other, as a path for the kernel. None: no room.
pub fn path<'a>(parts: &[&[u8]], room: &'a mut [u8; ROOM]) -> Option<&'a CStr> {
    let mut places = room.iter_mut();
    for part in parts {
        for byte in *part {
            *places.next()? = *byte;
        }
    }
    *places.next()? = 0;
    CStr::from_bytes_until_nul(room).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys() {
        assert_eq!(number(b"  65530\n"), Some(65530));
        assert_eq!(number(b"max"), None);
        assert_eq!(hexadecimal(b"7f00-8"), Some((0x7f00, &b"-8"[..])));
        assert_eq!(hexadecimal(b"-8"), None);
        assert_eq!(value(b"VmLck:\t    64 kB", b"VmLck"), Some(65536));
        assert_eq!(value(b"Threads:\t3", b"Threads"), Some(3));
        assert_eq!(value(b"Threads:\t3", b"Thread"), None);
    }

    #[test]
    fn paths() {
        let mut room = [b'#'; ROOM];
        assert_eq!(path(&[b"/a", b"/bcde"], &mut room), Some(c"/a/bcde"));
        assert!(path(&[&[b'a'; ROOM - 2], b"b"], &mut room).is_some());
        assert!(path(&[&[b'a'; ROOM - 2], b"bc"], &mut room).is_none());
    }
}
