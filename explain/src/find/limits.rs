//! What there is too little of: memory, address space, mappings, huge pages; and what the user's limits allow.

use super::super::cause::Cause;
use super::super::facts::{Limit, Setting, Witness};
use super::super::value::*;
use super::map::Asked;
use super::whole_pages;

/// mmap's ENOMEM.
pub fn memory(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    let space = witness.address_end();
    if let Some(cause) = no_length(asked.length, "mmap", witness) {
        return Some(cause);
    }
    let length = whole_pages(asked.length, witness.page())?;
    let end = asked.addr.checked_add(length);
    if asked.fixed() && end.is_none_or(|end| end > space) {
        let last = end.unwrap_or(u64::MAX).wrapping_sub(1);
        let (address, length) = (Address(asked.addr), Bytes(asked.length));
        let high = Cause::AddressTooHigh { call: Word("mmap"), address, length };
        return (witness.address_forbidden(last) == Some(true)).then_some(high);
    }
    // What MAP_FIXED replaces does not count twice: say nothing of the limits unless it replaces nothing.
    let replaces = asked.fixed()
        && witness.mapping(asked.addr).is_none_or(|there| end.is_none_or(|end| there.start < end));
    let private_data = !asked.shared() && asked.writes() && !asked.grows_down();
    let grown = if replaces { None } else { grown(length, private_data, witness) };
    grown
        .or_else(|| if asked.huge() { huge_pages(asked, length, witness) } else { None })
        .or_else(|| {
            let counted = !asked.huge() && (private_data || asked.shared() && asked.file.is_none());
            if counted { overcommit(length, asked.reserved(), witness) } else { None }
        })
        .or_else(|| exhausted(false, witness))
        .or_else(|| {
            // Nowhere is a hole as large as that.
            let used = witness.used(Limit::AddressSpace)?;
            (length > space.checked_sub(used)?).then(|| too_large(length, space))
        })
}

/// A length that is negative or larger than the address space, whatever else there is.
pub fn no_length(length: u64, call: &'static str, witness: &dyn Witness) -> Option<Cause> {
    let signed = length as i64;
    if signed < 0 {
        return Some(Cause::LengthNegative { call: Word(call), length: Number(signed) });
    }
    let space = witness.address_end();
    (whole_pages(length, witness.page())? > space).then(|| too_large(length, space))
}

fn too_large(length: u64, space: u64) -> Cause {
    Cause::LengthTooLarge { length: Bytes(length), space: Bytes(space) }
}

/// `more` bytes in addition exceed RLIMIT_AS, or RLIMIT_DATA if they are private and writable.
pub fn grown(more: u64, private_data: bool, witness: &dyn Witness) -> Option<Cause> {
    if let Some((used, limit)) = over(Limit::AddressSpace, more, witness) {
        let (length, limit) = (Bytes(more), Bytes(limit));
        return Some(match used {
            Some(used) => Cause::LimitAddressSpace { length, used: Bytes(used), limit },
            None => Cause::LimitAddressSpaceAlone { length, limit },
        });
    }
    if private_data { data(more, witness) } else { None }
}

/// `more` bytes of private writable memory in addition exceed RLIMIT_DATA. (At 0 the kernel looks at the hard limit.)
pub fn data(more: u64, witness: &dyn Witness) -> Option<Cause> {
    let (used, limit) = over(Limit::Data, more, witness).filter(|(_, limit)| *limit != 0)?;
    let (length, limit) = (Bytes(more), Bytes(limit));
    Some(match used {
        Some(used) => Cause::LimitData { length, used: Bytes(used), limit },
        None => Cause::LimitDataAlone { length, limit },
    })
}

/// EAGAIN: locking `more` bytes in addition exceeds RLIMIT_MEMLOCK.
pub fn locked(more: u64, witness: &dyn Witness) -> Option<Cause> {
    let more = whole_pages(more, witness.page())?;
    let (used, limit) = over(Limit::Locked, more, witness)?;
    let (length, limit) = (Bytes(more), Bytes(limit));
    Some(match used {
        Some(used) => Cause::LimitLocked { length, used: Bytes(used), limit },
        None => Cause::LimitLockedAlone { length, limit },
    })
}

/// EPERM: this process may not lock a single page.
pub fn lock_forbidden(witness: &dyn Witness) -> bool {
    witness.limit(Limit::Locked) == Some(0) && witness.may_lock() == Some(false)
}

/// What is used (if that can be seen) and the limit, when `more` would exceed it.
fn over(limit: Limit, more: u64, witness: &dyn Witness) -> Option<(Option<u64>, u64)> {
    let bound = witness.limit(limit).filter(|bound| *bound != u64::MAX)?;
    let used = witness.used(limit);
    let total = used.unwrap_or(0).checked_add(more);
    // The kernel counts whole pages.
    total.is_none_or(|total| total > bound & !witness.page().wrapping_sub(1)).then_some((used, bound))
}

/// There are as many mappings as there may be. Asked last: one more page is refused for other reasons too.
pub fn exhausted(split: bool, witness: &dyn Witness) -> Option<Cause> {
    // At the limit of the address space the probe would fail for that.
    let probe = witness.page().checked_mul(3)?;
    if over(Limit::AddressSpace, probe, witness).is_some() || !witness.mappings_exhausted(split)? {
        return None;
    }
    Some(match witness.setting(Setting::MaxMapCount) {
        Some(limit) => Cause::LimitMappings { limit: Number(i64::try_from(limit).ok()?) },
        None => Cause::LimitMappingsUnread {},
    })
}

/// The kernel promises no memory that it does not have.
pub fn overcommit(more: u64, reserved: bool, witness: &dyn Witness) -> Option<Cause> {
    let mode = witness.setting(Setting::Overcommit)?;
    let length = Bytes(more);
    match mode {
        0 if reserved => {
            let memory = witness.memory()?;
            (more > memory).then_some(Cause::Overcommit { length, memory: Bytes(memory) })
        }
        2 => {
            let commit = witness.commit()?;
            let over = commit.committed.checked_add(more).is_none_or(|total| total > commit.limit);
            let (committed, limit) = (Bytes(commit.committed), Bytes(commit.limit));
            over.then_some(Cause::OvercommitStrict { length, committed, limit })
        }
        _ => None,
    }
}

fn huge_pages(asked: &Asked<'_>, length: u64, witness: &dyn Witness) -> Option<Cause> {
    let pool = witness.huge_pages(asked.huge_size())?;
    let needed = length.checked_add(pool.size)?.checked_sub(1)?.checked_div(pool.size)?;
    let (needed, free) = (i64::try_from(needed).ok()?, i64::try_from(pool.free).ok()?);
    (needed > free).then_some(Cause::HugePagesAbsent {
        needed: Number(needed),
        free: Number(free),
        size: Bytes(pool.size),
    })
}
