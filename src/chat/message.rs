//! A message as words of a buffer: four words of head, the nick, the text, each from a word of its own.

use super::layout::{Buffer, Shape, Whiteboard};
use super::shared::Memory;
use super::text;
use crate::abi::{MINICHAT_NICK_MAX, MINICHAT_TEXT_MAX, minichat_message};
use crate::errno::{Result, fail};
use core::ffi::c_char;

/// time · pid and uid · lengths, flags, seat · checksum of all the others.
pub const HEAD_WORDS: usize = 4;
/// Words of the longest message.
const WORDS: usize = HEAD_WORDS + MINICHAT_NICK_MAX.div_ceil(8) + MINICHAT_TEXT_MAX.div_ceil(8);
const _: () = assert!(WORDS <= Whiteboard::BUFFER_WORDS);
const CHECKSUM: usize = 3;

/// Who says it, and when: claims of the poster.
#[derive(Clone, Copy)]
pub struct Head {
    /// CLOCK_REALTIME, nanoseconds.
    pub time: i64,
    pub pid: u32,
    pub uid: u32,
    /// 0 … 63.
    pub seat: u16,
    pub flags: u32,
}

/// A copy of a buffer's words, private to this process.
pub struct Letter {
    words: [u64; WORDS],
    used: usize,
}

impl Letter {
    pub const fn new() -> Self {
        Letter { words: [0; WORDS], used: 0 }
    }

    /// Writes a message down. `nick` and `text` were checked.
    pub fn write(&mut self, board: u64, head: &Head, nick: &[u8], text: &[u8]) {
        let (head_words, rest) = self.words.split_at_mut(HEAD_WORDS);
        let nick_words = text::pack(nick, rest);
        let text_words = text::pack(text, rest.get_mut(nick_words..).unwrap_or_default());
        let lengths = (nick.len() as u64) << 16 | text.len() as u64;
        let meta = u64::from(head.flags) << 48 | u64::from(head.seat) << 32 | lengths;
        let values = [head.time as u64, u64::from(head.pid) << 32 | u64::from(head.uid), meta, 0];
        for (word, value) in head_words.iter_mut().zip(values) {
            *word = value;
        }
        self.used = HEAD_WORDS + nick_words + text_words;
        let sum = self.sum(board);
        if let Some(word) = self.words.get_mut(CHECKSUM) {
            *word = sum;
        }
    }

    /// Puts it into a buffer, word by word.
    pub fn store<M: Memory>(&self, memory: &M, buffer: Buffer<M::Shape>) {
        memory.copy_in(&self.words, buffer.span().part(0, self.used));
    }

    /// Copies a buffer's words out: no more than the head says. They may be torn: whether they count, the ring says.
    pub fn load<M: Memory>(&mut self, memory: &M, buffer: Buffer<M::Shape>) {
        memory.copy_out(buffer.span().part(0, HEAD_WORDS), &mut self.words);
        self.used = HEAD_WORDS;
        if let Ok((nick_words, text_words)) = self.lengths().map(|(n, t)| (n.div_ceil(8), t.div_ceil(8))) {
            let rest = self.words.get_mut(HEAD_WORDS..).unwrap_or_default();
            memory.copy_out(buffer.span().part(HEAD_WORDS, nick_words + text_words), rest);
            self.used += nick_words + text_words;
        }
    }

    /// Reads what was copied into `out`, all but its number. EBADMSG: no participant wrote this.
    pub fn read(&self, board: u64, out: &mut minichat_message) -> Result<()> {
        let (nick_length, text_length) = self.lengths()?;
        let [time, who, meta, sum, rest @ ..] = &self.words;
        let seat = (meta >> 32 & 0xffff) as u32;
        if *sum != self.sum(board) || seat as usize >= Whiteboard::SEATS {
            return fail(libc::EBADMSG);
        }
        take(rest, &mut out.nick, nick_length)?;
        take(rest.get(nick_length.div_ceil(8)..).unwrap_or_default(), &mut out.text, text_length)?;
        out.time_ns = *time as i64;
        out.pid = (who >> 32) as u32;
        out.uid = *who as u32;
        out.seat = seat + 1;
        out.flags = (meta >> 48) as u32;
        out.nick_length = nick_length as u32;
        out.text_length = text_length as u32;
        Ok(())
    }

    /// The lengths of nick and text, if possible ones.
    fn lengths(&self) -> Result<(usize, usize)> {
        let meta = self.words.get(2).copied().unwrap_or_default();
        let (nick, text) = ((meta >> 16 & 0xffff) as usize, (meta & 0xffff) as usize);
        if nick > MINICHAT_NICK_MAX || text == 0 || text > MINICHAT_TEXT_MAX {
            return fail(libc::EBADMSG);
        }
        Ok((nick, text))
    }

    fn sum(&self, board: u64) -> u64 {
        let (head, rest) = self.words.split_at(HEAD_WORDS);
        let seed = text::checksum(board, head.get(..CHECKSUM).unwrap_or_default());
        text::checksum(seed, rest.get(..self.used.saturating_sub(HEAD_WORDS)).unwrap_or_default())
    }
}

/// Checks `length` bytes of packed text, and unpacks them into `field`, which is longer, with a NUL behind them.
pub fn take(words: &[u64], field: &mut [c_char], length: usize) -> Result<()> {
    if text::check_packed(words, length) && text::unpack(words, field, length) {
        Ok(())
    } else {
        fail(libc::EBADMSG)
    }
}
