/*
 * Message numbers where a slip of 30, 32 or 48 bits would show: boards are written to be almost there, then
 * everybody goes across. At 2^48 - 1 the numbers end: EOVERFLOW, and nothing is lost.
 */
#include <pthread.h>
#include <poll.h>
#include "asleep.h"
#include "chat.h"
#include "forge.h"

static struct minichat_message messages[2 * MINICHAT_MESSAGES];

/* Makes a new board whose newest message is number `newest`, twenty messages old. */
static void prepare(uint64_t newest) {
    unlink("board");
    unlink("board.lock");
    minichat_close(chat_open("board", MINICHAT_CREATE | MINICHAT_EXCLUSIVE, "before"));
    for (unsigned i = 1; i <= MINICHAT_MESSAGES; i++) {
        char text[MINICHAT_TEXT_MAX + 1];
        struct forged it = {.nick = "before", .nick_length = 6, .text = text, .seat = 64};
        it.text_length = chat_text(text, 1, i);
        forge_message("board", newest - MINICHAT_MESSAGES + i, &it);
    }
}

struct waiter {
    struct minichat *chat;
    pid_t id;
    volatile int ready;
    int result;
};

static void *wait_in_thread(void *argument) {
    struct waiter *waiter = argument;
    waiter->id = this_thread();
    waiter->ready = 1;
    waiter->result = minichat_wait(waiter->chat, -1);
    return NULL;
}

/* Posts `count` messages; each is seen by a reader that sleeps, by one that polls, and by one that only
 * reads. */
static void cross(uint64_t newest, int count) {
    struct minichat *poster = chat_open("board", 0, "poster"),
                    *sleeper = chat_open("board", MINICHAT_FROM_NOW, "sleeper");
    struct minichat *poller = chat_open("board", MINICHAT_FROM_NOW, "poller"),
                    *reader = chat_open("board", MINICHAT_READ_ONLY, NULL);
    struct pollfd fd = {.fd = minichat_fd(poller), .events = POLLIN};
    int seen = 0, woken = 0, polled = 0, whole = 0, posted = 0;
    CHECK_EQ(minichat_read(reader, messages, 40), MINICHAT_MESSAGES, "twenty messages are read");
    CHECK_EQ(messages[0].number, newest - 19, "the oldest");
    CHECK_EQ(messages[0].missed, newest - 20, "and all that went by were missed");
    CHECK_EQ(minichat_dernier(reader), newest, "dernier");
    for (int i = 1; i <= count; i++) {
        struct waiter waiter = {.chat = sleeper};
        pthread_t thread;
        if (pthread_create(&thread, NULL, wait_in_thread, &waiter) != 0)
            tap_bail("pthread_create");
        while (!waiter.ready)
            sched_yield();
        until_asleep(getpid(), waiter.id);
        uint64_t number = 0;
        posted += chat_say(poster, 2, (unsigned)i, &number) == 0 && number == newest + (unsigned)i;
        pthread_join(thread, NULL);
        woken +=
            waiter.result == 1 && minichat_read(sleeper, messages, 2) == 1 && messages[0].number == number;
        polled +=
            poll(&fd, 1, -1) == 1 && minichat_read(poller, messages, 2) == 1 && messages[0].number == number;
        seen += minichat_wait(reader, 0) == 1 && minichat_read(reader, messages, 2) == 1 &&
                messages[0].number == number && messages[0].missed == 0;
        whole += chat_last_whole(reader, number) == MINICHAT_MESSAGES;
    }
    CHECK_EQ(posted, count, "all were posted, under the next number each");
    CHECK_EQ(woken, count, "each woke who slept");
    CHECK_EQ(polled, count, "and who polled");
    CHECK_EQ(seen, count, "each was read");
    CHECK_EQ(whole, count, "and the last twenty were whole");
    CHECK_EQ(minichat_seek(reader, newest - 2), 0, "back to the other side");
    CHECK_EQ(minichat_read(reader, messages, 40), count + 2, "and across again");
    CHECK(messages[0].number == newest - 1 && messages[0].missed == 0, "nothing missed");
    CHECK_EQ(minichat_peek(reader, newest, messages, 1), 1, "a look at the first of them");
    CHECK_EQ(messages[0].number, newest + 1, "its number");
    CHECK_EQ(chat_info(reader).last, newest + (unsigned)count, "info");
    minichat_close(sleeper);
    minichat_close(poller);
    minichat_close(reader);
    minichat_close(poster);
    struct minichat_options options = {.size = sizeof options, .after = newest + 1};
    CHECK_EQ(minichat_open(&reader, "board", &options), 0, "going on where one was");
    CHECK_EQ(minichat_read(reader, messages, 40), count - 1, "finds what was new since then");
    minichat_close(reader);
}

static void the_end(void) {
    prepare(NUMBER_MAX - 1);
    struct minichat *poster = chat_open("board", 0, "poster"),
                    *reader = chat_open("board", MINICHAT_FROM_NOW, "reader");
    struct pollfd fd = {.fd = minichat_fd(reader), .events = POLLIN};
    uint64_t number = 0;
    CHECK_EQ(chat_say(poster, 2, 1, &number), 0, "the last message of all");
    CHECK_EQ(number, NUMBER_MAX, "its number is 2^48 - 1");
    for (int i = 0; i < 25; i++) {
        errno = number = 0;
        if (minichat_post(poster, "more", 4, 0, &number) != -1 || errno != EOVERFLOW || number != 0)
            CHECK(0, "a post after the last: errno %d", errno);
    }
    CHECK_ERRNO(minichat_post(reader, "more", 4, 0, &number), -1, EOVERFLOW, "another one's, after the last");
    CHECK_EQ(chat_last_whole(poster, NUMBER_MAX), MINICHAT_MESSAGES, "the last twenty are whole");
    CHECK_EQ(poll(&fd, 1, -1), 1, "the last one is polled for");
    CHECK_EQ(minichat_wait(reader, -1), 1, "waited for");
    CHECK(minichat_read(reader, messages, 40) == 1 && messages[0].number == NUMBER_MAX, "and read");
    CHECK_EQ(minichat_wait(reader, 20), 0, "then nothing comes");
    CHECK_EQ(minichat_read(reader, messages, 40), 0, "nor is there anything");
    CHECK_EQ(minichat_dernier(reader), NUMBER_MAX, "dernier");
    CHECK_EQ(minichat_seek(reader, NUMBER_MAX), 0, "seek to the last");
    CHECK_ERRNO(minichat_seek(reader, NUMBER_MAX + 1), -1, EINVAL, "seek behind it");
    CHECK_EQ(chat_info(reader).last, NUMBER_MAX, "info");
    struct minichat *late = NULL;
    struct minichat_options options = {.size = sizeof options, .after = NUMBER_MAX};
    CHECK_EQ(minichat_open(&late, "board", &options), 0, "who saw the last comes back");
    CHECK_ERRNO(minichat_post(late, "more", 4, 0, &number), -1, EOVERFLOW, "and cannot post either");
    options.after = NUMBER_MAX + 1;
    struct minichat *none;
    CHECK_ERRNO(minichat_open(&none, "board", &options), -1, EINVAL, "nobody saw one behind it");
    minichat_close(late);
    minichat_close(reader);
    minichat_close(poster);
}

int main(void) {
    tap_directory();
    alarm(120);
    static const struct {
        uint64_t newest;
        int count;
        const char *what;
    } boards[] = {
        {((uint64_t)1 << 15) - 4, 9, "2^15"},
        {((uint64_t)1 << 16) - 4, 9, "2^16, where the futex's word begins anew"},
        {((uint64_t)1 << 31) - 4, 9, "2^31"},
        {((uint64_t)1 << 32) - 4, 9, "2^32"},
        {((uint64_t)1 << 47) - 4, 9, "2^47"},
        {((uint64_t)1 << 48) - 1 - 9, 9, "up to 2^48 - 1"},
    };
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        printf("# %s\n", boards[i].what);
        prepare(boards[i].newest);
        cross(boards[i].newest, boards[i].count);
    }
    the_end();
    return tap_end();
}
