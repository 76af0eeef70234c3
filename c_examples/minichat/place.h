/*
 * Where one had stopped reading a board: kept between two conversations in the user's own directory of states
 * (XDG_STATE_HOME, or ~/.local/state), a small file for each board. Without such a place nothing is kept, and
 * nothing said: it is a convenience.
 */
#ifndef PLACE_H
#define PLACE_H
#include <mapboard.h>

/* The number of the last message that was read; 0: not known. */
uint64_t place_load(struct minichat *chat);

void place_save(struct minichat *chat);
#endif
