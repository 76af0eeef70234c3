//! What may stand on the board: UTF-8 without NUL, of a bounded length. As words, eight bytes each, the last filled up
//! with the byte 1, so that a word with a NUL in it is never right.

use crate::abi::MINICHAT_TEXT_MAX;
use crate::errno::{Result, fail};
use core::ffi::c_char;

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// `bytes`, if they are text of at most `max` bytes. EMSGSIZE: longer. EILSEQ: not UTF-8, or with a NUL, which would end
/// it in C.
pub fn check(bytes: &[u8], max: usize) -> Result<&[u8]> {
    if bytes.len() > max {
        return fail(libc::EMSGSIZE);
    }
    let mut seen = Seen::default();
    words(bytes).for_each(|word| seen.add(word));
    if seen.is_text(bytes) { Ok(bytes) } else { fail(libc::EILSEQ) }
}

/// What was seen of words of text: whether they are ASCII, as most text is, and without NUL shows in the same pass.
#[derive(Clone, Copy, Default)]
pub struct Seen {
    top: u64,
    nul: u64,
}

impl Seen {
    #[inline]
    pub fn add(&mut self, word: u64) {
        self.top |= word;
        // Of a NUL alone the borrow of the subtraction reaches a top bit that was not set.
        self.nul |= word.wrapping_sub(ONES) & !word;
    }

    /// Whether `bytes`, all of whose words were seen, are text.
    #[inline]
    pub fn is_text(self, bytes: &[u8]) -> bool {
        self.nul & TOPS == 0 && (self.top & TOPS == 0 || is_utf8(bytes))
    }

    /// Likewise, of C's characters.
    #[inline]
    pub fn is_text_of(self, characters: &[c_char]) -> bool {
        self.nul & TOPS == 0 && (self.top & TOPS == 0 || is_utf8_of(characters))
    }
}

#[cold]
#[inline(never)]
fn is_utf8(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok()
}

#[cold]
#[inline(never)]
fn is_utf8_of(characters: &[c_char]) -> bool {
    let mut bytes = [0; MINICHAT_TEXT_MAX];
    bytes.iter_mut().zip(characters).for_each(|(byte, character)| *byte = *character as u8);
    bytes.get(..characters.len()).is_some_and(is_utf8)
}

/// Bytes as words.
#[inline]
pub fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let eights = bytes.chunks_exact(8);
    let rest = eights.remainder();
    let last = rest.iter().rev().fold(ONES, |word, byte| word << 8 | u64::from(*byte));
    eights.map(word).chain((!rest.is_empty()).then_some(last))
}

#[inline]
fn word(eight: &[u8]) -> u64 {
    eight.try_into().map_or(0, u64::from_le_bytes)
}

/// The reverse: fills `field` with `length` bytes of `words` and a NUL, or more of them up to a multiple of eight. False:
/// there is no room.
#[inline]
pub fn unpack(mut words: impl Iterator<Item = u64>, field: &mut [c_char], length: usize) -> bool {
    let used = length % 8;
    let Some((whole, rest)) = field.split_at_mut_checked(length - used) else { return false };
    for (to, word) in whole.chunks_exact_mut(8).zip(words.by_ref()) {
        if let Some(to) = to.first_chunk_mut() {
            put(to, word);
        }
    }
    // `field` has a multiple of eight bytes, more than `length`: so there is room.
    let last = if used == 0 { 0 } else { words.next().map_or(0, |word| word & ((1 << (used * 8)) - 1)) };
    rest.first_chunk_mut().map(|to| put(to, last)).is_some()
}

#[inline]
fn put(to: &mut [c_char; 8], word: u64) {
    *to = word.to_le_bytes().map(|byte| byte as c_char);
}

/// A check of words against accidents: a sum, and the sum of that sum each time, so that the order counts too (as in
/// Fletcher, "An Arithmetic Checksum for Serial Transmissions", 1982). At the end they are multiplied by an odd constant,
/// by which nothing is lost. Not against an adversary, who may write a right one.
#[derive(Clone, Copy)]
pub struct Sum {
    sum: u64,
    sums: u64,
}

impl Sum {
    #[inline]
    pub fn of(seed: u64, words: &[u64]) -> Self {
        let mut sum = Sum { sum: seed, sums: 0 };
        words.iter().for_each(|word| sum.add(*word));
        sum
    }

    #[inline]
    pub fn add(&mut self, word: u64) {
        self.sum = self.sum.wrapping_add(word);
        self.sums = self.sums.wrapping_add(self.sum);
    }

    /// The check of the words that were added, under `number`.
    #[inline]
    pub fn end_under(mut self, number: u64) -> u64 {
        self.add(number);
        self.end()
    }

    #[inline]
    pub fn end(self) -> u64 {
        const K: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 / golden ratio, odd
        let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(K).rotate_left(29);
        mix(mix(0, self.sum), self.sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_checked() {
        assert!(check("é中".as_bytes(), 5).is_ok());
        assert_eq!(check("é中".as_bytes(), 4).err(), Some(errno::Errno(libc::EMSGSIZE)));
        for bad in [&b"\xff"[..], b"a\0b", b"\0", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
            assert_eq!(check(bad, 800).err(), Some(errno::Errno(libc::EILSEQ)), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_found_wherever_it_is() {
        for length in 1..40_usize {
            for at in 0..length {
                let mut bytes: Vec<u8> = (1..=length as u8).map(|byte| byte % 3 + 1).collect();
                assert!(check(&bytes, 800).is_ok());
                for bad in [0, 0xff] {
                    bytes[at] = bad;
                    assert!(check(&bytes, 800).is_err(), "{at} of {length}");
                }
            }
        }
    }

    #[test]
    fn packing_is_undone_by_unpacking() {
        for length in 0..40 {
            let bytes: Vec<u8> = (1..=length).collect();
            let packed: Vec<u64> = words(&bytes).collect();
            assert_eq!(packed.len(), bytes.len().div_ceil(8));
            let mut back = [1; 48];
            assert!(unpack(packed.into_iter(), &mut back, bytes.len()));
            assert_eq!(back[..bytes.len()], bytes.iter().map(|byte| *byte as c_char).collect::<Vec<_>>());
            assert_eq!(back[bytes.len()], 0);
        }
    }

    #[test]
    fn every_bit_and_the_order_count_in_the_checksum() {
        let words: Vec<u64> = (0..9).map(|word| word * word).collect();
        for length in 0..words.len() {
            let words = &words[..length];
            let sum = Sum::of(7, words).end();
            assert_ne!(sum, Sum::of(8, words).end());
            for bit in 0..length * 64 {
                let mut other = words.to_vec();
                other[bit / 64] ^= 1 << (bit % 64);
                assert_ne!(sum, Sum::of(7, &other).end(), "bit {bit}");
            }
            for (one, other) in (0..length).flat_map(|one| (0..one).map(move |other| (one, other))) {
                let mut turned = words.to_vec();
                turned.swap(one, other);
                assert_ne!(sum, Sum::of(7, &turned).end(), "{one} and {other}");
            }
        }
    }
}
