//! mm_guard and its two companions.

use super::{give, record};
use crate::map::guard;
use crate::sys::memory::Replaceable;
use libc::{c_int, c_void, size_t};

/// Guards a mapping of a file against somebody who cuts the file: instead of dying of SIGBUS, the process finds zeros.
///
/// `addr`, `length`  a range that is mapped, as mm_map() returned it and was asked for: of one file.
///
/// The first access past the end of the file puts zeros in the place of all pages that the file does not have any more.
/// They are this process's own: what is stored there goes to no file, and is lost when the range is unmapped; and they
/// stay when the file grows again, until the range is mapped anew. Pages that the file still has are not touched, and
/// stores of other threads to them are not lost. The zeros have the rights that each page has by then, also after
/// mprotect(2); where there is no /proc, or no descriptor to open it, those that the first page had in mm_guard().
/// mm_guard_tripped() tells whether it has happened.
///
/// Not survived are want of room (a store to a hole of the file, where the file system is full or the user over quota)
/// and a page that the disk does not give: no zeros hide data that the file has. Such a SIGBUS goes on as if there were
/// no guard, with `si_errno` ENOSPC or EIO for a handler that was there before. While somebody is changing the file the
/// access is tried again, as long as it takes: only a file that did not change meanwhile counts as broken; one that no
/// name leads to, when nothing else was seen for a second. Against want of room have it set apart: mm_create_file().
///
/// This is the one function of the library that installs a signal handler: for SIGBUS, with sigaction(2), on the
/// alternate stack if there is one. A SIGBUS that has nothing to do with a guarded range goes to the handler that the
/// program had installed before, with the mask and flags that it asked for; or kills, with the true signal. A handler
/// that the program installs later takes the place of this one: then guarded ranges are no longer, unless it passes
/// signals on to the handler that it found, or mm_guard() is called again. A thread that blocks SIGBUS is killed by
/// a fault all the same (POSIX), and a fault inside a system call is EFAULT, as without a guard: touch the range first.
///
/// Call mm_unguard() before the range, or a part of it, is unmapped or mapped anew.
///
/// Returns 0; -1 with errno otherwise, and then nothing is guarded.
///
/// Errors
///   EINVAL  `addr` is no multiple of the page; `length` is 0, or leaves the address space.
///   ENOMEM  a part of the range is not mapped; or no memory for the guard.
///   EEXIST  a part of the range is guarded already.
///   EAGAIN  the program has installed more than sixteen different handlers of its own over this one; the same again and
///           again counts once.
///
/// Threads: any thread; of two that guard one range at the same time one gets EEXIST. Not from a signal handler. Fork:
/// the child's mappings are guarded as well, each process for
/// itself. Source: Linux, madvise(2) (MADV_POPULATE_READ, Linux 5.14; on an older kernel SIGBUS kills as without us).
///
/// # Safety
/// The range is the caller's, who bears to find zeros there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_guard(addr: *mut c_void, length: size_t) -> c_int {
    let guarded = guard::pages(addr as usize, length).and_then(|(start, end)| {
        // SAFETY: the header's.
        guard::guard(unsafe { Replaceable::new(start, end) })
    });
    give::status_or(guarded, |error| record::guard(error, addr, length))
}

/// Ends a guard. What was replaced by zeros stays so.
///
/// Returns 0; -1 with errno EINVAL if just this range is not guarded.
///
/// Threads: any thread. Not from a signal handler.
#[unsafe(no_mangle)]
pub extern "C" fn mm_unguard(addr: *mut c_void, length: size_t) -> c_int {
    give::status_or(guard::unguard(addr as usize, length), |error| record::unguard(error, addr, length))
}

/// Whether a guarded range has met the end of its file: `addr` is any address in it.
///
/// Returns 1 if pages of it were replaced by zeros, 0 if not; -1 with errno EINVAL if `addr` is in no guarded range.
///
/// Threads: any thread, and signal handlers.
#[unsafe(no_mangle)]
pub extern "C" fn mm_guard_tripped(addr: *const c_void) -> c_int {
    give::number_or(guard::tripped(addr as usize).map(c_int::from), |error| {
        record::guard_tripped(error, addr)
    })
}
