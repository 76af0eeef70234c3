#include "crowd.h"

#include "say.h"

#include <string.h>

bool crowd_look(struct crowd *crowd, struct minichat *chat) {
    ssize_t present = minichat_who(chat, crowd->people, MINICHAT_SEATS);
    crowd->count = present < 0 ? 0 : present < MINICHAT_SEATS ? (size_t)present : MINICHAT_SEATS;
    return present >= 0;
}

struct name crowd_name(const struct crowd *crowd, const char *nick, uint32_t seat) {
    struct name name;
    bool shared = *nick == '\0';
    for (size_t i = 0; i < crowd->count; i++)
        shared |= crowd->people[i].seat != seat && strcmp(crowd->people[i].nick, nick) == 0;
    snprintf(name.text, sizeof name.text, shared ? "%s#%u" : "%s", *nick ? nick : words(WORD_ANONYMOUS), seat);
    return name;
}

/* The same person, at another time: the seat may have another owner by now. */
static const struct minichat_person *find(const struct crowd *crowd, const struct minichat_person *person) {
    for (size_t i = 0; i < crowd->count; i++) {
        const struct minichat_person *other = &crowd->people[i];
        if (other->seat == person->seat && other->pid == person->pid && other->since_ns == person->since_ns)
            return other;
    }
    return NULL;
}

typedef void teller(enum word word, const char *const holes[]);

/* Tells of those of `some` who are not among `others`. */
static void tell_missing(const struct crowd *some, const struct crowd *others, teller *tell, enum word word) {
    for (size_t i = 0; i < some->count; i++) {
        const struct minichat_person *person = &some->people[i];
        if (person->flags & MINICHAT_ME || find(others, person))
            continue;
        struct name name = crowd_name(some, person->nick, person->seat);
        tell(word, HOLES(name.text));
    }
}

static void tell_renamed(const struct crowd *before, const struct crowd *now, teller *tell) {
    for (size_t i = 0; i < now->count; i++) {
        const struct minichat_person *person = &now->people[i], *earlier = find(before, person);
        if (!earlier || person->flags & MINICHAT_ME || strcmp(earlier->nick, person->nick) == 0)
            continue;
        struct name old = crowd_name(before, earlier->nick, earlier->seat);
        struct name new = crowd_name(now, person->nick, person->seat);
        tell(WORD_RENAMED, HOLES(old.text, new.text));
    }
}

void crowd_tell(const struct crowd *before, const struct crowd *now, teller *tell) {
    tell_missing(before, now, tell, WORD_LEFT);
    tell_renamed(before, now, tell);
    tell_missing(now, before, tell, WORD_JOINED);
}
