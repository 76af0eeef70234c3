/* Where reading starts: `after`, MINICHAT_FROM_NOW, and a number of a board that is gone. */
#include <mapboard.h>
#include "tap.h"

static int try_open(struct minichat **chat, unsigned flags, uint64_t after) {
    struct minichat_options options = {.size = sizeof options, .flags = flags, .after = after};
    return minichat_open(chat, "board", &options);
}

int main(void) {
    tap_directory();
    struct minichat *poster, *chat;
    CHECK_ERRNO(try_open(&chat, MINICHAT_CREATE, 7), -1, EINVAL, "seven messages seen, of a board that is gone");
    CHECK(access("board", F_OK) != 0 && access("board.lock", F_OK) != 0, "no new board takes its place");
    if (try_open(&poster, MINICHAT_CREATE, 0) != 0)
        tap_bail("minichat_open");
    for (int i = 0; i < 30; i++)
        minichat_post(poster, "text", 4, 0, NULL);
    struct minichat_message messages[25];
    CHECK(try_open(&chat, 0, 0) == 0 && minichat_read(chat, messages, 25) == 20, "after 0: the twenty that are left");
    CHECK(messages[0].number == 11 && messages[0].missed == 10, "ten were missed");
    minichat_close(chat);
    CHECK(try_open(&chat, 0, 28) == 0 && minichat_read(chat, messages, 25) == 2, "after 28: two");
    CHECK(messages[0].number == 29 && messages[0].missed == 0, "none was missed");
    minichat_close(chat);
    CHECK(try_open(&chat, 0, 30) == 0 && minichat_read(chat, messages, 25) == 0, "after 30: nothing new");
    minichat_close(chat);
    CHECK(try_open(&chat, MINICHAT_FROM_NOW, 5) == 0 && minichat_read(chat, messages, 25) == 0, "from now: nothing");
    CHECK_EQ(minichat_dernier(chat), 30, "dernier is the newest");
    minichat_close(chat);
    CHECK_ERRNO(try_open(&chat, 0, 31), -1, EINVAL, "after 31: there is no such message");
    CHECK_ERRNO(try_open(&chat, 0, UINT64_MAX), -1, EINVAL, "nor after the largest number");
    struct minichat_person people[4];
    CHECK_EQ(minichat_who(poster, people, 4), 1, "and nobody is left present");
    minichat_close(poster);
    return tap_end();
}
