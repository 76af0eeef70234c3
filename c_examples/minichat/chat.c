#include "chat.h"

#include "board.h"
#include "complete.h"
#include "day.h"
#include "events.h"
#include "foot.h"
#include "keys.h"
#include "place.h"
#include "script.h"
#include "session.h"
#include "show.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the events ---- */

/* What was not to be posted takes what was pasted behind it along: its lines made sense together, if at all. */
static void enter(struct session *session, const char *line) {
    foot_hide();
    if (!typed(session, line)) {
        if (keys_drop())
            session_tell(WORD_PASTE_STOPPED, NULL);
        line_put_back(line);
    }
    session_read(session); /* what we posted, among what the others did: in everybody's order */
}

static void on_tab(struct session *session, const char *before) {
    size_t replaced;
    char *text = complete(session, before, &replaced);
    foot_hide();
    if (text)
        line_replace(replaced, text);
    free(text);
}

static void on_key(struct session *session) {
    char *line = NULL;
    switch (line_key(&line)) {
    case LINE_END:
        session->leaving = true;
        break;
    case LINE_ENTERED:
        enter(session, line);
        break;
    case LINE_TAB:
        on_tab(session, line);
        break;
    case LINE_TYPING:
        break;
    }
    free(line);
}

/* ---- a paste of many lines is asked about ---- */

static void ask(struct session *session, size_t lines) {
    session->asked = session->read_only ? 0 : lines;
    if (session->read_only) {
        keys_drop();
        session_tell(WORD_ONLY_READING, NULL);
    } else {
        foot_ask(WORD_PASTE_ASK, HOLES(NUMBER(lines)));
    }
}

static void on_answer(struct session *session) {
    int key = keys_next();
    size_t lines = session->asked;
    session->asked = 0;
    foot_answered();
    if (key == 'y' || key == 'Y' || key == words(WORD_YES_KEYS)[0] || key == words(WORD_YES_KEYS)[1]) {
        keys_allow();
        return;
    }
    keys_drop(); /* with the rest of a key that sends several bytes */
    session_tell(WORD_PASTE_DROPPED, HOLES(NUMBER(lines)));
    session->leaving = key < 0;
}

static void on_keys(struct session *session) {
    bool known = foot_asking() && keys_pasted() == session->asked; /* else more was pasted meanwhile */
    if (known && keys_waiting())
        on_answer(session);
    else if (!foot_asking() && keys_waiting())
        on_key(session);
    else if (keys_pasted() > 0 && !known)
        ask(session, keys_pasted());
}

/* Presence is not a message: we look for ourselves, whenever the board wakes us (once a second at least). */
static void on_board(struct session *session) {
    if (events_now() - session->looked >= 500) {
        session_tell_day(session);
        session_look_around(session); /* first: who speaks has joined before */
    }
    session_read(session);
}

static void suspend(struct session *session) {
    foot_close();
    session->show.mark = minichat_dernier(session->chat);
    raise(SIGSTOP); /* and on from here after SIGCONT */
    foot_open(session->prompt);
}

static void on_signal(struct session *session) {
    for (int number; (number = events_signal()) != 0;)
        switch (number) {
        case SIGWINCH:
            foot_resized();
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
        int events = events_wait(session->chat, true, keys_waiting() || keys_pasted() != session->asked ? 0 : -1);
        if (events < 0)
            session->status = failed(session->board, errno, READING);
        if (events < 0 || events & EVENT_READER_LEFT)
            return;
        if (events & EVENT_SIGNAL)
            on_signal(session);
        if (events & EVENT_BOARD)
            on_board(session);
        if (events & EVENT_KEY)
            keys_fill();
        on_keys(session);
        if (!session->leaving)
            foot_show();
    }
}

/* ---- coming and going ---- */

/* All seats taken: one can read all the same. */
static bool join(struct session *session, const struct options *options) {
    session->board = options->board;
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

/* The messages that are on the board, and how many are no longer. */
static void show_board(struct session *session) {
    struct minichat_message first;
    if (minichat_peek(session->chat, 0, &first, 1) == 1 && first.missed > 0) {
        bool unread = session->show.mark != 0 && session->show.mark < first.missed;
        if (unread) { /* also of what is gone */
            notice(WORD_NEW_FROM_HERE, NULL);
            session->show.mark = 0;
        }
        notice(first.missed == 1 ? WORD_EARLIER_ONE : WORD_EARLIER_MANY, HOLES(NUMBER(first.missed)));
        minichat_seek(session->chat, first.missed);
    }
    session_read(session);
    session->show.mark = 0; /* all was read: what comes now is new anyway */
}

static void show_crowd(const struct session *session) {
    char names[MINICHAT_SEATS * sizeof(struct name)] = "";
    size_t length = 0, others = session->read_only ? 0 : 1;
    if (session->crowd.count <= others) {
        notice(WORD_ALONE, NULL);
        return;
    }
    for (size_t i = 0; i < session->crowd.count; i++) {
        const struct minichat_person *person = &session->crowd.people[i];
        struct name name = crowd_name(&session->crowd, person->nick, person->seat);
        const char *comma = i > 0 ? words(WORD_COMMA) : "";
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", comma, name.text);
    }
    notice(WORD_HERE, HOLES(names));
}

static void greet(struct session *session) {
    notice(WORD_WELCOME, HOLES(session->board));
    crowd_look(&session->crowd, session->chat);
    session->looked = events_now();
    session->show.crowd = &session->crowd;
    session->show.day = session->today = day_today();
    session->show.mark = place_load(session->chat);
    show_board(session);
    show_crowd(session);
}

static int hold(struct session *session) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH, 0};
    if (!events_open(signals) || !foot_open(session->prompt))
        return complain(STATUS_ERROR, WORD_SYSTEM_ERROR, HOLES("terminal", strerror(errno)));
    converse(session);
    foot_close();
    return session->status;
}

/* What is read from standard input is posted: there is nothing to read along, and nothing to log. */
static int without_terminal(const struct options *options) {
    if (options->read_only)
        return complain(STATUS_USAGE, WORD_ONLY_READING, NULL);
    if (options->log)
        return complain(STATUS_USAGE, WORD_ONLY_WITH, HOLES("log", "--follow"));
    return script_post(options);
}

int chat(const struct options *options) {
    struct session session = {0};
    if (!isatty(STDIN_FILENO))
        return without_terminal(options);
    if (!join(&session, options))
        return session.status;
    struct log log;
    if (!log_open(&log, options->log, options->board)) {
        minichat_close(session.chat);
        return STATUS_ERROR;
    }
    log.after = place_load(session.chat); /* what was read before was logged before, if it was to be */
    session.show.log = &log;
    session_set_nick(&session, board_nick(options));
    greet(&session);
    int status = hold(&session);
    if (!options->read_only) /* which promises that nothing is created */
        place_save(session.chat);
    minichat_close(session.chat);
    free(session.nick);
    free(session.prompt);
    say(stdout, WORD_BYE, NULL);
    putchar('\n');
    return log_close(&log, status);
}
