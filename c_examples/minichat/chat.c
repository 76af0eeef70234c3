#include "chat.h"

#include "board.h"
#include "events.h"
#include "line.h"
#include "script.h"
#include "show.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session {
    struct minichat *chat;
    const char *board;
    char *prompt;
    bool read_only;
    bool leaving;
    int status;
    struct crowd crowd;
    int64_t looked; /* when the crowd was looked at */
};

/* ---- what comes from the board ---- */

/* A line of ours above the line being typed. */
static void tell(enum word word, const char *const holes[]) {
    line_hide();
    notice(word, holes);
}

static void read_board(struct session *session) {
    if (show_news(session->chat, &session->crowd, false, line_hide) >= 0)
        return;
    line_hide();
    session->status = failed(session->board, errno, READING);
    session->leaving = true;
}

/* Presence is not a message: we look for ourselves, now and then. */
static void look_around(struct session *session) {
    struct crowd now;
    if (events_now() - session->looked < 500)
        return;
    session->looked = events_now();
    if (!crowd_look(&now, session->chat))
        return;
    crowd_tell(&session->crowd, &now, tell);
    session->crowd = now;
}

static void show_crowd(const struct session *session) {
    for (size_t i = 0; i < session->crowd.count; i++)
        show_person(&session->crowd.people[i], &session->crowd, false);
    if (session->crowd.count == 0)
        notice(WORD_NOBODY, NULL);
}

/* ---- what is typed: each returns false when the line should stay, to be edited ---- */

static bool post(struct session *session, const char *text, unsigned flags) {
    if (session->read_only) {
        tell(WORD_ONLY_READING, NULL);
        return true;
    }
    if (!board_accepts(text, strlen(text), 0))
        return false;
    if (minichat_post(session->chat, text, strlen(text), flags, NULL) == 0)
        return true;
    failed(session->board, errno, JOINING);
    return false;
}

static void set_prompt(struct session *session, const char *nick) {
    const char *name = session->read_only ? words(WORD_READ_ONLY_PROMPT) : nick && *nick ? nick : words(WORD_ANONYMOUS);
    char *shown = text_shown(name, strlen(name));
    free(session->prompt);
    session->prompt = malloc(strlen(shown) + sizeof "> ");
    if (!session->prompt)
        exit(complain(STATUS_ERROR, WORD_NO_MEMORY, NULL));
    strcat(strcpy(session->prompt, shown), "> ");
    free(shown);
}

static bool command_who(struct session *session, const char *nothing) {
    (void)nothing;
    session->looked = 0;
    look_around(session);
    show_crowd(session);
    return true;
}

static bool command_nick(struct session *session, const char *nick) {
    size_t length = strlen(nick);
    if (session->read_only)
        tell(WORD_ONLY_READING, NULL);
    else if (length > MINICHAT_NICK_MAX)
        tell(WORD_NICK_TOO_LONG, HOLES(NUMBER(length), NUMBER(MINICHAT_NICK_MAX)));
    else if (!text_is_utf8(nick, length))
        tell(WORD_NICK_NOT_UTF8, NULL);
    else if (minichat_nick(session->chat, nick, length) != 0)
        failed(session->board, errno, JOINING);
    else {
        set_prompt(session, nick);
        line_prompt(session->prompt);
        tell(WORD_YOU_ARE, HOLES(nick));
    }
    return true;
}

static bool command_me(struct session *session, const char *text) {
    return post(session, text, MINICHAT_ACTION);
}

static bool command_last(struct session *session, const char *argument) {
    char *end;
    long count = *argument ? strtol(argument, &end, 10) : MINICHAT_MESSAGES;
    if (*argument && (*end || !isdigit((unsigned char)*argument) || count > 1000))
        tell(WORD_COMMAND_NUMBER, HOLES(argument));
    else if (show_last(session->chat, (int)count, &session->crowd, false) == 0)
        tell(WORD_NO_MESSAGES, NULL);
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
        exit(complain(STATUS_ERROR, WORD_NO_MEMORY, NULL));
    const char *argument = cut(name);
    const struct command *command = find_command(name);
    bool done = true;
    if (!command)
        tell(WORD_UNKNOWN_COMMAND, HOLES(name));
    else if (command->needs == NEEDS_ARGUMENT && !*argument)
        tell(WORD_COMMAND_NEEDS, HOLES(name));
    else if (command->needs == NEEDS_NOTHING && *argument)
        tell(WORD_COMMAND_ALONE, HOLES(name));
    else
        done = command->run(session, argument);
    free(name);
    return done;
}

static bool obey(struct session *session, const char *line) {
    if (*line == '\0')
        return true;
    if (strncmp(line, "//", 2) == 0)
        return post(session, line + 1, 0);
    return *line == '/' ? run(session, line) : post(session, line, 0);
}

/* ---- the events ---- */

static void on_key(struct session *session) {
    char *line;
    enum line state = line_key(&line);
    if (state == LINE_END)
        session->leaving = true;
    if (state != LINE_ENTERED)
        return;
    line_hide();
    if (!obey(session, line))
        line_put_back(line);
    free(line);
    read_board(session); /* what we posted, where the others see it too: after what came before */
}

static void on_board(struct session *session) {
    look_around(session); /* who speaks first has joined before */
    read_board(session);
}

static void suspend(struct session *session) {
    line_close();
    raise(SIGSTOP); /* and here again after SIGCONT */
    line_open(session->prompt);
}

static void on_signal(struct session *session) {
    for (int number; (number = events_signal()) != 0;)
        switch (number) {
        case SIGWINCH:
            line_resized();
            break;
        case SIGTSTP:
            suspend(session);
            break;
        default:
            session->leaving = true;
        }
}

static void converse(struct session *session) {
    while (!session->leaving) {
        int events = events_wait(session->chat, true, -1);
        if (events < 0) {
            session->status = failed(session->board, errno, READING);
            return;
        }
        if (events & EVENT_READER_LEFT)
            return;
        if (events & EVENT_SIGNAL)
            on_signal(session);
        if (events & EVENT_BOARD)
            on_board(session);
        if (events & EVENT_KEY)
            on_key(session);
        if (!session->leaving)
            line_show();
    }
}

/* ---- coming and going ---- */

/* All seats taken: one can read all the same. */
static bool join(struct session *session, const struct options *options) {
    session->read_only = options->read_only;
    session->chat = board_open(options, MINICHAT_CREATE);
    if (!session->chat && errno == EUSERS) {
        session->read_only = true;
        session->chat = board_open(options, MINICHAT_READ_ONLY);
        if (session->chat)
            notice(WORD_FULL_SO_READ_ONLY, HOLES(NUMBER(MINICHAT_SEATS)));
    }
    if (!session->chat)
        session->status = failed(options->board, errno, session->read_only ? READING : JOINING);
    return session->chat;
}

static void list_names(const struct session *session) {
    char names[MINICHAT_SEATS * sizeof(struct name)] = "";
    for (size_t i = 0; i < session->crowd.count; i++) {
        const struct minichat_person *person = &session->crowd.people[i];
        struct name name = crowd_name(&session->crowd, person->nick, person->seat);
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", length ? words(WORD_COMMA) : "", name.text);
    }
    notice(WORD_HERE, HOLES(names));
}

/* The messages that are on the board, and how many are no longer. */
static void show_board(struct session *session) {
    struct minichat_message first;
    if (minichat_peek(session->chat, 0, &first, 1) == 1 && first.missed > 0) {
        notice(first.missed == 1 ? WORD_EARLIER_ONE : WORD_EARLIER_MANY, HOLES(NUMBER(first.missed)));
        minichat_seek(session->chat, first.missed);
    }
    read_board(session);
}

static void greet(struct session *session) {
    notice(WORD_WELCOME, HOLES(session->board));
    crowd_look(&session->crowd, session->chat);
    session->looked = events_now();
    show_board(session);
    if (session->crowd.count <= (session->read_only ? 0 : 1))
        notice(WORD_ALONE, NULL);
    else
        list_names(session);
}

int chat(const struct options *options) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH, 0};
    struct session session = {.board = options->board};
    if (!isatty(STDIN_FILENO))
        return options->read_only ? complain(STATUS_USAGE, WORD_ONLY_READING, NULL) : script_post(options);
    if (!join(&session, options))
        return session.status;
    greet(&session);
    set_prompt(&session, board_nick(options));
    if (events_open(signals) && line_open(session.prompt)) {
        converse(&session);
        line_close();
    } else {
        session.status = complain(STATUS_ERROR, WORD_SYSTEM_ERROR, HOLES("terminal", strerror(errno)));
    }
    minichat_close(session.chat);
    free(session.prompt);
    say(stdout, WORD_BYE, NULL);
    putchar('\n');
    return session.status;
}
