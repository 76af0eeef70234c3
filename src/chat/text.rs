//! What may stand on the board: UTF-8 without NUL, of a bounded length.

use crate::errno::{Result, fail};

/// `bytes` as text of at most `max` bytes. EMSGSIZE: longer. EILSEQ: not UTF-8, or with a NUL, which would end it in C.
pub fn check(bytes: &[u8], max: usize) -> Result<&str> {
    if bytes.len() > max {
        return fail(libc::EMSGSIZE);
    }
    match core::str::from_utf8(bytes) {
        Ok(text) if !has_nul(bytes) => Ok(text),
        _ => fail(libc::EILSEQ),
    }
}

fn has_nul(bytes: &[u8]) -> bool {
    let eights = bytes.chunks_exact(8);
    let rest = eights.remainder().contains(&0);
    // Of a NUL alone the borrow of the subtraction reaches a top bit that was not set.
    let nul = |word: u64| word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080;
    rest || eights.fold(0, |found, eight| found | nul(word(eight))) != 0
}

fn word(eight: &[u8]) -> u64 {
    eight.try_into().map_or(0, u64::from_ne_bytes)
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

/// The reverse of `pack`: fills `bytes` from words.
pub fn unpack(words: &[u64], bytes: &mut [u8]) {
    for (chunk, word) in bytes.chunks_mut(8).zip(words) {
        let eight = word.to_ne_bytes();
        match chunk.try_into() {
            Ok(whole) => {
                let whole: &mut [u8; 8] = whole;
                *whole = eight;
            }
            Err(_) => chunk.iter_mut().zip(eight).for_each(|(to, from)| *to = from),
        }
    }
}

/// A check of words against accidents: four sums that do not wait for each other, each word mixed in by a multiplication
/// with an odd constant (no word is lost) and a rotation. Not against an adversary, who may write a right one.
pub fn checksum(seed: u64, words: &[u64]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 / golden ratio, odd
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(K).rotate_left(29);
    let [mut a, mut b, mut c, mut d] = [seed, seed ^ K, seed.rotate_left(17), seed.rotate_left(41) ^ K];
    let mut fours = words.chunks_exact(4);
    for four in fours.by_ref() {
        if let [e, f, g, h] = four {
            (a, b, c, d) = (mix(a, *e), mix(b, *f), mix(c, *g), mix(d, *h));
        }
    }
    let rest = fours.remainder().iter().fold(a, |sum, word| mix(sum, *word));
    [rest, b, c, d].into_iter().fold(words.len() as u64, mix)
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
            let mut back = vec![0; bytes.len()];
            unpack(&words[..count], &mut back);
            assert_eq!(back, bytes);
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
