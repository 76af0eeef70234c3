//! English. A sentence says what is wrong, with the values; why; and what to do instead. It begins in lower case, since
//! it follows a prefix and a colon, as perror's does.

use super::cause::CauseKind;
use super::finding::FindingKind;
use super::value::Term;
use libc::*;

pub const fn cause(kind: CauseKind) -> &'static str {
    use CauseKind::*;
    match kind {
        LengthZero => {
            "the length given to {call} is 0: at least one byte is needed. Check where the length comes from."
        }
        LengthZeroPseudo => {
            "the length is 0, because {file} always shows a size of 0: the kernel writes it anew at each read. \
             It cannot be mapped: use read()."
        }
        FileEmpty => {
            "{file} is empty, so there is nothing to map (the length is 0). Give it a size first, with ftruncate()."
        }
        LengthNegative => {
            "the length given to {call} is {length}, which counts as a huge unsigned number. A call that fails \
             returns -1, and an int overflows at 2^31: check where the length comes from."
        }
        LengthTooLarge => {
            "the length, {length}, is more than the whole address space of a process, {space}. Map a part \
             at a time, or check how the length was computed."
        }
        OffsetUnaligned => {
            "the offset {offset} is not a multiple of the page size ({page}). Map from offset {nearest}, with a \
             length larger by {delta}, and add {delta} to the pointer."
        }
        OffsetAnonymous => {
            "the offset is {offset}, but MAP_ANONYMOUS memory has no file, and so no offset: pass 0."
        }
        OffsetNegative => {
            "the offset {offset} is negative, and a file begins at its byte 0. If it comes from lseek() or another \
             call, check whether that call failed."
        }
        SumOverflow => {
            "the offset {offset} and the length, {length}, add up to more than any file can have (2^63 - 1 bytes)."
        }
        FileReach => {
            "{file} can never be that large: the offset {offset} and the length, {length}, add up to more than its \
             file system allows."
        }
        AddressUnaligned => {
            "the address {address} is not the start of a page (of {page}): its page begins at {start}, {inside} \
             before it. Give {call} the address that mmap returned, not a pointer that was moved."
        }
        AddressUnalignedNowhere => {
            "the address {address} is not the start of a page (of {page}), and nothing is mapped there. Give {call} \
             the address that mmap returned."
        }
        AddressOnStack => {
            "the address {address}, given to {call}, is on the stack: that of a variable, not one that mmap returned. \
             Is there an & too many before the pointer?"
        }
        AddressOnHeap => {
            "the address {address} is not the start of a page (of {page}): it is memory of malloc(), and {call} works on \
             whole pages. Get such memory from mmap, or from posix_memalign()."
        }
        AddressUnalignedFixed => {
            "with MAP_FIXED the address must be a multiple of the page size ({page}), and {address} is not; {nearest} \
             would be. Without MAP_FIXED any address will do as a wish."
        }
        AddressInUse => {
            "{what} is already mapped at {address} (from {start} to {end}), and MAP_FIXED_NOREPLACE replaces nothing. \
             Choose another address, or pass NULL and let the kernel choose."
        }
        NoRoomToGrow => {
            "there is no room to grow to {new} in place: {what} is mapped at {start}, right behind. With \
             MREMAP_MAYMOVE the kernel may move the mapping."
        }
        AddressTooLow => {
            "nothing may be mapped at {address}: the lowest address allowed is {lowest} (vm.mmap_min_addr), so that \
             NULL stays invalid. Pass NULL without MAP_FIXED, and the kernel chooses a place."
        }
        AddressTooHigh => {
            "the range given to {call}, {length} at {address}, leaves the address space of a process. Check the \
             pointer and the length."
        }
        TypeMissing => {
            "the flags ({flags}) have neither MAP_SHARED nor MAP_PRIVATE, and exactly one is needed: MAP_SHARED \
             changes the file for everybody, MAP_PRIVATE keeps the changes to this process."
        }
        TypeBoth => {
            "the flags have both MAP_SHARED and MAP_PRIVATE, and anonymous memory is one or the other: MAP_SHARED if \
             child processes are to see the changes, MAP_PRIVATE if not."
        }
        FlagUnsupported => "{call} refuses {bits}: this kernel does not support it. Leave it out.",
        FlagValidated => {
            "MAP_SHARED_VALIDATE (which is also MAP_SHARED|MAP_PRIVATE) refuses what it does not support, here \
             {bits}. Leave that out, or use MAP_SHARED alone."
        }
        FlagSync => {
            "MAP_SYNC needs persistent memory (a DAX file system), which {file} is not on. Leave it out, and call \
             msync() where the data must be safe."
        }
        FlagHugeFile => {
            "MAP_HUGETLB does not suit {file}, whose file system has no huge pages. Use it with MAP_ANONYMOUS, or \
             with a file on hugetlbfs."
        }
        GrowsdownUnsupported => {
            "MAP_GROWSDOWN is for private anonymous memory only, and the flags are {flags}. Leave it out: only stacks \
             need it."
        }
        FdInvalid => {
            "descriptor {fd} is not open: it was closed too early, or it never came from open(). Close it after the \
             call, not before."
        }
        FdMinusOne => {
            "the descriptor is -1: either open() failed and its result was not checked, or memory without a file is \
             wanted, and MAP_ANONYMOUS is missing."
        }
        FdMinusOneSwapped => {
            "the descriptor is -1, and MAP_ANONYMOUS stands among the protection: the third argument, prot, and the \
             fourth, flags, are swapped."
        }
        HandleClosed => "the lock given to {call} is closed. Open it again with mm_lock_open().",
        FdPathOnly => {
            "descriptor {fd}, of {file}, was opened with O_PATH, which gives no access to the contents. Open it with \
             O_RDONLY or O_RDWR."
        }
        FdWriteOnly => {
            "{file} is open for writing only (O_WRONLY), but mmap has to read it to fill the pages, even if the \
             program only stores. Open it with O_RDWR."
        }
        FdReadOnly => {
            "{file} is open for reading only (O_RDONLY), but MAP_SHARED with PROT_WRITE would change it. Open it with \
             O_RDWR; or use MAP_PRIVATE if the file must not change."
        }
        FdReadOnlyProtect => {
            "{what} was mapped with MAP_SHARED through a descriptor open for reading only (O_RDONLY), so mprotect \
             cannot make it writable. Open it with O_RDWR, and map it again."
        }
        InodeAppendOnly => {
            "{file} has the append-only attribute (chattr +a), so it cannot be shared through a descriptor that can \
             write. Open it with O_RDONLY, or remove the attribute: chattr -a."
        }
        Sealed => {
            "{file} is sealed against writing ({seal}), and a seal cannot be removed. Map it with PROT_READ only, or \
             with MAP_PRIVATE."
        }
        MemorySealed => {
            "the range of {length} at {address} was sealed with mseal(), at least in part: {call} cannot \
             change it before the program ends."
        }
        NoexecMount => {
            "{file} is on a file system mounted noexec ({mount}), so PROT_EXEC is refused. Leave PROT_EXEC out, or \
             move the file to another file system."
        }
        SecurityPolicy => {
            "nothing about {file} explains why {call} was refused, and SELinux is enforcing: perhaps its policy \
             forbids it. See whether `ausearch -m avc` shows a denial."
        }
        NotMappable => "{file} is {what}, and cannot be mapped: {instead}.",
        SharedFolder => {
            "{file} is in a folder shared with another machine ({system}), which cannot be mapped this way. Work in a \
             local folder, /tmp for example."
        }
        LimitAddressSpace => {
            "{length} more would exceed RLIMIT_AS (ulimit -v), which limits the address space to {limit}; \
             {used} are in use. Unmap what is no longer needed, or raise the limit."
        }
        LimitAddressSpaceAlone => {
            "{length} is more than RLIMIT_AS (ulimit -v) allows for the whole address space: {limit}. Map \
             less, or raise the limit."
        }
        LimitData => {
            "{length} more would exceed RLIMIT_DATA (ulimit -d), which limits private writable memory to \
             {limit}; {used} are in use. Unmap what is no longer needed, or raise the limit."
        }
        LimitDataAlone => {
            "{length} is more than RLIMIT_DATA (ulimit -d) allows for all private writable memory: \
             {limit}. Map less, or raise the limit."
        }
        LimitMappings => {
            "this process has as many mappings as the system allows, {limit} (vm.max_map_count). Unmap those that are \
             no longer needed: does a loop map without ever unmapping?"
        }
        LimitMappingsUnread => {
            "this process has as many mappings as the system allows (vm.max_map_count). Unmap those that are no \
             longer needed: does a loop map without ever unmapping?"
        }
        LimitLocked => {
            "{length} more would exceed RLIMIT_MEMLOCK (ulimit -l), which limits locked memory to {limit}; \
             {used} are locked. Leave out MAP_LOCKED, or raise the limit."
        }
        LimitLockedAlone => {
            "{length} is more than RLIMIT_MEMLOCK (ulimit -l) allows to lock: {limit}. Leave out \
             MAP_LOCKED, or raise the limit."
        }
        LimitLockedZero => {
            "this process may not lock any memory: RLIMIT_MEMLOCK (ulimit -l) is 0. Leave out MAP_LOCKED, or raise \
             the limit."
        }
        Overcommit => {
            "{length} is more than this machine has of memory and swap together, {memory}, and the kernel does not \
             promise that. Ask for less; or add MAP_NORESERVE if most of it will never be touched."
        }
        OvercommitStrict => {
            "{length} more would exceed what the kernel may promise to all programs: CommitLimit is \
             {limit}, and Committed_AS already {committed} (vm.overcommit_memory is 2). Ask for less."
        }
        HugePagesAbsent => {
            "MAP_HUGETLB needs huge pages of {size}: {needed} wanted, {free} free. The administrator sets them aside \
             (vm.nr_hugepages); without MAP_HUGETLB none is needed."
        }
        HugePageLength => {
            "this mapping has huge pages of {size}: the address and the length given to {call} must be multiples of \
             that, and the length is {length}."
        }
        MapFailedPointer => {
            "the address given to {call} is MAP_FAILED, which is (void *)-1, never NULL: the earlier call \
             {earlier} failed, and nobody looked. Its reason: {why}"
        }
        MapFailedPointerAlone => {
            "the address given to {call} is MAP_FAILED, which is (void *)-1, never NULL: an earlier call that should \
             have mapped memory failed, and nobody looked. Compare its result with MAP_FAILED."
        }
        RangeUnmapped => {
            "{call} was given {length} at {address}, but from {hole} on nothing is mapped for {size}. Check the \
             pointer and the length: was part of it unmapped before?"
        }
        SyncBoth => {
            "MS_SYNC and MS_ASYNC exclude each other: MS_SYNC waits until the data is on the disk, MS_ASYNC does not \
             wait. Choose one."
        }
        SyncUnknown => {
            "msync does not know the flags {bits}: it takes MS_SYNC or MS_ASYNC, and MS_INVALIDATE."
        }
        SyncLocked => {
            "MS_INVALIDATE cannot drop pages that are locked in memory (mlock, MAP_LOCKED), and the {length} at \
             {address} have some. Call munlock() first, or leave MS_INVALIDATE out."
        }
        LockExclusiveMode => {
            "an exclusive lock needs a descriptor open for writing, and {file} is open for reading only. Open it with \
             O_RDWR, or take a shared lock."
        }
        LockSharedMode => {
            "a shared lock needs a descriptor open for reading, and {file} is open for writing only. Open it with \
             O_RDWR."
        }
        LockBusy => {
            "process {pid} has locked {file}, bytes {first} to {last}. Wait for it (F_SETLKW does), or try again \
             later."
        }
        LockBusyOpen => {
            "{file}, bytes {first} to {last}, is locked through another open of the file, perhaps by another process \
             (`fuser` names who has it open). Wait for it, or try again later."
        }
        LockBusyOpenBy => {
            "{file}, bytes {first} to {last}, is locked through another open of the file, by process {pid}. Wait for \
             it, or try again later."
        }
        LockBusyHere => {
            "another thread of this process has the lock {file}, through the same handle. Wait until it calls \
             mm_lock_release(), or try again later."
        }
        LockBusySelf => {
            "this thread has the lock {file} already, and {call} would have to wait for itself. Call \
             mm_lock_release() first."
        }
        LockDeadlock => {
            "whoever has locked {file} is waiting for a lock of this process: neither would ever go on. Take locks in \
             the same order everywhere."
        }
        DiskFull => {
            "there is no room for {file}: it needs {length}, and {mount} has {free} free. Remove something \
             there, or choose another disk."
        }
        LockNotHeld => {
            "{call} was called by a thread that does not have the lock: whoever took it releases it, once for each \
             time it was taken."
        }
        NotGuarded => "{call} was given {address}, but mm_guard() was not: nothing is guarded there.",
        Unknown => "{call} failed: {error}. Nothing that can be seen from here explains it further.",
        Plain => "{call} failed: {error}.",
        PlainFile => "{call} cannot open {file} or work with it: {error}.",
        Nothing => {
            "no mm_ function has failed in this thread. What other functions do is in errno: see perror()."
        }
    }
}

pub const fn finding(kind: FindingKind) -> &'static str {
    use FindingKind::*;
    match kind {
        FileTooShort => {
            "byte {byte} of {file} does not exist: the file has {size}, and mapping it (at {mapped}) does not enlarge \
             it. Call ftruncate() first."
        }
        FileTooShortSeek => {
            "byte {byte} of {file} does not exist: the file has {size}. The cursor is at {cursor}, but lseek() does \
             not enlarge a file, nor does mapping it (at {mapped}). Call ftruncate() first."
        }
        FileTooShortAhead => {
            "the mapping reaches up to byte {end}, but {file} has {size}: to touch a page past the end of the file is \
             SIGBUS. Call ftruncate() first."
        }
        FileTruncated => {
            "byte {byte} of {file} does not exist any more: the file had {was} when it was mapped (at {mapped}), and \
             now has {size}. Another program has cut it, or fopen() with \"w\", or O_TRUNC."
        }
        FileTruncatedLoaded => {
            "byte {byte} of {file}, from which the program runs, does not exist any more: the file has {size} now. What is in \
             use is replaced by a new file of the same name (mv, install), not written over (cp)."
        }
        FileTruncatedHere => {
            "byte {byte} of {file} does not exist any more: the file had {was} when it was mapped (at {mapped}), and \
             was cut at {cut}; it has {size} now. Unmap a file before you make it shorter."
        }
        FileTruncatedBy => {
            "byte {byte} of {file} does not exist any more: the file had {was} when it was mapped (at {mapped}), but \
             process {pid} ({program}) has cut it; it has {size} now. Who shares a file must not make it shorter; mm_guard() \
             survives it."
        }
        DiskFull => {
            "there is no room for byte {byte} of {file}: {mount} is full ({free} free). Reserve the space before \
             mapping (at {mapped}), with posix_fallocate(): then it is an error that can be handled."
        }
        IoError => {
            "byte {byte} of {file} (mapped at {mapped}) could not be read, although the file has it: the disk or the \
             network failed. The kernel's messages (dmesg) may say more."
        }
        WriteToReadOnly => {
            "a store to {address}, but {what} was mapped there without PROT_WRITE (at {mapped}). Ask for \
             PROT_READ|PROT_WRITE there, if the memory is to be changed."
        }
        NoAccess => {
            "an access to {address}, but {what} was mapped there with {prot} (at {mapped}), which does not allow it. \
             Change that with mprotect()."
        }
        NotInherited => {
            "nothing is mapped at {address} in this child: {what} was mapped there by its parent (at {mapped}), which has \
             kept it from its children with madvise(MADV_DONTFORK) (at {kept})."
        }
        UseAfterUnmap => {
            "nothing is mapped at {address} any more: {what} was mapped there (at {mapped}), and then \
             unmapped (at {unmapped}). A pointer is of no use after munmap."
        }
        UseAfterMove => {
            "nothing is mapped at {address} any more: {what} was mapped there (at {mapped}), and then mremap moved it \
             (at {moved}). Only the address that mremap returned is valid."
        }
        PastTheEnd => {
            "this access is {beyond} past the end of a mapping of {length} ({what}, mapped at {mapped}). Check the \
             index against the length."
        }
        PastTheEndText => {
            "this read ran past the end of {file} ({length}, mapped at {mapped}): a file has no final '\\0', so its \
             bytes are no C string. Use the length, as memchr() and printf(\"%.*s\") do."
        }
        UncheckedFailure => {
            "{address} is no address: the call of {call} at {failed} failed, and its result was used all the same \
             (it is MAP_FAILED, (void *)-1, not NULL). Its reason: {why}"
        }
        UncheckedFailureAgain => {
            "{address} is no address: the call of {call} at {failed} failed, as said above, and its result was used all \
             the same. It is MAP_FAILED, (void *)-1, not NULL: compare it with that."
        }
        PointerTruncated => {
            "{address} is the lower half of {whole}, where {what} is mapped (at {mapped}): the pointer went through \
             an int. Is an #include missing (<sys/mman.h>)?"
        }
        UnlockedAccess => "byte {byte} of {file} was touched without the lock {lock}, which protects it.",
        CrashNull => {
            "an access to {address}, which is NULL or close to it: a null pointer was used, perhaps as an array or a \
             structure. Check the result that the pointer comes from."
        }
        CrashStack => {
            "the stack is full, and this access to {address} lies outside: a recursion that does not end, or local \
             variables that are too large. Large buffers belong into malloc() or mmap()."
        }
        CrashBefore => {
            "this access is {before} before the start of {what} (mapped at {mapped}). Is an index negative?"
        }
        CrashFreed => {
            "{call}() was given {what}, which mmap has made (at {mapped}): it is for memory of malloc() only. What mmap \
             has made goes with munmap."
        }
        CrashText => {
            "a pointer consists of the letters {text}: a string that is longer than its array was written over it."
        }
        CrashJump => {
            "the program jumped to {address}, where there is no code: a function pointer that was never set, or a \
             return address that a local array, written past its end, has overwritten."
        }
        CrashConstant => {
            "a store to {address}, in the read-only part of {what}: a constant, such as the text of a string, cannot be \
             changed. Use an array: char s[] = \"…\"."
        }
        CrashForbidden => {
            "an access to {address}, in {what}, whose protection is {prot}, which does not allow it. Check where this \
             pointer comes from: overwritten, or run on past the end of an array?"
        }
        CrashNowhere => {
            "nothing is mapped at {address}; the nearest memory is {what}, from \
             {start} to {end}. Check where this pointer comes from: never set, overwritten, freed?"
        }
        CrashNoAddress => {
            "an access to an address that no process can have, or an instruction that is not allowed: the pointer was \
             never set, or was overwritten."
        }
        Crash => "{signal} at {address}. Nothing that can be seen from here explains it further.",
        LimitMappingsMade => {
            "this process has as many mappings as the system allows, {limit} (vm.max_map_count), and {count} of them \
             were made at {mapped}. Does a loop there map without ever unmapping?"
        }
        TypeBothFile => {
            "MAP_SHARED|MAP_PRIVATE is MAP_SHARED_VALIDATE: the mapping IS shared, and stores change {file}. Use only \
             the one that is meant."
        }
        TypeBothSwapped => {
            "the protection is {prot}, and MAP_SHARED|MAP_PRIVATE has the value of PROT_READ|PROT_WRITE: were the third \
             argument, prot, and the fourth, flags, swapped? As it stands, {file} is shared."
        }
        ProtectionWriteOnly => {
            "{call} with PROT_WRITE and without PROT_READ: some processors let the program read all the same, others \
             do not. Use PROT_READ|PROT_WRITE."
        }
        FixedClobbers => {
            "MAP_FIXED replaced {length} at {address}, where {what} was mapped (at {mapped}). MAP_FIXED_NOREPLACE \
             refuses instead; without either the kernel finds a free place."
        }
        Alias => {
            "the program maps {size} of {file} twice, here and at {other}, both writable: the two pointers show the \
             same bytes."
        }
        StaleTail => {
            "{file} has {size}, and behind its end, in its last page, {stray} of an earlier store: do not take what is \
             behind the end for zeros."
        }
        UnmapTooShort => {
            "munmap with a length of {length} leaves {left} of the {whole} that were mapped at {mapped}. Give the \
             length that mmap was given."
        }
        UnmapTooShortPointer => {
            "munmap with a length of {length} leaves {left} of the {whole} that were mapped at {mapped}: is that the \
             sizeof of a pointer? Give the length that mmap was given."
        }
        UnmapTooLong => {
            "munmap with a length of {length} is too long for a mapping of {whole}: it also removed {lost} of the \
             neighbour mapped at {neighbour}."
        }
        UnmapAgain => {
            "{address} was already unmapped, at {unmapped}. The second munmap does nothing today, and removes what \
             another call may have mapped there tomorrow."
        }
        SyncPrivate => {
            "{file} was mapped with MAP_PRIVATE (at {mapped}): msync has nothing to write to it. Stores reach the file \
             with MAP_SHARED."
        }
        SyncWraps => "this msync does nothing: the length {length}, in whole pages, wraps around to 0.",
        LockLost => {
            "closing descriptor {closed} dropped the lock on {file} that was taken through descriptor {locked} (at \
             {site}): a process loses its POSIX locks when it closes any descriptor of the file. Use F_OFD_SETLK, or \
             mm_lock_open()."
        }
        WritePastEndOfFile => {
            "the program stored {stray} behind the end of {file}, which has {size}: that is not saved. Make the file \
             large enough first, with ftruncate()."
        }
        PrivateWritesLost => {
            "the program changed {pages} of {file} in a MAP_PRIVATE mapping (at {mapped}): a private copy never \
             reaches the file. MAP_SHARED changes it."
        }
        PrivateAcrossFork => {
            "child process {child} wrote to {pages} of private memory that was mapped (at {mapped}) before fork(): \
             each process has its own copy. To share it, use MAP_SHARED in place of MAP_PRIVATE."
        }
        SharedWithNobody => {
            "parent and child (process {child}) have each made {what} here, after fork: these are two memories, and nobody \
             shares either. Map it before fork(), or give it a name (shm_open)."
        }
        PointerInSharedMemory => {
            "at byte {offset} of {file} stands {pointer}, an address of {target} in this process; another process maps \
             at other addresses. Store an offset from the start instead."
        }
        Leak => {
            "munmap is never called for {lost} of {what} (mapped at {mapped}, {times}), and no pointer to it is left."
        }
    }
}

pub const fn term(term: Term) -> &'static str {
    match term {
        Term::Directory => "a directory",
        Term::Pipe => "a pipe",
        Term::Socket => "a socket",
        Term::Terminal => "a terminal",
        Term::NullDevice => "the null device",
        Term::Device => "a device",
        Term::Descriptor => "no file (but an eventfd, epoll or the like)",
        Term::PseudoFile => "written anew by the kernel at each read",
        Term::OtherFile => "on a file system that maps no files",
        Term::OpenInside => "open a file inside it",
        Term::Redirect => "use read(), or start the program with a file as its input (program < file)",
        Term::Read => "use read() and write()",
        Term::OnlyRead => "use read()",
        Term::Anonymous => "for memory without a file use MAP_ANONYMOUS",
        Term::TheFile => "the file",
        Term::AnonymousMemory => "anonymous memory",
        Term::ItsFileSystem => "its file system",
        Term::UnknownPlace => "an unknown place",
        Term::TheEnd => "the end",
        Term::ReasonUnknown => "it can no longer be seen.",
        Term::Byte => " byte",
        Term::Bytes => " bytes",
        Term::Page => " page",
        Term::Pages => " pages",
        Term::Once => "once",
        Term::Times => " times",
        Term::Mebi => " MiB",
        Term::Gibi => " GiB",
        Term::Tebi => " TiB",
        Term::Pebi => " PiB",
        Term::Exbi => " EiB",
        Term::QuoteOpen => "“",
        Term::QuoteClose => "”",
        Term::ParenthesisOpen => " (",
        Term::ParenthesisClose => ")",
        Term::Point => ".",
    }
}

pub const fn error(errno: i32) -> &'static str {
    match errno {
        EPERM => "operation not permitted",
        ENOENT => "there is no such file or directory",
        EINTR => "a signal handler ran meanwhile",
        EIO => "input or output failed",
        ENXIO => "there is no such device or address",
        EBADF => "bad descriptor",
        EAGAIN => "not now, try again",
        ENOMEM => "not enough memory",
        EACCES => "permission denied",
        EFAULT => "bad address",
        EBUSY => "busy",
        EEXIST => "it exists already",
        ENODEV => "no such device, or one that cannot do this",
        ENOTDIR => "part of the path is not a directory",
        EISDIR => "it is a directory",
        EINVAL => "invalid argument",
        ENFILE => "too many files are open in the system",
        EMFILE => "this process has too many files open (ulimit -n)",
        ETXTBSY => "the file is a program that is running",
        EFBIG => "too large for a file",
        ENOSPC => "no space left on the disk",
        EROFS => "the file system is read-only",
        EDEADLK => "it would wait for itself",
        ENAMETOOLONG => "the name is too long",
        ENOLCK => "the kernel has no more locks",
        ENOSYS => "this kernel lacks the function",
        ELOOP => "too many symbolic links, or one where none is allowed",
        EOVERFLOW => "the value is too large",
        EOPNOTSUPP => "not supported",
        ETIMEDOUT => "the time is over",
        ESTALE => "the file was removed or replaced",
        EDQUOT => "the disk quota is used up",
        _ => "",
    }
}
