//! What mapcheck sees beside failures: at a call that succeeded, at a fault, at unmap or exit. `mapped`, `unmapped` and
//! the like are the places in the program of the other calls concerned; the place of the finding itself is not part
//! of its sentence.

use super::slug::Slug;
use super::value::*;

messages! {
    /// What goes wrong, or will, although no call failed.
    Finding FindingKind {
    // At the fault.
    /// The byte touched does not exist.
    FileTooShort [FileTooShort] { file: File, byte: Number, size: Bytes, mapped: Site }
    /// And the cursor (lseek) is past the end.
    FileTooShortSeek [FileTooShort] { file: File, byte: Number, size: Bytes, mapped: Site, cursor: Number }
    /// At the call (--pedantic): the mapping is longer than the file.
    FileTooShortAhead [FileTooShort] { file: File, size: Bytes, end: Number }
    FileTruncated [FileTruncated] { file: File, byte: Number, was: Bytes, size: Bytes, mapped: Site }
    /// And it is known where it was cut.
    FileTruncatedHere [FileTruncated] { file: File, byte: Number, was: Bytes, size: Bytes, mapped: Site, cut: Site }
    /// And it is known which other program cut it.
    FileTruncatedBy [FileTruncated] {
        file: File, byte: Number, was: Bytes, size: Bytes, mapped: Site, pid: Number, program: Site
    }
    /// Of the program itself, or of a library: the loader has mapped it.
    FileTruncatedLoaded [FileTruncated] { file: File, byte: Number, size: Bytes }
    DiskFull [DiskFull] { file: File, byte: Number, mount: Place, free: Bytes, mapped: Site }
    IoError [IoError] { file: File, byte: Number, mapped: Site }
    WriteToReadOnly [WriteToReadOnly] { what: Memory, address: Address, mapped: Site }
    NoAccess [NoAccess] { what: Memory, address: Address, prot: Symbols, mapped: Site }
    UseAfterUnmap [UseAfterUnmap] { what: Memory, address: Address, mapped: Site, unmapped: Site }
    /// mremap moved it.
    UseAfterMove [UseAfterUnmap] { what: Memory, address: Address, mapped: Site, moved: Site }
    /// `beyond`: how far after the last byte of the mapping, 1 for the next one.
    PastTheEnd [PastTheEnd] { what: Memory, length: Bytes, beyond: Bytes, mapped: Site }
    /// Read at exactly the end of a file's mapping: as a string without its final NUL.
    PastTheEndText [PastTheEnd] { file: File, length: Bytes, mapped: Site }
    /// The result of a call that failed was used; `why` is that call's cause.
    UncheckedFailure [UncheckedFailure] { address: Address, call: Word, failed: Site, why: Why }
    /// The failure itself was reported already.
    UncheckedFailureAgain [UncheckedFailure] { address: Address, call: Word, failed: Site }
    PointerTruncated [PointerTruncated] { address: Address, whole: Address, what: Memory, mapped: Site }
    /// `kept`: where madvise(MADV_DONTFORK) kept it from the children.
    NotInherited [NotInherited] { what: Memory, address: Address, mapped: Site, kept: Site }
    UnlockedAccess [UnlockedAccess] { file: Memory, lock: File, byte: Number }
    // A crash that no map call explains.
    /// NULL, or a member of what a null pointer leads to.
    CrashNull [NullPointer] { address: Address }
    CrashStack [StackFull] { address: Address }
    /// Just before the start of a mapping.
    CrashBefore [BeforeTheStart] { what: Memory, before: Bytes, mapped: Site }
    /// free() or realloc() of what mmap has made.
    CrashFreed [FreeOfMapping] { call: Word, what: Memory, mapped: Site }
    /// The address is made of letters.
    CrashText [WildPointer] { text: File }
    /// The instruction itself is nowhere.
    CrashJump [JumpToNowhere] { address: Address }
    /// A store to what a program was loaded with: a constant.
    CrashConstant [WriteToReadOnly] { address: Address, what: Memory }
    CrashForbidden [Unknown] { address: Address, what: Memory, prot: Symbols }
    /// Nothing is there; the nearest memory.
    CrashNowhere [WildPointer] { address: Address, what: Memory, start: Address, end: Address }
    /// The processor tells no address: none that a process can have.
    CrashNoAddress [WildPointer] {}
    Crash [Unknown] { signal: Word, address: Address }
    // At a call that failed.
    /// Which call made the most of the mappings that are too many.
    LimitMappingsMade [LimitMappings] { limit: Number, count: Number, mapped: Site }
    // At a call that succeeded.
    TypeBothFile [TypeBoth] { file: File }
    /// The values are those of the protection and the type in each other's place.
    TypeBothSwapped [TypeBoth] { file: File, prot: Symbols }
    ProtectionWriteOnly [ProtectionWriteOnly] { call: Word }
    FixedClobbers [FixedClobbers] { what: Memory, address: Address, length: Bytes, mapped: Site }
    /// `size`: how many bytes the two mappings have in common.
    Alias [Alias] { file: File, size: Bytes, other: Site }
    StaleTail [StaleTail] { file: File, size: Bytes, stray: Bytes }
    UnmapTooShort [UnmapTooShort] { length: Bytes, whole: Bytes, left: Bytes, mapped: Site }
    /// The length given is that of a pointer.
    UnmapTooShortPointer [UnmapTooShort] { length: Bytes, whole: Bytes, left: Bytes, mapped: Site }
    UnmapTooLong [UnmapTooLong] { length: Bytes, whole: Bytes, lost: Bytes, neighbour: Site }
    UnmapAgain [UnmapAgain] { address: Address, unmapped: Site }
    /// MAP_PRIVATE: there is nothing to write to the file.
    SyncPrivate [SyncNoEffect] { file: File, mapped: Site }
    /// The length wraps around to 0.
    SyncWraps [SyncNoEffect] { length: Number }
    LockLost [LockLost] { file: File, closed: Number, locked: Number, site: Site }
    // At unmap, sync or exit.
    WritePastEndOfFile [WritePastEndOfFile] { file: File, size: Bytes, stray: Bytes }
    PrivateWritesLost [PrivateWritesLost] { file: File, pages: Pages, mapped: Site }
    PrivateAcrossFork [PrivateAcrossFork] { pages: Pages, child: Number, mapped: Site }
    /// Parent and child have each made it, by the same call, after fork; nobody has inherited either.
    SharedWithNobody [SharedWithNobody] { what: Memory, child: Number }
    /// At `offset` of the file stands `pointer`, an address of this process only.
    PointerInSharedMemory [PointerInSharedMemory] { file: File, offset: Number, pointer: Address, target: Memory }
    Leak [Leak] { what: Memory, lost: Bytes, times: Times, mapped: Site }
    }
}
