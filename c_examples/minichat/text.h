/* Text as it stands on a board and on a terminal: UTF-8, and columns. */
#ifndef TEXT_H
#define TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the first character of `text`, which goes to `*out`; 0: there is none, or it is not UTF-8. */
size_t text_next(const char *text, size_t length, uint32_t *out);

bool text_is_utf8(const char *text, size_t length);

/* Terminal columns of one character: 2 for 中, 0 for a combining accent and for what does not print. */
int text_columns(uint32_t character);

/*
 * The bytes of what stands first as one sign: é of two code points, 👍🏽, 🇫🇷, 👩‍👩‍👧. 0: there is none, or it is not UTF-8.
 */
size_t text_sign(const char *text, size_t length);

/* Where the last sign of `text` begins; 0 also when there is none. */
size_t text_last_sign(const char *text, size_t length);

/*
 * Columns of a whole text, at the least: a sign of several code points takes two columns on one terminal and, on another
 * one, as many as they take together, which is what text_width() says.
 */
int text_width_least(const char *text);

/* Columns of a whole text; what follows a byte that is not UTF-8 is not counted. */
int text_width(const char *text);
#endif
