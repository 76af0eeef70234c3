/* Two participants in one process: what one posts the other reads; presence; closing. */
#include <mapboard.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include "tap.h"

int main(void) {
    tap_directory();
    struct minichat *lea = NULL, *ming = NULL;
    struct minichat_options options = {.size = sizeof options, .flags = MINICHAT_CREATE, .nick = "Léa"};
    errno = 12345;
    CHECK_EQ(minichat_open(&lea, "board", &options), 0, "Léa creates the board");
    options.nick = "小明";
    CHECK_EQ(minichat_open(&ming, "board", &options), 0, "小明 joins it");

    struct minichat_message messages[MINICHAT_MESSAGES + 5];
    CHECK_EQ(minichat_read(ming, messages, 25), 0, "nothing is on it yet");
    CHECK_EQ(minichat_wait(ming, 0), 0, "a look tells so");
    uint64_t number = 0;
    CHECK_EQ(minichat_post(lea, "bonjour", 7, 0, &number), 0, "Léa posts");
    CHECK_EQ(number, 1, "the first message is number 1");
    CHECK_EQ(minichat_wait(ming, -1), 1, "小明 is told");
    CHECK_EQ(minichat_read(ming, messages, 25), 1, "and reads one message");
    CHECK(strcmp(messages[0].text, "bonjour") == 0 && messages[0].text_length == 7, "the text");
    CHECK(strcmp(messages[0].nick, "Léa") == 0 && messages[0].nick_length == 4, "by Léa");
    CHECK(messages[0].pid == (uint32_t)getpid() && messages[0].uid == geteuid(), "from this process");
    CHECK_EQ(messages[0].seat, 1, "who sits on seat 1");
    CHECK_EQ(messages[0].missed, 0, "nothing was missed");
    CHECK_EQ(minichat_dernier(ming), 1, "dernier remembers it");
    CHECK_EQ(minichat_read(ming, messages, 25), 0, "nothing more");

    int fd = minichat_fd(ming);
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    CHECK(fd >= 0 && poll(&poller, 1, 0) == 0, "the descriptor is quiet");
    for (int i = 2; i <= 50; i++) {
        char text[800];
        memset(text, 'a' + i % 26, sizeof text);
        if (minichat_post(i % 2 ? lea : ming, text, i * 16, i == 50 ? MINICHAT_ACTION : 0, &number) != 0)
            tap_bail("post %d", i);
    }
    CHECK_EQ(number, 50, "fifty messages");
    CHECK_EQ(poll(&poller, 1, -1), 1, "the descriptor becomes readable");
    CHECK_EQ(minichat_read(ming, messages, 5), 5, "five of them");
    CHECK_EQ(messages[0].number, 31, "the oldest that is left is number 31");
    CHECK_EQ(messages[0].missed, 29, "29 went by");
    CHECK_EQ(poll(&poller, 1, -1), 1, "still readable");
    CHECK_EQ(minichat_read(ming, messages, 25), 15, "the other fifteen");
    CHECK_EQ(messages[14].number, 50, "up to the last");
    CHECK(messages[14].flags == MINICHAT_ACTION && messages[14].text_length == 800, "which is long, and an action");
    CHECK_EQ(minichat_read(ming, messages, 25), 0, "nothing more");
    CHECK_EQ(poll(&poller, 1, 0), 0, "and the descriptor is quiet again");
    CHECK_EQ(minichat_peek(ming, 0, messages, 25), 20, "a look back finds twenty");
    CHECK_EQ(minichat_seek(ming, 48), 0, "back to 48");
    CHECK_EQ(poll(&poller, 1, 0), 1, "makes the descriptor readable");
    CHECK_EQ(minichat_read(ming, messages, 25), 2, "and two are new");

    struct minichat_person people[4];
    CHECK_EQ(minichat_who(lea, people, 4), 2, "two are present");
    CHECK(strcmp(people[0].nick, "Léa") == 0 && people[0].flags == MINICHAT_ME && people[0].seat == 1, "me");
    CHECK(strcmp(people[1].nick, "小明") == 0 && people[1].flags == 0 && people[1].seat == 2, "and 小明");
    CHECK_EQ(minichat_nick(ming, "明", 3), 0, "who changes the nick");
    CHECK(minichat_who(lea, people, 4) == 2 && strcmp(people[1].nick, "明") == 0, "seen at once");
    struct minichat_info info = {.size = sizeof info};
    CHECK_EQ(minichat_info(lea, &info), 0, "info");
    CHECK(info.last == 50 && info.present == 2 && info.seat == 1 && info.seats == 64 && (info.mode & 0777) == 0600, "tells");
    struct stat stat_board;
    CHECK(stat("board", &stat_board) == 0 && (uint64_t)stat_board.st_size == info.file_size, "the file's size");
    CHECK_EQ(errno, 12345, "errno is as it was");
    CHECK_ERRNO(minichat_unlink("board"), -1, EBUSY, "a board in use is not removed");
    errno = 12345;
    CHECK_EQ(minichat_close(ming), 0, "小明 leaves");
    CHECK_EQ(minichat_who(lea, people, 4), 1, "one is present");
    CHECK_EQ(minichat_close(lea), 0, "Léa leaves");
    CHECK_EQ(minichat_unlink("board"), 0, "the board is removed");
    CHECK(access("board", F_OK) != 0 && access("board.lock", F_OK) != 0, "with its lock file");
    return tap_end();
}
