#define _POSIX_C_SOURCE 200809L /* strdup */
#include "session.h"

#include "day.h"
#include "events.h"
#include "foot.h"
#include "say.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void session_tell(enum word word, const char *const holes[]) {
    foot_hide();
    notice(word, holes);
}

void session_look_around(struct session *session) {
    struct crowd now;
    session->looked = events_now();
    if (!crowd_look(&now, session->chat))
        return;
    crowd_tell(&session->crowd, &now, session_tell);
    session->crowd = now;
}

/* A day that begins while nobody says anything is told as well. */
void session_tell_day(struct session *session) {
    int64_t today = day_today();
    if (today == session->today)
        return;
    session->today = today;
    foot_hide();
    show_day(&session->show, day_now_ns());
}

/* The bell: once for all that came together, however often it says our name. */
static void ring(struct session *session) {
    if (session->show.called)
        putchar('\a');
    session->show.called = false;
}

void session_read(struct session *session) {
    if (show_news(&session->show, session->chat, foot_hide) >= 0) {
        ring(session);
        return;
    }
    foot_hide();
    session->status = failed(session->board, errno, READING);
    session->leaving = true;
}

static char *copy(const char *text) {
    char *other = strdup(text);
    if (!other)
        no_memory();
    return other;
}

void session_set_nick(struct session *session, const char *nick) {
    const char *name = nick && *nick ? nick : words(WORD_ANONYMOUS);
    free(session->nick);
    session->nick = nick && *nick && !session->read_only ? copy(nick) : NULL;
    session->show.nick = session->nick;
    if (session->read_only)
        name = words(WORD_READ_ONLY_PROMPT);
    char *safe = shown(name, strlen(name));
    free(session->prompt);
    session->prompt = malloc(strlen(safe) + sizeof "> ");
    if (!session->prompt)
        no_memory();
    strcat(strcpy(session->prompt, safe), "> ");
    free(safe);
}
