use super::KERNEL;
use crate::errno::{Result, fail};
use libc::{c_int, off_t};

#[derive(Clone, Copy)]
pub enum Kind {
    Exclusive,
}

pub fn set(fd: c_int, _kind: Kind, start: off_t, length: off_t) -> Result<()> {
    assert_eq!(length, 1);
    let mut locks = KERNEL.locks.lock().unwrap();
    if locks.iter().any(|(byte, _)| *byte == start) {
        return fail(libc::EAGAIN);
    }
    locks.push((start, fd));
    Ok(())
}

pub fn clear(fd: c_int, start: off_t, _length: off_t) -> Result<()> {
    KERNEL.locks.lock().unwrap().retain(|lock| *lock != (start, fd));
    Ok(())
}

pub fn holder(fd: c_int, _kind: Kind, start: off_t, _length: off_t) -> Result<Option<libc::flock>> {
    let found = holder_of(start).filter(|holder| *holder != fd);
    Ok(found.map(|_| libc::flock { l_type: 0, l_whence: 0, l_start: start, l_len: 1, l_pid: -1 }))
}

/// Who holds a byte: what only the model may ask.
pub fn holder_of(start: off_t) -> Option<c_int> {
    KERNEL.locks.lock().unwrap().iter().find(|(byte, _)| *byte == start).map(|(_, fd)| *fd)
}
