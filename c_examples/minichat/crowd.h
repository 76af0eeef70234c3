/* Who is on the board, and what changed since we looked last: joining and leaving are no messages. */
#ifndef CROWD_H
#define CROWD_H
#include "words.h"

#include <mapboard.h>
#include <stdbool.h>

struct crowd {
    struct minichat_person people[MINICHAT_SEATS];
    size_t count;
};

/* Looks. False with errno when it cannot be known; the crowd is empty then. */
bool crowd_look(struct crowd *crowd, struct minichat *chat);

/* A name to print: "Léa"; "Léa#3" while somebody else is here under the same name; "anonymous#3" for none. */
struct name {
    char text[96];
};
struct name crowd_name(const struct crowd *crowd, const char *nick, uint32_t seat);

/* Says who left, took another name or joined, each through `tell`; ourselves excepted. */
void crowd_tell(const struct crowd *before, const struct crowd *now,
                void (*tell)(enum word word, const char *const holes[]));
#endif
