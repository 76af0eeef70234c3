/* Waiting for whatever comes first: the board, a key, a signal, or that nobody reads our output any more. */
#ifndef EVENTS_H
#define EVENTS_H
#include <mapboard.h>
#include <stdbool.h>

enum { EVENT_BOARD = 1, EVENT_KEY = 2, EVENT_SIGNAL = 4, EVENT_READER_LEFT = 8 };

/* From now on the signals of `numbers` (0 ends them) are events. False with errno. */
bool events_open(const int numbers[]);

/* Waits for something to happen, `timeout_ms` at most (-1: for ever). A set of the events; -1 with errno. */
int events_wait(struct minichat *chat, bool keys, int timeout_ms);

/* The next signal that came; 0 when there is none. */
int events_signal(void);

/* Milliseconds of a clock that nobody sets. */
int64_t events_now(void);
#endif
