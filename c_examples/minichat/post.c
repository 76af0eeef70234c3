/* --post: one text, or each line of standard input. */
#define _POSIX_C_SOURCE 200809L /* getline */
#include "board.h"
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int post(struct minichat *chat, const char *board, const char *text, size_t length) {
    if (minichat_post(chat, text, length, 0, NULL) == 0)
        return STATUS_OK;
    return failed(board, errno, JOINING);
}

/* The text is judged before the board is opened: a mistake leaves the board as it was, and creates none. */
static int post_text(const struct options *options) {
    int status;
    if (!board_accepts(options->text, strlen(options->text), 0))
        return STATUS_USAGE;
    /* Hidden: there and gone in a moment, that is nobody joining. */
    struct minichat *chat =
        board_open_or_complain(options, MINICHAT_CREATE | MINICHAT_HIDDEN | MINICHAT_FROM_NOW, &status);
    if (!chat)
        return status;
    status = post(chat, options->board, options->text, strlen(options->text));
    minichat_close(chat);
    return status;
}

/* Line `number` of standard input. A blank one is not posted. */
static int post_line(struct minichat *chat, const char *board, const char *line, size_t length,
                     size_t number) {
    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length == 0)
        return STATUS_OK;
    return board_accepts(line, length, number) ? post(chat, board, line, length) : STATUS_ERROR;
}

static int post_lines(const struct options *options) {
    int status;
    struct minichat *chat = board_open_or_complain(options, MINICHAT_CREATE | MINICHAT_FROM_NOW, &status);
    if (!chat)
        return status;
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length = 0;
    status = STATUS_OK;
    while (status == STATUS_OK && (length = getline(&line, &size, stdin)) >= 0)
        status = post_line(chat, options->board, line, (size_t)length, ++number);
    if (length < 0 && !feof(stdin))
        status = complain(STATUS_ERROR, WORD_INPUT_FAILED, HOLES(strerror(errno)));
    free(line);
    minichat_close(chat);
    return status;
}

int script_post(const struct options *options) {
    return options->text ? post_text(options) : post_lines(options);
}
