#define _XOPEN_SOURCE 700 /* wcwidth */
#include "text.h"

#include <string.h>
#include <wchar.h>

/* How many bytes a character has that begins with this one; 0 when none does. */
static size_t length_from(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first < 0xc0) /* the middle of a character */
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
}

size_t text_next(const char *text, size_t length, uint32_t *out) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; /* that needs so many bytes */
    size_t bytes = length > 0 ? length_from((unsigned char)text[0]) : 0;
    if (bytes == 0 || bytes > length)
        return 0;
    uint32_t character = bytes == 1 ? (unsigned char)text[0] : (unsigned char)text[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (next & 0x3f);
    }
    bool surrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < smallest[bytes] || surrogate || character > 0x10ffff)
        return 0;
    *out = character;
    return bytes;
}

bool text_is_utf8(const char *text, size_t length) {
    uint32_t character;
    while (length > 0) {
        size_t bytes = text_next(text, length, &character);
        if (bytes == 0 || character == 0) /* NUL is UTF-8, but would end a text in C */
            return false;
        text += bytes;
        length -= bytes;
    }
    return true;
}

int text_columns(uint32_t character) {
    int columns = wcwidth((wchar_t)character);
    return columns > 0 ? columns : 0;
}

int text_width(const char *text) {
    int columns = 0;
    uint32_t character;
    size_t bytes, length = strlen(text);
    while ((bytes = text_next(text, length, &character)) > 0) {
        columns += text_columns(character);
        text += bytes;
        length -= bytes;
    }
    return columns;
}

static bool is_flag_letter(uint32_t character) {
    return character >= 0x1f1e6 && character <= 0x1f1ff;
}

/* Skin, which changes the picture before it. */
static bool is_modifier(uint32_t character) {
    return character >= 0x1f3fb && character <= 0x1f3ff;
}

/* What a joiner makes one sign of; between the letters of a script it only shapes them. */
static bool is_picture(uint32_t character) {
    return character >= 0x1f000 || (character >= 0x2600 && character <= 0x27bf) ||
           (character >= 0x2b00 && character <= 0x2bff);
}

/* The rules of Unicode's annex 29 as far as they matter to who takes a sign away. */
size_t text_sign(const char *text, size_t length) {
    enum { JOINER = 0x200d };
    uint32_t before, next;
    size_t bytes = text_next(text, length, &before), more;
    bool flag = bytes > 0 && is_flag_letter(before);
    if (bytes == 0)
        return 0;
    while ((more = text_next(text + bytes, length - bytes, &next)) > 0) {
        bool joined = before == JOINER && is_picture(next);
        if (text_columns(next) > 0 && !is_modifier(next) && !joined && !(flag && is_flag_letter(next)))
            break;
        flag = false; /* two letters are one flag */
        before = next;
        bytes += more;
    }
    return bytes;
}

size_t text_last_sign(const char *text, size_t length) {
    size_t at = 0, bytes;
    while (at < length && (bytes = text_sign(text + at, length - at)) > 0 && at + bytes < length)
        at += bytes;
    return at < length ? at : 0;
}

int text_width_least(const char *text) {
    int columns = 0;
    size_t bytes, length = strlen(text);
    while ((bytes = text_sign(text, length)) > 0) {
        uint32_t character;
        int together = 0;
        for (size_t at = 0, one; at < bytes; at += one) {
            one = text_next(text + at, bytes - at, &character);
            together += text_columns(character);
        }
        columns += together > 2 ? 2 : together;
        text += bytes;
        length -= bytes;
    }
    return columns;
}
