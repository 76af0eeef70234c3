/* The whiteboard against the limits. */
#include "bench.h"

#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

char text[MINICHAT_TEXT_MAX + 1];

const char *board_path(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", settings.directory, name);
    return path;
}

struct minichat *board_open(const char *name, unsigned flags) {
    struct minichat *chat;
    struct minichat_options options = {.size = sizeof options, .flags = flags, .nick = "Ada"};
    CHECK(minichat_open(&chat, board_path(name), &options) == 0);
    return chat;
}

void board_close_all(const char *name) { CHECK(minichat_unlink(board_path(name)) == 0); }

static uint64_t last_number(struct minichat *chat) {
    struct minichat_info info = {.size = sizeof info};
    CHECK(minichat_info(chat, &info) == 0);
    return info.last;
}

/* ---- posting, with nobody else ---- */

struct post {
    struct minichat *chat;
    size_t length;
};

static double post(void *state, long count) {
    struct post *post = state;
    uint64_t before = last_number(post->chat), number = 0;
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_post(post->chat, text, post->length, 0, &number) == 0);
    double ns = (double)(now() - start);
    CHECK(number == before + (uint64_t)count && last_number(post->chat) == number);
    return ns;
}

static double read_nothing(void *state, long count) {
    struct minichat *chat = state;
    struct minichat_message message;
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_read(chat, &message, 1) == 0);
    return (double)(now() - start);
}

static double load_once(void *state, long count) {
    _Atomic uint64_t *word = state;
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(atomic_load_explicit(word, memory_order_acquire) != UINT64_MAX);
    return (double)(now() - start);
}

/* One thread posts and reads what it posted. */
static double post_and_read(void *state, long count) {
    struct post *post = state;
    struct minichat_message message;
    CHECK(minichat_seek(post->chat, last_number(post->chat)) == 0);
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        CHECK(minichat_post(post->chat, text, post->length, 0, NULL) == 0);
        CHECK(minichat_read(post->chat, &message, 1) == 1);
    }
    double ns = (double)(now() - start);
    CHECK(message.text_length == post->length && memcmp(message.text, text, post->length) == 0);
    return ns;
}

/* A process that any system call but exit kills. */
static long system_calls_of_a_post(struct minichat *chat) {
    (void)chat;
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct minichat *mine = board_open("board", MINICHAT_FROM_NOW);
        struct minichat_message message;
        struct sock_filter only_exit[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        };
        struct sock_fprog filter = {.len = 4, .filter = only_exit};
        CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
        CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
        int wrong = 0;
        for (int i = 0; i < 1000; i++) {
            wrong |= minichat_post(mine, text, TEXT, 0, NULL) != 0;
            wrong |= minichat_read(mine, &message, 1) != 1;
            wrong |= minichat_read(mine, &message, 1) != 0;
            wrong |= minichat_wait(mine, 0) != 0;
        }
        _exit(wrong);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void rows_alone(void) {
    struct minichat *chat = board_open("board", MINICHAT_CREATE);
    static size_t lengths[] = {TEXT, MINICHAT_TEXT_MAX};
    static const char *names[] = {"post-128", "post-800"};
    for (int i = 0; i < 2; i++) {
        struct post state = {chat, lengths[i]};
        if (wanted(names[i]))
            compare((struct row){.name = names[i], .goal = i ? 1.0 : 1.5},
                    (struct contestant[]){
                        {.name = "minichat_post", .work = post, .state = &state},
                        {.name = "CAS + xchg + memcpy", .work = cas_xchg_memcpy, .state = &lengths[i]}},
                    2);
    }
    if (wanted("post-read-128"))
        compare((struct row){.name = "post-read-128"},
                (struct contestant[]){
                    {.name = "minichat_post + minichat_read",
                     .work = post_and_read,
                     .state = &(struct post){chat, TEXT}},
                    {.name = "CAS + xchg + memcpy", .work = cas_xchg_memcpy, .state = &lengths[0]}},
                2);
    if (wanted("post-system-calls"))
        report_count("post-system-calls", system_calls_of_a_post(chat), 0);
    if (wanted("nothing-new")) {
        struct minichat_message message[MINICHAT_MESSAGES];
        while (minichat_read(chat, message, MINICHAT_MESSAGES) > 0)
            ;
        compare((struct row){.name = "nothing-new", .limit = 2.5},
                (struct contestant[]){{.name = "minichat_read", .work = read_nothing, .state = chat},
                                      {.name = "one load", .work = load_once, .state = shared_memory(4096)}},
                2);
    }
    CHECK(minichat_close(chat) == 0);
    board_close_all("board");
}

/* ---- round trips ---- */

enum how { POLLED, DEFAULT, ASLEEP };

struct trip {
    struct partner *partner;
    struct minichat *chat;
    enum how how;
    int processor;
    const char *board;
    struct {
        _Atomic int64_t sent, woken;
    } *shared;
};

/* The next message of the other; one's own is read too. */
static void receive(struct trip *trip, uint32_t *seat) {
    static struct minichat_message message;
    for (;;) {
        if (trip->how != POLLED)
            CHECK(minichat_wait(trip->chat, -1) == 1);
        ssize_t got = minichat_read(trip->chat, &message, 1);
        CHECK(got >= 0);
        if (got == 1 && message.seat != *seat) {
            CHECK(message.missed == 0 && message.text_length == TEXT);
            return;
        }
    }
}

static uint32_t own_seat(struct minichat *chat) {
    struct minichat_info info = {.size = sizeof info};
    CHECK(minichat_info(chat, &info) == 0);
    return info.seat;
}

static void settle(struct trip *trip) {
    if (trip->how == ASLEEP)
        trip->processor ? pause_spinning(60000) : pause_sleeping(60000);
}

static void enter(void *state) {
    struct trip *trip = state;
    trip->chat = board_open(trip->board, MINICHAT_FROM_NOW);
}

static void answer(void *state, long count) {
    struct trip *trip = state;
    uint32_t seat = own_seat(trip->chat);
    for (long i = 0; i < count; i++) {
        receive(trip, &seat);
        if (trip->how == ASLEEP) {
            trip->shared->woken += now() - trip->shared->sent;
            settle(trip);
            trip->shared->sent = now();
        }
        CHECK(minichat_post(trip->chat, text, TEXT, 0, NULL) == 0);
    }
}

static double ask(void *state, long count) {
    struct trip *trip = state;
    uint32_t seat = own_seat(trip->chat);
    trip->shared->woken = 0;
    partner_go(trip->partner, count);
    int64_t start = now(), woken = 0;
    for (long i = 0; i < count; i++) {
        if (trip->how == ASLEEP) {
            settle(trip);
            trip->shared->sent = now();
        }
        CHECK(minichat_post(trip->chat, text, TEXT, 0, NULL) == 0);
        receive(trip, &seat);
        if (trip->how == ASLEEP)
            woken += now() - trip->shared->sent;
    }
    int64_t all = now() - start;
    partner_done(trip->partner);
    return (double)(trip->how == ASLEEP ? woken + trip->shared->woken : all);
}

static void trip_row(const char *name, enum how how, int processor, struct contestant limit, double goal) {
    struct trip trip = {.how = how, .processor = processor, .board = "trip", .shared = shared_memory(4096)};
    trip.chat = board_open("trip", MINICHAT_CREATE);
    trip.partner = partner_start((struct role){enter, answer}, &trip, processor);
    if (processor == 0)
        partner_ignore_noise(trip.partner);
    struct contestant ours = {.name = how == POLLED ? "minichat, polled" : "minichat_wait",
                              .work = ask,
                              .state = &trip,
                              .count = how == ASLEEP ? 10 : 0,
                              .ignores_noise = processor == 0};
    compare((struct row){.name = name, .goal = goal}, (struct contestant[]){ours, limit}, 2);
    partner_end(trip.partner);
    CHECK(minichat_close(trip.chat) == 0);
    board_close_all("trip");
}

static void rows_trips(void) {
    bool two = processors() > 1;
    if (wanted("trip-polled"))
        two ? trip_row("trip-polled", POLLED, 1, limit_line(), 2.5)
            : report_missing("trip-polled", "one processor");
    if (wanted("trip-asleep-two-cores"))
        two ? trip_row("trip-asleep-two-cores", ASLEEP, 1, limit_futex(1, true), 1.05)
            : report_missing("trip-asleep-two-cores", "one processor");
    if (wanted("trip-asleep-one-core"))
        trip_row("trip-asleep-one-core", ASLEEP, 0, limit_futex(0, true), 1.05);
    if (wanted("trip-wait-two-cores"))
        two ? trip_row("trip-wait-two-cores", DEFAULT, 1, limit_line(), 3)
            : report_missing("trip-wait-two-cores", "one processor");
    if (wanted("trip-wait-one-core"))
        trip_row("trip-wait-one-core", DEFAULT, 0, limit_futex(0, false), 1.05);
}

/* How much of a processor a waiting participant uses, in parts of a thousand. */
static void row_idle(void) {
    struct minichat *chat = board_open("idle", MINICHAT_CREATE | MINICHAT_FROM_NOW);
    struct rusage before, after;
    CHECK(getrusage(RUSAGE_THREAD, &before) == 0);
    CHECK(minichat_wait(chat, 2500) == 0);
    CHECK(getrusage(RUSAGE_THREAD, &after) == 0);
    long used =
        (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) *
            1000000L +
        after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
    report_count("idle-processor-permille", used / 2500, 0);
    CHECK(minichat_close(chat) == 0);
    board_close_all("idle");
}

/* ---- readers, writers ---- */

struct crowd {
    struct post post;
    struct partner *readers[8];
    int count;
    _Atomic bool *over;
};

static void enter_reader(void *state) {
    struct crowd *crowd = state;
    crowd->post.chat = board_open("crowd", MINICHAT_FROM_NOW);
}

static void poll_until_over(void *state, long count) {
    (void)count;
    struct crowd *crowd = state;
    static struct minichat_message messages[MINICHAT_MESSAGES];
    while (!atomic_load_explicit(crowd->over, memory_order_acquire)) {
        for (int i = 0; i < 16; i++)
            CHECK(minichat_read(crowd->post.chat, messages, MINICHAT_MESSAGES) >= 0);
        sched_yield(); /* there are more readers than processors */
    }
}

static double post_to_crowd(void *state, long count) {
    struct crowd *crowd = state;
    *crowd->over = false;
    for (int i = 0; i < crowd->count; i++)
        partner_go(crowd->readers[i], 1);
    double ns = post(&crowd->post, count);
    *crowd->over = true;
    for (int i = 0; i < crowd->count; i++)
        partner_done(crowd->readers[i]);
    return ns;
}

static void row_readers(int readers, const char *name, double goal) {
    struct crowd crowd = {.post = {board_open("crowd", MINICHAT_CREATE), TEXT}, .over = shared_memory(4096)};
    for (crowd.count = 0; crowd.count < readers; crowd.count++) {
        int i = crowd.count;
        crowd.readers[i] = partner_start((struct role){enter_reader, poll_until_over}, &crowd,
                                         1 + i % (processors() - 1));
        partner_ignore_noise(crowd.readers[i]); /* they displace each other */
    }
    compare((struct row){.name = name, .goal = goal},
            (struct contestant[]){{.name = "post, readers awake", .work = post_to_crowd, .state = &crowd},
                                  {.name = "post, alone", .work = post, .state = &crowd.post}},
            2);
    for (int i = 0; i < crowd.count; i++)
        partner_end(crowd.readers[i]);
    CHECK(minichat_close(crowd.post.chat) == 0);
    board_close_all("crowd");
}

/* Two writers, each post timed. */
#define TIMED 2000
struct rival {
    struct minichat *chat;
    struct partner *partner;
    _Atomic bool *over;
    double share;
};

static void enter_rival(void *state) {
    struct rival *rival = state;
    rival->chat = board_open("rival", MINICHAT_FROM_NOW);
}

static void post_until_over(void *state, long count) {
    (void)count;
    struct rival *rival = state;
    while (!atomic_load_explicit(rival->over, memory_order_acquire))
        CHECK(minichat_post(rival->chat, text, TEXT, 0, NULL) == 0);
}

static int by_time(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static double post_against(void *state, long count) {
    struct rival *rival = state;
    static int64_t times[TIMED];
    CHECK(count == TIMED);
    *rival->over = false;
    partner_go(rival->partner, 1);
    uint64_t before = last_number(rival->chat);
    for (int i = 0; i < TIMED; i++) {
        int64_t start = now();
        CHECK(minichat_post(rival->chat, text, TEXT, 0, NULL) == 0);
        times[i] = now() - start;
    }
    if (last_number(rival->chat) == before + TIMED)
        disturbed(); /* the other never came to post */
    *rival->over = true;
    partner_done(rival->partner);
    qsort(times, TIMED, sizeof *times, by_time);
    return (double)times[(int)(rival->share * (TIMED - 1))];
}

static void rows_rivals(void) {
    struct rival rival = {.chat = board_open("rival", MINICHAT_CREATE), .over = shared_memory(4096)};
    rival.partner = partner_start((struct role){enter_rival, post_until_over}, &rival, 1);
    static const struct {
        const char *name;
        double share, limit;
    } rows[] = {{"two-writers-p99", 0.99, 1000}, {"two-writers-median", 0.5, 0}};
    for (int i = 0; i < 2; i++) {
        rival.share = rows[i].share;
        if (wanted(rows[i].name))
            compare((struct row){.name = rows[i].name, .limit = rows[i].limit},
                    &(struct contestant){.name = "minichat_post",
                                         .work = post_against,
                                         .state = &rival,
                                         .count = TIMED,
                                         .per_turn = 1},
                    1);
    }
    partner_end(rival.partner);
    CHECK(minichat_close(rival.chat) == 0);
    board_close_all("rival");
}

/* ---- joining ---- */

static double join(void *state, long count) {
    const char *name = state;
    double ns = 0;
    for (long i = 0; i < count; i++) {
        int64_t start = now();
        struct minichat *chat = board_open(name, 0);
        ns += (double)(now() - start);
        CHECK(minichat_close(chat) == 0);
    }
    return ns;
}

static long entries(const char *path) {
    DIR *directory = opendir(path);
    CHECK(directory != NULL);
    long count = -3; /* ".", "..", and the directory's own descriptor */
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void rows_resources(void) {
    long files = entries(settings.directory), descriptors = entries("/proc/self/fd"),
         threads = entries("/proc/self/task");
    struct minichat *chat = board_open("count", MINICHAT_CREATE);
    report_count("board-files", entries(settings.directory) - files, 2);
    report_count("board-threads", entries("/proc/self/task") - threads, 0);
    report_count("board-descriptors", entries("/proc/self/fd") - descriptors, 2);
    CHECK(minichat_fd(chat) >= 0);
    report_count("board-descriptors-with-fd", entries("/proc/self/fd") - descriptors, 5);
    CHECK(minichat_close(chat) == 0);
    report_count("board-descriptors-left", entries("/proc/self/fd") - descriptors, 0);
    board_close_all("count");
}

void rows_board(void) {
    rows_alone();
    rows_trips();
    if (wanted("idle-processor-permille"))
        row_idle();
    if (processors() > 1) {
        if (wanted("post-1-reader"))
            row_readers(1, "post-1-reader", 0);
        if (wanted("post-8-readers"))
            row_readers(8, "post-8-readers", 5);
        if (wanted("two-writers-p99") || wanted("two-writers-median"))
            rows_rivals();
    } else
        report_missing("post-8-readers, two-writers", "one processor");
    if (wanted("join")) {
        struct minichat *other = board_open("join", MINICHAT_CREATE);
        compare((struct row){.name = "join", .limit = 20000},
                &(struct contestant){.name = "minichat_open", .work = join, .state = "join"}, 1);
        CHECK(minichat_close(other) == 0);
        board_close_all("join");
    }
    if (wanted("board-"))
        rows_resources();
}
