//! Why mmap failed.

use super::super::call::Call;
use super::super::cause::Cause;
use super::super::facts::{Descriptor, Of, Setting, Witness};
use super::super::value::*;
use super::{file, limits, page_start, whole_pages};
use libc::*;

/// The bits that MAP_SHARED_VALIDATE accepts (Linux' LEGACY_MAP_MASK): they were there before it.
const LEGACY: i32 = MAP_SHARED
    | MAP_PRIVATE
    | MAP_FIXED
    | MAP_ANONYMOUS
    | MAP_DENYWRITE
    | MAP_EXECUTABLE
    | MAP_GROWSDOWN
    | MAP_LOCKED
    | MAP_NORESERVE
    | MAP_POPULATE
    | MAP_NONBLOCK
    | MAP_STACK
    | MAP_HUGETLB
    | MAP_32BIT
    | MAP_ABOVE4G
    | MAP_HUGE_MASK << MAP_HUGE_SHIFT;
/// x86 only; elsewhere the kernel has no such bits.
#[cfg(target_arch = "x86_64")]
const MAP_32BIT: i32 = 0x40;
#[cfg(not(target_arch = "x86_64"))]
const MAP_32BIT: i32 = 0;
#[cfg(target_arch = "x86_64")]
const MAP_ABOVE4G: i32 = 0x80;
#[cfg(not(target_arch = "x86_64"))]
const MAP_ABOVE4G: i32 = 0;
/// Anonymous memory that the kernel may drop (Linux 6.11).
const MAP_DROPPABLE: i32 = 8;
const MAP_HUGE_MASK: i32 = 63;
const MAP_HUGE_SHIFT: i32 = 26;

/// What was asked of mmap.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub addr: u64,
    pub length: u64,
    pub prot: i32,
    pub flags: i32,
    /// None: anonymous memory.
    pub file: Option<Of<'a>>,
    pub offset: i64,
}

impl Asked<'_> {
    fn has(&self, flags: i32) -> bool {
        self.flags & flags != 0
    }

    /// SHARED, PRIVATE, SHARED_VALIDATE or nonsense.
    fn kind(&self) -> i32 {
        self.flags & MAP_TYPE
    }

    pub fn shared(&self) -> bool {
        matches!(self.kind(), MAP_SHARED | MAP_SHARED_VALIDATE)
    }

    /// The address is an order, not a wish.
    pub fn fixed(&self) -> bool {
        self.has(MAP_FIXED | MAP_FIXED_NOREPLACE)
    }

    pub fn writes(&self) -> bool {
        self.prot & PROT_WRITE != 0
    }

    pub fn reserved(&self) -> bool {
        !self.has(MAP_NORESERVE)
    }

    pub fn grows_down(&self) -> bool {
        self.has(MAP_GROWSDOWN)
    }

    pub fn huge(&self) -> bool {
        self.has(MAP_HUGETLB)
    }

    /// The logarithm of the size of huge pages that was asked for; 0: the usual one.
    pub fn huge_size(&self) -> u32 {
        ((self.flags >> MAP_HUGE_SHIFT) & MAP_HUGE_MASK) as u32
    }

    fn symbols(&self, bits: i32) -> Symbols {
        Symbols { of: Set::Map, bits: bits as u32 }
    }
}

#[inline(never)] // its stack is needed only here
pub fn mapped(call: &Call, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let Call::Map { addr, length, prot, flags, fd, offset } = *call else { return None };
    let file = (flags & MAP_ANONYMOUS == 0).then_some(Of::Descriptor(fd));
    refused(&Asked { addr, length, prot, flags, file, offset }, errno, witness)
}

/// Why the kernel refused a mapping.
pub fn refused(asked: &Asked<'_>, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    match errno {
        EBADF => match asked.file? {
            Of::Descriptor(-1) if asked.prot & MAP_ANONYMOUS != 0 => Some(Cause::FdMinusOneSwapped {}),
            Of::Descriptor(-1) => Some(Cause::FdMinusOne {}),
            Of::Descriptor(fd) => file::bad_descriptor(fd, witness),
            _ => None,
        },
        EINVAL => invalid(asked, witness),
        ENOMEM => limits::memory(asked, witness),
        EAGAIN => limits::locked(asked.length, witness),
        EOVERFLOW => overflow(asked, witness),
        EEXIST => in_use(asked, witness),
        EPERM => not_permitted(asked, witness),
        EACCES => access(asked, witness),
        EOPNOTSUPP => unsupported(asked, witness),
        ENODEV | EIO => {
            let of = asked.file?;
            file::shared_folder(of, witness).or_else(|| file::not_mappable(of, errno, witness))
        }
        _ => None,
    }
}

/// EINVAL.
fn invalid(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    let page = witness.page();
    let delta = asked.offset & (page as i64 - 1);
    if delta != 0 {
        let offset = Number(asked.offset);
        return Some(if asked.offset < 0 {
            Cause::OffsetNegative { offset }
        } else if asked.file.is_none() {
            Cause::OffsetAnonymous { offset }
        } else {
            let nearest = Number(asked.offset - delta);
            Cause::OffsetUnaligned { offset, page: Bytes(page), nearest, delta: Number(delta) }
        });
    }
    if asked.length == 0 {
        return Some(asked.file.and_then(|of| file::empty(of, witness)).unwrap_or(ZERO));
    }
    let mut page = page;
    if asked.huge() {
        match asked.file {
            Some(of) if file::ordinary(of, witness)? => {
                return Some(Cause::FlagHugeFile { file: File(witness.name(of)) });
            }
            Some(_) => {}
            None => match witness.huge_pages(asked.huge_size())?.size {
                0 => {
                    let bits = asked.flags & (MAP_HUGETLB | MAP_HUGE_MASK << MAP_HUGE_SHIFT);
                    return Some(Cause::FlagUnsupported { call: Word("mmap"), bits: asked.symbols(bits) });
                }
                size => page = size,
            },
        }
    }
    if asked.fixed() && asked.addr != page_start(asked.addr, page) {
        let nearest = Address(page_start(asked.addr, page));
        return Some(Cause::AddressUnalignedFixed {
            address: Address(asked.addr),
            page: Bytes(page),
            nearest,
        });
    }
    kind(asked).or_else(|| file::shared_folder(asked.file?, witness))
}

const ZERO: Cause = Cause::LengthZero { call: Word("mmap") };

/// EINVAL for the type, and for what does not go with it.
fn kind(asked: &Asked<'_>) -> Option<Cause> {
    let kind = asked.kind();
    match (kind, asked.file) {
        (MAP_SHARED_VALIDATE, None) => Some(Cause::TypeBoth {}),
        (MAP_SHARED | MAP_PRIVATE | MAP_SHARED_VALIDATE, file) => {
            let wrong = asked.grows_down() && (file.is_some() || asked.shared());
            wrong.then(|| Cause::GrowsdownUnsupported { flags: asked.symbols(asked.flags) })
        }
        (MAP_DROPPABLE, _) => {
            Some(Cause::FlagUnsupported { call: Word("mmap"), bits: asked.symbols(MAP_DROPPABLE) })
        }
        _ if kind & MAP_SHARED_VALIDATE == 0 => {
            Some(Cause::TypeMissing { flags: asked.symbols(asked.flags) })
        }
        _ => {
            let bits = asked.symbols(kind & !MAP_SHARED_VALIDATE);
            Some(Cause::FlagUnsupported { call: Word("mmap"), bits })
        }
    }
}

/// EOVERFLOW.
fn overflow(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    let (offset, length) = (Number(asked.offset), Bytes(asked.length));
    if asked.offset < 0 {
        return Some(Cause::OffsetNegative { offset });
    }
    let end = (asked.offset as u64).checked_add(whole_pages(asked.length, witness.page())?);
    if end.is_none_or(|end| end > i64::MAX as u64) {
        return Some(Cause::SumOverflow { offset, length });
    }
    let of = asked.file?;
    let regular = witness.file(of)?.mode & S_IFMT == S_IFREG;
    regular.then(|| Cause::FileReach { file: File(witness.name(of)), offset, length })
}

/// EEXIST.
fn in_use(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    let end = asked.addr.checked_add(asked.length)?;
    let there = witness.mapping(asked.addr)?;
    (there.start < end).then_some(Cause::AddressInUse {
        address: Address(asked.addr),
        what: Memory(there.name),
        start: Address(there.start),
        end: Address(there.end),
    })
}

/// EPERM.
fn not_permitted(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    if asked.fixed() && asked.addr < (1 << 32) {
        let lowest = witness.setting(Setting::LowestAddress)?;
        if asked.addr < lowest && witness.address_forbidden(asked.addr) != Some(false) {
            return Some(Cause::AddressTooLow { address: Address(asked.addr), lowest: Address(lowest) });
        }
    }
    if asked.has(MAP_LOCKED) && limits::lock_forbidden(witness) {
        return Some(Cause::LimitLockedZero {});
    }
    if let Some(of) = asked.file {
        if asked.shared() {
            if let Some(cause) = file::sealed(of, witness) {
                return Some(cause);
            }
        }
        if asked.prot & PROT_EXEC != 0 {
            if let Some(cause) = file::no_exec(of, witness) {
                return Some(cause);
            }
        }
    }
    if asked.fixed() && witness.memory_sealed(asked.addr, asked.addr.checked_add(asked.length)?)? {
        let (address, length) = (Address(asked.addr), Bytes(asked.length));
        return Some(Cause::MemorySealed { call: Word("mmap"), address, length });
    }
    None
}

/// EACCES.
fn access(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    let of = asked.file?;
    if let Some(cause) = file::not_mappable(of, EACCES, witness) {
        return Some(cause);
    }
    let Of::Descriptor(fd) = of else { return None };
    let Descriptor::Open(flags) = witness.descriptor(fd)? else { return None };
    let file = File(witness.name(of));
    match flags & O_ACCMODE {
        O_WRONLY => Some(Cause::FdWriteOnly { file }),
        O_RDONLY if asked.shared() && asked.writes() => Some(Cause::FdReadOnly { file }),
        O_RDWR if asked.shared() && witness.file(of)?.append_only == Some(true) => {
            Some(Cause::InodeAppendOnly { file })
        }
        _ => witness.policy_enforced()?.then_some(Cause::SecurityPolicy { call: Word("mmap"), file }),
    }
}

/// EOPNOTSUPP.
fn unsupported(asked: &Asked<'_>, witness: &dyn Witness) -> Option<Cause> {
    if asked.kind() != MAP_SHARED_VALIDATE {
        return None;
    }
    let unknown = asked.flags & !(LEGACY | MAP_SYNC);
    if unknown != 0 {
        return Some(Cause::FlagValidated { bits: asked.symbols(unknown) });
    }
    let file = File(witness.name(asked.file?));
    asked.has(MAP_SYNC).then_some(Cause::FlagSync { file })
}
