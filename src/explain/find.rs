//! The pure finder: from a call, its errno and what a witness sees, to a cause.

use super::call::Call;
use super::cause::Cause;
use super::facts::Witness;
use super::value::Error;

/// The cause of a failure, and where it stands for an earlier failure (`Why`), the cause of that one.
pub struct Story {
    pub cause: Cause,
    pub why: Option<Cause>,
}

/// Why `call` failed with `errno`, and why the earlier call did that its cause names.
pub fn story(call: &Call, errno: i32, witness: &impl Witness) -> Story {
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
pub fn cause(call: &Call, errno: i32, _witness: &impl Witness) -> Cause {
    Cause::Unknown { call: *call, error: Error(errno) }
}
