//! Why a lock was not to be had: mm_lock_* by its handle, fcntl's by its descriptor.

use super::super::call::Call;
use super::super::cause::Cause;
use super::super::facts::{Descriptor, Handle, Holder, Of, Witness};
use super::super::value::*;
use super::file;
use libc::*;

/// The course's lock is the first byte.
const FIRST: i64 = 0;
const ONE: i64 = 1;

#[inline(never)] // its stack is needed only here
pub fn locked(call: &Call, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    match *call {
        Call::Lock { lock, exclusive, .. } => handle(call, lock, exclusive, errno, witness),
        Call::LockRelease { lock } | Call::LockClose { lock } => match (errno, witness.lock(lock)?) {
            (EBADF, Handle::Closed) => Some(Cause::HandleClosed { call: Word(call.name()) }),
            (EPERM, Handle::Open { mine: false, .. }) => Some(Cause::LockNotHeld { call: Word(call.name()) }),
            _ => None,
        },
        Call::FileLock { fd, kind, start, length, .. } => {
            by_descriptor(fd, kind, start, length, errno, witness)
        }
        _ => None,
    }
}

fn handle(call: &Call, lock: u64, exclusive: bool, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let Handle::Open { fd, mine, here } = witness.lock(lock)? else {
        return (errno == EBADF).then_some(Cause::HandleClosed { call: Word(call.name()) });
    };
    let file = File(witness.name(Of::Descriptor(fd)));
    match errno {
        EBADF => mode(fd, exclusive, witness),
        EDEADLK | EAGAIN if mine => Some(Cause::LockBusySelf { file, call: Word(call.name()) }),
        EAGAIN | ETIMEDOUT if here => Some(Cause::LockBusyHere { file }),
        EAGAIN | ETIMEDOUT => held(fd, exclusive, FIRST, ONE, witness),
        _ => None,
    }
}

fn by_descriptor(
    fd: i32,
    kind: i32,
    start: i64,
    length: i64,
    errno: i32,
    witness: &dyn Witness,
) -> Option<Cause> {
    let exclusive = kind == F_WRLCK;
    match errno {
        EBADF => file::bad_descriptor(fd, witness).or_else(|| mode(fd, exclusive, witness)),
        EAGAIN | EACCES => held(fd, exclusive, start, length, witness),
        EDEADLK => Some(Cause::LockDeadlock { file: File(witness.name(Of::Descriptor(fd))) }),
        _ => None,
    }
}

/// Writers need a descriptor open for writing, readers one open for reading.
fn mode(fd: i32, exclusive: bool, witness: &dyn Witness) -> Option<Cause> {
    let Descriptor::Open(flags) = witness.descriptor(fd)? else { return None };
    let file = File(witness.name(Of::Descriptor(fd)));
    match flags & O_ACCMODE {
        O_RDONLY if exclusive => Some(Cause::LockExclusiveMode { file }),
        O_WRONLY if !exclusive => Some(Cause::LockSharedMode { file }),
        _ => None,
    }
}

/// Somebody else has it.
fn held(fd: i32, exclusive: bool, start: i64, length: i64, witness: &dyn Witness) -> Option<Cause> {
    let Holder { start, length, pid, open_file, .. } = witness.lock_holder(fd, exclusive, start, length)?;
    let file = File(witness.name(Of::Descriptor(fd)));
    let first = Number(i64::try_from(start).ok()?);
    let last = Last(if length == 0 { None } else { Some(start.checked_add(length - 1)?) });
    Some(match pid {
        Some(pid) if !open_file => Cause::LockBusy { file, pid: Number(pid.into()), first, last },
        Some(pid) => Cause::LockBusyOpenBy { file, pid: Number(pid.into()), first, last },
        None => Cause::LockBusyOpen { file, first, last },
    })
}
