//! The nouns of the C interface: the structures and numbers that cross the boundary. They go into the header as they
//! stand here; `chat` fills them, `ffi` hands them over.
#![allow(non_camel_case_types)] // they are C's names

use libc::{c_char, c_uint, mode_t, size_t};

/// How many messages a board holds: the last 20.
pub const MINICHAT_MESSAGES: usize = 20;
/// Bytes of the longest text.
pub const MINICHAT_TEXT_MAX: usize = 800;
/// Bytes of the longest nick.
pub const MINICHAT_NICK_MAX: usize = 63;
/// Participants who can be present, seen or hidden; any number may read.
pub const MINICHAT_SEATS: usize = 64;

/// minichat_options.flags: create the board if there is none.
pub const MINICHAT_CREATE: c_uint = 1;
/// minichat_options.flags: with MINICHAT_CREATE, EEXIST if there is a board.
pub const MINICHAT_EXCLUSIVE: c_uint = 2;
/// minichat_options.flags: read, never post; takes no seat and is seen by nobody.
pub const MINICHAT_READ_ONLY: c_uint = 4;
/// minichat_options.flags: no presence: takes a seat, may post, but minichat_who() does not list it.
pub const MINICHAT_HIDDEN: c_uint = 8;
/// minichat_options.flags: install no SIGBUS handler (see minichat_open).
pub const MINICHAT_NO_HANDLER: c_uint = 16;
/// minichat_options.flags: also on a file system where mappings of two machines do not agree (NFS, CIFS, 9p, FUSE …).
pub const MINICHAT_ANY_FILE_SYSTEM: c_uint = 32;
/// minichat_options.flags: start behind the newest message instead of `after`.
pub const MINICHAT_FROM_NOW: c_uint = 64;

/// minichat_post flags and minichat_message.flags: an action, "/me waves".
pub const MINICHAT_ACTION: c_uint = 1;

/// minichat_person.flags: the entry is that of this handle.
pub const MINICHAT_ME: c_uint = 1;

/// What minichat_open() is asked for. Set `size` to sizeof(struct minichat_options), and what is not needed to 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct minichat_options {
    /// sizeof(struct minichat_options): how a later library knows what this program knows.
    pub size: size_t,
    /// MINICHAT_CREATE and the others, joined by |.
    pub flags: c_uint,
    /// Permissions of a board that is created, cut by the umask as open(2) does; 0 stands for 0600.
    pub mode: mode_t,
    /// UTF-8, at most MINICHAT_NICK_MAX bytes, copied; NULL or "": nameless.
    pub nick: *const c_char,
    /// `dernier`, the number of the last message seen earlier: reading starts after it. 0: from the oldest.
    pub after: u64,
    /// Of which board `after` is a number: minichat_info.board_id of then. 0: of whichever is there.
    pub board_id: u64,
}

/// A message of the board. Nick, pid, uid and time are what its poster claims.
#[repr(C)]
pub struct minichat_message {
    /// 1, 2, 3 … in the order in which they were posted.
    pub number: u64,
    /// How many messages just before this one were replaced before they could be read.
    pub missed: u64,
    /// When it was posted: nanoseconds since 1970 (CLOCK_REALTIME, to a few milliseconds).
    pub time_ns: i64,
    pub pid: u32,
    pub uid: u32,
    /// The poster's place, 1 … 64: tells two people of the same nick apart.
    pub seat: u32,
    /// MINICHAT_ACTION or 0.
    pub flags: u32,
    /// Bytes of nick and text, without the NUL that follows each.
    pub nick_length: u32,
    pub text_length: u32,
    /// UTF-8, ends with NUL. For a terminal, see minichat_display().
    pub nick: [c_char; 64],
    pub text: [c_char; 808],
}

/// Somebody who is present. Nick, pid and uid are claims; that the place is taken, the kernel says.
#[repr(C)]
pub struct minichat_person {
    /// Since when: nanoseconds since 1970.
    pub since_ns: i64,
    pub pid: u32,
    pub uid: u32,
    /// 1 … 64.
    pub seat: u32,
    /// MINICHAT_ME or 0.
    pub flags: u32,
    /// Bytes of the nick without its NUL. 0: nameless, or about to enter.
    pub nick_length: u32,
    pub reserved: u32,
    pub nick: [c_char; 64],
}

/// What minichat_info() tells. Set `size` to sizeof(struct minichat_info) before the call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct minichat_info {
    pub size: size_t,
    /// A random number: another one than before, and the board was created anew.
    pub board_id: u64,
    /// Nanoseconds since 1970.
    pub created_ns: i64,
    /// The number of the newest message; 0: none yet.
    pub last: u64,
    /// The number of the last message that this handle has read.
    pub dernier: u64,
    /// Bytes of the board's file.
    pub file_size: u64,
    /// How many may be present.
    pub seats: u32,
    /// The place of this handle, 1 … 64; 0: none.
    pub seat: u32,
    /// How many are present, hidden ones included; -1: cannot be known (no access to the lock file or to /proc/locks).
    pub present: i32,
    /// Permissions, owner and group of the file.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
}

impl minichat_options {
    /// Nothing asked for.
    pub const NOTHING: Self = minichat_options {
        size: size_of::<Self>(),
        flags: 0,
        mode: 0,
        nick: core::ptr::null(),
        after: 0,
        board_id: 0,
    };
    /// The size that it had when it ended with `after`.
    pub const UP_TO_AFTER: usize = core::mem::offset_of!(Self, board_id);
}

impl minichat_person {
    /// Nameless.
    pub const NOBODY: Self = minichat_person {
        since_ns: 0,
        pid: 0,
        uid: 0,
        seat: 0,
        flags: 0,
        nick_length: 0,
        reserved: 0,
        nick: [0; 64],
    };
}
