/*
 * The line being typed, at the foot of the screen. It steps aside for a message and comes back as it was.
 * There are two: line_readline.c with GNU readline (history, cursor keys, the user's ~/.inputrc), and
 * line_plain.c, which needs nothing but the terminal.
 */
#ifndef LINE_H
#define LINE_H
#include <stdbool.h>
#include <stddef.h>

/* Takes the terminal and shows the prompt, which the caller keeps. False with errno. */
bool line_open(const char *prompt);
/* Gives the terminal back as it was; what was typed is kept until line_open(). */
void line_close(void);

/*
 * Takes one key. LINE_ENTERED: `*text` is the line, to be freed, and no longer on the screen. LINE_TAB: it is the line up
 * to the cursor, to be freed as well.
 */
enum line { LINE_TYPING, LINE_ENTERED, LINE_TAB, LINE_END };
enum line line_key(char **text);

/* Steps aside, so that something can be printed where the line was; comes back. Both may be called twice. */
void line_hide(void);
void line_show(void);

/* Puts a text back to be edited (while hidden). */
void line_put_back(const char *text);

/* Puts a text in the place of the last `bytes` before the cursor (while hidden). */
void line_replace(size_t bytes, const char *text);

void line_prompt(const char *prompt);
void line_resized(void);
#endif
