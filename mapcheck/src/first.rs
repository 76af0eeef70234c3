//! Process 1 of a PID namespace, as a container's program is. The kernel keeps it from signals with the default action;
//! one that it brings upon itself, by a fault, kills it all the same, but only while nobody traces it: traced, the signal
//! is dropped, and the instruction is executed again for ever. Signals from within the namespace that it would never see
//! are queued for a tracer, and SIGSTOP would stop it then.

use crate::arch::SYSCALL_LENGTH;
use crate::proc;
use crate::sys::{self, Event, Pid};
use crate::tracer::Tracer;

/// The signals that a thread brings upon itself.
const OWN: [i32; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP, libc::SIGSYS];

/// The breakpoint instruction of x86-64, which the thread has behind it when the signal comes.
const INT3: u8 = 0xcc;

fn has_default(tid: Pid, signal: i32) -> bool {
    !["SigCgt", "SigIgn"].iter().any(|set| proc::signal_in(tid, set, signal))
}

impl Tracer {
    /// A signal that would not have come without us.
    pub fn passes_by(&self, tid: Pid, signal: i32) -> bool {
        let Ok(info) = sys::siginfo(tid) else { return false };
        let sent = info.code <= 0 && info.sender != 0;
        sent && proc::first_of_its_kind(tid) && (signal == libc::SIGSTOP || has_default(tid, signal))
    }

    /// A fault kills process 1: true if it was let go, to have the fault once more, and now die of it.
    pub fn dies_as_first(&mut self, tid: Pid, signal: i32) -> bool {
        let Ok(info) = sys::siginfo(tid) else { return false };
        let fatal = OWN.contains(&signal) && info.code > 0 && has_default(tid, signal);
        if !fatal || !proc::first_of_its_kind(tid) {
            return false;
        }
        let pid = self.pid_of(tid);
        // no other thread may mend what it faults on; they die with it
        self.halt_others(tid);
        self.flush_deferred(pid, true);
        if pid == self.main {
            // with it goes the namespace, and whoever is in it: perhaps us
            self.finish();
            self.picture_killed(pid, signal);
        }
        self.stand_before(tid, signal);
        if sys::release(tid).is_ok() {
            self.gone(tid, Event::Signaled);
        }
        true
    }

    /// Where the instruction that raised the signal lies behind the thread, back to it.
    fn stand_before(&self, tid: Pid, signal: i32) {
        let Ok(mut registers) = sys::registers(tid) else { return };
        let mut before = [0];
        let start = match signal {
            libc::SIGSYS => registers.ip().wrapping_sub(SYSCALL_LENGTH),
            libc::SIGTRAP if cfg!(target_arch = "x86_64") => {
                let at = registers.ip().wrapping_sub(1);
                if sys::read_memory(tid, at, &mut before) != 1 || before != [INT3] {
                    return;
                }
                at
            }
            _ => return,
        };
        registers.set_ip(start);
        let _ = sys::set_registers(tid, &registers);
    }
}
