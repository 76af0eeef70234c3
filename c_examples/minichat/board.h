/* Opening a board as the command line asks. */
#ifndef BOARD_H
#define BOARD_H
#include "options.h"

#include <mapboard.h>

/*
 * Opens the board with the given MINICHAT_ flags; --mode, --read-only and the name are taken from the command
 * line. NULL: the library's reason is in errno.
 */
struct minichat *board_open(const struct options *options, unsigned flags);

/* The same, and complains; the exit code is in `*status` then. */
struct minichat *board_open_or_complain(const struct options *options, unsigned flags, int *status);

/* NICK, or else the login name; NULL when the system knows none. */
const char *board_nick(const struct options *options);

/* Can the text be posted? False after a complaint. `line` of standard input, from 1 up; 0: none of it. */
bool board_accepts(const char *text, size_t length, size_t line);
#endif
