//! What may stand on the board: UTF-8 without NUL, of a bounded length.

use crate::errno::{Result, fail};

/// `bytes` as text of at most `max` bytes. EMSGSIZE: longer. EILSEQ: not UTF-8, or with a NUL, which would end it in C.
pub fn check(bytes: &[u8], max: usize) -> Result<&str> {
    if bytes.len() > max {
        return fail(libc::EMSGSIZE);
    }
    match core::str::from_utf8(bytes) {
        Ok(text) if !bytes.contains(&0) => Ok(text),
        _ => fail(libc::EILSEQ),
    }
}

/// Packs bytes into words, eight a word, the last filled up with zeros.
pub fn pack(bytes: &[u8], words: &mut [u64]) -> usize {
    let count = bytes.len().div_ceil(8);
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        let mut eight = [0; 8];
        for (to, from) in eight.iter_mut().zip(chunk) {
            *to = *from;
        }
        *word = u64::from_ne_bytes(eight);
    }
    count
}

/// The reverse of `pack`: fills `bytes` from words.
pub fn unpack(words: &[u64], bytes: &mut [u8]) {
    for (chunk, word) in bytes.chunks_mut(8).zip(words) {
        for (to, from) in chunk.iter_mut().zip(word.to_ne_bytes()) {
            *to = from;
        }
    }
}

/// A check of words against accidents: four sums that do not wait for each other, each word mixed in by a multiplication
/// with an odd constant (no word is lost) and a rotation. Not against an adversary, who may write a right one.
pub fn checksum(seed: u64, words: &[u64]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 / golden ratio, odd
    let mut lanes = [seed, seed ^ K, seed.rotate_left(17), seed.rotate_left(41) ^ K];
    for four in words.chunks(4) {
        for (lane, word) in lanes.iter_mut().zip(four) {
            *lane = (*lane ^ word).wrapping_mul(K).rotate_left(29);
        }
    }
    let mut sum = words.len() as u64;
    for lane in lanes {
        sum = (sum ^ lane).wrapping_mul(K).rotate_left(31);
    }
    sum
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
