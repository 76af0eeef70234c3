//! The picture's own words, in the three languages. What is said of a mistake are the report's words.

use super::record::{End, What};
use explain::Language;
use std::fmt::Display;

/// One text out of three, with "{}" filled in, in order.
fn put<const N: usize>(language: Language, texts: [&str; 3], values: [&dyn Display; N]) -> String {
    let mut parts = language.pick(texts).split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(values) {
        text += &format!("{value}{part}");
    }
    text
}

/// French counts 0 as one.
fn one(language: Language, count: u64) -> bool {
    count == 1 || count == 0 && language == Language::French
}

pub fn tag(language: Language) -> &'static str {
    language.pick(["en", "fr", "zh-Hans"])
}

pub fn bytes(language: Language, count: u64) -> String {
    let unit = if one(language, count) { ["byte", "octet", "字节"] } else { ["bytes", "octets", "字节"] };
    let exact = put(language, ["{} {}", "{}\u{a0}{}", "{} {}"], [&count, &language.pick(unit)]);
    let units = [(40, ["TiB", "Tio", "TiB"]), (30, ["GiB", "Gio", "GiB"]), (20, ["MiB", "Mio", "MiB"])];
    match units.iter().find(|(shift, _)| count >> shift > 0) {
        None => exact,
        Some((shift, unit)) => {
            let tenths = ((count >> (shift - 10)) * 10) >> 10;
            let point = language.pick([".", ",", "."]);
            let about = match tenths % 10 {
                0 => (tenths / 10).to_string(),
                rest => format!("{}{point}{rest}", tenths / 10),
            };
            let about = format!("{about}\u{a0}{}", language.pick(*unit));
            put(language, ["{} ({})", "{} ({})", "{}（{}）"], [&exact, &about])
        }
    }
}

pub fn pages(language: Language, count: u64) -> String {
    let unit = if one(language, count) { ["page", "page", "页"] } else { ["pages", "pages", "页"] };
    put(language, ["{} {}", "{}\u{a0}{}", "{} {}"], [&count, &language.pick(unit)])
}

pub fn signal(number: i32) -> String {
    let name = match number {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGTRAP => "SIGTRAP",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL",
        libc::SIGUSR1 => "SIGUSR1",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGUSR2 => "SIGUSR2",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGALRM => "SIGALRM",
        libc::SIGTERM => "SIGTERM",
        libc::SIGXCPU => "SIGXCPU",
        libc::SIGXFSZ => "SIGXFSZ",
        libc::SIGSYS => "SIGSYS",
        _ => return format!("signal {number}"),
    };
    name.to_owned()
}

/// How a program ended, after its name and a colon.
pub fn ended(language: Language, end: Option<End>) -> String {
    match end {
        Some(End::Exited(0)) => {
            language.pick(["ended normally", "terminé normalement", "正常结束"]).to_owned()
        }
        Some(End::Exited(status)) => {
            put(language, ["ended with status {}", "terminé avec le code {}", "以状态 {} 结束"], [&status])
        }
        Some(End::Killed(number)) => {
            put(language, ["killed by {}", "tué par {}", "被 {} 终止"], [&signal(number)])
        }
        None => language
            .pick(["still running when this was drawn", "encore en cours lors du dessin", "绘图时仍在运行"])
            .to_owned(),
    }
}

pub fn replaced_by_exec(language: Language) -> &'static str {
    language.pick([
        "replaced itself by another program (exec)",
        "remplacé par un autre programme (exec)",
        "用 exec 换成了另一个程序",
    ])
}

pub fn process(language: Language, pid: i32, name: &str, parent: Option<i32>) -> String {
    match parent {
        Some(parent) => put(
            language,
            ["{}, process {}, child of {}", "{}, processus {}, fils de {}", "{}，进程 {}，由 {} 创建"],
            [&name, &pid, &parent],
        ),
        None => put(language, ["{}, process {}", "{}, processus {}", "{}，进程 {}"], [&name, &pid]),
    }
}

pub fn no_report(language: Language) -> &'static str {
    language.pick([
        "mapcheck has nothing to report.",
        "mapcheck n'a rien à signaler.",
        "mapcheck 没有发现任何问题。",
    ])
}

pub fn no_mapping(language: Language) -> &'static str {
    language.pick([
        "The program itself mapped nothing: what the loader and the C library map is not drawn.",
        "Le programme lui-même n'a rien projeté ; ce que projettent le chargeur et la bibliothèque C n'est pas dessiné.",
        "程序自己没有建立任何映射；加载器和 C 库所作的映射不画出。",
    ])
}

pub fn more_reports(language: Language, count: usize) -> String {
    put(language, ["and {} more reports", "et {} autres messages", "另有 {} 条报告"], [&count])
}

pub fn anonymous(language: Language) -> &'static str {
    language.pick(["anonymous memory", "mémoire anonyme", "匿名内存"])
}

pub fn sharing(language: Language, shared: bool) -> &'static str {
    if shared {
        language.pick(["shared", "partagée", "共享"])
    } else {
        language.pick(["private", "privée", "私有"])
    }
}

/// What may be done with memory, in words.
pub fn protection(language: Language, prot: i32) -> String {
    let may = |bit| prot & bit != 0;
    let text = match (may(libc::PROT_READ), may(libc::PROT_WRITE)) {
        (true, true) => ["read and write", "lecture et écriture", "可读写"],
        (true, false) => ["read only", "lecture seule", "只读"],
        (false, true) => ["write only", "écriture seule", "只写"],
        (false, false) => ["no access", "aucun accès", "不可访问"],
    };
    let also =
        if may(libc::PROT_EXEC) { language.pick([", execute", ", exécution", "、可执行"]) } else { "" };
    format!("{}{also}", language.pick(text))
}

pub fn rights(prot: i32) -> String {
    let sign = |bit, sign| if prot & bit != 0 { sign } else { '-' };
    [sign(libc::PROT_READ, 'r'), sign(libc::PROT_WRITE, 'w'), sign(libc::PROT_EXEC, 'x')].iter().collect()
}

/// "8192 bytes, 2 pages: 1 touched, 1 of them written".
pub fn size(language: Language, length: u64, count: u64) -> String {
    let (length, count) = (bytes(language, length), pages(language, count));
    put(language, ["{} = {}", "{} = {}", "{} = {}"], [&length, &count])
}

pub fn used(language: Language, touched: u64, written: u64) -> String {
    let texts = match (touched, written) {
        (0, _) => ["no page touched", "aucune page touchée", "没有触及任何页"],
        (_, 0) => ["touched: {}, written: none", "touchées : {}, écrites : aucune", "触及 {} 页，未写入"],
        _ => ["touched: {}, written: {}", "touchées : {}, écrites : {}", "触及 {} 页，写入 {} 页"],
    };
    put(language, texts, [&touched, &written])
}

pub fn looked(language: Language, count: u64) -> String {
    put(language, ["(looked at: {} of them)", "(examinées : {})", "（只查看了其中 {} 页）"], [&count])
}

pub fn from_offset(language: Language, offset: u64) -> String {
    put(
        language,
        ["from byte {} of the file", "à partir de l'octet {} du fichier", "从文件的第 {} 个字节起"],
        [&offset],
    )
}

pub fn memory(language: Language) -> &'static str {
    language.pick(["memory", "mémoire", "内存"])
}

pub fn file(language: Language) -> &'static str {
    language.pick(["file", "fichier", "文件"])
}

pub fn life(language: Language) -> &'static str {
    language.pick(["life", "vie", "经历"])
}

pub fn end_of_file(language: Language, size: u64) -> String {
    let size = bytes(language, size);
    put(language, ["end of file: {}", "fin du fichier : {}", "文件末尾：共 {}"], [&size])
}

pub fn goes_on(language: Language, size: u64) -> String {
    let size = bytes(language, size);
    put(language, ["the file goes on: {}", "le fichier continue : {}", "文件还有后续：共 {}"], [&size])
}

pub fn ends_before(language: Language, size: u64) -> String {
    let size = bytes(language, size);
    put(
        language,
        [
            "no byte of the file is here: it has only {}",
            "aucun octet du fichier ici : il n'a que {}",
            "这里没有文件的任何字节：文件只有 {}",
        ],
        [&size],
    )
}

pub fn was(language: Language, size: u64, cut: bool, place: &str) -> String {
    let size = bytes(language, size);
    match (cut, place.is_empty()) {
        (true, false) => put(
            language,
            ["before the cut at {}: {}", "avant la coupe en {} : {}", "在 {} 截短之前：{}"],
            [&place, &size],
        ),
        (true, true) => put(language, ["before the cut: {}", "avant la coupe : {}", "截短之前：{}"], [&size]),
        (false, _) => put(language, ["when mapped: {}", "lors de la projection : {}", "映射时：{}"], [&size]),
    }
}

/// Pages without a file behind them: as long as fits.
pub fn beyond(language: Language) -> [&'static str; 3] {
    language.pick([
        ["no file here: any access is a SIGBUS", "no file here: SIGBUS", "no file"],
        ["pas de fichier ici : tout accès donne SIGBUS", "pas de fichier : SIGBUS", "rien"],
        ["这里没有文件：任何访问都会引起 SIGBUS", "没有文件：SIGBUS", "无"],
    ])
}

/// Behind the end of a mapping.
pub fn outside(language: Language) -> [&'static str; 3] {
    language.pick([
        ["not part of the mapping", "outside", "–"],
        ["hors de la projection", "dehors", "–"],
        ["不属于该映射", "映射之外", "–"],
    ])
}

/// What was unmapped.
pub fn mapped_no_more(language: Language) -> [&'static str; 3] {
    language.pick([
        ["mapped no more", "unmapped", "–"],
        ["n'est plus projetée", "libérée", "–"],
        ["已不再映射", "已解除", "–"],
    ])
}

/// The access that killed.
pub fn access(language: Language, number: i32, byte: u64, of_file: bool, place: &str) -> String {
    let name = signal(number);
    let text = if of_file {
        put(
            language,
            [
                "{}: access to byte {} of the file",
                "{} : accès à l'octet {} du fichier",
                "{}：访问文件的第 {} 个字节",
            ],
            [&name, &byte],
        )
    } else {
        put(
            language,
            [
                "{}: access to byte {} of the mapping",
                "{} : accès à l'octet {} de la projection",
                "{}：访问映射的第 {} 个字节",
            ],
            [&name, &byte],
        )
    };
    if place.is_empty() {
        return text;
    }
    put(language, ["{}, at {}", "{}, en {}", "{}（{}）"], [&text, &place])
}

pub fn mapped_at(language: Language, inherited: bool, place: &str) -> String {
    if inherited {
        return put(
            language,
            [
                "there from the start: mapped at {}",
                "là dès le début : projetée en {}",
                "一开始就有：映射于 {}",
            ],
            [&place],
        );
    }
    put(language, ["mapped at {}", "projetée en {}", "映射于 {}"], [&place])
}

pub fn event(language: Language, what: What, before: Option<u64>, place: &str) -> String {
    let text = match what {
        What::Protected(prot) => {
            let prot = protection(language, prot);
            put(language, ["protection changed: {}", "protection changée : {}", "更改保护：{}"], [&prot])
        }
        What::Remapped(count) => {
            let count = pages(language, count);
            put(language, ["remapped: now {}", "reprojetée : {} désormais", "重新映射：现为 {}"], [&count])
        }
        What::Resized(size) => {
            let count = bytes(language, size);
            if before.is_some_and(|before| before > size) {
                put(language, ["file cut to {}", "fichier coupé à {}", "文件截短为 {}"], [&count])
            } else {
                put(language, ["file grown to {}", "fichier agrandi à {}", "文件增长为 {}"], [&count])
            }
        }
        What::Unmapped => language.pick(["unmapped", "libérée", "解除映射"]).to_owned(),
        What::Moved => language.pick(["moved away", "déplacée", "已移走"]).to_owned(),
        What::UnmappedPart => {
            language.pick(["unmapped in part", "libérée en partie", "部分解除映射"]).to_owned()
        }
        What::Replaced => language
            .pick(["replaced by another mapping", "remplacée par une autre projection", "被另一个映射取代"])
            .to_owned(),
    };
    if place.is_empty() {
        text
    } else {
        put(language, ["{} at {}", "{} en {}", "{}（{}）"], [&text, &place])
    }
}

pub fn died(language: Language, number: i32, place: &str) -> String {
    let name = signal(number);
    if place.is_empty() {
        name
    } else {
        put(language, ["{} at {}", "{} en {}", "{}（{}）"], [&name, &place])
    }
}

pub fn still_mapped(language: Language) -> &'static str {
    language.pick(["still mapped at the end", "encore projetée à la fin", "到结束时仍然映射着"])
}

pub fn others(language: Language, count: u64, sites: &str) -> String {
    let text = if count == 1 {
        put(language, ["and 1 other mapping", "et 1 autre projection", "另有 1 个映射"], [])
    } else {
        put(language, ["and {} other mappings", "et {} autres projections", "另有 {} 个映射"], [&count])
    };
    let colon = crate::words::colon(language);
    if sites.is_empty() { text } else { format!("{text}{colon}{sites}") }
}

pub fn other_processes(language: Language, count: usize) -> String {
    put(
        language,
        [
            "and {} more child processes with mappings",
            "et {} autres processus fils avec projections",
            "另有 {} 个有映射的子进程",
        ],
        [&count],
    )
}

pub fn comma(language: Language) -> &'static str {
    language.pick([", ", ", ", "、"])
}

pub fn page_size(language: Language, page: u64) -> String {
    put(
        language,
        [
            "One cell is one page: {} bytes. Memory and file are drawn to the same scale, one below the other.",
            "Une case est une page : {} octets. Mémoire et fichier sont à la même échelle, l'un sous l'autre.",
            "一格为一页：{} 字节。内存与文件上下对齐，比例相同。",
        ],
        [&page],
    )
}

/// A cell, for who points at it.
pub fn cell(language: Language, number: u64, from: u64, to: u64, state: &str) -> String {
    put(
        language,
        ["page {}, bytes {} to {}: {}", "page {}, octets {} à {} : {}", "第 {} 页，第 {} 至 {} 字节：{}"],
        [&number, &from, &to, &state],
    )
}

pub fn state_written(language: Language) -> &'static str {
    language.pick(["written", "écrite", "已写入"])
}

pub fn state_touched(language: Language) -> &'static str {
    language.pick(["touched", "touchée", "已触及"])
}

pub fn state_none(language: Language) -> &'static str {
    language.pick(["not touched", "pas touchée", "未触及"])
}

pub fn state_unseen(language: Language) -> &'static str {
    language.pick(["not looked at", "non examinée", "未查看"])
}

pub fn legend(language: Language) -> &'static str {
    language.pick(["What the picture shows", "Ce que montre le dessin", "图例"])
}

/// The legend's sentences: exactly what is known.
pub mod legend {
    pub const PRIVATE: [&str; 3] = [
        "private mapping of a file: stores stay in the process",
        "projection privée d'un fichier : les écritures restent dans le processus",
        "文件的私有映射：写入只留在本进程",
    ];
    pub const SHARED: [&str; 3] = [
        "shared mapping of a file: stores change the file",
        "projection partagée d'un fichier : les écritures changent le fichier",
        "文件的共享映射：写入会改变文件",
    ];
    pub const ANONYMOUS: [&str; 3] = [
        "anonymous memory, private: no file behind it",
        "mémoire anonyme privée : aucun fichier derrière",
        "私有匿名内存：背后没有文件",
    ];
    pub const ANONYMOUS_SHARED: [&str; 3] = [
        "anonymous memory, shared with forked children",
        "mémoire anonyme partagée avec les processus fils",
        "匿名内存，与 fork 出的子进程共享",
    ];
    pub const TOUCHED: [&str; 3] = [
        "touched: the page is in the process's page table. When it uses a page of a file, the kernel may enter \
         neighbours too (up to 16 pages at once)",
        "touchée : la page est dans la table des pages du processus. Quand il se sert d'une page d'un fichier, le noyau \
         peut y mettre aussi des voisines (jusqu'à 16 pages d'un coup)",
        "已触及：该页在进程的页表中。使用文件的一页时，内核可能把相邻页也一并放入（一次最多 16 页）",
    ];
    pub const WRITTEN_PRIVATE: [&str; 3] = [
        "written (private): the page has become the process's own copy",
        "écrite (privée) : la page est devenue une copie propre au processus",
        "已写入（私有）：该页已成为进程自己的副本",
    ];
    pub const WRITTEN_SHARED: [&str; 3] = [
        "written (shared): the page holds something else than when it was mapped",
        "écrite (partagée) : la page contient autre chose qu'au moment de la projection",
        "已写入（共享）：该页的内容与映射时不同",
    ];
    pub const WRITTEN_ANONYMOUS: [&str; 3] = [
        "written (anonymous): the page holds something else than zeroes",
        "écrite (anonyme) : la page contient autre chose que des zéros",
        "已写入（匿名）：该页的内容不全是零",
    ];
    pub const UNTOLD: [&str; 3] = [
        "what was written here cannot be told: the file could not be read, or is no regular file",
        "ce qui a été écrit ici ne peut être su : le fichier n'a pu être lu, ou n'est pas ordinaire",
        "此处无法得知写入了什么：文件不可读，或不是普通文件",
    ];
    pub const BEYOND: [&str; 3] = [
        "page wholly beyond the end of the file: the first access is a bus error (SIGBUS)",
        "page entièrement au-delà de la fin du fichier : le premier accès est une erreur de bus (SIGBUS)",
        "完全在文件末尾之后的页：一访问就是总线错误（SIGBUS）",
    ];
    pub const TAIL: [&str; 3] = [
        "the rest of the file's last page: zeroes that may be read and written, but are never saved",
        "le reste de la dernière page du fichier : des zéros qu'on peut lire et écrire, mais jamais enregistrés",
        "文件最后一页的剩余部分：是零，可读可写，但不会保存",
    ];
    pub const END: [&str; 3] = ["the end of the file", "la fin du fichier", "文件的末尾"];
    pub const EARLIER: [&str; 3] =
        ["where the file ended before", "où le fichier finissait avant", "文件以前的末尾"];
    pub const GONE: [&str; 3] = [
        "mapped no more: any access is a SIGSEGV",
        "n'est plus projetée : tout accès donne SIGSEGV",
        "已不再映射：任何访问都会引起 SIGSEGV",
    ];
    pub const BREAK: [&str; 3] = [
        "pages left out; how many stands above",
        "des pages omises ; leur nombre est au-dessus",
        "省略的页，其数目标在上方",
    ];
    pub const FAULT: [&str; 3] = [
        "the access that the program died of, at its byte",
        "l'accès dont le programme est mort, à son octet",
        "使程序终止的那次访问，标在所访问的字节处",
    ];
}
