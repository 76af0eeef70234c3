/*
 * Somebody who may write the file writes what no participant writes, one thing at a time: what each call
 * answers then, what is still read, and what goes on as if nothing had been. (tests/c/chat_fuzz.c does it at
 * random.)
 */
#define _GNU_SOURCE
#include "attack/soak.h"
#include "chat.h"
#include <poll.h>

enum { LAST = 30, POSTER = 1 };

static struct minichat *poster, *reader;
static struct minichat_message messages[MINICHAT_MESSAGES + 5];
static uint64_t said;

/* A new board with messages 1 to 30 by `poster`, whom `reader` has listened to up to `seen`. */
static void begin(uint64_t seen) {
    if (poster) {
        minichat_close(poster);
        minichat_close(reader);
        unlink("board");
        unlink("board.lock");
    }
    poster = chat_open("board", MINICHAT_CREATE, "poster");
    for (said = 1; said <= LAST; said++)
        if (chat_say(poster, POSTER, said, NULL) != 0)
            tap_bail("minichat_post");
    struct minichat_options options = {.size = sizeof options, .after = seen};
    if (minichat_open(&reader, "board", &options) != 0)
        tap_bail("minichat_open");
}

static off_t buffer_of(uint64_t number) {
    return FILE_BUFFER(ENTRY_BUFFER(word_at("board", FILE_RING(number % MINICHAT_MESSAGES))));
}

/* ---- a message ----------------------------------------------------------------------------------------- */

/* One word of message 15 was changed: those before are read, then an error, then those behind it. */
static void message_spoiled(off_t offset, uint64_t bits, const char *name) {
    begin(11);
    off_t at = buffer_of(15) + offset;
    word_put("board", at, word_at("board", at) ^ bits);
    CHECK(minichat_read(reader, messages, 25) == 3 && messages[2].number == 14,
          "%s: those before it are read", name);
    CHECK_ERRNO(minichat_read(reader, messages, 25), -1, EBADMSG, name);
    CHECK_EQ(minichat_dernier(reader), 15, "dernier goes by it");
    CHECK(minichat_read(reader, messages, 25) == 15 && messages[0].number == 16 && messages[0].missed == 0,
          "%s: those behind it are read", name);
    CHECK_EQ(minichat_peek(reader, 11, messages, 25), 3, "a look back finds those before it");
    CHECK_ERRNO(minichat_peek(reader, 14, messages, 25), -1, EBADMSG, "then an error");
    CHECK_EQ(minichat_peek(reader, 15, messages, 25), 15, "then those behind it");
    CHECK(chat_say(poster, POSTER, said, NULL) == 0 && minichat_read(reader, messages, 25) == 1,
          "posts go on");
}

static void messages_spoiled(void) {
    message_spoiled(0, 1, "the time");
    message_spoiled(8, (uint64_t)1 << 40, "the process");
    message_spoiled(16, 1, "the text's length");
    message_spoiled(16, 0xffff, "a text's length beyond all");
    message_spoiled(16, (uint64_t)0xffff << 16, "a nick's length beyond all");
    message_spoiled(16, (uint64_t)0x4000 << 32, "a seat that does not exist");
    message_spoiled(24, (uint64_t)1 << 63, "the checksum");
    message_spoiled(32, 0x20, "a letter of the nick");
    message_spoiled(40, 0x20, "a letter of the text");
    begin(11);
    word_put("board", FILE_RING(15), ENTRY_OF(15, 64 * 21));
    CHECK_EQ(minichat_read(reader, messages, 25), 3,
             "a buffer that does not exist: those before it are read");
    CHECK_ERRNO(minichat_read(reader, messages, 25), -1, EBADMSG, "a buffer that does not exist");
    CHECK_EQ(minichat_read(reader, messages, 25), 15, "those behind it are read");
    begin(11);
    word_put("board", FILE_RING(15), ENTRY_OF(15, 63 * 21));
    CHECK_EQ(minichat_read(reader, messages, 25), 3,
             "a buffer that was never written: those before it are read");
    CHECK_ERRNO(minichat_read(reader, messages, 25), -1, EBADMSG, "a buffer that was never written");
    CHECK_EQ(minichat_read(reader, messages, 25), 15, "those behind it are read");
}

/* ---- an entry ------------------------------------------------------------------------------------------ */

/* An entry that no order of posts explains: errors, until it is right again. */
static void entry_spoiled(uint64_t slot, uint64_t value, int at_post, const char *name) {
    struct minichat_info info = {.size = sizeof info};
    struct minichat *late = NULL;
    begin(LAST);
    off_t at = FILE_RING(slot);
    uint64_t right = word_at("board", at);
    word_put("board", at, value);
    errno = 0;
    int posted = chat_say(poster, POSTER, said, NULL);
    CHECK(at_post ? posted == -1 && errno == EBADMSG : posted == 0, "%s: a post is %s", name,
          at_post ? "EBADMSG" : "made");
    if (at_post) {
        CHECK_ERRNO(minichat_info(reader, &info), -1, EBADMSG, "info");
        CHECK_ERRNO(minichat_seek(reader, 20), -1, EBADMSG, "seek");
        CHECK_ERRNO(minichat_peek(reader, 0, messages, 25), -1, EBADMSG, "peek");
        CHECK_ERRNO(chat_try(&late, "board", 0, "late"), -1, EBADMSG, "open");
        CHECK_EQ(minichat_who(reader, NULL, 0), 2, "who is present is known all the same");
        word_put("board", at, right);
        CHECK(chat_say(poster, POSTER, said, NULL) == 0, "the entry is right again: a post is made");
    } else
        word_put("board", at, right);
    CHECK(minichat_wait(reader, -1) == 1 && minichat_read(reader, messages, 25) == 1 &&
              messages[0].number == LAST + 1,
          "it is read");
    CHECK_EQ(chat_last_whole(reader, LAST + 1), MINICHAT_MESSAGES, "the last twenty are whole");
}

/* Marks where nobody sleeps or watches: a post takes them over, and that is all. */
static void marks_spoiled(void) {
    begin(LAST);
    int fd = minichat_fd(reader);
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    for (unsigned slot = 0; slot < MINICHAT_MESSAGES; slot++)
        word_put("board", FILE_RING(slot), word_at("board", FILE_RING(slot)) | ENTRY_MARKS);
    CHECK_EQ(minichat_wait(reader, 20), 0, "marks everywhere");
    CHECK_EQ(minichat_read(reader, messages, 25), 0, "nothing is new");
    CHECK_EQ(poll(&poller, 1, 0), 0, "nor is the descriptor readable, again and again");
    CHECK_EQ(chat_last_whole(reader, LAST), MINICHAT_MESSAGES, "the last twenty are whole");
    uint64_t number = 0, wrong = 0, marks = 0;
    for (uint64_t i = 1; i <= 2 * MINICHAT_MESSAGES; i++)
        wrong += chat_say(poster, POSTER, said++, &number) != 0 || number != LAST + i;
    CHECK_EQ(wrong, 0, "the numbers go on");
    for (unsigned slot = 0; slot < MINICHAT_MESSAGES; slot++)
        marks |= word_at("board", FILE_RING(slot)) & ENTRY_MARKS;
    CHECK_EQ(marks, 0, "the marks are gone");
    CHECK_EQ(chat_last_whole(reader, number), MINICHAT_MESSAGES, "the last twenty are whole again");
    CHECK_EQ(minichat_wait(reader, -1), 1, "who waits is told");
    CHECK_EQ(poll(&poller, 1, -1), 1, "and who polls");
    CHECK(minichat_read(reader, messages, 25) == 20 && messages[0].missed == 20, "all is read");
}

/* The newest messages were taken back, `count` of them: their numbers are given again, none is left out. */
static void taken_back(uint64_t count) {
    begin(LAST);
    struct minichat *late = chat_open("board", 0, "late");
    for (uint64_t i = 0; i < count; i++) {
        off_t at = FILE_RING((LAST - i) % MINICHAT_MESSAGES);
        word_put("board", at, word_at("board", at) - ENTRY_OF(MINICHAT_MESSAGES, 0));
    }
    uint64_t number = 0, before = LAST - count, wrong = 0;
    for (int i = 0; i < 3 * MINICHAT_MESSAGES; i++, before = number) {
        struct minichat *who = i % 2 ? poster : late;
        wrong += chat_say(who, POSTER, said++, &number) != 0 || number != before + 1;
        ssize_t got = minichat_read(reader, messages, 25);
        wrong += (got == -1 && errno != EBADMSG) ||
                 (number > LAST && !(got > 0 && messages[got - 1].number == number));
    }
    printf("# %d taken back\n", (int)count);
    CHECK_EQ(wrong, 0, "the numbers follow one another, and are read from where they are new");
    CHECK_EQ(chat_last_whole(reader, number), MINICHAT_MESSAGES, "the last twenty are whole again");
    CHECK_EQ(minichat_dernier(reader), number, "and read");
    minichat_close(late);
}

static void entries_spoiled(void) {
    /* The next message goes to slot 11. */
    entry_spoiled(11, ENTRY_OF(12, 3), 1, "a number of another slot");
    entry_spoiled(3, ENTRY_OF(4, 3), 0, "a number of another slot, where nobody posts yet");
    entry_spoiled(11, UINT64_MAX, 1, "all ones");
    marks_spoiled();
    taken_back(1);
    taken_back(3);
    taken_back(LAST - MINICHAT_MESSAGES);
}

/* What the calls answer on whatever ring: what they must, or EBADMSG; and messages that are whole, if perhaps
 * not those that were posted under their numbers: who may write the board can say anything. */
static int ring_answers(uint64_t *count) {
    int wrong = 0;
    unsigned writer;
    uint64_t sequence;
    struct minichat_info info = {.size = sizeof info};
    static const uint64_t after[] = {0, LAST - MINICHAT_MESSAGES, LAST - 1, LAST, UINT64_MAX};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        ssize_t got = minichat_peek(reader, after[i], messages, 25);
        wrong += got < 0 ? errno != EBADMSG : got > MINICHAT_MESSAGES;
        for (ssize_t j = 0; j < got; j++)
            wrong += !chat_whole(&messages[j], &writer, &sequence);
    }
    wrong += minichat_info(reader, &info) != 0 && errno != EBADMSG;
    wrong += minichat_wait(reader, 0) < 0 && errno != EBADMSG;
    wrong += minichat_who(reader, NULL, 0) != 2;
    *count += 1;
    return wrong;
}

static void write_word(int fd, off_t offset, uint64_t word) {
    if (pwrite(fd, &word, sizeof word, offset) != sizeof word)
        tap_bail("pwrite");
}

/* Each index of a buffer that an entry can name, those that there are and those that there are not; and in
 * each slot numbers that are nearly right, and far from it. */
static void ring_out_of_range(void) {
    begin(LAST);
    uint64_t buffers = 0, numbers = 0, wrong = 0;
    int fd = open("board", O_RDWR | O_CLOEXEC);
    uint64_t right = word_at("board", FILE_RING(15));
    for (uint64_t buffer = 0; buffer < 1 << 16;
         buffer += buffer < 64 * 21 + 8 || soak_seconds() > 0 ? 1 : 61) {
        write_word(fd, FILE_RING(15), ENTRY_OF(15, buffer));
        wrong += (uint64_t)ring_answers(&buffers);
    }
    write_word(fd, FILE_RING(15), right);
    ATTACK("hostile file: buffers that an entry names", buffers, wrong);
    wrong = 0;
    for (uint64_t slot = 0; slot < MINICHAT_MESSAGES; slot++) {
        static const int64_t near[] = {-41, -40, -21, -20, -19, -2, -1, 1, 2, 19, 20, 21, 40, 1000000};
        right = word_at("board", FILE_RING(slot));
        for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
            write_word(fd, FILE_RING(slot), right + (uint64_t)near[i] * (1 << 16));
            wrong += (uint64_t)ring_answers(&numbers);
        }
        for (int bit = 0; bit < 64; bit++) {
            write_word(fd, FILE_RING(slot), right ^ UINT64_C(1) << bit);
            wrong += (uint64_t)ring_answers(&numbers);
        }
        write_word(fd, FILE_RING(slot), 0);
        wrong += (uint64_t)ring_answers(&numbers);
        write_word(fd, FILE_RING(slot), right);
    }
    close(fd);
    ATTACK("hostile file: entries of the ring", numbers, wrong);
    CHECK(chat_last_whole(reader, LAST) == MINICHAT_MESSAGES && chat_say(poster, POSTER, said, NULL) == 0,
          "all is whole, once it is right again");
}

/* ---- who is present, and what is read only once -------------------------------------------------------- */

static void people_spoiled(void) {
    struct minichat_person people[3];
    int wrong = 0, nameless = 0;
    begin(LAST);
    for (int word = 0; word < 48; word++) {
        off_t at = FILE_PERSON(0) + 8 * word;
        uint64_t right = word_at("board", at);
        for (int bit = 0; bit < 64; bit += 3) {
            word_put("board", at, right ^ UINT64_C(1) << bit);
            memset(people, 0, sizeof people);
            wrong += minichat_who(reader, people, 3) != 2 || people[0].seat != 1 ||
                     (strcmp(people[0].nick, "poster") != 0 && people[0].nick[0] != 0);
            nameless += people[0].nick[0] == 0;
        }
        word_put("board", at, right);
    }
    CHECK_EQ(wrong, 0, "a spoiled entry shows the name or none");
    CHECK(nameless > 100, "none, %d times", nameless);
    word_put("board", FILE_PERSON(0), UINT64_MAX);
    CHECK_EQ(minichat_nick(poster, "again", 5), 0, "a nick is written over what was spoiled");
    CHECK(minichat_who(reader, people, 3) == 2 && strcmp(people[0].nick, "again") == 0, "and seen");
}

static void header_spoiled(void) {
    begin(LAST);
    for (int word = 0; word < 64; word++)
        word_put("board", 8 * word, UINT64_MAX);
    CHECK(chat_say(poster, POSTER, said, NULL) == 0 && minichat_read(reader, messages, 25) == 1,
          "the header is read once, when one joins");
    CHECK_EQ(chat_last_whole(reader, LAST + 1), MINICHAT_MESSAGES, "all is whole");
    CHECK_EQ(minichat_who(reader, NULL, 0), 2, "both are present");
    struct minichat *late;
    CHECK_ERRNO(chat_try(&late, "board", 0, "late"), -1, EMEDIUMTYPE, "nobody joins any more");
}

/* Each bit of the header: what joins says what is wrong, what joined before goes on. */
static void header_bits(void) {
    /* magic, byte order, version, layout, size, board's number, time, lock file */
    static const int answers[] = {EMEDIUMTYPE, EPROTONOSUPPORT, EPROTONOSUPPORT, EPROTONOSUPPORT, EBADMSG, 0,
                                  0,           ESTALE};
    uint64_t bits = 0, wrong = 0, number = 0;
    begin(LAST);
    for (int word = 0; word < FILE_HEADER_WORDS; word++) {
        uint64_t right = word_at("board", 8 * word);
        for (int bit = 0; bit < 64; bit++, bits++) {
            struct minichat *late = NULL;
            word_put("board", 8 * word, right ^ UINT64_C(1) << bit);
            int error = ERROR_OF(chat_try(&late, "board", 0, "late"));
            wrong += error != answers[word];
            if (late && word == 5) /* its messages are another board's */
                wrong += minichat_peek(late, 0, messages, 25) != -1 || errno != EBADMSG;
            if (late && word == 6)
                wrong += chat_last_whole(late, LAST + bits) != MINICHAT_MESSAGES;
            minichat_close(late);
            int reads = ERROR_OF(chat_try(&late, "board", MINICHAT_READ_ONLY, NULL));
            wrong += reads != (word == 7 ? 0 : answers[word]);
            if (reads == 0)
                minichat_close(late);
            wrong += chat_say(poster, POSTER, said++, &number) != 0 || number != LAST + bits + 1;
            wrong += minichat_read(reader, messages, 25) != 1 || messages[0].number != number;
        }
        word_put("board", 8 * word, right);
    }
    ATTACK("hostile file: bits of the header", bits, wrong);
}

int main(void) {
    tap_directory();
    chat_alarm();
    messages_spoiled();
    entries_spoiled();
    people_spoiled();
    header_spoiled();
    header_bits();
    ring_out_of_range();
    return tap_end();
}
