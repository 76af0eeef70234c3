//! The one error channel. Every module returns [`Result`]; only [`set`] writes C's `errno`, and only `ffi::give`
//! calls it, on failure: that is how success leaves `errno` untouched.

pub use ::errno::Errno;

/// What every function of the house returns.
pub type Result<T> = core::result::Result<T, Errno>;

/// Shorthand for `Err(Errno(code))`.
pub const fn fail<T>(code: i32) -> Result<T> {
    Err(Errno(code))
}

/// Sets the calling thread's `errno`.
pub fn set(error: Errno) {
    ::errno::set_errno(error);
}
