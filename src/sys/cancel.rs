//! Thread cancellation: the one call of the house that may not return. It ends the thread by unwinding its stack
//! through its callers, so none of them may hold a lock or have anything to drop.
//!
//! `extern "C"`, not "C-unwind": in a library built to abort on panic the latter makes the caller stop the unwinding
//! (and import `abort` and a personality routine). The unwinder itself asks only for the frame's unwind table, which
//! the compiler writes for every function of these targets; tests/conformance/cancel.c unwinds through it.

unsafe extern "C" {
    /// pthread_testcancel(3): ends the calling thread if its cancellation was requested and is enabled.
    #[link_name = "pthread_testcancel"]
    pub safe fn point();
}
