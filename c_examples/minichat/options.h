/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H
#include "say.h"

#include <stdbool.h>
#include <sys/types.h>

/* What to do. */
enum verb {
    VERB_CHAT,
    VERB_POST,
    VERB_FOLLOW,
    VERB_WHO,
    VERB_INFO,
    VERB_UNLINK,
    VERB_LIST,
    VERB_HELP,
    VERB_VERSION,
    VERB_LAST,
    VERBS
};

struct options {
    enum verb verb;
    const char *board;
    const char *nick;      /* NULL: not given */
    const char *text;      /* of --post; NULL: standard input */
    const char *directory; /* of --list */
    const char *log;       /* NULL: none */
    int last;              /* how many earlier messages */
    int timeout_ms;        /* -1: not given */
    mode_t mode;           /* of a board that is created; 0: not given */
    bool json;
    bool read_only;
    enum colour colour;
};

/* Reads the command line. False when it is wrong: that was said. Chooses the language too. */
bool options_read(struct options *out, int argc, char **argv);
#endif
