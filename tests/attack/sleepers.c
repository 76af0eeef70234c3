/*
 * Going to sleep while somebody posts, millions of times: no wake-up is lost. A wait that is not woken goes
 * on until the net of one second catches it, and that is what is counted as a violation here: each wait that
 * lasts for half a second longer than it takes until the post has returned.
 *
 * A player may use one processor only, so it does not spin before it sleeps, and a kernel that does not yield
 * to others keeps it from looking around for long. Before it posts it waits for a time by chance, so long on
 * the average that most of the others' waits come to a sleep, and many are just about to. A round counts if
 * the kernel has put the player to sleep in it (a voluntary context switch).
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/resource.h>
#include "../c/asleep.h"
#include "../c/chat.h"
#include "../c/refuse.h"
#include "soak.h"

enum { MOST = 8, CHECKPOINT = 256 };
#define HALF_A_SECOND 500000000LL

/* What the players of a board share. */
struct table {
    volatile long long posted;      /* when the last post returned */
    volatile uint64_t end;          /* the round after which all leave */
    volatile uint64_t sleeps[MOST]; /* of each player */
    volatile uint64_t read[MOST];   /* how many rounds each has seen the end of */
    volatile uint64_t delay;        /* how long one waits before one posts, at most */
    uint64_t netted;                /* waits that only the net has ended */
    uint64_t reader_woken, reader_netted, reader_late; /* of who only reads; late: later than the net */
    int here;
};

struct game {
    const char *board;
    int players, posters; /* all wait for each message; the first of them post in turn */
    int reader;           /* a player more, who only reads; his sleeps are not counted */
    int with_poll;
    uint64_t wanted; /* sleeps */
    double share;    /* of the program's time, at the end */
    struct table *table;
};

static uint64_t slept(void) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

/* Stays on the processor number `which` of those that it may use. */
static void settle(int which) {
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    which %= CPU_COUNT(&all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all) && which-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            sched_setaffinity(0, sizeof one, &one);
        }
}

static uint64_t sleeps_of_all(const struct game *game) {
    uint64_t sum = 0;
    for (int i = 0; i < game->players; i++)
        sum += game->table->sleeps[i];
    return sum;
}

/* Until all others have read the last message: the next would wake who had overslept it. */
static void until_read(const struct game *game, uint64_t round) {
    for (int i = 0; i < game->players + game->reader; i++)
        while (game->table->read[i] < round)
            __asm__ volatile("" ::: "memory");
}

/* Plays: in each round one posts, all wait until they have read it. */
static int play(const struct game *game, int me, int processor, uint64_t random) {
    struct table *table = game->table;
    int reads_only = me == game->players;
    settle(processor);
    refuse(SYS_sched_yield, 0, 0, 0); /* it answers 0, and does nothing */
    struct minichat *chat =
        chat_open(game->board, MINICHAT_FROM_NOW | (reads_only ? MINICHAT_READ_ONLY : 0), NULL);
    struct minichat_message message;
    struct pollfd poller = {.events = POLLIN, .fd = game->with_poll ? minichat_fd(chat) : -1};
    uint64_t seen = chat_info(chat).last, base = seen; /* nobody posts before all are here */
    __atomic_add_fetch(&table->here, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&table->here, __ATOMIC_SEQ_CST) < game->players + game->reader)
        ;
    uint64_t sleeps = slept(), sleeps_before = 0;
    long long queue = queued();
    for (uint64_t round = 0; round <= table->end; round++) {
        int mine = round % (uint64_t)game->posters == (uint64_t)me;
        if (mine) {
            until_read(game, round);
            for (volatile uint64_t spin = mixed(random, round) % table->delay; spin; spin--)
                ;
            if (round % CHECKPOINT < (uint64_t)game->posters &&
                (!soak_goes_on(game->share) || sleeps_of_all(game) >= game->wanted || table->netted > 20))
                table->end = round;
            if (chat_say(chat, (unsigned)me, round, NULL) != 0)
                return 1;
            table->posted = nanoseconds();
        }
        while (seen < base + round + 1) {
            ssize_t count;
            int result = game->with_poll ? poll(&poller, 1, -1) : minichat_wait(chat, -1);
            if (result != 1 && errno != EINTR)
                return 2;
            while ((count = minichat_read(chat, &message, 1)) == 1)
                seen = message.number;
            if (count < 0)
                return 3;
            long long late = mine || seen != base + round + 1 ? 0 : nanoseconds() - table->posted;
            if (late > HALF_A_SECOND)
                late -= queued() - queue;
            if (!reads_only)
                __atomic_add_fetch(&table->netted, late > HALF_A_SECOND, __ATOMIC_SEQ_CST);
            else if (seen == base + round + 1) {
                table->reader_woken++;
                table->reader_netted += late > HALF_A_SECOND;
                table->reader_late += late > 5 * HALF_A_SECOND;
            }
        }
        table->read[me] = round + 1;
        if (round % CHECKPOINT == 0) {
            queue = queued();
            uint64_t now = slept() - sleeps;
            if (!reads_only) {
                table->sleeps[me] = now;
                /* Of the last one: three of four waits are to sleep. */
                int posts = me < game->posters;
                uint64_t waits = CHECKPOINT - (posts ? CHECKPOINT / (uint64_t)game->posters : 0);
                if (me == game->players - 1 && round)
                    table->delay = now - sleeps_before < waits * 3 / 4 ? table->delay * 9 / 8 + 1
                                                                       : table->delay * 15 / 16 + 20;
                if (table->delay > 20000)
                    table->delay = 20000;
                sleeps_before = now;
            }
        }
    }
    if (!reads_only)
        table->sleeps[me] = slept() - sleeps;
    minichat_close(chat);
    return 0;
}

/* A game; how often its players have slept. */
static uint64_t play_all(struct game *game, uint64_t random) {
    pid_t children[MOST + 1];
    int players = game->players + game->reader, wrong = 0;
    game->table = shared_memory(sizeof *game->table);
    game->table->end = UINT64_MAX;
    game->table->delay = 1000;
    game->table->posted = nanoseconds();
    minichat_close(chat_open(game->board, MINICHAT_CREATE, NULL));
    for (int me = 0; me < players; me++)
        if ((children[me] = chat_fork()) == 0)
            _exit(play(game, me, game->posters == 1 ? me > 0 : me, random + (uint64_t)me));
    for (int me = 0; me < players; me++)
        wrong += chat_status(children[me]) != 0;
    CHECK_EQ(wrong, 0, "all have played to the end");
    uint64_t sleeps = sleeps_of_all(game);
    printf("# %s: %llu sleeps, %llu rounds, a delay of up to %llu\n", game->board, (unsigned long long)sleeps,
           (unsigned long long)game->table->end + 1, (unsigned long long)game->table->delay);
    minichat_unlink(game->board);
    return sleeps;
}

int main(void) {
    tap_directory();
    alarm(soak_seconds() > 0 ? (unsigned)soak_seconds() + 60 : 120);
    soak_goes_on(1);
    uint64_t random = seed();

    /* Two in turn; one to whom seven listen. */
    struct game pair = {
        .board = "pair", .players = 2, .posters = 2, .wanted = soak_times(10000, 2000000), .share = 0.3};
    struct game crowd = {
        .board = "crowd", .players = 8, .posters = 1, .wanted = soak_times(20000, 8000000), .share = 0.8};
    uint64_t sleeps = play_all(&pair, random) + play_all(&crowd, random);
    ATTACK("sleep: waits that slept and were woken", sleeps, pair.table->netted + crowd.table->netted);
    if (soak_seconds() > 0 && sleeps < 10000000)
        SKIP("its time was up", "ten million sleeps");
    struct game polled = {.board = "polled", .players = 2, .posters = 2, .with_poll = 1,
                          .wanted = soak_times(3000, 500000), .share = 0.95};
    sleeps = play_all(&polled, random);
    ATTACK("sleep: polls that slept and were woken", sleeps, polled.table->netted);

    /* Who only reads cannot say that it sleeps: it is woken with the others, or by the net. */
    struct game beside = {.board = "reader", .players = 2, .posters = 2, .reader = 1,
                          .wanted = soak_times(12, 100000), .share = 1};
    play_all(&beside, random);
    ATTACK("sleep: messages to one who only reads", beside.table->reader_woken, beside.table->reader_late);
    printf("# attack %llu 0 sleep: of these, read when the net of 1 s came\n",
           (unsigned long long)beside.table->reader_netted);
    return tap_end();
}
