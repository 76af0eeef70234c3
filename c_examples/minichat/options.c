#define _GNU_SOURCE /* getopt_long */
#include "options.h"

#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <mapboard.h>
#include <stdlib.h>
#include <string.h>

/* The first complaint is kept until the end: --lang may come after the mistake, and one line is enough. */
static struct {
    bool made;
    enum word word;
    const char *holes[3];
} complaint;

static void wrong(enum word word, const char *first, const char *second) {
    if (complaint.made)
        return;
    complaint.made = true;
    complaint.word = word;
    complaint.holes[0] = first;
    complaint.holes[1] = second;
}

/* ---- the values of options ---- */

static int read_last(const char *value) {
    char *end;
    errno = 0;
    long last = strtol(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || last > INT_MAX)
        wrong(WORD_BAD_LAST, value, NULL);
    return (int)last;
}

static int read_timeout(const char *value) {
    static const double longest = INT_MAX / 1000; /* seconds; 24 days */
    char *end;
    double seconds = strtod(value, &end);
    bool digits = strspn(value, "0123456789.") == strlen(value); /* neither "inf", nor 0x10, nor a sign */
    if (!digits || end == value || *end || seconds > longest) {
        wrong(WORD_BAD_TIMEOUT, value, NULL);
        return 0;
    }
    return (int)(seconds * 1000);
}

static mode_t read_mode(const char *value) {
    char *end;
    unsigned long mode = strtoul(value, &end, 8);
    if (!isdigit((unsigned char)*value) || *end || mode > 0777 || (mode & 0600) != 0600)
        wrong(WORD_BAD_MODE, value, NULL);
    return (mode_t)mode;
}

static enum colour read_colour(const char *value) {
    static const char *const names[] = {"auto", "always", "never"}; /* in the order of the enum */
    for (enum colour each = COLOUR_AUTO; each <= COLOUR_NEVER; each++)
        if (strcmp(value, names[each]) == 0)
            return each;
    wrong(WORD_BAD_COLOR, value, NULL);
    return COLOUR_AUTO;
}

static void check_nick(const char *nick) {
    static char length[24], most[24];
    if (!text_is_utf8(nick, strlen(nick)))
        wrong(WORD_NICK_NOT_UTF8, NULL, NULL);
    else if (strlen(nick) > MINICHAT_NICK_MAX)
        wrong(WORD_NICK_TOO_LONG, number(length, strlen(nick)), number(most, MINICHAT_NICK_MAX));
}

/* ---- the options ---- */

/* What getopt_long answers; beyond every character, which is what it answers for short options. */
enum {
    FIRST = 256,
    POST = FIRST, /* the verbs, in their order */
    FOLLOW,
    WHO,
    INFO,
    UNLINK,
    LIST,
    HELP,
    VERSION,
    LAST, /* a verb only where there is no other */
    JSON,
    TIMEOUT,
    MODE,
    READ_ONLY,
    LANG,
    COLOR,
    LOG,
    END
};
_Static_assert(LAST - POST == VERB_LAST - VERB_POST, "the same order as enum verb");

static const struct option longs[] = {
    [POST - FIRST] = {"post", optional_argument, NULL, POST},
    [FOLLOW - FIRST] = {"follow", no_argument, NULL, FOLLOW},
    [WHO - FIRST] = {"who", no_argument, NULL, WHO},
    [INFO - FIRST] = {"info", no_argument, NULL, INFO},
    [UNLINK - FIRST] = {"unlink", no_argument, NULL, UNLINK},
    [LIST - FIRST] = {"list", required_argument, NULL, LIST},
    [HELP - FIRST] = {"help", no_argument, NULL, HELP},
    [VERSION - FIRST] = {"version", no_argument, NULL, VERSION},
    [LAST - FIRST] = {"last", required_argument, NULL, LAST},
    [JSON - FIRST] = {"json", no_argument, NULL, JSON},
    [TIMEOUT - FIRST] = {"timeout", required_argument, NULL, TIMEOUT},
    [MODE - FIRST] = {"mode", required_argument, NULL, MODE},
    [READ_ONLY - FIRST] = {"read-only", no_argument, NULL, READ_ONLY},
    [LANG - FIRST] = {"lang", required_argument, NULL, LANG},
    [COLOR - FIRST] = {"color", required_argument, NULL, COLOR},
    [LOG - FIRST] = {"log", required_argument, NULL, LOG},
    [END - FIRST] = {0},
};

/* Beside which verbs an option may stand, and how to say so. */
#define SET(verb) (1u << VERB_##verb)
#define READERS (SET(FOLLOW) | SET(LAST) | SET(WHO) | SET(INFO) | SET(LIST))
static const char readers[] = "--follow, --last, --who, --info, --list";
static const struct {
    int option;
    unsigned verbs;
    const char *in_words;
} rules[] = {
    {JSON, READERS, readers},
    {READ_ONLY, READERS | SET(CHAT), readers},
    {TIMEOUT, SET(FOLLOW), "--follow"},
    {LAST, SET(FOLLOW) | SET(LAST), "--follow"},
    {LOG, SET(CHAT) | SET(FOLLOW), "--follow"},
    {MODE, SET(CHAT) | SET(POST), "--post"},
};

static void take_verb(struct options *out, enum verb verb) {
    if (out->verb == VERB_CHAT)
        out->verb = verb;
    else if (out->verb != verb)
        wrong(WORD_NOT_TOGETHER, longs[out->verb - VERB_POST].name, longs[verb - VERB_POST].name);
}

/* BOARD, then NICK. */
static void take_word(struct options *out, const char *word) {
    if (!out->board) {
        out->board = word;
    } else if (!out->nick) {
        out->nick = word;
        check_nick(word);
    } else {
        wrong(WORD_ONE_TOO_MANY, word, NULL);
    }
}

/* --post TEXT: getopt only knows --post=TEXT for a value that may be absent. */
static const char *optional_value(int argc, char **argv) {
    if (!optarg && optind < argc && (argv[optind][0] != '-' || argv[optind][1] == '\0'))
        optarg = argv[optind++];
    return optarg && strcmp(optarg, "-") != 0 ? optarg : NULL;
}

static void take_value(struct options *out, int option) {
    switch (option) {
    case JSON:
        out->json = true;
        break;
    case TIMEOUT:
        out->timeout_ms = read_timeout(optarg);
        break;
    case LAST:
        out->last = read_last(optarg);
        break;
    case MODE:
        out->mode = read_mode(optarg);
        break;
    case READ_ONLY:
        out->read_only = true;
        break;
    case LOG:
        out->log = optarg;
        break;
    case LANG:
        if (!words_in(optarg))
            wrong(WORD_BAD_LANG, optarg, NULL);
        break;
    case COLOR:
        out->colour = read_colour(optarg);
        break;
    }
}

/* getopt's '?': optopt is 0 for an unknown long option, or the one that was given a value and takes none. */
static void take_mistake(char **argv) {
    static char letter[3] = "-";
    if (optopt >= FIRST) {
        wrong(WORD_TAKES_NO_VALUE, longs[optopt - FIRST].name, NULL);
    } else if (optopt) {
        letter[1] = (char)optopt;
        wrong(WORD_UNKNOWN_OPTION, letter, NULL);
    } else {
        wrong(WORD_UNKNOWN_OPTION, argv[optind - 1], NULL);
    }
}

static void take(struct options *out, int option, int argc, char **argv) {
    if (option == 1) /* not an option: the "-" in getopt_long's string asks for them in their order */
        take_word(out, optarg);
    else if (option == ':')
        wrong(WORD_NEEDS_VALUE, longs[optopt - FIRST].name, NULL);
    else if (option == '?')
        take_mistake(argv);
    else if (option < LAST)
        take_verb(out, (enum verb)(option - POST + VERB_POST));
    else
        take_value(out, option);
    if (option == POST)
        out->text = optional_value(argc, argv);
    if (option == LIST)
        out->directory = optarg;
}

/* What each option alone cannot know: do they fit together? */
static void check_together(struct options *out, const bool given[]) {
    if (out->verb == VERB_CHAT && given[LAST - FIRST])
        out->verb = VERB_LAST;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (given[rules[i].option - FIRST] && !(rules[i].verbs & 1u << out->verb))
            wrong(WORD_ONLY_WITH, longs[rules[i].option - FIRST].name, rules[i].in_words);
    if (out->verb == VERB_LIST && out->board)
        wrong(WORD_ONE_TOO_MANY, out->board, NULL);
    if (out->verb != VERB_LIST && (!out->board || !*out->board))
        wrong(WORD_WHICH_BOARD, NULL, NULL);
}

bool options_read(struct options *out, int argc, char **argv) {
    bool given[END - FIRST] = {false};
    int option;
    *out = (struct options){.verb = VERB_CHAT, .timeout_ms = -1};
    words_from_environment();
    opterr = 0; /* we complain ourselves, in the user's language */
    while ((option = getopt_long(argc, argv, "-:h", longs, NULL)) != -1) {
        if (option == 'h')
            option = HELP;
        if (option >= FIRST)
            given[option - FIRST] = true;
        take(out, option, argc, argv);
    }
    while (optind < argc) /* what stands after -- */
        take_word(out, argv[optind++]);
    if (out->verb != VERB_HELP && out->verb != VERB_VERSION)
        check_together(out, given);
    if (complaint.made)
        complain(STATUS_USAGE, complaint.word, complaint.holes);
    return !complaint.made;
}
