/*
 * What every function answers to what it must not be given: NULL, closed handles and their neighbours,
 * lengths too small and too large, bytes that are no text, flags that do not exist. And that success leaves
 * errno alone.
 */
#include "chat.h"

static struct minichat *chat;
static char *page_end; /* what comes behind it cannot be read */

/* ---- every function that takes a participant, called in a way that succeeds ---------------------------- */

static long long call_post(struct minichat *c) { return minichat_post(c, "a", 1, 0, NULL); }
static long long call_nick(struct minichat *c) { return minichat_nick(c, "n", 1); }
static long long call_read(struct minichat *c) {
    struct minichat_message message;
    return minichat_read(c, &message, 1);
}
static long long call_peek(struct minichat *c) {
    struct minichat_message message;
    return minichat_peek(c, 0, &message, 1);
}
static long long call_wait(struct minichat *c) { return minichat_wait(c, 0); }
static long long call_fd(struct minichat *c) { return minichat_fd(c); }
static long long call_interrupt(struct minichat *c) { return minichat_interrupt(c); }
static long long call_dernier(struct minichat *c) { return (long long)minichat_dernier(c); }
static long long call_seek(struct minichat *c) { return minichat_seek(c, 0); }
static long long call_who(struct minichat *c) { return minichat_who(c, NULL, 0); }
static long long call_info(struct minichat *c) {
    struct minichat_info info = {.size = sizeof info};
    return minichat_info(c, &info);
}
static long long call_close(struct minichat *c) { return minichat_close(c); }

static const struct {
    const char *name;
    long long (*call)(struct minichat *);
    long long failure;
} calls[] = {
    {"post", call_post, -1},           {"nick", call_nick, -1},
    {"read", call_read, -1},           {"peek", call_peek, -1},
    {"wait", call_wait, -1},           {"fd", call_fd, -1},
    {"interrupt", call_interrupt, -1}, {"dernier", call_dernier, 0},
    {"seek", call_seek, -1},           {"who", call_who, -1},
    {"info", call_info, -1},           {"close", call_close, -1},
};
#define CALLS (sizeof calls / sizeof calls[0])

static void every_call_answers(struct minichat *given, int error, const char *what) {
    int right = 0;
    for (size_t i = 0; i < CALLS; i++) {
        errno = 0;
        long long got = calls[i].call(given);
        if (got == calls[i].failure && errno == error)
            right++;
        else
            CHECK(0, "minichat_%s of %s: returned %lld, errno %d; wanted %lld, errno %d", calls[i].name, what,
                  got, errno, calls[i].failure, error);
    }
    CHECK_EQ(right, CALLS, what);
}

static void handles(void) {
    struct minichat *none = NULL;
    CHECK_QUIET(minichat_close(NULL), 0, "close of NULL");
    for (size_t i = 0; i < CALLS - 1; i++) /* all but close */
        CHECK_ERRNO(calls[i].call(none), calls[i].failure, EFAULT, calls[i].name);

    struct minichat *closed = chat_open("board", 0, "gone");
    minichat_close(closed);
    every_call_answers(closed, EBADF, "a closed handle");

    static _Alignas(65536) char pages[4 * 65536];
    struct mm_lock *lock = mm_lock_open("a lock", 0600);
    if (!lock)
        tap_bail("mm_lock_open");
    every_call_answers((struct minichat *)lock, EBADF, "a lock");
    every_call_answers((struct minichat *)((char *)chat + 1), EBADF, "one byte further");
    every_call_answers((struct minichat *)((char *)chat + 8), EBADF, "one word further");
    every_call_answers((struct minichat *)((char *)chat - 8), EBADF, "one word before");
    every_call_answers((struct minichat *)pages, EBADF, "memory");
    every_call_answers((struct minichat *)(pages + 65536 + ((uintptr_t)chat & 65535)), EBADF,
                       "memory that lies as a handle does");
    mm_lock_close(lock);

    pid_t child = chat_fork();
    if (child == 0) {
        for (size_t i = 0; i < CALLS - 1; i++) {
            errno = 0;
            if (calls[i].call(chat) != calls[i].failure || errno != ECHILD)
                _exit(1 + (int)i);
        }
        _exit(minichat_close(chat) == 0 ? 0 : 50);
    }
    CHECK_EQ(chat_status(child), 0, "a forked child: ECHILD from all but close");
    CHECK_EQ(minichat_who(chat, NULL, 0), 1, "and the parent's is as it was");
}

static void success_is_quiet(void) {
    struct minichat *one = NULL, *reader = NULL;
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE | MINICHAT_EXCLUSIVE, .nick = "é"};
    struct minichat_message messages[3];
    struct minichat_person people[3];
    struct minichat_info info = {.size = sizeof info};
    uint64_t number;
    CHECK_QUIET(minichat_open(&one, "quiet", &options), 0, "open creates");
    CHECK_QUIET(chat_try(&reader, "quiet", MINICHAT_READ_ONLY, NULL), 0, "open to read");
    CHECK_QUIET(minichat_close(reader), 0, "close after reading");
    CHECK_QUIET(minichat_open(&reader, "quiet", NULL), 0, "open joins");
    CHECK_QUIET(minichat_wait(reader, 0), 0, "wait: a look");
    CHECK_QUIET(minichat_wait(reader, 1), 0, "wait: the time is up");
    CHECK_QUIET(minichat_read(reader, messages, 3), 0, "read: nothing");
    CHECK_QUIET(minichat_post(one, "a", 1, MINICHAT_ACTION, &number), 0, "post");
    CHECK_QUIET(minichat_post(one, "a", 1, 0, NULL), 0, "post without wanting the number");
    CHECK_QUIET(minichat_wait(reader, -1), 1, "wait: something");
    CHECK(minichat_fd(reader) >= 0, "fd");
    CHECK_QUIET(minichat_fd(reader), minichat_fd(reader), "fd again");
    CHECK_QUIET(minichat_read(reader, messages, 3), 2, "read");
    CHECK_QUIET(minichat_read(reader, messages, 3), 0, "read: nothing more");
    CHECK_QUIET(minichat_peek(reader, 0, messages, 3), 2, "peek");
    CHECK_QUIET(minichat_dernier(reader), 2, "dernier");
    CHECK_QUIET(minichat_seek(reader, 1), 0, "seek");
    CHECK_QUIET(minichat_nick(reader, "中", 3), 0, "nick");
    CHECK_QUIET(minichat_who(reader, people, 3), 2, "who");
    CHECK_QUIET(minichat_info(reader, &info), 0, "info");
    CHECK_QUIET(minichat_interrupt(reader), 0, "interrupt");
    CHECK_QUIET(minichat_display(NULL, 0, "a", 1), 1, "display");
    CHECK_QUIET(minichat_close(reader), 0, "close");
    CHECK_QUIET(minichat_close(one), 0, "the last close");
    CHECK_QUIET(minichat_unlink("quiet"), 0, "unlink");
    errno = 4242;
    one = NULL;
    int fd = minichat_open(&one, "quiet", NULL) == 0 ? minichat_fd(one) : -1;
    CHECK(fd >= 0 && errno == 4242, "the first fd leaves errno alone");
    minichat_close(one);
    minichat_unlink("quiet");
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static void options(void) {
    struct minichat *c = (struct minichat *)8;
    struct minichat_options o = {.size = sizeof o};
    CHECK_ERRNO(minichat_open(NULL, "board", &o), -1, EFAULT, "out is NULL");
    CHECK_ERRNO(minichat_open(NULL, "new", NULL), -1, EFAULT, "out is NULL, no board");
    CHECK_ERRNO(minichat_open(&c, NULL, &o), -1, EFAULT, "path is NULL");
    CHECK_ERRNO(minichat_open(&c, "", &o), -1, ENOENT, "an empty path");
    CHECK_ERRNO(minichat_open(&c, "new", &o), -1, ENOENT, "no board, without CREATE");
    size_t sizes[] = {0, 1, sizeof o - 4, sizeof o - 16, sizeof o + 8, SIZE_MAX, (size_t)1 << 32 | sizeof o};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        o = (struct minichat_options){.size = sizes[i], .flags = MINICHAT_CREATE};
        CHECK_ERRNO(minichat_open(&c, "new", &o), -1, EINVAL, "options of another size");
    }
    int wrong = 0;
    for (int bit = 7; bit < 32; bit++) {
        o = (struct minichat_options){.size = sizeof o, .flags = MINICHAT_CREATE | 1u << bit};
        errno = 0;
        wrong += minichat_open(&c, "new", &o) != -1 || errno != EINVAL;
    }
    CHECK_EQ(wrong, 0, "flags that do not exist");
    unsigned nonsense[] = {MINICHAT_EXCLUSIVE, MINICHAT_READ_ONLY | MINICHAT_CREATE,
                           MINICHAT_READ_ONLY | MINICHAT_HIDDEN};
    for (size_t i = 0; i < 3; i++) {
        o = (struct minichat_options){.size = sizeof o, .flags = nonsense[i]};
        CHECK_ERRNO(minichat_open(&c, "new", &o), -1, EINVAL, "flags that contradict each other");
    }
    mode_t modes[] = {01000, 02600, 04600, 0100600, (mode_t)-1};
    for (size_t i = 0; i < 5; i++) {
        o = (struct minichat_options){.size = sizeof o, .flags = MINICHAT_CREATE, .mode = modes[i]};
        CHECK_ERRNO(minichat_open(&c, "new", &o), -1, EINVAL, "a mode of other than permission bits");
    }
    char nick[66];
    memset(nick, 'n', sizeof nick);
    nick[64] = 0;
    o = (struct minichat_options){.size = sizeof o, .flags = MINICHAT_CREATE, .nick = nick};
    CHECK_ERRNO(minichat_open(&c, "new", &o), -1, EMSGSIZE, "a nick of 64 bytes");
    nick[62] = (char)0xc3, nick[63] = 0;
    CHECK_ERRNO(minichat_open(&c, "new", &o), -1, EILSEQ, "a nick that ends within a character");
    o = (struct minichat_options){.size = sizeof o, .after = chat_info(chat).last + 1};
    CHECK_ERRNO(minichat_open(&c, "board", &o), -1, EINVAL,
                "to go on behind a message that is not there yet");
    o.after = UINT64_MAX;
    CHECK_ERRNO(minichat_open(&c, "board", &o), -1, EINVAL, "or that never will be");
    CHECK_EQ(minichat_who(chat, NULL, 0), 1, "nobody came to sit down");
    CHECK(c == (struct minichat *)8, "none of them touched out");
    CHECK(access("new", F_OK) != 0 && access("new.lock", F_OK) != 0, "none of them made a file");
    CHECK_ERRNO(minichat_unlink(NULL), -1, EFAULT, "unlink of NULL");
    CHECK_ERRNO(minichat_unlink(""), -1, ENOENT, "unlink of nothing");
    CHECK_ERRNO(minichat_unlink("new"), -1, ENOENT, "unlink where there is no board");
}

/* ---- texts and nicks ----------------------------------------------------------------------------------- */

static const char *const no_text[] = {
    "\xff",
    "\xc3",
    "a\x80",
    "\xc0\x80",
    "\xe0\x9f\xbf",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xf8\x88\x80\x80\x80",
    "abc\xe4\xb8",
    "\xf0\x9f\x98",
};
#define NO_TEXT (sizeof no_text / sizeof no_text[0])

static void post_fails(const char *text, size_t length, unsigned flags, int error, const char *name) {
    uint64_t number = 77, last = chat_info(chat).last;
    CHECK_ERRNO(minichat_post(chat, text, length, flags, &number), -1, error, name);
    CHECK(number == 77 && chat_info(chat).last == last, "%s: nothing was posted", name);
}

static void post_succeeds(const char *text, size_t length, const char *name) {
    uint64_t number = 0, last = chat_info(chat).last;
    struct minichat_message message;
    CHECK_QUIET(minichat_post(chat, text, length, 0, &number), 0, "%s", name);
    CHECK_EQ(number, last + 1, name);
    CHECK(minichat_peek(chat, last, &message, 1) == 1 && message.text_length == length &&
              memcmp(message.text, text, length) == 0 && message.text[length] == 0,
          "%s: as it was posted", name);
}

static void texts(void) {
    char text[MINICHAT_TEXT_MAX + 1];
    post_fails("", 0, 0, EINVAL, "a post of length 0");
    post_fails(NULL, 0, 0, EINVAL, "a post of NULL and length 0");
    post_fails(NULL, 1, 0, EFAULT, "a post of NULL");
    post_succeeds(memset(page_end - 1, 'x', 1), 1, "a post of length 1, at the end of what can be read");
    post_succeeds(memset(page_end - 800, 'y', 800), 800,
                  "a post of length 800, at the end of what can be read");
    size_t too_long[] = {801,
                         1024,
                         65536,
                         65537,
                         (size_t)1 << 32,
                         ((size_t)1 << 32) + 1,
                         (size_t)SSIZE_MAX,
                         (size_t)SSIZE_MAX + 1,
                         SIZE_MAX - 1,
                         SIZE_MAX};
    for (size_t i = 0; i < sizeof too_long / sizeof too_long[0]; i++)
        post_fails(page_end - 800, too_long[i], 0, EMSGSIZE, "a post that is too long");
    post_fails(NULL, SIZE_MAX, 0, EMSGSIZE, "a post of NULL that is too long");
    for (int bit = 1; bit < 32; bit += 6)
        post_fails("a", 1, 1u << bit | MINICHAT_ACTION, EINVAL, "a post with a flag that does not exist");
    post_fails("a\0b", 3, 0, EILSEQ, "a NUL inside");
    post_fails("a", 2, 0, EILSEQ, "the NUL behind");
    for (size_t i = 0; i < NO_TEXT; i++)
        post_fails(no_text[i], strlen(no_text[i]), 0, EILSEQ, "what is not UTF-8");
    for (int i = 0; i < 266; i++)
        memcpy(text + 3 * i, "中", 3);
    memcpy(text + 798, "é", 3);
    post_succeeds(text, 800, "800 bytes of characters of three bytes and of two");
    text[797] = 'a', text[798] = 'b', text[799] = (char)0xc3;
    post_fails(text, 800, 0, EILSEQ, "800 bytes that end within a character");
    post_succeeds("\xf0\x9f\x98\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf\x1b\x01\n", 14, "every character but NUL");
}

static const char *my_nick(void) {
    static struct minichat_person me;
    return minichat_who(chat, &me, 1) >= 1 && me.nick_length == strlen(me.nick) ? me.nick : "?";
}

static void nicks(void) {
    char longest[65];
    memset(longest, 'n', 64);
    longest[64] = 0;
    memset(page_end - 64, 'n', 64);
    CHECK_QUIET(minichat_nick(chat, page_end - 63, 63), 0, "a nick of 63 bytes");
    CHECK(strcmp(my_nick(), longest + 1) == 0, "is shown");
    CHECK_ERRNO(minichat_nick(chat, page_end - 64, 64), -1, EMSGSIZE, "a nick of 64 bytes");
    CHECK_ERRNO(minichat_nick(chat, page_end - 64, SIZE_MAX), -1, EMSGSIZE, "a nick of SIZE_MAX bytes");
    CHECK_ERRNO(minichat_nick(chat, page_end - 64, (size_t)1 << 32), -1, EMSGSIZE, "a nick of 2^32 bytes");
    CHECK_ERRNO(minichat_nick(chat, "a\0b", 3), -1, EILSEQ, "a nick with a NUL");
    CHECK_ERRNO(minichat_nick(chat, NULL, 1), -1, EFAULT, "a nick at NULL");
    int wrong = 0;
    for (size_t i = 0; i < NO_TEXT; i++) {
        errno = 0;
        wrong += minichat_nick(chat, no_text[i], strlen(no_text[i])) != -1 || errno != EILSEQ;
    }
    CHECK_EQ(wrong, 0, "nicks that are not UTF-8");
    CHECK(strcmp(my_nick(), longest + 1) == 0, "none of them changed it");
    struct minichat_message message;
    uint64_t number = chat_post(chat, "as nnn");
    CHECK(minichat_peek(chat, number - 1, &message, 1) == 1 && message.nick_length == 63 &&
              strcmp(message.nick, longest + 1) == 0,
          "and it stands beside the message");
    CHECK_QUIET(minichat_nick(chat, "", 0), 0, "no nick");
    number = chat_post(chat, "nameless");
    CHECK(minichat_peek(chat, number - 1, &message, 1) == 1 && message.nick_length == 0 &&
              message.nick[0] == 0,
          "nameless, and nothing of the former one is left");
    CHECK(strcmp(my_nick(), "") == 0, "nor in the list");
    CHECK_QUIET(minichat_nick(chat, "Léa", 4), 0, "a nick again");
    CHECK(strcmp(my_nick(), "Léa") == 0, "is shown again");
}

/* ---- where results go ---------------------------------------------------------------------------------- */

static void results(void) {
    static struct minichat_message messages[30];
    struct minichat_person people[2];
    struct minichat_info info = {.size = sizeof info};
    for (int i = 0; i < MINICHAT_MESSAGES; i++)
        chat_post(chat, "one of twenty");
    minichat_seek(chat, 0);
    size_t too_many[] = {SIZE_MAX, SIZE_MAX / sizeof *messages, (size_t)SSIZE_MAX / sizeof *messages + 1};
    for (size_t i = 0; i < 3; i++) {
        CHECK_ERRNO(minichat_read(chat, messages, too_many[i]), -1, EFAULT,
                    "read: more than memory can have");
        CHECK_ERRNO(minichat_peek(chat, 0, messages, too_many[i]), -1, EFAULT,
                    "peek: more than memory can have");
    }
    CHECK_ERRNO(minichat_who(chat, people, SIZE_MAX), -1, EFAULT, "who: more than memory can have");
    CHECK_ERRNO(minichat_read(chat, NULL, 1), -1, EFAULT, "read to NULL");
    CHECK_ERRNO(minichat_peek(chat, 0, NULL, 1), -1, EFAULT, "peek to NULL");
    CHECK_ERRNO(minichat_who(chat, NULL, 1), -1, EFAULT, "who to NULL");
    CHECK_ERRNO(minichat_info(chat, NULL), -1, EFAULT, "info to NULL");
    CHECK_QUIET(minichat_read(chat, messages, 0), 0, "read of no message");
    CHECK_QUIET(minichat_peek(chat, 0, messages, 0), 0, "peek at no message");
    CHECK_EQ(minichat_dernier(chat), 0, "dernier is as it was");
    for (size_t size = 0; size < 3; size++) {
        info.size = (size_t[]){0, sizeof info - 1, sizeof info + 1}[size];
        CHECK_ERRNO(minichat_info(chat, &info), -1, EINVAL, "info of another size");
    }
    uint64_t last = chat_info(chat).last;
    memset(messages, 0x55, sizeof messages);
    CHECK_QUIET(minichat_peek(chat, 0, messages, 30), MINICHAT_MESSAGES, "peek at all of them");
    CHECK(messages[20].number == UINT64_C(0x5555555555555555), "and nothing behind them");
    CHECK_QUIET(minichat_peek(chat, UINT64_MAX, messages, 30), 0, "peek behind every number");
    CHECK_QUIET(minichat_peek(chat, last, messages, 30), 0, "peek behind the newest");
    CHECK_QUIET(minichat_peek(chat, last - 1, messages, 30), 1, "peek at the newest");
    CHECK_ERRNO(minichat_seek(chat, last + 1), -1, EINVAL, "seek behind the newest");
    CHECK_ERRNO(minichat_seek(chat, UINT64_MAX), -1, EINVAL, "seek behind every number");
    CHECK_EQ(minichat_dernier(chat), 0, "dernier is as it was");
    CHECK_QUIET(minichat_wait(chat, INT32_MAX), 1, "the longest wait");
    CHECK_QUIET(minichat_wait(chat, INT32_MIN), 1, "the most negative one");
    CHECK_QUIET(minichat_seek(chat, last), 0, "seek to the newest");
    CHECK_QUIET(minichat_read(chat, messages, 30), 0, "leaves nothing to read");
}

static void read_only(void) {
    struct minichat *reader = chat_open("board", MINICHAT_READ_ONLY, "unseen");
    uint64_t number = 77;
    CHECK_ERRNO(minichat_post(reader, "a", 1, 0, &number), -1, EACCES, "who opened to read does not post");
    CHECK_ERRNO(minichat_nick(reader, "a", 1), -1, EACCES, "nor has a nick");
    CHECK_EQ(number, 77, "out_number is as it was");
    CHECK_EQ(chat_info(reader).seat, 0, "it has no seat");
    minichat_close(reader);
}

int main(void) {
    tap_directory();
    char *pages = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + 8192, 8192, PROT_NONE) != 0)
        tap_bail("mmap");
    page_end = pages + 8192;
    chat = chat_open("board", MINICHAT_CREATE, "me");
    handles();
    success_is_quiet();
    options();
    texts();
    nicks();
    results();
    read_only();
    minichat_close(chat);
    return tap_end();
}
