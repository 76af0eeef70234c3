/*
 * A poster that is stopped in the middle of a post, before every compare-and-swap and many other
 * instructions, while others post 21 messages: it delays nobody, loses nothing when it goes on, and does not
 * turn the board back.
 */
#define _GNU_SOURCE
#include "stepping.h"
#include "asleep.h"
#include <pthread.h>

enum { OTHERS = MINICHAT_MESSAGES + 1, STOPPED = 7, OTHER = 8 };

static struct stage *stage;
static struct minichat *mine, *poster, *reader;
static char text[MINICHAT_TEXT_MAX + 1];
static size_t length;
static uint64_t said; /* by `poster` */

/* ---- the reader, who must see every message ------------------------------------------------------------ */

static uint64_t seen,
    from_stopped; /* the newest number; the newest number of a message of the one who was stopped */
static int wrong;

static void look(void) {
    struct minichat_message message;
    unsigned writer;
    uint64_t sequence;
    while (minichat_read(reader, &message, 1) == 1) {
        wrong +=
            message.number != seen + 1 || message.missed != 0 || !chat_whole(&message, &writer, &sequence);
        seen = message.number;
        if (writer == STOPPED)
            from_stopped = seen;
    }
}

/* `count` more messages of the other one, each read at once; its numbers rise. */
static void others(int count) {
    for (int i = 0; i < count; i++) {
        static uint64_t last;
        uint64_t number = 0;
        wrong += chat_say(poster, OTHER, said++, &number) != 0 || number <= last;
        last = number;
        look();
        wrong += seen < number;
    }
}

/* ---- the one who is stopped ---------------------------------------------------------------------------- */

static void sit_down(void) {
    mine = chat_open("board", 0, "stopped");
    length = chat_text(text, STOPPED, 0);
}

static int post(struct stage *at) { return minichat_post(mine, text, length, 0, &at->number); }

struct sleeper {
    struct minichat *chat;
    volatile pid_t id;
};

static void *sleep_on(void *argument) {
    struct sleeper *sleeper = argument;
    sleeper->id = this_thread();
    return (void *)(intptr_t)minichat_wait(sleeper->chat, -1);
}

/* Stops a post at the point; with somebody asleep, so that it would have to wake. Whether it came there. */
static int stop_at(const struct scene *scene, struct point point, int with_sleeper) {
    struct sleeper sleeper = {.chat = NULL};
    pthread_t thread;
    uint64_t start = seen;
    pid_t child = step_begin(scene, stage);
    if (with_sleeper) {
        sleeper.chat = chat_open("board", MINICHAT_FROM_NOW, "sleeper");
        if (pthread_create(&thread, NULL, sleep_on, &sleeper) != 0)
            tap_bail("pthread_create");
        while (!sleeper.id)
            sched_yield();
        until_asleep(getpid(), sleeper.id);
    }
    int there = step_to(child, point);
    others(OTHERS);
    if (with_sleeper) {
        void *result;
        pthread_join(thread, &result);
        wrong += (intptr_t)result != 1;
        minichat_close(sleeper.chat);
    }
    if (there)
        step_end(child);
    look();
    /* It was acknowledged, and seen under that number; with the others' it makes 22. */
    wrong += stage->result != 0 || stage->number != from_stopped || stage->number <= start;
    wrong += seen != start + OTHERS + 1;
    wrong += chat_last_whole(reader, seen) != MINICHAT_MESSAGES;
    return there;
}

static void stopped_at_instructions(void) {
    static const struct scene scene = {"post", sit_down, post};
    struct path path = step_through(&scene, stage);
    look();
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "a poster stopped in the middle of a post");
        return;
    }
    printf("# a post is %zu instructions\n", path.count);
    step_thin_out(&path, 4);
    int stops = 0, swaps = 0, wrong_before = wrong;
    for (size_t i = 0; i < path.count; i++) {
        char kind = path.points[i].kind;
        int there = stop_at(&scene, path.points[i], kind == 'c' || kind == 's');
        stops += there;
        swaps += there && kind == 'c';
        if (wrong != wrong_before) {
            printf("# at %zu of %zu, kind %c: %d wrong\n", i, path.count, kind, wrong - wrong_before);
            wrong_before = wrong;
        }
    }
    CHECK(stops > (int)path.count * 9 / 10, "a poster was stopped at %d points of its post", stops);
    CHECK(swaps >= 2, "%d of them right before a compare-and-swap", swaps);
    CHECK_EQ(wrong, 0, "21 others posted: no number twice, none missing, all read, the last twenty whole");
    free(path.points);
}

/* ---- anywhere, by SIGSTOP ------------------------------------------------------------------------------ */

static void stopped_at_random(void) {
    enum { ROUNDS = 60 };
    uint64_t random = seed();
    pid_t children[2];
    volatile uint64_t *posted = shared_memory(4096);
    int stops = 0;
    for (unsigned i = 0; i < 2; i++)
        if ((children[i] = chat_fork()) == 0) {
            mine = chat_open("board", 0, "flat out");
            for (uint64_t sequence = 0, last = 0, number = 0;; sequence++, last = number) {
                if (chat_say(mine, i, sequence, &number) != 0 || number <= last)
                    _exit(1);
                posted[i] = sequence + 1;
            }
        }
    struct minichat *watcher = chat_open("board", MINICHAT_READ_ONLY | MINICHAT_FROM_NOW, NULL);
    uint64_t rest = 0, number = 0;
    wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (uint64_t until = posted[round % 2] + 1 + mixed(random, (uint64_t)round) % 50;
             posted[round % 2] < until;)
            sched_yield();
        for (int i = 0; i < 2; i++) {
            int status;
            kill(children[i], SIGSTOP);
            if (waitpid(children[i], &status, WUNTRACED) != children[i] || !WIFSTOPPED(status))
                tap_bail("a poster ended (status %x)", (unsigned)status);
        }
        stops += 2;
        /* Both are stopped, wherever that is: the board is ours. */
        struct minichat_message message;
        uint64_t last = chat_info(watcher).last;
        for (int i = 0; i < OTHERS; i++, last = number)
            wrong += chat_say(poster, OTHER, said++, &number) != 0 || number != last + 1;
        wrong += chat_last_whole(watcher, number) != MINICHAT_MESSAGES;
        uint64_t before = minichat_dernier(watcher);
        while (minichat_read(watcher, &message, 1) == 1) {
            rest += 1 + message.missed;
            wrong += message.number != before + 1 + message.missed;
            before = message.number;
        }
        wrong += before != number || minichat_wait(watcher, 0) != 0;
        kill(children[0], SIGCONT);
        kill(children[1], SIGCONT);
    }
    for (int i = 0; i < 2; i++)
        step_kill(children[i]);
    CHECK_EQ(wrong, 0, "two posters stopped anywhere: the others post the next numbers, and read them");
    CHECK(stops == 2 * ROUNDS && rest > 0, "%d stops, %llu messages", stops, (unsigned long long)rest);
    minichat_close(watcher);
}

/* ---- joining ------------------------------------------------------------------------------------------- */

static void nothing(void) {}

static int join(struct stage *at) {
    (void)at;
    return chat_try(&mine, "board", 0, "heir");
}

/* Who takes the seat of a dead one, stopped anywhere on the way, is not seen under the dead one's name. */
static void stopped_while_joining(void) {
    static const struct scene dead = {"die", sit_down, post}, heir = {"join", nothing, join};
    /* A handle that was closed is there to be used again, each time: the way is the same. */
    minichat_close(chat_open("board", 0, NULL));
    struct path path = step_through(&heir, stage);
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "an heir stopped while it joins");
        return;
    }
    step_thin_out(&path, 40);
    int shown = 0, stops = 0;
    for (size_t i = 0; i < path.count; i++) {
        struct minichat_person people[4];
        step_kill(step_begin(&dead, stage));
        pid_t child = step_begin(&heir, stage);
        if (!step_to(child, path.points[i]))
            continue;
        stops++;
        ssize_t count = minichat_who(poster, people, 4);
        shown += count > 2 || (count == 2 && people[1].nick[0] && strcmp(people[1].nick, "heir") != 0);
        step_kill(child);
    }
    CHECK(stops > (int)path.count * 9 / 10, "an heir was stopped at %d points on its way to a seat", stops);
    CHECK_EQ(shown, 0, "and never seen under its predecessor's name");
    free(path.points);
}

int main(void) {
    tap_directory();
    chat_alarm();
    stage = shared_memory(sizeof *stage);
    poster = chat_open("board", MINICHAT_CREATE, "other");
    reader = chat_open("board", MINICHAT_READ_ONLY, NULL);
    others(2 * MINICHAT_MESSAGES);
    if (CAN_STEP) {
        stopped_at_instructions();
        stopped_while_joining();
    } else
        SKIP("stops at instructions need x86-64", "a poster stopped in the middle of a post");
    stopped_at_random();
    return tap_end();
}
