//! What an event loop waits for: epoll, inotify and timerfd.

use super::call::{call, int};
use super::file::{Descriptor, above_standard};
use super::process::timespec;
use crate::errno::Result;
use core::ffi::CStr;
use libc::{c_int, c_long};

/// epoll_create1(2).
pub fn epoll() -> Result<Descriptor> {
    descriptor(libc::SYS_epoll_create1, [int(libc::EPOLL_CLOEXEC), 0, 0, 0, 0, 0])
}

/// epoll_ctl(2): `fd` becomes one of those that make `epoll` readable.
pub fn epoll_add(epoll: &Descriptor, fd: &Descriptor) -> Result<()> {
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 0 };
    let args = [int(epoll.raw()), int(libc::EPOLL_CTL_ADD), int(fd.raw()), &raw mut event as usize, 0, 0];
    // SAFETY: the kernel reads one event, borrowed for the call.
    unsafe { call(libc::SYS_epoll_ctl, args) }?;
    Ok(())
}

/// inotify_init1(2), of a descriptor that never blocks.
pub fn inotify() -> Result<Descriptor> {
    descriptor(libc::SYS_inotify_init1, [int(libc::IN_CLOEXEC | libc::IN_NONBLOCK), 0, 0, 0, 0, 0])
}

/// inotify_add_watch(2): `inotify` becomes readable when the file at `path` is read or opened.
pub fn inotify_add(inotify: &Descriptor, path: &CStr) -> Result<()> {
    let args =
        [int(inotify.raw()), path.as_ptr() as usize, (libc::IN_ACCESS | libc::IN_OPEN) as usize, 0, 0, 0];
    // SAFETY: `path` ends with NUL and is only read.
    unsafe { call(libc::SYS_inotify_add_watch, args) }?;
    Ok(())
}

/// timerfd_create(2), on CLOCK_MONOTONIC, of a descriptor that never blocks.
pub fn timer() -> Result<Descriptor> {
    let flags = int(libc::TFD_CLOEXEC | libc::TFD_NONBLOCK);
    descriptor(libc::SYS_timerfd_create, [libc::CLOCK_MONOTONIC as usize, flags, 0, 0, 0, 0])
}

/// timerfd_settime(2): readable after `first` nanoseconds, above 0, and then each `interval`.
pub fn timer_set(timer: c_int, first: i64, interval: i64) -> Result<()> {
    let times = libc::itimerspec { it_interval: timespec(interval), it_value: timespec(first) };
    // SAFETY: the kernel reads one itimerspec, borrowed for the call.
    unsafe { call(libc::SYS_timerfd_settime, [int(timer), 0, &raw const times as usize, 0, 0, 0]) }?;
    Ok(())
}

fn descriptor(number: c_long, args: [usize; 6]) -> Result<Descriptor> {
    // SAFETY: only called above, with calls that touch no memory and give a new descriptor.
    let fd = unsafe { call(number, args) }?;
    above_standard(Descriptor::from_raw(fd as c_int))
}
