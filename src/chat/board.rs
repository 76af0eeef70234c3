//! Opening, creating and removing a board: its file, mapped, and BOARD.lock, the course's separate empty file.
//!
//! The header names the lock file's inode. Two lock files would give one seat to two people, so a lock file that is
//! missing or another's is ESTALE for whoever wants a seat, and none is ever made but together with a board. All steps
//! are ordered so that a process killed between any two leaves either no board, or a whole one.

use super::header::{self, Header};
use super::layout::{FILE_SIZE, Seat, Whiteboard};
use super::paths::Paths;
use super::seat::{self, LEAVING};
use super::shared::Mapping;
use crate::errno::{Errno, Result, fail};
use crate::sys::file::{self, Descriptor, HERE};
use crate::sys::{process, thread};
use libc::{c_int, mode_t, stat};

/// How often one starts again when the board is removed or replaced while one opens it: at once at first, then, as
/// who removes it may have been put aside by the scheduler, each millisecond for a second.
const TRIES: u32 = 1100;
const TRIES_AT_ONCE: u32 = 100;
const PAUSE: i64 = 1_000_000;

/// What each open has in common: no symbolic link, no wait for a FIFO's other end, nothing left open after exec.
const FLAGS: c_int = libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;

/// How a board is to be opened.
#[derive(Clone, Copy)]
pub struct Wish {
    pub create: bool,
    pub exclusive: bool,
    pub read_only: bool,
    pub any_file_system: bool,
    /// Survive a file that is cut, with a handler for SIGBUS.
    pub guarded: bool,
    pub mode: mode_t,
    /// Messages up to this one were seen earlier: on a board that is there.
    pub after: u64,
    /// Of this number; 0: of any.
    pub board_id: u64,
}

impl Wish {
    /// Only a look at what is there.
    const LOOK: Self = Wish {
        create: false,
        exclusive: false,
        read_only: true,
        any_file_system: true,
        guarded: false,
        mode: 0,
        after: 0,
        board_id: 0,
    };
}

/// An open board.
pub struct Board {
    pub memory: Mapping,
    pub header: Header,
    pub file: Descriptor,
    /// None: this participant may not open it, and reads without a seat.
    pub lock: Option<Descriptor>,
    /// None: read-only.
    pub seat: Option<Seat<Whiteboard>>,
}

/// Opens or creates the board. The errors are listed at minichat_open().
pub fn open(paths: &Paths<'_>, wish: Wish) -> Result<Board> {
    again(|| {
        if wish.exclusive {
            return create(paths, wish);
        }
        match join(paths, wish) {
            Err(Errno(libc::ENOENT)) if wish.create => match create(paths, wish) {
                Err(Errno(libc::EEXIST)) => Err(LEAVING), // somebody else was faster: open theirs
                done => done,
            },
            done => done,
        }
    })
}

/// Removes a board and its lock file. EBUSY: somebody is present.
pub fn remove(paths: &Paths<'_>) -> Result<()> {
    again(|| {
        let (board, stat, bytes, got) = look_at_file(paths, Wish::LOOK)?;
        let lock = if header::is_empty(&bytes, stat.st_size as u64) {
            open_left_lock(paths, &stat)?
        } else {
            let header = Header::read(&bytes, got, stat.st_size as u64)?;
            Some(open_lock(paths, &header, (&board, &stat), libc::O_RDWR)?)
        };
        if let Some(lock) = &lock {
            seat::claim_all(lock.raw())?;
        }
        if !leads_to(paths.board(), &board)? {
            return Err(LEAVING);
        }
        file::unlink(paths.board())?;
        // Who opened the lock file before it goes finds, with its seat, that the board's path leads elsewhere.
        lock.map_or(Ok(()), |_| file::unlink(paths.lock()))
    })
}

/// The lock file beside a board whose header is lost, if it can have been that board's; None: there is none.
fn open_left_lock(paths: &Paths<'_>, board: &stat) -> Result<Option<Descriptor>> {
    let lock = match file::open(paths.lock(), libc::O_RDWR | FLAGS, 0) {
        Err(Errno(libc::ENOENT)) => return Ok(None),
        opened => opened?,
    };
    let stat = file::stat(lock.raw())?;
    let served = file::is_regular(&stat) && stat.st_dev == board.st_dev && may_serve(paths, &stat)?;
    Ok(served.then_some(lock))
}

/// Does `step` until it has another answer than "somebody is just removing or creating it". EBUSY: for too long.
fn again<T>(mut step: impl FnMut() -> Result<T>) -> Result<T> {
    for turn in 0..TRIES {
        match step() {
            Err(LEAVING) if turn < TRIES_AT_ONCE => process::yield_now(),
            Err(LEAVING) => drop(thread::sleep(PAUSE)), // cut short by a signal: the shorter
            done => return done,
        }
    }
    fail(libc::EBUSY)
}

/// Opens a board that exists.
fn join(paths: &Paths<'_>, wish: Wish) -> Result<Board> {
    let (file, stat, header) = open_file(paths, wish)?;
    if wish.board_id != 0 && wish.board_id != header.board_id {
        return fail(libc::EINVAL); // `after` is a number of another one
    }
    let memory = Mapping::new(file.raw(), wish.read_only, wish.guarded)?;
    if wish.read_only {
        let lock = match open_lock(paths, &header, (&file, &stat), libc::O_RDONLY) {
            Err(LEAVING) => return Err(LEAVING),
            opened => opened.ok(),
        };
        return Ok(Board { memory, header, file, lock, seat: None });
    }
    let lock = open_lock(paths, &header, (&file, &stat), libc::O_RDWR)?;
    let seat = seat::claim(lock.raw(), &memory)?;
    // Who removes the board holds all seats while it does so: with a seat taken and the path still leading here,
    // nobody is about to.
    if !leads_to(paths.board(), &file)? {
        return Err(LEAVING);
    }
    Ok(Board { memory, header, file, lock: Some(lock), seat: Some(seat) })
}

/// Opens the board's file and reads its header.
fn open_file(paths: &Paths<'_>, wish: Wish) -> Result<(Descriptor, stat, Header)> {
    let (board, stat, bytes, got) = look_at_file(paths, wish)?;
    let header = Header::read(&bytes, got, stat.st_size as u64)?;
    Ok((board, stat, header))
}

/// Opens what may be a board's file: its first bytes, and how many there are.
fn look_at_file(paths: &Paths<'_>, wish: Wish) -> Result<(Descriptor, stat, [u8; header::WORDS * 8], usize)> {
    // Before the open: opening a device can do something.
    let seen = file::stat_at(HERE, paths.board(), libc::AT_SYMLINK_NOFOLLOW)?;
    check_kind(&seen)?;
    let access = if wish.read_only { libc::O_RDONLY } else { libc::O_RDWR };
    let board = file::open(paths.board(), access | FLAGS, 0)?;
    let stat = file::stat(board.raw())?;
    check_kind(&stat)?;
    if !wish.any_file_system {
        check_file_system(&board)?;
    }
    let mut bytes = [0; header::WORDS * 8];
    let got = file::read_at(board.raw(), &mut bytes, 0)?;
    Ok((board, stat, bytes, got))
}

/// A symbolic link is ELOOP, a directory EISDIR, a FIFO, socket or device EMEDIUMTYPE.
fn check_kind(stat: &stat) -> Result<()> {
    match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => Ok(()),
        libc::S_IFLNK => fail(libc::ELOOP),
        libc::S_IFDIR => fail(libc::EISDIR),
        _ => fail(libc::EMEDIUMTYPE),
    }
}

/// ENOTSUP where the mappings of two machines, or of the two sides of a FUSE daemon, do not show the same bytes.
/// Magic numbers of statfs(2) and linux/magic.h.
fn check_file_system(file: &Descriptor) -> Result<()> {
    const INCOHERENT: [u32; 16] = [
        0x0000_6969, // NFS
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB2
        0x0000_517b, // SMB
        0x0102_1997, // 9p
        0x6573_5546, // FUSE
        0x786f_4256, // VirtualBox' shared folders
        0x5346_414f, // AFS
        0x6b41_4653, // kAFS
        0x00c3_6400, // Ceph
        0x7375_7245, // Coda
        0x0bd0_0bd0, // Lustre
        0x4750_4653, // GPFS
        0x1983_0326, // BeeGFS
        0x7461_636f, // OCFS2
        0x0116_1970, // GFS2
    ];
    let kind = file::stat_fs(file.raw())?.f_type as u32;
    if INCOHERENT.contains(&kind) { fail(libc::ENOTSUP) } else { Ok(()) }
}

/// Opens BOARD.lock. ESTALE: it is not the one that the board was created with. LEAVING: the board was removed after it
/// had been opened, and its lock file with it; or another one stands there by now.
fn open_lock(
    paths: &Paths<'_>,
    header: &Header,
    board: (&Descriptor, &stat),
    access: c_int,
) -> Result<Descriptor> {
    find_lock(paths, header, board.1, access)
        .or_else(|error| if leads_to(paths.board(), board.0)? { Err(error) } else { Err(LEAVING) })
}

/// As `open_lock`, of a board that nobody removes.
fn find_lock(paths: &Paths<'_>, header: &Header, board: &stat, access: c_int) -> Result<Descriptor> {
    let lock = match file::open(paths.lock(), access | FLAGS, 0) {
        Err(Errno(libc::ENOENT | libc::ELOOP | libc::ENXIO | libc::EISDIR)) => return fail(libc::ESTALE),
        opened => opened?,
    };
    let stat = file::stat(lock.raw())?;
    let same = file::is_regular(&stat) && stat.st_dev == board.st_dev && stat.st_ino == header.lock_inode;
    if !same {
        return fail(libc::ESTALE);
    }
    // Its owner, who has changed the board's permissions since then, meant both.
    let mode = lock_mode(board);
    if stat.st_uid == process::uid() && stat.st_uid == board.st_uid && stat.st_mode & 0o777 != mode {
        let _ = file::change_mode(lock.raw(), mode);
    }
    Ok(lock)
}

/// Whoever can read a file can lock it: so only those who may write the board get at its lock file at all.
const fn lock_mode(board: &stat) -> mode_t {
    let classes = board.st_mode & 0o222;
    classes | classes << 1
}

/// Whether the path still leads to the file that was opened through it.
fn leads_to(path: &core::ffi::CStr, file: &Descriptor) -> Result<bool> {
    match file::stat_at(HERE, path, libc::AT_SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(file::is_same(&stat, &file::stat(file.raw())?)),
        Err(Errno(libc::ENOENT)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Creates a board: the file without a name, whole; then the lock file and a seat; then the name. EEXIST: it is there.
fn create(paths: &Paths<'_>, wish: Wish) -> Result<Board> {
    if let Ok(seen) = file::stat_at(HERE, paths.board(), libc::AT_SYMLINK_NOFOLLOW) {
        check_kind(&seen)?;
        return fail(libc::EEXIST);
    }
    if wish.after > 0 || wish.board_id != 0 {
        return fail(libc::EINVAL); // that board is gone, and a new one would hide it
    }
    let board_id = process::random()?;
    let mut private = false;
    let file = match paths.with_directory(|directory| open_nameless(directory, wish.mode)) {
        // A file system without O_TMPFILE (EISDIR: before Linux 3.11).
        Err(Errno(libc::EOPNOTSUPP | libc::EISDIR)) => {
            private = true;
            let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | FLAGS;
            paths.with_private(board_id, |name| file::open(name, flags, wish.mode))
        }
        opened => opened,
    }?;
    let created = fill(paths, wish, file, board_id, private);
    if private {
        let _ = paths.with_private(board_id, file::unlink);
    }
    created
}

fn open_nameless(directory: &core::ffi::CStr, mode: mode_t) -> Result<Descriptor> {
    file::open(directory, libc::O_TMPFILE | libc::O_RDWR | libc::O_CLOEXEC, mode)
}

/// The rest of `create`, with the file at hand; `private`: it has a name that goes away.
fn fill(paths: &Paths<'_>, wish: Wish, file: Descriptor, board_id: u64, private: bool) -> Result<Board> {
    if !wish.any_file_system {
        check_file_system(&file)?;
    }
    // All blocks now: ENOSPC here, rather than SIGBUS at somebody's post.
    file::reserve(file.raw(), FILE_SIZE as libc::off_t)?;
    let memory = Mapping::new(file.raw(), false, wish.guarded)?;
    let stat = file::stat(file.raw())?;
    let lock = NewLock::open(paths)?;
    match publish(paths, (&file, &stat), &memory, &lock, (board_id, private)) {
        Ok((header, seat)) => Ok(Board { memory, header, file, lock: Some(lock.file), seat: Some(seat) }),
        Err(Errno(libc::EEXIST)) => fail(libc::EEXIST), // theirs may use this lock file
        Err(error) => {
            lock.remove(paths);
            Err(error)
        }
    }
}

/// The steps of `fill` after which the lock file must go again if they fail: a seat, the header, the name.
fn publish(
    paths: &Paths<'_>,
    (file, stat): (&Descriptor, &stat),
    memory: &Mapping,
    lock: &NewLock,
    (board_id, private): (u64, bool),
) -> Result<(Header, Seat<Whiteboard>)> {
    let lock_inode = lock.prepare(paths, stat)?;
    let seat = seat::claim(lock.file.raw(), memory)?;
    // A creator that failed removes its lock file only while it holds all seats: with a seat taken, and the path still
    // leading to this lock file, it stays.
    if !leads_to(paths.lock(), &lock.file)? {
        return Err(LEAVING);
    }
    let header = Header { board_id, created: process::time_of_day(), lock_inode };
    header.write(memory);
    if private {
        paths.with_private(board_id, |name| file::link_at(HERE, name, HERE, paths.board(), 0))
    } else {
        name(file, paths)
    }?;
    Ok((header, seat))
}

/// Gives the nameless file its name: through /proc, or where that is not mounted directly, which needs a privilege
/// (open(2), O_TMPFILE).
fn name(file: &Descriptor, paths: &Paths<'_>) -> Result<()> {
    let old = file::SelfPath::new(file.raw());
    match file::link_at(HERE, old.path(), HERE, paths.board(), libc::AT_SYMLINK_FOLLOW) {
        Err(Errno(libc::ENOENT)) => file::link_at(file.raw(), c"", HERE, paths.board(), libc::AT_EMPTY_PATH),
        done => done,
    }
}

/// The lock file of a board that is being created.
struct NewLock {
    file: Descriptor,
    /// It was not there before.
    ours: bool,
}

impl NewLock {
    /// Creates BOARD.lock, or takes the one that a board which is gone has left. Created with O_EXCL or else opened
    /// plainly: a plain O_CREAT of somebody else's file in /tmp is refused (fs.protected_regular).
    fn open(paths: &Paths<'_>) -> Result<Self> {
        let flags = libc::O_RDWR | FLAGS;
        let (file, ours) = match file::open(paths.lock(), flags | libc::O_CREAT | libc::O_EXCL, 0o600) {
            Ok(file) => (file, true),
            Err(Errno(libc::EEXIST)) => match file::open(paths.lock(), flags, 0) {
                Err(Errno(libc::ENOENT)) => return Err(LEAVING), // removed in between
                Err(Errno(libc::ELOOP | libc::ENXIO | libc::EISDIR)) => return fail(libc::ESTALE),
                opened => (opened?, false),
            },
            Err(error) => return Err(error),
        };
        Ok(NewLock { file, ours })
    }

    /// Makes it one that serves `board`: its inode. ESTALE: it cannot serve.
    fn prepare(&self, paths: &Paths<'_>, board: &stat) -> Result<u64> {
        let stat = file::stat(self.file.raw())?;
        if !file::is_regular(&stat) || stat.st_dev != board.st_dev || !(self.ours || may_serve(paths, &stat)?)
        {
            return fail(libc::ESTALE);
        }
        if self.ours || stat.st_uid == process::uid() {
            file::change_mode(self.file.raw(), lock_mode(board))?;
        }
        Ok(stat.st_ino)
    }

    /// After a failure: removes the lock file if it was made here and no board can have come to use it.
    fn remove(&self, paths: &Paths<'_>) {
        let unused = self.ours
            && seat::claim_all(self.file.raw()).is_ok()
            && leads_to(paths.lock(), &self.file) == Ok(true)
            && file::stat_at(HERE, paths.board(), libc::AT_SYMLINK_NOFOLLOW).err()
                == Some(Errno(libc::ENOENT));
        if unused {
            let _ = file::unlink(paths.lock());
        }
    }
}

/// Whether a lock file that was found is what a board leaves behind: empty, and under one name, or it is a file that
/// somebody needs, whose mode would be changed. Not a stranger's either, who could hold all its seats, or take it away
/// from under a board: in a directory like /tmp it must be one's own or that of the directory's owner, as the kernel
/// has it for fs.protected_regular. Where all may remove all files, it makes no difference whose it is.
fn may_serve(paths: &Paths<'_>, lock: &stat) -> Result<bool> {
    let directory = paths.with_directory(|name| file::stat_at(HERE, name, 0))?;
    let trusted = directory.st_mode & libc::S_ISVTX == 0
        || lock.st_uid == process::uid()
        || lock.st_uid == directory.st_uid;
    Ok(trusted && lock.st_size == 0 && lock.st_nlink <= 1)
}
