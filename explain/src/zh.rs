//! 简体中文。每句话说明：哪里错了（带实际的值）、为什么、该怎么办。汉字与西文、数字之间空一格，标点用全角。

use super::cause::CauseKind;
use super::finding::FindingKind;
use super::value::Term;
use libc::*;

pub const fn cause(kind: CauseKind) -> &'static str {
    use CauseKind::*;
    match kind {
        LengthZero => "传给 {call} 的长度是 0，而至少需要一个字节。请检查这个长度是怎么来的。",
        LengthZeroPseudo => {
            "长度是 0，因为{file}的大小总是显示为 0：它的内容由内核在每次读取时现写，不能映射。请改用 read()。"
        }
        FileEmpty => "{file}是空的，没有内容可以映射（长度为 0）。请先用 ftruncate() 给它一个大小。",
        LengthNegative => {
            "传给 {call} 的长度是 {length}，按无符号数来看大得不可能。调用失败时返回 -1，而 int 到 2^31 就会溢出：请检查这个长度从何而来。"
        }
        LengthTooLarge => {
            "长度 {length}超出了进程的整个地址空间，后者只有 {space}。请分段映射，\
             或检查这个长度是怎么算出来的。"
        }
        OffsetUnaligned => {
            "偏移量 {offset} 不是页大小（{page}）的整数倍。请从偏移量 {nearest} 开始映射，把长度加上 {delta}，\
             再把得到的指针加上 {delta}。"
        }
        OffsetAnonymous => {
            "偏移量是 {offset}，但 MAP_ANONYMOUS 的内存没有对应的文件，也就没有偏移量：请传 0。"
        }
        OffsetNegative => {
            "偏移量 {offset} 是负数，而文件从第 0 个字节开始。如果它来自 lseek() 之类的调用，请检查那次调用是否失败了。"
        }
        SumOverflow => "偏移量 {offset} 与长度 {length}之和超过了文件可能的最大长度（2^63 - 1 字节）。",
        FileReach => "{file}不可能有这么大：偏移量 {offset} 与长度 {length}之和超过了它所在文件系统的上限。",
        AddressUnaligned => {
            "地址 {address} 不是页的起点（一页为 {page}）：它所在的页从 {start} 开始，\
             它比页首靠后 {inside}。传给 {call} 的应当是 mmap 返回的地址，而不是移动过的指针。"
        }
        AddressUnalignedNowhere => {
            "地址 {address} 不是页的起点（一页为 {page}），而且那里没有任何映射。传给 {call} 的应当是 mmap 返回的地址。"
        }
        AddressOnStack => {
            "传给 {call} 的地址 {address} 在栈上：它是某个变量的地址，不是 mmap 返回的地址。是不是在指针前多写了一个 &？"
        }
        AddressOnHeap => {
            "地址 {address} 不是页的起点（一页为 {page}）：它是 malloc() 的内存，而 {call} 只能处理整页。\
             请用 mmap 或 posix_memalign() 取得这样的内存。"
        }
        AddressUnalignedFixed => {
            "使用 MAP_FIXED 时，地址必须是页大小（{page}）的整数倍，而 {address} 不是；{nearest} 才是。\
             不用 MAP_FIXED 时，地址只是一个建议，可以是任意值。"
        }
        AddressInUse => {
            "{address} 处已经映射了{what}（从 {start} 到 {end}），而 MAP_FIXED_NOREPLACE 不会取代已有的映射。\
             请换一个地址，或者传 NULL，由内核选择。"
        }
        NoRoomToGrow => {
            "映射无法原地扩大到 {new}：紧接着的 {start} 处映射了{what}。加上 MREMAP_MAYMOVE，内核就可以把它移到别处。"
        }
        AddressTooLow => {
            "{address} 处不允许映射：允许的最低地址是 {lowest}（vm.mmap_min_addr），这样 NULL 才始终无效。\
             请传 NULL 并去掉 MAP_FIXED，由内核选择。"
        }
        AddressTooHigh => {
            "传给 {call} 的范围（从 {address} 起 {length}）超出了进程的地址空间。请检查指针和长度。"
        }
        TypeMissing => {
            "标志（{flags}）里既没有 MAP_SHARED，也没有 MAP_PRIVATE，而二者必须有且只有一个：\
             MAP_SHARED 的修改写入文件，大家都能看到；MAP_PRIVATE 的修改只留在本进程内。"
        }
        TypeBoth => {
            "标志里同时有 MAP_SHARED 和 MAP_PRIVATE，而匿名内存只能是其中一种：\
             要让子进程看到修改就用 MAP_SHARED，否则用 MAP_PRIVATE。"
        }
        FlagUnsupported => "{call} 拒绝了 {bits}：这个内核不支持它。请去掉。",
        FlagValidated => {
            "MAP_SHARED_VALIDATE（也就是 MAP_SHARED|MAP_PRIVATE）会拒绝不支持的标志，这里是 {bits}。\
             请去掉它，或者只用 MAP_SHARED。"
        }
        FlagSync => {
            "MAP_SYNC 需要持久内存（DAX 文件系统），而{file}不在这样的设备上。请去掉它，在需要落盘的地方调用 msync()。"
        }
        FlagHugeFile => {
            "MAP_HUGETLB 不适用于{file}：它所在的文件系统没有大页。请与 MAP_ANONYMOUS 一起使用，或改用 hugetlbfs 上的文件。"
        }
        GrowsdownUnsupported => {
            "MAP_GROWSDOWN 只能用于私有的匿名内存，而这里的标志是 {flags}。请去掉它：只有栈才需要它。"
        }
        FdInvalid => {
            "文件描述符 {fd} 没有打开：它关闭得太早，或者根本不是 open() 返回的。请在调用之后再关闭它。"
        }
        FdMinusOne => {
            "文件描述符是 -1：要么 open() 失败了而没有检查返回值，要么想要的是没有文件的内存，但忘了 MAP_ANONYMOUS。"
        }
        FdMinusOneSwapped => {
            "文件描述符是 -1，而 MAP_ANONYMOUS 却写在保护属性里：第三个参数 prot 和第四个参数 flags 写反了。"
        }
        HandleClosed => "传给 {call} 的锁已经关闭。请用 mm_lock_open() 重新打开。",
        FdPathOnly => {
            "文件描述符 {fd}（{file}）是用 O_PATH 打开的，不能访问文件内容。请用 O_RDONLY 或 O_RDWR 打开。"
        }
        FdWriteOnly => {
            "{file}是以只写方式（O_WRONLY）打开的，但 mmap 必须读取文件才能填充页面，即使程序只写不读也一样。\
             请用 O_RDWR 打开。"
        }
        FdReadOnly => {
            "{file}是以只读方式（O_RDONLY）打开的，而 MAP_SHARED 加 PROT_WRITE 会修改它。\
             请用 O_RDWR 打开；如果不想修改文件，请用 MAP_PRIVATE。"
        }
        FdReadOnlyProtect => {
            "{what}是通过只读（O_RDONLY）的文件描述符以 MAP_SHARED 映射的，mprotect 不能让它变为可写。\
             请用 O_RDWR 打开文件，再重新映射。"
        }
        InodeAppendOnly => {
            "{file}带有“只能追加”属性（chattr +a），不能通过可写的文件描述符共享映射。\
             请用 O_RDONLY 打开，或去掉这个属性：chattr -a。"
        }
        Sealed => {
            "{file}已被封印，禁止写入（{seal}），而且封印无法解除。请只用 PROT_READ 映射，或者用 MAP_PRIVATE。"
        }
        MemorySealed => {
            "从 {address} 起 {length}的范围（至少一部分）已被 mseal() 封印：在程序结束之前，\
             {call} 不能改变它。"
        }
        NoexecMount => {
            "{file}所在的文件系统是以 noexec 挂载的（{mount}），因此拒绝 PROT_EXEC。\
             请去掉 PROT_EXEC，或把文件放到别的文件系统上。"
        }
        SecurityPolicy => {
            "{file}本身看不出 {call} 被拒绝的原因，而 SELinux 处于强制模式：也许是它的策略不允许。\
             请看看 ausearch -m avc 有没有拒绝记录。"
        }
        NotMappable => "{file}是{what}，不能映射：{instead}。",
        SharedFolder => {
            "{file}在与另一台机器共享的文件夹里（{system}），不支持这样的映射。请在本地文件夹里操作，例如 /tmp。"
        }
        LimitAddressSpace => {
            "再加 {length}就会超过 RLIMIT_AS（ulimit -v），它把地址空间限制为 {limit}；已经用了 {used}。\
             请解除不再需要的映射，或提高上限。"
        }
        LimitAddressSpaceAlone => {
            "{length}超过了 RLIMIT_AS（ulimit -v）给整个地址空间的上限：{limit}。请少映射一些，\
             或提高上限。"
        }
        LimitData => {
            "再加 {length}就会超过 RLIMIT_DATA（ulimit -d），它把私有可写内存限制为 {limit}；\
             已经用了 {used}。请解除不再需要的映射，或提高上限。"
        }
        LimitDataAlone => {
            "{length}超过了 RLIMIT_DATA（ulimit -d）给全部私有可写内存的上限：{limit}。请少映射一些，\
             或提高上限。"
        }
        LimitMappings => {
            "这个进程的映射数已经达到系统允许的上限 {limit}（vm.max_map_count）。请解除不再需要的映射：\
             是不是有个循环只映射而从不解除？"
        }
        LimitMappingsUnread => {
            "这个进程的映射数已经达到系统允许的上限（vm.max_map_count）。请解除不再需要的映射：\
             是不是有个循环只映射而从不解除？"
        }
        LimitLocked => {
            "再加 {length}就会超过 RLIMIT_MEMLOCK（ulimit -l），它把可锁定的内存限制为 {limit}；\
             已经锁定了 {used}。请去掉 MAP_LOCKED，或提高上限。"
        }
        LimitLockedAlone => {
            "{length}超过了 RLIMIT_MEMLOCK（ulimit -l）允许锁定的上限：{limit}。请去掉 MAP_LOCKED，\
             或提高上限。"
        }
        LimitLockedZero => {
            "这个进程不能锁定任何内存：RLIMIT_MEMLOCK（ulimit -l）是 0。请去掉 MAP_LOCKED，或提高上限。"
        }
        Overcommit => {
            "{length}超过了这台机器的内存与交换空间之和，后者只有 {memory}，内核不会承诺这么多。\
             请少要一些；如果其中大部分根本不会用到，请加上 MAP_NORESERVE。"
        }
        OvercommitStrict => {
            "再加 {length}就会超过内核可以承诺给所有程序的总量：CommitLimit 是 {limit}，\
             Committed_AS 已经是 {committed}（vm.overcommit_memory 为 2）。请少要一些。"
        }
        HugePagesAbsent => {
            "MAP_HUGETLB 需要大页（每页 {size}）：需要 {needed} 个，空闲 {free} 个。\
             大页由管理员预留（vm.nr_hugepages）；不用 MAP_HUGETLB 就不需要大页。"
        }
        HugePageLength => {
            "这个映射使用大页（每页 {size}）：传给 {call} 的地址和长度都必须是页大小的整数倍，\
             而长度是 {length}。"
        }
        MapFailedPointer => {
            "传给 {call} 的地址是 MAP_FAILED，它等于 (void *)-1，从来不是 NULL：之前的调用 {earlier} 失败了，\
             却没有检查返回值。失败的原因：{why}"
        }
        MapFailedPointerAlone => {
            "传给 {call} 的地址是 MAP_FAILED，它等于 (void *)-1，从来不是 NULL：之前某个本应建立映射的调用失败了，\
             却没有检查返回值。请把返回值与 MAP_FAILED 比较。"
        }
        RangeUnmapped => {
            "传给 {call} 的范围是从 {address} 起 {length}，但从 {hole} 开始有 {size}没有映射。\
             请检查指针和长度：是不是有一部分已经解除映射了？"
        }
        SyncBoth => {
            "MS_SYNC 和 MS_ASYNC 不能同时使用：MS_SYNC 会等到数据写入磁盘，MS_ASYNC 不等待。请只选一个。"
        }
        SyncUnknown => "msync 不认识标志 {bits}：只能用 MS_SYNC 或 MS_ASYNC，再加上 MS_INVALIDATE。",
        SyncLocked => {
            "MS_INVALIDATE 不能丢弃锁定在内存里的页（mlock、MAP_LOCKED），\
             而从 {address} 起 {length}的范围里就有这样的页。请先调用 munlock()，或去掉 MS_INVALIDATE。"
        }
        LockExclusiveMode => {
            "独占锁需要可写的文件描述符，而{file}是以只读方式打开的。请用 O_RDWR 打开，或改用共享锁。"
        }
        LockSharedMode => "共享锁需要可读的文件描述符，而{file}是以只写方式打开的。请用 O_RDWR 打开。",
        LockBusy => {
            "进程 {pid} 持有{file}的文件锁（字节 {first} 到 {last}）。请等待（F_SETLKW 会等），或稍后再试。"
        }
        LockBusyOpen => {
            "{file}（字节 {first} 到 {last}）已被锁定，持有锁的是对该文件的另一次打开，可能属于别的进程\
             （fuser 可以列出谁打开了它）。请等待，或稍后再试。"
        }
        LockBusyOpenBy => {
            "{file}（字节 {first} 到 {last}）已被锁定，持有锁的是进程 {pid} 对该文件的另一次打开。请等待，或稍后再试。"
        }
        LockBusyHere => {
            "本进程的另一个线程正通过同一个句柄持有{file}的锁。请等它调用 mm_lock_release()，或稍后再试。"
        }
        LockBusySelf => {
            "这个线程已经持有{file}的锁，再调用 {call} 就是在等自己。请先调用 mm_lock_release()。"
        }
        LockDeadlock => {
            "锁定了{file}的进程正在等待本进程持有的锁：双方都会永远等下去。请在各处按相同的顺序加锁。"
        }
        DiskFull => {
            "没有空间存放{file}：需要 {length}，而{mount}只剩 {free}。请在那里腾出空间，或换一个磁盘。"
        }
        LockNotHeld => "调用 {call} 的线程并不持有这个锁：谁加的锁由谁释放，加了几次就释放几次。",
        NotGuarded => "传给 {call} 的是 {address}，但没有对那里调用过 mm_guard()：那里没有受保护的映射。",
        Unknown => "{call} 失败：{error}。从这里看到的情况不足以进一步说明原因。",
        Plain => "{call} 失败：{error}。",
        PlainFile => "{call} 无法打开或使用{file}：{error}。",
        Nothing => "这个线程里还没有 mm_ 函数失败过。其他函数的错误在 errno 里：请用 perror()。",
    }
}

pub const fn finding(kind: FindingKind) -> &'static str {
    use FindingKind::*;
    match kind {
        FileTooShort => {
            "{file}的第 {byte} 个字节不存在：文件只有 {size}，映射（{mapped}）并不会把它变长。请先调用 ftruncate()。"
        }
        FileTooShortSeek => {
            "{file}的第 {byte} 个字节不存在：文件只有 {size}。读写位置在 {cursor}，但 lseek() 不会把文件变长，\
             映射（{mapped}）也不会。请先调用 ftruncate()。"
        }
        FileTooShortAhead => {
            "映射一直到第 {end} 个字节，而{file}只有 {size}：访问文件末尾之后的页会引发 SIGBUS。请先调用 ftruncate()。"
        }
        FileTruncated => {
            "{file}的第 {byte} 个字节已经不存在了：映射时（{mapped}）文件有 {was}，现在只有 {size}。\
             它被别的程序截短了，或是被 fopen() 的 \"w\"、open() 的 O_TRUNC 清空了。"
        }
        FileTruncatedLoaded => {
            "程序正在运行{file}中的代码，它的第 {byte} 个字节已经不存在了：文件现在只有 {size}。\
             正在使用的文件要用同名的新文件替换（mv、install），不要直接覆盖（cp）。"
        }
        FileTruncatedHere => {
            "{file}的第 {byte} 个字节已经不存在了：映射时（{mapped}）文件有 {was}，后来在 {cut} 处被截短，现在只有 {size}。\
             要截短文件，请先解除它的映射。"
        }
        FileTruncatedBy => {
            "{file}的第 {byte} 个字节已经不存在了：映射时（{mapped}）文件有 {was}，\
             后来被进程 {pid}（{program}）截短，现在只有 {size}。共享的文件不应截短；mm_guard() 可以承受这种情况。"
        }
        DiskFull => {
            "{file}的第 {byte} 个字节没有地方存放：{mount}已满（剩余 {free}）。请在映射（{mapped}）之前用 \
             posix_fallocate() 预留空间，这样得到的是可以处理的错误。"
        }
        IoError => {
            "{file}（映射于 {mapped}）的第 {byte} 个字节读不出来，尽管文件里有它：磁盘或网络出了故障。\
             内核日志（dmesg）里也许有更多信息。"
        }
        WriteToReadOnly => {
            "向 {address} 写入，而那里的{what}映射时（{mapped}）没有 PROT_WRITE。要修改这块内存，\
             请在那里使用 PROT_READ|PROT_WRITE。"
        }
        NoAccess => {
            "访问了 {address}，而那里的{what}映射时（{mapped}）用的是 {prot}，不允许这样访问。可以用 mprotect() 更改。"
        }
        NotInherited => {
            "这个子进程的 {address} 处没有映射：父进程在那里映射了{what}（{mapped}），\
             又用 madvise(MADV_DONTFORK) 使它不传给子进程（{kept}）。"
        }
        UseAfterUnmap => {
            "{address} 处已经没有映射：那里曾映射{what}（{mapped}），后来解除了（{unmapped}）。munmap 之后指针就失效了。"
        }
        UseAfterMove => {
            "{address} 处已经没有映射：那里曾映射{what}（{mapped}），后来被 mremap 移走了（{moved}）。\
             只有 mremap 返回的地址才有效。"
        }
        PastTheEnd => {
            "这次访问超出了映射的末尾 {beyond}，映射的长度是 {length}（{what}，映射于 {mapped}）。请用长度检查下标。"
        }
        PastTheEndText => {
            "这次读取越过了{file}的末尾（{length}，映射于 {mapped}）：文件末尾没有 '\\0'，所以它的内容不是 C 字符串。\
             请使用长度，例如 memchr() 和 printf(\"%.*s\")。"
        }
        UncheckedFailure => {
            "{address} 不是有效的地址：{failed} 处调用 {call} 失败了，它的返回值却照样被使用\
             （那是 MAP_FAILED，即 (void *)-1，不是 NULL）。失败的原因：{why}"
        }
        UncheckedFailureAgain => {
            "{address} 不是有效的地址：如上所述，{failed} 处调用 {call} 失败了，它的返回值却照样被使用。\
             那是 MAP_FAILED，即 (void *)-1，不是 NULL：请与 MAP_FAILED 比较。"
        }
        PointerTruncated => {
            "{address} 是 {whole} 的低半部分，那里映射着{what}（{mapped}）：指针曾被当作 int。\
             是不是少了 #include（<sys/mman.h>）？"
        }
        UnlockedAccess => "访问{file}的第 {byte} 个字节时，没有持有保护它的锁{lock}。",
        CrashNull => {
            "访问了 {address}，它就是 NULL 或紧挨着 NULL：使用了空指针，也许是把它当作数组或结构体。\
             请检查这个指针从哪个返回值得来。"
        }
        CrashStack => {
            "栈已经用尽，对 {address} 的这次访问落在栈外：递归没有终止，或者局部变量太大。大的缓冲区请用 malloc() 或 mmap()。"
        }
        CrashBefore => "这次访问在映射（{what}，映射于 {mapped}）的开头之前 {before}。下标是不是成了负数？",
        CrashFreed => {
            "传给 {call}() 的是 mmap 建立的映射（{what}，映射于 {mapped}）：它只能用于 malloc() 的内存。\
             mmap 建立的映射要用 munmap 解除。"
        }
        CrashText => "有个指针的内容是字母{text}：一个比数组更长的字符串写到了它上面。",
        CrashJump => {
            "程序跳到了 {address}，那里没有代码：函数指针没有初始化，或者返回地址被越界写入的局部数组覆盖了。"
        }
        CrashConstant => {
            "向 {address} 写入，它在{what}的只读部分：字符串之类的常量不能修改。请改用数组：char s[] = \"…\"。"
        }
        CrashForbidden => {
            "访问了 {address}，它在{what}中，那里的保护属性是 {prot}，不允许这样访问。请检查这个指针从何而来：被覆盖了，还是越过了数组的末尾？"
        }
        CrashNowhere => {
            "{address} 处没有映射；最近的内存是{what}，从 {start} 到 {end}。\
             请检查这个指针从何而来：没有初始化、被覆盖，还是已经释放？"
        }
        CrashNoAddress => {
            "访问了任何进程都不可能有的地址，或者执行了不允许的指令：指针没有初始化，或者被覆盖了。"
        }
        Crash => "{signal}，地址 {address}。从这里看不出更多的原因。",
        LimitMappingsMade => {
            "这个进程的映射数已经达到系统允许的上限 {limit}（vm.max_map_count），其中 {count} 个是在 {mapped} 建立的。\
             那里是不是有个循环只映射而从不解除？"
        }
        TypeBothFile => {
            "MAP_SHARED|MAP_PRIVATE 就是 MAP_SHARED_VALIDATE：这个映射是共享的，写入会修改{file}。请只写真正想要的那一个。"
        }
        TypeBothSwapped => {
            "保护属性是 {prot}，而 MAP_SHARED|MAP_PRIVATE 的值与 PROT_READ|PROT_WRITE 相同：\
             第三个参数 prot 和第四个参数 flags 是不是写反了？照现在的写法，{file}是共享的。"
        }
        ProtectionWriteOnly => {
            "{call} 用了 PROT_WRITE 而没有 PROT_READ：有的处理器照样允许读取，有的不允许。请用 PROT_READ|PROT_WRITE。"
        }
        FixedClobbers => {
            "MAP_FIXED 取代了 {address} 处的 {length}，那里原来映射着{what}（{mapped}）。\
             MAP_FIXED_NOREPLACE 会拒绝而不是取代；两者都不用时，内核会找一个空闲的位置。"
        }
        Alias => {
            "{file}的 {size}被映射了两次，一次在这里，一次在 {other}，而且都可写：两个指针指向的是同样的字节。"
        }
        StaleTail => {
            "{file}有 {size}，而在最后一页里、文件末尾之后还留有以前写入的 {stray}：不要以为末尾之后都是零。"
        }
        UnmapTooShort => {
            "munmap 的长度是 {length}，而映射（{mapped}）有 {whole}，还剩 {left}没有解除。请使用传给 mmap 的长度。"
        }
        UnmapTooShortPointer => {
            "munmap 的长度是 {length}，而映射（{mapped}）有 {whole}，还剩 {left}没有解除：\
             这个长度是不是指针的 sizeof？请使用传给 mmap 的长度。"
        }
        UnmapTooLong => {
            "munmap 的长度是 {length}，而映射只有 {whole}：相邻映射（{neighbour}）的 {lost}也一起被解除了。"
        }
        UnmapAgain => {
            "{address} 已经解除过映射（{unmapped}）。这第二次 munmap 现在什么也不做，\
             将来却可能解除别的调用在那里建立的映射。"
        }
        SyncPrivate => {
            "{file}是以 MAP_PRIVATE 映射的（{mapped}）：msync 没有什么可以写回文件。要写入文件，请用 MAP_SHARED。"
        }
        SyncWraps => "这次 msync 什么也不做：长度 {length} 按整页取整之后回绕成了 0。",
        LockLost => {
            "关闭文件描述符 {closed} 使{file}上的锁丢失了，那个锁是通过文件描述符 {locked} 取得的（{site}）：\
             进程关闭该文件的任何一个描述符，都会失去它在该文件上的全部 POSIX 锁。请用 F_OFD_SETLK 或 mm_lock_open()。"
        }
        WritePastEndOfFile => {
            "写在{file}末尾之后的 {stray}不会保存：文件只有 {size}。请先用 ftruncate() 把文件变得足够长。"
        }
        PrivateWritesLost => {
            "{file}的 {pages}在 MAP_PRIVATE 映射（{mapped}）中被修改：这些私有副本永远不会写入文件。\
             要修改文件，请用 MAP_SHARED。"
        }
        PrivateAcrossFork => {
            "子进程 {child} 写入了 {pages}在 fork() 之前映射（{mapped}）的私有内存：每个进程都有自己的副本。\
             要共享，请把 MAP_PRIVATE 换成 MAP_SHARED。"
        }
        SharedWithNobody => {
            "父进程和子进程（{child}）在 fork 之后各自在这里创建了{what}：这是两块内存，谁也没有与谁共享。\
             请在 fork() 之前映射，或给这块内存起个名字（shm_open）。"
        }
        PointerInSharedMemory => {
            "{file}的第 {offset} 个字节处存着 {pointer}，这是本进程中{target}的地址；别的进程会映射在别的地址。\
             请改存相对于开头的偏移量。"
        }
        Leak => "{what}的 {lost}（映射于 {mapped}，{times}）一直没有解除映射，而且已经没有指针指向它。",
    }
}

pub const fn term(term: Term) -> &'static str {
    match term {
        Term::Directory => "目录",
        Term::Pipe => "管道",
        Term::Socket => "套接字",
        Term::Terminal => "终端",
        Term::NullDevice => "空设备",
        Term::Device => "设备",
        Term::Descriptor => "没有文件的对象（eventfd、epoll 等）",
        Term::PseudoFile => "由内核在每次读取时现写的文件",
        Term::OtherFile => "不支持映射的文件系统上的文件",
        Term::OpenInside => "请打开目录里的某个文件",
        Term::Redirect => "请用 read()，或把一个文件作为程序的输入（程序 < 文件）",
        Term::Read => "请用 read() 和 write()",
        Term::OnlyRead => "请用 read()",
        Term::Anonymous => "要没有文件的内存，请用 MAP_ANONYMOUS",
        Term::TheFile => "该文件",
        Term::AnonymousMemory => "匿名内存",
        Term::ItsFileSystem => "所在的文件系统",
        Term::UnknownPlace => "未知位置",
        Term::TheEnd => "文件末尾",
        Term::ReasonUnknown => "已经无从得知。",
        Term::Byte => " 字节",
        Term::Bytes => " 字节",
        Term::Page => " 页",
        Term::Pages => " 页",
        Term::Once => "1 次",
        Term::Times => " 次",
        Term::Mebi => " MiB",
        Term::Gibi => " GiB",
        Term::Tebi => " TiB",
        Term::Pebi => " PiB",
        Term::Exbi => " EiB",
        Term::QuoteOpen => "“",
        Term::QuoteClose => "”",
        Term::ParenthesisOpen => "（",
        Term::ParenthesisClose => "）",
        Term::Point => ".",
    }
}

pub const fn error(errno: i32) -> &'static str {
    match errno {
        EPERM => "操作不被允许",
        ENOENT => "没有这个文件或目录",
        EINTR => "其间运行了信号处理函数",
        EIO => "输入输出错误",
        ENXIO => "没有这个设备或地址",
        EBADF => "文件描述符无效",
        EAGAIN => "暂时不行，请再试",
        ENOMEM => "内存不足",
        EACCES => "权限不够",
        EFAULT => "地址无效",
        EBUSY => "正忙",
        EEXIST => "已经存在",
        ENODEV => "没有这个设备，或设备不支持",
        ENOTDIR => "路径中有一部分不是目录",
        EISDIR => "这是一个目录",
        EINVAL => "参数无效",
        ENFILE => "系统中打开的文件太多",
        EMFILE => "这个进程打开的文件太多（ulimit -n）",
        ETXTBSY => "该文件是正在运行的程序",
        EFBIG => "对文件来说太大",
        ENOSPC => "磁盘空间不足",
        EROFS => "文件系统是只读的",
        EDEADLK => "会等待自己",
        ENAMETOOLONG => "名字太长",
        ENOLCK => "内核没有可用的锁了",
        ENOSYS => "这个内核没有该功能",
        ELOOP => "符号链接太多，或出现在不允许的地方",
        EOVERFLOW => "数值太大",
        EOPNOTSUPP => "不支持",
        ETIMEDOUT => "时间已到",
        ESTALE => "文件已被删除或替换",
        EDQUOT => "磁盘配额已用完",
        _ => "",
    }
}
