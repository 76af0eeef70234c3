//! The pure finder: from a call, its errno and what a witness sees, to a cause. A cause is only given where what is
//! seen proves it and agrees with the errno: another thread may have changed it all since. The order of the questions
//! is that of the kernel's own checks.

mod file;
mod limits;
mod lock;
mod map;
mod range;

use super::call::Call;
use super::cause::Cause;
use super::facts::Witness;
use super::value::{Error, File, Word};

/// The cause of a failure, and where its sentence speaks of an earlier failure (`Why`), the cause of that one.
pub struct Story {
    pub cause: Cause,
    pub why: Option<Cause>,
}

/// Why `call` failed with `errno`, and why the earlier call did that its sentence names.
pub fn story(call: &Call, errno: i32, witness: &dyn Witness) -> Story {
    let cause = cause(call, errno, witness);
    let why = match cause {
        Cause::MapFailedPointer { .. } => {
            witness.failed_map().map(|(call, errno)| self::cause(&call, errno, witness))
        }
        _ => None,
    };
    Story { cause, why }
}

/// Why `call` failed with `errno`: proven, or `Cause::Unknown`.
pub fn cause(call: &Call, errno: i32, witness: &dyn Witness) -> Cause {
    let found = match *call {
        Call::Map { .. } => map::mapped(call, errno, witness),
        Call::MapFile { .. } | Call::CreateFile { .. } => file::opened(call, errno, witness),
        Call::Unmap { .. } | Call::Sync { .. } | Call::Protect { .. } | Call::Remap { .. } => {
            range::changed(call, errno, witness)
        }
        Call::Guard { .. } | Call::Unguard { .. } | Call::GuardTripped { .. } => {
            range::guarded(call, errno, witness)
        }
        Call::LockOpen { .. } => None,
        Call::Lock { .. } | Call::LockRelease { .. } | Call::LockClose { .. } | Call::FileLock { .. } => {
            lock::locked(call, errno, witness)
        }
    };
    found.unwrap_or_else(|| unexplained(call, errno, witness))
}

/// The errno, and what it was about.
fn unexplained(call: &Call, errno: i32, witness: &dyn Witness) -> Cause {
    use libc::*;
    let error = Error(errno);
    match *call {
        Call::MapFile { path, .. } | Call::CreateFile { path, .. } | Call::LockOpen { path, .. } => {
            Cause::PlainFile { call: Word(call.name()), file: File(witness.path(path)), error }
        }
        // These say it all.
        call if matches!(
            errno,
            EFAULT | EINTR | ENFILE | EMFILE | ENOLCK | ETXTBSY | EDQUOT | ESTALE | ENOSYS
        ) =>
        {
            Cause::Plain { call, error }
        }
        call => Cause::Unknown { call, error },
    }
}

/// `length` in whole pages, as the kernel maps it.
fn whole_pages(length: u64, page: u64) -> Option<u64> {
    Some(length.checked_add(page.checked_sub(1)?)? & !(page - 1))
}

/// The start of the page that `address` lies in.
fn page_start(address: u64, page: u64) -> u64 {
    address & !page.wrapping_sub(1)
}
