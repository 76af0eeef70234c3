//! The name of a file, a mount or a place in a program: bytes that come from outside, kept by value so that a message
//! outlives whoever found it.

/// Enough to tell files apart; more would cost stack, of which a signal handler has little.
const ROOM: usize = 127;

/// Stands for the beginning of a name that is too long.
const CUT: &str = "…";

/// A name, as bytes. What is longer than `ROOM` keeps its end, the part that tells files apart. Empty: not known.
#[derive(Clone, Copy)]
pub struct Name {
    length: u8,
    bytes: [u8; ROOM],
}

impl Name {
    pub const NONE: Name = Name { length: 0, bytes: [0; ROOM] };

    pub fn new(text: &[u8]) -> Name {
        let mut name = Name::NONE;
        let (mark, text) = match text.len().checked_sub(ROOM) {
            None | Some(0) => ("", text),
            Some(more) => {
                let rest = text.get(more + CUT.len()..).unwrap_or_default();
                // Not in the middle of a character.
                let middle = rest.iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
                (CUT, rest.get(middle..).unwrap_or_default())
            }
        };
        for (to, from) in name.bytes.iter_mut().zip(mark.bytes().chain(text.iter().copied())) {
            *to = from;
        }
        name.length = (mark.len() + text.len()) as u8; // at most ROOM
        name
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl Default for Name {
    fn default() -> Name {
        Name::NONE
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Name {}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for chunk in self.bytes().utf8_chunks() {
            f.write_str(chunk.valid())?;
        }
        Ok(())
    }
}
