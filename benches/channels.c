/* One message to another process, and there and back: ours and whatever a user would pick instead. */
#include "bench.h"
#include "channel.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct channel *const all[] = {
    &channel_file,      &channel_mutex, &channel_pipe, &channel_datagram,
    &channel_seqpacket, &channel_posix, &channel_sysv,
#ifdef HAVE_BOOST
    &channel_boost,
#endif
#ifdef HAVE_ZEROMQ
    &channel_zeromq,
#endif
#ifdef HAVE_REDIS
    &channel_redis,
#endif
};
#define ALL (sizeof all / sizeof *all)

/* ---- ours, as one of them ---- */

struct board {
    struct minichat *chat;
    uint32_t seat;
};

static void *make_board(const char *directory) {
    (void)directory;
    struct board *board = calloc(1, sizeof *board);
    CHECK(board != NULL);
    board_open("channel", MINICHAT_CREATE); /* so that it is there for both; closed with the process */
    return board;
}

static void enter_board(void *made, int side) {
    (void)side;
    struct board *board = made;
    board->chat = board_open("channel", MINICHAT_FROM_NOW);
    struct minichat_info info = {.size = sizeof info};
    CHECK(minichat_info(board->chat, &info) == 0);
    board->seat = info.seat;
}

static void send_board(void *made, const void *message) {
    CHECK(minichat_post(((struct board *)made)->chat, message, CHANNEL_MESSAGE, 0, NULL) == 0);
}

static void receive_board(void *made, void *message) {
    struct board *board = made;
    static struct minichat_message got;
    do {
        CHECK(minichat_wait(board->chat, -1) == 1);
        CHECK(minichat_read(board->chat, &got, 1) == 1);
    } while (got.seat == board->seat);
    memcpy(message, got.text, CHANNEL_MESSAGE);
}

static void end_board(void *made) {
    CHECK(minichat_close(((struct board *)made)->chat) == 0);
    free(made);
}

static const struct channel channel_board = {"mapboard", make_board,    enter_board,
                                             send_board, receive_board, end_board};

/* ---- there and back; a stream ---- */

struct use {
    const struct channel *channel;
    void *made;
    struct partner *partner;
    bool stream;
};

static void enter_partner(void *state) {
    struct use *use = state;
    use->channel->enter(use->made, 1);
}

static void partner_turn(void *state, long count) {
    struct use *use = state;
    char message[CHANNEL_MESSAGE];
    memcpy(message, text, sizeof message);
    for (long i = 0; i < count; i++) {
        if (!use->stream)
            use->channel->receive(use->made, message);
        use->channel->send(use->made, message);
    }
}

static double turn(void *state, long count) {
    struct use *use = state;
    char message[CHANNEL_MESSAGE];
    memcpy(message, text, sizeof message);
    partner_go(use->partner, count);
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        if (!use->stream)
            use->channel->send(use->made, message);
        memset(message, 0, sizeof message);
        use->channel->receive(use->made, message);
    }
    double ns = (double)(now() - start);
    CHECK(memcmp(message, text, sizeof message) == 0);
    partner_done(use->partner);
    return ns;
}

static bool begin(struct use *use, const struct channel *channel, bool stream) {
    *use = (struct use){.channel = channel, .stream = stream, .made = channel->make(settings.directory)};
    if (use->made == NULL) {
        report_missing(channel->name, "it does not work here");
        return false;
    }
    /* A server's socket first, then who connects to it. */
    if (strncmp(channel->name, "ZeroMQ", 6) != 0)
        use->partner = partner_start((struct role){enter_partner, partner_turn}, use, 1);
    channel->enter(use->made, 0);
    if (use->partner == NULL)
        use->partner = partner_start((struct role){enter_partner, partner_turn}, use, 1);
    return true;
}

static void end(struct use *use) {
    partner_end(use->partner);
    use->channel->end(use->made);
}

/* ---- ours as a stream: the board holds 20, and who reads too slowly misses some ---- */

struct stream {
    struct minichat *chat;
    struct partner *partner;
    _Atomic bool *over;
    double delivered, posted;
};

static void enter_stream(void *state) {
    struct stream *stream = state;
    stream->chat = board_open("stream", MINICHAT_FROM_NOW);
}

static void post_stream(void *state, long count) {
    struct stream *stream = state;
    for (long i = 0; i < count; i++)
        CHECK(minichat_post(stream->chat, text, CHANNEL_MESSAGE, 0, NULL) == 0);
}

static double read_stream(void *state, long count) {
    struct stream *stream = state;
    static struct minichat_message messages[MINICHAT_MESSAGES];
    uint64_t start_at = minichat_dernier(stream->chat), end_at = start_at + (uint64_t)count, delivered = 0,
             missed = 0;
    partner_go(stream->partner, count);
    int64_t start = now();
    while (minichat_dernier(stream->chat) < end_at) {
        ssize_t got = minichat_read(stream->chat, messages, MINICHAT_MESSAGES);
        CHECK(got >= 0);
        for (ssize_t i = 0; i < got; i++)
            missed += messages[i].missed;
        delivered += (uint64_t)got;
    }
    double ns = (double)(now() - start);
    partner_done(stream->partner);
    CHECK(delivered + missed == (uint64_t)count && delivered > 0);
    CHECK(memcmp(messages[0].text, text, CHANNEL_MESSAGE) == 0);
    stream->delivered += (double)delivered;
    stream->posted += (double)count;
    return ns * (double)count / (double)delivered;
}

/* ---- iceoryx2, in a program of its own ---- */

static double external(void *state, long count) {
    char number[32], line[64] = "";
    snprintf(number, sizeof number, "%ld", count);
    const char *command[] = {settings.peers, state, number, NULL};
    int pair[2];
    CHECK(pipe2(pair, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[1], 1);
    go_to_any_processor(); /* it goes to the processors by itself */
    pid_t pid;
    CHECK(posix_spawn(&pid, command[0], &actions, NULL, (char *const *)(uintptr_t)command, environ) == 0);
    go_to_processor(0);
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    size_t got = 0;
    for (ssize_t more; (more = read(pair[0], line + got, sizeof line - 1 - got)) > 0;)
        got += (size_t)more;
    close(pair[0]);
    int status;
    double ns = 0;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0 && sscanf(line, "%lf", &ns) == 1 && ns > 0);
    return ns * (double)count;
}

/* Whether it is built, and works for this user: it keeps files in /tmp/iceoryx2, which may be another's. */
static bool has_iceoryx(void) {
    static int known = -1;
    if (known < 0) {
        char command[512];
        int length = snprintf(command, sizeof command, "'%s' trip 1 >/dev/null 2>&1", settings.peers);
        go_to_any_processor();
        known = length < (int)sizeof command && access(settings.peers, X_OK) == 0 && system(command) == 0;
        go_to_processor(0);
    }
    return known;
}

static void row_message(void) {
    struct stream stream = {.chat = board_open("stream", MINICHAT_CREATE | MINICHAT_FROM_NOW)};
    stream.partner = partner_start((struct role){enter_stream, post_stream}, &stream, 1);
    struct contestant contestants[16] = {{.name = "mapboard", .work = read_stream, .state = &stream}};
    int count = 1;
    if (has_iceoryx())
        contestants[count++] = (struct contestant){
            .name = "iceoryx2", .work = external, .state = "stream", .count = 200000, .ignores_noise = true};
    struct use uses[ALL];
    int used = 0;
    for (size_t i = 0; i < ALL; i++)
        if (begin(&uses[used], all[i], true)) {
            contestants[count++] = (struct contestant){
                .name = all[i]->name, .work = turn, .state = &uses[used]};
            used++;
        }
    compare((struct row){.name = "message-128", .goal = has_iceoryx() ? 0.3 : 0, .rounds = 21}, contestants,
            count);
    printf("bench: message-128 delivered %.0f %% of what was posted\n",
           100 * stream.delivered / stream.posted);
    while (used > 0)
        end(&uses[--used]);
    partner_end(stream.partner);
    CHECK(minichat_close(stream.chat) == 0);
    board_close_all("stream");
}

static void row_trip(void) {
    struct use uses[ALL + 1];
    struct contestant contestants[16];
    int used = 0, count = 0;
    for (size_t i = 0; i < ALL + 1; i++) {
        const struct channel *channel = i ? all[i - 1] : &channel_board;
        if (begin(&uses[used], channel, false))
            contestants[count++] = (struct contestant){
                .name = channel->name, .work = turn, .state = &uses[used++]};
    }
    if (has_iceoryx())
        contestants[count++] = (struct contestant){.name = "iceoryx2 (polled)",
                                                   .work = external,
                                                   .state = "trip",
                                                   .count = 20000,
                                                   .ignores_noise = true};
    compare((struct row){.name = "trip-128", .rounds = 21}, contestants, count);
    while (used > 0)
        end(&uses[--used]);
}

void rows_channels(void) {
    if (!wanted("message-128") && !wanted("trip-128"))
        return;
    if (processors() < 2) {
        report_missing("message-128, trip-128", "one processor");
        return;
    }
#ifndef HAVE_BOOST
    report_missing("Boost message_queue", "libboost-dev is not installed: make bench-deps");
#endif
#ifndef HAVE_ZEROMQ
    report_missing("ZeroMQ ipc", "libzmq3-dev is not installed: make bench-deps");
#endif
#ifndef HAVE_REDIS
    report_missing("Redis publish/subscribe",
                   "redis-server or libhiredis-dev is not installed: make bench-deps");
#endif
    if (!has_iceoryx())
        report_missing("iceoryx2", "benches/peers is not built, or does not run here: make bench-deps");
    if (wanted("message-128"))
        row_message();
    if (wanted("trip-128"))
        row_trip();
}
