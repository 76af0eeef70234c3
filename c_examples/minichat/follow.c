/* --follow: messages as they come, a line each, until a signal, the reader's leaving or --timeout ends it. */
#include "board.h"
#include "events.h"
#include "script.h"
#include "show.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/*
 * Whoever follows takes no seat: it never posts, and 64 that only read would stop all who want to. With a NICK it
 * wants to be listed among those who are here, which takes a seat; where there is none it follows all the same.
 */
static struct minichat *open_to_follow(const struct options *options, int *status) {
    struct minichat *chat = NULL;
    if (options->nick)
        chat = board_open(options, MINICHAT_FROM_NOW);
    if (!options->nick || (!chat && (errno == EACCES || errno == EROFS || errno == EUSERS || errno == ESTALE)))
        chat = board_open(options, MINICHAT_FROM_NOW | MINICHAT_READ_ONLY);
    if (!chat)
        *status = failed(options->board, errno, READING);
    return chat;
}

/* Who is here costs system calls, and matters to names alone: so we look when there is a message. */
static struct {
    struct minichat *chat;
    struct crowd crowd; /* unknown: no name is doubled then */
} followed;

static void look_who_is_here(void) {
    crowd_look(&followed.crowd, followed.chat);
}

static ssize_t print_news(const struct options *options, struct minichat *chat, struct log *log) {
    struct show show = {.crowd = &followed.crowd, .json = options->json, .log = log};
    followed.chat = chat;
    return show_news(&show, chat, look_who_is_here);
}

/* A poster wakes those who have a seat, and no others: so without one we look, often enough for who reads along. */
enum { LOOK_MS = 100 };

/* Waits for the next event. False when it is time to end: a signal, no reader any more, `until` has come. */
static bool goes_on(struct minichat *chat, int64_t until) {
    int64_t left = until < 0 ? LOOK_MS : until - events_now();
    if (until >= 0 && left <= 0)
        return false;
    if (left > LOOK_MS)
        left = LOOK_MS;
    int events = events_wait(chat, false, (int)left);
    return events >= 0 && !(events & (EVENT_SIGNAL | EVENT_READER_LEFT));
}

static int64_t deadline(const struct options *options) {
    return options->timeout_ms < 0 ? -1 : events_now() + options->timeout_ms;
}

static int follow(const struct options *options, struct minichat *chat, struct log *log) {
    bool printed = false;
    int64_t until = deadline(options);
    do {
        ssize_t count = print_news(options, chat, log);
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
    struct log log;
    struct minichat *chat = open_to_follow(options, &status);
    if (!chat)
        return status;
    uint64_t newest = minichat_dernier(chat), earlier = (uint64_t)options->last;
    if (earlier > MINICHAT_MESSAGES) /* the board holds no more: nothing was missed */
        earlier = MINICHAT_MESSAGES;
    minichat_seek(chat, newest > earlier ? newest - earlier : 0);
    if (!log_open(&log, options->log, options->board))
        status = STATUS_ERROR;
    else if (events_open(ends))
        status = log_close(&log, follow(options, chat, &log));
    else
        status = complain(STATUS_ERROR, WORD_SYSTEM_ERROR, HOLES("pipe", strerror(errno)));
    minichat_close(chat);
    return status;
}
