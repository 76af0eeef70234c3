//! A system call made in a stopped tracee's name. Only where the thread stands after one of its own calls, so that the
//! instruction is at hand; nothing of it stays.

use crate::arch::{RED_ZONE, Registers, SYSCALL_LENGTH};
use crate::proc;
use crate::sys::{self, Event, Pid};
use libc::sock_filter;
use std::collections::VecDeque;

/// Stops that came in between.
pub type Queue = VecDeque<(Pid, Event)>;

/// Makes a call in a thread that is stopped at the exit of a call. `data` is lent to it, its address in place of the
/// argument number `at`. None: it could not be made.
pub fn call(
    queue: &mut Queue,
    tid: Pid,
    number: i64,
    mut arguments: [u64; 6],
    data: Option<(usize, &[u8])>,
) -> Option<i64> {
    let saved = sys::registers(tid).ok()?;
    let mut kept = Vec::new();
    if let Some((at, bytes)) = data {
        let room = (saved.sp() - RED_ZONE - bytes.len() as u64 - 64) & !63;
        *arguments.get_mut(at)? = room;
        for (index, word) in bytes.chunks(8).enumerate() {
            let address = room + index as u64 * 8;
            let mut value = [0; 8];
            value.get_mut(..word.len())?.copy_from_slice(word);
            kept.push((address, sys::read_word(tid, address)?));
            sys::poke(tid, address, u64::from_ne_bytes(value));
        }
    }
    let result = with(queue, tid, &saved, saved.ip() - SYSCALL_LENGTH, number, arguments);
    for (address, value) in kept {
        sys::poke(tid, address, value);
    }
    sys::set_registers(tid, &saved).ok()?;
    result
}

/// Makes a call in a thread that is stopped anywhere, by means of a system call instruction elsewhere (`gate`).
pub fn call_at(queue: &mut Queue, tid: Pid, gate: u64, number: i64, arguments: [u64; 6]) -> Option<i64> {
    let saved = sys::registers(tid).ok()?;
    let result = with(queue, tid, &saved, gate, number, arguments);
    sys::set_registers(tid, &saved).ok()?;
    result
}

fn with(
    queue: &mut Queue,
    tid: Pid,
    saved: &Registers,
    gate: u64,
    number: i64,
    arguments: [u64; 6],
) -> Option<i64> {
    let mut registers = *saved;
    registers.set_ip(gate);
    registers.set_call(number, arguments);
    let mask = sys::signal_mask(tid).ok()?;
    sys::set_registers(tid, &registers).ok()?;
    sys::set_signal_mask(tid, u64::MAX).ok()?; // nothing comes in between
    let result = run(queue, tid);
    let _ = sys::set_signal_mask(tid, mask);
    result
}

/// To the call's entry, and to its exit. The exit of an earlier call may come first: a new child returns from its fork.
fn run(queue: &mut Queue, tid: Pid) -> Option<i64> {
    let mut entered = false;
    let mut stopped = None;
    let result = loop {
        sys::resume_to_syscall(tid, 0).ok()?;
        match sys::wait(tid, false).ok()??.1 {
            Event::Syscall if !sys::at_exit(tid) => entered = true,
            Event::Syscall if entered => break Some(sys::registers(tid).ok()?.result()),
            Event::Syscall | Event::Ptrace(libc::PTRACE_EVENT_SECCOMP, _) => {}
            // SIGSTOP cannot be blocked: later
            Event::Signal(signal) => stopped = Some(signal),
            other => {
                queue.push_back((tid, other)); // its end, a stop of all threads: the tracer's business
                break None;
            }
        }
    };
    if let Some(signal) = stopped {
        sys::send(proc::group_of(tid), tid, signal);
    }
    result
}

/// Installs one more filter in all threads of a process.
pub fn filter(queue: &mut Queue, tid: Pid, program: &[sock_filter]) -> bool {
    // a program with filters of its own might be killed for making this call; ours is one more than we have ourselves
    let filters = |pid| proc::status(pid, "Seccomp_filters")?.parse::<u32>().ok();
    let ours = filters(std::process::id() as Pid).map(|n| n + 1);
    if ours.is_none() || filters(tid) != ours {
        return false;
    }
    // struct sock_fprog, then the program itself
    let mut bytes = vec![0; 16];
    for line in program {
        bytes.extend(line.code.to_ne_bytes());
        bytes.extend([line.jt, line.jf]);
        bytes.extend(line.k.to_ne_bytes());
    }
    let Ok(registers) = sys::registers(tid) else { return false };
    let room = (registers.sp() - RED_ZONE - bytes.len() as u64 - 64) & !63;
    bytes[..2].copy_from_slice(&(program.len() as u16).to_ne_bytes());
    bytes[8..16].copy_from_slice(&(room + 16).to_ne_bytes());
    let arguments = [libc::SECCOMP_SET_MODE_FILTER.into(), libc::SECCOMP_FILTER_FLAG_TSYNC, 0, 0, 0, 0];
    call(queue, tid, libc::SYS_seccomp, arguments, Some((2, &bytes))) == Some(0)
}
