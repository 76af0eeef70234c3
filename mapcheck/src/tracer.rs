//! The event loop: every stop of every traced thread comes by here, is looked at, and goes on.

use crate::arch::{Registers, SYSCALL_LENGTH};
use crate::discipline::{Guard, Stand};
use crate::filter;
use crate::judge::{Deferred, Inherited, PosixLock, Suspect};
use crate::picture::Record;
use crate::proc;
use crate::registry::{Origin, Piece, Registry};
use crate::report::{Diagnosis, Report};
use crate::site::{Caller, Place};
use crate::sys::{self, Event, Pid};
use crate::unwind::Unwinder;
use crate::words::Note;
use explain::{Call, Cause};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long a child that stopped waits for its parent to tell of it. The kernel lets nothing come in between but the
/// parent's death, which is mostly seen earlier.
const PATIENCE: Duration = Duration::from_secs(1);

/// CLONE_UNTRACED, where clone's flags have it.
const UNTRACED: u64 = libc::CLONE_UNTRACED as u64;

pub struct Tracer {
    pub report: Report,
    /// --picture.
    pub picture: Option<Record>,
    pub unwinder: Unwinder,
    pub tasks: HashMap<Pid, Task>,
    pub processes: HashMap<Pid, Process>,
    pub spaces: HashMap<u64, Space>,
    /// The program that the user started.
    pub main: Pid,
    pub page: u64,
    /// vm.max_map_count.
    pub most_mappings: usize,
    /// Stops of new children that came before their parent told of them, and when.
    limbo: HashMap<Pid, (Event, Instant)>,
    /// Events taken from the kernel while waiting for another.
    pub queue: VecDeque<(Pid, Event)>,
    last_number: u64,
    finished: bool,
    /// --locks.
    pub guards: Vec<Guard>,
    /// Where a file was last given its size: by device and inode.
    pub truncations: HashMap<(u64, u64), Truncation>,
    /// Pointers left in a shared file, until a stranger maps it.
    pub pointers: HashMap<(u64, u64), (u64, Diagnosis)>,
    /// Who mapped a shared file, by its own call: which program's run, at which address.
    pub sharers: HashMap<(u64, u64), Vec<(u64, u64)>>,
}

/// A call that set the size of a file.
pub struct Truncation {
    /// Among mappings and truncations: which came first.
    pub number: u64,
    pub length: u64,
    pub place: Place,
    pub pid: Pid,
    /// The run of a program that made it.
    pub image: u64,
}

/// A thread.
#[derive(Default)]
pub struct Task {
    pub pid: Pid,
    /// The call whose exit we wait for.
    pub call: Option<Pending>,
    /// The last map call that failed, and why.
    pub failed: Option<Failed>,
    /// A map call failed that may have been a question, and none has succeeded since: said, if the program does not get over it.
    pub gave_up: Option<Diagnosis>,
    /// A file was mapped once more, and longer: said, unless the shorter mapping, from and to, goes at once.
    pub longer: Option<(u64, u64, Diagnosis)>,
    /// The access that was let go on once more, in guarded memory.
    pub retried: Option<(u64, u64)>,
    /// The word whose use is watched: see `judge::fork`.
    pub watch: Option<u64>,
    /// Its first stop is to come: a guard's pages are as its parent had them.
    fresh: bool,
    /// Waits in the kernel for its vfork child.
    in_vfork: bool,
}

#[derive(Clone)]
pub struct Failed {
    pub call: Call,
    pub errno: i32,
    pub place: Option<Place>,
    pub cause: Cause,
}

/// A system call between its entry and its exit.
pub struct Pending {
    pub number: i64,
    pub arguments: [u64; 6],
    pub caller: Caller,
    /// What a fixed mapping is about to replace.
    pub victims: Vec<Piece>,
    /// Found at the entry, true only if the call succeeds.
    pub found: Vec<Diagnosis>,
    /// Files whose POSIX locks the call drops.
    pub unlocked: Vec<crate::registry::File>,
    /// Memory or registers changed for the call, to be put back: the flags word of clone3 in memory.
    pub restore: Option<Restore>,
}

#[derive(Clone, Copy)]
pub enum Restore {
    /// clone's first argument.
    Register(u64),
    /// clone3's first word: address, value.
    Memory(u64, u64),
}

/// A process.
pub struct Process {
    pub space: u64,
    pub parent: Option<Pid>,
    /// Among mappings: when it last had a child, which inherited all older ones.
    pub last_fork: u64,
    /// Where its children have made shared memory that nobody else has.
    pub lone: Vec<(Place, Pid)>,
    /// The run of a program: forks share it, exec begins another.
    pub image: u64,
    /// It runs a program that we understand; false until the first exec.
    pub judged: bool,
    pub locks: Vec<PosixLock>,
    /// Its closes stop too.
    pub closing: bool,
    /// They do because every call stops: it has filters of its own, and would perhaps not survive another of ours.
    pub slow: bool,
    /// How it stands to each guard.
    pub stands: Vec<Stand>,
    /// Some of its memory is guarded.
    pub guarded: bool,
    /// The branch of mmap that refuses an offset; 0: none found.
    pub refusal: Option<u64>,
    /// Address of a system call instruction.
    pub gate: u64,
    /// Faults that a handler of the program looks after.
    pub deferred: Vec<Deferred>,
    /// What private memory held when this child was forked.
    pub inherited: Vec<Inherited>,
    /// What children wrote to private memory of this process.
    pub suspects: Vec<Suspect>,
}

/// An address space: of one process, or shared by a vfork parent and child.
#[derive(Clone, Default)]
pub struct Space {
    pub registry: Registry,
    /// Some of it was sealed (mseal): munmap may fail.
    pub sealed: bool,
    /// What madvise(MADV_DONTFORK) keeps from the children: from, to, and where that was said.
    pub kept: Vec<(u64, u64, Place)>,
}

pub fn run(program: Pid, report: Report, picture: Option<Record>, options: &crate::options::Options) {
    let mut tracer = Tracer {
        report,
        picture,
        unwinder: Unwinder::default(),
        tasks: HashMap::new(),
        processes: HashMap::new(),
        spaces: HashMap::new(),
        main: program,
        page: sys::page_size(),
        most_mappings: proc::most_mappings(),
        limbo: HashMap::new(),
        queue: VecDeque::new(),
        last_number: 0,
        finished: false,
        guards: options.locks.iter().map(|l| Guard::new(l)).collect(),
        truncations: HashMap::new(),
        pointers: HashMap::new(),
        sharers: HashMap::new(),
    };
    let space = tracer.new_space(Space::default());
    tracer.add_process(program, space, None, false);
    tracer.tasks.insert(program, Task { pid: program, ..Task::default() });
    tracer.attend();
}

impl Tracer {
    fn attend(&mut self) {
        while let Some((tid, event)) = self.next_event() {
            self.event(tid, event);
        }
        self.finish();
        self.picture_draw();
    }

    fn next_event(&mut self) -> Option<(Pid, Event)> {
        loop {
            self.adopt();
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.limbo.is_empty() {
                return sys::wait(-1, false).ok().flatten(); // ECHILD: the last tracee is gone
            }
            match sys::wait(-1, true) {
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                other => return other.ok().flatten(),
            }
        }
    }

    pub fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn new_space(&mut self, space: Space) -> u64 {
        let id = self.number();
        self.spaces.insert(id, space);
        id
    }

    fn add_process(&mut self, pid: Pid, space: u64, parent: Option<Pid>, judged: bool) {
        let inherited = parent.and_then(|p| self.processes.get(&p)).map(|p| p.image);
        let image = inherited.unwrap_or(space);
        let process = Process {
            space,
            parent,
            last_fork: 0,
            lone: Vec::new(),
            image,
            judged,
            locks: Vec::new(),
            stands: Vec::new(),
            guarded: false,
            refusal: None,
            gate: 0,
            closing: parent.and_then(|p| self.processes.get(&p)).is_some_and(|p| p.closing),
            slow: parent.and_then(|p| self.processes.get(&p)).is_some_and(|p| p.slow),
            deferred: Vec::new(),
            inherited: Vec::new(),
            suspects: Vec::new(),
        };
        self.processes.insert(pid, process);
    }

    pub fn pid_of(&self, tid: Pid) -> Pid {
        self.tasks.get(&tid).map_or(tid, |t| t.pid)
    }

    pub fn process(&self, tid: Pid) -> Option<&Process> {
        self.processes.get(&self.pid_of(tid))
    }

    pub fn registry(&self, tid: Pid) -> Option<&Registry> {
        self.spaces.get(&self.process(tid)?.space).map(|s| &s.registry)
    }

    pub fn registry_mut(&mut self, tid: Pid) -> Option<&mut Registry> {
        let space = self.process(tid)?.space;
        self.spaces.get_mut(&space).map(|s| &mut s.registry)
    }

    pub fn judged(&self, tid: Pid) -> bool {
        self.process(tid).is_some_and(|p| p.judged)
    }

    /// The threads of a process.
    pub fn threads(&self, pid: Pid) -> Vec<Pid> {
        self.tasks.iter().filter(|(_, t)| t.pid == pid).map(|(&tid, _)| tid).collect()
    }

    fn event(&mut self, tid: Pid, event: Event) {
        if !self.tasks.contains_key(&tid) {
            match event {
                Event::Exited | Event::Signaled => drop(self.limbo.remove(&tid)),
                // its parent will tell, unless it dies first: see `adopt`
                _ => drop(self.limbo.insert(tid, (event, Instant::now()))),
            }
            return;
        }
        match event {
            Event::Exited | Event::Signaled => self.gone(tid, event),
            // where all calls are looked at, their entries stop too
            Event::Syscall if self.all_calls(tid) && !sys::at_exit(tid) => {
                self.slow_entry(tid);
                self.go(tid, 0);
            }
            Event::Syscall => {
                if !(self.watched(tid) && self.copy_failed(tid)) {
                    self.exit_stop(tid);
                }
                self.go(tid, 0);
            }
            Event::Signal(_)
                if self.guarded_fault(tid, event)
                    || self.refused(tid, event)
                    || self.watch_hit(tid, event) =>
            {
                self.go(tid, 0)
            }
            Event::Signal(signal) if self.passes_by(tid, signal) => self.go(tid, 0),
            Event::Signal(signal) => {
                if signal == libc::SIGSEGV || signal == libc::SIGBUS || signal == libc::SIGABRT {
                    self.signal(tid, signal);
                } else if matches!(signal, libc::SIGILL | libc::SIGTRAP | libc::SIGFPE | libc::SIGSYS)
                    && !proc::signal_in(tid, "SigCgt", signal)
                {
                    self.gave_up(tid);
                }
                self.before_death(tid, signal);
                if !self.dies_as_first(tid, signal) {
                    self.go(tid, signal);
                }
            }
            Event::Ptrace(libc::PTRACE_EVENT_STOP, signal) => match signal {
                libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => drop(sys::listen(tid)),
                _ => {
                    let pid = self.pid_of(tid);
                    if self.tasks.get_mut(&tid).is_some_and(|t| std::mem::take(&mut t.fresh)) {
                        self.watch_refusal(tid);
                        if pid == tid && self.watched(tid) {
                            self.enforce_all(tid);
                        }
                    }
                    self.go(tid, 0);
                }
            },
            Event::Ptrace(libc::PTRACE_EVENT_SECCOMP, _) => self.entry_stop(tid),
            Event::Ptrace(libc::PTRACE_EVENT_EXEC, _) => {
                let former = sys::event_message(tid).unwrap_or(0) as Pid;
                self.exec(tid, former);
                self.go(tid, 0);
            }
            Event::Ptrace(
                kind @ (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE),
                _,
            ) => {
                if let Ok(child) = sys::event_message(tid) {
                    self.born(child as Pid, tid, kind);
                }
                self.go(tid, 0);
            }
            Event::Ptrace(libc::PTRACE_EVENT_EXIT, _) => {
                self.picture_exit(tid);
                self.go(tid, 0);
            }
            Event::Ptrace(..) => self.go(tid, 0),
        }
    }

    /// Lets a thread run; to the exit of its call if we wait for that.
    pub fn go(&mut self, tid: Pid, signal: i32) {
        if self.queue.iter().any(|(t, _)| *t == tid) {
            return; // it stopped again, for something that is to be looked at first
        }
        self.keep_watch(tid);
        let waiting = self.tasks.get(&tid).is_some_and(|t| t.call.is_some()) || self.all_calls(tid);
        // ESRCH: it was killed meanwhile; its end will be told
        let _ = if waiting { sys::resume_to_syscall(tid, signal) } else { sys::resume(tid, signal) };
    }

    /// Whether each of this thread's calls stops, at its entry and exit.
    fn all_calls(&self, tid: Pid) -> bool {
        self.watched(tid) || self.process(tid).is_some_and(|p| p.slow)
    }

    /// The entry of a call that no filter of ours has stopped: if a filter should have, it is looked at now.
    fn slow_entry(&mut self, tid: Pid) {
        if !self.process(tid).is_some_and(|p| p.slow && p.judged) {
            return;
        }
        let Ok(registers) = sys::registers(tid) else { return };
        if filter::CLOSING.contains(&registers.number()) {
            let pending = self.enter(tid, registers.number(), registers.arguments(), registers);
            if let Some(task) = self.tasks.get_mut(&tid) {
                task.call = pending;
            }
        }
    }

    /// A new thread or process.
    fn born(&mut self, child: Pid, parent: Pid, kind: i32) {
        let pid = self.pid_of(parent);
        let adopted = self.tasks.contains_key(&child); // CLONE_PARENT: its parent is none of ours
        let thread = proc::group_of(child) == pid && child != pid;
        if thread {
            self.tasks.insert(child, Task { pid, fresh: true, ..Task::default() });
        } else {
            let Some(space) = self.process(parent).map(|p| p.space) else { return };
            let judged = self.judged(parent);
            let shared = kind == libc::PTRACE_EVENT_VFORK || sys::same_memory(pid, child);
            let inherited = if shared || !judged { Vec::new() } else { self.inherited(parent, child) };
            let space = match self.spaces.get(&space).cloned() {
                Some(copy) if !shared => self.new_space(copy),
                _ => space,
            };
            self.add_process(child, space, Some(pid), judged);
            let now = self.number();
            if let Some(process) = self.processes.get_mut(&pid) {
                process.last_fork = now;
            }
            let (stands, guarded, gate, refusal) = self
                .process(parent)
                .map(|p| (p.stands.clone(), p.guarded, p.gate, p.refusal))
                .unwrap_or_default();
            if let Some(process) = self.processes.get_mut(&child) {
                process.inherited = inherited;
                process.guarded = guarded && !shared;
                process.stands = stands.into_iter().map(Stand::inherited).collect();
                process.gate = gate;
                process.refusal = refusal;
            }
            self.tasks.insert(child, Task { pid: child, fresh: true, ..Task::default() });
        }
        if kind == libc::PTRACE_EVENT_VFORK {
            if let Some(task) = self.tasks.get_mut(&parent) {
                task.in_vfork = true;
            }
        }
        // a cloned child begins with its parent's registers and memory, as we changed them
        let restore = self.tasks.get(&parent).and_then(|t| t.call.as_ref()?.restore);
        match self.limbo.remove(&child) {
            Some((event, _)) => {
                self.restore(child, restore);
                self.event(child, event);
            }
            None if restore.is_some() && !adopted => {
                if let Ok(Some((_, event))) = sys::wait(child, false) {
                    self.restore(child, restore);
                    self.queue.push_back((child, event));
                }
            }
            None => {}
        }
    }

    /// Children whose parent was killed before it could tell of them: nobody would ever let them go on.
    fn adopt(&mut self) {
        for child in self.limbo.keys().copied().collect::<Vec<_>>() {
            let late = self.limbo.get(&child).is_some_and(|(_, since)| since.elapsed() > PATIENCE);
            let group = proc::group_of(child);
            let thread = self.processes.contains_key(&group) && group != child;
            let parent = proc::status(child, "PPid").and_then(|p| p.parse().ok()).unwrap_or(0);
            if !late && (thread || self.processes.contains_key(&parent) && self.tasks.contains_key(&parent)) {
                continue; // it lives, and will tell
            }
            if !thread {
                let space = self.new_space(Space::default());
                self.add_process(child, space, None, false); // nothing is known of its mappings: not judged
            }
            let pid = if thread { group } else { child };
            self.tasks.insert(child, Task { pid, ..Task::default() });
            if let Some((event, _)) = self.limbo.remove(&child) {
                self.event(child, event);
            }
        }
    }

    /// A new program.
    fn exec(&mut self, pid: Pid, former: Pid) {
        // threads are gone; if another than the leader called, it bears the leader's number now
        let failed = self.tasks.remove(&former).and_then(|t| t.failed);
        let _ = failed; // the old program's
        let threads = self.threads(pid);
        for tid in threads.into_iter().filter(|&tid| tid != pid) {
            self.tasks.remove(&tid);
        }
        self.tasks.insert(pid, Task { pid, ..Task::default() });
        self.unwinder.forget(pid);
        self.flush_deferred(pid, false);
        let old = self.processes.get(&pid).map(|p| p.space);
        let space = self.new_space(Space::default());
        let judged = self.understood(pid);
        let parent = self.processes.get(&pid).and_then(|p| p.parent);
        let old_self = self.processes.remove(&pid);
        let (locks, closing, slow) = old_self.map(|p| (p.locks, p.closing, p.slow)).unwrap_or_default();
        self.add_process(pid, space, parent, judged);
        if let Some(process) = self.processes.get_mut(&pid) {
            process.image = space;
            process.locks = locks; // POSIX locks survive exec
            process.closing = closing;
            process.slow = slow;
        }
        self.drop_space(old);
        self.image(pid);
        if judged {
            self.picture_begin(pid);
            self.find_refusal(pid); // of a static program
        }
        if let Some(task) = parent.and_then(|p| self.tasks.get_mut(&p)) {
            task.in_vfork = false;
        }
    }

    /// Whether the program is a 64-bit one of this machine, with no more rights than its parent; said if not.
    fn understood(&mut self, pid: Pid) -> bool {
        let path = format!("/proc/{pid}/exe");
        let mut head = [0; 20];
        let read = std::fs::File::open(&path).and_then(|mut f| std::io::Read::read_exact(&mut f, &mut head));
        let name = proc::program(pid);
        if read.is_ok() && crate::launch::foreign(&head) {
            self.report.note(Note::OtherMachine, &name);
            return false;
        }
        if crate::launch::privileged(std::path::Path::new(&path)) {
            self.report.note(Note::SetUidInside, &name);
            return false;
        }
        true
    }

    /// Enters what the kernel mapped: the program, the loader, the stack.
    fn image(&mut self, pid: Pid) {
        for line in proc::maps(pid) {
            let piece = self.kernel_piece(pid, &line);
            if let Some(registry) = self.registry_mut(pid) {
                registry.insert(piece);
            }
        }
    }

    /// What a line of /proc/PID/maps shows, as a mapping of nobody's.
    pub fn kernel_piece(&mut self, pid: Pid, line: &proc::Line) -> Piece {
        let id = self.number();
        let origin = Origin {
            id,
            place: None,
            in_program: false,
            start: line.start,
            length: line.end - line.start,
            flags: if line.shared { libc::MAP_SHARED } else { libc::MAP_PRIVATE },
            prot: line.prot,
            file: None,
            offset: line.offset,
            region: id,
            pid,
            stale: Vec::new(),
            name: line.name.clone(),
        };
        Piece { start: line.start, end: line.end, prot: line.prot, origin: Rc::new(origin), cut: None }
    }

    fn drop_space(&mut self, space: Option<u64>) {
        if let Some(space) = space.filter(|s| self.processes.values().all(|p| p.space != *s)) {
            self.spaces.remove(&space);
        }
    }

    /// A thread ended.
    pub fn gone(&mut self, tid: Pid, event: Event) {
        let Some(task) = self.tasks.remove(&tid) else { return };
        let pid = task.pid;
        if tid == pid || self.threads(pid).is_empty() {
            self.flush_deferred(pid, event == Event::Signaled);
            if tid == pid && pid == self.main {
                self.finish();
            }
        }
        if self.threads(pid).is_empty() {
            self.unwinder.forget(pid);
            if let Some(process) = self.processes.remove(&pid) {
                if let Some(parent) = process.parent.and_then(|p| self.tasks.get_mut(&p)) {
                    parent.in_vfork = false;
                }
                self.drop_space(Some(process.space));
            }
        }
    }

    /// Counts and summary, once.
    pub fn finish(&mut self) {
        if !std::mem::replace(&mut self.finished, true) {
            self.report.finish();
        }
    }

    /// Puts back what a call's arguments were changed for.
    fn restore(&mut self, tid: Pid, restore: Option<Restore>) {
        match restore {
            Some(Restore::Register(value)) => {
                if let Ok(mut registers) = sys::registers(tid) {
                    registers.set_argument(0, value);
                    let _ = sys::set_registers(tid, &registers);
                }
            }
            Some(Restore::Memory(address, value)) => sys::poke(tid, address, value),
            None => {}
        }
    }

    /// The entry of a filtered call.
    fn entry_stop(&mut self, tid: Pid) {
        let Ok(registers) = sys::registers(tid) else { return self.go(tid, 0) };
        let number = registers.number();
        if let Some(process) = self.processes.get_mut(&self.tasks.get(&tid).map_or(tid, |t| t.pid)) {
            process.gate = registers.ip() - SYSCALL_LENGTH;
        }
        let arguments = registers.arguments();
        let pending = match number {
            libc::SYS_clone | libc::SYS_clone3 => self.keep_traced(tid, &registers),
            _ if self.judged(tid) => self.enter(tid, number, arguments, registers),
            _ => None,
        };
        if let Some(task) = self.tasks.get_mut(&tid) {
            task.call = pending;
        }
        self.go(tid, 0);
    }

    /// Takes CLONE_UNTRACED out of a call: a child without a tracer would get ENOSYS from all filtered calls.
    fn keep_traced(&mut self, tid: Pid, registers: &Registers) -> Option<Pending> {
        let first = registers.arguments()[0];
        let restore = if registers.number() == libc::SYS_clone {
            let mut changed = *registers;
            changed.set_argument(0, first & !UNTRACED);
            sys::set_registers(tid, &changed).ok()?;
            Restore::Register(first)
        } else {
            let flags = sys::read_word(tid, first)?;
            if flags & UNTRACED == 0 {
                return None;
            }
            sys::poke(tid, first, flags & !UNTRACED);
            Restore::Memory(first, flags)
        };
        Some(Pending {
            number: registers.number(),
            arguments: registers.arguments(),
            caller: Caller::default(),
            victims: Vec::new(),
            found: Vec::new(),
            unlocked: Vec::new(),
            restore: Some(restore),
        })
    }

    /// The exit of a call whose entry we saw.
    fn exit_stop(&mut self, tid: Pid) {
        let Some(pending) = self.tasks.get_mut(&tid).and_then(|t| t.call.take()) else { return };
        if pending.restore.is_some() {
            return self.restore(tid, pending.restore);
        }
        let Ok(registers) = sys::registers(tid) else { return };
        let result = registers.result();
        // ERESTARTSYS and its like: interrupted by a signal, to be made again
        if (-516..=-512).contains(&result) {
            return;
        }
        self.leave(tid, pending, result);
    }

    /// Stops the other threads of a process, so that its memory stands still: false if not all could be.
    pub fn halt_others(&mut self, tid: Pid) -> bool {
        let pid = self.pid_of(tid);
        let mut all = true;
        for other in self.threads(pid).into_iter().filter(|&t| t != tid) {
            if self.queue.iter().any(|(t, _)| *t == other) {
                continue; // stopped already, and waiting for us
            }
            if self.tasks.get(&other).is_some_and(|t| t.in_vfork) || sys::interrupt(other).is_err() {
                all = false;
                continue;
            }
            // a thread that the kernel does not let go (a disk that hangs) must not hold up the rest
            let mut event = None;
            for _ in 0..200 {
                event = sys::wait(other, true).ok().flatten();
                if event.is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            match event {
                Some((_, event)) => {
                    all &= !matches!(event, Event::Exited | Event::Signaled);
                    self.queue.push_back((other, event));
                }
                None => all = false,
            }
        }
        all
    }
}
