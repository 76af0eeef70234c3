/* A message, a person, as the user asked to see them: a line of text or a line of JSON. */
#ifndef SHOW_H
#define SHOW_H
#include "crowd.h"

void show_message(const struct minichat_message *message, const struct crowd *crowd, bool json);
void show_person(const struct minichat_person *person, const struct crowd *crowd, bool json);

/*
 * Reads and shows all that is new; calls `before` before it prints. How many messages; -1 with errno. Of a
 * message that somebody spoiled only this is said: it may not end a conversation.
 */
ssize_t show_news(struct minichat *chat, const struct crowd *crowd, bool json, void (*before)(void));

/* The last `count` messages. How many the board holds; -1 with errno. */
ssize_t show_last(struct minichat *chat, size_t count, const struct crowd *crowd, bool json);

/* A moment in local time: 14:03; with its date when it was not today. */
struct moment {
    char text[32];
};
struct moment show_moment(int64_t nanoseconds);
#endif
