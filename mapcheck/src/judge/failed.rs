//! A call that failed: why, and whether the program gets over it.

use crate::proc;
use crate::report::{Diagnosis, Message};
use crate::site::Place;
use crate::sys::Pid;
use crate::tracer::{Failed, Pending, Tracer};
use crate::witness::Tracee;
use crate::words::{self, Note};
use explain::value::*;
use explain::{Call, Cause, Finding, Slug, find};
use std::collections::HashMap;

/// Calls that programs make to find out what there is: a failure is an answer.
const PROBES: [Slug; 10] = [
    Slug::LockBusy,
    Slug::AddressInUse,
    Slug::HugePagesAbsent,
    Slug::FlagUnsupported,
    Slug::LimitAddressSpace,
    Slug::LimitData,
    Slug::LimitMappings,
    Slug::LimitLocked,
    Slug::Overcommit,
    Slug::Nothing,
];

impl Tracer {
    pub(super) fn failed(&mut self, tid: Pid, pending: &Pending, errno: i32) {
        let Some(call) = self.call(tid, pending) else {
            if pending.number == libc::SYS_ptrace && errno == libc::EPERM {
                let name = proc::program(self.pid_of(tid));
                self.report.note(Note::ItselfATracer, &name);
            }
            return;
        };
        let Some(place) = pending.caller.place.clone() else { return };
        let failed = self.tasks.get(&tid).and_then(|t| t.failed.as_ref()).map(|f| (f.call, f.errno));
        let pid = self.pid_of(tid);
        let witness = Tracee { pid, tid, page: self.page, failed, directory: &self.report.directory };
        let story = find::story(&call, errno, &witness);
        if matches!(call, Call::Map { .. } | Call::Remap { .. }) {
            if let Some(task) = self.tasks.get_mut(&tid) {
                task.failed = Some(Failed { call, errno, place: Some(place.clone()), cause: story.cause });
            }
        }
        let slug = story.cause.slug();
        let mut remarks: Vec<crate::report::Remark> = Vec::new();
        if slug == Slug::MapFailedPointer {
            let earlier = self.tasks.get(&tid).and_then(|t| t.failed.as_ref()?.place.clone());
            remarks.extend(earlier.map(|p| (words::failed_here as fn(_) -> _, p)));
        }
        let message = match story.cause {
            Cause::LimitMappings { limit } => match self.most_mappings(tid) {
                Some((place, count)) => {
                    remarks.push((words::mapped_here, place.clone()));
                    let (count, mapped) = (Number(count), self.site(Some(&place)));
                    Message::Found(Finding::LimitMappingsMade { limit, count, mapped }, None)
                }
                None => Message::Failed(story.cause, story.why),
            },
            _ => Message::Failed(story.cause, story.why),
        };
        let diagnosis = Diagnosis { message, place: Some(place), remarks, pid };
        // who held the lock may have given it back since
        let was_busy = pending.number == libc::SYS_fcntl && matches!(errno, libc::EAGAIN | libc::EACCES);
        if PROBES.contains(&slug) || was_busy {
            if let (Some(task), Call::Map { .. } | Call::Remap { .. }) = (self.tasks.get_mut(&tid), call) {
                task.gave_up = Some(diagnosis.clone());
            }
            self.report.probe(diagnosis);
        } else {
            self.report.diagnosis(&diagnosis);
        }
    }

    /// The process ends with a status that is not 0, or by a signal: the last map call of a thread of its, if it failed, was
    /// no question.
    pub fn gave_up(&mut self, tid: Pid) {
        let pid = self.pid_of(tid);
        if !self.judged(tid) {
            return;
        }
        let failed =
            self.tasks.values_mut().filter(|task| task.pid == pid).filter_map(|task| task.gave_up.take());
        for diagnosis in failed.collect::<Vec<_>>() {
            self.report.diagnosis(&diagnosis);
        }
    }

    /// The call that made the most of the live mappings, and how many.
    pub(super) fn most_mappings(&self, tid: Pid) -> Option<(Place, i64)> {
        let mut counts: HashMap<(u64, &str), (&Place, i64)> = HashMap::new();
        for piece in self.registry(tid)?.pieces() {
            if let Some(place) = &piece.origin.place {
                counts.entry((place.address, &place.module.path)).or_insert((place, 0)).1 += 1;
            }
        }
        let (place, count) = counts.into_values().max_by_key(|(_, count)| *count)?;
        (count > 1).then(|| (place.clone(), count))
    }

    /// A stopped call, as the finder knows it.
    pub(super) fn call(&self, tid: Pid, pending: &Pending) -> Option<Call> {
        let [a, b, c, d, e, f] = pending.arguments;
        Some(match pending.number {
            libc::SYS_mmap => Call::Map {
                addr: a,
                length: b,
                prot: c as i32,
                flags: d as i32,
                fd: e as i32,
                offset: f as i64,
            },
            libc::SYS_munmap => Call::Unmap { addr: a, length: b },
            libc::SYS_msync => Call::Sync { addr: a, length: b, flags: c as i32 },
            libc::SYS_mprotect => Call::Protect { addr: a, length: b, prot: c as i32 },
            libc::SYS_mremap => Call::Remap { addr: a, old: b, new: c, flags: d as i32, to: e },
            libc::SYS_fcntl => self.lock_call(tid, a as i32, b as i32, c)?,
            _ => return None,
        })
    }
}
