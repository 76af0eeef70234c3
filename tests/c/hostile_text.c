/*
 * Names and texts that would steer a terminal, written into the board's bytes as somebody does who may write
 * the file, and read by every output of the program: into a pipe and a file, as text and JSON, in three
 * languages, in colour, and on a terminal with readline and without. What comes out is UTF-8 without a
 * control character or an escape sequence that the program does not mean, and shows what was hidden.
 */
#define _GNU_SOURCE
#include "forge.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

/* What is written, and how it is to be shown. NULL: not text at all, so nothing of it may be shown. */
struct payload {
    const char *bytes, *shown;
};
#define CONTROLS "\1\2\3\4\5\6\7\10\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37\177"
static const struct payload payloads[] = {
    {"\33[31mred", "^[[31mred"},                        /* CSI: a colour */
    {"\33[2J\33[H\33[3J", "^[[2J^[[H^[[3J"},            /* CSI: an empty screen */
    {"\33[?1049h\33[?25l", "^[[?1049h^[[?25l"},         /* CSI: another screen, no cursor */
    {"\33[6n\33[c\33[21t\5", "^[[6n^[[c^[[21t^E"},      /* questions that the terminal answers as if typed */
    {"\33]0;owned\7", "^[]0;owned^G"},                  /* OSC: the window's title */
    {"\33]52;c;cm0gLXJm\33\\", "^[]52;c;cm0gLXJm^[\\"}, /* OSC: the clipboard */
    {"\33]8;;http://x/\33\\here", "^[]8;;http://x/^[\\here"},   /* OSC: a link under other words */
    {"\33P+q544e\33\\", "^[P+q544e^[\\"},                       /* DCS */
    {"\33_app\33\\\33^pm\33\\", "^[_app^[\\^[^pm^[\\"},         /* APC, PM */
    {"\33c\33#8\33(0qqq\16", "^[c^[#8^[(0qqq^N"},               /* reset, test picture, line drawing */
    {"\302\23331m", "<U+009B>31m"},                             /* C1: CSI in one character */
    {"\302\2350;owned\302\234", "<U+009D>0;owned<U+009C>"},     /* C1: OSC */
    {"\302\220q\302\234\302\205", "<U+0090>q<U+009C><U+0085>"}, /* C1: DCS, next line */
    {"\r\n12:00 <root> fake", "^M^J12:00 <root> fake"},         /* a line of somebody else's */
    {"over\b\b\b\bwritten", "over^H^H^H^Hwritten"},
    {"a\tb\vc\fd\177", "a b^Kc^Ld^?"},
    {"\342\200\256txt.exe", "<U+202E>txt.exe"}, /* right-to-left override */
    {"\342\201\247\342\201\250\342\201\251", "<U+2067><U+2068><U+2069>"},
    {"\342\200\216\342\200\217\330\234", "<U+200E><U+200F><U+061C>"},
    {"\342\200\250line\342\200\251", "<U+2028>line<U+2029>"},
    {"zero\342\200\213width", "zero<U+200B>width"},
    {"\357\273\277mark", "<U+FEFF>mark"},
    {"tag\363\240\201\201", "tag<U+E0041>"},
    {"\357\277\276", "<U+FFFE>"},
    {CONTROLS, "^A^B^C^D^E^F^G^H^J^K^L^M^N^O^P^Q^R^S^T^U^V^W^X^Y^Z^[^\\^]^^^_^?"},
    {"\344\270\255\346\226\207\357\274\241\360\237\230\200",
     "\344\270\255\346\226\207\357\274\241\360\237\230\200"},
    {"\345\272\346\226\207", NULL}, /* the end of a character is missing */
    {"\377", NULL},
    {"\303", NULL},
    {"\300\257", NULL}, /* overlong */
    {"\340\200\257", NULL},
    {"\360\200\200\257", NULL},
    {"\355\240\275\355\270\200", NULL}, /* surrogates */
    {"\364\220\200\200", NULL},         /* beyond Unicode */
    {"\370\210\200\200\200", NULL},
    {"\23331m", NULL}, /* C1 as a byte */
    {"\2350;x\234", NULL},
};
enum { PAYLOADS = sizeof payloads / sizeof payloads[0] };

static unsigned long long attacks, violations;
static const char *program;
static char output[1 << 20];
static size_t length;

/* ---- what may come out ---- */

/* The length of the program's own escape sequence at `text`, 0 if it is none of its own. */
static size_t own_sequence(const char *text, int terminal) {
    if (strncmp(text, "\33[0m", 4) == 0 || strncmp(text, "\33[2m", 4) == 0)
        return 4;
    if (strncmp(text, "\33[1;3", 5) == 0 && text[5] >= '1' && text[5] <= '6' && text[6] == 'm')
        return 7;
    if (strncmp(text, "\33[3", 3) == 0 && text[3] >= '1' && text[3] <= '6' && text[4] == 'm')
        return 5;
    if (!terminal || text[0] != '\33' || text[1] != '[')
        return 0;
    /* A line that is typed: up, left, right, erased to the end of the line or screen, and keys that send
     * sequences. */
    size_t end = 2 + strspn(text + 2, "0123456789");
    if (end < 6 && text[end] && strchr("ACDKJP@", text[end]))
        return end + 1;
    if (strncmp(text, "\33[?2004h", 8) == 0 || strncmp(text, "\33[?2004l", 8) == 0) /* what is pasted is told apart */
        return 8;
    if (strncmp(text, "\33[?1h\33=", 7) == 0 || strncmp(text, "\33[?1l\33>", 7) == 0)
        return 7;
    return strncmp(text, "\33[?1034h", 8) == 0 ? 8 : 0;
}

/* Decodes one character: its length, or 0 if this is not UTF-8. */
static size_t decode(const unsigned char *text, uint32_t *out) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t bytes = *text < 0x80   ? 1
                   : *text < 0xc2 ? 0
                   : *text < 0xe0 ? 2
                   : *text < 0xf0 ? 3
                   : *text < 0xf5 ? 4
                                  : 0;
    uint32_t character = bytes <= 1 ? *text : *text & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    if (bytes == 0 || character < smallest[bytes] || (character >= 0xd800 && character < 0xe000) ||
        character > 0x10ffff)
        return 0;
    *out = character;
    return bytes;
}

/* Reorders, hides or breaks text (this list is the test's own). */
static int steers(uint32_t c) {
    return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200b || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c & 0xfffe) == 0xfffe || (c >= 0xe0000 && c < 0xe1000);
}

/* Where `output` has what it must not have; -1: nowhere. */
static ssize_t bad_at(int terminal) {
    int marks = 0;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        size_t own = own_sequence(output + i, terminal);
        if (own > 0) {
            i += own;
            continue;
        }
        size_t bytes = decode((unsigned char *)output + i, &character);
        marks = character >= 0x300 && character < 0x370 ? marks + 1 : 0;
        if (bytes == 0 || steers(character) || marks > 4)
            return (ssize_t)i;
        if ((character < 0x20 && character != '\n' &&
             !(terminal && (character == '\r' || character == '\a'))) ||
            character == 0x7f)
            if (!(terminal && character == '\b'))
                return (ssize_t)i;
        i += bytes;
    }
    return -1;
}

static void judge(const char *where, int terminal) {
    ssize_t at = bad_at(terminal);
    attacks++;
    if (at >= 0) {
        violations++;
        printf("# %s: byte %zd:", where, at);
        for (ssize_t i = at > 10 ? at - 10 : 0; i < (ssize_t)length && i < at + 20; i++)
            printf(" %02x", (unsigned char)output[i]);
        putchar('\n');
    }
}

/* ---- the program ---- */

static const char *arguments[12], *language = "en";
static const char *const *with(const char *first, ...) {
    va_list list;
    int count = 0;
    va_start(list, first);
    for (const char *word = first; word && count < 11; word = va_arg(list, const char *))
        arguments[++count] = word;
    va_end(list);
    arguments[0] = program;
    arguments[count + 1] = NULL;
    return arguments;
}

static void in_child(const char *const *argv, int out, int in) {
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(126);
    setenv("MAPBOARD_LANG", language, 1);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

/* All that the program prints and complains, to its end; its exit status. */
static int run(const char *const *argv) {
    int ends[2], nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (pipe2(ends, O_CLOEXEC) != 0 || nothing < 0)
        tap_bail("pipe");
    pid_t child = chat_fork();
    if (child == 0)
        in_child(argv, ends[1], nothing);
    close(ends[1]);
    close(nothing);
    length = 0;
    for (ssize_t got; (got = read(ends[0], output + length, sizeof output - 1 - length)) > 0;)
        length += (size_t)got;
    output[length] = 0;
    close(ends[0]);
    return chat_status(child);
}

static void looks(const char *const *argv) {
    char name[200] = "";
    for (int i = 1; argv[i]; i++)
        snprintf(name + strlen(name), sizeof name - strlen(name), " %s", argv[i]);
    for (char *c = name; *c; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
            *c = '?';
    int status = run(argv);
    judge(name, 0);
    if (status > 5) {
        violations++;
        printf("# %s: status %d\n", name, status);
    }
}

static int has(const char *text) { return memmem(output, length, text, strlen(text)) != NULL; }

/* ---- a board full of it ---- */

static uint64_t number;
static struct forged forged_of(const struct payload *in, const char *nick) {
    return (struct forged){.nick = nick,
                           .text = in->bytes,
                           .nick_length = strlen(nick) > MINICHAT_NICK_MAX ? MINICHAT_NICK_MAX : strlen(nick),
                           .text_length = strlen(in->bytes),
                           .time_ns = 1700000000000000000,
                           .pid = UINT32_MAX,
                           .uid = UINT32_MAX,
                           .seat = 64};
}

/* Ten payloads in twenty messages: each as a text, then as a name. How many of them are text. */
static int fill(int first) {
    int texts = 0;
    unlink("board");
    unlink("board.lock");
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, "maker");
    minichat_close(chat);
    number = 0;
    for (int i = first; i < first + 10 && i < PAYLOADS; i++) {
        static const int64_t times[] = {INT64_MIN, -1, 0, INT64_MAX};
        struct forged text = forged_of(&payloads[i], "eve"),
                      name = forged_of(&(struct payload){"x", "x"}, payloads[i].bytes);
        text.flags = (uint32_t)i & 1 ? 0xffff : 0;
        name.time_ns = times[i % 4];
        forge_message("board", ++number, &text);
        forge_message("board", ++number, &name);
        texts += payloads[i].shown != NULL;
    }
    return texts;
}

static int lock_fd = -1;
/* Somebody holds seat 64 and bears the name. */
static void sits(const struct payload *who) {
    struct forged it = forged_of(&(struct payload){"x", "x"}, who->bytes);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 64, .l_len = 1};
    forge_person("board", 64, &it);
    close(lock_fd);
    lock_fd = open("board.lock", O_RDWR | O_CLOEXEC);
    if (lock_fd < 0 || fcntl(lock_fd, F_OFD_SETLK, &lock) != 0)
        tap_bail("board.lock");
}
static void leaves(void) {
    close(lock_fd);
    lock_fd = -1;
}

static void library(void) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    struct minichat_person people[4];
    int wrong = 0;
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, "maker");
    chat_post(chat, "Sch\303\266n, nicht?");
    if (minichat_read(chat, messages, 1) != 1)
        tap_bail("minichat_read");
    CHECK(forge_agrees("board", 1, &messages[0]), "what is forged here is what the library writes");
    minichat_close(chat);
    for (int i = 0; i < PAYLOADS; i++) {
        const struct payload *it = &payloads[i];
        struct forged text = forged_of(it, "eve"), name = forged_of(&(struct payload){"x", "x"}, it->bytes);
        fill(PAYLOADS); /* an empty board */
        sits(it);
        forge_message("board", 1, &text);
        forge_message("board", 2, &name);
        struct minichat *reader = chat_open("board", MINICHAT_READ_ONLY, NULL);
        ssize_t first = minichat_read(reader, messages, 1), first_error = errno,
                second = minichat_read(reader, messages, 1);
        wrong += it->shown ? first != 1 || second != 1 ||
                                 strncmp(messages[0].nick, it->bytes, MINICHAT_NICK_MAX) != 0
                           : first != -1 || first_error != EBADMSG || second != -1;
        memset(people, 0, sizeof people);
        wrong += minichat_who(reader, people, 4) != 1 ||
                 strncmp(people[0].nick, it->shown ? it->bytes : "", MINICHAT_NICK_MAX) != 0;
        minichat_close(reader);
        leaves();
    }
    CHECK_EQ(wrong, 0, "text comes as it stands, what is not text is EBADMSG, and a name of it is no name");
    attacks += 3 * PAYLOADS;
    violations += (unsigned)wrong;
}

static void pipes(void) {
    static const char *const languages[] = {"en", "fr", "zh"};
    int missing = 0;
    for (int first = 0; first < PAYLOADS; first += 10) {
        fill(first);
        for (int i = 0; i < 3; i++) {
            language = languages[i];
            looks(with("board", "--last", "20", NULL));
            for (int k = first; k < first + 10 && k < PAYLOADS; k++)
                missing += payloads[k].shown && !has(payloads[k].shown);
            looks(with("board", "--last", "20", "--color=always", NULL));
            looks(with("board", "--last", "20", "--json", NULL));
            looks(with("board", "--follow", "--last", "20", "--timeout", "0", NULL));
            looks(with("board", "--follow", "--last", "20", "--timeout", "0", "--json", NULL));
            looks(with("board", "--info", NULL));
            looks(with("--list", ".", NULL));
        }
        for (int k = first; k < first + 10 && k < PAYLOADS; k++) {
            sits(&payloads[k]);
            looks(with("board", "--who", "--color=always", NULL));
            looks(with("board", "--who", "--json", NULL));
            looks(with("--list", ".", NULL));
            looks(with("--list", ".", "--json", NULL));
            looks(with("board", payloads[k].bytes, "--who", NULL));
            looks(with("board", payloads[k].bytes, "--post", payloads[k].bytes, NULL));
            leaves();
        }
    }
    language = "en";
    CHECK_EQ(missing, 0, "what is text is shown, with its hidden characters");

    /* A flood of accents, and lines much wider than any screen. */
    static char flood[MINICHAT_TEXT_MAX + 1];
    for (size_t i = 0; i + 2 < sizeof flood; i += 2)
        memcpy(flood + i, "\314\201", 3);
    fill(PAYLOADS);
    struct payload accents = {flood, NULL};
    struct forged it = forged_of(&accents, flood);
    it.nick_length = 62;
    forge_message("board", 1, &it);
    looks(with("board", "--last", "20", NULL));
    CHECK(has("\314\201\314\201\314\201\314\201<U+0301>") && !has("\314\201\314\201\314\201\314\201\314\201"),
          "four accents are drawn, the others are told");
    looks(with("board", "--last", "20", "--json", NULL));
}

/* ---- names of files ---- */

static void files(void) {
    for (int i = 0; i < PAYLOADS; i++) {
        char name[300];
        if (strchr(payloads[i].bytes, '/'))
            continue;
        snprintf(name, sizeof name, "%s", payloads[i].bytes);
        for (int kind = 0; kind < 4; kind++) { /* nothing, a file, a FIFO, a board */
            int fd = kind == 1 ? open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600) : -1;
            if ((kind == 1 && fd < 0) || (kind == 2 && mkfifo(name, 0600) != 0))
                tap_bail("a name");
            close(fd);
            if (kind == 3)
                minichat_close(chat_open(name, MINICHAT_CREATE, NULL));
            looks(with(name, "--who", NULL));
            looks(with(name, "--info", NULL));
            looks(with(name, "--follow", "--timeout", "0", NULL));
            looks(with(name, "--last", "1", NULL));
            looks(with(name, "--post", "x", NULL));
            looks(with(name, NULL));
            looks(with("--list", ".", NULL));
            looks(with("--list", ".", "--json", NULL));
            looks(with("--list", name, NULL));
            looks(with(name, "--unlink", NULL));
            if (unlink(name) != 0 && errno != ENOENT)
                tap_bail("a name");
        }
        looks(with(name, NULL));
        looks(with("board", "--lang", name, NULL));
        looks(with("board", "--last", name, NULL));
        char option[320];
        snprintf(option, sizeof option, "--%s", name);
        looks(with("board", option, NULL));
        minichat_unlink(name);
    }
}

/* ---- a terminal ---- */

static int terminal_fd;
static pid_t chatting;

static void start_chat(const char *const *argv) {
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other = -1;
    if (fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0)
        other = open(ptsname(fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0 || ioctl(fd, TIOCSWINSZ, &size) != 0)
        tap_bail("a terminal");
    length = 0;
    terminal_fd = fd;
    chatting = chat_fork();
    if (chatting == 0) {
        setsid();
        if (ioctl(other, TIOCSCTTY, 0) == 0)
            in_child(argv, other, other);
        _exit(126);
    }
    close(other);
}

/* Reads on until the text has come; 0: the program ended before. The runner's time limit is the bound. */
static int expect(const char *text) {
    size_t from = length;
    while (!memmem(output + (from > 64 ? from - 64 : 0), length - (from > 64 ? from - 64 : 0), text,
                   strlen(text))) {
        ssize_t got = read(terminal_fd, output + length, sizeof output - 1 - length);
        if (got <= 0)
            return 0;
        length += (size_t)got;
        output[length] = 0;
    }
    return 1;
}

static void type(const char *keys) {
    if (write(terminal_fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        tap_bail("typing");
}

static void chats(const char *path, const char *build) {
    int missing = 0, deaf = 0;
    program = path;
    if (!path || access(path, X_OK) != 0) {
        SKIP("MB_MINICHAT or MB_MINICHAT_PLAIN names no program", "%s", build);
        return;
    }
    for (int first = 0; first < PAYLOADS; first += 10) {
        char mark[32];
        fill(first);
        struct minichat *ada = chat_open("board", 0, "Ada");
        start_chat(with("board", "Bob", NULL));
        deaf += !expect("Bob> "); /* the board as it was is shown by now */
        for (int k = first; k < first + 10 && k < PAYLOADS; k++) {
            /* Somebody comes under this name, says it, takes the next one, leaves; then Ada says a word. */
            const struct payload *it = &payloads[k], *next = &payloads[(k + 1) % PAYLOADS];
            struct forged text = forged_of(it, it->bytes);
            sits(it);
            forge_message("board", chat_info(ada).last + 1, &text);
            snprintf(mark, sizeof mark, "here %d.", k);
            chat_post(ada, mark);
            deaf += !expect(mark);
            sits(next);
            type("/who\n");
            deaf += !expect("(seat 2,");
            type("/last 20\n");
            leaves();
            snprintf(mark, sizeof mark, "there %d.", k);
            chat_post(ada, mark);
            deaf += !expect(mark);
            missing += it->shown && !has(it->shown);
        }
        type("/quit\n");
        deaf += !expect("goodbye");
        char rest[4096];
        while (read(terminal_fd, rest, sizeof rest) > 0)
            ;
        close(terminal_fd);
        deaf += chat_status(chatting) != 0;
        judge(build, 1);
        minichat_close(ada);
    }
    CHECK_EQ(deaf, 0, "the conversation goes on through it all");
    CHECK(missing == 0, "%s: what is text is shown, with its hidden characters (%d)", build, missing);
}

int main(void) {
    char *readline = getenv("MB_MINICHAT"), *plain = getenv("MB_MINICHAT_PLAIN");
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    setenv("INPUTRC", "/dev/null", 1);
    tap_directory();
    chat_alarm();
    library();
    program = readline;
    if (readline && access(readline, X_OK) == 0) {
        pipes();
        files();
    } else
        SKIP("MB_MINICHAT names no program", "every output of the program");
    chats(readline, "on a terminal, with readline");
    chats(plain, "on a terminal, without");
    ATTACK("texts that steer a terminal", attacks, violations);
    return tap_end();
}
