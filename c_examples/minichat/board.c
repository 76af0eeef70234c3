#include "board.h"

#include "text.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

const char *board_nick(const struct options *options) {
    if (options->nick)
        return options->nick;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_name : NULL;
}

struct minichat *board_open(const struct options *options, unsigned flags) {
    struct minichat *chat = NULL;
    struct minichat_options how = {.size = sizeof how, .flags = flags, .mode = options->mode};
    if (options->read_only)
        how.flags = (flags & ~(unsigned)(MINICHAT_CREATE | MINICHAT_HIDDEN)) | MINICHAT_READ_ONLY;
    if (!(how.flags & MINICHAT_READ_ONLY))
        how.nick = board_nick(options);
    return minichat_open(&chat, options->board, &how) == 0 ? chat : NULL;
}

struct minichat *board_open_or_complain(const struct options *options, unsigned flags, int *status) {
    struct minichat *chat = board_open(options, flags);
    if (!chat)
        *status = failed(options->board, errno, flags & MINICHAT_CREATE ? JOINING : READING);
    return chat;
}

bool board_accepts(const char *text, size_t length, size_t line) {
    const char *where = NUMBER(line), *bytes = NUMBER(length), *most = NUMBER(MINICHAT_TEXT_MAX);
    if (length == 0)
        complain(STATUS_ERROR, WORD_TEXT_EMPTY, NULL);
    else if (length > MINICHAT_TEXT_MAX && line)
        complain(STATUS_ERROR, WORD_LINE_TOO_LONG, HOLES(where, bytes, most));
    else if (length > MINICHAT_TEXT_MAX)
        complain(STATUS_ERROR, WORD_TEXT_TOO_LONG, HOLES(bytes, most));
    else if (!text_is_utf8(text, length) && line)
        complain(STATUS_ERROR, WORD_LINE_NOT_UTF8, HOLES(where));
    else if (!text_is_utf8(text, length))
        complain(STATUS_ERROR, WORD_TEXT_NOT_UTF8, NULL);
    else
        return true;
    return false;
}
