/* Where a text speaks of somebody by name. */
#ifndef MENTION_H
#define MENTION_H
#include <stdbool.h>
#include <stddef.h>

/*
 * Finds `nick` in `text` as a word of its own, capitals or not: "léa:" speaks of Léa, "Léandre" does not. Scripts
 * that write without spaces have no words to be within: 小明你好 speaks of 小明. False: not there, or no nick.
 */
bool mention_find(const char *text, size_t length, const char *nick, size_t *begin, size_t *end);

/* The bytes at the beginning of `text` that say `start`, capitals or not; 0 if it begins otherwise. */
size_t mention_begins(const char *text, size_t length, const char *start, size_t start_length);
#endif
