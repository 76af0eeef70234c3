//! Who sits where: 64 entries, each written by the participant whose seat it is. Whether a seat is taken the kernel
//! says (seat.rs), an entry only says by whom. An entry is two copies and a stamp, `count << 2 | NAMED | which copy`:
//! the owner writes the copy that does not count, then the stamp; killed in between, the old copy stands.

use super::layout::{COPY_WORDS, Seat, Span};
use super::message::take;
use super::shared::{Memory, Ordering::*, fence};
use super::text::{self, Sum};
use crate::abi::{MINICHAT_NICK_MAX, minichat_person};
use crate::errno::{Result, fail};
use crate::sys::process;

// Beside the nick four words: since when, pid and uid, length and flags, checksum.
const _: () = assert!(4 + MINICHAT_NICK_MAX.div_ceil(8) <= COPY_WORDS);

/// In a stamp: the entry is that of the present owner of the seat.
const NAMED: u64 = 2;
/// In an entry: present, not to be listed.
const HIDDEN: u64 = 1 << 32;

/// How often a reader starts again while somebody writes the very copy that it reads, before it shows nobody's name. To
/// be torn, one reading of a dozen words must meet the second of two changes of name; each `TURN` readings the reader
/// gives way, so that the two do not go on in step. No owner that only changes its name keeps this up: who does,
/// changes the stamp for ever, and must not hang us.
const TRIES: u32 = 1 << 13;
const TURN: u32 = 64;

/// What a participant says of itself.
pub struct Claim<'a> {
    pub since: i64,
    pub pid: u32,
    pub uid: u32,
    pub nick: &'a [u8],
    pub hidden: bool,
}

/// What an entry says.
#[derive(PartialEq, Eq, Debug)]
pub enum Listed {
    Named,
    /// Present, but by whom is not written yet.
    Nameless,
    Hidden,
}

/// The 64 entries.
pub struct People<'a, M>(pub &'a M);

impl<M: Memory> People<'_, M> {
    /// Makes the entry of a seat that was seen free nameless, so that who takes the seat next is never shown under its
    /// predecessor's name. By a swap from the stamp that was `seen` before the seat was found free: harmless if
    /// somebody has just taken it. Relaxed: it shows no data, and the kernel's lock, which is taken next and looked at
    /// before the entry is read, orders it.
    pub fn clear(&self, seat: Seat<M::Shape>, seen: u64) {
        if seen & NAMED != 0 {
            let _ = self.0.word(seat.stamp()).compare_exchange(
                seen,
                (seen & !NAMED).wrapping_add(4),
                Relaxed,
                Relaxed,
            );
        }
    }

    /// Acquire pairs with the store in `write`.
    pub fn stamp(&self, seat: Seat<M::Shape>) -> u64 {
        self.0.word(seat.stamp()).load(Acquire)
    }

    /// Writes the entry of a seat that this participant holds: its stamp from now on. Another one there, and somebody has
    /// taken the seat since, or spoils the board.
    pub fn write(&self, seat: Seat<M::Shape>, claim: &Claim<'_>) -> u64 {
        let meta = claim.nick.len() as u64 | if claim.hidden { HIDDEN } else { 0 };
        let who = u64::from(claim.pid) << 32 | u64::from(claim.uid);
        let head = [claim.since as u64, who, meta];
        let mut sum = Sum::of(0, &head);
        text::words(claim.nick).for_each(|word| sum.add(word));
        let word = self.0.word(seat.stamp());
        let stamp = word.load(Relaxed);
        // Pairs with the fence in `read`: who sees a word of this copy sees that the stamp had moved on from it.
        fence(Release);
        let words = head.into_iter().chain([sum.end()]).chain(text::words(claim.nick));
        self.0.copy_in(words, seat.copy(!stamp));
        // Release: who sees the stamp sees the copy. Only a late `clear` can have come in between, and is undone.
        let stamp = (stamp | NAMED).wrapping_add(4) ^ 1;
        word.store(stamp, Release);
        stamp
    }

    /// Reads an entry into `out`: a name that its owner wrote, the last or one that it was just changing to or from. A
    /// spoiled or cleared one is nameless.
    ///
    /// What passes its checksum was written so by somebody who held the seat after it was seen taken, whatever has
    /// become of the stamp since. What does not is spoiled only if nobody was at work: the stamp has not moved.
    pub fn read(&self, seat: Seat<M::Shape>, out: &mut minichat_person) -> Listed {
        for turn in 1..=TRIES {
            let stamp = self.stamp(seat);
            if stamp & NAMED == 0 {
                break;
            }
            let mut copy = [0; COPY_WORDS];
            let span: Span<M::Shape> = seat.copy(stamp);
            for (word, value) in copy.iter_mut().zip(self.0.copy_out(span)) {
                *word = value;
            }
            if let Ok(listed) = show(&copy, out) {
                return listed;
            }
            fence(Acquire); // pairs with the fence in `write`
            if self.0.word(seat.stamp()).load(Relaxed) == stamp {
                break;
            }
            if turn % TURN == 0 {
                process::yield_now();
            }
        }
        Listed::Nameless
    }
}

fn show(copy: &[u64; COPY_WORDS], out: &mut minichat_person) -> Result<Listed> {
    let [since, who, meta, checksum, nick @ ..] = copy;
    let length = (meta & 0xffff) as usize;
    if length > MINICHAT_NICK_MAX || meta & !(0xffff | HIDDEN) != 0 {
        return fail(libc::EBADMSG);
    }
    let mut name = minichat_person::NOBODY.nick;
    let sum = Sum::of(0, &[*since, *who, *meta]);
    if take(nick.iter().copied(), &mut name, length, sum)?.end() != *checksum {
        return fail(libc::EBADMSG);
    }
    out.nick = name;
    out.since_ns = *since as i64;
    out.pid = (who >> 32) as u32;
    out.uid = *who as u32;
    out.nick_length = length as u32;
    Ok(if meta & HIDDEN != 0 { Listed::Hidden } else { Listed::Named })
}
