//! What mapcheck says of itself, in the three languages. The sentences about the program's mistakes are `explain`'s.

use crate::options::Options;
use explain::say;
use std::fmt::Write as _;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

pub use explain::language::Language;

/// The language that the environment asks for.
pub fn language() -> Language {
    let names = ["MAPBOARD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let values = names.map(|name| std::env::var_os(name).unwrap_or_default());
    Language::choose(values.iter().map(|value| value.as_bytes()))
}

/// One line about the checking itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Note {
    NotFound,
    NotExecutable,
    NoTracer,
    ForeignProc,
    NoFilter,
    CannotWrite,
    SetUid,
    SetUidInside,
    OtherMachine,
    ItselfATracer,
}

/// Prints a note, before the tracer is at work.
pub fn say(options: &Options, note: Note, about: &str) {
    let _ = std::io::stderr().write_all(note_line(options.language, note, about).as_bytes());
}

pub fn note_line(language: Language, note: Note, about: &str) -> String {
    let [name, colon] = language.pick([["mapcheck", ": "], ["mapcheck", " : "], ["mapcheck", "："]]);
    let text = language.pick(match note {
        Note::NotFound => ["no such program", "programme introuvable", "找不到该程序"],
        Note::NotExecutable => ["cannot be executed", "ne peut être exécuté", "无法执行"],
        Note::NoTracer => [
            "tracing is not permitted here, so nothing was run. In a container, start it with \
             --cap-add=SYS_PTRACE; otherwise ask for sysctl kernel.yama.ptrace_scope to be 0 or 1, and do not run \
             under another debugger",
            "le traçage n'est pas permis ici : rien n'a été lancé. Dans un conteneur, démarrez-le avec \
             --cap-add=SYS_PTRACE ; sinon demandez que sysctl kernel.yama.ptrace_scope vaille 0 ou 1, et ne lancez \
             pas sous un autre débogueur",
            "此处不允许跟踪进程，因此没有运行任何程序。在容器中请加 --cap-add=SYS_PTRACE 启动；\
             否则请将 sysctl kernel.yama.ptrace_scope 设为 0 或 1，并且不要在别的调试器下运行",
        ],
        Note::ForeignProc => [
            "/proc shows another PID namespace than this one, so nothing was run. Mount this one's first: \
             unshare --mount-proc, or mount -t proc proc /proc",
            "/proc montre un autre espace de noms de PID que celui-ci : rien n'a été lancé. Montez d'abord le sien : \
             unshare --mount-proc, ou mount -t proc proc /proc",
            "/proc 显示的是另一个 PID 命名空间，因此没有运行任何程序。请先挂载本命名空间的 /proc：\
             unshare --mount-proc，或 mount -t proc proc /proc",
        ],
        Note::NoFilter => [
            "the kernel refuses a seccomp filter, so nothing was run",
            "le noyau refuse un filtre seccomp : rien n'a été lancé",
            "内核拒绝安装 seccomp 过滤器，因此没有运行任何程序",
        ],
        Note::CannotWrite => ["cannot be written", "ne peut être écrit", "无法写入"],
        Note::SetUid => [
            "set-uid: run as it is, not checked",
            "set-uid : lancé tel quel, sans vérification",
            "是 set-uid 程序：照常运行，不作检查",
        ],
        Note::SetUidInside => [
            "set-uid, started by the checked program: it runs without its privileges, and is not checked",
            "set-uid, lancé par le programme vérifié : il tourne sans ses privilèges, et sans vérification",
            "是由被检查程序启动的 set-uid 程序：它将不带特权运行，且不作检查",
        ],
        Note::OtherMachine => [
            "not a 64-bit program of this machine: run as it is, not checked",
            "n'est pas un programme 64 bits de cette machine : lancé tel quel, sans vérification",
            "不是本机的 64 位程序：照常运行，不作检查",
        ],
        Note::ItselfATracer => [
            "this program traces others: under mapcheck its ptrace call was refused (EPERM), for a process has one \
             tracer only",
            "ce programme en trace d'autres : sous mapcheck son appel ptrace a été refusé (EPERM), car un processus \
             n'a qu'un traceur",
            "该程序要跟踪别的进程：在 mapcheck 之下它的 ptrace 调用被拒绝（EPERM），因为一个进程只能有一个跟踪者",
        ],
    });
    if about.is_empty() {
        format!("{name}{colon}{text}\n")
    } else {
        format!("{name}{colon}{}{colon}{text}\n", visible(about))
    }
}

/// A name from outside, in which nothing moves a cursor, starts a line or turns the text: such characters as \xNN.
pub fn visible(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if say::harmless(letter) {
            out.push(letter);
        } else {
            let _ = letter.encode_utf8(&mut [0; 4]).bytes().try_for_each(|byte| write!(out, "\\x{byte:02x}"));
        }
    }
    out
}

/// Error, or warning: how a report begins.
pub fn severity(language: Language, error: bool) -> &'static str {
    match error {
        true => language.pick(["error", "erreur", "错误"]),
        false => language.pick(["warning", "attention", "警告"]),
    }
}

/// The colon that follows a place, in the language's typography.
pub fn colon(language: Language) -> &'static str {
    language.pick([": ", " : ", "："])
}

/// "note", for the second place of a report.
pub fn note_word(language: Language) -> &'static str {
    language.pick(["note", "note", "附注"])
}

pub fn mapped_here(language: Language) -> &'static str {
    language.pick(["mapped here", "projeté ici", "在此处映射"])
}

pub fn unmapped_here(language: Language) -> &'static str {
    language.pick(["unmapped here", "libéré ici", "在此处解除映射"])
}

pub fn kept_here(language: Language) -> &'static str {
    language.pick([
        "kept from the children here",
        "soustrait aux processus fils ici",
        "在此处设为不传给子进程",
    ])
}

pub fn failed_here(language: Language) -> &'static str {
    language.pick(["the call that failed is here", "l'appel qui a échoué est ici", "失败的调用在此处"])
}

pub fn locked_here(language: Language) -> &'static str {
    language.pick(["the lock was taken here", "le verrou a été pris ici", "锁在此处取得"])
}

pub fn looked_here(language: Language) -> &'static str {
    language.pick(["read here, by the parent", "lu ici, par le père", "父进程在此处读取"])
}

pub fn truncated_here(language: Language) -> &'static str {
    language.pick(["truncated here", "tronqué ici", "在此处截短"])
}

/// "(3 times)", or nothing.
pub fn times(language: Language, count: u64) -> String {
    match language {
        Language::English => format!("this happened {count} times"),
        Language::French => format!("c'est arrivé {count} fois"),
        Language::Chinese => format!("共发生 {count} 次"),
    }
}

pub fn usage(language: Language) {
    eprintln!(
        "{}",
        language.pick([
            "usage: mapcheck [OPTION]... PROGRAM [ARGUMENT]...   (mapcheck --help says more)",
            "usage : mapcheck [OPTION]... PROGRAMME [ARGUMENT]...   (mapcheck --help en dit plus)",
            "用法：mapcheck [选项]... 程序 [参数]...   （详见 mapcheck --help）",
        ])
    );
}

pub fn help(language: Language) -> &'static str {
    language.pick([ENGLISH, FRENCH, CHINESE])
}

const ENGLISH: &str = "\
usage: mapcheck [OPTION]... PROGRAM [ARGUMENT]...

Runs PROGRAM and says what goes wrong with its mmap, munmap, msync, mprotect, mremap
and fcntl-lock calls: which call, at which line, why, and what to do. Any program,
never recompiled; its signals, output and exit status are as without mapcheck. A
program without a mistake sees no line. Compile with -g to see file and line.

  --error-exitcode=N  end with status N if something was reported
  --json FILE         one JSON object a line to FILE, for each report
  --lang en|fr|zh     language of the reports (else MAPBOARD_LANG, LC_ALL, LC_MESSAGES, LANG)
  --locks FILE[:LOCK] FILE's mappings may only be touched while the fcntl lock is held, on LOCK
                      (else FILE itself or FILE.lock): reports the first access without it.
                      :LOCK alone: shared memory without a file. Can be given several times
  --pedantic          warn already at the call when a mapping is longer than its file
  --picture FILE      draw the mappings of PROGRAM's life, and what it died of, as an SVG image
  --summary           at the end: counts, mappings still in use, calls that failed on purpose
  -q, --quiet         print no report (for --error-exitcode and --json)
  --color[=WHEN]      always, never or auto: colours and source lines on a terminal
  -h, --help          this text
  -V, --version       the version
  --                  ends the options

Exit status: the program's own, or 128+signal as your shell shows it; N as above;
125 if mapcheck could not work, 126 if PROGRAM cannot be executed, 127 if it was not found.
";

const FRENCH: &str = "\
usage : mapcheck [OPTION]... PROGRAMME [ARGUMENT]...

Lance PROGRAMME et dit ce qui ne va pas dans ses appels à mmap, munmap, msync, mprotect,
mremap et dans ses verrous fcntl : quel appel, à quelle ligne, pourquoi, et que faire.
N'importe quel programme, sans le recompiler ; ses signaux, sa sortie et son code de
retour sont les mêmes que sans mapcheck. Un programme sans faute ne voit aucune ligne.
Compilez avec -g pour voir le fichier et la ligne.

  --error-exitcode=N  finir avec le code N si quelque chose a été signalé
  --json FICHIER      un objet JSON par ligne dans FICHIER, pour chaque message
  --lang en|fr|zh     langue des messages (sinon MAPBOARD_LANG, LC_ALL, LC_MESSAGES, LANG)
  --locks FICHIER[:VERROU]
                      ne toucher aux projections de FICHIER qu'en tenant le verrou fcntl, pris sur
                      VERROU (sinon sur FICHIER ou FICHIER.lock) : signale le premier accès sans
                      verrou. :VERROU seul : mémoire partagée sans fichier. Peut être répété
  --pedantic          avertir dès l'appel quand une projection dépasse son fichier
  --picture FICHIER   dessiner les projections de la vie de PROGRAMME, et ce dont il est mort,
                      dans une image SVG
  --summary           à la fin : les comptes, ce qui reste projeté, les échecs voulus
  -q, --quiet         n'imprimer aucun message (pour --error-exitcode et --json)
  --color[=QUAND]     always, never ou auto : couleurs et lignes source sur un terminal
  -h, --help          ce texte
  -V, --version       la version
  --                  fin des options

Code de retour : celui du programme, ou 128+signal comme le shell le montre ; N comme dit
plus haut ; 125 si mapcheck n'a pu travailler, 126 si PROGRAMME ne peut être exécuté, 127
s'il est introuvable.
";

const CHINESE: &str = "\
用法：mapcheck [选项]... 程序 [参数]...

运行“程序”，指出它的 mmap、munmap、msync、mprotect、mremap 和 fcntl 文件锁调用错在哪里：
哪个调用、哪一行、为什么、该怎么改。任何程序都行，无需重新编译；它的信号、输出和退出状态
与不用 mapcheck 时完全一样。没有错误的程序不会看到任何一行。用 -g 编译可显示文件名和行号。

  --error-exitcode=N  若报告过问题，则以状态 N 退出
  --json 文件         每个报告在该文件中写一行 JSON 对象
  --lang en|fr|zh     报告所用语言（默认取 MAPBOARD_LANG、LC_ALL、LC_MESSAGES、LANG）
  --locks 文件[:锁文件]
                      只有持有 fcntl 锁时才可访问该文件的映射：报告首次未加锁的访问。锁加在锁文件上
                      （默认是该文件本身或“文件.lock”）；只写 :锁文件 表示没有文件的共享内存。可多次给出
  --pedantic          映射比文件长时，在调用处就给出警告
  --picture 文件      把程序一生中的各个映射以及它因何而终画成一幅 SVG 图
  --summary           结束时显示：计数、仍在使用的映射、有意试探而失败的调用
  -q, --quiet         不打印报告（配合 --error-exitcode 和 --json 使用）
  --color[=何时]      always、never 或 auto：在终端上显示颜色和源代码行
  -h, --help          显示本说明
  -V, --version       显示版本
  --                  选项到此为止

退出状态：程序自己的状态，被信号终止时与 shell 所示的 128+信号 相同；或上面的 N；
mapcheck 无法工作时为 125，程序无法执行时为 126，找不到程序时为 127。
";

/// `--summary`: counts, failed probes, mappings still in use, and what could not be judged.
pub fn summary(
    language: Language,
    sites: usize,
    reports: u64,
    kept: &[(String, u64, u64)],
    unjudged: u64,
) -> String {
    let mut text = match language {
        Language::English => format!("mapcheck: reports: {reports}; sites: {sites}\n"),
        Language::French => format!("mapcheck : messages : {reports} ; endroits : {sites}\n"),
        Language::Chinese => format!("mapcheck：报告 {reports} 次，共 {sites} 处\n"),
    };
    for (place, count, bytes) in kept {
        text += &match language {
            Language::English => {
                format!("mapcheck: {place}: still mapped and in use at exit: {count}, {bytes} bytes\n")
            }
            Language::French => {
                format!("mapcheck : {place} : encore projeté et utilisé à la fin : {count}, {bytes} octets\n")
            }
            Language::Chinese => {
                format!("mapcheck：{place}：退出时仍映射且在使用：{count} 个，{bytes} 字节\n")
            }
        };
    }
    if unjudged > 0 {
        text += &match language {
            Language::English => format!(
                "mapcheck: calls that were not judged: {unjudged}: a static program without symbols does not tell its \
                 own calls from the C library's\n"
            ),
            Language::French => format!(
                "mapcheck : appels non jugés : {unjudged} : un programme statique sans symboles ne distingue pas ses \
                 appels de ceux de la bibliothèque C\n"
            ),
            Language::Chinese => {
                format!(
                    "mapcheck：{unjudged} 个调用未作判断：静态且无符号的程序无法把自己的调用与 C 库的调用区分开\n"
                )
            }
        };
    }
    text
}
