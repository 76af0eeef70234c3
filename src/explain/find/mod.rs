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
use super::value::Error;

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
        Call::LockOpen { .. } => None,
        Call::Lock { .. } | Call::LockRelease { .. } | Call::LockClose { .. } | Call::FileLock { .. } => {
            lock::locked(call, errno, witness)
        }
    };
    let (call, error) = (*call, Error(errno));
    found.unwrap_or(if plain(&call, errno) {
        Cause::Plain { call, error }
    } else {
        Cause::Unknown { call, error }
    })
}

/// The errno says it all: of a path, or of a kind that has one reason only.
fn plain(call: &Call, errno: i32) -> bool {
    use libc::*;
    matches!(call, Call::MapFile { .. } | Call::CreateFile { .. } | Call::LockOpen { .. })
        || matches!(errno, EFAULT | EINTR | ENFILE | EMFILE | ENOLCK | ETXTBSY | EDQUOT | ESTALE | ENOSYS)
}

/// `length` in whole pages, as the kernel maps it.
fn whole_pages(length: u64, page: u64) -> Option<u64> {
    Some(length.checked_add(page.checked_sub(1)?)? & !(page - 1))
}

/// The start of the page that `address` lies in.
fn page_start(address: u64, page: u64) -> u64 {
    address & !page.wrapping_sub(1)
}
