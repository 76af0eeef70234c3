/* What is typed: a message, or a command that begins with a slash. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "board.h"
#include "line.h"
#include "session.h"
#include "show.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool post(struct session *session, const char *text, unsigned flags) {
    if (session->read_only) {
        session_tell(WORD_ONLY_READING, NULL);
        return true;
    }
    if (!board_accepts(text, strlen(text), 0))
        return false;
    if (minichat_post(session->chat, text, strlen(text), flags, NULL) == 0)
        return true;
    failed(session->board, errno, JOINING);
    return false;
}

/* ---- the commands: what follows the name is their argument ---- */

static bool command_who(struct session *session, const char *nothing) {
    (void)nothing;
    session_look_around(session);
    for (size_t i = 0; i < session->crowd.count; i++)
        show_person(&session->show, &session->crowd.people[i]);
    if (session->crowd.count == 0)
        notice(WORD_NOBODY, NULL);
    return true;
}

static bool command_nick(struct session *session, const char *nick) {
    size_t length = strlen(nick);
    if (session->read_only)
        session_tell(WORD_ONLY_READING, NULL);
    else if (length > MINICHAT_NICK_MAX)
        session_tell(WORD_NICK_TOO_LONG, HOLES(NUMBER(length), NUMBER(MINICHAT_NICK_MAX)));
    else if (!text_is_utf8(nick, length))
        session_tell(WORD_NICK_NOT_UTF8, NULL);
    else if (minichat_nick(session->chat, nick, length) != 0)
        failed(session->board, errno, JOINING);
    else {
        session_set_nick(session, nick);
        line_prompt(session->prompt);
        session_tell(WORD_YOU_ARE, HOLES(nick));
    }
    return true;
}

static bool command_me(struct session *session, const char *text) {
    return post(session, text, MINICHAT_ACTION);
}

/* "5"; nothing means all. -1: no number. */
static long read_count(const char *argument) {
    char *end;
    if (*argument == '\0')
        return MINICHAT_MESSAGES;
    long count = strtol(argument, &end, 10);
    return isdigit((unsigned char)*argument) && *end == '\0' ? count : -1;
}

static bool command_last(struct session *session, const char *argument) {
    long count = read_count(argument);
    if (count < 0) {
        session_tell(WORD_COMMAND_NUMBER, HOLES(argument));
        return true;
    }
    struct show again = {.crowd = &session->crowd, .nick = session->nick}; /* out of the page: with their dates */
    ssize_t all = show_last(&again, session->chat, (size_t)count);
    if (all < 0)
        failed(session->board, errno, READING);
    else if (all == 0)
        session_tell(WORD_NO_MESSAGES, NULL);
    return true;
}

static bool command_help(struct session *session, const char *nothing) {
    (void)session, (void)nothing;
    say(stdout, WORD_COMMANDS, NULL);
    return true;
}

static bool command_quit(struct session *session, const char *nothing) {
    (void)nothing;
    session->leaving = true;
    return true;
}

static const struct command {
    const char *name;
    bool (*run)(struct session *session, const char *argument);
    enum { NEEDS_NOTHING, NEEDS_ARGUMENT, MAY_HAVE_ARGUMENT } needs;
} commands[] = {
    {"/who", command_who, NEEDS_NOTHING},   {"/nick", command_nick, NEEDS_ARGUMENT},
    {"/me", command_me, NEEDS_ARGUMENT},    {"/last", command_last, MAY_HAVE_ARGUMENT},
    {"/help", command_help, NEEDS_NOTHING}, {"/quit", command_quit, NEEDS_NOTHING},
};

const char *typed_command(size_t index) {
    return index < sizeof commands / sizeof *commands ? commands[index].name : NULL;
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

/* Cuts "/me  waves " into the command and its argument, without the spaces around them. */
static char *cut(char *line) {
    size_t end = strlen(line);
    while (end > 0 && line[end - 1] == ' ')
        line[--end] = '\0';
    char *argument = line + strcspn(line, " ");
    while (*argument == ' ')
        *argument++ = '\0';
    return argument;
}

static bool run(struct session *session, const char *line) {
    char *name = strdup(line);
    if (!name)
        no_memory();
    const char *argument = cut(name);
    const struct command *command = find_command(name);
    bool done = true;
    if (!command)
        session_tell(WORD_UNKNOWN_COMMAND, HOLES(name));
    else if (command->needs == NEEDS_ARGUMENT && !*argument)
        session_tell(WORD_COMMAND_NEEDS, HOLES(name));
    else if (command->needs == NEEDS_NOTHING && *argument)
        session_tell(WORD_COMMAND_ALONE, HOLES(name));
    else
        done = command->run(session, argument);
    free(name);
    return done;
}

bool typed(struct session *session, const char *line) {
    if (*line == '\0')
        return true;
    if (strncmp(line, "//", 2) == 0)
        return post(session, line + 1, 0);
    return *line == '/' ? run(session, line) : post(session, line, 0);
}
