/* --follow: messages as they come, a line each, until a signal, the reader's leaving or --timeout ends it. */
#include "board.h"
#include "events.h"
#include "script.h"
#include "show.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/*
 * Whoever follows takes a seat if there is one: a poster wakes it then at once. Without (the board may only
 * be read, all seats are taken) it looks once a second. With a NICK it is listed among those who are here.
 */
static struct minichat *open_to_follow(const struct options *options, int *status) {
    unsigned hidden = options->nick ? 0 : MINICHAT_HIDDEN;
    struct minichat *chat = board_open(options, MINICHAT_FROM_NOW | hidden);
    if (!chat && (errno == EACCES || errno == EROFS || errno == EUSERS || errno == ESTALE))
        chat = board_open(options, MINICHAT_FROM_NOW | MINICHAT_READ_ONLY);
    if (!chat)
        *status = failed(options->board, errno, READING);
    return chat;
}

static void nothing_before(void) {
}

static ssize_t print_news(const struct options *options, struct minichat *chat) {
    struct crowd crowd;
    crowd_look(&crowd, chat); /* unknown: no name is doubled then */
    return show_news(chat, &crowd, options->json, nothing_before);
}

/* Waits for the next event. False when it is time to end: a signal, no reader any more, `until` has come. */
static bool goes_on(struct minichat *chat, int64_t until) {
    int64_t left = until < 0 ? -1 : until - events_now();
    if (until >= 0 && left <= 0)
        return false;
    int events = events_wait(chat, false, (int)left);
    return events >= 0 && !(events & (EVENT_SIGNAL | EVENT_READER_LEFT));
}

static int64_t deadline(const struct options *options) {
    return options->timeout_ms < 0 ? -1 : events_now() + options->timeout_ms;
}

static int follow(const struct options *options, struct minichat *chat) {
    bool printed = false;
    int64_t until = deadline(options);
    do {
        ssize_t count = print_news(options, chat);
        if (count < 0)
            return failed(options->board, errno, READING);
        if (fflush(stdout) != 0) {
            bool ended = errno == EPIPE || errno == EINTR; /* the reader left, or a signal came meanwhile */
            return ended ? STATUS_OK : flushed(STATUS_ERROR);
        }
        if (count > 0) {
            printed = true;
            until = deadline(options);
        }
    } while (goes_on(chat, until));
    bool late = until >= 0 && events_now() >= until;
    return late && !printed ? STATUS_TIMEOUT : STATUS_OK;
}

int script_follow(const struct options *options) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, 0};
    int status;
    struct minichat *chat = open_to_follow(options, &status);
    if (!chat)
        return status;
    uint64_t newest = minichat_dernier(chat), earlier = (uint64_t)options->last;
    if (earlier > MINICHAT_MESSAGES) /* the board holds no more: nothing was missed */
        earlier = MINICHAT_MESSAGES;
    minichat_seek(chat, newest > earlier ? newest - earlier : 0);
    if (events_open(ends))
        status = follow(options, chat);
    else
        status = complain(STATUS_ERROR, WORD_SYSTEM_ERROR, HOLES("pipe", strerror(errno)));
    minichat_close(chat);
    return status;
}
