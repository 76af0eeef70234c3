#include "say.h"

#include <errno.h>
#include <mapboard.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *number(char memory[24], uint64_t value) {
    snprintf(memory, 24, "%llu", (unsigned long long)value);
    return memory;
}

char *shown(const char *text, size_t length) {
    size_t size = minichat_display(NULL, 0, text, length) + 1;
    char *safe = malloc(size);
    if (!safe)
        no_memory();
    minichat_display(safe, size, text, length);
    return safe;
}

void put(FILE *out, const char *text, size_t length) {
    char *safe = shown(text, length);
    fputs(safe, out);
    free(safe);
}

/* Without say(), which needs some. */
void no_memory(void) {
    fprintf(stderr, "minichat: %s\n", words(WORD_NO_MEMORY));
    exit(STATUS_ERROR);
}

/* The hole's number when `text` begins with {1} … {9}, else 0. */
static int hole_at(const char *text) {
    return text[0] == '{' && text[1] >= '1' && text[1] <= '9' && text[2] == '}' ? text[1] - '0' : 0;
}

void say(FILE *out, enum word word, const char *const holes[]) {
    const char *text = words(word);
    while (*text) {
        int hole = hole_at(text);
        if (hole) {
            put(out, holes[hole - 1], strlen(holes[hole - 1]));
            text += 3;
        } else {
            putc(*text++, out);
        }
    }
}

void notice(enum word word, const char *const holes[]) {
    style(FAINT);
    fputs("-- ", stdout);
    say(stdout, word, holes);
    style(PLAIN);
    putchar('\n');
}

int complain(enum status status, enum word word, const char *const holes[]) {
    fflush(stdout); /* what was printed before comes before */
    fputs("minichat: ", stderr);
    say(stderr, word, holes);
    putc('\n', stderr);
    return (int)status;
}

static const struct {
    int error;
    unsigned intents;
    enum word word;
    enum status status;
} failures[] = {
    {ENOENT, JOINING, WORD_NO_DIRECTORY, STATUS_ERROR},
    {ENOENT, READING | REMOVING, WORD_NO_BOARD, STATUS_ERROR},
    {ENOENT, LISTING, WORD_NO_DIRECTORY_TO_LIST, STATUS_ERROR},
    {ENOTDIR, READING | JOINING | REMOVING, WORD_NOT_ON_THE_WAY, STATUS_ERROR},
    {ENOTDIR, LISTING, WORD_NOT_A_DIRECTORY, STATUS_ERROR},
    {EMEDIUMTYPE, READING | JOINING | REMOVING, WORD_NOT_A_BOARD, STATUS_NOT_A_BOARD},
    {EISDIR, READING | JOINING | REMOVING, WORD_IS_A_DIRECTORY, STATUS_NOT_A_BOARD},
    {ELOOP, READING | JOINING | REMOVING, WORD_IS_A_LINK, STATUS_NOT_A_BOARD},
    {EPROTONOSUPPORT, READING | JOINING | REMOVING, WORD_OTHER_VERSION, STATUS_NOT_A_BOARD},
    {EBADMSG, READING | JOINING | REMOVING, WORD_SPOILED, STATUS_NOT_A_BOARD},
    {EACCES, READING, WORD_MAY_NOT_READ, STATUS_PERMISSION},
    {EACCES, JOINING, WORD_MAY_NOT_JOIN, STATUS_PERMISSION},
    {EACCES, REMOVING, WORD_MAY_NOT_REMOVE, STATUS_PERMISSION},
    {EACCES, LISTING, WORD_MAY_NOT_LIST, STATUS_PERMISSION},
    {ESTALE, READING | JOINING | REMOVING, WORD_STALE, STATUS_ERROR},
    {EUSERS, READING | JOINING, WORD_FULL, STATUS_ERROR},
    {ENOTSUP, READING | JOINING | REMOVING, WORD_BAD_FILE_SYSTEM, STATUS_ERROR},
    {EDQUOT, READING | JOINING, WORD_NO_SPACE, STATUS_ERROR},
    {ENOSPC, READING | JOINING, WORD_NO_SPACE, STATUS_ERROR},
    {EBUSY, JOINING, WORD_BEING_REMOVED, STATUS_ERROR},
    {EBUSY, REMOVING, WORD_BUSY, STATUS_ERROR},
};

int failed(const char *path, int error, enum intent intent) {
    if (error == EPERM || error == EROFS) /* "may not" all the same, with the same cure */
        error = EACCES;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].error == error && failures[i].intents & intent)
            return complain(failures[i].status, failures[i].word, HOLES(path, NUMBER(MINICHAT_SEATS)));
    return complain(STATUS_ERROR, WORD_SYSTEM_ERROR, HOLES(path, strerror(error)));
}

int flushed(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    switch (errno) {
    case EBADF:
        return complain(STATUS_ERROR, WORD_OUTPUT_CLOSED, NULL);
    case ENOSPC:
        return complain(STATUS_ERROR, WORD_OUTPUT_FULL, NULL);
    case EPIPE:
        return complain(STATUS_ERROR, WORD_OUTPUT_UNREAD, NULL);
    default:
        return complain(STATUS_ERROR, WORD_OUTPUT_FAILED, HOLES(strerror(errno)));
    }
}

static bool coloured;

void colours(enum colour wish) {
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool can = isatty(STDOUT_FILENO) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
    coloured = wish == COLOUR_ALWAYS || (wish == COLOUR_AUTO && can);
}

void style(enum style style) {
    static const char *const codes[] = {[PLAIN] = "0", [FAINT] = "2", [CALL] = "1;7"};
    if (coloured)
        printf("\033[%sm", codes[style]);
}

/* FNV-1a, which spreads short names well, over the six colours that are neither black nor white, bold and not. */
void style_name(const char *nick) {
    uint32_t hash = 2166136261u;
    for (; *nick; nick++)
        hash = (hash ^ (unsigned char)*nick) * 16777619u;
    hash ^= hash >> 16;
    if (coloured)
        printf("\033[%s3%um", hash % 12 < 6 ? "" : "1;", 1 + hash % 6);
}
