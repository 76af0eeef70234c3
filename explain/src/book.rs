//! Texts set end to end. A table of strings costs a shared library 40 bytes a string (pointer, length, relocation), a
//! `match` about 20 of code; this costs two.

/// Texts of one kind, by number.
#[derive(Clone, Copy)]
pub struct Book {
    /// Where each text ends.
    pub ends: &'static [u16],
    pub text: &'static str,
}

impl Book {
    pub fn get(self, number: usize) -> &'static str {
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(u16::MAX),
            None => 0,
        };
        let end = self.ends.get(number).copied().unwrap_or(0);
        self.text.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }
}

/// The book of what the const function `$text` answers for each of `$all`, in that order.
macro_rules! book {
    ($text:path, $all:expr) => {{
        const LENGTH: usize = {
            let (mut length, mut at) = (0, 0);
            while at < $all.len() {
                length += $text($all[at]).len();
                at += 1;
            }
            assert!(length < u16::MAX as usize);
            length
        };
        static ENDS: [u16; $all.len()] = {
            let (mut ends, mut length, mut at) = ([0; $all.len()], 0, 0);
            while at < $all.len() {
                length += $text($all[at]).len();
                ends[at] = length as u16;
                at += 1;
            }
            ends
        };
        const BYTES: [u8; LENGTH] = {
            let (mut bytes, mut length, mut at) = ([0; LENGTH], 0, 0);
            while at < $all.len() {
                let (text, mut byte) = ($text($all[at]).as_bytes(), 0);
                while byte < text.len() {
                    bytes[length] = text[byte];
                    (length, byte) = (length + 1, byte + 1);
                }
                at += 1;
            }
            bytes
        };
        static TEXT: &str = match core::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("texts are UTF-8"),
        };
        $crate::book::Book { ends: &ENDS, text: TEXT }
    }};
}
