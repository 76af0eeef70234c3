/* A conversation on a terminal, as its rooms share it: chat.c for the events, typed.c for what is typed. */
#ifndef SESSION_H
#define SESSION_H
#include "crowd.h"
#include "show.h"

#include <stdbool.h>

struct session {
    struct minichat *chat;
    const char *board;
    char *nick;   /* NULL: none */
    char *prompt;
    bool read_only;
    bool leaving;
    size_t asked; /* about a paste of so many lines */
    int status; /* the exit code */
    struct crowd crowd;
    struct show show; /* how what is read is shown */
    int64_t looked;   /* when we looked who is here */
    int64_t today;    /* what day it was then */
};

/* A line of the program's own, above the line being typed. */
void session_tell(enum word word, const char *const holes[]);

/* Looks who is here, and tells what changed. */
void session_look_around(struct session *session);

/* Says so when another day has begun. */
void session_tell_day(struct session *session);

/* Shows what is new on the board, and rings if somebody says our name; leaves the board if reading fails. */
void session_read(struct session *session);

/* Takes our name, which is the prompt, too. */
void session_set_nick(struct session *session, const char *nick);

/* typed.c: does what a line asks for. False when the line should be edited: it could not be posted. */
bool typed(struct session *session, const char *line);

/* Command number `index`, "/who" …; NULL: there are no more. */
const char *typed_command(size_t index);
#endif
