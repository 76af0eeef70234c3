//! Surviving a file that somebody cuts. An access past the end of the file raises SIGBUS; the handler puts zeros there,
//! private ones, over everything past the end at once, and lets the access happen again.
//!
//! Once for everything: page by page a process runs out of mappings (vm.max_map_count) after some 30 000 faults. And
//! once only: a second replacement of a page would lose what another thread has stored there since the first. So one
//! thread at a time replaces, from the first page past the end to where the replaced part begins already.

use super::areas::{Area, Areas};
use crate::errno::{Errno, Result, fail};
use crate::sys::futex::{Claim, Claimed};
use crate::sys::handle::{Pool, Slot};
use crate::sys::memory::{self, Replaceable, ReplaceableCell};
use crate::sys::signal::{self, Repaired};
use crate::sys::{process, thread};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicU32, Ordering::*};
use libc::c_int;

/// Between two looks at a page of which nothing can be said yet.
const PAUSE: i64 = 1_000_000;
/// What is seen of a file that cannot be asked when it was changed counts when nothing else was seen for so long.
const SECOND: i64 = 1_000_000_000;

/// A place for a guarded range: once made it stays, for a handler may look at it at any time. Who changes it has its
/// turn, so whoever has the turn finds it unchanged.
pub struct Guard {
    open: AtomicBool,
    range: ReplaceableCell,
    /// The rights, where /proc does not say what they are by now.
    prot: AtomicI32,
    /// Whether any fault at all is answered: what is not the end of the file replaces the whole range.
    whole: AtomicBool,
    tripped: AtomicBool,
    /// Since when a page is seen that is neither there nor past the end, in nanoseconds; 0: none is.
    odd_since: AtomicI64,
    /// Held by the thread that replaces, or that opens or closes the guard.
    turn: Claim,
}

static GUARDS: Pool<Guard> = Pool::new(u64::from_le_bytes(*b"mm_guard"));
/// Held by who opens or closes a guard.
static CHANGING: Claim = Claim::new();
/// How many guards were ever opened: who has looked through all of them and missed one that came meanwhile sees it.
static OPENED: AtomicU32 = AtomicU32::new(0);

struct Zeros;

impl signal::Repair for Zeros {
    fn repair(address: usize) -> Repaired {
        loop {
            let opened = OPENED.load(Acquire);
            let Some(guard) = open().find(|guard| guard.covers(address)) else {
                if opened == OPENED.load(Acquire) {
                    return Repaired::NotOurs;
                }
                continue;
            };
            // If another thread is at it: again, until it is done.
            let Some(turn) = guard.turn.claim() else {
                process::yield_now();
                return Repaired::Yes;
            };
            if !guard.covers(address) {
                continue; // closed before the turn was ours
            }
            let mended = guard.mend(address);
            drop(turn);
            return match mended {
                Mended::Yes => Repaired::Yes,
                Mended::No(error) => Repaired::No(error),
                // Without the turn, and out of the handler, so that others and their signals come in between.
                Mended::Later => {
                    let _ = thread::sleep(PAUSE); // cut short: the shorter
                    Repaired::Yes
                }
            };
        }
    }
}

/// The guards.
fn open() -> impl Iterator<Item = &'static Guard> {
    GUARDS.open().map(|slot| &slot.value).filter(|guard| guard.open.load(Acquire))
}

/// The turn; waits for it. Nobody keeps it for longer than a few system calls.
fn wait_for(turn: &Claim) -> Claimed<'_> {
    loop {
        match turn.claim() {
            Some(claimed) => return claimed,
            None => process::yield_now(),
        }
    }
}

/// The whole pages of `length` bytes at `start`. EINVAL: `start` is no multiple of the page, or `length` 0.
pub fn pages(start: usize, length: usize) -> Result<(usize, usize)> {
    let page = process::page_size();
    let end =
        start.checked_add(length).and_then(|end| end.checked_add(page - 1)).map(|end| end & !(page - 1));
    match end {
        Some(end) if start & (page - 1) == 0 && start < end => Ok((start, end)),
        _ => fail(libc::EINVAL),
    }
}

/// Guards the mapping of a range of whole pages. ENOMEM: a part of it is not mapped. EEXIST: a part is guarded already.
pub fn guard(range: Replaceable) -> Result<()> {
    let Replaceable { start, end } = range;
    memory::sync(start, end - start, libc::MS_ASYNC)?; // does nothing but to look for holes
    let prot = Areas::open().at(start).map_or(libc::PROT_READ | libc::PROT_WRITE, |area| area.prot);
    start_guard(range, prot, false).map(|_| ())
}

/// Guards a range that the caller has just mapped with `prot`, against whatever makes an access fail: who finds that
/// it has tripped uses nothing of it any more.
pub fn guard_whole(range: Replaceable, prot: c_int) -> Result<&'static Slot<Guard>> {
    start_guard(range, prot, true)
}

fn start_guard(range: Replaceable, prot: c_int, whole: bool) -> Result<&'static Slot<Guard>> {
    let _changing = wait_for(&CHANGING);
    if open().any(|guard| guard.overlaps(range)) {
        return fail(libc::EEXIST);
    }
    let slot = match GUARDS.open().find(|slot| !slot.value.open.load(Acquire)) {
        Some(slot) => slot,
        None => GUARDS.reserve()?.fill(Guard::new()),
    };
    signal::on_bus_error::<Zeros>()?;
    slot.value.open(range, prot, whole);
    Ok(slot)
}

/// Ends a guard; what was replaced stays so. EINVAL: there is no guard of this range.
pub fn unguard(start: usize, length: usize) -> Result<()> {
    let (start, end) = pages(start, length)?;
    let _changing = wait_for(&CHANGING);
    let exact = |guard: &&Guard| guard.range.start() == start && guard.range.end() == end;
    open().find(exact).map_or(fail(libc::EINVAL), |guard| {
        guard.close();
        Ok(())
    })
}

/// Ends a guard.
pub fn release(slot: &Slot<Guard>) {
    let _changing = wait_for(&CHANGING);
    slot.value.close();
}

/// Whether something of the guarded range around `address` was replaced. EINVAL: it is not guarded.
pub fn tripped(address: usize) -> Result<bool> {
    let guard = open().find(|guard| guard.covers(address));
    guard.map_or(fail(libc::EINVAL), |guard| Ok(guard.tripped()))
}

/// What came of looking at a fault.
enum Mended {
    /// The access may be tried again.
    Yes,
    /// Nothing is known yet: the same, after a pause.
    Later,
    No(Errno),
}

impl Guard {
    const fn new() -> Self {
        Guard {
            open: AtomicBool::new(false),
            range: ReplaceableCell::new(),
            prot: AtomicI32::new(0),
            whole: AtomicBool::new(false),
            tripped: AtomicBool::new(false),
            odd_since: AtomicI64::new(0),
            turn: Claim::new(),
        }
    }

    fn open(&self, range: Replaceable, prot: c_int, whole: bool) {
        let _turn = wait_for(&self.turn);
        self.range.set(range);
        self.prot.store(prot, Relaxed);
        self.whole.store(whole, Relaxed);
        self.tripped.store(false, Relaxed);
        self.odd_since.store(0, Relaxed);
        self.open.store(true, Release); // for `covers`
        OPENED.fetch_add(1, Release);
    }

    /// When this returns no handler is at the range any more.
    fn close(&self) {
        let _turn = wait_for(&self.turn);
        self.open.store(false, Release);
    }

    /// Whether something was replaced.
    pub fn tripped(&self) -> bool {
        self.tripped.load(Acquire)
    }

    fn covers(&self, address: usize) -> bool {
        self.open.load(Acquire) && (self.range.start()..self.range.end()).contains(&address)
    }

    fn overlaps(&self, other: Replaceable) -> bool {
        self.range.start() < other.end && other.start < self.range.end()
    }

    /// Looks at the fault, with the turn.
    fn mend(&self, address: usize) -> Mended {
        let range = self.range.get();
        if self.whole.load(Relaxed) {
            let all = Area::of(range.start, range.end, self.prot.load(Relaxed));
            let faulty = address & !(all.page - 1);
            // What a file that was cut still has is everybody's; but where there is no room, or no disk, all of it goes.
            let cut = self.look(faulty, range.end - all.page, all) == Some(Seen::PastTheEnd);
            let from = if cut { self.first_past_the_end(range.start, faulty, all.page) } else { range.start };
            return self.replace(all, from, range.end);
        }
        let areas = Areas::open();
        let end = range.end;
        let all = || Area::of(range.start, end, self.prot.load(Relaxed));
        let area = if areas.known() { areas.at(address) } else { Some(all()) };
        // What is not there, or may not be accessed any more, the access itself says; what is no file's was replaced.
        let Some(area) = area.filter(|area| area.start <= address && area.is_file && area.prot != 0) else {
            return Mended::Yes;
        };
        let faulty = address & !(area.page - 1);
        // Where the part that is still the file's ends.
        let (mut last, mut top) = (faulty, faulty);
        let mut next = Some(area);
        while let Some(area) = next.filter(|area| area.start < end) {
            if area.is_file {
                top = area.end.min(end);
                last = top - area.page;
            }
            next = if areas.known() && area.end < end { areas.at(area.end) } else { None };
        }
        let began = process::time_of_day();
        let Some(seen) = self.look(faulty, last, area) else { return Mended::Yes };
        let odd = match seen {
            Seen::Refused(error) => return Mended::No(error),
            // A file in memory has no page to be read either where there is no room for one.
            Seen::PastTheEnd if areas.file(faulty).is_none_or(|file| !file.reaches) => {
                self.odd_since.store(0, Relaxed);
                let from = self.first_past_the_end(range.start, faulty, area.page);
                return self.replace_files(&areas, all(), from, top);
            }
            Seen::PastTheEnd => libc::EIO,
            Seen::Odd(error) => error,
        };
        // Only what did not change between two looks is evidence: what changes is somebody at work.
        if self.look(faulty, last, area) != Some(seen) {
            self.odd_since.store(0, Relaxed);
            return Mended::Yes;
        }
        let since = self.odd_since.load(Relaxed);
        let now = process::monotonic();
        let file = areas.file(faulty);
        let evident = file.as_ref().map_or(since != 0 && now - since > SECOND, |file| file.changed <= began);
        if evident {
            let full = file.is_some_and(|file| file.full);
            return Mended::No(Errno(if full { libc::ENOSPC } else { odd }));
        }
        if since == 0 {
            self.odd_since.store(now, Relaxed);
        }
        Mended::Later
    }

    /// Looks at the page of a fault, and at the last page that is the file's. None: the access may be tried again.
    fn look(&self, faulty: usize, last: usize, area: Area) -> Option<Seen> {
        match read(faulty, area.page) {
            Page::There => {
                // A store may fail that a read does not: no room on the disk.
                let stores = area.prot & libc::PROT_WRITE != 0;
                let stored = if stores {
                    memory::populate(faulty, area.page, libc::MADV_POPULATE_WRITE)
                } else {
                    Ok(())
                };
                match stored {
                    Err(Errno(libc::EFAULT)) => Some(Seen::Odd(libc::ENOSPC)),
                    _ => self.nothing_odd(),
                }
            }
            Page::Busy => self.nothing_odd(),
            Page::Refused(error) => Some(Seen::Refused(error)),
            // Where a file ends, everything behind is missing too. If it is not, the file has just grown; or the disk is
            // broken, which is no end of a file.
            Page::Missing if read(last, area.page) == Page::Missing => Some(Seen::PastTheEnd),
            Page::Missing => Some(Seen::Odd(libc::EIO)),
        }
    }

    fn nothing_odd(&self) -> Option<Seen> {
        self.odd_since.store(0, Relaxed);
        None
    }

    /// Puts zeros over all that is the file's from `from` to `top`, each part with the rights that it has.
    fn replace_files(&self, areas: &Areas, all: Area, from: usize, top: usize) -> Mended {
        if !areas.known() {
            return self.replace(all, from, top);
        }
        let mut at = from;
        while let Some(area) = areas.at(at).filter(|area| area.start < top) {
            if area.is_file {
                let replaced = self.replace(area, from, top);
                if !matches!(replaced, Mended::Yes) {
                    return replaced;
                }
            }
            at = area.end;
        }
        Mended::Yes
    }

    /// Puts zeros over what of an area lies between `from` and `to`.
    fn replace(&self, area: Area, from: usize, to: usize) -> Mended {
        let (from, to) = (from.max(area.start), to.min(area.end));
        match self.range.get().zero(from, to, area.prot) {
            Ok(()) => {
                self.tripped.store(true, Release);
                Mended::Yes
            }
            Err(error) => Mended::No(error),
        }
    }

    /// The first page past the end of the file, where `bad` is one: by halving.
    fn first_past_the_end(&self, start: usize, mut bad: usize, page: usize) -> usize {
        let mut good = start; // every page below is there
        while good < bad {
            let middle = good + (((bad - good) / 2) & !(page - 1));
            if read(middle, page) == Page::Missing { bad = middle } else { good = middle + page }
        }
        bad
    }
}

/// What is wrong with the page of a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    PastTheEnd,
    /// Neither there nor past the end; what it would be if nobody was changing the file.
    Odd(c_int),
    Refused(Errno),
}

#[derive(PartialEq, Eq)]
enum Page {
    There,
    /// Past the end of the file, or it cannot be read from the disk.
    Missing,
    /// The kernel had no memory for the look, or it is gone: the access itself says which.
    Busy,
    Refused(Errno),
}

/// Reads a page without a signal: the kernel does the access (Linux 5.14). Where it may only be written, by that.
fn read(page: usize, size: usize) -> Page {
    let read = memory::populate(page, size, libc::MADV_POPULATE_READ);
    let seen = match read {
        Err(Errno(libc::EINVAL)) => memory::populate(page, size, libc::MADV_POPULATE_WRITE),
        other => other,
    };
    match seen {
        Ok(()) => Page::There,
        Err(Errno(libc::EFAULT)) => Page::Missing,
        Err(Errno(libc::ENOMEM | libc::EINTR | libc::EAGAIN)) => Page::Busy,
        Err(error) => Page::Refused(error),
    }
}
