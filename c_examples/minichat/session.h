/* A conversation on a terminal, as its rooms share it: chat.c for the events, typed.c for what is typed. */
#ifndef SESSION_H
#define SESSION_H
#include "crowd.h"

#include <stdbool.h>

struct session {
    struct minichat *chat;
    const char *board;
    char *prompt;
    bool read_only;
    bool leaving;
    int status; /* the exit code */
    struct crowd crowd;
    int64_t looked; /* when we looked who is here */
};

/* A line of the program's own, above the line being typed. */
void session_tell(enum word word, const char *const holes[]);

/* Looks who is here, and tells what changed. */
void session_look_around(struct session *session);

/* Shows what is new on the board; leaves it if that fails. */
void session_read(struct session *session);

/* The prompt is our name. */
void session_set_prompt(struct session *session, const char *nick);

/* typed.c: does what a line asks for. False when the line should be edited: it could not be posted. */
bool typed(struct session *session, const char *line);
#endif
