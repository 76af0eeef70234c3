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
static uint64_t said, says; /* what `poster` said; what the one who is stopped says */

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
        if (writer == STOPPED) {
            from_stopped = seen;
            wrong += sequence != says;
        }
    }
}

/* `count` more messages of the other one, each read at once; its numbers rise. */
static void others(int count) {
    for (int i = 0; i < count; i++) {
        static uint64_t last;
        uint64_t number = 0;
        said = chat_next_alike(OTHER, said); /* of one length: so reading it is the same way each time */
        wrong += chat_say(poster, OTHER, said, &number) != 0 || number <= last;
        last = number;
        look();
        wrong += seen < number;
    }
}

/* Up to the last slot of the ring: whoever looks for the newest message has the same way each time. */
static void turn_round(void) {
    while (seen % MINICHAT_MESSAGES != 0)
        others(1);
}

/* ---- the one who is stopped ---------------------------------------------------------------------------- */

static void sit_down(void) {
    mine = chat_open("board", 0, "stopped");
    length = chat_text(text, STOPPED, says);
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
    turn_round();
    uint64_t start = seen;
    says = chat_next_alike(STOPPED, says);
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
    turn_round();
    struct path path = step_through(&scene, stage);
    look();
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "a poster stopped in the middle of a post");
        return;
    }
    printf("# a post is %zu instructions\n", path.count);
    step_thin_out(&path, 4, 0);
    int stops = 0, swaps = 0, wrong_before = wrong;
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(0.4); i++, tried++) {
        char kind = path.points[i].kind;
        int there = stop_at(&scene, path.points[i], kind == 'c' || kind == 's');
        stops += there;
        swaps += there && kind == 'c';
        if (wrong != wrong_before) {
            printf("# at %zu of %zu, kind %c: %d wrong\n", i, path.count, kind, wrong - wrong_before);
            wrong_before = wrong;
        }
    }
    CHECK(stops > (int)tried * 9 / 10, "a poster was stopped at %d points of its post", stops);
    CHECK(swaps >= 1, "%d of them right before a compare-and-swap: the one that commits", swaps);
    /* 21 others posted: no number twice, none missing, all read, the last twenty whole. */
    ATTACK("stopped at an instruction: post", stops, wrong);
    free(path.points);
}

/* ---- a reader that is stopped -------------------------------------------------------------------------- */

static void sit_behind(void) {
    struct minichat_options options = {.size = sizeof options, .after = seen - 5};
    if (minichat_open(&mine, "board", &options) != 0)
        tap_bail("minichat_open");
}

/* Reads one message: its number less those missed, or -1 if it is not whole. */
static int read_one(struct stage *at) {
    static struct minichat_message message;
    unsigned writer;
    uint64_t sequence;
    if (minichat_read(mine, &message, 1) != 1 || !chat_whole(&message, &writer, &sequence) ||
        minichat_dernier(mine) != message.number)
        return -1;
    at->number = message.number - message.missed;
    return 0;
}

/* Stopped while it copies a message, and lapped meanwhile: it comes back with another one, whole. */
static void reader_stopped(void) {
    static const struct scene scene = {"read", sit_behind, read_one};
    static const int counts[] = {1, MINICHAT_MESSAGES - 5, OTHERS + MINICHAT_MESSAGES};
    struct path path = step_through(&scene, stage);
    int stops = 0, bad = 0;
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "a reader stopped in the middle of a read");
        return;
    }
    step_thin_out(&path, 4, 0);
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(0.55); i++, tried++) {
        uint64_t next = seen - 5 + 1;
        pid_t child = step_begin(&scene, stage);
        int there = step_to(child, path.points[i]);
        others(counts[i % 3]);
        if (there)
            step_end(child);
        stops += there;
        bad += stage->result != 0 || stage->number != next;
    }
    CHECK(stops > (int)tried * 9 / 10, "a reader was stopped at %d points of a read", stops);
    /* And lapped: what it read is whole, what it missed is counted. */
    ATTACK("stopped at an instruction: read", stops, bad);
    free(path.points);
}

/* ---- a poster that does not come to wake --------------------------------------------------------------- */

/* Stopped between its message and the call that wakes: who sleeps reads it when the net of a second comes. */
static void stopped_before_it_wakes(void) {
    static const struct scene scene = {"wake", sit_down, post};
    struct sleeper sleeper = {.chat = NULL};
    struct path path = {.points = NULL};
    for (int round = 0; round < 2; round++) {
        pthread_t thread;
        size_t wake = 0;
        sleeper.chat = chat_open("board", MINICHAT_FROM_NOW, "sleeper");
        sleeper.id = 0;
        if (pthread_create(&thread, NULL, sleep_on, &sleeper) != 0)
            tap_bail("pthread_create");
        while (!sleeper.id)
            sched_yield();
        until_asleep(getpid(), sleeper.id);
        if (round == 0) /* how it goes */
            path = step_through(&scene, stage);
        else {
            while (wake < path.count && path.points[wake].kind != 's')
                wake++;
            pid_t child = step_begin(&scene, stage);
            int there = wake < path.count && step_to(child, path.points[wake]);
            long long start = milliseconds();
            pthread_join(thread, NULL);
            /* By the net: a second at most, and another one for this test. */
            long long slept = milliseconds() - start;
            ATTACK("stopped between its message and the wake-up", there, slept > 2000);
            step_end(child);
        }
        if (path.count == 0) {
            SKIP("ptrace is not allowed", "a poster stopped before it wakes");
            minichat_interrupt(sleeper.chat);
        }
        if (round == 0 || path.count == 0)
            pthread_join(thread, NULL);
        minichat_close(sleeper.chat);
        look();
        if (path.count == 0)
            break;
    }
    free(path.points);
}

/* ---- anywhere, by SIGSTOP ------------------------------------------------------------------------------ */

enum { POSTERS = 2, ROUNDS = 60, MOST_ROUNDS = 20000 };

/* How long posts and reads took, in nanoseconds. */
struct times {
    size_t count, late; /* over half a second, in which a processor was there */
    long long each[MOST_ROUNDS * OTHERS];
};

static int by_length(const void *one, const void *other) {
    long long a = *(const long long *)one, b = *(const long long *)other;
    return (a > b) - (a < b);
}

static void tell_times(const char *when, struct times *times) {
    qsort(times->each, times->count, sizeof times->each[0], by_length);
    printf("# a post and a read %s: median %lld ns, 99 of 100 within %lld ns, all within %lld ns\n", when,
           times->each[times->count / 2], times->each[times->count * 99 / 100],
           times->each[times->count - 1]);
}

/* Posts a message and reads all that there is; whether the numbers were as they must be. `alone`: nobody else
 * posts. */
static int post_and_read(struct minichat *watcher, uint64_t *last, int alone, struct times *times) {
    struct minichat_message message;
    uint64_t number = 0, before = minichat_dernier(watcher);
    int right = 1;
    long long queue = queued(), start = nanoseconds();
    right &= chat_say(poster, OTHER, said++, &number) == 0 && (alone ? number == *last + 1 : number > *last);
    while (minichat_read(watcher, &message, 1) == 1) {
        right &= message.number == before + 1 + message.missed;
        before = message.number;
    }
    long long time = nanoseconds() - start;
    if (times->count < sizeof times->each / sizeof times->each[0])
        times->each[times->count++] = time;
    times->late += time > 500000000 && time - (queued() - queue) > 500000000;
    *last = number;
    return right && (alone ? before == number : before >= number);
}

static void stopped_at_random(void) {
    static struct times running, stopped;
    uint64_t random = seed();
    pid_t children[POSTERS];
    volatile uint64_t *posted = shared_memory(4096);
    int stops = 0, rounds = (int)soak_times(ROUNDS, MOST_ROUNDS);
    for (unsigned i = 0; i < POSTERS; i++)
        if ((children[i] = chat_fork()) == 0) {
            mine = chat_open("board", 0, "flat out");
            for (uint64_t sequence = 0, last = 0, number = 0;; sequence++, last = number) {
                if (chat_say(mine, i, sequence, &number) != 0 || number <= last)
                    _exit(1);
                posted[i] = sequence + 1;
            }
        }
    struct minichat *watcher = chat_open("board", MINICHAT_READ_ONLY | MINICHAT_FROM_NOW, NULL);
    wrong = 0;
    for (int round = 0; round < rounds && soak_goes_on(1); round++) {
        for (uint64_t until = posted[round % POSTERS] + 1 + mixed(random, (uint64_t)round) % 50;
             posted[round % POSTERS] < until;)
            sched_yield();
        uint64_t last = chat_info(watcher).last;
        if (round % 8 == 0)
            for (int i = 0; i < OTHERS; i++)
                wrong += !post_and_read(watcher, &last, 0, &running);
        for (int i = 0; i < POSTERS; i++) {
            int status;
            kill(children[i], SIGSTOP);
            if (waitpid(children[i], &status, WUNTRACED) != children[i] || !WIFSTOPPED(status))
                tap_bail("a poster ended (status %x)", (unsigned)status);
        }
        stops += POSTERS;
        /* Both are stopped, wherever that is: the board is ours. */
        last = chat_info(watcher).last;
        struct minichat_message message;
        while (minichat_read(watcher, &message, 1) == 1)
            ;
        for (int i = 0; i < OTHERS; i++)
            wrong += !post_and_read(watcher, &last, 1, &stopped);
        wrong += chat_last_whole(watcher, last) != MINICHAT_MESSAGES || minichat_wait(watcher, 0) != 0;
        for (int i = 0; i < POSTERS; i++)
            kill(children[i], SIGCONT);
    }
    for (int i = 0; i < POSTERS; i++)
        step_kill(children[i]);
    /* The others post the next numbers, and read them, while who is stopped stays so: nobody waits. */
    ATTACK("stopped anywhere, by SIGSTOP", stops, wrong);
    tell_times("while two others post", &running);
    tell_times("while these are stopped", &stopped);
    ATTACK("stopped anywhere: posts and reads of others", stopped.count, stopped.late);
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
    step_thin_out(&path, 40, 8);
    int shown = 0, stops = 0;
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(0.7); i++, tried++) {
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
    CHECK(stops > (int)tried * 9 / 10, "an heir was stopped at %d points on its way to a seat", stops);
    /* And never seen under its predecessor's name. */
    ATTACK("stopped at an instruction: join", stops, shown);
    free(path.points);
}

/* ---- removed and made anew meanwhile ------------------------------------------------------------------- */

/* Opens the board `race`; its identity goes to the stage. */
static int open_race(struct stage *at, unsigned flags) {
    struct minichat_info info = {.size = sizeof info};
    if (chat_try(&mine, "race", flags, NULL) != 0 || minichat_info(mine, &info) != 0)
        return errno;
    at->number = info.board_id;
    return 0;
}
static int join_race(struct stage *at) { return open_race(at, 0); }
static int create_race(struct stage *at) { return open_race(at, MINICHAT_CREATE); }
static int unlink_race(struct stage *at) {
    (void)at;
    return ERROR_OF(minichat_unlink("race"));
}

static void make_race(void) { minichat_close(chat_open("race", MINICHAT_CREATE, NULL)); }

/* What a creator does that failed: removes its lock file, if nobody has a seat. */
static int drop_lock_file(void) {
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = MINICHAT_SEATS};
    int fd = open("race.lock", O_RDWR | O_CLOEXEC), dropped = 0;
    if (fd >= 0 && access("race", F_OK) != 0)
        dropped = fcntl(fd, F_OFD_SETLK, &all) == 0 && unlink("race.lock") == 0;
    close(fd);
    return dropped;
}

/* Whether somebody holds all seats: whoever wants one is told EBUSY, after a while. */
static int all_held(void) {
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = MINICHAT_SEATS};
    int fd = open("race.lock", O_RDWR | O_CLOEXEC);
    int held =
        fd >= 0 && fcntl(fd, F_OFD_GETLK, &all) == 0 && all.l_type == F_WRLCK && all.l_len == MINICHAT_SEATS;
    close(fd);
    return held;
}

/* Stopped anywhere in act(), while others change what it has seen so far; `change` tells whether it could.
 * Then it goes on, and is on one board with who comes now; that of who was there before is there still. */
static void changed(const struct scene *scene, int exists, int (*change)(void), int stays, double share) {
    struct path path = step_through(scene, stage);
    int stops = 0, wrongs = 0, changes = 0;
    if (path.count == 0) {
        SKIP("ptrace is not allowed", "%s", scene->name);
        return;
    }
    step_thin_out(&path, 200, 8);
    size_t tried = 0;
    for (size_t i = 0; i < path.count && soak_goes_on(share); i++, tried++) {
        minichat_unlink("race");
        if (exists)
            make_race();
        pid_t child = step_begin(scene, stage);
        if (!step_to(child, path.points[i]))
            continue;
        stops++;
        if (all_held()) {
            step_end(child);
            continue;
        }
        changes += change();
        struct minichat *there = stays ? chat_open("race", MINICHAT_CREATE, NULL) : NULL, *next = NULL;
        step_end(child);
        if (scene->act == unlink_race)
            wrongs += stage->result != 0 && stage->result != EBUSY && stage->result != ENOENT;
        else
            wrongs += stage->result != 0;
        if (scene->act != unlink_race || stays) {
            wrongs += chat_try(&next, "race", 0, NULL) != 0;
            if (next && there)
                wrongs += chat_info(next).board_id != chat_info(there).board_id;
            if (next && scene->act != unlink_race)
                wrongs += chat_info(next).board_id != stage->number;
        }
        minichat_close(next);
        minichat_close(there);
    }
    CHECK(stops > (int)tried * 9 / 10 && (changes > 0 || tried < path.count),
          "%s: stopped at %d points, changed %d times", scene->name, stops, changes);
    ATTACK("stopped at an instruction, the board is removed, made, or both", stops, wrongs);
    minichat_unlink("race");
    unlink("race.lock");
    free(path.points);
}

static int remove_race(void) { return minichat_unlink("race") == 0; }
static int nothing_else(void) { return 1; }

static void changed_boards(void) {
    make_race();
    changed(&(struct scene){"joins, the board is removed and made anew", nothing, join_race}, 1, remove_race,
            1, 0.75);
    changed(&(struct scene){"creates, another one does", nothing, create_race}, 0, nothing_else, 1, 0.8);
    changed(&(struct scene){"creates, its lock file is removed", nothing, create_race}, 0, drop_lock_file, 0,
            0.85);
    make_race();
    changed(&(struct scene){"removes, the board is removed and made anew", nothing, unlink_race}, 1,
            remove_race, 1, 0.9);
}

int main(void) {
    tap_directory();
    chat_alarm();
    soak_goes_on(1);
    stage = shared_memory(sizeof *stage);
    poster = chat_open("board", MINICHAT_CREATE, "other");
    reader = chat_open("board", MINICHAT_READ_ONLY, NULL);
    others(2 * MINICHAT_MESSAGES);
    if (CAN_STEP) {
        stopped_at_instructions();
        reader_stopped();
        stopped_while_joining();
        changed_boards();
        stopped_before_it_wakes();
    } else
        SKIP("stops at instructions need x86-64", "a poster stopped in the middle of a post");
    stopped_at_random();
    return tap_end();
}
