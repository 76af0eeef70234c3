#include "session.h"

#include "events.h"
#include "line.h"
#include "say.h"
#include "show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void session_tell(enum word word, const char *const holes[]) {
    line_hide();
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

void session_read(struct session *session) {
    if (show_news(session->chat, &session->crowd, false, line_hide) >= 0)
        return;
    line_hide();
    session->status = failed(session->board, errno, READING);
    session->leaving = true;
}

void session_set_prompt(struct session *session, const char *nick) {
    const char *name = nick && *nick ? nick : words(WORD_ANONYMOUS);
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
