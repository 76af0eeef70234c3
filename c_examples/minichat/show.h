/* A message, a person, as the user asked to see them: a line of text or a line of JSON. */
#ifndef SHOW_H
#define SHOW_H
#include "crowd.h"
#include "log.h"

/* How to show it. What begins with "of a conversation" stays empty for scripts. */
struct show {
    const struct crowd *crowd;
    struct log *log; /* NULL: none is kept */
    bool json;
    const char *nick; /* of a conversation: ours, to be seen where somebody says it */
    bool called;      /* of a conversation: somebody else has said it */
    int64_t day;      /* of a conversation: that of the last line; 0: each line has its own date */
    uint64_t mark;    /* of a conversation: what comes after this message is new to the reader; 0: no mark */
};

void show_message(struct show *show, const struct minichat_message *message);
void show_person(const struct show *show, const struct minichat_person *person);

/*
 * Reads and shows all that is new; calls `before` before it prints. How many messages; -1 with errno. Of a
 * message that somebody spoiled only this is said: it may not end a conversation.
 */
ssize_t show_news(struct show *show, struct minichat *chat, void (*before)(void));

/* The last `count` messages. How many the board holds; -1 with errno. */
ssize_t show_last(struct show *show, struct minichat *chat, size_t count);

/* A line that says the day, if it is another than that of the last line. */
void show_day(struct show *show, int64_t nanoseconds);

/* A moment in local time: 14:03; with its date when it was not today. */
struct moment {
    char text[32];
};
struct moment show_moment(int64_t nanoseconds);
#endif
