//! Telling valgrind's memcheck about memory, by its client requests: a few instructions that do nothing on a processor,
//! and that valgrind recognises (its manual, "The Client Request mechanism"; the numbers are those of valgrind.h and
//! memcheck.h, which need not be there).

use core::arch::asm;

const RUNNING_ON_VALGRIND: usize = 0x1001;
const MALLOCLIKE_BLOCK: usize = 0x1301;
const FREELIKE_BLOCK: usize = 0x1302;
/// Requests of one tool begin with its two letters.
const MEMCHECK: usize = (b'M' as usize) << 24 | (b'C' as usize) << 16;
const MAKE_MEM_NOACCESS: usize = MEMCHECK;
const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;

/// Whether valgrind runs this process: about a nanosecond where it does not.
#[inline]
pub fn is_running() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}

/// The `length` bytes at `start` are a block, made by the caller, with contents.
pub fn made(start: usize, length: usize) {
    request([MALLOCLIKE_BLOCK, start, length, 0, 1, 0]);
}

/// The block at `start` is gone, by the caller.
pub fn gone(start: usize) {
    request([FREELIKE_BLOCK, start, 0, 0, 0, 0]);
}

/// Nobody may access these bytes.
pub fn forbid(start: usize, end: usize) {
    request([MAKE_MEM_NOACCESS, start, end.saturating_sub(start), 0, 0, 0]);
}

/// These bytes may be accessed and have contents.
pub fn allow(start: usize, end: usize) {
    request([MAKE_MEM_DEFINED, start, end.saturating_sub(start), 0, 0, 0]);
}

/// The number of the request and its five arguments: valgrind's answer, or 0 without it.
#[inline]
fn request(request: [usize; 6]) -> usize {
    let mut answer = 0_usize;
    // SAFETY: on a processor the rotations add up to two whole turns, and the exchange is of a register with itself;
    // under valgrind the request is read and the answer written, nothing else.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            inout("rdx") answer, in("rax") request.as_ptr(), inout("rdi") 0_usize => _,
            options(nostack)
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "ror x12, x12, #3", "ror x12, x12, #13", "ror x12, x12, #51", "ror x12, x12, #61", "orr x10, x10, x10",
            inout("x3") answer, in("x4") request.as_ptr(), out("x12") _,
            options(nostack)
        );
    }
    answer
}
