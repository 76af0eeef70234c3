/*
 * Waiting: until something is new, until the time is up, until interrupted; in a thread, in many processes,
 * in an event loop, by who only reads, on a kernel without futex_waitv. And thousands of rounds in which a
 * post meets a reader that is just going to sleep: none may be overslept.
 */
#define _GNU_SOURCE
#include "chat.h"
#include "asleep.h"
#include "refuse.h"
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

static struct minichat_message messages[MINICHAT_MESSAGES];

/* ---- a thread that waits ------------------------------------------------------------------------------- */

struct waiter {
    struct minichat *chat;
    pthread_t thread;
    volatile pid_t id;
    volatile int done;
    int result, error;
};

static void *wait_for_ever(void *argument) {
    struct waiter *waiter = argument;
    waiter->id = this_thread();
    waiter->result = minichat_wait(waiter->chat, -1);
    waiter->error = errno;
    waiter->done = 1;
    return NULL;
}

/* Starts it, and comes back when it sleeps. */
static struct waiter *waiting(struct minichat *chat) {
    struct waiter *waiter = calloc(1, sizeof *waiter);
    if (!waiter)
        tap_bail("calloc");
    waiter->chat = chat;
    if (pthread_create(&waiter->thread, NULL, wait_for_ever, waiter) != 0)
        tap_bail("pthread_create");
    while (!waiter->id)
        sched_yield();
    until_asleep(getpid(), waiter->id);
    return waiter;
}

/* What its wait returned, or minus errno. */
static int result_of(struct waiter *waiter) {
    pthread_join(waiter->thread, NULL);
    int result = waiter->result == -1 ? -waiter->error : waiter->result;
    free(waiter);
    return result;
}

static void drain(struct minichat *chat) {
    while (minichat_read(chat, messages, MINICHAT_MESSAGES) > 0)
        ;
}

static void time_and_messages(void) {
    struct minichat *lea = chat_open("board", MINICHAT_CREATE, "Léa"), *ming = chat_open("board", 0, "小明");
    CHECK_QUIET(minichat_wait(ming, 0), 0, "a look: nothing");
    CHECK_QUIET(minichat_wait(ming, 5), 0, "five milliseconds: nothing");
    struct waiter *waiter = waiting(ming);
    chat_post(lea, "hello");
    CHECK_EQ(result_of(waiter), 1, "who sleeps is woken by a post");
    CHECK_QUIET(minichat_wait(ming, -1), 1, "what was not read yet is new");
    CHECK_QUIET(minichat_wait(ming, 0), 1, "also for a look");
    drain(ming);
    CHECK_QUIET(minichat_wait(ming, 0), 0, "until it is read");
    minichat_seek(ming, 0);
    CHECK_QUIET(minichat_wait(ming, -1), 1, "and again after seek");
    drain(ming);
    waiter = waiting(ming);
    chat_post(ming, "to myself");
    CHECK_EQ(result_of(waiter), 1, "one's own post wakes one's own other thread");
    drain(ming);
    struct waiter *two[2] = {waiting(ming), waiting(ming)};
    chat_post(lea, "both");
    CHECK(result_of(two[0]) == 1 && result_of(two[1]) == 1,
          "two threads of a participant wait for one message");
    drain(ming);
    struct minichat *reader = chat_open("board", MINICHAT_READ_ONLY | MINICHAT_FROM_NOW, NULL);
    waiter = waiting(reader);
    chat_post(lea, "for the reader");
    CHECK_EQ(result_of(waiter), 1, "who only reads is woken, by the net at the latest");
    minichat_close(reader);
    minichat_close(ming);
    minichat_close(lea);
}

/* ---- interrupts ---------------------------------------------------------------------------------------- */

static struct minichat *interrupted;
static volatile sig_atomic_t handled;

static void interrupt_it(int signal) {
    int error = errno;
    (void)signal;
    minichat_interrupt(interrupted);
    handled++;
    errno = error;
}

static void only_count(int signal) {
    (void)signal;
    handled++;
}

static void handle(void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGUSR1, &action, NULL);
    handled = 0;
}

static void interrupts(void) {
    struct minichat *lea = chat_open("board", 0, "Léa"),
                    *ming = chat_open("board", MINICHAT_FROM_NOW, "小明");
    interrupted = ming;
    minichat_interrupt(ming);
    CHECK_ERRNO(minichat_wait(ming, -1), -1, EINTR, "an interrupt that came before the wait ends it");
    CHECK_QUIET(minichat_wait(ming, 2), 0, "but not the next");
    minichat_interrupt(ming);
    minichat_interrupt(ming);
    CHECK_ERRNO(minichat_wait(ming, 0), -1, EINTR, "two of them end one, even if it only looks");
    CHECK_QUIET(minichat_wait(ming, 2), 0, "but not the next");
    struct waiter *waiter = waiting(ming);
    minichat_interrupt(ming);
    CHECK_EQ(result_of(waiter), -EINTR, "another thread interrupts a sleep");
    CHECK_QUIET(minichat_wait(ming, 2), 0, "one sleep");
    minichat_interrupt(lea);
    waiter = waiting(ming);
    chat_post(lea, "hello");
    CHECK_EQ(result_of(waiter), 1, "an interrupt of somebody else is not mine");
    CHECK_ERRNO(minichat_wait(lea, 0), 1, 0, "who has something to read gets it first");
    drain(lea);
    CHECK_ERRNO(minichat_wait(lea, -1), -1, EINTR, "and then the interrupt");
    drain(ming);
    struct waiter *two[2] = {waiting(ming), waiting(ming)};
    minichat_interrupt(ming);
    while (!two[0]->done && !two[1]->done)
        sched_yield();
    chat_post(lea, "for the other");
    int one = result_of(two[0]), other = result_of(two[1]);
    CHECK(one == -EINTR || other == -EINTR, "of two threads at least one is interrupted");
    drain(ming);
    minichat_wait(ming, 0);

    static const struct {
        void (*handler)(int);
        int flags, result;
        const char *name;
    } handlers[] = {
        {interrupt_it, 0, -EINTR, "interrupted from a signal handler"},
        {interrupt_it, SA_RESTART, -EINTR, "interrupted from a signal handler with SA_RESTART"},
        {only_count, 0, -EINTR, "ended by a signal handler"},
        {only_count, SA_RESTART, 1, "goes on after a signal handler with SA_RESTART"},
    };
    for (size_t i = 0; i < 4; i++) {
        handle(handlers[i].handler, handlers[i].flags);
        waiter = waiting(ming);
        pthread_kill(waiter->thread, SIGUSR1);
        while (!handled)
            sched_yield();
        if (handlers[i].result == 1)
            chat_post(lea, "hello");
        CHECK_EQ(result_of(waiter), handlers[i].result, handlers[i].name);
        drain(ming);
        CHECK_QUIET(minichat_wait(ming, 2), 0, "%s: the next wait is not", handlers[i].name);
    }
    handle(interrupt_it, 0);
    raise(SIGUSR1);
    CHECK_ERRNO(minichat_wait(ming, -1), -1, EINTR, "a handler that ran before the wait ends it");
    minichat_close(ming);
    minichat_close(lea);
}

/* Signals at any instant, each of which interrupts: none is lost, and none counts twice. */
static void interrupt_race(void) {
    struct minichat *ming = chat_open("board", MINICHAT_FROM_NOW, "小明");
    interrupted = ming;
    handle(interrupt_it, 0);
    uint64_t first = seed();
    int rounds = 2000, ended = 0, *ready = shared_memory(4096);
    pid_t parent = getpid(), child = chat_fork();
    if (child == 0) {
        for (int i = 1; i <= rounds; i++) {
            while (__atomic_load_n(ready, __ATOMIC_ACQUIRE) < i)
                sched_yield();
            for (volatile uint64_t spin = mixed(first, (uint64_t)i) % 20000; spin; spin--)
                ;
            kill(parent, SIGUSR1);
        }
        _exit(0);
    }
    for (int i = 1; i <= rounds; i++) {
        __atomic_store_n(ready, i, __ATOMIC_RELEASE);
        ended += minichat_wait(ming, -1) == -1 && errno == EINTR && handled == i;
    }
    ATTACK("sleep: interrupts of a wait", rounds, rounds - ended); /* each ends the wait that it meets */
    CHECK_EQ(chat_status(child), 0, "all were sent");
    CHECK_QUIET(minichat_wait(ming, 2), 0, "none is left over");
    minichat_close(ming);
}

/* ---- many processes ------------------------------------------------------------------------------------ */

static void all_woken(void) {
    enum { SLEEPERS = 8, ROUNDS = 25 };
    struct minichat *lea = chat_open("board", 0, "Léa");
    volatile int *rounds = shared_memory(4096);
    pid_t sleepers[SLEEPERS];
    for (int i = 0; i < SLEEPERS; i++)
        if ((sleepers[i] = chat_fork()) == 0) {
            unsigned flags = MINICHAT_FROM_NOW | (i == 0 ? MINICHAT_READ_ONLY : 0);
            struct minichat *chat = chat_open("board", flags, "sleeper");
            for (int round = 1; round <= ROUNDS; round++) {
                rounds[i] = round;
                if (minichat_wait(chat, -1) != 1 || minichat_read(chat, messages, 2) != 1)
                    _exit(1);
            }
            _exit(0);
        }
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < SLEEPERS; i++) {
            while (rounds[i] < round)
                sched_yield();
            until_asleep(sleepers[i], sleepers[i]);
        }
        chat_post(lea, "wake up");
    }
    int woken = 0;
    for (int i = 0; i < SLEEPERS; i++)
        woken += chat_status(sleepers[i]) == 0;
    CHECK_EQ(woken, SLEEPERS, "each post wakes all who sleep, in whatever process");
    minichat_close(lea);
}

/* ---- a post meets who is going to sleep ---------------------------------------------------------------- */

struct table {
    volatile long long posted; /* when the last post returned */
    int overslept; /* waits that went on for half a second after it: saved by the net of one second */
    int here;
};

/* Posts and waits in turn; each waits a moment before it posts, so that the post comes as the other goes
 * to sleep. */
static int player(int first, int rounds, int with_poll, uint64_t random, struct table *table) {
    struct minichat *chat = chat_open("board", MINICHAT_FROM_NOW, first ? "ping" : "pong");
    struct pollfd fd = {.events = POLLIN};
    if (with_poll)
        fd.fd = minichat_fd(chat);
    uint64_t base = chat_info(chat).last, seen = 0; /* nobody posts before both are here */
    __atomic_add_fetch(&table->here, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&table->here, __ATOMIC_SEQ_CST) < 2)
        sched_yield();
    for (int i = 0; i < 2 * rounds; i++) {
        int mine = i % 2 != first;
        if (mine) {
            for (volatile uint64_t spin = mixed(random, (uint64_t)i) % 8000; spin; spin--)
                ;
            if (chat_say(chat, (unsigned)first, (unsigned)i, NULL) != 0)
                return 1;
            table->posted = nanoseconds();
        }
        while (seen < base + (uint64_t)i + 1) {
            long long before = queued();
            if ((with_poll ? poll(&fd, 1, -1) : minichat_wait(chat, -1)) != 1)
                return 2;
            long long late = nanoseconds() - table->posted - (queued() - before);
            ssize_t count;
            while ((count = minichat_read(chat, messages, 1)) == 1)
                seen = messages[0].number;
            if (count < 0)
                return 3;
            if (!mine && seen == base + (uint64_t)i + 1 && late > 500000000)
                __atomic_add_fetch(&table->overslept, 1, __ATOMIC_SEQ_CST);
        }
    }
    minichat_close(chat);
    return 0;
}

static void play(int rounds, int with_poll) {
    struct table *table = shared_memory(4096);
    table->posted = nanoseconds();
    uint64_t random = seed();
    pid_t other = chat_fork();
    if (other == 0)
        _exit(player(0, rounds, with_poll, random, table));
    int result = player(1, rounds, with_poll, random + 1, table);
    CHECK_EQ(result, 0, with_poll ? "ping, by poll" : "ping");
    if (result != 0)
        kill(other, SIGKILL);
    CHECK_EQ(chat_status(other), 0, with_poll ? "pong, by poll" : "pong");
    /* No wake-up was lost: the net saved none. */
    ATTACK(with_poll ? "sleep: posts that meet who is about to poll"
                     : "sleep: posts that meet who is about to wait",
           2 * rounds, table->overslept);
}

/* ---- event loops --------------------------------------------------------------------------------------- */

static void descriptors(void) {
    struct minichat *lea = chat_open("board", 0, "Léa");
    for (int i = 0; i < 2; i++) {
        const char *who = i ? "one who only reads" : "a participant";
        struct minichat *chat = chat_open("board", MINICHAT_FROM_NOW | (i ? MINICHAT_READ_ONLY : 0), NULL);
        int fd = minichat_fd(chat), loop = epoll_create1(EPOLL_CLOEXEC);
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = 7}}, got = {0};
        CHECK(fd >= 0 && minichat_fd(chat) == fd, "%s: a descriptor, always the same", who);
        CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC, "%s: closed by exec", who);
        if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) != 0)
            tap_bail("epoll_ctl");
        if (i == 0)
            CHECK_EQ(poll(&poller, 1, 0), 0, "quiet");
        for (int round = 0; round < (i ? 1 : 3); round++) {
            for (int j = 0; j < 3; j++)
                chat_post(lea, "hello");
            CHECK(poll(&poller, 1, -1) == 1 && poller.revents == POLLIN, "%s: readable after a post", who);
            CHECK(epoll_wait(loop, &got, 1, -1) == 1 && got.data.u32 == 7, "%s: in an epoll too", who);
            CHECK_EQ(minichat_read(chat, messages, 2), 2, "two of three are read");
            CHECK_EQ(poll(&poller, 1, -1), 1, "it is still readable");
            CHECK_EQ(minichat_read(chat, messages, 1), 1, "the third is read");
            CHECK_EQ(poll(&poller, 1, -1), 1, "readable until a read finds nothing");
            CHECK_EQ(minichat_read(chat, messages, 1), 0, "nothing is left");
            if (i == 0) /* of who only reads the timer tells, once a second */
                CHECK_EQ(poll(&poller, 1, 0), 0, "quiet again");
        }
        minichat_seek(chat, chat_info(chat).last - 1);
        CHECK_EQ(poll(&poller, 1, -1), 1, "seek makes it readable");
        CHECK_EQ(minichat_read(chat, messages, 5), 1, "the message is read again");
        if (i == 0) {
            CHECK_EQ(poll(&poller, 1, 0), 0, "a read that finds fewer than it has room for makes it quiet");
            CHECK_EQ(minichat_wait(chat, 0), 0, "waiting works beside it");
            chat_post(chat, "to myself");
            CHECK_EQ(poll(&poller, 1, -1), 1, "one's own post makes it readable");
            drain(chat);
        }
        close(loop);
        minichat_close(chat);
        CHECK_ERRNO(fcntl(fd, F_GETFD), -1, EBADF, "close closes it");
    }
    minichat_close(lea);
}

/* ---- an older kernel ----------------------------------------------------------------------------------- */

static int without_waitv(void) {
    refuse(SYS_futex_waitv, 0, 0, ENOSYS);
    struct minichat *lea = chat_open("board", 0, "Léa"),
                    *ming = chat_open("board", MINICHAT_FROM_NOW, "小明");
    if (minichat_wait(ming, 3) != 0)
        return 1;
    for (int i = 0; i < 20; i++) {
        struct waiter *waiter = waiting(ming);
        chat_post(lea, "hello");
        if (result_of(waiter) != 1)
            return 2;
        drain(ming);
    }
    struct waiter *waiter = waiting(ming);
    minichat_interrupt(ming);
    return result_of(waiter) == -EINTR && minichat_wait(ming, 0) == 0 ? 0 : 3;
}

int main(void) {
    tap_directory();
    alarm(120);
    time_and_messages();
    interrupts();
    interrupt_race();
    all_woken();
    descriptors();
    pid_t child = chat_fork();
    if (child == 0)
        _exit(without_waitv());
    CHECK_EQ(chat_status(child), 0, "without futex_waitv: woken, and interrupted");
    play(10000, 0);
    play(3000, 1);
    return tap_end();
}
