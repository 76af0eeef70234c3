/*
 * A participant that is killed in the middle of opening, creating, posting, reading, waiting, changing its
 * nick, closing: before and behind every system call and every locked instruction, and at many others; in the
 * long form at all, in every round of every loop. Another one finds the last messages whole, posts the next
 * number, does not see the dead one any more, and no message that was acknowledged is missing; an heir takes
 * the seat and the dead one's messages stay what they are.
 */
#define _GNU_SOURCE
#include "stepping.h"
#include "asleep.h"
#include <dirent.h>
#include <pthread.h>

enum { DEAD = 7, WITNESS = 8, HEIR = 9 };

static struct stage *stage;
static struct minichat *mine, *witness;
static struct minichat_message messages[MINICHAT_MESSAGES];
static char text[MINICHAT_TEXT_MAX + 1];
static size_t length;
static uint64_t said, says = 3; /* what the witness said; what the dead one says */

/* The witness posts the next message, always of one length: so reading it is the same way each time. */
static int say(uint64_t *number) {
    said = chat_next_alike(WITNESS, said);
    return chat_say(witness, WITNESS, said, number);
}

/* Up to the last slot of the ring: whoever looks for the newest message has the same way each time. */
static void turn_round(void) {
    while (chat_info(witness).last % MINICHAT_MESSAGES != 0)
        say(NULL);
}

/* ---- what the dead one was doing ----------------------------------------------------------------------- */

static void nothing(void) {}

static void sit_down(void) {
    mine = chat_open("board", MINICHAT_FROM_NOW, "dead");
    length = chat_text(text, DEAD, says);
    stage->number = 0;
}

static void sit_behind(void) {
    sit_down();
    minichat_seek(mine, chat_info(mine).last - 1);
}

static void sit_and_watch(void) {
    sit_behind();
    minichat_fd(mine);
}

static int open_it(struct stage *at) {
    (void)at;
    return chat_try(&mine, "board", 0, "dead");
}
static int create_it(struct stage *at) {
    (void)at;
    return chat_try(&mine, "new", MINICHAT_CREATE, "dead");
}
static int post(struct stage *at) { return minichat_post(mine, text, length, 0, &at->number); }
static int nick(struct stage *at) {
    (void)at;
    return minichat_nick(mine, "death", 5);
}
static int read_it(struct stage *at) {
    (void)at;
    return minichat_read(mine, messages, MINICHAT_MESSAGES) > 0 ? 0 : 1;
}
static int wait_for_it(struct stage *at) {
    (void)at;
    return minichat_wait(mine, 1);
}
static int descriptor(struct stage *at) {
    (void)at;
    return minichat_fd(mine) < 0;
}
static int close_it(struct stage *at) {
    (void)at;
    return minichat_close(mine);
}
static int unlink_it(struct stage *at) {
    (void)at;
    return minichat_unlink("new");
}

/* ---- what the living find ------------------------------------------------------------------------------ */

/* How many things are not as they should be, after the death of one who acknowledged message `number` (0:
 * none). */
static int damage(uint64_t before, uint64_t number) {
    int wrong = 0;
    unsigned writer;
    uint64_t sequence, posted = 0, last = chat_info(witness).last;
    struct minichat_message message;
    wrong += minichat_who(witness, NULL, 0) != 1 || chat_info(witness).present != 1;
    wrong += last < before || last > before + 1 || (number && number != last);
    wrong += chat_last_whole(witness, last) != MINICHAT_MESSAGES;
    if (last > before)
        wrong += minichat_peek(witness, last - 1, &message, 1) != 1 || message.number != last ||
                 !chat_whole(&message, &writer, &sequence) || writer != DEAD || sequence != says;
    wrong += say(&posted) != 0 || posted != last + 1;
    wrong += chat_last_whole(witness, posted) != MINICHAT_MESSAGES;
    return wrong;
}

/* Somebody sits down where the dead one sat, and posts until nothing is left of its messages: until then they
 * stay what they are. */
static int inheritance(void) {
    int wrong = 0;
    struct minichat_message before[MINICHAT_MESSAGES];
    struct minichat *heir = chat_open("board", 0, "heir");
    uint64_t last = chat_info(heir).last, number = 0;
    wrong += chat_info(heir).seat != 2 ||
             minichat_peek(witness, 0, before, MINICHAT_MESSAGES) != MINICHAT_MESSAGES;
    for (unsigned i = 0; i < MINICHAT_MESSAGES + 3; i++) {
        wrong += chat_say(heir, HEIR, i, &number) != 0 || number != ++last;
        wrong += minichat_peek(witness, 0, messages, MINICHAT_MESSAGES) != MINICHAT_MESSAGES;
        for (unsigned left = 0; i + 1 + left < MINICHAT_MESSAGES; left++)
            wrong += memcmp(&messages[left].time_ns, &before[i + 1 + left].time_ns, 16) != 0 ||
                     strcmp(messages[left].text, before[i + 1 + left].text) != 0;
        wrong += chat_last_whole(witness, number) != MINICHAT_MESSAGES;
    }
    minichat_close(heir);
    wrong += say(&number) != 0 || number != last + 1;
    return wrong;
}

/* The result of a scene: of its instructions so many were to be tried, so many were. */
static void told(const char *scene, size_t instructions, size_t wanted, size_t tried, int deaths, int wrong) {
    char name[60];
    snprintf(name, sizeof name, "killed at an instruction: %s", scene);
    ATTACK(name, deaths, wrong);
    if (tried < wanted)
        SKIP("its time was up", "%s: %zu of %zu points", name, tried, wanted);
    CHECK(deaths > (int)tried * 9 / 10, "to %s is %zu instructions: killed at %d of them", scene,
          instructions, deaths);
}

/* The scene again and again, with a death at each of the points. */
static void killed(const struct scene *scene, size_t stride, double share) {
    turn_round();
    struct path path = step_through(scene, stage);
    int deaths = 0, wrong = 0, committed = 0;
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "killed while it is about to %s", scene->name);
        return;
    }
    size_t instructions = path.count;
    step_thin_out(&path, stride, 0);
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(share); i++, tried++) {
        turn_round();
        uint64_t before = chat_info(witness).last;
        says = chat_next_alike(DEAD, says);
        pid_t child = step_begin(scene, stage);
        int there = step_to(child, path.points[i]);
        if (there)
            step_kill(child);
        deaths += there;
        committed += chat_info(witness).last > before;
        int damages = damage(before, stage->number) + (i % 8 == 0 ? inheritance() : 0);
        if (damages)
            printf("# %s: %d damages when killed at point %zu of %zu, kind %c\n", scene->name, damages, i,
                   path.count, path.points[i].kind);
        wrong += damages;
    }
    told(scene->name, instructions, path.count, tried, deaths, wrong);
    if (scene->act == post && tried == path.count)
        CHECK(committed > 0 && committed < (int)path.count, "before and behind the instruction that counts");
    free(path.points);
}

/* ---- creating and removing ----------------------------------------------------------------------------- */

/* Names in the current directory that are not `board`'s or `new`'s. */
static int strange_names(void) {
    int strange = 0;
    DIR *directory = opendir(".");
    if (!directory)
        tap_bail("opendir");
    for (struct dirent *entry; (entry = readdir(directory));)
        strange += entry->d_name[0] != '.' && strcmp(entry->d_name, "board") != 0 &&
                   strcmp(entry->d_name, "board.lock") != 0 && strcmp(entry->d_name, "new") != 0 &&
                   strcmp(entry->d_name, "new.lock") != 0;
    closedir(directory);
    return strange;
}

/* There is a whole board named "new", or none; if none there can be one, and it can be removed. */
static int new_damage(int *there) {
    int wrong = 0;
    struct minichat *chat = NULL;
    *there = chat_try(&chat, "new", 0, "next") == 0;
    if (!*there && errno != ENOENT && errno != ESTALE)
        wrong++;
    wrong += strange_names();
    if (!*there && errno == ESTALE)
        wrong += 100;
    if (!*there)
        wrong += chat_try(&chat, "new", MINICHAT_CREATE, "next") != 0;
    if (chat) {
        wrong +=
            minichat_who(chat, NULL, 0) != 1 || chat_post(chat, "hello") != 1 || chat_info(chat).present != 1;
        minichat_close(chat);
    }
    wrong += minichat_unlink("new") != 0 || access("new", F_OK) == 0 || access("new.lock", F_OK) == 0;
    return wrong;
}

static void killed_with_new(const struct scene *scene, size_t stride, double share) {
    unlink("new");
    unlink("new.lock");
    if (scene->act == unlink_it)
        minichat_close(chat_open("new", MINICHAT_CREATE, NULL));
    struct path path = step_through(scene, stage);
    int deaths = 0, wrong = 0, boards = 0, there;
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "killed while it is about to %s", scene->name);
        return;
    }
    size_t instructions = path.count;
    step_thin_out(&path, stride, 0);
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(share); i++, tried++) {
        unlink("new");
        unlink("new.lock");
        if (scene->act == unlink_it)
            minichat_close(chat_open("new", MINICHAT_CREATE, NULL));
        pid_t child = step_begin(scene, stage);
        if (step_to(child, path.points[i])) {
            step_kill(child);
            deaths++;
        }
        int damages = new_damage(&there);
        boards += there;
        if (damages)
            printf("# %s: %d damages when killed at point %zu of %zu, kind %c\n", scene->name, damages, i,
                   path.count, path.points[i].kind);
        wrong += damages;
    }
    told(scene->name, instructions, path.count, tried, deaths, wrong);
    if (tried == path.count)
        CHECK(boards > 0 && boards < (int)path.count, "sometimes the one, sometimes the other");
    free(path.points);
}

/* ---- who slept ----------------------------------------------------------------------------------------- */

struct sleeper {
    struct minichat *chat;
    volatile pid_t id;
};

static void *sleep_on(void *argument) {
    struct sleeper *sleeper = argument;
    sleeper->id = this_thread();
    return (void *)(intptr_t)minichat_wait(sleeper->chat, -1);
}

/* Killed between the message and the call that wakes: who slept finds it, by the net. */
static void killed_before_it_wakes(void) {
    static const struct scene scene = {"wake", sit_down, post};
    struct sleeper sleeper = {.chat = chat_open("board", MINICHAT_FROM_NOW, "sleeper")};
    struct path path = {.points = NULL};
    for (int round = 0; round < 2; round++) {
        pthread_t thread;
        void *result;
        sleeper.id = 0;
        if (pthread_create(&thread, NULL, sleep_on, &sleeper) != 0)
            tap_bail("pthread_create");
        while (!sleeper.id)
            sched_yield();
        until_asleep(getpid(), sleeper.id);
        if (round == 0) /* how it goes */
            path = step_through(&scene, stage);
        else {
            size_t wake = 0;
            while (wake < path.count && path.points[wake].kind != 's')
                wake++;
            pid_t child = step_begin(&scene, stage);
            CHECK(wake < path.count && step_to(child, path.points[wake]),
                  "a poster is about to wake who sleeps");
            CHECK(minichat_peek(sleeper.chat, minichat_dernier(sleeper.chat), messages, 1) == 1 &&
                      thread_state(getpid(), sleeper.id) == 'S',
                  "its message is there, the sleeper sleeps");
            step_kill(child);
        }
        if (path.count == 0) {
            SKIP("ptrace is not allowed", "killed while it is about to wake");
            minichat_interrupt(sleeper.chat);
        }
        pthread_join(thread, &result);
        if (path.count)
            CHECK_EQ((intptr_t)result, 1,
                     round ? "it is killed; the sleeper wakes by the net" : "a sleeper is woken");
        while (minichat_read(sleeper.chat, messages, MINICHAT_MESSAGES) > 0)
            ;
        if (path.count == 0)
            break;
    }
    free(path.points);
    minichat_close(sleeper.chat);
}

int main(void) {
    static const struct scene scenes[] = {
        {"open", nothing, open_it},      {"post", sit_down, post},         {"nick", sit_down, nick},
        {"read", sit_behind, read_it},   {"poll", sit_and_watch, read_it}, {"wait", sit_down, wait_for_it},
        {"watch", sit_down, descriptor}, {"close", sit_down, close_it},
    };
    static const size_t strides[] = {100, 12, 24, 24, 48, 12, 24, 6};
    static const double shares[] = {0.35, 0.42, 0.47, 0.53,
                                    0.6,  0.65, 0.7,  0.72}; /* of the time, at the end of each */
    static const struct scene create = {"create", nothing, create_it},
                              remove = {"unlink", nothing, unlink_it};
    tap_directory();
    chat_alarm();
    soak_goes_on(1);
    stage = shared_memory(sizeof *stage);
    witness = chat_open("board", MINICHAT_CREATE, "witness");
    for (int i = 0; i < 2 * MINICHAT_MESSAGES; i++)
        say(NULL);
    if (inheritance() != 0) /* so that a handle that was closed is there to be used again, each time */
        tap_bail("an heir");
    if (!CAN_STEP) {
        SKIP("stops at instructions need x86-64", "killed in the middle of a call");
        return tap_end();
    }
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        killed(&scenes[i], strides[i], shares[i]);
    killed_with_new(&create, 160, 0.97);
    killed_with_new(&remove, 60, 1);
    killed_before_it_wakes();
    return tap_end();
}
