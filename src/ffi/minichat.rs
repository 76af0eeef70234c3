//! minichat_*: the whiteboard.

use super::{give, take};
use crate::abi::*;
use crate::chat::board::{self, Wish};
use crate::chat::paths::Paths;
use crate::chat::{CHATS, Chat, display};
use crate::errno::{Result, fail};
use crate::sys::handle::Slot;
use libc::{c_char, c_int, c_uint, size_t, ssize_t};

/// A participant of a board, opened by minichat_open().
#[allow(non_camel_case_types)] // its name in C
pub struct minichat {
    _private: [u8; 0],
}

/// The open handle behind what C hands in: EFAULT for NULL, EBADF for a closed one, ECHILD in a forked child.
///
/// # Safety
/// `chat` is NULL, or came from minichat_open().
unsafe fn handle<'a>(chat: *const minichat) -> Result<&'a Slot<Chat>> {
    // SAFETY: the caller's promise.
    let slot = unsafe { CHATS.get(chat.cast::<Chat>()) }?;
    if slot.forked() { fail(libc::ECHILD) } else { Ok(slot) }
}

/// Does something with an open handle.
///
/// # Safety
/// As `handle`.
unsafe fn with<T>(chat: *const minichat, act: impl FnOnce(&Chat) -> Result<T>) -> Result<T> {
    // SAFETY: the caller's promise.
    unsafe { handle(chat) }?.value.with(act)
}

const FLAGS: c_uint = MINICHAT_CREATE
    | MINICHAT_EXCLUSIVE
    | MINICHAT_READ_ONLY
    | MINICHAT_HIDDEN
    | MINICHAT_NO_HANDLER
    | MINICHAT_ANY_FILE_SYSTEM
    | MINICHAT_FROM_NOW;

/// Opens a board, and takes part in it: the course's whiteboard chat, one shared file with the last 20 messages that
/// every participant maps. There is no server, and nobody waits for anybody: a participant that is stopped or killed
/// at any instruction delays and spoils nothing.
///
/// `out`      where the participant goes; minichat_close() frees it.
/// `path`     the board's file. Beside it stands `path`.lock, an empty file: the kernel's locks on its bytes say who is
///            present. Both are made together; a board that is copied or whose lock file was removed is no longer one
///            for those who want to post (ESTALE): create it anew.
/// `options`  NULL stands for { .flags = MINICHAT_CREATE }.
///
/// Unless MINICHAT_READ_ONLY is set the participant takes one of MINICHAT_SEATS places, and holds it until it closes,
/// ends in whatever way, or calls exec.
///
/// Returns 0; -1 with errno otherwise, with nothing opened and nothing left behind.
///
/// Errors
///   EFAULT           `out` or `path` is NULL.
///   EINVAL           options->size is none that this library knows; an unknown flag; MINICHAT_EXCLUSIVE without
///                    MINICHAT_CREATE; MINICHAT_READ_ONLY with MINICHAT_CREATE or MINICHAT_HIDDEN; `mode` has other
///                    than permission bits; `after` is beyond the newest message, or the board has not the number
///                    `board_id`: the board was made anew.
///   EILSEQ           the nick is not UTF-8.
///   EMSGSIZE         the nick is over MINICHAT_NICK_MAX bytes.
///   ENOENT           there is no board, and MINICHAT_CREATE is not set; or no such directory.
///   EEXIST           MINICHAT_EXCLUSIVE, and there is a board.
///   EISDIR, ELOOP    `path` is a directory, a symbolic link (never followed).
///   EMEDIUMTYPE      `path` is no board: another file, a FIFO, a socket, a device. It was not written to.
///   EPROTONOSUPPORT  a board of another version, byte order or layout.
///   EBADMSG          a board that was cut, extended or written over, or that a crash of the machine has left without its
///                    header: minichat_unlink() removes the latter.
///   ESTALE           `path`.lock is missing, or not the one that the board was made with: two lock files would give
///                    one place to two people. MINICHAT_READ_ONLY still reads. For a board that is to be made: a file
///                    of that name is there which holds something, or is a stranger's in a directory like /tmp.
///   EUSERS           all places are taken. MINICHAT_READ_ONLY still reads.
///   EBUSY            somebody has held all places at once for long, as minichat_unlink() does for an instant.
///   EACCES           no permission; or `path`.lock is another user's, whose program was killed before there was a board.
///                    A board whose permissions its owner changes (chmod) opens to others once the owner opens it.
///   ENOTSUP          on this file system (NFS, CIFS, 9p, FUSE …) mappings of two machines do not show the same bytes;
///                    MINICHAT_ANY_FILE_SYSTEM opens it all the same.
///   ENOSPC, EDQUOT   no room for the board: 1.4 MB, reserved when it is created.
///   EFBIG            RLIMIT_FSIZE allows no file as long as a board (and sends SIGXFSZ).
///   ENOLCK           the kernel has no memory for a lock, or the file system's lock service does not answer.
///   ENAMETOOLONG     no room for ".lock" behind `path`.
///   ECHILD           a signal handler forked in the middle of the call, and this is the child.
///   EAGAIN           another program holds a lease on the file (fcntl(2), F_SETLEASE) and has not given it up yet; or this
///                    one has installed more than sixteen different handlers for SIGBUS over ours.
///   EMFILE, ENFILE, ENOMEM, EROFS, EIO …  as open(2) and mmap(2) have them.
///
/// Threads: any thread; threads may share a participant. Not from a signal handler. Fork: in the child every call but
/// minichat_close() answers ECHILD; the child opens the board itself. fork() closes the child's copies of the
/// descriptors (a handler of pthread_atfork), so a parent that dies is gone for the others even while its child lives;
/// it waits until other threads are done with an open or a close (in a signal handler that interrupts one of these, it
/// does not: there the child's open is ECHILD). A bare clone(2) leaves its child the descriptors.
/// Signals: if somebody cuts the file, or punches holes into it and fills the disk, or the disk breaks, accesses to it
/// raise SIGBUS. So unless MINICHAT_NO_HANDLER is set, a handler is installed as mm_guard() does (which see):
/// whatever the reason, private zeros take the place of what is missing, and every call answers ESTALE.
/// At most two descriptors are used, both close-on-exec, up to five after minichat_fd(). A program that closes them and uses
/// their numbers again loses its place; it is told so (ESTALE), and its own files are left alone.
/// Byte 0 of `path`.lock is never locked here: it is the course's. But a POSIX lock (F_SETLK) on it is gone whenever its
/// process closes any descriptor of the file, as minichat_close() does (fcntl(2)): use F_OFD_SETLK, or mm_lock_open()
/// on another file.
///
/// A crash of the machine: no call waits for the disk, so the last messages may be lost, and what is left of the file need
/// not be of one instant. A message is read under the number under which it was posted, or is EBADMSG, or counts as missed;
/// the board goes on behind the newest that is left, so that numbers may be given a second time (an `after` of before
/// the crash may be EINVAL).
///
/// Who may only read the file can move its sleepers to another futex, so that they are woken by the net of one second only.
/// Who may write the file can spoil the board, but cannot crash, hang or signal another participant, nor steer its
/// terminal if it prints through minichat_display(). Nick, pid and uid are what others claim.
///
/// # Safety
/// `out`, `path`, `options` and its nick are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_open(
    out: *mut *mut minichat,
    path: *const c_char,
    options: *const minichat_options,
) -> c_int {
    if out.is_null() {
        return give::status::<()>(fail(libc::EFAULT));
    }
    // SAFETY: the header's.
    let opened = unsafe { open(path, options) };
    give::status(opened.map(|slot| {
        // SAFETY: not NULL, checked above; writable, the header's.
        unsafe { out.write(slot.pointer().cast()) }
    }))
}

/// As minichat_open().
///
/// # Safety
/// As there.
unsafe fn open(path: *const c_char, options: *const minichat_options) -> Result<&'static Slot<Chat>> {
    // SAFETY: the caller's promise.
    let path = unsafe { take::path(path) }?;
    let older = minichat_options::UP_TO_AFTER;
    // SAFETY: the caller's promise: NULL or of the size that it says; the fields up to `after` have not changed.
    let options = unsafe { take::sized_since(options, older, minichat_options::NOTHING) }?;
    let options = options.unwrap_or(minichat_options { flags: MINICHAT_CREATE, ..minichat_options::NOTHING });
    let has = |flag| options.flags & flag != 0;
    let nonsense = options.flags & !FLAGS != 0
        || has(MINICHAT_EXCLUSIVE) && !has(MINICHAT_CREATE)
        || has(MINICHAT_READ_ONLY) && (has(MINICHAT_CREATE) || has(MINICHAT_HIDDEN))
        || options.mode & !0o777 != 0;
    if nonsense {
        return fail(libc::EINVAL);
    }
    // SAFETY: the caller's promise: NULL or a string.
    let nick = unsafe { take::text(options.nick, MINICHAT_NICK_MAX) }?;
    let wish = Wish {
        create: has(MINICHAT_CREATE),
        exclusive: has(MINICHAT_EXCLUSIVE),
        read_only: has(MINICHAT_READ_ONLY),
        any_file_system: has(MINICHAT_ANY_FILE_SYSTEM),
        guarded: !has(MINICHAT_NO_HANDLER),
        mode: if options.mode == 0 { 0o600 } else { options.mode },
        after: if has(MINICHAT_FROM_NOW) { 0 } else { options.after },
        board_id: options.board_id,
    };
    let after = (!has(MINICHAT_FROM_NOW)).then_some(options.after);
    Chat::open(&Paths::new(path)?, wish, nick, has(MINICHAT_HIDDEN), after)
}

/// Leaves the board and frees the participant. NULL is allowed. In a forked child it frees the child's copy; the
/// parent's place stays the parent's.
///
/// No other thread may be using the participant. Returns 0; -1 with EBADF if it is closed already.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_close(chat: *mut minichat) -> c_int {
    if chat.is_null() {
        return 0;
    }
    // SAFETY: not NULL; the header's.
    let slot = unsafe { CHATS.get(chat.cast::<Chat>()) };
    give::status(slot.and_then(Chat::leave))
}

/// Posts a message; every reader of the board can see it when this returns.
///
/// `text` is `length` bytes of UTF-8, 1 to MINICHAT_TEXT_MAX; it is copied, and need not end with NUL. `flags` is 0 or
/// MINICHAT_ACTION. No system call is made unless somebody sleeps who has to be woken, and
/// once a second, to see whether the board is still there.
///
/// Returns 0, and the message's number, from 1 up, in `*out_number` unless that is NULL; -1 with errno otherwise.
///
/// Errors
///   EILSEQ     `text` is not UTF-8, or has a NUL in it; nothing was posted.
///   EMSGSIZE   `length` is over MINICHAT_TEXT_MAX; nothing was posted, or cut.
///   EINVAL     `length` is 0; an unknown flag.
///   EACCES     opened with MINICHAT_READ_ONLY.
///   EBADMSG    the board was spoiled by somebody who may write the file.
///   EOVERFLOW  2^48 - 1 messages were posted.
///   ESTALE     the file was cut, or has lost its name (rm), which is noticed within a second, or the program has closed
///              the participant's descriptors: open it again.
///   EFAULT, EBADF, ECHILD  `chat` or `text` is NULL; closed; inherited by fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `text` has `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_post(
    chat: *mut minichat,
    text: *const c_char,
    length: size_t,
    flags: c_uint,
    out_number: *mut u64,
) -> c_int {
    let act = |chat: &Chat| {
        if flags & !MINICHAT_ACTION != 0 {
            return fail(libc::EINVAL);
        }
        // SAFETY: the header's.
        let text = unsafe { take::bytes(text, length, MINICHAT_TEXT_MAX) }?;
        chat.post(text, flags)
    };
    // SAFETY: the header's.
    let posted = unsafe { with(chat, act) };
    // SAFETY: the header's: NULL or writable.
    give::status(posted.map(|number| unsafe { give::out(out_number, number) }))
}

/// Changes the participant's nick: `length` bytes of UTF-8, at most MINICHAT_NICK_MAX, copied; 0: nameless. Messages
/// already posted keep the old one. Two people may bear the same: the seat tells them apart.
///
/// Returns 0; -1 with errno otherwise, and then the nick is what it was.
///
/// Errors
///   EILSEQ, EMSGSIZE       not UTF-8 or with a NUL in it; too long.
///   EACCES                 opened with MINICHAT_READ_ONLY.
///   EFAULT, EBADF, ECHILD  `chat` or `nick` is NULL; closed; inherited by fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `nick` has `length` readable bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_nick(chat: *mut minichat, nick: *const c_char, length: size_t) -> c_int {
    let act = |chat: &Chat| {
        // SAFETY: the header's.
        let nick = unsafe { take::bytes(nick, length, MINICHAT_NICK_MAX) }?;
        chat.nick(nick)
    };
    // SAFETY: the header's.
    give::status(unsafe { with(chat, act) })
}

/// Reads the messages after `dernier`, oldest first, and advances `dernier` to the last one read.
///
/// `out` has room for `count` messages. Who was away for more than 20 messages gets the 20 that are left; `missed` of
/// the first tells how many went by. Reading takes no lock and writes nothing to the board.
///
/// Returns how many were read, 0 if nothing is new; -1 with errno otherwise.
///
/// Errors
///   EBADMSG  the next message, or the board, was spoiled by somebody who may write the file. If it was a message,
///            `dernier` has advanced to it: the next call goes on behind it.
///   ESTALE   the file was cut, or has lost its name (rm): open it again.
///   EFAULT, EBADF, ECHILD  `chat` or `out` is NULL; closed; inherited by fork.
///
/// Threads: any thread; each message goes to one of those that share the participant. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `out` has room for `count` messages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_read(
    chat: *mut minichat,
    out: *mut minichat_message,
    count: size_t,
) -> ssize_t {
    let act = |chat: &Chat| {
        // SAFETY: the header's.
        let out = unsafe { take::room(out, count) }?;
        chat.read(out)
    };
    // SAFETY: the header's.
    give::count(unsafe { with(chat, act) })
}

/// Reads the messages after number `after` as minichat_read() does, but leaves `dernier` as it is: to look back, for
/// instance at the last N (minichat_info() tells the newest number).
///
/// Returns and errors: as minichat_read(). Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `out` has room for `count` messages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_peek(
    chat: *mut minichat,
    after: u64,
    out: *mut minichat_message,
    count: size_t,
) -> ssize_t {
    let act = |chat: &Chat| {
        // SAFETY: the header's.
        let out = unsafe { take::room(out, count) }?;
        chat.peek(after, out)
    };
    // SAFETY: the header's.
    give::count(unsafe { with(chat, act) })
}

/// Waits until something is new, `timeout_ms` milliseconds at most; a negative number: for ever; 0: only looks.
///
/// It spins for some tens of microseconds, then sleeps without using the processor. If the poster is stopped or killed in the
/// instant between its post and the wake-up, the wait goes on for at most one second; the same holds for every wait
/// with MINICHAT_READ_ONLY while nobody else sleeps.
///
/// Returns 1 if something is new, or the board was spoiled (minichat_read() tells), 0 if the time is up; -1 with errno
/// otherwise.
///
/// Errors
///   EINTR    minichat_interrupt() was called, or a signal handler ran while this slept (one installed with SA_RESTART
///            does not end it: futex_waitv(2) is begun again).
///   ESTALE   the file was cut, or has lost its name (rm): open it again.
///   EFAULT, EBADF, ECHILD  `chat` is NULL; closed; inherited by fork.
///
/// Threads: any thread; several may wait. Not a cancellation point. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_wait(chat: *mut minichat, timeout_ms: c_int) -> c_int {
    let timeout = u32::try_from(timeout_ms).ok().map(|ms| i64::from(ms) * 1_000_000);
    // SAFETY: the header's.
    let new = unsafe { with(chat, |chat| chat.wait(timeout)) };
    give::number(new.map(c_int::from))
}

/// A descriptor for poll(2), select(2), epoll(7): readable (POLLIN) when something may be new. Then call
/// minichat_read() until it returns 0, which is also what makes the descriptor quiet again; at most once a second it is
/// readable for nothing.
///
/// It belongs to the participant: do not read from it, and do not close it. Nothing is spent on it before the first call.
///
/// Returns the descriptor; -1 with errno otherwise.
///
/// Errors
///   EMFILE, ENFILE, ENOMEM  no descriptor, no memory left.
///   ENOSPC                  fs.inotify.max_user_watches is reached.
///   ENOENT                  /proc is not mounted.
///   EACCES                  the board's permissions were changed: it may not be read any more.
///   EFAULT, EBADF, ECHILD   `chat` is NULL; closed; inherited by fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_fd(chat: *mut minichat) -> c_int {
    // SAFETY: the header's.
    give::number(unsafe { with(chat, Chat::descriptor) })
}

/// Ends a minichat_wait() with EINTR: the one in progress, or if there is none the next, so it cannot come too early.
/// Of several threads that wait, at least one.
///
/// Returns 0; -1 with EFAULT, EBADF or ECHILD: `chat` is NULL; closed; inherited by fork.
///
/// Threads: any thread, and the one call that is allowed in a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_interrupt(chat: *mut minichat) -> c_int {
    // SAFETY: the header's.
    let slot = unsafe { handle(chat) };
    give::status(slot.map(|slot| slot.value.interrupt()))
}

/// The number of the last message seen, the course's variable `dernier`: what minichat_open() is given as `after` to go
/// on later. 0: none.
///
/// Returns the number; 0 with errno EFAULT, EBADF or ECHILD if `chat` is NULL, closed, or inherited by fork.
///
/// Threads: any thread.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_dernier(chat: *const minichat) -> u64 {
    // SAFETY: the header's.
    let slot = unsafe { handle(chat) };
    give::or_zero(slot.map(|slot| slot.value.dernier()))
}

/// Sets `dernier`: minichat_read() goes on with the message after `number`. 0: with the oldest.
///
/// Returns 0; -1 with errno otherwise: EINVAL if there is no message `number` yet; EBADMSG if the board was spoiled;
/// EFAULT, EBADF, ECHILD if `chat` is NULL, closed, or inherited by fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_seek(chat: *mut minichat, number: u64) -> c_int {
    // SAFETY: the header's.
    give::status(unsafe { with(chat, |chat| chat.seek(number)) })
}

/// Lists who is present, by seat; hidden participants are not listed, and read-only ones take no seat.
///
/// That a seat is taken, the kernel says: who was killed is gone at once. The first `count` are written to `out`, which
/// may be NULL if `count` is 0. Who changes its nick meanwhile is listed under one of its nicks, whole; the nick is empty
/// only for who has taken its seat and is still about to write its name, or where somebody has written over it.
///
/// Returns how many are present, which may be more than `count`; -1 with errno otherwise.
///
/// Errors
///   EACCES  it cannot be known: no permission for the lock file, and no /proc/locks.
///   EINTR, ENOLCK  the file system's lock service was interrupted, or does not answer.
///   EFAULT, EBADF, ECHILD  `chat` or `out` is NULL; closed; inherited by fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `out` has room for `count` people.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_who(
    chat: *mut minichat,
    out: *mut minichat_person,
    count: size_t,
) -> ssize_t {
    let act = |chat: &Chat| {
        let out = if count == 0 {
            &mut []
        } else {
            // SAFETY: the header's.
            unsafe { take::room(out, count) }?
        };
        chat.who(out)
    };
    // SAFETY: the header's.
    give::count(unsafe { with(chat, act) })
}

/// Tells about the board and this participant. `out->size` must be sizeof(struct minichat_info).
///
/// Returns 0; -1 with errno otherwise: EINVAL if `out->size` is none that this library knows; EBADMSG if the board was
/// spoiled; ENOMEM, EIO as fstat(2) has them; EFAULT, EBADF, ECHILD if `chat` or `out` is NULL; closed; inherited by
/// fork.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `chat` is NULL or came from minichat_open(); `out` is NULL or has the size that it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_info(chat: *mut minichat, out: *mut minichat_info) -> c_int {
    let act = |chat: &Chat| {
        // SAFETY: the header's.
        let asked = unsafe { take::sized(out) }?;
        if asked.is_none() {
            return fail(libc::EFAULT);
        }
        let info = chat.info()?;
        // SAFETY: not NULL and of this size, checked above.
        unsafe { out.write(info) };
        Ok(())
    };
    // SAFETY: the header's.
    give::status(unsafe { with(chat, act) })
}

/// Removes a board and its lock file.
///
/// Returns 0; -1 with errno otherwise, and then nothing was removed, unless the lock file alone could not be.
///
/// Errors
///   EBUSY   somebody is present, hidden or not. (Who only reads is not noticed, and keeps what is mapped.)
///   ESTALE  the lock file is missing or another's, so nobody can tell who is present: remove the files with rm.
///   EMEDIUMTYPE, EPROTONOSUPPORT, EBADMSG, EISDIR, ELOOP  no board, as for minichat_open().
///   EFAULT, ENOENT, EACCES, EPERM, EROFS, EIO, ENAMETOOLONG …  `path` is NULL; as open(2) and unlink(2) have them.
///   ENOLCK  the file system's lock service does not answer.
///
/// Threads: any thread. Not from a signal handler.
///
/// # Safety
/// `path` is NULL or a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_unlink(path: *const c_char) -> c_int {
    // SAFETY: the header's.
    let path = unsafe { take::path(path) };
    give::status(path.and_then(Paths::new).and_then(|paths| board::remove(&paths)))
}

/// Makes text safe for a terminal: control characters are shown as ^[ or <U+009B>, those that reorder or hide text as
/// <U+202E>, bytes that are not UTF-8 as \xff, and of more than four accents on one character the others as <U+0301>.
/// A tab becomes a space. Everything else stays as it is.
///
/// Writes as much as fits into `size` bytes, never a part of a character, and NUL. `out` may be NULL if `size` is 0.
///
/// Returns how many bytes all of it needs, without the NUL, as snprintf(3) does; 0 with errno EFAULT if `text` is NULL
/// and `length` is not 0, or `out` is NULL and `size` is not 0.
///
/// Threads: any thread, and signal handlers.
///
/// # Safety
/// `out` has room for `size` bytes; `text` has `length` readable bytes; they do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn minichat_display(
    out: *mut c_char,
    size: size_t,
    text: *const c_char,
    length: size_t,
) -> size_t {
    // SAFETY: the header's.
    let text = unsafe { take::bytes(text, length, isize::MAX as usize) };
    // SAFETY: the header's.
    let out = unsafe { take::buffer(out, size) };
    let needed = text.and_then(|text| Ok(display::terminated(text, out?)));
    give::or_zero(needed)
}
