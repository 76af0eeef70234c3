/* Saying something: words with holes, colours, complaints. What fills a hole is safe for a terminal. */
#ifndef SAY_H
#define SAY_H
#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The program's exit codes. */
enum status { STATUS_OK, STATUS_ERROR, STATUS_USAGE, STATUS_NOT_A_BOARD, STATUS_PERMISSION, STATUS_TIMEOUT };

/* What fills {1}, {2} …: strings, and nothing else compiles. */
#define HOLES(...) ((const char *const[]){__VA_ARGS__, NULL})
/* A number as a string; the memory is the enclosing block's. */
#define NUMBER(value) number((char[24]){0}, (value))
const char *number(char memory[24], uint64_t value);

/* Says a word, its holes filled; no newline. `holes` may be NULL. */
void say(FILE *out, enum word word, const char *const holes[]);

/* A line of the program's own in a conversation: "-- Léa joins". */
void notice(enum word word, const char *const holes[]);

/* One line on standard error; returns `status`. */
int complain(enum status status, enum word word, const char *const holes[]);

/* What was being done when a call of the library failed: the same errno has another cure. */
enum intent { READING = 1, JOINING = 2, REMOVING = 4, LISTING = 8 };
/* Complains about `error` of the board at `path`; returns the exit code that it means. */
int failed(const char *path, int error, enum intent intent);

/* Writes out what stdio still holds. `status`, or an exit code if that failed: that was said. */
int flushed(int status);

/* minichat_display() into memory of the caller's, who frees it. */
char *shown(const char *text, size_t length);
/* Text of anybody's, made safe for a terminal. */
void put(FILE *out, const char *text, size_t length);

_Noreturn void no_memory(void);

/* Colours on standard output, if the user wants them. */
enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
void colours(enum colour wish);
enum style { PLAIN, FAINT, CALL }; /* CALL: our own name in what somebody says */
void style(enum style style);
/* The style of a name: always the same for one, whoever else is here and whatever seat it has. */
void style_name(const char *nick);
#endif
