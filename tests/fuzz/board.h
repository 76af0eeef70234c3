/*
 * A board written over by somebody, while somebody else uses it: one program for the test with random steps
 * (tests/c/chat_fuzz.c) and for the fuzzer that looks for new paths (tests/fuzz/board.c).
 *
 * A step is 12 bytes: what, which, how (two), a value (eight). It spoils a place of the file, in a form that is
 * nearly right often enough, or makes one call and judges its answer. The board is a whole one before the first.
 */
#ifndef FUZZ_BOARD_H
#define FUZZ_BOARD_H
#include "../c/forge.h"

#define FUZZ_STEP 12

/* What a call did that it must never do: does not return. */
static void fuzz_wrong(const char *what);

struct fuzz_step {
    uint8_t what, which;
    uint16_t how;
    uint64_t value;
};

/* The file as it was, and the participant whose calls are judged. */
static unsigned char fuzz_whole[FILE_BYTES];
static int fuzz_file;
static struct minichat *fuzz_chat;
#define FUZZ_NAME "board"
/* All that steps write to, but for those that write anywhere: four seats' buffers. */
#define FUZZ_NEAR ((size_t)FILE_BUFFER(4 * 21))
static int fuzz_far;

static void fuzz_must(int condition, const char *what) {
    if (!condition)
        fuzz_wrong(what);
}

/* Well-formed UTF-8 of `length` bytes, ended by NUL and without another. */
static int fuzz_is_text(const char *text, size_t length, size_t most) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (length > most || strnlen(text, most + 1) != length)
        return 0;
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        int more = *c < 0x80 ? 0 : *c >> 5 == 6 ? 1 : *c >> 4 == 14 ? 2 : *c >> 3 == 30 ? 3 : -1;
        if (more < 0)
            return 0;
        uint32_t point = *c++ & (more ? 0x3fu >> more : 0x7fu);
        for (int i = 0; i < more; i++, c++) {
            if (*c >> 6 != 2)
                return 0;
            point = point << 6 | (*c & 0x3f);
        }
        if (point < least[more] || point > 0x10ffff || point >> 11 == 27)
            return 0;
    }
    return 1;
}

/* No call may answer with another error on whatever file, nor touch errno when it succeeds. */
static void fuzz_answer(int failed, int allow, int too) {
    int error = errno;
    if (!failed)
        fuzz_must(error == 4242, "errno is touched by success");
    else if (error != EBADMSG && error != ESTALE && error != allow && error != too) {
        char what[60];
        snprintf(what, sizeof what, "an error that nobody promised: %s", strerror(error));
        fuzz_wrong(what);
    }
}

static void fuzz_messages(uint64_t after, int advance, size_t want) {
    struct minichat_message got[23];
    char shown[4 * MINICHAT_TEXT_MAX + 1];
    memset(got, 0x5a, sizeof got);
    want %= 22;
    uint64_t dernier = minichat_dernier(fuzz_chat);
    errno = 4242;
    ssize_t count = advance ? minichat_read(fuzz_chat, got, want) : minichat_peek(fuzz_chat, after, got, want);
    fuzz_answer(count < 0, 0, 0);
    fuzz_must(count >= -1 && count <= (ssize_t)want, "more messages than asked for");
    for (const unsigned char *c = (unsigned char *)&got[want]; c < (unsigned char *)(got + 23); c++)
        fuzz_must(*c == 0x5a, "written behind the caller's messages");
    uint64_t before = advance ? dernier : after;
    for (ssize_t i = 0; i < count; before = got[i++].number) {
        struct minichat_message *m = &got[i];
        /* peek goes back to the newest number when `after` is beyond it */
        int first_peeked = !advance && i == 0;
        fuzz_must(first_peeked || m->number > before, "numbers that do not grow");
        fuzz_must(first_peeked || m->missed == m->number - before - 1, "missed");
        fuzz_must(m->text_length > 0 && fuzz_is_text(m->text, m->text_length, MINICHAT_TEXT_MAX), "text");
        fuzz_must(fuzz_is_text(m->nick, m->nick_length, MINICHAT_NICK_MAX), "nick");
        fuzz_must(m->seat >= 1 && m->seat <= MINICHAT_SEATS, "seat");
        minichat_display(shown, sizeof shown, m->text, m->text_length);
        for (const char *c = shown; *c; c++)
            fuzz_must((unsigned char)*c >= 0x20 && *c != 0x7f, "a control character is shown");
    }
    if (advance && count > 0)
        fuzz_must(minichat_dernier(fuzz_chat) == before, "dernier");
}

static void fuzz_people(size_t want) {
    static struct minichat_person got[MINICHAT_SEATS + 1];
    memset(got, 0x5a, sizeof got);
    want %= MINICHAT_SEATS + 1;
    errno = 4242;
    ssize_t count = minichat_who(fuzz_chat, got, want);
    fuzz_answer(count < 0, EACCES, 0);
    fuzz_must(count >= -1 && count <= MINICHAT_SEATS, "more people than places");
    for (const unsigned char *c = (unsigned char *)&got[want]; c < (unsigned char *)(got + MINICHAT_SEATS + 1); c++)
        fuzz_must(*c == 0x5a, "written behind the caller's people");
    for (ssize_t i = 0; i < count && i < (ssize_t)want; i++) {
        fuzz_must(got[i].seat >= 1 && got[i].seat <= MINICHAT_SEATS, "a person's seat");
        fuzz_must(i == 0 || got[i].seat > got[i - 1].seat, "seats in their order");
        fuzz_must(fuzz_is_text(got[i].nick, got[i].nick_length, MINICHAT_NICK_MAX), "a person's nick");
    }
}

/* Opens it if it is not open. */
static int fuzz_open(unsigned flags) {
    if (fuzz_chat)
        return 1;
    struct minichat_options options = {.size = sizeof options, .nick = "fuzz"};
    options.flags = flags % 4 == 1 ? MINICHAT_READ_ONLY : flags % 4 == 2 ? MINICHAT_HIDDEN : 0;
    errno = 4242;
    int result = minichat_open(&fuzz_chat, FUZZ_NAME, &options);
    fuzz_answer(result != 0, EPROTONOSUPPORT, EMEDIUMTYPE);
    fuzz_must((result == 0) == (fuzz_chat != NULL), "a handle with an error, or none without");
    return result == 0;
}

static void fuzz_close(void) {
    if (fuzz_chat)
        fuzz_must(minichat_close(fuzz_chat) == 0, "close");
    fuzz_chat = NULL;
}

static void fuzz_call(const struct fuzz_step *step) {
    static const char text[] = "\xc3\xa9 text";
    uint64_t number;
    if (!fuzz_open(step->which))
        return;
    switch (step->how % 12) {
    case 0:
    case 1:
        fuzz_messages(0, 1, step->which);
        break;
    case 2:
        fuzz_messages(step->value, 0, step->which);
        break;
    case 3:
        fuzz_messages(step->value % 32, 0, step->which);
        break;
    case 4:
        fuzz_people(step->which);
        break;
    case 5: {
        struct minichat_info info = {.size = sizeof info};
        errno = 4242;
        fuzz_answer(minichat_info(fuzz_chat, &info) != 0, 0, 0);
        fuzz_must(info.present >= -1 && info.present <= MINICHAT_SEATS, "present");
        break;
    }
    case 6: {
        errno = 4242;
        int result = minichat_wait(fuzz_chat, 0);
        fuzz_answer(result < 0, 0, 0);
        fuzz_must(result <= 1, "wait");
        break;
    }
    case 7:
    case 8:
        errno = 4242;
        fuzz_answer(minichat_post(fuzz_chat, text, sizeof text - 1, 0, &number) != 0,
                    EOVERFLOW, EACCES);
        break;
    case 9:
        errno = 4242;
        fuzz_answer(minichat_seek(fuzz_chat, step->which % 2 ? step->value % 32 : step->value) != 0, EINVAL, 0);
        break;
    case 10:
        errno = 4242;
        fuzz_answer(minichat_nick(fuzz_chat, text, step->which % sizeof text) != 0,
                    EILSEQ, EACCES);
        break;
    default: /* seldom: the kernel takes milliseconds to close it */
        if (step->which % 32 != 31)
            break;
        errno = 4242;
        fuzz_answer(minichat_fd(fuzz_chat) < 0, 0, 0);
    }
}

static void fuzz_word(off_t offset, uint64_t word) {
    if (pwrite(fuzz_file, &word, sizeof word, offset) != sizeof word)
        tap_bail("pwrite");
    fuzz_far |= offset < 0 || (size_t)offset + 8 > FUZZ_NEAR;
}

static uint64_t fuzz_look(off_t offset) {
    uint64_t word = 0;
    return pread(fuzz_file, &word, sizeof word, offset) == sizeof word ? word : 0;
}

/* Gives the message `number` in a buffer, or a person's copy, its right checksum. */
static void fuzz_seal(off_t offset, int person, uint64_t number) {
    uint64_t words[128] = {0};
    if (pread(fuzz_file, words, person ? 128 : sizeof words, offset) <= 0)
        return;
    size_t nick = words[2] >> 16 & 0xffff, text = words[2] & 0xffff;
    if (person) {
        nick = words[2] & 0xffff;
        text = 0;
    }
    size_t rest = (nick + 7) / 8 + (text + 7) / 8;
    if (rest > 124)
        return;
    fuzz_word(offset + 24, forge_checksum(person ? 0 : fuzz_look(FORGE_BOARD_ID), words, rest, person ? 0 : number));
}

/* The buffer that a ring's entry names; the first one if there is no such. */
static off_t fuzz_named(unsigned slot) {
    uint64_t buffer = ENTRY_BUFFER(fuzz_look(FILE_RING(slot % 20)));
    return FILE_BUFFER(buffer < 64 * 21 ? buffer : 0);
}

static void fuzz_spoil(const struct fuzz_step *step) {
    unsigned which = step->which, how = step->how;
    uint64_t entry = fuzz_look(FILE_RING(which % 20));
    off_t named = fuzz_named(which), copy = FILE_PERSON(which % 4) + 64 + 128 * (how & 1);
    switch (step->what % 14) {
    case 0: /* one bit of the header */
        fuzz_word(8 * (which % FILE_HEADER_WORDS), fuzz_look(8 * (which % FILE_HEADER_WORDS)) ^ UINT64_C(1) << how % 64);
        break;
    case 1:
        fuzz_word(FILE_RING(which % 20), entry ^ (step->value << 14 & ENTRY_MARKS));
        break;
    case 2:
        fuzz_word(FILE_RING(which % 20), step->value);
        break;
    case 3: /* another number, near or of the same slot, or another buffer */
        fuzz_word(FILE_RING(which % 20), entry + (step->value % 64 - 32) * (how % 2 ? 20 << 16 : 1 << 16));
        break;
    case 4:
        fuzz_word(FILE_RING(which % 20), (entry & ~UINT64_C(0xffff)) | how);
        break;
    case 5:
        fuzz_word(FILE_PERSON(which % 64), step->value);
        break;
    case 6: /* what a person says of itself, and above all how long its name is */
        for (int word = 4; how / 2 % 16 == 2 && word < 16; word++)
            fuzz_word(copy + 8 * word, UINT64_C(0x6162636465666768));
        fuzz_word(copy + 8 * (how / 2 % 16), how / 2 % 16 == 2 ? step->value % 128 : step->value);
        fuzz_seal(copy, 1, 0);
        break;
    case 7: /* lengths, flags and seat of a message on the board */
        fuzz_word(named + 16, how % 2 ? step->value : fuzz_look(named + 16) ^ UINT64_C(1) << how / 2 % 64);
        fuzz_seal(named, 0, entry >> 16);
        break;
    case 8: /* its nick and text */
        fuzz_word(named + 8 * (4 + how % 124), step->value);
        fuzz_seal(named, 0, entry >> 16);
        break;
    case 9: /* unsealed */
        fuzz_word(named + 8 * (how % 128), step->value);
        break;
    case 10: /* anywhere */
        fuzz_word((off_t)(step->value % (FILE_BYTES / 8) * 8), (uint64_t)how * UINT64_C(0x0001000100010001));
        break;
    case 11: /* cut, or grown */
        fuzz_far = 1;
        if (ftruncate(fuzz_file, (off_t)(step->value % (how % 4 ? FILE_BYTES : 2 * FILE_BYTES))) != 0)
            tap_bail("ftruncate");
        break;
    default: /* whole again: what was opened before it was cut is not */
        if (ftruncate(fuzz_file, FILE_BYTES) != 0)
            tap_bail("ftruncate");
    }
}

/* The board that is spoiled: 30 messages of two participants, of whom the second stays, for the others to see. */
static void fuzz_begin(void) {
    struct minichat *two[2] = {chat_open(FUZZ_NAME, MINICHAT_CREATE, "L\xc3\xa9" "a"), chat_open(FUZZ_NAME, 0, "Wei")};
    for (unsigned i = 0; i < 30; i++)
        if (chat_say(two[i % 2], i % 2, i, NULL) != 0)
            tap_bail("minichat_post");
    fuzz_file = open(FUZZ_NAME, O_RDWR | O_CLOEXEC);
    if (fuzz_file < 0 || pread(fuzz_file, fuzz_whole, FILE_BYTES, 0) != FILE_BYTES)
        tap_bail(FUZZ_NAME);
    minichat_close(two[0]);
    fuzz_far = 1;
}

static void fuzz_board(const uint8_t *data, size_t size) {
    size_t restored = fuzz_far ? FILE_BYTES : FUZZ_NEAR;
    if ((fuzz_far && ftruncate(fuzz_file, FILE_BYTES) != 0) ||
        pwrite(fuzz_file, fuzz_whole, restored, 0) != (ssize_t)restored)
        tap_bail("pwrite");
    fuzz_far = 0;
    for (; size >= FUZZ_STEP; data += FUZZ_STEP, size -= FUZZ_STEP) {
        struct fuzz_step step = {.what = data[0], .which = data[1]};
        memcpy(&step.how, data + 2, 2);
        memcpy(&step.value, data + 4, 8);
        if (step.what & 0x80)
            fuzz_call(&step);
        else
            fuzz_spoil(&step);
    }
    /* Whatever happened: a look at everything. */
    for (uint16_t how = 0; how < 12; how++)
        fuzz_call(&(struct fuzz_step){.which = 21, .how = how});
    fuzz_close();
}
#endif
