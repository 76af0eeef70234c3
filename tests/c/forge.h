/*
 * Writing on a board what no participant would: messages and names with whatever bytes, and the right
 * checksum over them, as somebody does who may write the file and has read the sources. Places and sums are
 * those of src/chat/layout.rs, message.rs, people.rs and text.rs; forge_agrees() holds them against what the
 * library writes.
 */
#ifndef FORGE_H
#define FORGE_H
#include "chat.h"

enum { FORGE_WORDS = 128, FORGE_BOARD_ID = 40 };

TEST_HELPER uint64_t forge_mix(uint64_t sum, uint64_t word) {
    uint64_t product = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return product << 29 | product >> 35;
}

/* Of the first three words of a head, of the `count` words behind the head, and of the message's number, if it is one. */
TEST_HELPER uint64_t forge_checksum(uint64_t seed, const uint64_t *head, size_t count, uint64_t number) {
    uint64_t sum = seed, sums = 0;
    for (size_t i = 0; i < 4 + count; i++)
        if (i != 3)
            sums += sum += head[i];
    if (number != 0)
        sums += sum += number;
    return forge_mix(forge_mix(0, sum), sums);
}

/* Bytes, packed into words from `words` on; how many. */
TEST_HELPER size_t forge_pack(uint64_t *words, const void *bytes, size_t length) {
    size_t count = (length + 7) / 8;
    memset(words, 1, 8 * count);
    memcpy(words, bytes, length);
    return count;
}

TEST_HELPER void forge_put(const char *path, off_t at, const uint64_t *words, size_t count) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || pwrite(fd, words, 8 * count, at) != (ssize_t)(8 * count))
        tap_bail("%s", path);
    close(fd);
}

struct forged {
    const char *nick, *text;
    size_t nick_length, text_length;
    int64_t time_ns;
    uint32_t pid, uid, seat, flags; /* the seat from 1 on */
};

/* The words of message `number`; how many. */
TEST_HELPER size_t forge_letter(uint64_t words[FORGE_WORDS], uint64_t board, uint64_t number,
                                const struct forged *it) {
    uint64_t lengths = (uint64_t)it->nick_length << 16 | it->text_length;
    words[0] = (uint64_t)it->time_ns;
    words[1] = (uint64_t)it->pid << 32 | it->uid;
    words[2] = (uint64_t)it->flags << 48 | (uint64_t)(it->seat - 1) << 32 | lengths;
    size_t rest = forge_pack(words + 4, it->nick, it->nick_length);
    rest += forge_pack(words + 4 + rest, it->text, it->text_length);
    words[3] = forge_checksum(board, words, rest, number);
    return 4 + rest;
}

/* Puts message `number` on the board, from the buffers of the last seat, which nobody takes here. */
TEST_HELPER void forge_message(const char *path, uint64_t number, const struct forged *it) {
    uint64_t words[FORGE_WORDS], buffer = 63 * 21 + number % 21;
    size_t count = forge_letter(words, word_at(path, FORGE_BOARD_ID), number, it);
    forge_put(path, FILE_BUFFER(buffer), words, count);
    word_put(path, FILE_RING(number % MINICHAT_MESSAGES), ENTRY_OF(number, buffer));
}

/* The entry of a seat (1 …): the name of whoever holds its byte of the lock file. */
TEST_HELPER void forge_person(const char *path, unsigned seat, const struct forged *it) {
    uint64_t copy[16] = {(uint64_t)it->time_ns, (uint64_t)it->pid << 32 | it->uid, it->nick_length};
    copy[3] = forge_checksum(0, copy, forge_pack(copy + 4, it->nick, it->nick_length), 0);
    uint64_t stamp = word_at(path, FILE_PERSON(seat - 1));
    forge_put(path, FILE_PERSON(seat - 1) + 8 * (8 + 16 * (off_t)(!(stamp & 1))), copy, 16);
    word_put(path, FILE_PERSON(seat - 1), ((stamp | 2) + 4) ^ 1);
}

/* Whether what is forged here is what the library writes, of message `number` of `it`. */
TEST_HELPER int forge_agrees(const char *path, uint64_t number, const struct minichat_message *message) {
    struct forged it = {message->nick,        message->text,    message->nick_length,
                        message->text_length, message->time_ns, message->pid,
                        message->uid,         message->seat,    message->flags};
    uint64_t words[FORGE_WORDS];
    size_t count = forge_letter(words, word_at(path, FORGE_BOARD_ID), number, &it);
    off_t at = FILE_BUFFER(ENTRY_BUFFER(word_at(path, FILE_RING(number % MINICHAT_MESSAGES))));
    for (size_t i = 0; i < count; i++)
        if (word_at(path, at + 8 * (off_t)i) != words[i])
            return 0;
    return 1;
}
#endif
