/*
 * All that the program says, in its three languages side by side: TEXT(NAME, English, French, Chinese).
 * words.h makes the enum of it and words.c a table for each language; a text that is missing does not
 * compile.
 * {1}, {2} … are holes that say() fills. French has a no-break space (U+00A0) before : ; ! ? » and after «.
 */

/* ---- the conversation ---- */
TEXT(WELCOME,
     "Board {1}. /help lists the commands, ^D leaves.",
     "Tableau {1}. /help pour les commandes, ^D pour partir.",
     "白板 {1}。输入 /help 查看命令，按 ^D 离开。")
TEXT(ALONE,
     "Nobody else is here yet.",
     "Il n’y a encore personne d’autre.",
     "这里还没有别人。")
TEXT(HERE,
     "Here: {1}",
     "Présents : {1}",
     "在场：{1}")
TEXT(COMMA, ", ", ", ", "、")
TEXT(JOINED,
     "{1} joins",
     "{1} arrive",
     "{1} 来了")
TEXT(LEFT,
     "{1} leaves",
     "{1} s’en va",
     "{1} 离开了")
TEXT(RENAMED,
     "{1} is now {2}",
     "{1} s’appelle désormais {2}",
     "{1} 改名为 {2}")
TEXT(YOU_ARE,
     "You are now {1}.",
     "Vous vous appelez désormais {1}.",
     "你现在叫 {1}。")
TEXT(ANONYMOUS, "anonymous", "anonyme", "匿名")
TEXT(EARLIER_ONE,
     "1 earlier message is no longer on the board",
     "1 message plus ancien n’est plus au tableau",
     "更早的 1 条消息已不在白板上")
TEXT(EARLIER_MANY,
     "{1} earlier messages are no longer on the board",
     "{1} messages plus anciens ne sont plus au tableau",
     "更早的 {1} 条消息已不在白板上")
TEXT(MISSED_ONE,
     "1 message was missed",
     "1 message a été manqué",
     "错过了 1 条消息")
TEXT(MISSED_MANY,
     "{1} messages were missed",
     "{1} messages ont été manqués",
     "错过了 {1} 条消息")
TEXT(SPOILED_MESSAGE,
     "a message was written over and cannot be read",
     "un message a été écrasé, il est illisible",
     "有一条消息被改写，无法读取")
TEXT(NO_MESSAGES,
     "No message yet.",
     "Aucun message pour l’instant.",
     "还没有消息。")
TEXT(READ_ONLY_PROMPT, "(read only)", "(lecture seule)", "（只读）")
TEXT(FULL_SO_READ_ONLY,
     "All {1} seats are taken: you can read, but not write. Come back when somebody has left.",
     "Les {1} places sont prises : vous pouvez lire, mais pas écrire. Revenez quand quelqu’un sera parti.",
     "{1} 个座位已坐满：只能看，不能发言。请等有人离开后再来。")
TEXT(ONLY_READING,
     "Nothing was posted: you are only reading. Join without --read-only to talk.",
     "Rien n’a été publié : vous ne faites que lire. Pour parler, revenez sans --read-only.",
     "没有发出：当前是只读方式。要发言请去掉 --read-only 重新加入。")
TEXT(NEW_FROM_HERE,
     "new since you left",
     "nouveau depuis votre départ",
     "以下是你离开后的新消息")
TEXT(DAY, "{1}", "{1}", "{1}")
/* {1} weekday, {2} day, {3} month, {4} year */
TEXT(DATE, "{1} {2} {3} {4}", "{1} {2} {3} {4}", "{4}年{3}月{2}日 {1}")
TEXT(WEEKDAYS,
     "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday",
     "dimanche|lundi|mardi|mercredi|jeudi|vendredi|samedi",
     "星期日|星期一|星期二|星期三|星期四|星期五|星期六")
TEXT(MONTHS,
     "January|February|March|April|May|June|July|August|September|October|November|December",
     "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
     "1|2|3|4|5|6|7|8|9|10|11|12")
TEXT(CANDIDATES, "{1}", "{1}", "{1}")
TEXT(CALL, ": ", " : ", "：")
TEXT(PASTE_ASK,
     "{1} lines pasted. Post them? y/n ",
     "{1} lignes collées. Les publier ? o/n ",
     "粘贴了 {1} 行。全部发送吗？y/n ")
TEXT(YES_KEYS, "yY", "oO", "yY")
TEXT(PASTE_DROPPED,
     "The {1} lines were not posted.",
     "Les {1} lignes n’ont pas été publiées.",
     "这 {1} 行没有发送。")
TEXT(PASTE_STOPPED,
     "What was pasted behind it was not posted either.",
     "La suite de ce qui était collé n’a pas été publiée non plus.",
     "其后粘贴的内容也没有发送。")
TEXT(BYE, "goodbye", "au revoir", "再见")

/* ---- its commands ---- */
TEXT(COMMANDS,
     "  /who         who is here\n"
     "  /nick NAME   take another name\n"
     "  /me TEXT     say what you are doing: * Léa waves\n"
     "  /last [N]    show the last messages again\n"
     "  /help        this list\n"
     "  /quit        leave, as ^D does\n"
     "  //TEXT       a message that begins with /\n",
     "  /who         qui est là\n"
     "  /nick NOM    changer de nom\n"
     "  /me TEXTE    dire ce que l’on fait : * Léa fait signe\n"
     "  /last [N]    revoir les derniers messages\n"
     "  /help        cette liste\n"
     "  /quit        partir, comme ^D\n"
     "  //TEXTE      un message qui commence par /\n",
     "  /who         看看谁在\n"
     "  /nick 名字   改名\n"
     "  /me 内容     描述自己的动作：* 小明 挥挥手\n"
     "  /last [N]    再看最近的消息\n"
     "  /help        显示本列表\n"
     "  /quit        离开，与 ^D 相同\n"
     "  //内容       发送以 / 开头的消息\n")
TEXT(UNKNOWN_COMMAND,
     "No command {1}, nothing was posted: see /help. //TEXT posts a text that begins with /.",
     "Commande {1} inconnue, rien n’a été publié : voir /help ; //TEXTE pour un texte.",
     "没有 {1} 命令，没有发出：见 /help。以 / 开头的内容请写成 //内容。")
TEXT(COMMAND_NEEDS,
     "{1} needs something after it; see /help.",
     "{1} attend quelque chose à sa suite ; voir /help.",
     "{1} 后面缺少内容；见 /help。")
TEXT(COMMAND_ALONE,
     "{1} takes nothing after it; see /help.",
     "{1} n’attend rien à sa suite ; voir /help.",
     "{1} 后面不需要内容；见 /help。")
TEXT(COMMAND_NUMBER,
     "{1} is not a number of messages; /last 5 shows five.",
     "{1} n’est pas un nombre de messages ; /last 5 en montre cinq.",
     "{1} 不是消息条数；例如 /last 5 显示五条。")

/* ---- who is here ---- */
TEXT(PERSON,
     "{1}  (seat {2}, process {3}, user {4}, since {5})",
     "{1}  (place {2}, processus {3}, utilisateur {4}, depuis {5})",
     "{1}  （座位 {2}，进程 {3}，用户 {4}，{5} 加入）")
TEXT(YOU, "you", "vous", "你")
TEXT(NOBODY,
     "Nobody is on the board.",
     "Il n’y a personne au tableau.",
     "白板上没有人。")
TEXT(HIDDEN_ONE,
     "and one unseen: a script that posts",
     "et quelqu’un d’invisible : un script qui publie",
     "另有 1 个隐身者：发送消息的脚本")
TEXT(HIDDEN_MANY,
     "and {1} unseen: scripts that post",
     "et {1} invisibles : des scripts qui publient",
     "另有 {1} 个隐身者：发送消息的脚本")
TEXT(UNKNOWN_PRESENCE,
     "{1}: who is here cannot be known without access to {1}.lock; its owner can allow it with chmod",
     "{1} : impossible de savoir qui est là sans accès à {1}.lock ; "
     "son propriétaire peut l’ouvrir avec chmod",
     "{1}：没有 {1}.lock 的访问权限，无法得知谁在场；其所有者可用 chmod 放开权限")

/* ---- about a board ---- */
TEXT(INFO,
     "board      {1}\n"
     "created    {2}\n"
     "messages   {3} so far\n"
     "present    {4}\n"
     "file       {5} bytes, mode {6}, user {7}, group {8}\n"
     "identity   {9}\n",
     "tableau    {1}\n"
     "créé       {2}\n"
     "messages   {3} en tout\n"
     "présents   {4}\n"
     "fichier    {5} octets, mode {6}, utilisateur {7}, groupe {8}\n"
     "identité   {9}\n",
     "白板   {1}\n"
     "创建   {2}\n"
     "消息   至今 {3} 条\n"
     "在场   {4}\n"
     "文件   {5} 字节，权限 {6}，用户 {7}，组 {8}\n"
     "标识   {9}\n")
TEXT(UNKNOWN, "unknown", "inconnu", "未知")
TEXT(NO_BOARDS,
     "No board in {1}.",
     "Aucun tableau dans {1}.",
     "{1} 中没有白板。")
TEXT(LISTED_ONE,
     "{1}  1 message",
     "{1}  1 message",
     "{1}  1 条消息")
TEXT(LISTED_MANY,
     "{1}  {2} messages",
     "{1}  {2} messages",
     "{1}  {2} 条消息")

/* ---- failures: what, which file, and the cure ---- */
TEXT(NO_BOARD,
     "{1}: there is no such board; to create it, join it: minichat {1}",
     "{1} : ce tableau n’existe pas ; pour le créer, il suffit de le rejoindre : minichat {1}",
     "{1}：没有这个白板；加入即可创建：minichat {1}")
TEXT(NO_DIRECTORY,
     "{1}: its directory does not exist; create it first with mkdir",
     "{1} : son répertoire n’existe pas ; créez-le d’abord avec mkdir",
     "{1}：所在目录不存在；请先用 mkdir 创建")
TEXT(NOT_ON_THE_WAY,
     "{1}: a part of this path is not a directory; check it",
     "{1} : une partie de ce chemin n’est pas un répertoire ; vérifiez-le",
     "{1}：路径中有一部分不是目录；请检查")
TEXT(NOT_A_BOARD,
     "{1}: not a board, and left as it was; name another file",
     "{1} : ce n’est pas un tableau, et rien n’y a été changé ; indiquez un autre fichier",
     "{1}：不是白板，未作任何改动；请换一个文件")
TEXT(IS_A_DIRECTORY,
     "{1}: a directory; name a file in it, or see its boards: minichat --list {1}",
     "{1} : c’est un répertoire ; indiquez un fichier, ou voyez ses tableaux : minichat --list {1}",
     "{1}：是一个目录；请指定其中的文件，或查看其中的白板：minichat --list {1}")
TEXT(IS_A_LINK,
     "{1}: a symbolic link, which could lead anywhere; name the file itself",
     "{1} : c’est un lien symbolique, qui peut mener n’importe où ; indiquez le fichier lui-même",
     "{1}：是符号链接，可能指向任何地方；请直接指定文件")
TEXT(OTHER_VERSION,
     "{1}: a board of another version of mapboard; use that version, or remove it: rm -f {1} {1}.lock",
     "{1} : tableau d’une autre version de mapboard ; prenez cette version, ou supprimez-le : rm -f {1} {1}.lock",
     "{1}：由其他版本的 mapboard 创建；请使用那个版本，或将其删除：rm -f {1} {1}.lock")
TEXT(SPOILED,
     "{1}: the board was cut or written over; start another one, and remove this one: rm -f {1} {1}.lock",
     "{1} : ce tableau a été tronqué ou écrasé ; créez-en un autre, "
     "et supprimez celui-ci : rm -f {1} {1}.lock",
     "{1}：白板已被截断或覆盖；请另建一个，并删除这个：rm -f {1} {1}.lock")
TEXT(MAY_NOT_JOIN,
     "{1}: you may not write there; its owner can allow it with chmod, or only read: --read-only",
     "{1} : vous n’avez pas le droit d’y écrire ; son propriétaire peut l’accorder avec chmod, "
     "sinon lisez seulement : --read-only",
     "{1}：没有写权限；其所有者可用 chmod 放开，或只读：--read-only")
TEXT(MAY_NOT_READ,
     "{1}: you may not read it; its owner can allow it with chmod",
     "{1} : vous n’avez pas le droit de lire ce tableau ; son propriétaire peut l’accorder avec chmod",
     "{1}：没有读权限；其所有者可用 chmod 放开")
TEXT(MAY_NOT_REMOVE,
     "{1}: you may not remove it; its owner can, or the owner of its directory",
     "{1} : vous n’avez pas le droit de le supprimer ; son propriétaire le peut, ou celui du répertoire",
     "{1}：没有删除权限；请由其所有者或目录的所有者删除")
TEXT(STALE,
     "{1}: {1}.lock is missing or was replaced, so nobody can join or post; read with --read-only, "
     "or once all have left remove the board: rm -f {1} {1}.lock",
     "{1} : {1}.lock manque ou a été remplacé, on ne peut donc ni rejoindre ni publier ; lisez avec "
     "--read-only, ou, quand tous seront partis, supprimez le tableau : rm -f {1} {1}.lock",
     "{1}：{1}.lock 缺失或已被替换，因此无法加入或发言；可用 --read-only 阅读，"
     "或等大家离开后删除白板：rm -f {1} {1}.lock")
TEXT(FULL,
     "{1}: all {2} seats are taken; read with --read-only, or try again when somebody has left",
     "{1} : les {2} places sont prises ; lisez avec --read-only, ou revenez quand quelqu’un sera parti",
     "{1}：{2} 个座位已坐满；可用 --read-only 阅读，或等有人离开后再试")
TEXT(BAD_FILE_SYSTEM,
     "{1}: this file system cannot share memory between programs (network, FUSE); "
     "put the board on a local disk",
     "{1} : ce système de fichiers ne permet pas de partager la mémoire (réseau, FUSE) ; placez le tableau "
     "sur un disque local",
     "{1}：该文件系统（网络、FUSE）不支持进程间共享内存；请把白板放在本地磁盘上")
TEXT(NO_SPACE,
     "{1}: no space left; free some, or put the board elsewhere",
     "{1} : plus de place ; libérez-en, ou placez le tableau ailleurs",
     "{1}：空间不足；请清理空间，或把白板放到别处")
TEXT(BUSY,
     "{1}: somebody is on the board; see who with: minichat {1} --who",
     "{1} : il y a quelqu’un au tableau ; pour voir qui : minichat {1} --who",
     "{1}：白板上还有人；查看是谁：minichat {1} --who")
TEXT(BEING_REMOVED,
     "{1}: somebody is removing this board; try again in a moment",
     "{1} : quelqu’un est en train de supprimer ce tableau ; réessayez dans un instant",
     "{1}：有人正在删除这个白板；请稍后再试")
TEXT(SYSTEM_ERROR,
     "{1}: the system says: {2}",
     "{1} : le système répond : {2}",
     "{1}：系统报告：{2}")
TEXT(NO_DIRECTORY_TO_LIST,
     "{1}: there is no such directory; name one that exists",
     "{1} : ce répertoire n’existe pas ; indiquez-en un qui existe",
     "{1}：没有这个目录；请指定已有的目录")
TEXT(NOT_A_DIRECTORY,
     "{1}: not a directory; --list takes the directory where the boards are",
     "{1} : ce n’est pas un répertoire ; --list attend celui où sont les tableaux",
     "{1}：不是目录；--list 后面应是白板所在的目录")
TEXT(MAY_NOT_LIST,
     "{1}: you may not read this directory; its owner can allow it with chmod",
     "{1} : vous n’avez pas le droit de lire ce répertoire ; son propriétaire peut l’accorder avec chmod",
     "{1}：没有读取该目录的权限；其所有者可用 chmod 放开")
TEXT(LOG_FAILED,
     "{1}: the log cannot be written, the system says: {2}; give --log another file",
     "{1} : impossible d’écrire le journal, le système répond : {2} ; donnez un autre fichier à --log",
     "{1}：无法写入记录，系统报告：{2}；请为 --log 换一个文件")
TEXT(LOG_IS_BOARD,
     "{1}: that is the board itself; give --log another file",
     "{1} : c’est le tableau lui-même ; donnez un autre fichier à --log",
     "{1}：这就是白板本身；请为 --log 换一个文件")
TEXT(OUTPUT_CLOSED,
     "standard output is closed: nothing could be written; redirect it to /dev/null if it is not wanted",
     "la sortie standard est fermée : rien n’a pu être écrit ; "
     "redirigez-la vers /dev/null si elle est inutile",
     "标准输出已关闭：什么也没能写出；若不需要，请重定向到 /dev/null")
TEXT(OUTPUT_FULL,
     "standard output: no space left where it leads, not everything was written; free some",
     "sortie standard : plus de place là où elle mène, tout n’a pas été écrit ; libérez-en",
     "标准输出：目的地空间不足，未能全部写出；请清理空间")
TEXT(OUTPUT_UNREAD,
     "standard output: its reader left before the end; let it read everything",
     "sortie standard : son lecteur est parti avant la fin ; laissez-le tout lire",
     "标准输出：读取方提前离开；请让它读完")
TEXT(OUTPUT_FAILED,
     "standard output: not everything could be written, the system says: {1}",
     "sortie standard : tout n’a pas pu être écrit, le système répond : {1}",
     "标准输出：未能全部写出，系统报告：{1}")
TEXT(INPUT_FAILED,
     "standard input: cannot be read ({1}); look where it comes from",
     "entrée standard : lecture impossible ({1}) ; vérifiez d’où elle vient",
     "标准输入：无法读取（{1}）；请检查其来源")
TEXT(NO_MEMORY,
     "no memory left; close other programs",
     "plus de mémoire ; fermez d’autres programmes",
     "内存不足；请关闭其他程序")

/* ---- texts and names that cannot be posted ---- */
TEXT(TEXT_EMPTY,
     "the text is empty; nothing was posted",
     "le texte est vide ; rien n’a été publié",
     "内容为空；没有发出")
TEXT(TEXT_NOT_UTF8,
     "the text is not UTF-8; nothing was posted: convert it with iconv -t UTF-8",
     "le texte n’est pas en UTF-8 ; rien n’a été publié : convertissez-le avec iconv -t UTF-8",
     "内容不是 UTF-8 编码；没有发出：请用 iconv -t UTF-8 转换")
TEXT(TEXT_TOO_LONG,
     "the text has {1} bytes, {2} at most; nothing was posted: shorten it",
     "le texte fait {1} octets, {2} au plus ; rien n’a été publié : raccourcissez-le",
     "内容有 {1} 字节，最多 {2} 字节；没有发出：请缩短")
TEXT(LINE_NOT_UTF8,
     "line {1} is not UTF-8; it and what follows were not posted: convert with iconv -t UTF-8",
     "la ligne {1} n’est pas en UTF-8 ; ni elle ni la suite n’ont été publiées : "
     "convertissez avec iconv -t UTF-8",
     "第 {1} 行不是 UTF-8 编码；该行及以后没有发出：请用 iconv -t UTF-8 转换")
TEXT(LINE_TOO_LONG,
     "line {1} has {2} bytes, {3} at most; it and what follows were not posted: shorten it",
     "la ligne {1} fait {2} octets, {3} au plus ; ni elle ni la suite n’ont été publiées : raccourcissez-la",
     "第 {1} 行有 {2} 字节，最多 {3} 字节；该行及以后没有发出：请缩短")
TEXT(NICK_NOT_UTF8,
     "this name is not UTF-8; choose another one",
     "ce nom n’est pas en UTF-8 ; choisissez-en un autre",
     "名字不是 UTF-8 编码；请换一个")
TEXT(NICK_TOO_LONG,
     "this name has {1} bytes, {2} at most; choose a shorter one",
     "ce nom fait {1} octets, {2} au plus ; choisissez-en un plus court",
     "名字有 {1} 字节，最多 {2} 字节；请换短一些的")

/* ---- the command line ---- */
TEXT(WHICH_BOARD,
     "which board? minichat BOARD [NICK]; minichat --help tells more",
     "quel tableau ? minichat TABLEAU [NOM] ; minichat --help en dit plus",
     "哪个白板？minichat 白板 [名字]；详见 minichat --help")
TEXT(UNKNOWN_OPTION,
     "there is no option {1}; minichat --help lists them",
     "l’option {1} n’existe pas ; minichat --help en donne la liste",
     "没有 {1} 这个选项；minichat --help 列出所有选项")
TEXT(NEEDS_VALUE,
     "--{1} needs a value; see minichat --help",
     "--{1} attend une valeur ; voir minichat --help",
     "--{1} 缺少取值；见 minichat --help")
TEXT(TAKES_NO_VALUE,
     "--{1}: this option takes no value; see minichat --help",
     "--{1} : cette option ne prend pas de valeur ; voir minichat --help",
     "--{1}：该选项不带取值；见 minichat --help")
TEXT(NOT_TOGETHER,
     "--{1} and --{2} do not go together; choose one",
     "--{1} et --{2} ne vont pas ensemble ; choisissez",
     "--{1} 与 --{2} 不能同时使用；请选择其一")
TEXT(ONLY_WITH,
     "--{1} only goes with {2}; see minichat --help",
     "--{1} ne va qu’avec {2} ; voir minichat --help",
     "--{1} 只能与 {2} 一起使用；见 minichat --help")
TEXT(ONE_TOO_MANY,
     "{1}: one word too many; a text with spaces needs quotes: --post \"…\"",
     "{1} : un mot de trop ; un texte avec des espaces se met entre guillemets : --post \"…\"",
     "{1}：多余的参数；含空格的内容需要加引号：--post \"…\"")
TEXT(BAD_LAST,
     "--last {1}: not a number of messages; for example --last 5",
     "--last {1} : ce n’est pas un nombre de messages ; par exemple --last 5",
     "--last {1}：不是消息条数；例如 --last 5")
TEXT(BAD_TIMEOUT,
     "--timeout {1}: not a number of seconds; for example --timeout 2.5",
     "--timeout {1} : ce n’est pas un nombre de secondes ; par exemple --timeout 2.5",
     "--timeout {1}：不是秒数；例如 --timeout 2.5")
TEXT(BAD_MODE,
     "--mode {1}: not a mode in octal that lets its owner in; for example --mode 0660",
     "--mode {1} : ce n’est pas un mode en octal qui laisse entrer le propriétaire ; par exemple --mode 0660",
     "--mode {1}：不是允许所有者读写的八进制权限；例如 --mode 0660")
TEXT(BAD_LANG,
     "--lang {1}: there are en, fr and zh",
     "--lang {1} : il y a en, fr et zh",
     "--lang {1}：可选 en、fr、zh")
TEXT(BAD_COLOR,
     "--color {1}: there are auto, always and never",
     "--color {1} : il y a auto, always et never",
     "--color {1}：可选 auto、always、never")
TEXT(HELP,
     "minichat BOARD [NICK]                join the board, or create it, and talk\n"
     "minichat BOARD [NICK] --post [TEXT]  post TEXT, or each line of standard input\n"
     "minichat BOARD --follow              print messages as they come\n"
     "minichat BOARD --last N              print the last N messages (20 are kept)\n"
     "minichat BOARD --who                 print who is here\n"
     "minichat BOARD --info                print what the board is\n"
     "minichat BOARD --unlink              remove the board, unless somebody is there\n"
     "minichat --list DIR                  print the boards of a directory\n"
     "\n"
     "  --json             one JSON object a line\n"
     "  --last N           with --follow: N earlier messages first\n"
     "  --timeout SECONDS  with --follow: end after so long without a message\n"
     "  --read-only        read without taking a seat; nothing is created\n"
     "  --log FILE         add what is read to FILE, with dates\n"
     "  --mode 0660        permissions of a new board, cut by umask (default: 0600)\n"
     "  --lang LANG        en, fr, zh; or MAPBOARD_LANG, LC_ALL, LC_MESSAGES, LANG\n"
     "  --color WHEN       auto, always, never; NO_COLOR is heeded\n"
     "  --help, --version\n"
     "\n"
     "A board is a file. NICK is your login name unless given. Blank lines are not\n"
     "posted. Where standard input is no terminal its lines are posted, as by --post.\n"
     "--follow ends well by SIGTERM or SIGINT, and when its reader leaves.\n"
     "Exit code: 0 done, 1 failed, 2 wrong command line, 3 not a board,\n"
     "4 no permission, 5 nothing was printed before --timeout.\n",
     "minichat TABLEAU [NOM]                 rejoindre ou créer le tableau, discuter\n"
     "minichat TABLEAU [NOM] --post [TEXTE]  publier TEXTE, ou les lignes de l’entrée\n"
     "minichat TABLEAU --follow              afficher les messages à mesure\n"
     "minichat TABLEAU --last N              les N derniers messages (20 sont gardés)\n"
     "minichat TABLEAU --who                 qui est là\n"
     "minichat TABLEAU --info                ce qu’est ce tableau\n"
     "minichat TABLEAU --unlink              le supprimer, sauf si quelqu’un y est\n"
     "minichat --list RÉP                    les tableaux d’un répertoire\n"
     "\n"
     "  --json              un objet JSON par ligne\n"
     "  --last N            avec --follow : d’abord N messages antérieurs\n"
     "  --timeout SECONDES  avec --follow : finir après ce temps sans message\n"
     "  --read-only         lire sans prendre de place ; rien n’est créé\n"
     "  --log FICHIER       ajouter à FICHIER ce qui est lu, avec les dates\n"
     "  --mode 0660         droits d’un nouveau tableau, moins umask (sinon 0600)\n"
     "  --lang LANGUE       en, fr, zh ; ou MAPBOARD_LANG, LC_ALL, LC_MESSAGES, LANG\n"
     "  --color QUAND       auto, always, never ; NO_COLOR est respecté\n"
     "  --help, --version\n"
     "\n"
     "Un tableau est un fichier. Sans NOM, c’est votre nom de connexion. Les lignes\n"
     "vides ne sont pas publiées. Si l’entrée standard n’est pas un terminal, ses\n"
     "lignes sont publiées, comme avec --post. SIGTERM, SIGINT et le départ du\n"
     "lecteur sont pour --follow une fin normale.\n"
     "Code de retour : 0 réussite, 1 échec, 2 commande erronée, 3 pas un tableau,\n"
     "4 droits insuffisants, 5 rien ne s’est affiché avant la fin de --timeout.\n",
     "minichat 白板 [名字]                加入或创建白板，开始聊天\n"
     "minichat 白板 [名字] --post [内容]  发送内容，或标准输入的每一行\n"
     "minichat 白板 --follow              持续显示新消息\n"
     "minichat 白板 --last N              显示最近 N 条消息（白板保留 20 条）\n"
     "minichat 白板 --who                 显示谁在场\n"
     "minichat 白板 --info                显示白板的信息\n"
     "minichat 白板 --unlink              删除白板，有人在场时不删\n"
     "minichat --list 目录                列出目录中的白板\n"
     "\n"
     "  --json        每行一个 JSON 对象\n"
     "  --last N      与 --follow 合用：先显示之前的 N 条\n"
     "  --timeout 秒  与 --follow 合用：超过该时间没有消息就结束\n"
     "  --read-only   只看，不占座位，不创建文件\n"
     "  --log 文件    把读到的内容连同日期追加到文件\n"
     "  --mode 0660   新建白板的权限，受 umask 限制（默认 0600）\n"
     "  --lang 语言   en、fr、zh；或 MAPBOARD_LANG、LC_ALL、LC_MESSAGES、LANG\n"
     "  --color 方式  auto、always、never；遵从 NO_COLOR\n"
     "  --help、--version\n"
     "\n"
     "白板是一个文件。不给名字则用登录名。空行不会发送。标准输入不是终端时，\n"
     "与 --post 一样逐行发送。SIGTERM、SIGINT 或读取方离开都会让 --follow 正常结束。\n"
     "退出码：0 成功，1 失败，2 命令行有误，3 不是白板，4 没有权限，\n"
     "5 到 --timeout 时仍没有任何输出。\n")
