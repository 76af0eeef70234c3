//! Crashes that no map call explains: a null pointer, a full stack, a jump to nowhere. One honest line (`unknown`).

use crate::arch::Registers;
use crate::explain::Finding;
use crate::explain::value::*;
use crate::proc::{self, Line};
use crate::sys::{self, Pid};
use crate::tracer::Tracer;

/// Below this nothing is ever mapped: a null pointer, and what is reached through one.
const NEAR_NULL: u64 = 1 << 16;
/// How far below its stack a function may reach at once.
const FRAME: u64 = 1 << 20;

impl Tracer {
    /// What is known of a fault at an address; `told`: the kernel tells the address.
    pub fn crash(&self, pid: Pid, signal: i32, address: u64, told: bool, registers: &Registers) -> Finding {
        if !told {
            return Finding::CrashNoAddress {};
        }
        let lines = proc::maps(pid);
        let line = lines.iter().find(|l| l.start <= address && address < l.end);
        if signal == libc::SIGBUS {
            return Finding::Crash { signal: Word("SIGBUS"), address: Address(address) };
        }
        if registers.ip() == address {
            return Finding::CrashJump { address: Address(address) };
        }
        if address < NEAR_NULL {
            return Finding::CrashNull { address: Address(address) };
        }
        if off_the_stack(&lines, address, registers.sp()) {
            return Finding::CrashStack { address: Address(address) };
        }
        match line {
            Some(line) => self.in_the_way(address, line),
            None => self.nowhere(address, &lines),
        }
    }

    fn in_the_way(&self, address: u64, line: &Line) -> Finding {
        let what = Memory(self.shorten(&line.name));
        let address = Address(address);
        match line.prot & (libc::PROT_READ | libc::PROT_WRITE) {
            libc::PROT_READ if line.inode != 0 => Finding::CrashConstant { address, what },
            prot if prot & libc::PROT_WRITE == 0 => {
                let prot = Symbols { of: Set::Prot, bits: line.prot as u32 };
                Finding::CrashForbidden { address, what, prot }
            }
            // it forbids nothing any more: a protection key, or another thread has just changed it
            _ => Finding::Crash { signal: Word("SIGSEGV"), address },
        }
    }

    fn nowhere(&self, address: u64, lines: &[Line]) -> Finding {
        let distance = |l: &&Line| if address < l.start { l.start - address } else { address - l.end };
        let nearest = lines.iter().filter(|l| l.name != "[vsyscall]").min_by_key(distance);
        let Some(near) = nearest else {
            return Finding::Crash { signal: Word("SIGSEGV"), address: Address(address) };
        };
        Finding::CrashNowhere {
            address: Address(address),
            what: Memory(self.shorten(&near.name)),
            start: Address(near.start),
            end: Address(near.end),
        }
    }
}

/// The stack pointer has left its stack, or is about to.
fn off_the_stack(lines: &[Line], address: u64, sp: u64) -> bool {
    let usable = |l: &&Line| l.prot & libc::PROT_WRITE != 0 && l.start <= sp && sp < l.end;
    match lines.iter().find(usable) {
        Some(stack) => address < stack.start && stack.start - address < FRAME && sp - stack.start < FRAME,
        // within what the function has just made room for
        None => {
            let above = lines.iter().find(|l| l.start > sp && l.prot & libc::PROT_WRITE != 0);
            above.is_some_and(|stack| address < stack.start.saturating_add(1) && address + FRAME >= sp)
        }
    }
}

/// Registers as they were at a call that went nowhere: at the place that it came from.
pub fn before_jump(tid: Pid, registers: &Registers) -> Option<Registers> {
    Some(registers.before_call(sys::read_word(tid, registers.sp())?))
}
