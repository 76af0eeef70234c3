/*
 * What is typed, byte by byte, before the line is made of it; and what is pasted, which comes as fast as the terminal can
 * send it. Many lines at once are more likely a slip than a speech, and would drive all else off the board: they are held
 * until somebody says that they are meant.
 */
#ifndef KEYS_H
#define KEYS_H
#include <stdbool.h>
#include <stddef.h>

/* Asks the terminal to say what is pasted, where it can; and no longer. */
void keys_open(void);
void keys_close(void);

/* Takes what standard input has: for when poll() says that there is something. */
void keys_fill(void);

/* Is there a key? At the end of input there is one for ever: its end. */
bool keys_waiting(void);

/* The next byte; -1: the end of input. Waits if none is waiting. */
int keys_next(void);

/* How many lines were pasted and are held; 0: none. */
size_t keys_pasted(void);

/* They are meant: they are keys like others. */
void keys_allow(void);

/* They are not, nor is whatever waits behind. Was there anything? */
bool keys_drop(void);
#endif
