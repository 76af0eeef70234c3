//! The board's header: written once, before the file has a name, and read once, at open.

use super::layout::{FILE_SIZE, FINGERPRINT, Span};
use super::shared::Memory;
use crate::errno::{Result, fail};

/// Words of the header that are in use.
pub const WORDS: usize = 8;

const MAGIC: u64 = u64::from_le_bytes(*b"MAPBOARD");
/// Read on a machine of the other byte order, or through the wrong width, it is another number.
const BYTE_ORDER: u64 = 0x0102_0304_0506_0708;
const VERSION: u64 = 1;

/// What is particular to one board.
#[derive(Clone, Copy)]
pub struct Header {
    /// A random number that tells boards of the same path apart.
    pub board_id: u64,
    /// CLOCK_REALTIME, nanoseconds.
    pub created: i64,
    /// The lock file's inode. Its device is the board's own: device numbers can change over a reboot.
    pub lock_inode: u64,
}

impl Header {
    pub fn write<M: Memory>(&self, memory: &M) {
        let words = [
            MAGIC,
            BYTE_ORDER,
            VERSION,
            FINGERPRINT,
            FILE_SIZE as u64,
            self.board_id,
            self.created as u64,
            self.lock_inode,
        ];
        memory.copy_in(words.into_iter(), Span::header());
    }

    /// The header in the first `got` bytes of a file of `size` bytes.
    ///
    /// EMEDIUMTYPE: not a board. EPROTONOSUPPORT: one of another version, byte order or layout. EBADMSG: a board
    /// that was cut, extended, or never written.
    pub fn read(bytes: &[u8; WORDS * 8], got: usize, size: u64) -> Result<Self> {
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = bytes.try_into().map_or(0, u64::from_ne_bytes);
        }
        let [magic, order, version, fingerprint, file_size, board_id, created, lock_inode] = words;
        if is_empty(bytes, size) {
            return fail(libc::EBADMSG);
        }
        if magic != MAGIC && magic != MAGIC.swap_bytes() {
            return fail(libc::EMEDIUMTYPE);
        }
        if got < bytes.len() {
            return fail(libc::EBADMSG);
        }
        if magic != MAGIC || order != BYTE_ORDER || version != VERSION || fingerprint != FINGERPRINT {
            return fail(libc::EPROTONOSUPPORT);
        }
        if file_size != FILE_SIZE as u64 || size != file_size {
            return fail(libc::EBADMSG);
        }
        Ok(Header { board_id, created: created as i64, lock_inode })
    }
}

/// Whether those are the first bytes of a board that was never written to the disk: a crash of the machine leaves its size,
/// and zeros.
pub fn is_empty(bytes: &[u8; WORDS * 8], size: u64) -> bool {
    size == FILE_SIZE as u64 && *bytes == [0; WORDS * 8]
}
