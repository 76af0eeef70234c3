//! The system call itself. libc's wrappers would set `errno` on failures that a caller never sees (a probe that
//! is meant to fail), can be interposed, and `mmap` of libc may be a macro of the very program that we serve.

use crate::errno::{Errno, Result};
use core::arch::asm;

/// The kernel returns -4095 … -1 for an error (Linux' IS_ERR_VALUE).
const ERRORS_FROM: usize = -4095_isize as usize;

/// Makes system call `number`.
///
/// # Safety
/// As the system call itself: what it does to this process must be sound where it is called.
#[inline]
pub unsafe fn call(number: libc::c_long, args: [usize; 6]) -> Result<usize> {
    let result: usize;
    // SAFETY: the kernel keeps every register but those named; what the call does is the caller's promise.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as usize => result,
            in("rdi") args[0], in("rsi") args[1], in("rdx") args[2],
            in("r10") args[3], in("r8") args[4], in("r9") args[5],
            lateout("rcx") _, lateout("r11") _,
            options(nostack)
        );
    }
    // SAFETY: as above; aarch64 keeps all registers but x0.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "svc 0",
            in("x8") number as usize,
            inlateout("x0") args[0] => result,
            in("x1") args[1], in("x2") args[2], in("x3") args[3], in("x4") args[4], in("x5") args[5],
            options(nostack)
        );
    }
    if result >= ERRORS_FROM { Err(Errno(result.wrapping_neg() as i32)) } else { Ok(result) }
}

/// A C `int` as the kernel takes it in a register: sign-extended, as libc's wrappers do.
pub const fn int(value: libc::c_int) -> usize {
    value as isize as usize
}
