#include "mention.h"

#include "text.h"

#include <string.h>
#include <wctype.h>

size_t mention_begins(const char *text, size_t length, const char *start, size_t start_length) {
    size_t at = 0, bytes, other_bytes;
    uint32_t one, other;
    for (; start_length > 0; start += other_bytes, start_length -= other_bytes) {
        bytes = text_next(text + at, length - at, &one);
        other_bytes = text_next(start, start_length, &other);
        if (bytes == 0 || other_bytes == 0 || towlower((wint_t)one) != towlower((wint_t)other))
            return 0;
        at += bytes;
    }
    return at;
}

/* Two characters that a word can hold side by side, so that no word ends between them. */
static bool within_word(uint32_t one, uint32_t other) {
    if (text_columns(other) == 0) /* an accent, a joiner: it belongs to what it stands on */
        return true;
    return iswalnum((wint_t)one) && iswalnum((wint_t)other) && text_columns(one) == 1 && text_columns(other) == 1;
}

bool mention_find(const char *text, size_t length, const char *nick, size_t *begin, size_t *end) {
    uint32_t before = ' ', first = 0, last = 0, next;
    size_t nick_length = strlen(nick), bytes;
    for (size_t at = 0; at < nick_length; at += bytes) {
        bytes = text_next(nick + at, nick_length - at, &last);
        if (bytes == 0)
            return false;
        first = at == 0 ? last : first;
    }
    for (size_t at = 0; nick_length > 0 && at < length; at += bytes) {
        size_t found = mention_begins(text + at, length - at, nick, nick_length);
        if (found > 0 && !within_word(before, first) &&
            (text_next(text + at + found, length - at - found, &next) == 0 || !within_word(last, next))) {
            *begin = at;
            *end = at + found;
            return true;
        }
        bytes = text_next(text + at, length - at, &before);
        if (bytes == 0)
            return false;
    }
    return false;
}
