//! A handler for SIGBUS that mends what it can, and passes on the rest as if it were not there.
//!
//! Handlers that the program had installed before are called with the signal mask, the flags and the death that they
//! would have had without us. One that the program installs later replaces ours, as it must; if it passes signals on
//! to the handler that it found, ours still serves.

use super::call::{call, int};
use super::futex::Claim;
use super::{process, thread};
use crate::errno::{Errno, Result, fail};
use core::cell::UnsafeCell;
use core::ffi::c_void;
use core::mem::{MaybeUninit, zeroed};
use core::ptr::null;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use libc::{c_int, sigaction, siginfo_t, ucontext_t};

/// What mends a fault.
pub trait Repair {
    /// Mends what made an access to `address` fail. Runs in a signal handler.
    fn repair(address: usize) -> Repaired;
}

/// What came of it.
pub enum Repaired {
    /// The access may be tried again.
    Yes,
    /// The address is none of ours.
    NotOurs,
    /// Ours, and not to be mended; why, for whoever is passed the signal: it is put into `si_errno`.
    No(Errno),
}

/// Handlers that ours was installed over, oldest first: each is found by the one that came after it.
struct Chain {
    actions: [UnsafeCell<MaybeUninit<sigaction>>; LONGEST],
    /// SA_RESETHAND: it has had its one call.
    spent: [AtomicBool; LONGEST],
    length: AtomicUsize,
    /// How many of them count: the last of these is the one that ours was installed over last.
    top: AtomicUsize,
    /// Held while one is added.
    adding: Claim,
}

/// How many different handlers of its own a program may install over ours and then guard again.
const LONGEST: usize = 16;

// SAFETY: an action is written once, under `adding`, before `length` counts it.
unsafe impl Sync for Chain {}

static CHAIN: Chain = Chain {
    actions: [const { UnsafeCell::new(MaybeUninit::uninit()) }; LONGEST],
    spent: [const { AtomicBool::new(false) }; LONGEST],
    length: AtomicUsize::new(0),
    top: AtomicUsize::new(0),
    adding: Claim::new(),
};

/// Installs the handler unless it is the one installed now. EAGAIN: the program has put too many
/// different ones of its own over it.
pub fn on_bus_error<R: Repair>() -> Result<()> {
    let _adding = loop {
        match CHAIN.adding.claim() {
            Some(claimed) => break claimed,
            None => process::yield_now(),
        }
    };
    let ours: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = handler::<R>;
    let current = action(null())?;
    if current.sa_sigaction == ours as usize {
        return Ok(());
    }
    CHAIN.top.store(CHAIN.place_of(&current)? + 1, Release);
    // SAFETY: numbers only, for which all zeros is a value.
    let mut new: sigaction = unsafe { zeroed() };
    new.sa_sigaction = ours as usize;
    // On the alternate stack where there is one (the fault may be on a full stack), and interrupting system calls only
    // if what was there did.
    let restart = if is_handler(&current) { current.sa_flags & libc::SA_RESTART } else { libc::SA_RESTART };
    new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | restart;
    // SAFETY: `new` is borrowed for the call. All signals: another handler that met a fault meanwhile would kill.
    unsafe { libc::sigfillset(&raw mut new.sa_mask) };
    action(&raw const new).map(|_| ())
}

impl Chain {
    /// Where an action stands: one that was met before (a test framework puts its own back each time) needs no new
    /// place. Called by who has `adding`.
    fn place_of(&self, action: &sigaction) -> Result<usize> {
        let length = self.length.load(Relaxed);
        let known = (0..length).find(|at| self.saved(*at).is_some_and(|(saved, _)| is_same(saved, action)));
        if let Some((_, spent)) = known.and_then(|at| self.saved(at)) {
            spent.store(false, Relaxed);
        }
        if let Some(at) = known {
            return Ok(at);
        }
        let Some(place) = self.actions.get(length) else { return fail(libc::EAGAIN) };
        // SAFETY: not counted by `length` yet, so nobody reads it; one writer, by `adding`.
        unsafe { (*place.get()).write(*action) };
        self.length.store(length + 1, Release);
        Ok(length)
    }

    /// The action at a place that is counted, and whether it has had its one call.
    fn saved(&self, at: usize) -> Option<(&sigaction, &AtomicBool)> {
        let counted = at < self.length.load(Acquire);
        let (place, spent) = self.actions.get(at).zip(self.spent.get(at)).filter(|_| counted)?;
        // SAFETY: counted by `length`, so nobody writes it any more.
        let saved = unsafe { &*place.get() };
        // SAFETY: counted by `length`, so it was written.
        Some((unsafe { saved.assume_init_ref() }, spent))
    }
}

/// Whether two actions do the same.
fn is_same(one: &sigaction, other: &sigaction) -> bool {
    one.sa_sigaction == other.sa_sigaction
        && one.sa_flags == other.sa_flags
        && first_word(&one.sa_mask) == first_word(&other.sa_mask)
}

/// sigaction(2) for SIGBUS: what was there.
fn action(new: *const sigaction) -> Result<sigaction> {
    // SAFETY: numbers only, for which all zeros is a value.
    let mut old: sigaction = unsafe { zeroed() };
    // SAFETY: `new` is NULL or the borrowed struct of the one caller; `old` is borrowed.
    match unsafe { sigaction(libc::SIGBUS, new, &raw mut old) } {
        0 => Ok(old),
        _ => fail(libc::EINVAL),
    }
}

fn is_handler(action: &sigaction) -> bool {
    action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN
}

extern "C" fn handler<R: Repair>(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel's siginfo, or that of a handler which passes it on.
    let fault = unsafe { &*info };
    // SAFETY: the field is there for SIGBUS.
    let address = unsafe { fault.si_addr() } as usize;
    if fault.si_code == libc::BUS_ADRERR {
        match R::repair(address) {
            Repaired::Yes => return,
            Repaired::NotOurs => {}
            // SAFETY: as above; nobody else uses it while the handler runs.
            Repaired::No(Errno(error)) => unsafe { (*info).si_errno = error },
        }
    }
    pass_on(signal, info, context);
}

/// As in nesting.c.
#[repr(C)]
#[derive(Clone, Copy)]
struct Nesting {
    signal: usize,
    stack: usize,
    depth: usize,
}

unsafe extern "C" {
    safe fn mapboard_nesting() -> *mut Nesting;
}

/// Calls the handler that was there before ours, or dies as the program would have died.
fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let here = mapboard_nesting();
    let stack = &raw const here as usize;
    // SAFETY: this thread's own.
    let before = unsafe { here.read() };
    // A handler found ours, and calls it with what ours called it with: then the one before that handler is meant. A
    // new signal at the same address of the same stack is told apart by where the stack stands.
    let again = before.signal == info as usize && stack < before.stack;
    let depth = if again { before.depth + 1 } else { 0 };
    // SAFETY: as above.
    unsafe { here.write(Nesting { signal: info as usize, stack, depth }) };
    call_saved(depth, signal, info, context);
    // SAFETY: as above.
    unsafe { here.write(before) };
}

fn call_saved(depth: usize, signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: valid, see `handler`.
    let sent = unsafe { (*info).si_code } <= 0;
    let index = CHAIN.top.load(Acquire).wrapping_sub(depth + 1);
    let Some((saved, spent)) = CHAIN.saved(index) else { return die(signal, sent) };
    if saved.sa_sigaction == libc::SIG_IGN && sent {
        return;
    }
    let once = saved.sa_flags & libc::SA_RESETHAND != 0;
    if !is_handler(saved) || once && spent.swap(true, Relaxed) {
        return die(signal, sent); // an ignored fault kills all the same
    }
    if depth == 0 {
        let own = if saved.sa_flags & libc::SA_NODEFER != 0 { 0 } else { 1 << (signal - 1) };
        // SAFETY: the kernel's context, of the interrupted code.
        let context = unsafe { &*context.cast::<ucontext_t>() };
        set_mask(first_word(&context.uc_sigmask) | first_word(&saved.sa_mask) | own);
    }
    if saved.sa_flags & libc::SA_SIGINFO != 0 {
        type Full = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
        // SAFETY: the program installed it with SA_SIGINFO, so it has this type.
        let full: Full = unsafe { core::mem::transmute(saved.sa_sigaction) };
        full(signal, info, context);
    } else {
        // SAFETY: the program installed it without SA_SIGINFO, so it has this type.
        let plain: extern "C" fn(c_int) = unsafe { core::mem::transmute(saved.sa_sigaction) };
        plain(signal);
    }
}

/// Back to the default: a fault happens again when the handler returns, and kills; a signal that was sent is sent again.
fn die(signal: c_int, sent: bool) {
    // SAFETY: numbers only, for which all zeros is a value: SIG_DFL, no flags, an empty mask.
    let default: sigaction = unsafe { zeroed() };
    let _ = action(&raw const default);
    if sent {
        let args = [process::pid() as usize, thread::id() as usize, int(signal), 0, 0, 0];
        // SAFETY: touches no memory; blocked until the handler returns.
        let _: core::result::Result<usize, Errno> = unsafe { call(libc::SYS_tgkill, args) };
    }
}

/// The signals that the kernel knows: the first 64 bits.
fn first_word(set: &libc::sigset_t) -> u64 {
    // SAFETY: a sigset_t is longer than that, on both machines, and any bits are a number.
    unsafe { (&raw const *set).cast::<u64>().read_unaligned() }
}

/// rt_sigprocmask(2), of this thread.
fn set_mask(mask: u64) {
    let args = [int(libc::SIG_SETMASK), &raw const mask as usize, 0, size_of::<u64>(), 0, 0];
    // SAFETY: the kernel reads one word, borrowed for the call; when the handler returns the old mask is back.
    let _ = unsafe { call(libc::SYS_rt_sigprocmask, args) };
}
