//! glibc's mmap looks at the offset itself: an unaligned one fails without any system call, so no filter can see it.
//! A hardware breakpoint on the branch that refuses costs nothing until it is taken, and changes nothing in the
//! program. x86-64 only; where there is none, that one mistake goes unseen.

use crate::sys::{self, Event, Pid};
use crate::tracer::Tracer;

/// `test $0xfff,%r9d`: the offset is the sixth argument.
const TEST: [u8; 7] = [0x41, 0xf7, 0xc1, 0xff, 0x0f, 0, 0];
const TRAP_HWBKPT: i32 = 4;

/// Where the branch leads that follows the test, in the first bytes of mmap.
fn target(code: &[u8], start: u64) -> Option<u64> {
    let after = code.windows(TEST.len()).position(|w| w == TEST)? + TEST.len();
    let (length, distance) = match code.get(after..)? {
        [0x75, near, ..] => (2, i64::from(*near as i8)),
        [0x0f, 0x85, a, b, c, d, ..] => (6, i64::from(i32::from_le_bytes([*a, *b, *c, *d]))),
        _ => return None,
    };
    Some((start + after as u64 + length).wrapping_add_signed(distance))
}

impl Tracer {
    /// Finds the branch, once the C library is there.
    pub fn find_refusal(&mut self, tid: Pid) {
        let pid = self.pid_of(tid);
        if !cfg!(target_arch = "x86_64") || self.process(tid).is_none_or(|p| p.refusal.is_some()) {
            return;
        }
        let Some(start) = self.unwinder.function(pid, tid, "mmap") else { return };
        let mut code = [0; 48];
        let got = sys::read_memory(tid, start, &mut code);
        let found = target(code.get(..got).unwrap_or_default(), start).unwrap_or(0);
        if let Some(process) = self.processes.get_mut(&pid) {
            process.refusal = Some(found);
        }
        self.watch_refusal(tid);
    }

    /// Sets the breakpoint in one thread: none inherits it.
    pub fn watch_refusal(&self, tid: Pid) {
        if let Some(address) = self.process(tid).and_then(|p| p.refusal).filter(|&a| a != 0) {
            sys::break_at(tid, address);
        }
    }

    /// The branch was taken: true if that is what the signal is about.
    pub fn refused(&mut self, tid: Pid, event: Event) -> bool {
        if event != Event::Signal(libc::SIGTRAP) {
            return false;
        }
        let (Ok(info), Ok(registers)) = (sys::siginfo(tid), sys::registers(tid)) else { return false };
        if info.code != TRAP_HWBKPT || self.process(tid).and_then(|p| p.refusal) != Some(registers.ip()) {
            return false;
        }
        let mut arguments = registers.arguments();
        arguments[3] = registers.dwarf()[2]; // the flags, as C passes them: rcx
        let pending = self.pending(tid, libc::SYS_mmap, arguments, &registers);
        self.leave(tid, pending, -i64::from(libc::EINVAL));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn the_branch_is_found_in_both_lengths() {
        let near = [0x41, 0x89, 0xca, 0x41, 0xf7, 0xc1, 0xff, 0x0f, 0, 0, 0x75, 0x14, 0xb8];
        assert_eq!(target(&near, 0x1000), Some(0x1020));
        let far = [0x41, 0xf7, 0xc1, 0xff, 0x0f, 0, 0, 0x0f, 0x85, 0xf0, 0xff, 0xff, 0xff];
        assert_eq!(target(&far, 0x1000), Some(0xffd));
        assert_eq!(target(&[0x90; 48], 0x1000), None);
    }
}
