#define _POSIX_C_SOURCE 200809L /* strndup */
#include "complete.h"

#include "mention.h"
#include "say.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

struct candidates {
    const char *names[MINICHAT_SEATS];
    size_t count;
};

/* A name that is not what it looks like on a screen is not put into anybody's line. */
static bool looks_as_it_is(const char *name) {
    char *safe = shown(name, strlen(name));
    bool same = strcmp(safe, name) == 0;
    free(safe);
    return same;
}

static void add(struct candidates *all, const char *name) {
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->names[i], name) == 0)
            return;
    if (all->count < MINICHAT_SEATS && *name && looks_as_it_is(name))
        all->names[all->count++] = name;
}

static int by_name(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Of all names those that go on with `start`. */
static struct candidates that_begin(const struct candidates *all, const char *start) {
    struct candidates some = {.count = 0};
    for (size_t i = 0; i < all->count; i++)
        if (*start == '\0' || mention_begins(all->names[i], strlen(all->names[i]), start, strlen(start)) > 0)
            some.names[some.count++] = all->names[i];
    return some;
}

/* Can a name begin behind this character? In a script without spaces behind any. */
static bool may_begin_after(uint32_t character) {
    return !iswalnum((wint_t)character) || text_columns(character) == 2;
}

/* The longest end of `before` that a name begins with: names may have spaces. Where it begins goes to `*at`. */
static struct candidates find(const struct candidates *all, const char *before, size_t *at) {
    struct candidates some = {.count = 0};
    uint32_t character = ' ';
    size_t length = strlen(before), bytes;
    for (*at = 0; *at <= length; *at += bytes) {
        if (may_begin_after(character))
            some = that_begin(all, before + *at);
        if (some.count > 0)
            break;
        bytes = text_next(before + *at, length - *at, &character);
        if (bytes == 0)
            break;
    }
    return some;
}

/* How many bytes of the first name begin all of them. */
static size_t common(const struct candidates *some) {
    const char *first = some->names[0];
    uint32_t character;
    size_t length = 0, next;
    while ((next = text_next(first + length, strlen(first + length), &character)) > 0) {
        for (size_t i = 1; i < some->count; i++)
            if (mention_begins(some->names[i], strlen(some->names[i]), first, length + next) == 0)
                return length;
        length += next;
    }
    return length;
}

static void tell(const struct candidates *some) {
    char names[MINICHAT_SEATS * sizeof(struct name)] = "";
    size_t length = 0;
    for (size_t i = 0; i < some->count; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i > 0 ? words(WORD_COMMA) : "",
                                   some->names[i]);
    session_tell(WORD_CANDIDATES, HOLES(names));
}

static char *joined(const char *name, size_t length, const char *behind) {
    char *text = malloc(length + strlen(behind) + 1);
    if (!text)
        no_memory();
    memcpy(text, name, length);
    strcpy(text + length, behind);
    return text;
}

char *complete(struct session *session, const char *before, size_t *replaced) {
    struct candidates all = {.count = 0};
    bool command = *before == '/' && !strchr(before, ' ');
    if (command)
        for (size_t i = 0; typed_command(i); i++)
            add(&all, typed_command(i));
    else
        session_look_around(session);
    for (size_t i = 0; !command && i < session->crowd.count; i++)
        if (!(session->crowd.people[i].flags & MINICHAT_ME))
            add(&all, session->crowd.people[i].nick);
    qsort(all.names, all.count, sizeof *all.names, by_name);
    size_t at = 0;
    struct candidates some = find(&all, before, &at);
    if (some.count == 0)
        return NULL;
    *replaced = strlen(before) - at;
    if (some.count == 1)
        return joined(some.names[0], strlen(some.names[0]), !command && at == 0 ? words(WORD_CALL) : " ");
    size_t length = common(&some);
    if (length > *replaced)
        return joined(some.names[0], length, "");
    tell(&some);
    return NULL;
}
