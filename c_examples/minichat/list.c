/* --list: the boards of a directory, and who is there. */
#define _GNU_SOURCE /* asprintf */
#include "board.h"
#include "crowd.h"
#include "json.h"
#include "script.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void list_json(const char *board, uint64_t messages, const struct crowd *crowd, bool known) {
    json_begin();
    json_text("board", board, strlen(board));
    json_number("last", (int64_t)messages);
    if (known) {
        json_list("people");
        for (size_t i = 0; i < crowd->count; i++)
            json_item(crowd->people[i].nick, crowd->people[i].nick_length);
        json_list_end();
    } else {
        json_null("people");
    }
    json_end();
}

static void list_text(const char *board, uint64_t messages, const struct crowd *crowd) {
    say(stdout, messages == 1 ? WORD_LISTED_ONE : WORD_LISTED_MANY, HOLES(board, NUMBER(messages)));
    for (size_t i = 0; i < crowd->count; i++) {
        struct name name = crowd_name(crowd, crowd->people[i].nick, crowd->people[i].seat);
        fputs(i == 0 ? "  (" : words(WORD_COMMA), stdout);
        put(stdout, name.text, strlen(name.text));
    }
    puts(crowd->count > 0 ? ")" : "");
}

/* One file of the directory. True if it is a board; if it is spoiled, complains and sets `*status`. */
static bool list_file(const struct options *options, const char *path, int *status) {
    struct options one = *options;
    struct crowd crowd;
    one.board = path;
    struct minichat *chat = board_open(&one, MINICHAT_READ_ONLY | MINICHAT_FROM_NOW);
    if (!chat) {
        bool board = errno == EPROTONOSUPPORT || errno == EBADMSG;
        if (board) /* the others are no boards, not ours to read, or gone */
            *status = failed(path, errno, READING);
        return board;
    }
    bool known = crowd_look(&crowd, chat);
    if (options->json)
        list_json(path, minichat_dernier(chat), &crowd, known);
    else
        list_text(path, minichat_dernier(chat), &crowd);
    minichat_close(chat);
    return true;
}

static bool list_entry(const struct options *options, const char *name, int *status) {
    char *path;
    struct stat file;
    size_t length = strlen(options->directory);
    const char *slash = length > 0 && options->directory[length - 1] == '/' ? "" : "/";
    if (asprintf(&path, "%s%s%s", options->directory, slash, name) < 0)
        no_memory();
    bool board = lstat(path, &file) == 0 && S_ISREG(file.st_mode) && list_file(options, path, status);
    free(path);
    return board;
}

/* Without the help of the locale: the same order for everybody. */
static int by_name(const struct dirent **left, const struct dirent **right) {
    return strcmp((*left)->d_name, (*right)->d_name);
}

int script_list(const struct options *options) {
    struct dirent **entries;
    int status = STATUS_OK;
    bool any = false;
    int count = scandir(options->directory, &entries, NULL, by_name);
    if (count < 0)
        return failed(options->directory, errno, LISTING);
    for (int i = 0; i < count; i++) {
        any |= list_entry(options, entries[i]->d_name, &status);
        free(entries[i]);
    }
    free(entries);
    if (!any && !options->json) {
        say(stdout, WORD_NO_BOARDS, HOLES(options->directory));
        putchar('\n');
    }
    return status;
}
