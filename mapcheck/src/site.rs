//! Who called: from a stopped thread's registers outwards, past the C library's wrapper and past libmapboard, to the
//! line that the programmer wrote.

use crate::arch::Registers;
use crate::module::{Kind, Module};
use crate::sys::Pid;
use crate::unwind::{Frame, Unwinder};
use crate::words;
use std::rc::Rc;

/// A place in a program: resolved to file and line only when it is printed.
#[derive(Clone)]
pub struct Place {
    pub module: Rc<Module>,
    /// As the module's file has it.
    pub address: u64,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{:#x}", self.module.path, self.address)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        self.address == other.address && self.module.path == other.module.path
    }
}

impl Place {
    /// `file.c:41`, or `function+0x12`, or `binary+0x1234`; and the line's file for an excerpt.
    pub fn text(&self, directory: &str) -> String {
        words::visible(&self.plain(directory)) // the program is whose it is: so are its names
    }

    /// In the function of that name.
    pub fn is_in(&self, function: &str) -> bool {
        self.module.names(self.address).any(|name| name == function)
    }

    fn plain(&self, directory: &str) -> String {
        if let Some(line) = self.module.line(self.address) {
            return format!("{}:{}", shorten(&line.file, directory), line.line);
        }
        let base = self.module.path.rsplit('/').next().unwrap_or_default();
        match self.module.function(self.address) {
            Some(function) => format!("{base}:{}+{:#x}", function.shown(), function.offset),
            None => format!("{base}+{:#x}", self.address),
        }
    }

    /// The linker's name of the function, where people are shown another.
    pub fn symbol(&self) -> Option<String> {
        let function = self.module.function(self.address)?;
        (function.shown() != function.name).then_some(function.name)
    }

    /// In the main program, or in something whose source is at hand: habits of run-time systems are not judged.
    pub fn is_own(&self) -> bool {
        self.module.kind == Kind::Program || self.module.line(self.address).is_some()
    }

    /// Names that tell an allocator: what it maps is not the programmer's own.
    pub fn in_allocator(&self) -> bool {
        const WORDS: [&str; 10] =
            ["alloc", "arena", "heap", "pool", "chunk", "gc_", "_gc", "slab", "stack", "palloc"];
        self.module.function(self.address).is_some_and(|f| {
            let name = f.name.to_ascii_lowercase();
            WORDS.iter().any(|word| name.contains(word))
        })
    }
}

impl Place {
    /// In an allocator whose source is not at hand, or that says so in whole words: memory that is handed on.
    pub fn is_arena(&self) -> bool {
        const WORDS: [&str; 5] = ["malloc", "arena", "heap", "morecore", "sbrk"];
        let named =
            |f: &crate::module::Function| WORDS.iter().any(|w| f.name.to_ascii_lowercase().contains(w));
        self.in_allocator()
            && (self.module.line(self.address).is_none()
                || self.module.function(self.address).as_ref().is_some_and(named))
    }
}

fn shorten(file: &str, directory: &str) -> String {
    let inside = file.strip_prefix(directory).and_then(|f| f.strip_prefix('/'));
    inside.unwrap_or(file).trim_start_matches("./").to_owned()
}

/// What is known of a call's author.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The program or one of its libraries; None: the C library, the loader, or nobody knows.
    pub place: Option<Place>,
    /// The place is in the main program.
    pub in_program: bool,
    /// Called from within a signal handler.
    pub in_handler: bool,
    /// Could not be told from the C library: a static program without symbols.
    pub blind: bool,
}

/// The functions of the C library that do nothing but make the call.
const WRAPPERS: [&str; 36] = [
    "mmap",
    "mmap64",
    "__mmap",
    "__mmap64",
    "munmap",
    "__munmap",
    "msync",
    "__msync",
    "__libc_msync",
    "mprotect",
    "__mprotect",
    "madvise",
    "__madvise",
    "mremap",
    "__mremap",
    "fcntl",
    "fcntl64",
    "__fcntl",
    "__fcntl64",
    "__libc_fcntl",
    "__libc_fcntl64",
    "lockf",
    "lockf64",
    "close",
    "__close",
    "__libc_close",
    "dup2",
    "__dup2",
    "dup3",
    "close_range",
    "truncate",
    "ftruncate",
    "ftruncate64",
    "__ftruncate64",
    "syscall",
    "ptrace",
];

/// Functions of libmapboard whose calls are its own business; those of the others are their caller's.
fn is_its_own(name: &str) -> bool {
    name.starts_with("minichat_") || name.starts_with("mm_guard") || name == "mm_unguard"
}

/// Finds who made the call at which the thread is stopped.
pub fn caller(unwinder: &mut Unwinder, pid: Pid, tid: Pid, registers: &Registers) -> Caller {
    let mut caller = Caller::default();
    let mut wrapper: Option<Frame> = None; // the outermost frame of the C library so far
    let mut found = false;
    unwinder.walk(pid, tid, registers, |frame| {
        if frame.signal {
            caller.in_handler = true;
            return true;
        }
        if found {
            return true; // only looking for a handler further out
        }
        let Some(module) = &frame.module else {
            found = true; // code without a file: made at run time, nobody to name
            return true;
        };
        match module.kind_at(frame.address) {
            Kind::CLibrary => wrapper = Some(frame.clone()),
            Kind::Mapboard if !module.names(frame.address).any(is_its_own) => wrapper = None,
            Kind::Mapboard => {
                found = true;
            }
            Kind::Program | Kind::Library => {
                found = true;
                let plain = wrapper.as_ref().is_none_or(|w| {
                    w.module.as_ref().is_some_and(|m| m.names(w.address).any(|n| WRAPPERS.contains(&n)))
                });
                if module.blind() && !caller.blind {
                    // the innermost frame is taken for the wrapper, the next one for the caller
                    caller.blind = true;
                    found = false;
                    return true;
                }
                if plain {
                    caller.in_program = module.kind == Kind::Program;
                    caller.place = Some(Place { module: module.clone(), address: frame.address });
                }
            }
        }
        true
    });
    caller
}

/// Where a thread stands, for a fault: the first frame that is the program's or a library's own.
pub fn standing(unwinder: &mut Unwinder, pid: Pid, tid: Pid, registers: &Registers) -> Caller {
    let mut caller = Caller::default();
    unwinder.walk(pid, tid, registers, |frame| {
        if frame.signal {
            caller.in_handler = true;
        } else if let (None, Some(module)) = (&caller.place, &frame.module) {
            let kind = module.kind_at(frame.address);
            if matches!(kind, Kind::Program | Kind::Library) {
                caller.in_program = kind == Kind::Program;
                caller.place = Some(Place { module: module.clone(), address: frame.address });
            }
        }
        true
    });
    caller
}

/// Whether the program ends because main returned: nothing of its own is left on the stack but where it began.
pub fn main_has_returned(unwinder: &mut Unwinder, pid: Pid, tid: Pid, registers: &Registers) -> bool {
    let mut returned = false;
    unwinder.walk(pid, tid, registers, |frame| {
        let Some(module) = &frame.module else { return false };
        if frame.signal || module.kind_at(frame.address) == Kind::CLibrary {
            return !frame.signal;
        }
        returned = module.names(frame.address).any(|name| name == "_start");
        false
    });
    returned
}

/// The registers that matter in a thread that is leaving: those of the innermost frame that is not the C library's,
/// whose own frames hold nothing but remains by then.
pub fn live(unwinder: &mut Unwinder, pid: Pid, tid: Pid, registers: &Registers) -> (Vec<u64>, u64) {
    let mut live = None;
    unwinder.walk(pid, tid, registers, |frame| {
        let library = |m: &Rc<Module>| m.kind_at(frame.address) == Kind::CLibrary;
        if !frame.signal && frame.module.as_ref().is_some_and(library) {
            return true;
        }
        let kept = crate::arch::PRESERVED.iter().filter_map(|&r| frame.values.get(r).copied());
        live = Some((kept.collect(), frame.values[crate::arch::SP]));
        false
    });
    live.unwrap_or_else(|| (registers.dwarf().to_vec(), registers.sp().saturating_sub(crate::arch::RED_ZONE)))
}
