//! mm_map and its four companions.

use super::{give, record};
use crate::map::{self, blocks};
use crate::sys;
use libc::{c_int, c_void, off_t, size_t};

/// Maps `length` bytes, of the file `fd` from byte `offset` on or of new memory, and says where they are:
/// mmap(2), with the same arguments, results and errno. Nothing stands between the caller and the kernel.
///
/// `addr`    NULL: the kernel chooses. Otherwise a wish, rounded down to a page; where something is mapped
///           already, another address is chosen, and that is no error. With MAP_FIXED an order: a multiple of
///           the page, and what was mapped in the range is gone without a word (MAP_FIXED_NOREPLACE refuses
///           instead).
/// `length`  in bytes, 1 or more; whole pages are mapped. A page has sysconf(_SC_PAGESIZE) bytes.
/// `prot`    PROT_NONE, or any of PROT_READ, PROT_WRITE, PROT_EXEC. Unknown bits are ignored.
/// `flags`   one of MAP_SHARED (a store is a store to the file, which every other mapping and read() see at
///           once), MAP_PRIVATE (the first store to a page makes a copy of it that only this process sees)
///           and MAP_SHARED_VALIDATE (as MAP_SHARED, but unknown flags are refused; the two others ignore
///           them); with MAP_ANONYMOUS for zeroed memory without a file (`fd` is ignored, `offset` should be
///           0; shared anonymous memory is shared with the children that fork() makes) and other flags of
///           mmap(2). MAP_FILE, MAP_DENYWRITE and MAP_EXECUTABLE do nothing.
/// `fd`      open for reading, and with MAP_SHARED and PROT_WRITE for reading and writing. It may be closed
///           afterwards: the mapping stays.
/// `offset`  in bytes, a multiple of the page. It may lie past the end of the file.
///
/// Returns the address of the first byte, a multiple of the page; MAP_FAILED (which is (void *)-1, not NULL)
/// with errno otherwise, and then nothing was mapped.
///
/// Errors, in the order in which they are looked for
///   EINVAL      `offset` is no multiple of the page.
///   EBADF       without MAP_ANONYMOUS: `fd` is not open, or was opened with O_PATH.
///   EINVAL      `length` is 0.
///   ENOMEM      the range does not fit into the address space; or, later, there is no memory, address space
///               (RLIMIT_AS), private writable memory (RLIMIT_DATA), overcommit (MAP_NORESERVE asks for
///               none), free huge page (MAP_HUGETLB), or mapping (vm.max_map_count) left.
///   EINVAL      MAP_FIXED and `addr` is no multiple of the page.
///   EPERM       MAP_FIXED and `addr` is below vm.mmap_min_addr, without privilege.
///   EEXIST      MAP_FIXED_NOREPLACE and something is mapped in the range.
///   EPERM       MAP_LOCKED, and RLIMIT_MEMLOCK is 0, without privilege.
///   EAGAIN      MAP_LOCKED would lock more than RLIMIT_MEMLOCK.
///   EOVERFLOW   `offset` + `length` is more than a file can have; a negative `offset`.
///   EINVAL      `flags` has no type or a wrong one (MAP_SHARED | MAP_PRIVATE is MAP_SHARED_VALIDATE: a file
///               takes it, anonymous memory does not); MAP_GROWSDOWN for anything but private anonymous
///               memory.
///   EOPNOTSUPP  MAP_SHARED_VALIDATE and a flag that the kernel or the file does not know (MAP_SYNC
///               included).
///   EACCES      `fd` is not open for reading, whatever `prot` is; MAP_SHARED and PROT_WRITE, and it is not
///               open for writing; MAP_SHARED, it is open for writing, and the file is append-only (chattr
///               +a).
///   EPERM       PROT_EXEC, and the file system is mounted noexec; a shared writable mapping of a file sealed
///               against writing; MAP_FIXED over a sealed range (mseal(2)).
///   ENODEV      what `fd` is open on cannot be mapped: a directory, pipe, socket, terminal, most devices.
/// A device or special file system may have errors of its own. ETXTBSY is none of them, nor is EAGAIN for a
/// locked file: what older manuals say of MAP_DENYWRITE and of mandatory locks is history.
///
/// Signals, when the mapping is used: SIGSEGV for what `prot` does not allow; SIGBUS for a whole page past
/// the end of the file (when it is shorter than the mapping, or was cut since), and for a page that could not
/// be read, or for which the file system had no room. Bytes between the end of the file and the end of its
/// last page read as 0, and stores to them are lost. Within a system call the same mistakes are EFAULT.
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child, which inherits all
/// mappings (exec drops them). Not a cancellation point.
///
/// Source: POSIX.1-2024, mmap; Linux, mmap(2). Measured on Linux 6.18.
///
/// # Safety
/// With MAP_FIXED, nobody uses what the range held.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_map(
    addr: *mut c_void,
    length: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    // SAFETY: the header's: with MAP_FIXED, nobody uses what the range held.
    let mapped = unsafe { map::map(addr as usize, length, prot, flags, fd, offset) };
    let mapped = mapped.inspect(|start| blocks::mapped(*start, length, prot));
    give::address(mapped, |error| record::map(error, addr, length, prot, flags, fd, offset))
}

/// Removes what is mapped in the range of `length` bytes at `addr`: munmap(2), with the same arguments,
/// results and errno.
///
/// Every page that the range touches goes, whoever mapped it, whole: a `length` inside a page takes all of
/// the page, a range over several mappings takes part of each, and pages of a mapping outside the range stay.
/// Where nothing is mapped, that is no error: doing it twice returns 0 twice. Shared stores reach the file
/// all the same (see mm_sync for when). Closing the descriptor, or removing the file's name, does not unmap;
/// exec and exit do.
///
/// `addr`    a multiple of the page; NULL is an address as another, where normally nothing is mapped.
/// `length`  in bytes, 1 or more; for huge pages (MAP_HUGETLB) a multiple of their size.
///
/// Returns 0; -1 with errno otherwise, and then everything is mapped as before.
///
/// Errors
///   EINVAL  `addr` is no multiple of the page (MAP_FAILED is none); `length` is 0; the range leaves the
///           address space; part of a huge page.
///   ENOMEM  to remove the middle of a mapping makes two of one, and vm.max_map_count allows no more.
///   EPERM   part of the range is sealed (mseal(2)).
///
/// An access to the range after that is SIGSEGV, or, worse, meets what was mapped there next.
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child, whose mappings are its
/// own: the parent keeps its. Not a cancellation point.
///
/// Source: POSIX.1-2024, munmap; Linux, munmap(2).
///
/// # Safety
/// Nobody uses the range any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_unmap(addr: *mut c_void, length: size_t) -> c_int {
    // SAFETY: the header's: nobody uses the range any more.
    let unmapped = unsafe { map::unmap(addr as usize, length) };
    let unmapped = unmapped.inspect(|_| blocks::unmapped(addr as usize, length));
    give::status_or(unmapped, |error| record::unmap(error, addr, length))
}

/// Changes what may be done with the pages of the range: mprotect(2), with the same arguments, results and
/// errno.
///
/// `addr`    a multiple of the page.
/// `length`  in bytes; whole pages change; 0 changes nothing and is no error.
/// `prot`    as for mm_map(), but unknown bits are refused.
///
/// Returns 0; -1 with errno otherwise: the pages before the one that was refused may have changed.
///
/// Errors
///   EINVAL  `addr` is no multiple of the page; `prot` has an unknown bit.
///   ENOMEM  part of the range is not mapped, or leaves the address space; there is no memory for pages that
///           become privately writable (overcommit, RLIMIT_DATA); vm.max_map_count allows no more mappings.
///   EACCES  PROT_WRITE on a shared mapping whose descriptor was not open for writing, or whose file is
///           sealed against writing; PROT_EXEC on a file system mounted noexec.
///   EPERM   part of the range is sealed (mseal(2)).
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child. Not a cancellation
/// point.
///
/// Source: POSIX.1-2024, mprotect; Linux, mprotect(2).
///
/// # Safety
/// Nobody needs the rights that are taken away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_protect(addr: *mut c_void, length: size_t, prot: c_int) -> c_int {
    // SAFETY: the header's: nobody needs the rights taken away.
    let changed = unsafe { map::protect(addr as usize, length, prot) };
    give::status_or(changed, |error| record::protect(error, addr, length, prot))
}

/// Brings the stores that were made to shared mappings of files in the range to the disk: msync(2), with the
/// same arguments, results and errno.
///
/// This is for power cuts. Other processes need none of it: mappings of the file and read() see a store at
/// once.
///
/// `addr`    a multiple of the page.
/// `length`  in bytes; every page that the range touches; 0 does nothing and is no error.
/// `flags`   MS_SYNC: returns when everything is on the disk. MS_ASYNC: does nothing, since the kernel writes
///           soon anyway. MS_INVALIDATE may be added; all mappings of a file are coherent, so it only looks
///           for locked pages. 0 is accepted, and does nothing.
///
/// Private and anonymous mappings have nothing to bring anywhere: 0.
///
/// Returns 0; -1 with errno otherwise.
///
/// Errors
///   EINVAL  `addr` is no multiple of the page; MS_SYNC and MS_ASYNC together; an unknown bit in `flags`.
///   ENOMEM  part of the range is not mapped (the rest was brought to the disk), or it leaves the address
///           space.
///   EBUSY   MS_INVALIDATE and a page is locked (mlock(2)); pages from it on were not brought to the disk.
///   EIO     the disk or the file system failed. Other errors of writing are possible: ENOSPC, EDQUOT.
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child. A cancellation point,
/// as POSIX wants it: a thread whose cancellation is requested and enabled ends here, before anything is
/// written; a request that comes while the disk is being written waits for the thread's next cancellation
/// point.
///
/// Source: POSIX.1-2024, msync; Linux, msync(2).
///
/// # Safety
/// None: msync writes to files, never to memory.
///
/// cbindgen:postfix=
//
// No MAPBOARD_NOEXCEPT: cancellation unwinds through here (libc's msync is not `noexcept` in C++ either).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_sync(addr: *mut c_void, length: size_t, flags: c_int) -> c_int {
    sys::cancel::point();
    give::status_or(map::sync(addr as usize, length, flags), |error| record::sync(error, addr, length, flags))
}

/// cbindgen's word for `...` in a prototype.
type VaList = *mut c_void;

/// Makes a mapping larger or smaller, or moves it: mremap(2), with the same arguments, results and errno.
///
/// `addr`        a multiple of the page, in a mapping.
/// `old_length`  in bytes, of what is to be changed, in one mapping; 0 for a shared mapping asks for a second
///               mapping of the same pages.
/// `new_length`  in bytes, 1 or more.
/// `flags`       0: stays where it is, or fails. MREMAP_MAYMOVE: another address may be chosen. With it,
///               MREMAP_FIXED: moves to the fifth argument, a `void *`, and what was mapped there is gone;
///               MREMAP_DONTUNMAP: the old range stays, emptied (the fifth argument is a wish). Without the
///               last two flags a fifth argument is not looked at.
///
/// New pages show more of the file, or zeros.
///
/// Returns the address of the mapping, which may differ from `addr`; MAP_FAILED with errno otherwise, and
/// then the old range is mapped as before.
///
/// Errors
///   EINVAL  an address is no multiple of the page; `new_length` is 0; an unknown bit in `flags`;
///           MREMAP_FIXED or MREMAP_DONTUNMAP without MREMAP_MAYMOVE; `old_length` 0 for a private mapping;
///           the new range meets the old one, or leaves the address space.
///   EFAULT  part of the old range is not mapped, or lies in several mappings (which Linux 6.17 and later can
///           move, if the length stays).
///   ENOMEM  there is no room to grow in place (without MREMAP_MAYMOVE), or none at all; the limits of
///           mm_map().
///   EAGAIN  the mapping is locked, and would exceed RLIMIT_MEMLOCK.
///   EPERM   part of a range is sealed (mseal(2)).
///
/// Threads: any thread; also in a signal handler, before main, and in a forked child. Not a cancellation
/// point.
///
/// Source: Linux, mremap(2). POSIX has no such call.
///
/// # Safety
/// Nobody uses the old range any more, nor what a MREMAP_FIXED range held.
//
// C sees a variadic function, as libc's is; stable Rust cannot define one. It need not: on x86-64 (System V)
// and on aarch64 (AAPCS64, Linux) a variadic pointer travels in the register where a fixed fifth argument
// does. When the caller gave none the register holds anything, so it is looked at only when `flags` says
// that it was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_remap(
    addr: *mut c_void,
    old_length: size_t,
    new_length: size_t,
    flags: c_int,
    new_address: VaList,
) -> *mut c_void {
    let given = flags & (libc::MREMAP_FIXED | libc::MREMAP_DONTUNMAP) != 0;
    let to = if given { new_address as usize } else { 0 };
    // SAFETY: the header's: nobody uses the old range, nor what a given new one held.
    let mapped = unsafe { map::remap(addr as usize, old_length, new_length, flags, to) };
    let kept = if flags & libc::MREMAP_DONTUNMAP != 0 { 0 } else { old_length };
    let mapped = mapped.inspect(|start| blocks::remapped(addr as usize, kept, *start, new_length));
    give::address(mapped, |error| record::remap(error, addr, old_length, new_length, flags, to))
}
