//! Negative controls. Every atomic operation of the library says, through its caller's place in the source, where it
//! is; a control is one place where one thing is taken away. The library's sources know nothing of it, and no list is
//! kept by hand: the places are those that the model came across.

use Ordering::*;
use core::panic::Location;
use core::sync::atomic::Ordering;
use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};

/// A line of the library.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    pub file: &'static str,
    pub line: u32,
}

/// What a control takes away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Loss {
    Acquire,
    Release,
    /// A read-modify-write becomes a load and a store.
    Atomicity,
}

impl Site {
    #[track_caller]
    pub fn here() -> Self {
        let place = Location::caller();
        let file = place.file();
        Site { file: &file[file.rfind('/').map_or(0, |slash| slash + 1)..], line: place.line() }
    }
}

/// The control of this process; None: the library as it is.
pub static CONTROL: OnceLock<Option<(String, u32, Loss)>> = OnceLock::new();

/// What could be taken away of all that was executed so far.
pub static SEEN: Mutex<BTreeSet<(Site, Loss)>> = Mutex::new(BTreeSet::new());

/// Whether this is to be done without it.
fn lost(site: Site, loss: Loss) -> bool {
    SEEN.lock().unwrap().insert((site, loss));
    let control = CONTROL.get_or_init(|| None).as_ref();
    control.is_some_and(|(file, line, what)| (file.as_str(), *line, *what) == (site.file, site.line, loss))
}

/// The order in which this is done: `order`, or less.
pub fn order(site: Site, order: Ordering) -> Ordering {
    let acquire = matches!(order, Acquire | AcqRel) && !lost(site, Loss::Acquire);
    let release = matches!(order, Release | AcqRel) && !lost(site, Loss::Release);
    assert_ne!(order, SeqCst, "loom takes it for AcqRel");
    match (acquire, release) {
        (true, true) => AcqRel,
        (true, false) => Acquire,
        (false, true) => Release,
        (false, false) => Relaxed,
    }
}

pub fn is_split(site: Site) -> bool {
    lost(site, Loss::Atomicity)
}

/// The orders of the load and the store into which a read-modify-write falls.
pub fn halves(order: Ordering) -> (Ordering, Ordering) {
    (
        if matches!(order, Acquire | AcqRel) { Acquire } else { Relaxed },
        if matches!(order, Release | AcqRel) { Release } else { Relaxed },
    )
}
