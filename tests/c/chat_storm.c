/*
 * Everybody at once: four writers flat out and three readers; threads that share one participant; and writers
 * and readers that are killed at random. Numbers rise, each text shows by itself that it is whole, what was
 * missed is counted exactly, and the last twenty are always there.
 */
#define _GNU_SOURCE
#include "attack/soak.h"
#include "chat.h"
#include <pthread.h>

enum { WRITERS = 4, READERS = 3 };

/* What one sees of the messages of all: wrong is how many things were not as they must be. */
struct view {
    uint64_t read, missed, last, wrong;
    uint64_t sequence[32]; /* of each writer's newest message */
};

/* One message more, in a view that reads on. */
static void see(struct view *view, const struct minichat_message *message) {
    unsigned writer;
    uint64_t sequence;
    view->read++;
    view->missed += message->missed;
    view->wrong += message->number != view->last + message->missed + 1;
    view->last = message->number;
    if (!chat_whole(message, &writer, &sequence) || writer >= 32) {
        view->wrong++;
        return;
    }
    /* Of one writer, in the order in which it wrote; the first has sequence 1. */
    view->wrong += sequence <= view->sequence[writer];
    view->sequence[writer] = sequence;
}

/* The last twenty must be there while everybody writes: a look finds twenty, one behind the other, unless it
 * was overtaken on the way; then it says how many went by. */
static uint64_t look_back(struct minichat *chat) {
    struct minichat_message messages[MINICHAT_MESSAGES];
    struct minichat_info info = {.size = sizeof info};
    unsigned writer;
    uint64_t sequence, wrong = 0;
    if (minichat_info(chat, &info) != 0)
        return 1;
    uint64_t before = info.last > MINICHAT_MESSAGES ? info.last - MINICHAT_MESSAGES : 0;
    ssize_t count = minichat_peek(chat, before, messages, MINICHAT_MESSAGES);
    wrong += count < (info.last > MINICHAT_MESSAGES ? 1 : (ssize_t)info.last);
    for (ssize_t i = 0; i < count; i++) {
        wrong += messages[i].number != before + messages[i].missed + 1;
        wrong += !chat_whole(&messages[i], &writer, &sequence);
        before = messages[i].number;
    }
    return wrong + (before < info.last && count < MINICHAT_MESSAGES);
}

/* ---- processes ----------------------------------------------------------------------------------------- */

static int write_all(unsigned me, uint64_t count, const volatile uint64_t *go) {
    struct minichat *chat = chat_open("board", 0, "writer");
    uint64_t last = 0, number;
    while (!*go)
        sched_yield();
    for (uint64_t sequence = 1; sequence <= count; sequence++, last = number)
        if (chat_say(chat, me, sequence, &number) != 0 || number <= last)
            return 1;
    return minichat_close(chat);
}

/* Reads until message `end`, in portions of different sizes; `way`: by wait, by looking, read-only by
 * wait. */
static int read_all(int way, uint64_t end, struct view *view) {
    struct minichat *chat = chat_open("board", way == 2 ? MINICHAT_READ_ONLY : 0, "reader");
    struct minichat_message messages[MINICHAT_MESSAGES + 3];
    view->sequence[0] = 0;
    for (size_t turn = 0; view->last < end; turn++) {
        if (way != 1 && minichat_wait(chat, -1) != 1)
            return 1;
        ssize_t count = minichat_read(chat, messages, 1 + turn % (MINICHAT_MESSAGES + 3));
        if (count < 0)
            return 2;
        for (ssize_t i = 0; i < count; i++)
            see(view, &messages[i]);
        view->wrong += minichat_dernier(chat) != view->last;
        if (turn % 16 == 0)
            view->wrong += look_back(chat);
        if (count == 0)
            sched_yield();
    }
    return minichat_close(chat);
}

static void processes(void) {
    uint64_t wrong = 0, read = 0;
    uint64_t each = soak_times(50000, 1000000), end = WRITERS * each;
    volatile uint64_t *go = shared_memory(4096);
    struct view *views = shared_memory(READERS * sizeof *views);
    pid_t writers[WRITERS], readers[READERS];
    struct minichat *watcher = chat_open("board", MINICHAT_CREATE, "watcher");
    for (int i = 0; i < READERS; i++)
        if ((readers[i] = chat_fork()) == 0)
            _exit(read_all(i, end, &views[i]));
    for (unsigned i = 0; i < WRITERS; i++)
        if ((writers[i] = chat_fork()) == 0)
            _exit(write_all(i, each, go));
    *go = 1;
    for (int i = 0; i < WRITERS; i++)
        CHECK_EQ(chat_status(writers[i]), 0, "a writer got its numbers, each above the one before");
    for (int i = 0; i < READERS; i++) {
        CHECK_EQ(chat_status(readers[i]), 0, "a reader read to the end");
        CHECK_EQ(views[i].wrong, 0,
                 "rising numbers, whole texts, each writer's in order, the last twenty there");
        CHECK_EQ(views[i].read + views[i].missed, end, "what was read and what was missed make all");
        read += views[i].read;
        wrong += views[i].wrong;
    }
    CHECK_EQ(chat_info(watcher).last, end, "no message is missing");
    CHECK_EQ(chat_last_whole(watcher, end), MINICHAT_MESSAGES, "the last twenty are whole");
    CHECK_EQ(minichat_who(watcher, NULL, 0), 1, "all have left");
    ATTACK("flat out: messages of four writers, read by three", read, wrong);
    minichat_close(watcher);
    minichat_unlink("board");
}

/* ---- threads that share a participant ------------------------------------------------------------------ */

enum { POSTING = 3, READING = 3, POSTS = 20000 };

static struct minichat *shared;
static uint64_t posted[POSTING * POSTS + 1];   /* by number: 1 + the thread that was told so */
static unsigned char got[POSTING * POSTS + 1]; /* by number: how often it was read */
static uint64_t thread_wrong, thread_missed;
static volatile int posters_done;

static void *post_in_thread(void *argument) {
    unsigned me = (unsigned)(uintptr_t)argument;
    uint64_t number = 0, last = 0;
    for (uint64_t sequence = 1; sequence <= POSTS; sequence++, last = number)
        if (chat_say(shared, me, sequence, &number) != 0 || number <= last || number > POSTING * POSTS ||
            __atomic_exchange_n(&posted[number], 1 + me, __ATOMIC_RELAXED) != 0)
            __atomic_add_fetch(&thread_wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *read_in_thread(void *argument) {
    struct minichat_message messages[7];
    unsigned writer;
    uint64_t sequence;
    (void)argument;
    for (;;) {
        int done = posters_done;
        ssize_t count = minichat_read(shared, messages, 7);
        if (count < 0)
            __atomic_add_fetch(&thread_wrong, 1, __ATOMIC_RELAXED);
        for (ssize_t i = 0; i < count; i++) {
            int whole = chat_whole(&messages[i], &writer, &sequence) && messages[i].number <= POSTING * POSTS;
            if (!whole || __atomic_add_fetch(&got[messages[i].number], 1, __ATOMIC_RELAXED) != 1)
                __atomic_add_fetch(&thread_wrong, 1, __ATOMIC_RELAXED);
            __atomic_add_fetch(&thread_missed, messages[i].missed, __ATOMIC_RELAXED);
        }
        if (count == 0 && done)
            return NULL;
        if (count == 0)
            minichat_wait(shared, 1);
    }
}

/* Changes what a post needs, while others post: the nick is never a mixture. */
static void *rename_in_thread(void *argument) {
    (void)argument;
    for (unsigned i = 0; !posters_done; i++)
        if (minichat_nick(shared, i % 2 ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "b", i % 2 ? 36 : 1) != 0)
            __atomic_add_fetch(&thread_wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *watch_names(void *argument) {
    struct minichat_person people[2];
    struct minichat_message message;
    (void)argument;
    while (!posters_done) {
        ssize_t count = minichat_who(shared, people, 2);
        size_t as = count == 1 ? strspn(people[0].nick, "a") : 0;
        int right = count == 1 && (as == 36 || strcmp(people[0].nick, "b") == 0 || people[0].nick[0] == 's');
        if (minichat_peek(shared, 0, &message, 1) == 1)
            right &=
                strspn(message.nick, "a") == 36 || strcmp(message.nick, "b") == 0 || message.nick[0] == 's';
        if (!right)
            __atomic_add_fetch(&thread_wrong, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void threads(void) {
    pthread_t posting[POSTING], reading[READING], others[2];
    shared = chat_open("board", MINICHAT_CREATE, "shared");
    int failed = pthread_create(&others[0], NULL, rename_in_thread, NULL) |
                 pthread_create(&others[1], NULL, watch_names, NULL);
    for (uintptr_t i = 0; i < READING; i++)
        failed |= pthread_create(&reading[i], NULL, read_in_thread, NULL);
    for (uintptr_t i = 0; i < POSTING; i++)
        failed |= pthread_create(&posting[i], NULL, post_in_thread, (void *)i);
    if (failed)
        tap_bail("pthread_create");
    for (int i = 0; i < POSTING; i++)
        pthread_join(posting[i], NULL);
    posters_done = 1;
    for (int i = 0; i < READING; i++)
        pthread_join(reading[i], NULL);
    pthread_join(others[0], NULL);
    pthread_join(others[1], NULL);
    uint64_t end = POSTING * POSTS, numbers = 0, read = 0;
    for (uint64_t number = 1; number <= end; number++) {
        numbers += posted[number] != 0;
        read += got[number];
    }
    /* Nothing torn, mixed, or given to two of them. */
    ATTACK("flat out: messages of threads that share a participant", read, thread_wrong);
    CHECK_EQ(numbers, end, "each number was given once");
    CHECK_EQ(read + thread_missed, end, "each message was read once, or counted as missed");
    CHECK_EQ(chat_last_whole(shared, end), MINICHAT_MESSAGES, "the last twenty are whole");
    minichat_close(shared);
    minichat_unlink("board");
}

/* ---- killed at random ---------------------------------------------------------------------------------- */

/* The newest message that was acknowledged to one: shared with it. */
struct mortal {
    volatile uint64_t number, sequence;
};

/* Posts and reads until it is killed. */
static void live(unsigned me, uint64_t sequence, struct mortal *mortal) {
    struct minichat *chat = chat_open("board", MINICHAT_FROM_NOW, "mortal");
    struct minichat_message messages[5];
    for (;; sequence++) {
        uint64_t number = 0;
        if (chat_say(chat, me, sequence, &number) != 0)
            _exit(1);
        mortal->sequence = sequence;
        mortal->number = number;
        minichat_nick(chat, sequence % 2 ? "odd" : "even", sequence % 2 ? 3 : 4);
        minichat_read(chat, messages, 5);
    }
}

static void killed_at_random(void) {
    enum { MORTALS = 3 };
    int kills = (int)soak_times(300, 100000), done = 0, wrong = 0, looks = 0;
    uint64_t random = seed();
    struct mortal *mortals = shared_memory(MORTALS * sizeof *mortals);
    pid_t pids[MORTALS] = {0};
    struct minichat *witness = chat_open("board", MINICHAT_CREATE, "witness");
    struct view view = {.last = 0};
    struct minichat_message messages[MINICHAT_MESSAGES];
    for (int kill_number = 0; kill_number < kills + MORTALS; kill_number++) {
        if (kill_number < kills && !soak_goes_on(1))
            kills = kill_number;
        unsigned me = (unsigned)kill_number % MORTALS;
        struct mortal *mortal = &mortals[me];
        if (pids[me] > 0) {
            /* When it has said something since it was born, and a little later. */
            uint64_t born = mortal->sequence, later = mixed(random, (uint64_t)kill_number) % 3000;
            while (mortal->sequence == born && waitpid(pids[me], NULL, WNOHANG) == 0)
                sched_yield();
            for (volatile uint64_t spin = later; spin; spin--)
                ;
            kill(pids[me], SIGKILL);
            done++;
            wrong += chat_status(pids[me]) != 1000 + SIGKILL;
            uint64_t acknowledged = mortal->number;
            wrong += acknowledged > chat_info(witness).last; /* what it was told is on the board, or was */
            struct minichat_person people[MORTALS + 2];
            ssize_t count = minichat_who(witness, people, MORTALS + 2);
            for (ssize_t i = 0; i < count; i++)
                wrong += people[i].pid == (uint32_t)pids[me];
            wrong += count > MORTALS + 1;
        }
        for (ssize_t count; (count = minichat_read(witness, messages, MINICHAT_MESSAGES)) != 0;) {
            if (count < 0) {
                wrong++;
                break;
            }
            for (ssize_t i = 0; i < count; i++)
                see(&view, &messages[i]);
            looks++;
        }
        wrong += look_back(witness) != 0;
        uint64_t number;
        wrong += chat_say(witness, 31, (uint64_t)kill_number + 1, &number) != 0;
        if (kill_number < kills) {
            uint64_t sequence =
                mortal->sequence + 2; /* the one before may be there without having been acknowledged */
            pids[me] = chat_fork();
            if (pids[me] == 0)
                live(me, sequence, mortal);
        }
    }
    while (minichat_read(witness, messages, 1) == 1)
        see(&view, &messages[0]);
    /* Gone from the list, what was acknowledged is on the board, all that was read was whole and in order. */
    ATTACK("killed at random: posters and readers", done, (uint64_t)wrong + view.wrong);
    if ((unsigned long long)done < soak_times(300, 100000))
        SKIP("its time was up", "a hundred thousand kills");
    CHECK_EQ(view.read + view.missed, chat_info(witness).last, "what was read and what was missed make all");
    CHECK_EQ(chat_last_whole(witness, chat_info(witness).last), MINICHAT_MESSAGES,
             "the last twenty are whole");
    CHECK_EQ(minichat_who(witness, NULL, 0), 1, "nobody is left");
    printf("# %llu messages, read in %d portions\n", (unsigned long long)view.last, looks);
    minichat_close(witness);
    minichat_unlink("board");
}

int main(void) {
    tap_directory();
    chat_alarm();
    soak_goes_on(1);
    processes();
    threads();
    killed_at_random();
    return tap_end();
}
