/*
 * Who lists those present while they change their names flat out: each is listed under a name that it had or was
 * just taking, whole, and never under none. One person renames in a process of its own, one in a thread of the very
 * participant that lists; and so do three at once.
 */
#define _GNU_SOURCE
#include "attack/soak.h"
#include "chat.h"
#include <pthread.h>

enum { RENAMERS = 3 };

static const char *const names[] = {
    "b",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "012345678901234567890123456789012345678901234567890123456789",
};
enum { NAMES = sizeof names / sizeof *names };

static int is_name(const struct minichat_person *person) {
    for (int i = 0; i < NAMES; i++)
        if (strcmp(person->nick, names[i]) == 0 && person->nick_length == strlen(names[i]))
            return 1;
    return 0;
}

static int rename_flat_out(struct minichat *chat, const volatile uint64_t *done) {
    int failed = 0;
    for (unsigned i = 0; !*done; i++)
        failed |= minichat_nick(chat, names[i % NAMES], strlen(names[i % NAMES]));
    return failed;
}

struct renamer {
    struct minichat *chat;
    volatile uint64_t *done;
};

static void *rename_in_thread(void *argument) {
    struct renamer *renamer = argument;
    return (void *)(intptr_t)rename_flat_out(renamer->chat, renamer->done);
}

/* Lists until `lists` times `count` people were seen; how many of them had none of the names. */
static uint64_t list(struct minichat *chat, ssize_t count, uint64_t lists) {
    struct minichat_person people[RENAMERS + 2];
    uint64_t wrong = 0;
    for (uint64_t turn = 0; turn < lists; turn++) {
        if (minichat_who(chat, people, RENAMERS + 2) != count)
            return lists;
        for (ssize_t i = 0; i < count; i++)
            wrong += !is_name(&people[i]);
    }
    return wrong;
}

int main(void) {
    tap_directory();
    chat_alarm();
    soak_goes_on(1);
    uint64_t lists = soak_times(30000, 3000000);
    volatile uint64_t *done = shared_memory(4096), *ready = done + 8;
    struct minichat *chat = chat_open("board", MINICHAT_CREATE, names[0]);

    pid_t renamers[RENAMERS];
    for (int i = 0; i < RENAMERS; i++) {
        if ((renamers[i] = chat_fork()) == 0) {
            struct minichat *mine = chat_open("board", 0, names[i]);
            __atomic_add_fetch(ready, 1, __ATOMIC_SEQ_CST);
            _exit(rename_flat_out(mine, done) != 0 || minichat_close(mine) != 0);
        }
        while (*ready < (uint64_t)i + 1 && waitpid(renamers[i], NULL, WNOHANG) == 0)
            sched_yield();
        ATTACK("names changed by other processes while one lists them", lists, list(chat, i + 2, lists));
    }
    *done = 1;
    for (int i = 0; i < RENAMERS; i++)
        CHECK_EQ(chat_status(renamers[i]), 0, "whoever renamed was never refused");

    *done = 0;
    struct renamer renamer = {chat, done};
    pthread_t thread;
    if (pthread_create(&thread, NULL, rename_in_thread, &renamer) != 0)
        tap_bail("pthread_create");
    ATTACK("names changed by a thread of the participant that lists", lists, list(chat, 1, lists));
    *done = 1;
    void *failed = NULL;
    pthread_join(thread, &failed);
    CHECK(failed == NULL, "the thread was never refused");
    minichat_close(chat);
    minichat_unlink("board");
    return tap_end();
}
