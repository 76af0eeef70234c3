//! Crashes that no map call explains: a null pointer, a full stack, a jump to nowhere. One honest line (`unknown`).

use crate::arch::Registers;
use crate::proc::{self, Line};
use crate::sys::{self, Pid};
use crate::tracer::Tracer;
use explain::Finding;
use explain::value::*;

/// Below this nothing is ever mapped: a null pointer, and what is reached through one.
const NEAR_NULL: u64 = 1 << 16;
/// How far below its stack a function may reach at once.
const FRAME: u64 = 1 << 20;

impl Tracer {
    /// What is known of a fault at an address; `told`: the kernel tells the address.
    pub fn crash(
        &mut self,
        tid: Pid,
        signal: i32,
        address: u64,
        told: bool,
        registers: &Registers,
    ) -> Finding {
        let pid = self.pid_of(tid);
        if !told {
            let last = [sys::read_word(tid, registers.sp()).unwrap_or(0)];
            let text = registers.dwarf().into_iter().chain(last).find_map(|word| letters(word, 8));
            return text.map_or(Finding::CrashNoAddress {}, |text| Finding::CrashText { text });
        }
        let lines = proc::maps(pid);
        let line = lines.iter().find(|l| l.start <= address && address < l.end);
        if signal == libc::SIGBUS {
            return Finding::Crash { signal: Word("SIGBUS"), address: Address(address) };
        }
        if registers.ip() == address {
            return Finding::CrashJump { address: Address(address) };
        }
        if let Some(finding) = self.before_mapping(tid, address, registers) {
            return finding;
        }
        if address < NEAR_NULL {
            return Finding::CrashNull { address: Address(address) };
        }
        if off_the_stack(&lines, address, registers.sp()) {
            return Finding::CrashStack { address: Address(address) };
        }
        match line {
            Some(line) => self.in_the_way(address, line),
            None => match letters(address, 5) {
                Some(text) => Finding::CrashText { text },
                None => self.nowhere(address, &lines),
            },
        }
    }

    /// Right before a mapping of the program's: a negative index; or free() looks there for what malloc() has noted.
    fn before_mapping(&mut self, tid: Pid, address: u64, registers: &Registers) -> Option<Finding> {
        let pid = self.pid_of(tid);
        let after = self.registry(tid)?.within(address, address.checked_add(NEAR_NULL)?).next()?;
        let origin = after.origin.clone();
        if !origin.judged() || origin.start != after.start || address >= after.start {
            return None;
        }
        let (what, mapped) = (self.memory(&origin), self.site(origin.place.as_ref()));
        let before = origin.start - address;
        if before <= 16 {
            let (module, at) = self.unwinder.locate(tid, pid, registers.ip())?;
            let inside = |name: &str| module.as_ref().is_some_and(|m| m.names(at).any(|n| n.ends_with(name)));
            if let Some(call) = ["free", "realloc"].into_iter().find(|name| inside(name)) {
                return Some(Finding::CrashFreed { call: Word(call), what, mapped });
            }
        }
        Some(Finding::CrashBefore { what, before: Bytes(before), mapped })
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

/// The text that an address spells, of at least so many letters and then zeros.
fn letters(address: u64, least: usize) -> Option<File> {
    let bytes = address.to_le_bytes();
    let text = bytes.split(|&b| b == 0).next().unwrap_or_default();
    let spelt = text.len() >= least
        && bytes.iter().skip(text.len()).all(|&b| b == 0)
        && text.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && text.iter().any(|b| b.is_ascii_alphabetic());
    spelt.then(|| File(explain::Name::new(text)))
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
