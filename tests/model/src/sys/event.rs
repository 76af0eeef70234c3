use super::KERNEL;
use super::file::{Descriptor, INOTIFY, TIMER};
use crate::chat::shared::Ordering::Relaxed;
use crate::errno::Result;
use core::ffi::CStr;
use libc::c_int;

pub fn epoll() -> Result<Descriptor> {
    Ok(Descriptor::from_raw(0))
}

pub fn epoll_add(_epoll: &Descriptor, _fd: &Descriptor) -> Result<()> {
    Ok(())
}

pub fn inotify() -> Result<Descriptor> {
    Ok(Descriptor::from_raw(INOTIFY))
}

pub fn inotify_add(_inotify: &Descriptor, _path: &CStr) -> Result<()> {
    KERNEL.watched.store(1, Relaxed);
    Ok(())
}

pub fn timer() -> Result<Descriptor> {
    Ok(Descriptor::from_raw(TIMER))
}

/// The net, of a second, is never reached: see futex.rs.
pub fn timer_set(_timer: c_int, first: i64, _interval: i64) -> Result<()> {
    if first == 1 {
        KERNEL.rung.store(1, Relaxed);
    }
    Ok(())
}

/// The one byte that is written to ring.
pub fn bell() {
    if KERNEL.watched.load(Relaxed) == 1 {
        KERNEL.event.store(1, Relaxed);
    }
}

/// Whether the watcher's descriptor is readable.
pub fn readable() -> bool {
    KERNEL.event.load(Relaxed) == 1 || KERNEL.rung.load(Relaxed) == 1
}
