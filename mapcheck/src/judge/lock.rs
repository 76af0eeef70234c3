//! POSIX locks: closing any descriptor of a file drops all of a process's locks on it.

use crate::registry::File as MappedFile;
use crate::report::Remark;
use crate::site::Place;
use crate::sys::{self, Pid};
use crate::tracer::{Pending, Tracer};
use crate::{discipline, filter, inject, proc, words};
use explain::value::*;
use explain::{Call, Finding};
use std::os::unix::fs::MetadataExt;

/// A POSIX lock that a process holds.
#[derive(Clone, Debug)]
pub struct PosixLock {
    file: MappedFile,
    fd: i32,
    place: Option<Place>,
}

impl Tracer {
    /// fcntl's arguments, the range counted from the start of the file.
    pub fn lock_call(&self, tid: Pid, fd: i32, command: i32, address: u64) -> Option<Call> {
        let lock = sys::read_lock(tid, address)?;
        let base = match i32::from(lock.l_whence) {
            libc::SEEK_SET => 0,
            libc::SEEK_CUR => proc::descriptor_state(tid, fd).map_or(0, |(_, at)| at as i64),
            _ => proc::descriptor(tid, fd).map_or(0, |d| d.size() as i64),
        };
        Some(Call::FileLock {
            fd,
            command,
            kind: lock.l_type.into(),
            start: base.saturating_add(lock.l_start),
            length: lock.l_len,
        })
    }

    /// fcntl took or gave back a lock.
    pub fn locked(&mut self, tid: Pid, pending: &Pending, _: u64) {
        let [fd, command, address, ..] = pending.arguments;
        let (fd, command) = (fd as i32, command as i32);
        let (Some(lock), Some(file)) = (sys::read_lock(tid, address), self.mapped_file(tid, fd)) else {
            return;
        };
        let posix = matches!(command, libc::F_SETLK | libc::F_SETLKW);
        self.lock_changed(tid, &file, (lock.l_type.into(), discipline::bytes_of(&lock)), !posix);
        if !posix {
            return; // an OFD lock does not get lost
        }
        let pid = self.pid_of(tid);
        let place = pending.caller.place.clone();
        let Some(process) = self.processes.get_mut(&pid) else { return };
        if i32::from(lock.l_type) == libc::F_UNLCK {
            // a part of it: what is left, /proc/locks tells when it matters
            return;
        }
        process.locks.retain(|l| (l.file.device, l.file.inode) != (file.device, file.inode));
        process.locks.push(PosixLock { file, fd, place });
        if !process.closing {
            process.closing = true;
            process.slow = !inject::filter(&mut self.queue, tid, &filter::closing());
        }
    }

    /// Whether the call closes a descriptor and with it drops a lock that was taken through another.
    pub fn look_before_close(&mut self, tid: Pid, pending: &mut Pending) {
        let [a, b, c, ..] = pending.arguments;
        let pid = self.pid_of(tid);
        let open = || proc::descriptors(pid);
        let closed: Vec<i32> = match pending.number {
            libc::SYS_close => vec![a as i32],
            libc::SYS_close_range if c == 0 => open()
                .into_iter()
                .filter(|&fd| a <= fd as u64 && fd as u64 <= b.min(i32::MAX as u64))
                .collect(),
            libc::SYS_close_range => return, // unshared, or only marked
            _ if a == b => return,
            _ => vec![b as i32], // dup2, dup3
        };
        let Some(locks) = self.processes.get(&pid).map(|p| p.locks.clone()) else { return };
        for lock in locks {
            let same = |fd: i32| {
                proc::descriptor(tid, fd)
                    .is_some_and(|d| d.dev() == lock.file.device && d.ino() == lock.file.inode)
            };
            let Some(&fd) = closed.iter().find(|&&fd| same(fd)) else { continue };
            let held = proc::holds_posix_lock(pid, lock.file.inode);
            pending.unlocked.push(lock.file.clone());
            if let Some(process) = self.processes.get_mut(&pid) {
                process
                    .locks
                    .retain(|l| l.file.inode != lock.file.inode || l.file.device != lock.file.device);
            }
            // through the very descriptor, or all of them: a way to unlock
            if closed.contains(&lock.fd) || !same(lock.fd) || !held {
                continue;
            }
            let Some(place) = pending.caller.place.clone() else { continue };
            let finding = Finding::LockLost {
                file: self.file_name(&lock.file),
                closed: Number(fd.into()),
                locked: Number(lock.fd.into()),
                site: self.site(lock.place.as_ref()),
            };
            let mut diagnosis = self.diagnosis(tid, finding, Some(place), None);
            let taken = lock.place.map(|p| -> Remark { (words::locked_here, p) });
            diagnosis.remarks.extend(taken);
            pending.found.push(diagnosis);
        }
    }
}
