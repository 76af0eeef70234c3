//! Why a call failed: the proven causes, with the values that their sentences name.

use super::call::Call;
use super::slug::Slug;
use super::value::*;

messages! {
    /// Why a call failed.
    Cause CauseKind {
    LengthZero [LengthZero] { call: Word }
    /// Length 0 from fstat on a file of /proc or /sys.
    LengthZeroPseudo [LengthZero] { file: File }
    FileEmpty [FileEmpty] { file: File }
    LengthNegative [LengthNegative] { call: Word, length: Number }
    LengthTooLarge [LengthTooLarge] { length: Bytes, space: Bytes }
    OffsetUnaligned [OffsetUnaligned] { offset: Number, page: Bytes, nearest: Number, delta: Number }
    /// Anonymous memory has no offset.
    OffsetAnonymous [OffsetUnaligned] { offset: Number }
    OffsetNegative [RangeOverflow] { offset: Number }
    SumOverflow [RangeOverflow] { offset: Number, length: Bytes }
    /// Further than a file of this file system can reach.
    FileReach [RangeOverflow] { file: File, offset: Number, length: Bytes }
    AddressUnaligned [AddressUnaligned] { call: Word, address: Address, page: Bytes, start: Address, inside: Bytes }
    /// Nothing is mapped there.
    AddressUnalignedNowhere [AddressUnaligned] { call: Word, address: Address, page: Bytes }
    /// The address of a variable: &p.
    AddressOnStack [AddressUnaligned] { call: Word, address: Address }
    /// malloc's memory.
    AddressOnHeap [AddressUnaligned] { call: Word, address: Address, page: Bytes }
    AddressUnalignedFixed [AddressUnaligned] { address: Address, page: Bytes, nearest: Address }
    AddressInUse [AddressInUse] { address: Address, what: Memory, start: Address, end: Address }
    /// mremap without MREMAP_MAYMOVE, and something is mapped right after.
    NoRoomToGrow [AddressInUse] { new: Bytes, what: Memory, start: Address }
    AddressTooLow [AddressForbidden] { address: Address, lowest: Address }
    AddressTooHigh [AddressForbidden] { call: Word, address: Address, length: Bytes }
    TypeMissing [TypeMissing] { flags: Symbols }
    /// Anonymous memory; for a file the call succeeds (finding `TypeBothFile`).
    TypeBoth [TypeBoth] {}
    FlagUnsupported [FlagUnsupported] { call: Word, bits: Symbols }
    /// MAP_SHARED_VALIDATE refuses what it does not know.
    FlagValidated [FlagUnsupported] { bits: Symbols }
    /// MAP_SYNC on a file that is not on persistent memory.
    FlagSync [FlagUnsupported] { file: File }
    /// MAP_HUGETLB on a file of an ordinary file system.
    FlagHugeFile [FlagUnsupported] { file: File }
    GrowsdownUnsupported [GrowsdownUnsupported] { flags: Symbols }
    FdInvalid [FdInvalid] { fd: Number }
    FdMinusOne [FdInvalid] {}
    /// And MAP_ANONYMOUS stands where the protection should.
    FdMinusOneSwapped [FdInvalid] {}
    /// A `struct mm_lock` that is closed.
    HandleClosed [FdInvalid] { call: Word }
    FdPathOnly [FdPathOnly] { fd: Number, file: File }
    FdWriteOnly [FdWriteOnly] { file: File }
    FdReadOnly [FdReadOnly] { file: File }
    /// mprotect of a shared mapping of a file open for reading only.
    FdReadOnlyProtect [FdReadOnly] { what: Memory }
    InodeAppendOnly [InodeAppendOnly] { file: File }
    Sealed [Sealed] { file: File, seal: Word }
    /// mseal().
    MemorySealed [Sealed] { call: Word, address: Address, length: Bytes }
    NoexecMount [NoexecMount] { file: File, mount: Place }
    SecurityPolicy [SecurityPolicy] { call: Word, file: File }
    NotMappable [NotMappable] { file: File, what: Term, instead: Term }
    SharedFolder [SharedFolder] { file: File, system: Word }
    LimitAddressSpace [LimitAddressSpace] { length: Bytes, used: Bytes, limit: Bytes }
    /// Alone more than the limit; the rest cannot be seen.
    LimitAddressSpaceAlone [LimitAddressSpace] { length: Bytes, limit: Bytes }
    LimitData [LimitData] { length: Bytes, used: Bytes, limit: Bytes }
    LimitDataAlone [LimitData] { length: Bytes, limit: Bytes }
    LimitMappings [LimitMappings] { limit: Number }
    /// vm.max_map_count cannot be read.
    LimitMappingsUnread [LimitMappings] {}
    LimitLocked [LimitLocked] { length: Bytes, used: Bytes, limit: Bytes }
    LimitLockedAlone [LimitLocked] { length: Bytes, limit: Bytes }
    /// The limit is 0: EPERM.
    LimitLockedZero [LimitLocked] {}
    /// vm.overcommit_memory 0: more than memory and swap together.
    Overcommit [Overcommit] { length: Bytes, memory: Bytes }
    /// vm.overcommit_memory 2.
    OvercommitStrict [Overcommit] { length: Bytes, committed: Bytes, limit: Bytes }
    HugePagesAbsent [HugePagesAbsent] { needed: Number, free: Number, size: Bytes }
    HugePageLength [HugePageLength] { call: Word, length: Bytes, size: Bytes }
    MapFailedPointer [MapFailedPointer] { call: Word, earlier: Call, why: Why }
    /// No map call of this thread has failed.
    MapFailedPointerAlone [MapFailedPointer] { call: Word }
    RangeUnmapped [RangeUnmapped] { call: Word, address: Address, length: Bytes, hole: Address, size: Bytes }
    SyncBoth [SyncFlags] {}
    SyncUnknown [SyncFlags] { bits: Symbols }
    SyncLocked [SyncLocked] { address: Address, length: Bytes }
    LockExclusiveMode [LockMode] { file: File }
    LockSharedMode [LockMode] { file: File }
    /// A POSIX lock, whose holder is known.
    LockBusy [LockBusy] { file: File, pid: Number, first: Number, last: Last }
    /// An OFD lock: it belongs to an open file, and the kernel names no process.
    LockBusyOpen [LockBusy] { file: File, first: Number, last: Last }
    /// An OFD lock whose process was found all the same.
    LockBusyOpenBy [LockBusy] { file: File, pid: Number, first: Number, last: Last }
    /// Another thread, through the same handle.
    LockBusyHere [LockBusy] { file: File }
    /// This thread holds it.
    LockBusySelf [LockBusy] { file: File, call: Word }
    /// EDEADLK: two processes wait for each other.
    LockDeadlock [LockBusy] { file: File }
    DiskFull [DiskFull] { file: File, length: Bytes, free: Bytes, mount: Place }
    /// mm_lock_release by a thread that does not have it.
    LockNotHeld [LockNotHeld] { call: Word }
    /// mm_unguard or mm_guard_tripped of what mm_guard was not given.
    NotGuarded [Unknown] { call: Word, address: Address }
    Unknown [Unknown] { call: Call, error: Error }
    /// The errno says it all.
    Plain [Unknown] { call: Call, error: Error }
    PlainFile [Unknown] { call: Word, file: File, error: Error }
    /// No call has failed.
    Nothing [Nothing] {}
    }
}
