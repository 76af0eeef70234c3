//! Why munmap, msync, mprotect or mremap failed: calls on a range that should be mapped.

use super::super::call::Call;
use super::super::cause::Cause;
use super::super::facts::{Of, Witness};
use super::super::value::*;
use super::{file, limits, page_start, whole_pages};
use libc::*;

/// How many mappings of a range are looked at.
const STEPS: usize = 32;

/// PROT_SEM is of no use any more, but accepted; PROT_GROWSDOWN and PROT_GROWSUP belong to stacks.
const PROT_KNOWN: i32 = PROT_READ | PROT_WRITE | PROT_EXEC | 8 | PROT_GROWSDOWN | PROT_GROWSUP;
const REMAP_KNOWN: i32 = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

/// A call on a range.
struct Range<'a> {
    call: Word,
    addr: u64,
    length: u64,
    witness: &'a dyn Witness,
}

#[inline(never)] // its stack is needed only here
pub fn changed(call: &Call, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let range = |name, addr, length| Range { call: Word(name), addr, length, witness };
    match *call {
        Call::Unmap { addr, length } => range("munmap", addr, length).unmap(errno),
        Call::Sync { addr, length, flags } => range("msync", addr, length).sync(errno, flags),
        Call::Protect { addr, length, prot } => range("mprotect", addr, length).protect(errno, prot),
        Call::Remap { addr, old, new, flags, .. } => range("mremap", addr, old).remap(errno, new, flags),
        _ => None,
    }
}

/// mm_guard and its companions.
#[inline(never)] // its stack is needed only here
pub fn guarded(call: &Call, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let name = Word(call.name());
    match *call {
        Call::Guard { addr, length } => {
            let range = Range { call: name, addr, length, witness };
            match errno {
                EINVAL => range.bad_address().or_else(|| range.empty(length)).or_else(|| range.too_high()),
                ENOMEM => range.outside(),
                _ => None,
            }
        }
        Call::Unguard { addr, .. } | Call::GuardTripped { addr } if errno == EINVAL => {
            Some(Cause::NotGuarded { call: name, address: Address(addr) })
        }
        _ => None,
    }
}

impl Range<'_> {
    fn unmap(&self, errno: i32) -> Option<Cause> {
        match errno {
            EINVAL => self
                .bad_address()
                .or_else(|| self.empty(self.length))
                .or_else(|| limits::no_length(self.length, self.call.0, self.witness))
                .or_else(|| self.too_high())
                .or_else(|| self.huge()),
            ENOMEM => limits::exhausted(true, self.witness),
            EPERM => self.sealed(),
            _ => None,
        }
    }

    fn sync(&self, errno: i32, flags: i32) -> Option<Cause> {
        match errno {
            EINVAL => {
                if let Some(cause) = self.map_failed() {
                    return Some(cause);
                }
                let unknown = flags & !(MS_ASYNC | MS_INVALIDATE | MS_SYNC);
                if unknown != 0 {
                    return Some(Cause::SyncUnknown {
                        bits: Symbols { of: Set::Sync, bits: unknown as u32 },
                    });
                }
                let both = MS_SYNC | MS_ASYNC;
                self.bad_address().or_else(|| (flags & both == both).then_some(Cause::SyncBoth {}))
            }
            ENOMEM => self.outside(),
            EBUSY if flags & MS_INVALIDATE != 0 => {
                Some(Cause::SyncLocked { address: Address(self.addr), length: Bytes(self.length) })
            }
            _ => None,
        }
    }

    fn protect(&self, errno: i32, prot: i32) -> Option<Cause> {
        match errno {
            EINVAL => {
                let unknown = prot & !PROT_KNOWN;
                let bits = Symbols { of: Set::Prot, bits: unknown as u32 };
                self.bad_address()
                    .or_else(|| (unknown != 0).then_some(Cause::FlagUnsupported { call: self.call, bits }))
                    .or_else(|| self.huge())
            }
            ENOMEM => self.outside().or_else(|| self.no_memory(prot)),
            EACCES => self.forbidden(prot),
            EPERM => self.sealed(),
            _ => None,
        }
    }

    fn remap(&self, errno: i32, new: u64, flags: i32) -> Option<Cause> {
        match errno {
            EINVAL => {
                let unknown = flags & !REMAP_KNOWN;
                let bits = Symbols { of: Set::Remap, bits: unknown as u32 };
                self.bad_address()
                    .or_else(|| (unknown != 0).then_some(Cause::FlagUnsupported { call: self.call, bits }))
                    .or_else(|| self.empty(new))
                    .or_else(|| limits::no_length(new, self.call.0, self.witness))
                    .or_else(|| self.huge())
            }
            EFAULT => self.outside(),
            ENOMEM => self.no_room(new, flags),
            EAGAIN => limits::locked(new.checked_sub(self.length)?, self.witness),
            EPERM => self.sealed(),
            _ => None,
        }
    }

    /// EINVAL for the address.
    fn bad_address(&self) -> Option<Cause> {
        let page = self.witness.page();
        if let Some(cause) = self.map_failed() {
            return Some(cause);
        }
        if self.addr == page_start(self.addr, page) {
            return None;
        }
        // The page, not the mapping: the kernel may have merged that with its neighbour.
        let start = page_start(self.addr, page);
        let inside = Bytes(self.addr - start);
        let (call, address, page, start) = (self.call, Address(self.addr), Bytes(page), Address(start));
        let there = self.witness.mapping(self.addr).filter(|there| there.holds(self.addr));
        Some(match there {
            Some(there) if there.name.bytes() == b"[stack]" => Cause::AddressOnStack { call, address },
            Some(there) if there.name.bytes() == b"[heap]" => Cause::AddressOnHeap { call, address, page },
            Some(_) => Cause::AddressUnaligned { call, address, page, start, inside },
            None => Cause::AddressUnalignedNowhere { call, address, page },
        })
    }

    fn map_failed(&self) -> Option<Cause> {
        (self.addr == u64::MAX).then(|| match self.witness.failed_map() {
            Some((earlier, _)) => Cause::MapFailedPointer { call: self.call, earlier, why: Why },
            None => Cause::MapFailedPointerAlone { call: self.call },
        })
    }

    fn empty(&self, length: u64) -> Option<Cause> {
        (length == 0).then_some(Cause::LengthZero { call: self.call })
    }

    fn end(&self) -> Option<u64> {
        self.addr.checked_add(whole_pages(self.length, self.witness.page())?)
    }

    fn too_high(&self) -> Option<Cause> {
        let inside = self.end().is_some_and(|end| end <= self.witness.address_end());
        let (address, length) = (Address(self.addr), Bytes(self.length));
        (!inside).then_some(Cause::AddressTooHigh { call: self.call, address, length })
    }

    /// A huge page is changed whole, or not at all.
    fn huge(&self) -> Option<Cause> {
        let end = self.end()?;
        for at in [self.addr, end.checked_sub(1)?] {
            let there = self.witness.mapping(at)?;
            let size = there.page;
            if there.holds(at) && size > self.witness.page() && (self.addr | end) & (size - 1) != 0 {
                let (length, size) = (Bytes(self.length), Bytes(size));
                return Some(Cause::HugePageLength { call: self.call, length, size });
            }
        }
        None
    }

    /// Only mseal() makes the kernel answer EPERM to these calls.
    fn sealed(&self) -> Option<Cause> {
        let end = self.end()?;
        let (address, length) = (Address(self.addr), Bytes(self.length));
        (self.witness.memory_sealed(self.addr, end) != Some(false)).then_some(Cause::MemorySealed {
            call: self.call,
            address,
            length,
        })
    }

    /// The first part of the range that is not mapped.
    fn outside(&self) -> Option<Cause> {
        if let Some(cause) = limits::no_length(self.length, self.call.0, self.witness) {
            return Some(cause);
        }
        let end = self.end()?;
        let mut at = self.addr;
        for _ in 0..STEPS {
            let there = self.witness.mapping(at)?;
            if there.start > at {
                return Some(Cause::RangeUnmapped {
                    call: self.call,
                    address: Address(self.addr),
                    length: Bytes(self.length),
                    hole: Address(at),
                    size: Bytes(there.start.min(end) - at),
                });
            }
            at = there.end;
            if at >= end {
                return None;
            }
        }
        None
    }

    /// mprotect's ENOMEM on a range without holes.
    fn no_memory(&self, prot: i32) -> Option<Cause> {
        let there = self.witness.mapping(self.addr)?;
        let data = prot & PROT_WRITE != 0 && !there.shared && there.prot & PROT_WRITE == 0;
        let length = whole_pages(self.length, self.witness.page())?;
        // Not RLIMIT_AS: nothing new is mapped.
        data.then(|| {
            limits::data(length, self.witness).or_else(|| limits::overcommit(length, true, self.witness))
        })
        .flatten()
        .or_else(|| limits::exhausted(true, self.witness))
    }

    /// mprotect's EACCES: the first mapping of the range that may not become what is asked.
    fn forbidden(&self, prot: i32) -> Option<Cause> {
        let end = self.end()?;
        let mut at = self.addr;
        for _ in 0..STEPS {
            let there = self.witness.mapping(at)?;
            if !there.holds(at) {
                return None;
            }
            let of = Of::Mapping(at);
            // Neither anonymous memory nor "[heap]" and its like.
            let is_file = !matches!(there.name.bytes(), [] | [b'[', ..]);
            if is_file && prot & PROT_EXEC != 0 && there.prot & PROT_EXEC == 0 {
                if let Some(cause) = file::no_exec(of, self.witness) {
                    return Some(cause);
                }
            }
            let writes = prot & PROT_WRITE != 0 && there.prot & PROT_WRITE == 0;
            if is_file && writes && there.shared && self.witness.policy_enforced() == Some(false) {
                let read_only = Cause::FdReadOnlyProtect { what: Memory(there.name) };
                let name = there.name.bytes();
                if !name.strip_prefix(b"/").unwrap_or(name).starts_with(b"memfd:") {
                    return Some(read_only);
                }
                // A file in memory may be sealed instead.
                self.witness.seals(of)?;
                return Some(file::sealed(of, self.witness).unwrap_or(read_only));
            }
            at = there.end;
            if at >= end {
                break;
            }
        }
        let file = File(self.witness.name(Of::Mapping(self.addr)));
        self.witness.policy_enforced()?.then_some(Cause::SecurityPolicy { call: self.call, file })
    }

    /// mremap's ENOMEM.
    fn no_room(&self, new: u64, flags: i32) -> Option<Cause> {
        let page = self.witness.page();
        let more = whole_pages(new, page)?.checked_sub(whole_pages(self.length, page)?)?;
        let mapping = self.witness.mapping(self.addr)?;
        if flags & MREMAP_MAYMOVE == 0 && more > 0 {
            let end = self.end()?;
            let next = self.witness.mapping(end)?;
            if next.start < end.checked_add(more)? {
                let (what, start) = (Memory(next.name), Address(next.start));
                return Some(Cause::NoRoomToGrow { new: Bytes(new), what, start });
            }
        }
        let data = !mapping.shared && mapping.prot & PROT_WRITE != 0;
        limits::no_length(new, self.call.0, self.witness)
            .or_else(|| limits::grown(more, data, self.witness))
            .or_else(|| if data { limits::overcommit(more, true, self.witness) } else { None })
            .or_else(|| limits::exhausted(true, self.witness))
    }
}
