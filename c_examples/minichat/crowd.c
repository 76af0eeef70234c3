#include "crowd.h"

#include "say.h"

#include <string.h>

bool crowd_look(struct crowd *crowd, struct minichat *chat) {
    struct minichat_person people[MINICHAT_SEATS];
    ssize_t present = minichat_who(chat, people, MINICHAT_SEATS);
    crowd->count = 0;
    for (ssize_t i = 0; i < present && i < MINICHAT_SEATS; i++)
        if (people[i].since_ns != 0) /* else about to enter: has a seat, but has not said who it is */
            crowd->people[crowd->count++] = people[i];
    return present >= 0;
}

struct name crowd_name(const struct crowd *crowd, const char *nick, uint32_t seat) {
    struct name name;
    bool nameless = *nick == '\0', shared = false;
    for (size_t i = 0; i < crowd->count; i++)
        shared |= crowd->people[i].seat != seat && strcmp(crowd->people[i].nick, nick) == 0;
    if (nameless || shared)
        snprintf(name.text, sizeof name.text, "%s#%u", nameless ? words(WORD_ANONYMOUS) : nick, seat);
    else
        snprintf(name.text, sizeof name.text, "%s", nick);
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
