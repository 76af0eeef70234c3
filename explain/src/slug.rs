//! The stable identifiers of all diagnoses: programs, tests and teachers' scripts rely on them. The sentences around
//! them are translated and may improve; a slug never changes.

macro_rules! slugs {
    ($($(#[$about:meta])* $Name:ident $text:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Slug { $($(#[$about])* $Name,)* }

        impl Slug {
            pub const ALL: &'static [Slug] = &[$(Slug::$Name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Slug::$Name => $text,)* }
            }

            /// The same, ended by a NUL, for C.
            pub fn for_c(self) -> &'static str {
                book!(Slug::with_nul, Slug::ALL).get(self as usize)
            }

            const fn with_nul(self) -> &'static str {
                match self { $(Slug::$Name => concat!($text, "\0"),)* }
            }
        }
    };
}

slugs! {
    // A call failed.
    LengthZero "length-zero"
    FileEmpty "file-empty"
    LengthNegative "length-negative"
    LengthTooLarge "length-too-large"
    OffsetUnaligned "offset-unaligned"
    RangeOverflow "range-overflow"
    AddressUnaligned "address-unaligned"
    AddressInUse "address-in-use"
    AddressForbidden "address-forbidden"
    TypeMissing "type-missing"
    TypeBoth "type-both"
    FlagUnsupported "flag-unsupported"
    GrowsdownUnsupported "growsdown-unsupported"
    FdInvalid "fd-invalid"
    FdPathOnly "fd-path-only"
    FdWriteOnly "fd-write-only"
    FdReadOnly "fd-read-only"
    InodeAppendOnly "inode-append-only"
    Sealed "sealed"
    NoexecMount "noexec-mount"
    SecurityPolicy "security-policy"
    NotMappable "not-mappable"
    SharedFolder "shared-folder"
    LimitAddressSpace "limit-address-space"
    LimitData "limit-data"
    LimitMappings "limit-mappings"
    LimitLocked "limit-locked"
    Overcommit "overcommit"
    HugePagesAbsent "huge-pages-absent"
    HugePageLength "huge-page-length"
    MapFailedPointer "map-failed-pointer"
    RangeUnmapped "range-unmapped"
    SyncFlags "sync-flags"
    SyncLocked "sync-locked"
    LockMode "lock-mode"
    LockBusy "lock-busy"
    LockNotHeld "lock-not-held"
    // A fault, or what would be one.
    FileTooShort "file-too-short"
    FileTruncated "file-truncated"
    DiskFull "disk-full"
    IoError "io-error"
    WriteToReadOnly "write-to-read-only"
    NoAccess "no-access"
    UseAfterUnmap "use-after-unmap"
    PastTheEnd "past-the-end"
    UncheckedFailure "unchecked-failure"
    PointerTruncated "pointer-truncated"
    UnlockedAccess "unlocked-access"
    NotInherited "not-inherited"
    FreeOfMapping "free-of-mapping"
    BeforeTheStart "before-the-start"
    NullPointer "null-pointer"
    StackFull "stack-full"
    JumpToNowhere "jump-to-nowhere"
    WildPointer "wild-pointer"
    // A call that succeeded and does not do what one thinks.
    ProtectionWriteOnly "protection-write-only"
    FixedClobbers "fixed-clobbers"
    Alias "alias"
    StaleTail "stale-tail"
    UnmapTooShort "unmap-too-short"
    UnmapTooLong "unmap-too-long"
    UnmapAgain "unmap-again"
    SyncNoEffect "sync-no-effect"
    LockLost "lock-lost"
    // Seen at unmap or at exit.
    WritePastEndOfFile "write-past-end-of-file"
    PrivateWritesLost "private-writes-lost"
    PrivateAcrossFork "private-across-fork"
    SharedWithNobody "shared-with-nobody"
    PointerInSharedMemory "pointer-in-shared-memory"
    Leak "leak"
    /// A call failed, or the program crashed, and none of the above is proven.
    Unknown "unknown"
    /// Not a diagnosis: nothing has failed.
    Nothing "none"
}
