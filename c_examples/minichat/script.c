/* --last, --who, --info, --unlink: one look at one board. */
#include "script.h"

#include "board.h"
#include "json.h"
#include "show.h"

#include <errno.h>
#include <string.h>

/* Runs `look` on the board, opened for reading only. */
static int with_board(const struct options *options, int (*look)(const struct options *, struct minichat *)) {
    int status;
    struct minichat *chat = board_open_or_complain(options, MINICHAT_READ_ONLY | MINICHAT_FROM_NOW, &status);
    if (!chat)
        return status;
    status = look(options, chat);
    minichat_close(chat);
    return status;
}

static int last(const struct options *options, struct minichat *chat) {
    struct crowd crowd;
    struct show show = {.crowd = &crowd, .json = options->json};
    crowd_look(&crowd, chat);
    if (show_last(&show, chat, (size_t)options->last) < 0)
        return failed(options->board, errno, READING);
    return STATUS_OK;
}

int script_last(const struct options *options) {
    return with_board(options, last);
}

/* Those who post from a script are counted, but not listed. */
static void show_hidden(struct minichat *chat, size_t seen) {
    struct minichat_info info = {.size = sizeof info};
    if (minichat_info(chat, &info) != 0 || info.present <= (int32_t)seen)
        return;
    uint32_t hidden = (uint32_t)info.present - (uint32_t)seen;
    say(stdout, hidden == 1 ? WORD_HIDDEN_ONE : WORD_HIDDEN_MANY, HOLES(NUMBER(hidden)));
    putchar('\n');
}

static int who(const struct options *options, struct minichat *chat) {
    struct crowd crowd;
    if (!crowd_look(&crowd, chat)) {
        enum status status = errno == EACCES ? STATUS_PERMISSION : STATUS_ERROR;
        return complain(status, WORD_UNKNOWN_PRESENCE, HOLES(options->board));
    }
    const struct show show = {.crowd = &crowd, .json = options->json};
    for (size_t i = 0; i < crowd.count; i++)
        show_person(&show, &crowd.people[i]);
    if (options->json)
        return STATUS_OK;
    if (crowd.count == 0) {
        say(stdout, WORD_NOBODY, NULL);
        putchar('\n');
    }
    show_hidden(chat, crowd.count);
    return STATUS_OK;
}

int script_who(const struct options *options) {
    return with_board(options, who);
}

static void info_json(const char *board, const struct minichat_info *info, const char *mode, const char *id) {
    json_begin();
    json_text("board", board, strlen(board));
    json_text("id", id, strlen(id));
    json_time("created", info->created_ns);
    json_number("last", (int64_t)info->last);
    if (info->present < 0)
        json_null("present");
    else
        json_number("present", info->present);
    json_number("seats", info->seats);
    json_number("file_size", (int64_t)info->file_size);
    json_text("mode", mode, strlen(mode));
    json_number("uid", info->uid);
    json_number("gid", info->gid);
    json_end();
}

static int info(const struct options *options, struct minichat *chat) {
    struct minichat_info info = {.size = sizeof info};
    if (minichat_info(chat, &info) != 0)
        return failed(options->board, errno, READING);
    char mode[8], id[20];
    snprintf(mode, sizeof mode, "%04o", info.mode & 07777);
    snprintf(id, sizeof id, "%016llx", (unsigned long long)info.board_id);
    if (options->json) {
        info_json(options->board, &info, mode, id);
        return STATUS_OK;
    }
    struct moment created = show_moment(info.created_ns);
    const char *present = info.present < 0 ? words(WORD_UNKNOWN) : NUMBER((uint64_t)info.present);
    say(stdout, WORD_INFO,
        HOLES(options->board, created.text, NUMBER(info.last), present, NUMBER(info.file_size), mode,
              NUMBER(info.uid), NUMBER(info.gid), id));
    return STATUS_OK;
}

int script_info(const struct options *options) {
    return with_board(options, info);
}

int script_unlink(const struct options *options) {
    return minichat_unlink(options->board) == 0 ? STATUS_OK : failed(options->board, errno, REMOVING);
}
