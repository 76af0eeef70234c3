/* Names that are dead: what a crash of the machine, a kill, or chmod leaves beside a board. */
#define _GNU_SOURCE
#include <stddef.h>
#include "chat.h"

static struct minichat_message messages[MINICHAT_MESSAGES];

static void zeros(int with_lock_file) {
    minichat_close(chat_open("board", MINICHAT_CREATE, "before"));
    if (truncate("board", 0) != 0 || truncate("board", FILE_BYTES) != 0 || (!with_lock_file && unlink("board.lock") != 0))
        tap_bail("a board of zeros");
    CHECK_EQ(chat_open_error("board", MINICHAT_CREATE), EBADMSG, "a board of zeros is a board that was spoiled");
    CHECK_EQ(chat_open_error("board", MINICHAT_READ_ONLY), EBADMSG, "to a reader too");
    CHECK_EQ(minichat_unlink("board"), 0, "it can be removed");
    CHECK(access("board", F_OK) != 0 && access("board.lock", F_OK) != 0, "and is gone, and its lock file");
    CHECK_EQ(chat_open_error("board", MINICHAT_CREATE), 0, "and made anew");
    minichat_unlink("board");
}

static void zeros_of_others(void) {
    int fd = open("data", O_RDWR | O_CREAT | O_CLOEXEC, 0600), lock = open("data.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (ftruncate(fd, FILE_BYTES - 1) != 0 || write(lock, "mine", 4) != 4)
        tap_bail("data");
    CHECK_EQ(ERROR_OF(minichat_unlink("data")), EMEDIUMTYPE, "zeros of another length are no board");
    if (ftruncate(fd, FILE_BYTES) != 0 || minichat_unlink("data") != 0)
        tap_bail("data");
    CHECK(access("data.lock", F_OK) == 0, "a lock file that holds something is nobody's");
    unlink("data.lock");
    close(fd);
    close(lock);
}

/* A board is made for one user, then opened to all by chmod, then closed again: the owner's next visit says so to the lock
 * file. */
static void opened_by_chmod(void) {
    struct stat lock;
    minichat_close(chat_open("board", MINICHAT_CREATE, "owner"));
    if (chmod("board", 0666) != 0 || chmod(".", 0755) != 0)
        tap_bail("chmod");
    minichat_close(chat_open("board", 0, "owner"));
    CHECK(stat("board.lock", &lock) == 0 && (lock.st_mode & 0777) == 0666, "who may write the board may lock");
    if (geteuid() == 0) {
        pid_t other = chat_fork();
        if (other == 0)
            _exit(setresuid(65534, 65534, 65534) != 0 ? 99 : chat_open_error("board", 0));
        CHECK_EQ(chat_status(other), 0, "another user joins");
    } else
        SKIP("needs root", "another user joins");
    if (chmod("board", 0644) != 0)
        tap_bail("chmod");
    minichat_close(chat_open("board", 0, "owner"));
    CHECK(stat("board.lock", &lock) == 0 && (lock.st_mode & 0777) == 0600, "who may not, may not");
    minichat_unlink("board");
}

/* A follower who comes back with the number it has seen finds another board of the same name. */
static void made_anew(void) {
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, "first");
    chat_post(chat, "one");
    uint64_t id = chat_info(chat).board_id, seen = chat_post(chat, "two");
    minichat_close(chat);
    struct minichat_options options = {.size = sizeof options, .after = seen, .board_id = id};
    CHECK(minichat_open(&chat, "board", &options) == 0 && minichat_read(chat, messages, 5) == 0, "nothing is new");
    minichat_close(chat);
    minichat_unlink("board");
    chat = chat_open("board", MINICHAT_CREATE, "second");
    for (int i = 0; i < 3; i++)
        chat_post(chat, "other");
    struct minichat *late = NULL;
    CHECK_ERRNO(minichat_open(&late, "board", &options), -1, EINVAL, "`after` of another board");
    options.board_id = chat_info(chat).board_id;
    CHECK(minichat_open(&late, "board", &options) == 0 && minichat_read(late, messages, 5) == 1, "of this one");
    minichat_close(late);
    options.size = offsetof(struct minichat_options, board_id);
    options.board_id = id;
    CHECK(minichat_open(&late, "board", &options) == 0, "a program that knows of no board_id is served");
    minichat_close(late);
    minichat_close(chat);
    minichat_unlink("board");
    options.size = sizeof options;
    options.after = 0;
    options.flags = MINICHAT_CREATE;
    CHECK_ERRNO(minichat_open(&late, "board", &options), -1, EINVAL, "nor is a new one made in its place");
}

int main(void) {
    tap_directory();
    chat_alarm();
    zeros(1);
    zeros(0);
    zeros_of_others();
    opened_by_chmod();
    made_anew();
    return tap_end();
}
