use super::KERNEL;
use crate::chat::shared::{AtomicU32, AtomicU64, Ordering::Relaxed};
use crate::errno::{Result, fail};

/// The words that somebody sleeps on.
pub struct Sleeper {
    words: [usize; 3],
    woken: bool,
    ticket: usize,
}

fn name<T>(word: &T) -> usize {
    core::ptr::from_ref(word) as usize
}

pub fn wake(word: &AtomicU32, _count: i32) {
    wake_named(name(word));
}

pub fn wake_shared(word: &AtomicU64) {
    wake_named(name(word));
}

pub fn wake_half(word: &AtomicU64) {
    wake_named(name(word));
}

fn wake_named(word: usize) {
    let mut sleepers = KERNEL.sleepers.lock().unwrap();
    sleepers
        .iter_mut()
        .filter(|sleeper| sleeper.words.contains(&word))
        .for_each(|sleeper| sleeper.woken = true);
    KERNEL.woken.notify_all();
}

/// Nobody is ever woken by the time that passes: a wake-up that is lost is a deadlock, which loom finds.
pub fn wait_three(
    shared: (&AtomicU64, u32),
    private: (&AtomicU32, u32),
    half: (&AtomicU64, u32),
    _until: &libc::timespec,
) -> Result<()> {
    let mut sleepers = KERNEL.sleepers.lock().unwrap();
    if shared.0.0.take().load(Relaxed) as u32 != shared.1
        || private.0.0.take().load(Relaxed) != private.1
        || half.0.0.take().load(Relaxed) as u32 != half.1
    {
        return fail(libc::EAGAIN);
    }
    let ticket = sleepers.iter().map(|sleeper| sleeper.ticket + 1).max().unwrap_or(0);
    sleepers.push(Sleeper { words: [name(shared.0), name(private.0), name(half.0)], woken: false, ticket });
    loop {
        sleepers = KERNEL.woken.wait(sleepers).unwrap();
        let me = sleepers.iter().position(|sleeper| sleeper.ticket == ticket).unwrap();
        if sleepers[me].woken {
            sleepers.swap_remove(me);
            return Ok(());
        }
    }
}
