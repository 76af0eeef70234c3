//! Le français. Une phrase dit ce qui ne va pas, avec les valeurs ; pourquoi ; et ce qu'il faut faire. Elle commence par
//! une minuscule, car elle suit un préfixe et deux-points. Écrire ici des espaces ordinaires avant : ; ! ? et dans « » :
//! `say` les rend insécables. {file} peut devenir « le fichier » : jamais après « de » ou « à ».

use super::cause::CauseKind;
use super::finding::FindingKind;
use super::value::Term;
use libc::*;

pub const fn cause(kind: CauseKind) -> &'static str {
    use CauseKind::*;
    match kind {
        LengthZero => {
            "la longueur donnée à {call} est 0 : il faut au moins un octet. Vérifiez d'où vient cette longueur."
        }
        LengthZeroPseudo => {
            "la longueur est 0, car {file} affiche toujours une taille de 0 : le noyau en écrit le contenu à chaque \
             lecture. Cela ne se projette pas : utilisez read()."
        }
        FileEmpty => {
            "{file} est vide, il n'y a donc rien à projeter (la longueur est 0). Donnez-lui d'abord une taille, avec \
             ftruncate()."
        }
        LengthNegative => {
            "la longueur donnée à {call} est {length}, ce qui fait un nombre non signé gigantesque. Un appel qui échoue \
             renvoie -1, et un int déborde à 2^31 : vérifiez d'où vient cette longueur."
        }
        LengthTooLarge => {
            "la longueur, {length}, dépasse tout l'espace d'adressage d'un processus, {space}. Projetez le \
             fichier par morceaux, ou vérifiez le calcul de cette longueur."
        }
        OffsetUnaligned => {
            "le décalage {offset} n'est pas un multiple de la taille d'une page ({page}). Projetez à partir de \
             {nearest}, avec une longueur augmentée de {delta}, puis ajoutez {delta} au pointeur."
        }
        OffsetAnonymous => {
            "le décalage est {offset}, mais avec MAP_ANONYMOUS il n'y a pas de fichier, donc pas de décalage : passez 0."
        }
        OffsetNegative => {
            "le décalage {offset} est négatif, or un fichier commence à l'octet 0. S'il vient de lseek() ou d'un autre \
             appel, vérifiez que cet appel n'a pas échoué."
        }
        SumOverflow => {
            "le décalage {offset} et la longueur, {length}, dépassent à eux deux la taille maximale d'un fichier \
             (2^63 - 1 octets)."
        }
        FileReach => {
            "{file} ne pourra jamais être aussi grand : le décalage {offset} et la longueur, {length}, dépassent à eux \
             deux ce que permet son système de fichiers."
        }
        AddressUnaligned => {
            "l'adresse {address} n'est pas le début d'une page (de {page}) : sa page commence en {start}, {inside} \
             plus bas. Donnez à {call} l'adresse que mmap a renvoyée, pas un pointeur déplacé."
        }
        AddressUnalignedNowhere => {
            "l'adresse {address} n'est pas le début d'une page (de {page}), et rien n'y est projeté. Donnez à {call} \
             l'adresse que mmap a renvoyée."
        }
        AddressOnStack => {
            "l'adresse {address} donnée à {call} est dans la pile : c'est celle d'une variable, pas celle que mmap a \
             renvoyée. Y a-t-il un & de trop devant le pointeur ?"
        }
        AddressOnHeap => {
            "l'adresse {address} n'est pas le début d'une page (de {page}) : c'est de la mémoire de malloc(), or {call} \
             travaille sur des pages entières. Prenez-la avec mmap, ou avec posix_memalign()."
        }
        AddressUnalignedFixed => {
            "avec MAP_FIXED l'adresse doit être un multiple de la taille d'une page ({page}), ce que {address} n'est \
             pas ; {nearest} le serait. Sans MAP_FIXED, toute adresse convient comme souhait."
        }
        AddressInUse => {
            "{what} est déjà en {address} (de {start} à {end}), et MAP_FIXED_NOREPLACE ne remplace rien. Choisissez une \
             autre adresse, ou passez NULL : le noyau choisira."
        }
        NoRoomToGrow => {
            "la projection ne peut pas atteindre {new} sur place : {what} est juste derrière, en {start}. Avec \
             MREMAP_MAYMOVE, le noyau peut la déplacer."
        }
        AddressTooLow => {
            "rien ne peut être projeté en {address} : la plus petite adresse permise est {lowest} (vm.mmap_min_addr), \
             pour que NULL reste invalide. Passez NULL sans MAP_FIXED : le noyau choisira."
        }
        AddressTooHigh => {
            "la zone donnée à {call}, {length} en {address}, sort de l'espace d'adressage d'un processus. Vérifiez le \
             pointeur et la longueur."
        }
        TypeMissing => {
            "les drapeaux ({flags}) ne contiennent ni MAP_SHARED ni MAP_PRIVATE, or il en faut exactement un : \
             MAP_SHARED modifie le fichier pour tous, MAP_PRIVATE garde les modifications dans ce processus."
        }
        TypeBoth => {
            "les drapeaux contiennent à la fois MAP_SHARED et MAP_PRIVATE, or la mémoire anonyme est soit \
             l'un, soit l'autre : MAP_SHARED si les processus fils doivent voir les modifications, \
             MAP_PRIVATE sinon."
        }
        FlagUnsupported => "{call} refuse {bits} : ce noyau ne le connaît pas. Retirez-le.",
        FlagValidated => {
            "MAP_SHARED_VALIDATE (c'est aussi MAP_SHARED|MAP_PRIVATE) refuse ce qui n'est pas pris en charge, ici \
             {bits}. Retirez-le, ou utilisez MAP_SHARED seul."
        }
        FlagSync => {
            "MAP_SYNC exige un fichier en mémoire persistante (système de fichiers DAX), et {file} n'en est \
             pas un. Retirez-le, et appelez msync() là où les données doivent être en sécurité."
        }
        FlagHugeFile => {
            "MAP_HUGETLB ne convient pas ici : {file} est sur un système de fichiers sans grandes pages. \
             Utilisez-le avec MAP_ANONYMOUS, ou avec un fichier de hugetlbfs."
        }
        GrowsdownUnsupported => {
            "MAP_GROWSDOWN est réservé à la mémoire anonyme privée, or les drapeaux sont {flags}. Retirez-le : seules \
             les piles en ont besoin."
        }
        FdInvalid => {
            "le descripteur {fd} n'est pas ouvert : il a été fermé trop tôt, ou ne vient pas de open(). Fermez-le après \
             l'appel, pas avant."
        }
        FdMinusOne => {
            "le descripteur est -1 : soit open() a échoué et son résultat n'a pas été testé, soit vous voulez de la \
             mémoire sans fichier, et il manque MAP_ANONYMOUS."
        }
        FdMinusOneSwapped => {
            "le descripteur est -1, et MAP_ANONYMOUS se trouve dans la protection : le troisième argument, prot, et le \
             quatrième, flags, sont intervertis."
        }
        HandleClosed => "le verrou donné à {call} est fermé. Rouvrez-le avec mm_lock_open().",
        FdPathOnly => {
            "{file} a été ouvert avec O_PATH (descripteur {fd}), qui ne donne pas accès au contenu. \
             Ouvrez-le avec O_RDONLY ou O_RDWR."
        }
        FdWriteOnly => {
            "{file} est ouvert en écriture seule (O_WRONLY), mais mmap doit le lire pour remplir les pages, même si le \
             programme ne fait qu'écrire. Ouvrez-le avec O_RDWR."
        }
        FdReadOnly => {
            "{file} est ouvert en lecture seule (O_RDONLY), mais MAP_SHARED avec PROT_WRITE le modifierait. Ouvrez-le \
             avec O_RDWR, ou utilisez MAP_PRIVATE si le fichier ne doit pas changer."
        }
        FdReadOnlyProtect => {
            "{what} a été projeté avec MAP_SHARED par un descripteur ouvert en lecture seule (O_RDONLY) : mprotect ne \
             peut pas y permettre l'écriture. Ouvrez le fichier avec O_RDWR, et projetez-le de nouveau."
        }
        InodeAppendOnly => {
            "{file} a l'attribut « ajout seulement » (chattr +a) : on ne peut pas le partager par un descripteur ouvert \
             en écriture. Ouvrez-le avec O_RDONLY, ou retirez l'attribut : chattr -a."
        }
        Sealed => {
            "{file} est scellé contre l'écriture ({seal}), et un sceau ne s'enlève pas. Projetez-le avec PROT_READ \
             seul, ou avec MAP_PRIVATE."
        }
        MemorySealed => {
            "la zone de {length} en {address} a été scellée par mseal(), au moins en partie : {call} ne \
             peut plus la changer jusqu'à la fin du programme."
        }
        NoexecMount => {
            "{file} est sur un système de fichiers monté avec noexec ({mount}), d'où le refus de PROT_EXEC. Retirez \
             PROT_EXEC, ou placez le fichier sur un autre système de fichiers."
        }
        SecurityPolicy => {
            "rien dans {file} n'explique le refus de {call}, et SELinux est actif : c'est peut-être sa politique. \
             Regardez si « ausearch -m avc » montre un refus."
        }
        NotMappable => "{file} est {what}, et ne peut pas être projeté : {instead}.",
        SharedFolder => {
            "{file} est dans un dossier partagé avec une autre machine ({system}), qui ne permet pas cette projection. \
             Travaillez dans un dossier local, /tmp par exemple."
        }
        LimitAddressSpace => {
            "avec {length} de plus, RLIMIT_AS (ulimit -v) serait dépassé : il limite l'espace d'adressage à \
             {limit} (déjà pris : {used}). Libérez avec munmap ce qui ne sert plus, ou relevez la limite."
        }
        LimitAddressSpaceAlone => {
            "{length}, c'est plus que RLIMIT_AS (ulimit -v) n'en permet pour tout l'espace d'adressage : \
             {limit}. Projetez moins, ou relevez la limite."
        }
        LimitData => {
            "avec {length} de plus, RLIMIT_DATA (ulimit -d) serait dépassé : il limite la mémoire privée \
             modifiable à {limit} (déjà prise : {used}). Libérez avec munmap ce qui ne sert plus, ou \
             relevez la limite."
        }
        LimitDataAlone => {
            "{length}, c'est plus que RLIMIT_DATA (ulimit -d) n'en permet pour toute la mémoire privée \
             modifiable : {limit}. Projetez moins, ou relevez la limite."
        }
        LimitMappings => {
            "ce processus a autant de projections que le système en permet, {limit} (vm.max_map_count). Libérez celles \
             qui ne servent plus : une boucle projette-t-elle sans jamais appeler munmap ?"
        }
        LimitMappingsUnread => {
            "ce processus a autant de projections que le système en permet (vm.max_map_count). Libérez celles qui ne \
             servent plus : une boucle projette-t-elle sans jamais appeler munmap ?"
        }
        LimitLocked => {
            "avec {length} de plus, RLIMIT_MEMLOCK (ulimit -l) serait dépassé : il limite la mémoire verrouillée à \
             {limit} (déjà verrouillée : {used}). Retirez MAP_LOCKED, ou relevez la limite."
        }
        LimitLockedAlone => {
            "{length}, c'est plus que RLIMIT_MEMLOCK (ulimit -l) ne permet d'en verrouiller : {limit}. \
             Retirez MAP_LOCKED, ou relevez la limite."
        }
        LimitLockedZero => {
            "ce processus n'a le droit de verrouiller aucune mémoire : RLIMIT_MEMLOCK (ulimit -l) est à 0. Retirez \
             MAP_LOCKED, ou relevez la limite."
        }
        Overcommit => {
            "{length}, c'est plus que la mémoire et l'espace d'échange de cette machine réunis, {memory}, et le noyau \
             ne promet pas cela. Demandez moins, ou ajoutez MAP_NORESERVE si presque rien n'en sera touché."
        }
        OvercommitStrict => {
            "{length} de plus, c'est plus que le noyau ne peut promettre à tous les programmes : \
             CommitLimit vaut {limit}, et Committed_AS déjà {committed} (vm.overcommit_memory vaut 2). \
             Demandez moins."
        }
        HugePagesAbsent => {
            "MAP_HUGETLB exige de grandes pages de {size} : il en faut {needed}, et il en reste {free}. C'est l'administrateur \
             qui les réserve (vm.nr_hugepages) ; sans MAP_HUGETLB, il n'en faut pas."
        }
        HugePageLength => {
            "cette projection a de grandes pages de {size} : l'adresse et la longueur données à {call} doivent en être \
             des multiples, et la longueur est {length}."
        }
        MapFailedPointer => {
            "l'adresse donnée à {call} est MAP_FAILED, c'est-à-dire (void *)-1, jamais NULL : l'appel précédent \
             {earlier} a échoué sans que son résultat soit testé. En voici la raison : {why}"
        }
        MapFailedPointerAlone => {
            "l'adresse donnée à {call} est MAP_FAILED, c'est-à-dire (void *)-1, jamais NULL : un appel qui devait \
             projeter de la mémoire a échoué sans que son résultat soit testé. Comparez-le à MAP_FAILED."
        }
        RangeUnmapped => {
            "{call} a reçu {length} en {address}, mais à partir de {hole} rien n'est projeté, sur {size}. Vérifiez le \
             pointeur et la longueur : une partie a-t-elle déjà été libérée ?"
        }
        SyncBoth => {
            "MS_SYNC et MS_ASYNC s'excluent : MS_SYNC attend que les données soient sur le disque, MS_ASYNC n'attend \
             pas. Choisissez l'un des deux."
        }
        SyncUnknown => {
            "msync ne connaît pas les drapeaux {bits} : il accepte MS_SYNC ou MS_ASYNC, ainsi que MS_INVALIDATE."
        }
        SyncLocked => {
            "MS_INVALIDATE ne peut pas abandonner des pages verrouillées en mémoire (mlock, MAP_LOCKED), et il y en a \
             parmi les {length} en {address}. Appelez d'abord munlock(), ou retirez MS_INVALIDATE."
        }
        LockExclusiveMode => {
            "un verrou exclusif exige un descripteur ouvert en écriture, or {file} est ouvert en lecture seule. \
             Ouvrez-le avec O_RDWR, ou prenez un verrou partagé."
        }
        LockSharedMode => {
            "un verrou partagé exige un descripteur ouvert en lecture, or {file} est ouvert en écriture seule. \
             Ouvrez-le avec O_RDWR."
        }
        LockBusy => {
            "le processus {pid} tient un verrou sur {file}, octets {first} à {last}. Attendez-le (F_SETLKW le fait), ou \
             réessayez plus tard."
        }
        LockBusyOpen => {
            "{file} est verrouillé, octets {first} à {last}, par une autre ouverture du fichier, peut-être celle d'un \
             autre processus (« fuser » nomme ceux qui l'ont ouvert). Attendez, ou réessayez plus tard."
        }
        LockBusyOpenBy => {
            "{file} est verrouillé, octets {first} à {last}, par une autre ouverture du fichier, celle du processus \
             {pid}. Attendez, ou réessayez plus tard."
        }
        LockBusyHere => {
            "un autre thread de ce processus tient déjà ce verrou : {file}. Attendez qu'il appelle mm_lock_release(), \
             ou réessayez plus tard."
        }
        LockBusySelf => {
            "ce thread tient déjà ce verrou : {file}. Avec {call} il s'attendrait lui-même : appelez d'abord \
             mm_lock_release()."
        }
        LockDeadlock => {
            "celui qui a verrouillé {file} attend un verrou de ce processus : aucun des deux n'avancerait jamais. Prenez \
             les verrous partout dans le même ordre."
        }
        DiskFull => {
            "il n'y a pas de place pour {file} : il faut {length}, et il ne reste que {free} sur {mount}. \
             Faites-y de la place, ou choisissez un autre disque."
        }
        LockNotHeld => {
            "{call} a été appelé par un thread qui ne tient pas le verrou : celui qui l'a pris le rend, une fois pour \
             chaque fois qu'il l'a pris."
        }
        NotGuarded => "{call} a reçu {address}, mais mm_guard() ne l'a pas reçu : rien n'y est gardé.",
        Unknown => "{call} a échoué : {error}. Rien de ce qu'on peut voir d'ici ne l'explique davantage.",
        Plain => "{call} a échoué : {error}.",
        PlainFile => "{call} n'a pas pu ouvrir {file} ou s'en servir : {error}.",
        Nothing => {
            "aucune fonction mm_ n'a échoué dans ce thread. Pour les autres fonctions, errno le dit : voyez perror()."
        }
    }
}

pub const fn finding(kind: FindingKind) -> &'static str {
    use FindingKind::*;
    match kind {
        FileTooShort => {
            "l'octet {byte} n'existe pas : {file} a {size}, et la projection ({mapped}) ne l'agrandit pas. Appelez \
             d'abord ftruncate()."
        }
        FileTooShortSeek => {
            "l'octet {byte} n'existe pas : {file} a {size}. Le curseur est en {cursor}, mais lseek() n'agrandit pas un \
             fichier, et la projection ({mapped}) non plus. Appelez d'abord ftruncate()."
        }
        FileTooShortAhead => {
            "la projection va jusqu'à l'octet {end}, mais {file} a {size} : toucher une page au-delà de la fin du \
             fichier, c'est SIGBUS. Appelez d'abord ftruncate()."
        }
        FileTruncated => {
            "l'octet {byte} n'existe plus : {file} avait {was} lors de la projection ({mapped}) et a maintenant {size}. \
             Un autre programme l'a tronqué, ou bien fopen() avec \"w\", ou O_TRUNC."
        }
        FileTruncatedLoaded => {
            "l'octet {byte} n'existe plus : {file}, dont le programme s'exécute, a maintenant {size}. Ce qui sert se \
             remplace par un nouveau fichier du même nom (mv, install), et ne s'écrase pas (cp)."
        }
        FileTruncatedHere => {
            "l'octet {byte} n'existe plus : {file} avait {was} lors de la projection ({mapped}) et a été \
             tronqué ({cut}) ; il a maintenant {size}. Appelez munmap avant de raccourcir un fichier."
        }
        FileTruncatedBy => {
            "l'octet {byte} n'existe plus : {file} avait {was} lors de la projection ({mapped}) mais le \
             processus {pid} ({program}) l'a tronqué ; il a maintenant {size}. On ne raccourcit pas un fichier partagé ; mm_guard() y survit."
        }
        DiskFull => {
            "{file} n'a plus de place pour l'octet {byte} : {mount} est plein (reste : {free}). Réservez la \
             place avant de projeter ({mapped}), avec posix_fallocate() : c'est alors une erreur qui se \
             traite."
        }
        IoError => {
            "l'octet {byte} n'a pas pu être lu, alors que {file} (projeté : {mapped}) le contient : le disque ou le \
             réseau est en panne. Les messages du noyau (dmesg) en disent peut-être plus."
        }
        WriteToReadOnly => {
            "écriture en {address}, où {what} est projeté sans PROT_WRITE ({mapped}). Demandez-y \
             PROT_READ|PROT_WRITE, s'il faut modifier cette mémoire."
        }
        NoAccess => {
            "accès en {address}, où {what} est projeté avec {prot} ({mapped}), ce qui ne le permet pas. mprotect() \
             peut changer cela."
        }
        NotInherited => {
            "rien n'est projeté en {address} dans ce processus fils : son père y a projeté {what} ({mapped}), et l'a \
             soustrait à ses fils par madvise(MADV_DONTFORK) ({kept})."
        }
        UseAfterUnmap => {
            "plus rien n'est projeté en {address} : {what} y était ({mapped}), puis en a été retiré \
             ({unmapped}). Après munmap, un pointeur ne vaut plus rien."
        }
        UseAfterMove => {
            "plus rien n'est projeté en {address} : {what} y était ({mapped}), puis mremap l'a déplacé ({moved}). Seule \
             l'adresse renvoyée par mremap est valable."
        }
        PastTheEnd => {
            "cet accès est {beyond} au-delà de la fin d'une projection de {length} ({what}, projeté : {mapped}). \
             Comparez l'indice à la longueur."
        }
        PastTheEndText => {
            "cette lecture a dépassé la fin ({length}, projection : {mapped}) : {file} ne finit pas par '\\0', ses octets \
             ne sont donc pas une chaîne C. Servez-vous de la longueur, comme memchr() et printf(\"%.*s\")."
        }
        UncheckedFailure => {
            "{address} n'est pas une adresse : l'appel de {call} ({failed}) a échoué, et son résultat a servi quand même \
             (c'est MAP_FAILED, (void *)-1, pas NULL). En voici la raison : {why}"
        }
        UncheckedFailureAgain => {
            "{address} n'est pas une adresse : l'appel de {call} ({failed}) a échoué, comme dit plus haut, et son résultat \
             a servi quand même. C'est MAP_FAILED, (void *)-1, pas NULL : comparez-le à MAP_FAILED."
        }
        PointerTruncated => {
            "{address} est la moitié basse de {whole}, où {what} est projeté ({mapped}) : le pointeur est passé par un \
             int. Manque-t-il un #include (<sys/mman.h>) ?"
        }
        UnlockedAccess => "l'octet {byte} a été touché sans tenir le verrou {lock}, qui protège {file}.",
        CrashNull => {
            "accès en {address}, c'est-à-dire NULL ou tout près : un pointeur nul a servi, peut-être comme tableau ou \
             comme structure. Vérifiez le résultat dont vient ce pointeur."
        }
        CrashStack => {
            "la pile est pleine, et cet accès en {address} tombe en dehors : une récursion sans fin, ou des variables \
             locales trop grandes. Un grand tampon se demande à malloc() ou à mmap()."
        }
        CrashBefore => {
            "cet accès est {before} avant le début de la projection ({what}, projeté : {mapped}). Un indice est-il \
             négatif ?"
        }
        CrashFreed => {
            "{call}() a reçu ce que mmap a projeté ({what} : {mapped}), or il n'est que pour la mémoire de malloc(). Ce qui \
             vient de mmap se libère avec munmap."
        }
        CrashText => {
            "un pointeur est fait des lettres {text} : une chaîne plus longue que son tableau a été écrite par-dessus."
        }
        CrashJump => {
            "le programme a sauté en {address}, où il n'y a pas de code : un pointeur de fonction jamais initialisé, ou \
             une adresse de retour écrasée par un tableau local dont on a dépassé la fin."
        }
        CrashConstant => {
            "écriture en {address}, dans la partie en lecture seule : {what}. Une constante, comme le texte d'une \
             chaîne, ne se modifie pas. Utilisez un tableau : char s[] = \"…\"."
        }
        CrashForbidden => {
            "accès en {address}, dans {what}, dont la protection est {prot}, qui ne le permet pas. Cherchez d'où \
             vient ce pointeur : écrasé, ou allé au-delà de la fin d'un tableau ?"
        }
        CrashNowhere => {
            "rien n'est projeté en {address} ; la mémoire la plus proche est {what}, \
             de {start} à {end}. Cherchez d'où vient ce pointeur : jamais initialisé, écrasé, libéré ?"
        }
        CrashNoAddress => {
            "accès à une adresse qu'aucun processus ne peut avoir, ou instruction interdite : le pointeur n'a jamais été \
             initialisé, ou il a été écrasé."
        }
        Crash => "{signal} en {address}. Rien de ce qu'on peut voir d'ici ne l'explique davantage.",
        LimitMappingsMade => {
            "ce processus a autant de projections que le système en permet, {limit} (vm.max_map_count), dont {count} \
             viennent de {mapped}. Une boucle y projette-t-elle sans jamais appeler munmap ?"
        }
        TypeBothFile => {
            "MAP_SHARED|MAP_PRIVATE, c'est MAP_SHARED_VALIDATE : la projection EST partagée, et les écritures modifient \
             {file}. Ne mettez que celui des deux que vous voulez."
        }
        TypeBothSwapped => {
            "la protection est {prot}, et MAP_SHARED|MAP_PRIVATE a la valeur de PROT_READ|PROT_WRITE : le troisième \
             argument, prot, et le quatrième, flags, sont-ils intervertis ? En l'état, {file} est partagé."
        }
        ProtectionWriteOnly => {
            "{call} avec PROT_WRITE mais sans PROT_READ : certains processeurs laissent lire quand même, d'autres non. \
             Utilisez PROT_READ|PROT_WRITE."
        }
        FixedClobbers => {
            "MAP_FIXED a remplacé {length} en {address}, où {what} était projeté ({mapped}). MAP_FIXED_NOREPLACE refuse \
             au lieu de remplacer ; sans l'un ni l'autre, le noyau trouve une place libre."
        }
        Alias => {
            "{file} est projeté deux fois, ici et là ({other}), avec {size} en commun et en écriture : les deux \
             pointeurs montrent les mêmes octets."
        }
        StaleTail => {
            "{file} a {size} et, derrière sa fin, dans sa dernière page, {stray} d'une écriture antérieure : ne comptez \
             pas y trouver des zéros."
        }
        UnmapTooShort => {
            "munmap avec une longueur de {length} laisse {left} d'une projection de {whole} ({mapped}). Donnez \
             la longueur donnée à mmap."
        }
        UnmapTooShortPointer => {
            "munmap avec une longueur de {length} laisse {left} d'une projection de {whole} ({mapped}) : \
             est-ce le sizeof d'un pointeur ? Donnez la longueur donnée à mmap."
        }
        UnmapTooLong => {
            "munmap avec une longueur de {length} dépasse la projection, qui a {whole} : il a aussi retiré {lost} à \
             la voisine ({neighbour})."
        }
        UnmapAgain => {
            "{address} a déjà été libéré ({unmapped}). Ce second munmap ne fait rien aujourd'hui ; demain, il détruira \
             ce qu'un autre appel y aura projeté."
        }
        SyncPrivate => {
            "{file} est projeté avec MAP_PRIVATE ({mapped}) : msync n'a rien à y écrire. C'est avec MAP_SHARED que les \
             écritures arrivent dans le fichier."
        }
        SyncWraps => {
            "ce msync ne fait rien : la longueur {length}, arrondie à des pages entières, retombe à 0."
        }
        LockLost => {
            "la fermeture du descripteur {closed} a fait perdre le verrou sur {file} pris par le descripteur {locked} \
             ({site}) : un processus perd ses verrous POSIX dès qu'il ferme n'importe quel descripteur du fichier. \
             Utilisez F_OFD_SETLK, ou mm_lock_open()."
        }
        WritePastEndOfFile => {
            "le programme a écrit {stray} derrière la fin, ce qui n'est pas enregistré : {file} a {size}. Donnez-lui \
             d'abord une taille suffisante, avec ftruncate()."
        }
        PrivateWritesLost => {
            "le programme a modifié {pages} dans une projection MAP_PRIVATE ({mapped}) : une copie privée n'arrive \
             jamais dans {file}. MAP_SHARED le modifie."
        }
        PrivateAcrossFork => {
            "le processus fils {child} a écrit dans {pages} de mémoire privée, projetée ({mapped}) avant fork() : chaque \
             processus a sa propre copie. Pour la partager : MAP_SHARED à la place de MAP_PRIVATE."
        }
        SharedWithNobody => {
            "le père et le fils (processus {child}) ont chacun créé {what} ici, après fork : ce sont deux mémoires, que \
             personne ne partage. Projetez avant fork(), ou donnez un nom à cette mémoire (shm_open)."
        }
        PointerInSharedMemory => {
            "à l'octet {offset}, {file} contient {pointer}, une adresse de ce processus-ci ({target}) ; un autre \
             processus projette à d'autres adresses. Rangez plutôt un décalage depuis le début."
        }
        Leak => {
            "munmap n'est jamais appelé pour {lost} ({what}, projeté {times} : {mapped}), et plus aucun pointeur n'y \
             mène."
        }
    }
}

pub const fn term(term: Term) -> &'static str {
    match term {
        Term::Directory => "un répertoire",
        Term::Pipe => "un tube",
        Term::Socket => "une socket",
        Term::Terminal => "un terminal",
        Term::NullDevice => "le périphérique nul",
        Term::Device => "un périphérique",
        Term::Descriptor => "un objet sans fichier (eventfd, epoll ou autre)",
        Term::PseudoFile => "écrit par le noyau à chaque lecture",
        Term::OtherFile => "sur un système de fichiers qui ne projette rien",
        Term::OpenInside => "ouvrez un fichier de ce répertoire",
        Term::Redirect => {
            "utilisez read(), ou lancez le programme avec un fichier en entrée (programme < fichier)"
        }
        Term::Read => "utilisez read() et write()",
        Term::OnlyRead => "utilisez read()",
        Term::Anonymous => "pour de la mémoire sans fichier, utilisez MAP_ANONYMOUS",
        Term::TheFile => "le fichier",
        Term::AnonymousMemory => "un segment anonyme",
        Term::ItsFileSystem => "son système de fichiers",
        Term::UnknownPlace => "endroit inconnu",
        Term::TheEnd => "la fin",
        Term::ReasonUnknown => "on ne peut plus la voir.",
        Term::Byte => " octet",
        Term::Bytes => " octets",
        Term::Page => " page",
        Term::Pages => " pages",
        Term::Once => "une fois",
        Term::Times => " fois",
        Term::Mebi => " Mio",
        Term::Gibi => " Gio",
        Term::Tebi => " Tio",
        Term::Pebi => " Pio",
        Term::Exbi => " Eio",
        Term::QuoteOpen => "«\u{a0}",
        Term::QuoteClose => "\u{a0}»",
        Term::ParenthesisOpen => " (",
        Term::ParenthesisClose => ")",
        Term::Point => ",",
    }
}

pub const fn error(errno: i32) -> &'static str {
    match errno {
        EPERM => "opération non permise",
        ENOENT => "ce fichier ou ce répertoire n'existe pas",
        EINTR => "un gestionnaire de signal s'est exécuté entre-temps",
        EIO => "erreur d'entrée-sortie",
        ENXIO => "ce périphérique ou cette adresse n'existe pas",
        EBADF => "mauvais descripteur",
        EAGAIN => "pas maintenant, réessayez",
        ENOMEM => "pas assez de mémoire",
        EACCES => "permission refusée",
        EFAULT => "mauvaise adresse",
        EBUSY => "occupé",
        EEXIST => "cela existe déjà",
        ENODEV => "périphérique absent, ou incapable de cela",
        ENOTDIR => "une partie du chemin n'est pas un répertoire",
        EISDIR => "c'est un répertoire",
        EINVAL => "argument invalide",
        ENFILE => "trop de fichiers ouverts dans le système",
        EMFILE => "ce processus a trop de fichiers ouverts (ulimit -n)",
        ETXTBSY => "le fichier est un programme en cours d'exécution",
        EFBIG => "trop grand pour un fichier",
        ENOSPC => "plus de place sur le disque",
        EROFS => "le système de fichiers est en lecture seule",
        EDEADLK => "il s'attendrait lui-même",
        ENAMETOOLONG => "le nom est trop long",
        ENOLCK => "le noyau n'a plus de verrous",
        ENOSYS => "cette fonction manque à ce noyau",
        ELOOP => "trop de liens symboliques, ou un lien là où il n'en faut pas",
        EOVERFLOW => "valeur trop grande",
        EOPNOTSUPP => "non pris en charge",
        ETIMEDOUT => "le délai est écoulé",
        ESTALE => "le fichier a été supprimé ou remplacé",
        EDQUOT => "le quota de disque est épuisé",
        _ => "",
    }
}
