//! What may stand on the board: UTF-8 without NUL, of a bounded length.

use crate::abi::MINICHAT_TEXT_MAX;
use crate::errno::{Result, fail};
use core::ffi::c_char;

/// `bytes`, if they are text of at most `max` bytes. EMSGSIZE: longer. EILSEQ: not UTF-8, or with a NUL, which would end
/// it in C.
pub fn check(bytes: &[u8], max: usize) -> Result<&[u8]> {
    if bytes.len() > max {
        return fail(libc::EMSGSIZE);
    }
    // ASCII, as most text is, is seen in the same pass as a NUL is, and needs no other.
    let fours = bytes.chunks_exact(32);
    let eights = fours.remainder().chunks_exact(8);
    let rest =
        eights.remainder().iter().fold(Seen::default(), |seen, byte| seen.and(u64::from(*byte) | FILL));
    let seen = eights.fold(rest, |seen, eight| seen.and(word(eight)));
    let seen = fours.fold(seen, |seen, four| {
        let (front, back) = four.split_at(16);
        let ((a, b), (c, d)) = (front.split_at(8), back.split_at(8));
        seen.and(word(a)).and(word(b)).and(word(c)).and(word(d))
    });
    if seen.has_nul() || !seen.is_ascii() && core::str::from_utf8(bytes).is_err() {
        return fail(libc::EILSEQ);
    }
    Ok(bytes)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;
/// Seven harmless bytes above one that is looked at.
const FILL: u64 = ONES << 8;

/// What was seen of words of text.
#[derive(Clone, Copy, Default)]
struct Seen {
    top: u64,
    nul: u64,
}

impl Seen {
    fn and(self, word: u64) -> Self {
        // Of a NUL alone the borrow of the subtraction reaches a top bit that was not set.
        Seen { top: self.top | word, nul: self.nul | word.wrapping_sub(ONES) & !word }
    }

    fn is_ascii(self) -> bool {
        self.top & TOPS == 0
    }

    fn has_nul(self) -> bool {
        self.nul & TOPS != 0
    }
}

fn word(eight: &[u8]) -> u64 {
    eight.try_into().map_or(0, u64::from_ne_bytes)
}

/// As `check`, of `length` bytes that are packed in `words`.
pub fn check_packed(words: &[u64], length: usize) -> bool {
    let (whole, last) = words.split_at((length / 8).min(words.len()));
    let mut seen = whole.iter().fold(Seen::default(), |seen, word| seen.and(*word));
    if let (1.., Some(last)) = (length % 8, last.first()) {
        let used = (1 << (length % 8 * 8)) - 1;
        seen = seen.and(last & used | ONES & !used);
    }
    !seen.has_nul() && (seen.is_ascii() || is_utf8_packed(words, length))
}

#[cold]
#[inline(never)]
fn is_utf8_packed(words: &[u64], length: usize) -> bool {
    let mut bytes = [0; MINICHAT_TEXT_MAX];
    let bytes = bytes.get_mut(..length).unwrap_or_default();
    for (chunk, word) in bytes.chunks_mut(8).zip(words) {
        chunk.iter_mut().zip(word.to_ne_bytes()).for_each(|(to, from)| *to = from);
    }
    core::str::from_utf8(bytes).is_ok()
}

/// Packs bytes into words, eight a word, the last filled up with zeros: how many words.
pub fn pack(bytes: &[u8], words: &mut [u64]) -> usize {
    let mut eights = bytes.chunks_exact(8);
    let mut words = words.iter_mut();
    for (eight, to) in eights.by_ref().zip(words.by_ref()) {
        *to = word(eight);
    }
    let rest = eights.remainder();
    if let (false, Some(to)) = (rest.is_empty(), words.next()) {
        *to = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    bytes.len().div_ceil(8)
}

/// The reverse of `pack`: fills `field` with `length` bytes and a NUL, or more of them up to a multiple of eight. False:
/// there is no room.
pub fn unpack(words: &[u64], field: &mut [c_char], length: usize) -> bool {
    let (Some(whole), used) = (words.get(..length / 8), length % 8) else { return false };
    let mut eights = field.chunks_exact_mut(8);
    for (word, to) in whole.iter().zip(eights.by_ref()) {
        put(to, *word);
    }
    // `field` has a multiple of eight bytes, more than `length`: so this one is there.
    let last =
        if used == 0 { 0 } else { words.get(length / 8).map_or(0, |word| word & ((1 << (used * 8)) - 1)) };
    eights.next().map(|to| put(to, last)).is_some()
}

fn put(to: &mut [c_char], word: u64) {
    let to: core::result::Result<&mut [c_char; 8], _> = to.try_into();
    if let Ok(to) = to {
        *to = word.to_ne_bytes().map(|byte| byte as c_char);
    }
}

/// A check of words against accidents: four sums and sums of sums that do not wait for each other, so that both the words
/// and their order count; mixed by multiplications with an odd constant (nothing is lost) and rotations at the end. Not
/// against an adversary, who may write a right one.
pub fn checksum(seed: u64, words: &[u64]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 / golden ratio, odd
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(K).rotate_left(29);
    let [mut a, mut b, mut c, mut d] = [seed, 0, 0, 0];
    let [mut aa, mut bb, mut cc, mut dd] = [0_u64; 4];
    let mut fours = words.chunks_exact(4);
    for four in fours.by_ref() {
        if let [e, f, g, h] = four {
            (a, b, c, d) = (a.wrapping_add(*e), b.wrapping_add(*f), c.wrapping_add(*g), d.wrapping_add(*h));
            (aa, bb, cc, dd) =
                (aa.wrapping_add(a), bb.wrapping_add(b), cc.wrapping_add(c), dd.wrapping_add(d));
        }
    }
    let rest = fours.remainder().iter().fold(words.len() as u64, |sum, word| mix(sum, *word));
    [a, b, c, d, aa, bb, cc, dd].into_iter().fold(rest, mix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_checked() {
        assert!(check("é中".as_bytes(), 5).is_ok());
        assert_eq!(check("é中".as_bytes(), 4).err(), Some(errno::Errno(libc::EMSGSIZE)));
        for bad in [&b"\xff"[..], b"a\0b", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
            assert_eq!(check(bad, 800).err(), Some(errno::Errno(libc::EILSEQ)), "{bad:?}");
        }
    }

    #[test]
    fn packing_is_undone_by_unpacking() {
        for length in 0..40 {
            let bytes: Vec<u8> = (1..=length).collect();
            let mut words = [u64::MAX; 5];
            let count = pack(&bytes, &mut words);
            assert_eq!(count, bytes.len().div_ceil(8));
            let mut back = [1; 48];
            assert!(unpack(&words[..count], &mut back, bytes.len()));
            assert_eq!(back[..bytes.len()], bytes.iter().map(|byte| *byte as c_char).collect::<Vec<_>>());
            assert_eq!(back[bytes.len()], 0);
        }
    }

    #[test]
    fn every_bit_counts_in_the_checksum() {
        let words = [3_u64; 9];
        for length in 0..words.len() {
            let sum = checksum(7, &words[..length]);
            assert_ne!(sum, checksum(8, &words[..length]));
            assert_ne!(sum, checksum(7, &words[..length + 1]));
            for bit in 0..length * 64 {
                let mut other = words;
                other[bit / 64] ^= 1 << (bit % 64);
                assert_ne!(sum, checksum(7, &other[..length]), "bit {bit}");
            }
        }
    }
}
