/*
 * The program around a participant does the worst it may: it closes what it does not know and uses the numbers again, sets
 * limits, looks elsewhere in another thread, has the board's name removed; and others hold the file's lock in the kernel.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include "asleep.h"
#include "chat.h"

static struct minichat_message messages[MINICHAT_MESSAGES];

/* Whether poll() says that there is something, and it is one message. */
static int rung(struct minichat *chat) {
    struct pollfd poller = {.fd = minichat_fd(chat), .events = POLLIN};
    return poll(&poller, 1, 60000) == 1 && minichat_read(chat, messages, MINICHAT_MESSAGES) == 1;
}

/* Reads until the descriptor is quiet. */
static int quiet(struct minichat *chat) {
    struct pollfd poller = {.fd = minichat_fd(chat), .events = POLLIN};
    while (minichat_read(chat, messages, MINICHAT_MESSAGES) > 0 || poll(&poller, 1, 0) == 1) {
    }
    return poller.fd;
}

/* ---- limits ---------------------------------------------------------------------------------------------- */

static int post_under_a_limit(void) {
    struct minichat *poster = chat_open("board", 0, "poster");
    struct rlimit small = {100, 100};
    if (setrlimit(RLIMIT_FSIZE, &small) != 0)
        return 1;
    return minichat_post(poster, "text", 4, 0, NULL) == 0 ? 0 : 2;
}

static void limits(void) {
    struct minichat *watcher = chat_open("board", MINICHAT_CREATE, "watcher");
    quiet(watcher);
    pid_t child = chat_fork();
    if (child == 0)
        _exit(post_under_a_limit());
    CHECK_EQ(chat_status(child), 0, "RLIMIT_FSIZE is no matter to a post that rings");
    CHECK(rung(watcher), "and who polls is rung for");
    minichat_close(watcher);
}

/* ---- somebody writes to the file, from memory that never comes --------------------------------------------- */

/* Memory whose first touch waits for ever; NULL: not to be had. */
static void *memory_that_never_comes(size_t length) {
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
    struct uffdio_api api = {.api = UFFD_API};
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = {{(uintptr_t)memory, length}, UFFDIO_REGISTER_MODE_MISSING, 0};
    if (fd < 0 || memory == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &range) != 0)
        return NULL;
    return memory;
}

static void written_to(void) {
    int ready[2], done[2];
    char byte;
    if (pipe2(ready, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0)
        tap_bail("pipe");
    struct minichat *watcher = chat_open("board", 0, "watcher");
    quiet(watcher);
    pid_t writer = chat_fork();
    if (writer == 0) {
        int fd = open("board", O_WRONLY | O_CLOEXEC);
        void *memory = memory_that_never_comes(4096);
        if (!memory || write(ready[1], "", 1) != 1)
            _exit(1);
        _exit(pwrite(fd, memory, 4096, 4096) < 0);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) {
        SKIP("userfaultfd(2) is not to be had", "a write to the board that holds its lock in the kernel");
        waitpid(writer, NULL, 0);
        minichat_close(watcher);
        return;
    }
    until_asleep(writer, writer);
    pid_t poster = chat_fork();
    if (poster == 0) {
        struct minichat *chat = chat_open("board", 0, "poster");
        _exit(minichat_post(chat, "text", 4, 0, NULL) != 0 || write(done[1], "", 1) != 1);
    }
    struct pollfd poller = {.fd = done[0], .events = POLLIN};
    CHECK_EQ(poll(&poller, 1, 60000), 1, "a post does not wait for somebody who writes to the file");
    CHECK(rung(watcher), "and who polls is rung for");
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    CHECK_EQ(chat_status(poster), 0, "the poster ends");
    minichat_close(watcher);
}

/* ---- descriptors closed and used again --------------------------------------------------------------------- */

/* Closes all but the standard ones, and gives each number to a file of the program's own. */
static int take_all_numbers(int used[64]) {
    int highest = fcntl(0, F_DUPFD_CLOEXEC, 3), count = 0;
    for (int fd = 3; fd <= highest + 16; fd++)
        close(fd);
    while (count < 64) {
        used[count] = open("own", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (used[count++] > highest + 8)
            return count;
    }
    return count;
}

static int closed_program(int says, int told) {
    int used[64], keep = 100;
    struct minichat *chat = chat_open("board", 0, "careless");
    struct minichat_person people[64];
    char byte;
    if (minichat_fd(chat) < 0 || minichat_post(chat, "before", 6, 0, NULL) != 0 || dup2(says, keep) != keep ||
        dup2(told, keep + 1) != keep + 1)
        return 1;
    int count = take_all_numbers(used);
    if (write(keep, "", 1) != 1 || read(keep + 1, &byte, 1) != 1) /* somebody else sits down */
        return 2;
    int wrong = 0;
    for (int i = 0; i < 3; i++)
        wrong |= !(minichat_post(chat, "after", 5, 0, NULL) == -1 && errno == ESTALE);
    wrong |= (minichat_nick(chat, "other", 5) == -1 && errno == ESTALE) ? 0 : 2;
    wrong |= (minichat_who(chat, people, 64) == -1 && errno == ESTALE) ? 0 : 4;
    wrong |= minichat_close(chat) == 0 ? 0 : 8;
    for (int i = 0; i < count; i++) {
        struct stat stat;
        wrong |= fstat(used[i], &stat) == 0 && stat.st_size == 0 ? 0 : 16;
    }
    return wrong ? 100 + wrong : 0;
}

static void closed(void) {
    int says[2], told[2];
    char byte;
    struct minichat_info info = {.size = sizeof info};
    if (pipe2(says, O_CLOEXEC) != 0 || pipe2(told, O_CLOEXEC) != 0)
        tap_bail("pipe");
    struct minichat *watcher = chat_open("board", 0, "watcher");
    pid_t careless = chat_fork();
    if (careless == 0)
        _exit(closed_program(says[1], told[0]));
    if (read(says[0], &byte, 1) != 1)
        tap_bail("the program that closes all ended: %d", chat_status(careless));
    struct minichat *successor = chat_open("board", 0, "successor");
    uint64_t last = chat_info(successor).last;
    if (write(told[1], "", 1) != 1)
        tap_bail("write");
    CHECK_EQ(chat_status(careless), 0, "who has lost its descriptors is told, and its own files are as they were");
    CHECK(minichat_info(successor, &info) == 0 && info.last == last, "it posted nothing in the seat of its successor");
    CHECK(chat_post(successor, "here") == last + 1 && minichat_who(watcher, NULL, 0) == 2, "who goes on undisturbed");
    minichat_close(successor);
    minichat_close(watcher);
    unlink("own");
}

/* ---- another thread, and the board's name -------------------------------------------------------------------- */

struct waiter {
    struct minichat *chat;
    pid_t id;
    volatile int ready;
    int result, error;
};

static void *wait_in_thread(void *argument) {
    struct waiter *waiter = argument;
    waiter->id = this_thread();
    waiter->ready = 1;
    waiter->result = minichat_wait(waiter->chat, -1);
    waiter->error = errno;
    return NULL;
}

static pthread_t wait_for_it(struct waiter *waiter) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_in_thread, waiter) != 0)
        tap_bail("pthread_create");
    while (!waiter->ready)
        sched_yield();
    until_asleep(getpid(), waiter->id);
    return thread;
}

static void sought(void) {
    struct minichat *chat = chat_open("board", MINICHAT_FROM_NOW, "reader");
    uint64_t last = chat_post(chat, "text");
    minichat_seek(chat, last);
    struct waiter waiter = {.chat = chat};
    pthread_t thread = wait_for_it(&waiter);
    minichat_seek(chat, last - 1);
    pthread_join(thread, NULL);
    CHECK_EQ(waiter.result, 1, "who waits sees that another thread went back");
    minichat_close(chat);
}

static void nameless(void) {
    struct minichat *poster = chat_open("gone", MINICHAT_CREATE, "poster"),
                    *reader = chat_open("gone", MINICHAT_READ_ONLY, NULL),
                    *poller = chat_open("gone", MINICHAT_READ_ONLY, NULL);
    chat_post(poster, "text");
    minichat_read(reader, messages, MINICHAT_MESSAGES);
    struct pollfd fd = {.fd = quiet(poller), .events = POLLIN};
    struct waiter waiter = {.chat = reader};
    pthread_t thread = wait_for_it(&waiter);
    unlink("gone");
    unlink("gone.lock");
    pthread_join(thread, NULL);
    CHECK(waiter.result == -1 && waiter.error == ESTALE, "who waits on a board without a name is told");
    ssize_t got;
    do {
        if (poll(&fd, 1, 60000) != 1)
            tap_bail("poll");
    } while ((got = minichat_read(poller, messages, MINICHAT_MESSAGES)) >= 0);
    CHECK(got == -1 && errno == ESTALE, "who polls");
    int posted;
    while ((posted = minichat_post(poster, "text", 4, 0, NULL)) == 0)
        sched_yield();
    CHECK(posted == -1 && errno == ESTALE, "and who posts, within the second of the net");
    minichat_close(poller);
    minichat_close(reader);
    minichat_close(poster);
}

static void leased(void) {
    minichat_close(chat_open("leased", MINICHAT_CREATE, "owner"));
    int fd = open("leased", O_RDONLY | O_CLOEXEC), break_lease = 0;
    signal(SIGIO, SIG_IGN);
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        SKIP("the file system has none", "a lease on the board");
    else {
        break_lease = chat_open_error("leased", 0);
        CHECK_EQ(break_lease, EAGAIN, "a lease on the board is EAGAIN, until its owner gives it up");
        fcntl(fd, F_SETLEASE, F_UNLCK);
        CHECK_EQ(chat_open_error("leased", 0), 0, "then it opens");
    }
    close(fd);
    minichat_unlink("leased");
}

int main(void) {
    tap_directory();
    chat_alarm();
    limits();
    written_to();
    closed();
    sought();
    nameless();
    leased();
    minichat_unlink("board");
    return tap_end();
}
