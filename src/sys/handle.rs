//! Memory for the library's handles (`struct mm_lock`, `struct minichat`), never given back to the kernel: a closed
//! handle is marked as such and used again by the next open, so a pointer to a closed handle is answered with EBADF
//! rather than with a crash. Each handle also has a word that the kernel clears in a forked child
//! (MADV_WIPEONFORK, Linux 4.14): one load tells that one is in a child, however the child was made.
//!
//! No lock, so that a fork at any instant leaves the child a usable pool.

use super::{futex, memory};
use crate::errno::{Result, fail};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

/// Handles start at a multiple of the smallest page there is.
const ALIGNMENT: usize = 4096;
/// The cleared word has a page of its own: as large as the largest page of the supported machines.
const LARGEST_PAGE: usize = 65536;

/// States of [`Slot::kind`] beside "open", which is the pool's own kind.
const CLOSED: u64 = 0;
const CHANGING: u64 = 1;

/// States of the word that a fork clears.
const FORKED: u32 = 0;
const OWN: u32 = 1;
/// A thread of the forked child is making the handle its own.
const ADOPTING: u32 = 2;

/// All handles of one kind.
pub struct Pool<T> {
    kind: u64,
    /// Only ever pushed to.
    all: AtomicPtr<Slot<T>>,
}

/// A handle, and what the pool knows of it.
#[repr(C)]
pub struct Slot<T> {
    kind: AtomicU64,
    next: AtomicPtr<Slot<T>>,
    /// In the page that a fork clears: FORKED, OWN or ADOPTING.
    parent: *const AtomicU32,
    pub value: T,
}

impl<T> Pool<T> {
    /// `kind` tells the pool's handles from other memory: any number above 1.
    pub const fn new(kind: u64) -> Self {
        Pool { kind, all: AtomicPtr::new(null_mut()) }
    }

    /// Sets a handle aside, so that nothing can fail any more once it has something to hold: ENOMEM, or what mmap says.
    pub fn reserve(&self) -> Result<Reserved<'_, T>> {
        let slot = match self.slots().find(|slot| slot.turn(CLOSED, CHANGING)) {
            Some(slot) => NonNull::from(slot),
            None => self.grow()?,
        };
        Ok(Reserved { pool: self, slot })
    }

    /// The open handle at `pointer`: EFAULT for NULL, EBADF for what is not, or no longer, an open handle.
    ///
    /// # Safety
    /// `pointer` is NULL, or came from `fill` of some pool, or points anywhere into readable memory.
    pub unsafe fn get<'a>(&self, pointer: *const T) -> Result<&'a Slot<T>> {
        if pointer.is_null() {
            return fail(libc::EFAULT);
        }
        let start = (pointer as usize).wrapping_sub(core::mem::offset_of!(Slot<T>, value));
        if start % ALIGNMENT != 0 {
            return fail(libc::EBADF);
        }
        let slot = start as *const Slot<T>;
        // SAFETY: aligned, checked above; readable, the caller's promise.
        let kind = unsafe { &(*slot).kind };
        if kind.load(Acquire) != self.kind {
            return fail(libc::EBADF);
        }
        // SAFETY: of this pool's kind, so made by `grow`, and never unmapped.
        Ok(unsafe { &*slot })
    }

    /// Marks an open handle as closed. The second of two closes gets EBADF. `release` is called, and the value dropped,
    /// before the slot can be used again.
    pub fn remove<R>(&self, slot: &Slot<T>, release: impl FnOnce(&T) -> R) -> Result<R> {
        if !slot.turn(self.kind, CHANGING) {
            return fail(libc::EBADF);
        }
        let result = release(&slot.value);
        // SAFETY: CHANGING, by us: nobody else gets at the value, and `fill` writes a new one without dropping it.
        unsafe { core::ptr::drop_in_place(slot.pointer()) };
        slot.kind.store(CLOSED, Release);
        Ok(result)
    }

    /// The open handles, for a forked child that lets go of them.
    pub fn open(&self) -> impl Iterator<Item = &Slot<T>> {
        self.slots().filter(|slot| slot.kind.load(Acquire) == self.kind)
    }

    fn slots(&self) -> impl Iterator<Item = &Slot<T>> {
        let mut at = self.all.load(Acquire);
        core::iter::from_fn(move || {
            // SAFETY: NULL, or pushed by `grow`; slots are never unmapped.
            let slot = unsafe { at.as_ref() }?;
            at = slot.next.load(Acquire);
            Some(slot)
        })
    }

    /// A new slot, CHANGING, in the list.
    fn grow(&self) -> Result<NonNull<Slot<T>>> {
        let size = size_of::<Slot<T>>().next_multiple_of(LARGEST_PAGE);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping, at an address of the kernel's choice.
        let start =
            unsafe { memory::map(0, size + LARGEST_PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) }?;
        let parent = (start + size) as *const AtomicU32;
        // SAFETY: the second part of the mapping just made; nothing is in it yet.
        if let Err(error) = unsafe { memory::advise(start + size, LARGEST_PAGE, libc::MADV_WIPEONFORK) } {
            // SAFETY: nobody knows of the mapping yet.
            let _ = unsafe { memory::unmap(start, size + LARGEST_PAGE) };
            return Err(error);
        }
        let slot = start as *mut Slot<T>;
        // SAFETY: fresh pages, aligned; `value` stays unwritten until `fill` writes it.
        let place = unsafe { &raw mut (*slot).parent };
        // SAFETY: as above.
        unsafe { place.write(parent) };
        // SAFETY: fresh pages, zeroed: an atomic of the value 0.
        let kind = unsafe { &(*slot).kind };
        kind.store(CHANGING, Relaxed);
        // SAFETY: as above.
        let next = unsafe { &(*slot).next };
        let mut head = self.all.load(Acquire);
        loop {
            next.store(head, Relaxed);
            match self.all.compare_exchange_weak(head, slot, AcqRel, Acquire) {
                // SAFETY: the address of a mapping is not NULL.
                Ok(_) => return Ok(unsafe { NonNull::new_unchecked(slot) }),
                Err(now) => head = now,
            }
        }
    }
}

/// A handle that holds nothing yet: CHANGING, and CLOSED again if it is dropped.
pub struct Reserved<'a, T> {
    pool: &'a Pool<T>,
    slot: NonNull<Slot<T>>,
}

impl<'a, T> Reserved<'a, T> {
    /// Opens the handle, with `value` in it.
    pub fn fill(self, value: T) -> &'a Slot<T> {
        let (pool, slot) = (self.pool, self.slot);
        core::mem::forget(self);
        // SAFETY: the slot is CHANGING, by us: nobody else looks at its value; it is aligned and large enough (grow).
        let place = unsafe { &raw mut (*slot.as_ptr()).value };
        // SAFETY: as above.
        unsafe { place.write(value) };
        // SAFETY: a slot is never unmapped.
        let slot = unsafe { slot.as_ref() };
        slot.adopt();
        slot.kind.store(pool.kind, Release); // pairs with the Acquire in `get`
        slot
    }
}

impl<T> Drop for Reserved<'_, T> {
    fn drop(&mut self) {
        // SAFETY: a slot is never unmapped; `kind` is an atomic of it.
        let kind = unsafe { &(*self.slot.as_ptr()).kind };
        kind.store(CLOSED, Release);
    }
}

impl<T> Slot<T> {
    /// Whether this process is a child, forked after the handle was opened.
    pub fn forked(&self) -> bool {
        self.parent().load(Acquire) != OWN
    }

    /// Makes the handle this process's own.
    pub fn adopt(&self) {
        self.parent().store(OWN, Release);
    }

    /// Makes the handle this process's own with the help of `renew`, which the first thread of a forked child runs
    /// while the others wait; if it fails, the next one tries again. A fork in the middle clears the word with all the
    /// others, so no thread that exists in the parent only is ever waited for.
    pub fn adopt_with(&self, renew: impl FnOnce(&T) -> Result<()>) -> Result<()> {
        let word = self.parent();
        loop {
            // Acquire: pairs with the Release of the thread that renewed the handle, whose work it makes visible.
            match word.compare_exchange(FORKED, ADOPTING, Acquire, Acquire) {
                Ok(_) => break,
                Err(OWN) => return Ok(()),
                Err(_) => drop(futex::wait(word, ADOPTING, None)), // EAGAIN and EINTR: look again
            }
        }
        let result = renew(&self.value);
        word.store(if result.is_ok() { OWN } else { FORKED }, Release);
        futex::wake(word, i32::MAX);
        result
    }

    /// What C holds.
    pub fn pointer(&self) -> *mut T {
        (&raw const self.value).cast_mut()
    }

    fn parent(&self) -> &AtomicU32 {
        // SAFETY: set in `grow` to an aligned word of a page that is never unmapped.
        unsafe { &*self.parent }
    }

    fn turn(&self, from: u64, to: u64) -> bool {
        self.kind.compare_exchange(from, to, AcqRel, Relaxed).is_ok()
    }
}

// SAFETY: the list is atomic, and the value of an open slot is only lent out shared.
unsafe impl<T: Sync> Sync for Pool<T> {}
