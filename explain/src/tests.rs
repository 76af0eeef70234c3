//! The finder with made-up facts, one test a slug: what is proven is named with its values, and where a fact is missing
//! or contradicts the errno, nothing is named.

use super::call::{Call, Path, Wait};
use super::cause::{Cause, CauseKind};
use super::facts::File as Stat;
use super::facts::*;
use super::find::{cause, story};
use super::finding::{Finding, FindingKind};
use super::language::Language;
use super::name::Name;
use super::say;
use super::slug::Slug;
use super::value::File;
use super::value::*;
use libc::*;

/// What can be seen; by default nothing but the page.
#[derive(Clone)]
struct Facts {
    descriptor: Option<Descriptor>,
    file: Option<Stat>,
    file_system: Option<FileSystem>,
    name: &'static str,
    mount: &'static str,
    seals: Option<u32>,
    mappings: Option<&'static [Mapping]>,
    memory_sealed: Option<bool>,
    limits: [Option<u64>; 3],
    used: [Option<u64>; 3],
    may_lock: Option<bool>,
    exhausted: Option<bool>,
    forbidden: Option<bool>,
    settings: [Option<u64>; 3],
    memory: Option<u64>,
    commit: Option<Commit>,
    huge_pages: Option<HugePages>,
    lock: Option<Handle>,
    holder: Option<Holder>,
    policy: Option<bool>,
    failed: Option<(Call, i32)>,
}

const BLIND: Facts = Facts {
    descriptor: None,
    file: None,
    file_system: None,
    name: "",
    mount: "",
    seals: None,
    mappings: None,
    memory_sealed: None,
    limits: [None; 3],
    used: [None; 3],
    may_lock: None,
    exhausted: None,
    forbidden: None,
    settings: [None; 3],
    memory: None,
    commit: None,
    huge_pages: None,
    lock: None,
    holder: None,
    policy: None,
    failed: None,
};

const GIB: u64 = 1 << 30;
const NO_LIMIT: u64 = u64::MAX;
const END: u64 = 0x7fff_ffff_f000;

/// An ordinary process with an ordinary file, where nothing is in the way.
const PLAIN: Facts = Facts {
    descriptor: Some(Descriptor::Open(O_RDWR)),
    file: Some(Stat { mode: S_IFREG | 0o600, size: 10_000, device: (0, 0), append_only: Some(false) }),
    file_system: Some(FileSystem { magic: 0xef53, no_exec: false, free: GIB }),
    name: "data.bin",
    mount: "/home",
    seals: Some(0),
    mappings: Some(&[]),
    memory_sealed: Some(false),
    limits: [Some(NO_LIMIT); 3],
    used: [Some(GIB), Some(GIB / 2), Some(0)],
    may_lock: Some(false),
    exhausted: Some(false),
    forbidden: Some(false),
    settings: [Some(65530), Some(65536), Some(0)],
    memory: Some(16 * GIB),
    commit: Some(Commit { limit: 8 * GIB, committed: 4 * GIB }),
    huge_pages: Some(HugePages { size: 2 << 20, total: 0, free: 0 }),
    lock: Some(Handle::Open { fd: 3, mine: false, here: false }),
    holder: None,
    policy: Some(false),
    failed: None,
};

fn at(limit: Limit) -> usize {
    match limit {
        Limit::AddressSpace => 0,
        Limit::Data => 1,
        Limit::Locked => 2,
    }
}

impl Witness for Facts {
    fn page(&self) -> u64 {
        4096
    }
    fn address_end(&self) -> u64 {
        END
    }
    fn path(&self, _: Path) -> Name {
        Name::new(self.name.as_bytes())
    }
    fn descriptor(&self, _: i32) -> Option<Descriptor> {
        self.descriptor
    }
    fn file(&self, _: Of<'_>) -> Option<Stat> {
        self.file
    }
    fn file_system(&self, _: Of<'_>) -> Option<FileSystem> {
        self.file_system
    }
    fn name(&self, _: Of<'_>) -> Name {
        Name::new(self.name.as_bytes())
    }
    fn mount(&self, _: Of<'_>) -> Name {
        Name::new(self.mount.as_bytes())
    }
    fn seals(&self, _: Of<'_>) -> Option<u32> {
        self.seals
    }
    fn mapping(&self, address: u64) -> Option<Mapping> {
        Some(*self.mappings?.iter().find(|mapping| mapping.end > address).unwrap_or(&Mapping::NONE))
    }
    fn memory_sealed(&self, _: u64, _: u64) -> Option<bool> {
        self.memory_sealed
    }
    fn limit(&self, limit: Limit) -> Option<u64> {
        self.limits[at(limit)]
    }
    fn used(&self, limit: Limit) -> Option<u64> {
        self.used[at(limit)]
    }
    fn may_lock(&self) -> Option<bool> {
        self.may_lock
    }
    fn mappings_exhausted(&self, _: bool) -> Option<bool> {
        self.exhausted
    }
    fn address_forbidden(&self, _: u64) -> Option<bool> {
        self.forbidden
    }
    fn setting(&self, setting: Setting) -> Option<u64> {
        self.settings[match setting {
            Setting::MaxMapCount => 0,
            Setting::LowestAddress => 1,
            Setting::Overcommit => 2,
        }]
    }
    fn memory(&self) -> Option<u64> {
        self.memory
    }
    fn commit(&self) -> Option<Commit> {
        self.commit
    }
    fn huge_pages(&self, _: u32) -> Option<HugePages> {
        self.huge_pages
    }
    fn lock(&self, _: u64) -> Option<Handle> {
        self.lock
    }
    fn lock_holder(&self, _: i32, _: bool, _: i64, _: i64) -> Option<Holder> {
        self.holder
    }
    fn policy_enforced(&self) -> Option<bool> {
        self.policy
    }
    fn failed_map(&self) -> Option<(Call, i32)> {
        self.failed
    }
}

const START: u64 = 0x7000_0000_0000;

/// A page of the file, and what may change of it.
const PAGE: Mapping =
    Mapping { start: START, end: START + 4096, prot: PROT_READ, shared: true, page: 4096, name: Name::NONE };

fn name(text: &str) -> Name {
    Name::new(text.as_bytes())
}

fn data() -> File {
    File(name("data.bin"))
}

fn map(length: u64, prot: i32, flags: i32, offset: i64) -> Call {
    Call::Map { addr: 0, length, prot, flags, fd: 3, offset }
}

fn map_at(addr: u64, length: u64, flags: i32) -> Call {
    Call::Map { addr, length, prot: PROT_READ, flags: flags | MAP_PRIVATE | MAP_ANONYMOUS, fd: -1, offset: 0 }
}

const ANYWHERE: i32 = MAP_PRIVATE | MAP_ANONYMOUS;

/// Nothing is named: for other facts than those that prove it, and for a blind witness.
#[track_caller]
fn nothing(call: Call, errno: i32, facts: &Facts) {
    let kind = cause(&call, errno, facts).kind();
    assert!(matches!(kind, CauseKind::Unknown | CauseKind::Plain | CauseKind::PlainFile), "{kind:?}");
}

#[track_caller]
fn named(call: Call, errno: i32, facts: &Facts, wanted: Cause) {
    assert_eq!(cause(&call, errno, facts), wanted);
}

#[test]
fn length_zero() {
    let call = map(0, PROT_READ, MAP_SHARED, 0);
    named(call, EINVAL, &PLAIN, Cause::LengthZero { call: Word("mmap") });
    named(call, EINVAL, &BLIND, Cause::LengthZero { call: Word("mmap") });
    named(Call::Unmap { addr: START, length: 0 }, EINVAL, &PLAIN, Cause::LengthZero { call: Word("munmap") });
    let proc = Facts {
        file: Some(Stat { size: 0, ..PLAIN.file.unwrap() }),
        file_system: Some(FileSystem { magic: 0x9fa0, no_exec: true, free: 0 }),
        ..PLAIN
    };
    named(call, EINVAL, &proc, Cause::LengthZeroPseudo { file: data() });
    nothing(call, ENOMEM, &PLAIN);
}

#[test]
fn file_empty() {
    let facts = Facts { file: Some(Stat { size: 0, ..PLAIN.file.unwrap() }), ..PLAIN };
    named(map(0, PROT_READ, MAP_SHARED, 0), EINVAL, &facts, Cause::FileEmpty { file: data() });
    let call = Call::MapFile { path: Path(0), prot: PROT_READ, flags: MAP_SHARED };
    named(call, EINVAL, &facts, Cause::FileEmpty { file: data() });
    // A pipe has size 0 too.
    let pipe = Facts { file: Some(Stat { mode: S_IFIFO, size: 0, ..PLAIN.file.unwrap() }), ..PLAIN };
    named(map(0, PROT_READ, MAP_SHARED, 0), EINVAL, &pipe, Cause::LengthZero { call: Word("mmap") });
}

#[test]
fn length_negative() {
    let wanted = Cause::LengthNegative { call: Word("mmap"), length: Number(-1) };
    named(map(u64::MAX, PROT_READ, MAP_SHARED, 0), ENOMEM, &BLIND, wanted);
    let wanted = Cause::LengthNegative { call: Word("munmap"), length: Number(-4096) };
    named(Call::Unmap { addr: START, length: 4096_u64.wrapping_neg() }, EINVAL, &BLIND, wanted);
    let call = Call::CreateFile { path: Path(0), length: u64::MAX, mode: 0o600 };
    let wanted = Cause::LengthNegative { call: Word("mm_create_file"), length: Number(-1) };
    named(call, EFBIG, &PLAIN, wanted);
}

#[test]
fn length_too_large() {
    let wanted = |length| Cause::LengthTooLarge { length: Bytes(length), space: Bytes(END) };
    named(map(1 << 50, PROT_READ, MAP_SHARED, 0), ENOMEM, &BLIND, wanted(1 << 50));
    // It would fit into an empty address space, but not beside what is there.
    let length = END - GIB / 2;
    named(map(length, PROT_NONE, ANYWHERE, 0), ENOMEM, &PLAIN, wanted(length));
    nothing(map(length, PROT_NONE, ANYWHERE, 0), ENOMEM, &Facts { used: [None; 3], ..PLAIN });
}

#[test]
fn offset_unaligned() {
    let wanted = Cause::OffsetUnaligned {
        offset: Number(5000),
        page: Bytes(4096),
        nearest: Number(4096),
        delta: Number(904),
    };
    named(map(10, PROT_READ, MAP_SHARED, 5000), EINVAL, &BLIND, wanted);
    // It is looked at before anything else.
    named(map(0, PROT_READ, 0, 5000), EINVAL, &BLIND, wanted);
    named(map(10, PROT_READ, ANYWHERE, 5), EINVAL, &BLIND, Cause::OffsetAnonymous { offset: Number(5) });
}

#[test]
fn range_overflow() {
    let wanted = Cause::OffsetNegative { offset: Number(-4096) };
    named(map(10, PROT_READ, MAP_SHARED, -4096), EOVERFLOW, &BLIND, wanted);
    named(map(10, PROT_READ, MAP_SHARED, -1), EINVAL, &BLIND, Cause::OffsetNegative { offset: Number(-1) });
    let offset = i64::MAX & !4095;
    let wanted = Cause::SumOverflow { offset: Number(offset), length: Bytes(8192) };
    named(map(8192, PROT_READ, MAP_SHARED, offset), EOVERFLOW, &BLIND, wanted);
    let wanted = Cause::FileReach { file: data(), offset: Number(1 << 50), length: Bytes(10) };
    named(map(10, PROT_READ, MAP_SHARED, 1 << 50), EOVERFLOW, &PLAIN, wanted);
    nothing(map(10, PROT_READ, MAP_SHARED, 1 << 50), EOVERFLOW, &BLIND);
}

#[test]
fn address_unaligned() {
    let facts = Facts { mappings: Some(&[PAGE]), ..PLAIN };
    let call = Call::Unmap { addr: START + 5, length: 10 };
    let (word, address, page) = (Word("munmap"), Address(START + 5), Bytes(4096));
    let (start, inside) = (Address(START), Bytes(5));
    named(call, EINVAL, &facts, Cause::AddressUnaligned { call: word, address, page, start, inside });
    // Merged with its neighbour below: where the page begins stays the same.
    let merged = Box::leak(Box::new([Mapping { start: START - (5 << 20), ..PAGE }]));
    let facts = Facts { mappings: Some(merged), ..PLAIN };
    named(call, EINVAL, &facts, Cause::AddressUnaligned { call: word, address, page, start, inside });
    let on = |what| {
        let mappings = Box::leak(Box::new([Mapping { name: name(what), ..PAGE }]));
        Facts { mappings: Some(mappings), ..PLAIN }
    };
    named(call, EINVAL, &on("[stack]"), Cause::AddressOnStack { call: word, address });
    named(call, EINVAL, &on("[heap]"), Cause::AddressOnHeap { call: word, address, page });
    let wanted = Cause::AddressUnalignedNowhere { call: word, address, page };
    named(call, EINVAL, &PLAIN, wanted);
    named(call, EINVAL, &BLIND, wanted);
    let wanted = Cause::AddressUnalignedFixed { address: Address(0x1005), page, nearest: Address(0x1000) };
    named(map_at(0x1005, 10, MAP_FIXED), EINVAL, &BLIND, wanted);
    nothing(map_at(0x1005, 10, 0), EINVAL, &PLAIN);
    let huge =
        Cause::AddressUnalignedFixed { address: Address(0x1000), page: Bytes(2 << 20), nearest: Address(0) };
    named(map_at(0x1000, 10, MAP_FIXED | MAP_HUGETLB), EINVAL, &PLAIN, huge);
}

#[test]
fn address_in_use() {
    let facts = Facts { mappings: Some(&[PAGE]), ..PLAIN };
    let call = map_at(START, 4096, MAP_FIXED_NOREPLACE);
    let (what, start, end) = (Memory(Name::NONE), Address(START), Address(START + 4096));
    named(call, EEXIST, &facts, Cause::AddressInUse { address: Address(START), what, start, end });
    // Gone meanwhile.
    nothing(call, EEXIST, &PLAIN);
    nothing(call, EEXIST, &BLIND);
    let next = Mapping { start: START + 4096, end: START + 8192, ..PAGE };
    let both: &[Mapping] = &[PAGE, next];
    let facts = Facts { mappings: Some(both.to_vec().leak()), ..PLAIN };
    let grow = Call::Remap { addr: START, old: 4096, new: 8192, flags: 0, to: 0 };
    let wanted = Cause::NoRoomToGrow { new: Bytes(8192), what, start: Address(START + 4096) };
    named(grow, ENOMEM, &facts, wanted);
    nothing(Call::Remap { addr: START, old: 4096, new: 8192, flags: MREMAP_MAYMOVE, to: 0 }, ENOMEM, &facts);
}

#[test]
fn address_forbidden() {
    let facts = Facts { forbidden: Some(true), ..PLAIN };
    let wanted = Cause::AddressTooLow { address: Address(0), lowest: Address(65536) };
    named(map_at(0, 4096, MAP_FIXED), EPERM, &facts, wanted);
    // A privileged process may: it was something else.
    nothing(map_at(0, 4096, MAP_FIXED), EPERM, &PLAIN);
    let wanted =
        |call| Cause::AddressTooHigh { call: Word(call), address: Address(END), length: Bytes(8192) };
    named(map_at(END, 8192, MAP_FIXED), ENOMEM, &facts, wanted("mmap"));
    nothing(map_at(END, 8192, MAP_FIXED), ENOMEM, &PLAIN);
    named(Call::Unmap { addr: END, length: 8192 }, EINVAL, &PLAIN, wanted("munmap"));
}

#[test]
fn types() {
    let flags = |bits: i32| Symbols { of: Set::Map, bits: bits as u32 };
    named(map(10, PROT_READ, 0, 0), EINVAL, &BLIND, Cause::TypeMissing { flags: flags(0) });
    let anonymous = flags(MAP_ANONYMOUS);
    named(map(10, PROT_READ, MAP_ANONYMOUS, 0), EINVAL, &BLIND, Cause::TypeMissing { flags: anonymous });
    let both = MAP_SHARED | MAP_PRIVATE;
    named(map(10, PROT_READ, both | MAP_ANONYMOUS, 0), EINVAL, &BLIND, Cause::TypeBoth {});
    nothing(map(10, PROT_READ, both, 0), EINVAL, &PLAIN);
    let down = ANYWHERE ^ MAP_PRIVATE | MAP_SHARED | MAP_GROWSDOWN;
    named(map(10, PROT_READ, down, 0), EINVAL, &BLIND, Cause::GrowsdownUnsupported { flags: flags(down) });
    nothing(map(10, PROT_READ, ANYWHERE | MAP_GROWSDOWN, 0), EINVAL, &PLAIN);
    let call = Call::MapFile { path: Path(0), prot: PROT_READ, flags: 0 };
    named(call, EINVAL, &BLIND, Cause::TypeMissing { flags: flags(0) });
}

#[test]
fn flag_unsupported() {
    let flags = |bits: i32| Symbols { of: Set::Map, bits: bits as u32 };
    let bit = 1 << 22;
    let call = map(10, PROT_READ, MAP_SHARED_VALIDATE | bit, 0);
    named(call, EOPNOTSUPP, &BLIND, Cause::FlagValidated { bits: flags(bit) });
    nothing(map(10, PROT_READ, MAP_SHARED | bit, 0), EOPNOTSUPP, &PLAIN);
    let sync = MAP_SHARED_VALIDATE | MAP_SYNC;
    named(map(10, PROT_READ, sync, 0), EOPNOTSUPP, &PLAIN, Cause::FlagSync { file: data() });
    nothing(map(10, PROT_READ, MAP_SHARED_VALIDATE, 0), EOPNOTSUPP, &PLAIN);
    let huge = MAP_SHARED | MAP_HUGETLB;
    named(map(10, PROT_READ, huge, 0), EINVAL, &PLAIN, Cause::FlagHugeFile { file: data() });
    let on_hugetlbfs =
        Facts { file_system: Some(FileSystem { magic: 0x9584_58f6, ..PLAIN.file_system.unwrap() }), ..PLAIN };
    nothing(map(10, PROT_READ, huge, 0), EINVAL, &on_hugetlbfs);
    let size = MAP_HUGETLB | 17 << MAP_HUGE_SHIFT;
    let facts = Facts { huge_pages: Some(HugePages { size: 0, total: 0, free: 0 }), ..PLAIN };
    let wanted = Cause::FlagUnsupported { call: Word("mmap"), bits: flags(size) };
    named(map(10, PROT_READ, ANYWHERE | size, 0), EINVAL, &facts, wanted);
    let call = Call::Protect { addr: START, length: 1, prot: PROT_READ | 0x100 };
    let bits = Symbols { of: Set::Prot, bits: 0x100 };
    named(call, EINVAL, &PLAIN, Cause::FlagUnsupported { call: Word("mprotect"), bits });
    let call = Call::Remap { addr: START, old: 1, new: 2, flags: 64, to: 0 };
    let bits = Symbols { of: Set::Remap, bits: 64 };
    named(call, EINVAL, &PLAIN, Cause::FlagUnsupported { call: Word("mremap"), bits });
    let call = Call::MapFile { path: Path(0), prot: PROT_READ, flags: MAP_SHARED | MAP_FIXED };
    let wanted = Cause::FlagUnsupported { call: Word("mm_map_file"), bits: flags(MAP_FIXED) };
    named(call, EINVAL, &PLAIN, wanted);
}

#[test]
fn descriptors() {
    let call = map(10, PROT_READ, MAP_SHARED, 0);
    let closed = Facts { descriptor: Some(Descriptor::Closed), ..PLAIN };
    named(call, EBADF, &closed, Cause::FdInvalid { fd: Number(3) });
    let call_minus_one = Call::Map { addr: 0, length: 1, prot: 1, flags: MAP_SHARED, fd: -1, offset: 0 };
    named(call_minus_one, EBADF, &BLIND, Cause::FdMinusOne {});
    let (prot, flags) = (MAP_SHARED | MAP_ANONYMOUS, PROT_READ | PROT_WRITE);
    let swapped = Call::Map { addr: 0, length: 1, prot, flags, fd: -1, offset: 0 };
    named(swapped, EBADF, &BLIND, Cause::FdMinusOneSwapped {});
    let path = Facts { descriptor: Some(Descriptor::Open(O_PATH)), ..PLAIN };
    named(call, EBADF, &path, Cause::FdPathOnly { fd: Number(3), file: data() });
    // Opened again meanwhile, by another thread.
    nothing(call, EBADF, &PLAIN);
    nothing(call, EBADF, &BLIND);
}

#[test]
fn access_mode() {
    let facts = |mode| Facts { descriptor: Some(Descriptor::Open(mode)), ..PLAIN };
    let private = map(10, PROT_READ, MAP_PRIVATE, 0);
    named(private, EACCES, &facts(O_WRONLY | O_APPEND), Cause::FdWriteOnly { file: data() });
    let shared = map(10, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    named(shared, EACCES, &facts(O_RDONLY), Cause::FdReadOnly { file: data() });
    nothing(private, EACCES, &facts(O_RDONLY));
    nothing(map(10, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0), EACCES, &facts(O_RDONLY));
    nothing(shared, EACCES, &facts(O_RDWR));
    nothing(shared, EACCES, &BLIND);
    let protect = Call::Protect { addr: START, length: 4096, prot: PROT_READ | PROT_WRITE };
    let file = Mapping { name: name("data.bin"), ..PAGE };
    let facts = |mapping: Mapping| Facts { mappings: Some(vec![mapping].leak()), ..PLAIN };
    named(protect, EACCES, &facts(file), Cause::FdReadOnlyProtect { what: Memory(name("data.bin")) });
    nothing(protect, EACCES, &facts(PAGE)); // anonymous memory
    nothing(protect, EACCES, &facts(Mapping { shared: false, ..file }));
    nothing(protect, EACCES, &facts(Mapping { prot: PROT_READ | PROT_WRITE, ..file }));
    // SELinux might have refused it.
    let enforced = Facts { policy: Some(true), ..facts(file) };
    named(protect, EACCES, &enforced, Cause::SecurityPolicy { call: Word("mprotect"), file: data() });
}

#[test]
fn inode_append_only() {
    let facts = Facts { file: Some(Stat { append_only: Some(true), ..PLAIN.file.unwrap() }), ..PLAIN };
    named(map(10, PROT_READ, MAP_SHARED, 0), EACCES, &facts, Cause::InodeAppendOnly { file: data() });
    nothing(map(10, PROT_READ, MAP_PRIVATE, 0), EACCES, &facts);
    let call = Call::CreateFile { path: Path(0), length: 10, mode: 0o600 };
    named(call, EPERM, &facts, Cause::InodeAppendOnly { file: data() });
    nothing(call, EPERM, &PLAIN);
}

#[test]
fn sealed() {
    let facts = Facts { seals: Some(F_SEAL_WRITE as u32), ..PLAIN };
    let call = map(10, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    named(call, EPERM, &facts, Cause::Sealed { file: data(), seal: Word("F_SEAL_WRITE") });
    nothing(map(10, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0), EPERM, &facts);
    nothing(call, EPERM, &Facts { seals: Some(F_SEAL_SHRINK as u32), ..PLAIN });
    nothing(call, EPERM, &BLIND);
    let future = Facts { seals: Some(F_SEAL_FUTURE_WRITE as u32), ..PLAIN };
    named(call, EPERM, &future, Cause::Sealed { file: data(), seal: Word("F_SEAL_FUTURE_WRITE") });
    let letter = Mapping { name: name("memfd:letter"), ..PAGE };
    let protect = Call::Protect { addr: START, length: 4096, prot: PROT_READ | PROT_WRITE };
    let mapped = Facts { mappings: Some(vec![letter].leak()), ..facts.clone() };
    named(protect, EACCES, &mapped, Cause::Sealed { file: data(), seal: Word("F_SEAL_WRITE") });
    let unsealed = Facts { seals: Some(0), ..mapped.clone() };
    named(protect, EACCES, &unsealed, Cause::FdReadOnlyProtect { what: Memory(name("memfd:letter")) });
    nothing(protect, EACCES, &Facts { seals: None, ..mapped });
    let wanted =
        |call| Cause::MemorySealed { call: Word(call), address: Address(START), length: Bytes(4096) };
    let memory = Facts { memory_sealed: Some(true), ..PLAIN };
    named(Call::Unmap { addr: START, length: 4096 }, EPERM, &memory, wanted("munmap"));
    // Nothing else makes munmap answer EPERM; mmap has many reasons.
    named(Call::Unmap { addr: START, length: 4096 }, EPERM, &BLIND, wanted("munmap"));
    named(map_at(START, 4096, MAP_FIXED), EPERM, &memory, wanted("mmap"));
    nothing(map_at(START, 4096, MAP_FIXED), EPERM, &BLIND);
}

#[test]
fn noexec_mount() {
    let facts =
        Facts { file_system: Some(FileSystem { no_exec: true, ..PLAIN.file_system.unwrap() }), ..PLAIN };
    let wanted = Cause::NoexecMount { file: data(), mount: Place(name("/home")) };
    let call = map(10, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0);
    named(call, EPERM, &facts, wanted);
    nothing(map(10, PROT_READ, MAP_PRIVATE, 0), EPERM, &facts);
    nothing(call, EPERM, &PLAIN);
    let file = Mapping { name: name("data.bin"), ..PAGE };
    let facts = Facts { mappings: Some(vec![file].leak()), ..facts };
    named(Call::Protect { addr: START, length: 10, prot: PROT_EXEC }, EACCES, &facts, wanted);
}

#[test]
fn security_policy() {
    let facts = Facts { policy: Some(true), ..PLAIN };
    let wanted = Cause::SecurityPolicy { call: Word("mmap"), file: data() };
    named(map(10, PROT_READ, MAP_PRIVATE, 0), EACCES, &facts, wanted);
    // Anything that explains it comes first.
    let read_only = Facts { descriptor: Some(Descriptor::Open(O_WRONLY)), ..facts };
    named(map(10, PROT_READ, MAP_PRIVATE, 0), EACCES, &read_only, Cause::FdWriteOnly { file: data() });
    nothing(map(10, PROT_READ, MAP_PRIVATE, 0), EACCES, &PLAIN);
}

#[test]
fn not_mappable() {
    let call = map(10, PROT_READ, MAP_PRIVATE, 0);
    let file = |mode, device| Some(Stat { mode, device, ..PLAIN.file.unwrap() });
    let is = |what, instead| Cause::NotMappable { file: data(), what, instead };
    for (mode, device, what, instead) in [
        (S_IFDIR, (0, 0), Term::Directory, Term::OpenInside),
        (S_IFIFO, (0, 0), Term::Pipe, Term::Redirect),
        (S_IFSOCK, (0, 0), Term::Socket, Term::Read),
        (S_IFCHR, (136, 3), Term::Terminal, Term::Redirect),
        (S_IFCHR, (1, 3), Term::NullDevice, Term::Anonymous),
    ] {
        let facts = Facts { file: file(mode, device), ..PLAIN };
        named(call, ENODEV, &facts, is(what, instead));
        named(map(10, PROT_READ | PROT_WRITE, MAP_SHARED, 0), EACCES, &facts, is(what, instead));
    }
    // Some devices can be mapped.
    let facts = Facts { file: file(S_IFCHR, (1, 9)), ..PLAIN };
    named(call, ENODEV, &facts, is(Term::Device, Term::Read));
    nothing(call, EACCES, &facts);
    let facts = Facts { file: file(0, (0, 0)), ..PLAIN };
    named(call, ENODEV, &facts, is(Term::Descriptor, Term::Read));
    let proc =
        Facts { file_system: Some(FileSystem { magic: 0x9fa0, ..PLAIN.file_system.unwrap() }), ..PLAIN };
    named(call, EIO, &proc, is(Term::PseudoFile, Term::OnlyRead));
    named(call, ENODEV, &PLAIN, is(Term::OtherFile, Term::Read));
    nothing(call, EACCES, &proc);
    // A disk that fails is no reason to say so.
    nothing(call, EIO, &PLAIN);
    nothing(call, ENODEV, &BLIND);
}

#[test]
fn shared_folder() {
    let fuse =
        Facts { file_system: Some(FileSystem { magic: 0x6573_5546, ..PLAIN.file_system.unwrap() }), ..PLAIN };
    let wanted = Cause::SharedFolder { file: data(), system: Word("FUSE") };
    named(map(10, PROT_READ, MAP_SHARED, 0), ENODEV, &fuse, wanted);
    named(map(10, PROT_READ, MAP_SHARED, 0), EINVAL, &fuse, wanted);
    let box_ =
        Facts { file_system: Some(FileSystem { magic: 0x786f_4256, ..PLAIN.file_system.unwrap() }), ..PLAIN };
    let wanted = Cause::SharedFolder { file: data(), system: Word("VirtualBox (vboxsf)") };
    named(map(10, PROT_READ, MAP_SHARED, 0), EINVAL, &box_, wanted);
    nothing(map(10, PROT_READ, MAP_SHARED, 0), EINVAL, &PLAIN);
}

#[test]
fn limit_address_space() {
    let facts = Facts { limits: [Some(2 * GIB), Some(NO_LIMIT), Some(NO_LIMIT)], ..PLAIN };
    let call = map(GIB + 1, PROT_NONE, ANYWHERE, 0);
    let (length, used, limit) = (Bytes(GIB + 4096), Bytes(GIB), Bytes(2 * GIB));
    named(call, ENOMEM, &facts, Cause::LimitAddressSpace { length, used, limit });
    nothing(map(GIB, PROT_NONE, ANYWHERE, 0), ENOMEM, &facts);
    nothing(call, ENOMEM, &PLAIN);
    // Without /proc it is not known what is in use.
    let blind = Facts { used: [None; 3], ..facts.clone() };
    nothing(call, ENOMEM, &blind);
    let wanted = Cause::LimitAddressSpaceAlone { length: Bytes(3 * GIB), limit };
    named(map(3 * GIB, PROT_NONE, ANYWHERE, 0), ENOMEM, &blind, wanted);
    // What MAP_FIXED replaces does not count twice.
    let page = Mapping { end: START + GIB, ..PAGE };
    let replaced = Facts { mappings: Some(vec![page].leak()), ..facts };
    nothing(map_at(START, GIB + 1, MAP_FIXED), ENOMEM, &replaced);
}

#[test]
fn limit_data() {
    let facts = Facts { limits: [Some(NO_LIMIT), Some(GIB), Some(NO_LIMIT)], ..PLAIN };
    let call = map(GIB, PROT_READ | PROT_WRITE, ANYWHERE, 0);
    let (length, used, limit) = (Bytes(GIB), Bytes(GIB / 2), Bytes(GIB));
    named(call, ENOMEM, &facts, Cause::LimitData { length, used, limit });
    // Neither shared memory nor what cannot be written counts.
    nothing(map(GIB, PROT_READ, ANYWHERE, 0), ENOMEM, &facts);
    nothing(map(GIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, 0), ENOMEM, &facts);
    let blind = Facts { used: [None; 3], ..facts.clone() };
    let wanted = Cause::LimitDataAlone { length: Bytes(2 * GIB), limit };
    named(map(2 * GIB, PROT_READ | PROT_WRITE, ANYWHERE, 0), ENOMEM, &blind, wanted);
    let private = Mapping { end: START + GIB, shared: false, ..PAGE };
    let facts = Facts { mappings: Some(vec![private].leak()), ..facts };
    let call = Call::Protect { addr: START, length: GIB, prot: PROT_READ | PROT_WRITE };
    named(call, ENOMEM, &facts, Cause::LimitData { length, used, limit });
    nothing(Call::Protect { addr: START, length: GIB, prot: PROT_READ }, ENOMEM, &facts);
}

#[test]
fn limit_mappings() {
    let facts = Facts { exhausted: Some(true), ..PLAIN };
    let wanted = Cause::LimitMappings { limit: Number(65530) };
    named(map(10, PROT_READ, MAP_SHARED, 0), ENOMEM, &facts, wanted);
    named(Call::Unmap { addr: START, length: 4096 }, ENOMEM, &facts, wanted);
    let blind = Facts { settings: [None; 3], ..facts };
    named(map(10, PROT_READ, MAP_SHARED, 0), ENOMEM, &blind, Cause::LimitMappingsUnread {});
    nothing(map(10, PROT_READ, MAP_SHARED, 0), ENOMEM, &PLAIN);
    // At RLIMIT_AS a probe fails as well.
    let full = Facts { limits: [Some(GIB), None, None], exhausted: Some(true), ..PLAIN };
    nothing(Call::Unmap { addr: START, length: 4096 }, ENOMEM, &full);
}

#[test]
fn limit_locked() {
    let facts = Facts { limits: [None, None, Some(65536)], used: [None, None, Some(61440)], ..PLAIN };
    let call = map(8192, PROT_READ, ANYWHERE | MAP_LOCKED, 0);
    let (length, used, limit) = (Bytes(8192), Bytes(61440), Bytes(65536));
    named(call, EAGAIN, &facts, Cause::LimitLocked { length, used, limit });
    nothing(map(4096, PROT_READ, ANYWHERE | MAP_LOCKED, 0), EAGAIN, &facts);
    let blind = Facts { used: [None; 3], ..facts };
    let wanted = Cause::LimitLockedAlone { length: Bytes(131_072), limit };
    named(map(131_072, PROT_READ, ANYWHERE | MAP_LOCKED, 0), EAGAIN, &blind, wanted);
    let zero = Facts { limits: [None, None, Some(0)], ..PLAIN };
    named(call, EPERM, &zero, Cause::LimitLockedZero {});
    nothing(call, EPERM, &Facts { may_lock: Some(true), ..zero });
}

#[test]
fn overcommit() {
    let call = map(17 * GIB, PROT_READ | PROT_WRITE, ANYWHERE, 0);
    let wanted = Cause::Overcommit { length: Bytes(17 * GIB), memory: Bytes(16 * GIB) };
    named(call, ENOMEM, &PLAIN, wanted);
    named(map(17 * GIB, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, 0), ENOMEM, &PLAIN, wanted);
    nothing(map(17 * GIB, PROT_READ | PROT_WRITE, ANYWHERE | MAP_NORESERVE, 0), ENOMEM, &PLAIN);
    nothing(map(17 * GIB, PROT_READ, ANYWHERE, 0), ENOMEM, &PLAIN);
    nothing(map(17 * GIB, PROT_READ | PROT_WRITE, MAP_SHARED, 0), ENOMEM, &PLAIN);
    nothing(call, ENOMEM, &Facts { settings: [None, None, Some(1)], ..PLAIN });
    nothing(call, ENOMEM, &BLIND);
    let strict = Facts { settings: [None, None, Some(2)], ..PLAIN };
    let call = map(5 * GIB, PROT_READ | PROT_WRITE, ANYWHERE | MAP_NORESERVE, 0);
    let (length, committed, limit) = (Bytes(5 * GIB), Bytes(4 * GIB), Bytes(8 * GIB));
    named(call, ENOMEM, &strict, Cause::OvercommitStrict { length, committed, limit });
    nothing(map(3 * GIB, PROT_READ | PROT_WRITE, ANYWHERE, 0), ENOMEM, &strict);
}

#[test]
fn huge_pages() {
    let call = map((4 << 20) + 1, PROT_READ | PROT_WRITE, ANYWHERE | MAP_HUGETLB, 0);
    let wanted =
        |free| Cause::HugePagesAbsent { needed: Number(3), free: Number(free), size: Bytes(2 << 20) };
    named(call, ENOMEM, &PLAIN, wanted(0));
    let pool = |free| Facts { huge_pages: Some(HugePages { size: 2 << 20, total: 8, free }), ..PLAIN };
    named(call, ENOMEM, &pool(2), wanted(2));
    nothing(call, ENOMEM, &pool(3));
    nothing(call, ENOMEM, &BLIND);
    let huge = Mapping { end: START + (2 << 20), page: 2 << 20, ..PAGE };
    let facts = Facts { mappings: Some(vec![huge].leak()), ..PLAIN };
    let wanted = Cause::HugePageLength { call: Word("munmap"), length: Bytes(4096), size: Bytes(2 << 20) };
    named(Call::Unmap { addr: START, length: 4096 }, EINVAL, &facts, wanted);
    nothing(Call::Unmap { addr: START, length: 2 << 20 }, EINVAL, &facts);
}

#[test]
fn map_failed_pointer() {
    let call = Call::Unmap { addr: u64::MAX, length: 10 };
    named(call, EINVAL, &PLAIN, Cause::MapFailedPointerAlone { call: Word("munmap") });
    let earlier = map(10, PROT_READ, 0, 0);
    let facts = Facts { failed: Some((earlier, EINVAL)), ..PLAIN };
    named(call, EINVAL, &facts, Cause::MapFailedPointer { call: Word("munmap"), earlier, why: Why });
    let why = story(&call, EINVAL, &facts).why;
    assert!(matches!(why, Some(Cause::TypeMissing { .. })));
    assert!(story(&earlier, EINVAL, &facts).why.is_none());
    // Before the flags are looked at.
    let call = Call::Sync { addr: u64::MAX, length: 10, flags: MS_SYNC | MS_ASYNC };
    named(call, EINVAL, &PLAIN, Cause::MapFailedPointerAlone { call: Word("msync") });
}

#[test]
fn range_unmapped() {
    let far = Mapping { start: START + 8192, end: START + 12288, ..PAGE };
    let facts = Facts { mappings: Some(vec![PAGE, far].leak()), ..PLAIN };
    let (address, hole) = (Address(START), Address(START + 4096));
    let length = Bytes(12288);
    for (call, errno, word) in [
        (Call::Sync { addr: START, length: 12288, flags: MS_SYNC }, ENOMEM, "msync"),
        (Call::Protect { addr: START, length: 12288, prot: PROT_READ }, ENOMEM, "mprotect"),
        (Call::Remap { addr: START, old: 12288, new: 16384, flags: 0, to: 0 }, EFAULT, "mremap"),
        (Call::Guard { addr: START, length: 12288 }, ENOMEM, "mm_guard"),
    ] {
        let wanted = Cause::RangeUnmapped { call: Word(word), address, length, hole, size: Bytes(4096) };
        named(call, errno, &facts, wanted);
    }
    let call = Call::Sync { addr: START, length: 4096, flags: MS_SYNC };
    nothing(call, ENOMEM, &facts);
    nothing(call, ENOMEM, &BLIND);
}

#[test]
fn sync() {
    let call = |flags| Call::Sync { addr: START, length: 4096, flags };
    named(call(MS_SYNC | MS_ASYNC), EINVAL, &BLIND, Cause::SyncBoth {});
    let bits = Symbols { of: Set::Sync, bits: 0x40 };
    named(call(MS_SYNC | 0x40), EINVAL, &BLIND, Cause::SyncUnknown { bits });
    let wanted = Cause::SyncLocked { address: Address(START), length: Bytes(4096) };
    named(call(MS_INVALIDATE), EBUSY, &BLIND, wanted);
    nothing(call(MS_SYNC), EBUSY, &PLAIN);
    nothing(call(MS_SYNC), EINVAL, &PLAIN);
}

#[test]
fn locks_of_files() {
    let call = |kind| Call::FileLock { fd: 3, command: F_SETLK, kind, start: 0, length: 1 };
    let open = |mode| Facts { descriptor: Some(Descriptor::Open(mode)), ..PLAIN };
    named(call(F_WRLCK), EBADF, &open(O_RDONLY), Cause::LockExclusiveMode { file: data() });
    named(call(F_RDLCK), EBADF, &open(O_WRONLY), Cause::LockSharedMode { file: data() });
    nothing(call(F_WRLCK), EBADF, &open(O_RDWR));
    nothing(call(F_RDLCK), EBADF, &open(O_RDONLY));
    let closed = Facts { descriptor: Some(Descriptor::Closed), ..PLAIN };
    named(call(F_WRLCK), EBADF, &closed, Cause::FdInvalid { fd: Number(3) });
    let holder = Holder { start: 5, length: 10, exclusive: true, pid: Some(42), open_file: false };
    let held = |holder| Facts { holder: Some(holder), ..PLAIN };
    let (file, first, last) = (data(), Number(5), Last(Some(14)));
    named(call(F_WRLCK), EAGAIN, &held(holder), Cause::LockBusy { file, pid: Number(42), first, last });
    let open_file = Holder { pid: None, open_file: true, ..holder };
    named(call(F_WRLCK), EAGAIN, &held(open_file), Cause::LockBusyOpen { file, first, last });
    let known = Holder { pid: Some(42), open_file: true, ..holder };
    let wanted = Cause::LockBusyOpenBy { file, pid: Number(42), first, last };
    named(call(F_WRLCK), EAGAIN, &held(known), wanted);
    let whole = Holder { start: 0, length: 0, ..holder };
    let wanted = Cause::LockBusy { file, pid: Number(42), first: Number(0), last: Last(None) };
    named(call(F_WRLCK), EAGAIN, &held(whole), wanted);
    // Given back meanwhile.
    nothing(call(F_WRLCK), EAGAIN, &PLAIN);
    named(call(F_WRLCK), EDEADLK, &PLAIN, Cause::LockDeadlock { file });
}

#[test]
fn locks_of_the_library() {
    let call = |exclusive, wait| Call::Lock { lock: START, exclusive, wait };
    let try_it = call(true, Wait::Try);
    let handle = |mine, here| Facts { lock: Some(Handle::Open { fd: 3, mine, here }), ..PLAIN };
    let closed = Facts { lock: Some(Handle::Closed), ..PLAIN };
    named(try_it, EBADF, &closed, Cause::HandleClosed { call: Word("mm_lock_try_exclusive") });
    let read_only = Facts { descriptor: Some(Descriptor::Open(O_RDONLY)), ..PLAIN };
    named(try_it, EBADF, &read_only, Cause::LockExclusiveMode { file: data() });
    named(try_it, EAGAIN, &handle(false, true), Cause::LockBusyHere { file: data() });
    let timed = call(false, Wait::Timed(5));
    named(timed, ETIMEDOUT, &handle(false, true), Cause::LockBusyHere { file: data() });
    let wanted = |call| Cause::LockBusySelf { file: data(), call: Word(call) };
    named(call(true, Wait::Forever), EDEADLK, &handle(true, false), wanted("mm_lock_exclusive"));
    named(try_it, EAGAIN, &handle(true, false), wanted("mm_lock_try_exclusive"));
    nothing(try_it, EAGAIN, &PLAIN);
    let release = Call::LockRelease { lock: START };
    named(release, EPERM, &PLAIN, Cause::LockNotHeld { call: Word("mm_lock_release") });
    nothing(release, EPERM, &handle(true, false));
    named(
        Call::LockClose { lock: START },
        EBADF,
        &closed,
        Cause::HandleClosed { call: Word("mm_lock_close") },
    );
}

#[test]
fn disk_full() {
    let call = Call::CreateFile { path: Path(0), length: 2 * GIB, mode: 0o600 };
    let (length, free, mount) = (Bytes(2 * GIB), Bytes(GIB), Place(name("/home")));
    named(call, ENOSPC, &PLAIN, Cause::DiskFull { file: data(), length, free, mount });
    assert_eq!(cause(&call, ENOSPC, &BLIND).slug(), Slug::Unknown);
}

#[test]
fn what_is_not_explained() {
    let call = map(10, PROT_READ, MAP_SHARED, 0);
    named(call, EINVAL, &PLAIN, Cause::Unknown { call, error: Error(EINVAL) });
    named(call, 4242, &PLAIN, Cause::Unknown { call, error: Error(4242) });
    named(call, ENFILE, &PLAIN, Cause::Plain { call, error: Error(ENFILE) });
    let path = Call::MapFile { path: Path(0), prot: PROT_READ, flags: MAP_SHARED };
    let wanted = Cause::PlainFile { call: Word("mm_map_file"), file: data(), error: Error(ENOENT) };
    named(path, ENOENT, &PLAIN, wanted);
    let guard = Call::Unguard { addr: START, length: 10 };
    named(guard, EINVAL, &PLAIN, Cause::NotGuarded { call: Word("mm_unguard"), address: Address(START) });
    // A witness that sees nothing is never wrong, whatever failed: only what the arguments alone prove is named.
    for errno in 1..134 {
        for (length, flags) in [(4096, MAP_SHARED), (4096, MAP_PRIVATE), (4096, ANYWHERE)] {
            nothing(
                map(length, PROT_READ, flags, 4096 * i64::from(flags & MAP_ANONYMOUS == 0)),
                errno,
                &BLIND,
            );
        }
    }
}

const LANGUAGES: [Language; 3] = [Language::English, Language::French, Language::Chinese];

fn said(language: Language, message: &Cause, why: Option<&Cause>) -> String {
    let mut text = String::new();
    say::cause(language, message, why, &mut text);
    text
}

#[test]
fn every_message_has_a_sentence_that_names_its_values() {
    // The values of a sentence are proven to be among its message's by the compiler; here: none is forgotten in one
    // language only, and the sentence is one.
    let names = |sentence: &str| {
        let mut names: Vec<String> = sentence
            .split('{')
            .skip(1)
            .filter_map(|part| Some(part.split_once('}')?.0.to_string()))
            .collect();
        names.sort();
        names.dedup();
        names
    };
    let causes = CauseKind::ALL.iter().map(|kind| {
        (format!("{kind:?}"), [super::en::cause(*kind), super::fr::cause(*kind), super::zh::cause(*kind)])
    });
    let findings = FindingKind::ALL.iter().map(|kind| {
        (
            format!("{kind:?}"),
            [super::en::finding(*kind), super::fr::finding(*kind), super::zh::finding(*kind)],
        )
    });
    for (kind, [en, fr, zh]) in causes.chain(findings) {
        assert_eq!(names(en), names(fr), "{kind} in French");
        assert_eq!(names(en), names(zh), "{kind} in Chinese");
        let ends = |text: &str, sign: &str| text.ends_with(sign) || text.ends_with("{why}");
        assert!(ends(en, ".") || en.ends_with('?'), "{kind}: {en}");
        assert!(ends(fr, ".") || fr.ends_with('?'), "{kind}: {fr}");
        assert!(ends(zh, "。") || zh.ends_with('？'), "{kind}: {zh}");
        assert!(!fr.contains('\u{a0}'), "{kind}: {fr}");
        for sign in [",", ";", ":", "?", "(", ")"] {
            let odd = zh.match_indices(sign).any(|(at, _)| {
                let before = zh[..at].chars().next_back();
                before.is_some_and(|letter| letter > '\u{2e80}')
            });
            assert!(!odd, "{kind}: half-width {sign} after a Chinese character: {zh}");
        }
    }
}

#[test]
fn every_slug_is_said() {
    for slug in Slug::ALL {
        let by_cause = CauseKind::ALL.iter().any(|kind| kind.slug() == *slug);
        let by_finding = FindingKind::ALL.iter().any(|kind| kind.slug() == *slug);
        assert!(by_cause || by_finding, "{slug:?}");
        assert_eq!(slug.for_c(), format!("{}\0", slug.as_str()));
        assert!(slug.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    }
    assert_eq!(Slug::ALL.len(), 72);
}

#[test]
fn sentences() {
    let call = map(10, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, 4096);
    let unknown = Cause::Unknown { call, error: Error(EACCES) };
    assert_eq!(
        said(Language::English, &unknown, None),
        "mmap(NULL, 10, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_POPULATE, 3, 4096) failed: permission denied \
         (EACCES). Nothing that can be seen from here explains it further."
    );
    let empty = Cause::FileEmpty { file: data() };
    assert!(said(Language::French, &empty, None).starts_with("«\u{a0}data.bin\u{a0}» est vide, "));
    assert!(said(Language::Chinese, &empty, None).starts_with("“data.bin”是空的，"));
    let nameless = Cause::FileEmpty { file: File(Name::NONE) };
    assert!(said(Language::English, &nameless, None).starts_with("the file is empty, "));
    let earlier = Cause::MapFailedPointer { call: Word("munmap"), earlier: call, why: Why };
    for language in LANGUAGES {
        let text = said(language, &earlier, Some(&empty));
        assert!(text.ends_with(&said(language, &empty, None)), "{text}");
        assert!(said(language, &earlier, None).len() < text.len());
    }
    let french = said(Language::French, &unknown, None);
    assert!(french.contains("a échoué\u{a0}: permission refusée (EACCES)."), "{french}");
    let append = said(Language::French, &Cause::InodeAppendOnly { file: data() }, None);
    assert!(append.contains("«\u{a0}ajout seulement\u{a0}»"), "{append}");
    let odd = Cause::Unknown { call, error: Error(4242) };
    assert!(said(Language::Chinese, &odd, None).contains("失败：errno 4242。"));
}

#[test]
fn numbers_and_units() {
    let size = |language, bytes| {
        let text = said(language, &Cause::LengthTooLarge { length: Bytes(bytes), space: Bytes(1) }, None);
        text.split_once("length, ")
            .map_or(text.clone(), |(_, rest)| rest.split(", is more").next().unwrap().into())
    };
    assert_eq!(size(Language::English, 0), "0 bytes");
    assert_eq!(size(Language::English, 1), "1 byte");
    assert_eq!(size(Language::English, (1 << 20) - 1), "1048575 bytes");
    assert_eq!(size(Language::English, 1 << 20), "1048576 bytes (1 MiB)");
    assert_eq!(size(Language::English, 3 << 29), "1610612736 bytes (1.5 GiB)");
    assert_eq!(size(Language::English, u64::MAX), "18446744073709551615 bytes (15.9 EiB)");
    assert!(size(Language::French, 0).contains("la longueur, 0 octet, "));
    assert!(size(Language::French, 3 << 39).contains("1649267441664 octets (1,5 Tio), "));
    assert!(size(Language::Chinese, 3 << 39).contains("1649267441664 字节（1.5 TiB）超出"));
    let leak = |times| {
        let mut text = String::new();
        let (what, lost) = (Memory(Name::NONE), Bytes(1));
        let finding = Finding::Leak { what, lost, times: Times(times), mapped: Site(name("tp3.c:41")) };
        say::finding(Language::English, &finding, None, &mut text);
        text
    };
    assert!(leak(1).contains("1 byte of anonymous memory (mapped at tp3.c:41, once)"), "{}", leak(1));
    assert!(leak(3).contains("3 times"));
}

#[test]
fn symbols_of_c() {
    let flags = |bits: i32| {
        let symbols = Symbols { of: Set::Map, bits: bits as u32 };
        let text = said(Language::English, &Cause::TypeMissing { flags: symbols }, None);
        text.split(['(', ')']).nth(1).unwrap_or_default().to_string()
    };
    assert_eq!(flags(0), "0");
    assert_eq!(flags(MAP_PRIVATE | MAP_ANONYMOUS), "MAP_PRIVATE|MAP_ANONYMOUS");
    assert_eq!(flags(3), "MAP_SHARED_VALIDATE");
    assert_eq!(flags(MAP_SHARED | 1 << 23), "MAP_SHARED|0x800000");
    assert_eq!(flags(MAP_HUGETLB | 21 << 26), "MAP_HUGETLB|MAP_HUGE_2MB");
    assert_eq!(flags(MAP_HUGETLB | 17 << 26), "MAP_HUGETLB|0x44000000");
    let none = Cause::Unknown {
        call: Call::Map { addr: u64::MAX, length: 1, prot: 0, flags: 1, fd: -1, offset: -1 },
        error: Error(EINVAL),
    };
    assert!(
        said(Language::English, &none, None)
            .starts_with("mmap(MAP_FAILED, 1, PROT_NONE, MAP_SHARED, -1, -1) ")
    );
}

#[test]
fn names_from_outside_are_harmless() {
    let file = |bytes: &[u8]| {
        let text = said(Language::English, &Cause::FileEmpty { file: File(Name::new(bytes)) }, None);
        text.split(['“', '”']).nth(1).unwrap_or_default().to_string()
    };
    assert_eq!(file("été 映射.bin".as_bytes()), "été 映射.bin");
    assert_eq!(file(b"a\x1b[31m\n"), "a\\x1b[31m\\x0a");
    assert_eq!(file(b"\xff\xfeb"), "\\xff\\xfeb");
    assert_eq!(file("a\u{202e}b\u{9b}c".as_bytes()), "a\\xe2\\x80\\xaeb\\xc2\\x9bc");
    let long = "x".repeat(200) + &"é".repeat(50) + "/end";
    let kept = file(long.as_bytes());
    assert!(kept.starts_with('…') && kept.ends_with("éé/end") && !kept.contains('\\'), "{kept}");
    let kept = file(("é".repeat(200) + "x").as_bytes());
    assert!(kept.starts_with("…é") && kept.ends_with("éx") && !kept.contains('\\'), "{kept}");
    let kept = file(("é".repeat(200) + "xy").as_bytes());
    assert!(kept.starts_with("…é") && kept.ends_with("éxy") && !kept.contains('\\'), "{kept}");
}

#[test]
fn languages() {
    let choose = |values: &[&str]| Language::choose(values.iter().map(|value| value.as_bytes()));
    assert_eq!(choose(&["", "", "", ""]), Language::English);
    assert_eq!(choose(&["", "", "", "fr_FR.UTF-8"]), Language::French);
    assert_eq!(choose(&["", "C", "", "fr_FR.UTF-8"]), Language::English);
    assert_eq!(choose(&["zh", "fr", "fr", "fr"]), Language::Chinese);
    assert_eq!(choose(&["", "", "zh_CN.UTF-8", "en"]), Language::Chinese);
    assert_eq!(choose(&["xx", "", "", "fr"]), Language::English);
}
