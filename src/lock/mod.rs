//! The course's lock: exclusive for who writes, shared for who reads, on the first byte of a separate empty file.
//! `file` excludes processes, `threads` the threads of one of them; `queue` says whose turn it is, `patience` how long to
//! wait for either.
//!
//! A handle works in the process that opened it and, each for itself, in the children that fork makes: an open of a
//! file that parent and child share cannot exclude them from each other, so the first call in a child opens the file
//! anew. The inherited descriptor is closed, never unlocked: what the parent held across fork stays the parent's.
//! fork(3) does so even before that, where it can: as long as a child that never calls us keeps its parent's open,
//! the kernel keeps the parent's lock, even after the parent was killed.

mod file;
mod patience;
mod queue;
mod threads;

pub use crate::sys::lock::Kind;
pub use patience::Patience;

use crate::errno::{Errno, Result, fail};
use crate::sys::file::Descriptor;
use crate::sys::fork;
use crate::sys::handle::{Pool, Slot};
use crate::sys::process::{self, monotonic};
use crate::sys::thread;
use core::ffi::{CStr, c_int};
use core::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use file::{Identity, Opened};
use threads::{Entry, Exit, Threads};

/// How often one who would share a lock that its process has looks whether another process still waits for it.
const PAUSE: i64 = 1_000_000;

const PATH_MAX: usize = libc::PATH_MAX as usize;

/// All open locks of this process.
pub static LOCKS: Pool<Lock> = Pool::new(u64::from_le_bytes(*b"mm_lock\0"));

pub type Handle = Slot<Lock>;

/// Whether `in_child` was registered.
static FORK_HANDLER: AtomicBool = AtomicBool::new(false);

/// Called in each child that fork makes. The handles stay as they are, inherited: the first call has more to do, and
/// comes after the program has closed what it does not need.
extern "C" fn in_child() {
    for handle in LOCKS.open() {
        let _ = handle.value.open_again();
    }
}

pub struct Lock {
    threads: Threads,
    /// Written by `open_again` only, in a child that has one thread, or whose others wait: Slot::adopt_with orders it
    /// before their loads.
    fd: AtomicI32,
    writable: AtomicBool,
    identity: Identity,
    /// As given to `open`, with its NUL.
    path: [u8; PATH_MAX],
}

/// Opens the lock whose file is at `path`, creating that with `mode` if there is none.
pub fn open(path: &CStr, mode: libc::mode_t) -> Result<&'static Handle> {
    if !FORK_HANDLER.load(Relaxed) {
        process::at_fork(in_child)?;
        FORK_HANDLER.store(true, Relaxed); // registered twice, by two threads, it does the same
    }
    let handle = LOCKS.reserve()?; // first, since a file that was created would stay
    let _held = fork::hold()?;
    let Opened { file, writable } = file::open(path, mode)?;
    let handle = handle.fill(Lock {
        threads: Threads::new(),
        fd: AtomicI32::new(file.raw()),
        writable: AtomicBool::new(writable),
        identity: Identity::of(file.raw())?,
        path: copy(path),
    });
    file.into_raw(); // the handle's from now on
    Ok(handle)
}

/// Takes the lock. EAGAIN, ETIMEDOUT, EINTR: as `patience` has it; EDEADLK: the thread would wait for itself.
pub fn take(handle: &Handle, kind: Kind, patience: Patience) -> Result<()> {
    let lock = own(handle)?;
    if kind == Kind::Exclusive && !lock.writable.load(Relaxed) {
        return fail(libc::EBADF);
    }
    let me = thread::id();
    let came = monotonic();
    let _turn = lock.threads.turn_of(me);
    loop {
        let courtesy = came + queue::COURTESY - monotonic();
        if let Some(other) = lock.threads.starving_but(me).filter(|_| courtesy > 0) {
            lock.threads.wait_for(other, patience, courtesy)?;
            continue;
        }
        let joins = kind == Kind::Shared && lock.threads.is_shared_without(me);
        if joins && courtesy > 0 && lock.somebody_starves(patience) {
            patience.nap(&queue::NOBODYS, 0, PAUSE)?;
            continue;
        }
        match lock.threads.enter(kind, me)? {
            Entry::Joined => return Ok(()),
            Entry::Alone => {
                let (fd, writable) = (lock.fd.load(Relaxed), lock.writable.load(Relaxed));
                let taken = queue::take(fd, kind, writable, patience);
                match taken {
                    Ok(()) => lock.threads.have(kind, me),
                    Err(_) => lock.threads.leave(),
                }
                return taken;
            }
            Entry::Busy(seen) => {
                if !matches!(patience, Patience::None) && lock.threads.mine(seen, me) {
                    return fail(libc::EDEADLK);
                }
                let left = patience.left()?;
                lock.threads.waits(me, came);
                lock.threads.sleep(seen, patience::bound(left))?;
            }
        }
    }
}

/// Gives back what this thread took last. EPERM: it has nothing. What the kernel says when it cannot free it: the thread
/// has it still.
pub fn release(handle: &Handle) -> Result<()> {
    let lock = own(handle)?;
    match lock.threads.exit(thread::id())? {
        Exit::Others => Ok(()),
        Exit::Last => {
            file::free(lock.fd.load(Relaxed))?;
            lock.threads.leave();
            Ok(())
        }
    }
}

/// Gives back whatever the process's threads have, and closes. What a child inherited and never used is closed, but
/// not unlocked: its lock is the parent's. Our own is unlocked, since a child may have inherited it and keep it open.
pub fn close(handle: &Handle) -> Result<()> {
    let _held = fork::hold()?;
    let forked = handle.forked();
    LOCKS.remove(handle, |lock| {
        if let Some(fd) = lock.descriptor() {
            let _ = if forked { Ok(()) } else { file::free(fd) };
            drop(Descriptor::from_raw(fd));
        }
    })
}

/// What can be seen of a lock, for an explanation: by the calling thread, without waiting for anybody.
pub struct Seen {
    pub fd: c_int,
    /// This thread has it.
    pub mine: bool,
    /// Another thread of this process has it, or is about to.
    pub here: bool,
}

/// The lock behind a handle; None: there is no open one at that address.
pub fn seen(address: usize) -> Option<Seen> {
    let handle = LOCKS.open().find(|handle| handle.pointer() as usize == address)?;
    let mine = handle.value.threads.has(thread::id());
    let here = !mine && handle.value.threads.busy() && !handle.forked();
    Some(Seen { fd: handle.value.fd.load(Relaxed), mine, here })
}

/// The lock, with an open of the file that is this process's own.
fn own(handle: &Handle) -> Result<&Lock> {
    handle.adopt_with(|lock| {
        let _held = fork::hold()?;
        lock.open_again()
    })?;
    Ok(&handle.value)
}

impl Lock {
    fn somebody_starves(&self, patience: Patience) -> bool {
        queue::anybody_starves(self.fd.load(Relaxed), monotonic(), patience)
    }

    /// In a forked child: an open of its own instead of the inherited one, and no threads. If it fails, all is as before.
    fn open_again(&self) -> Result<()> {
        let inherited = self.descriptor(); // looked at first: if it is closed, the new one may get its number
        let path = CStr::from_bytes_until_nul(&self.path).unwrap_or_default();
        let Opened { file, writable } = file::open_again(self.fd.load(Relaxed), path, self.identity)?;
        self.fd.store(file.into_raw(), Relaxed);
        self.writable.store(writable, Relaxed);
        self.threads.reset();
        drop(inherited.map(Descriptor::from_raw));
        Ok(())
    }

    /// The descriptor, unless the program closed it and its number now stands for nothing, or for another file.
    fn descriptor(&self) -> Option<c_int> {
        let fd = self.fd.load(Relaxed);
        match Identity::of(fd) {
            Ok(identity) => (identity == self.identity).then_some(fd),
            Err(Errno(libc::EBADF)) => None,
            Err(_) => Some(fd), // the file system does not answer
        }
    }
}

fn copy(path: &CStr) -> [u8; PATH_MAX] {
    let mut copy = [0; PATH_MAX];
    for (byte, place) in path.to_bytes_with_nul().iter().zip(&mut copy) {
        *place = *byte;
    }
    copy
}
