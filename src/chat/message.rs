//! A message as words of a buffer: four words of head, the nick, the text, each from a word of its own. Both ways in one
//! pass: each word is looked at, added up and put where it belongs while it is at hand.

use super::layout::{Buffer, Shape, Whiteboard};
use super::shared::Memory;
use super::text::{self, Seen, Sum};
use crate::abi::{MINICHAT_ACTION, MINICHAT_NICK_MAX, MINICHAT_TEXT_MAX, minichat_message};
use crate::errno::{Result, fail};
use core::ffi::c_char;

/// time · pid and uid · lengths, flags, seat · seal.
pub const HEAD_WORDS: usize = 4;
/// The seal's place: the checksum of all the other words, of the board's number and of the message's. After a crash of the
/// machine a file may hold the ring of one instant and the buffers of another: a message is read under the number under
/// which it was posted, or not at all.
pub const SEAL: usize = 3;
/// Words of the longest message.
const _: () = assert!(
    HEAD_WORDS + MINICHAT_NICK_MAX.div_ceil(8) + MINICHAT_TEXT_MAX.div_ceil(8) <= Whiteboard::BUFFER_WORDS
);

/// What is to be posted. All but the text are claims of the poster.
pub struct Letter<'a> {
    /// The board's own number: a message that was copied from another board is none here.
    pub board: u64,
    /// CLOCK_REALTIME, nanoseconds.
    pub time: i64,
    pub pid: u32,
    pub uid: u32,
    /// 0 … 63.
    pub seat: usize,
    pub flags: u32,
    /// Was checked when it was chosen.
    pub nick: &'a [u8],
    /// Of the right length.
    pub text: &'a [u8],
}

impl Letter<'_> {
    /// Writes it into a buffer that no entry names, all but its seal: what `seal` needs for that. EILSEQ: the text is not
    /// UTF-8, or has a NUL in it; then the buffer holds some of it, which nobody reads.
    pub fn write<M: Memory>(&self, memory: &M, buffer: Buffer<M::Shape>) -> Result<Sum> {
        let span = buffer.span();
        let lengths = (self.nick.len() as u64) << 16 | self.text.len() as u64;
        let meta = u64::from(self.flags) << 48 | (self.seat as u64) << 32 | lengths;
        let head = [self.time as u64, u64::from(self.pid) << 32 | u64::from(self.uid), meta];
        let mut sum = Sum::of(self.board, &head);
        let nick = text::words(self.nick).inspect(|word| sum.add(*word));
        let (at, count) = (HEAD_WORDS, self.nick.len().div_ceil(8));
        memory.copy_in(nick, span.part(at, count));
        let mut seen = Seen::default();
        let text = text::words(self.text).inspect(|word| {
            sum.add(*word);
            seen.add(*word);
        });
        memory.copy_in(text, span.part(at + count, self.text.len().div_ceil(8)));
        if !seen.is_text(self.text) {
            return fail(libc::EILSEQ);
        }
        memory.copy_in(head.into_iter(), span.part(0, SEAL));
        Ok(sum)
    }
}

/// Seals what `Letter::write` has put into a buffer, which no entry names yet, as message `number`.
#[inline]
pub fn seal<M: Memory>(memory: &M, buffer: Buffer<M::Shape>, sum: Sum, number: u64) {
    memory.copy_in([sum.end_under(number)].into_iter(), buffer.span().part(SEAL, 1));
}

/// Copies message `number` from a buffer into `out`: no more than the head says. It may be torn: whether it counts, the ring
/// says. EBADMSG: no participant posted this under that number.
pub fn read<M: Memory>(
    memory: &M,
    buffer: Buffer<M::Shape>,
    board: u64,
    number: u64,
    out: &mut minichat_message,
) -> Result<()> {
    let span = buffer.span();
    let mut head = [0; HEAD_WORDS];
    for (word, copy) in head.iter_mut().zip(memory.copy_out(span.part(0, HEAD_WORDS))) {
        *word = copy;
    }
    let [time, who, meta, expected] = head;
    let (nick, text) = ((meta >> 16 & 0xffff) as usize, (meta & 0xffff) as usize);
    let seat = (meta >> 32 & 0xffff) as usize;
    let flags = (meta >> 48) as u32;
    let unknown = flags & !MINICHAT_ACTION != 0;
    if unknown
        || nick > MINICHAT_NICK_MAX
        || text == 0
        || text > MINICHAT_TEXT_MAX
        || seat >= Whiteboard::SEATS
    {
        return fail(libc::EBADMSG);
    }
    let sum = Sum::of(board, &[time, who, meta]);
    let (at, count) = (HEAD_WORDS, nick.div_ceil(8));
    let sum = take(memory.copy_out(span.part(at, count)), &mut out.nick, nick, sum)?;
    let sum = take(memory.copy_out(span.part(at + count, text.div_ceil(8))), &mut out.text, text, sum)?;
    if sum.end_under(number) != expected {
        return fail(libc::EBADMSG);
    }
    out.number = number;
    out.time_ns = time as i64;
    out.pid = (who >> 32) as u32;
    out.uid = who as u32;
    out.seat = seat as u32 + 1;
    out.flags = flags;
    out.nick_length = nick as u32;
    out.text_length = text as u32;
    Ok(())
}

/// Unpacks `length` bytes of text into `field`, which is longer, with a NUL behind them: the words added up. EBADMSG: they
/// are no text.
pub fn take(
    words: impl Iterator<Item = u64>,
    field: &mut [c_char],
    length: usize,
    mut sum: Sum,
) -> Result<Sum> {
    let mut seen = Seen::default();
    let words = words.inspect(|word| {
        sum.add(*word);
        seen.add(*word);
    });
    let is_there = text::unpack(words, field, length);
    let is_text = field.get(..length).is_some_and(|text| seen.is_text_of(text));
    if is_there && is_text { Ok(sum) } else { fail(libc::EBADMSG) }
}
