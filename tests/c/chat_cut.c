/* Somebody cuts the board's file, while everybody uses it: every call answers ESTALE, nobody crashes. */
#define _GNU_SOURCE
#include <mapboard.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "tap.h"

static struct minichat *open_board(const char *path, unsigned flags) {
    struct minichat_options options = {.size = sizeof options, .flags = flags, .nick = "Léa"};
    struct minichat *chat;
    if (minichat_open(&chat, path, &options) != 0)
        tap_bail("minichat_open");
    return chat;
}

static void *wait_for_ever(void *chat) {
    int result = minichat_wait(chat, -1);
    return (void *)(intptr_t)(result == -1 ? errno : result);
}

static uint64_t cuts; /* calls on what was cut */

/* All calls on a board that was cut to `size`. */
static void all_calls(off_t size) {
    char name[64];
    snprintf(name, sizeof name, "board-%lld", (long long)size);
    struct minichat *chat = open_board(name, MINICHAT_CREATE), *reader = open_board(name, MINICHAT_READ_ONLY);
    struct minichat *waiter = open_board(name, 0);
    for (int i = 0; i < 30; i++)
        minichat_post(chat, "text", 4, 0, NULL);
    struct minichat_message messages[20];
    struct minichat_person people[4];
    struct minichat_info info = {.size = sizeof info};
    minichat_read(chat, messages, 20);
    minichat_read(reader, messages, 20);
    while (minichat_read(waiter, messages, 20) > 0)
        ;
    int fd = minichat_fd(chat);
    pthread_t thread;
    if (fd < 0 || pthread_create(&thread, NULL, wait_for_ever, waiter) != 0)
        tap_bail("thread");
    if (truncate(name, size) != 0)
        tap_bail("truncate");
    printf("# the file has %lld bytes\n", (long long)size);
    /* The ring ends at byte 1920: where it is left, it says truly that nothing is new. */
    int gone = size < 1920;
    CHECK_ERRNO(minichat_read(chat, messages, 20), gone ? -1 : 0, gone ? ESTALE : 0, "read");
    CHECK_ERRNO(minichat_read(reader, messages, 20), gone ? -1 : 0, gone ? ESTALE : 0,
                "read by one who only reads");
    CHECK_ERRNO(minichat_peek(chat, 0, messages, 20), -1, ESTALE, "peek");
    CHECK_ERRNO(minichat_post(chat, "text", 4, 0, NULL), -1, ESTALE, "post");
    CHECK_ERRNO(minichat_who(chat, people, 4), -1, ESTALE, "who");
    CHECK_ERRNO(minichat_seek(chat, 1), -1, ESTALE, "seek");
    CHECK(minichat_wait(chat, 2000) == 1 || errno == ESTALE, "wait says that there is something, or ESTALE");
    minichat_info(chat, &info);
    minichat_nick(chat, "N", 1);
    void *result;
    pthread_join(thread, &result);
    CHECK(result == (void *)1 || result == (void *)(intptr_t)ESTALE, "who slept is woken, by the net");
    struct minichat *another;
    CHECK_ERRNO(minichat_open(&another, name, NULL), -1, size == 0 ? EMEDIUMTYPE : EBADMSG,
                "nobody can join");
    cuts += 14;
    struct stat stat_board;
    CHECK(stat(name, &stat_board) == 0 && stat_board.st_size == size, "the file is as it was cut");
    CHECK(minichat_close(chat) == 0 && minichat_close(reader) == 0 && minichat_close(waiter) == 0, "close");
}

static uint64_t others;

/* How many calls answered what they must not, on a board whose file is not what it was: success, or one of
 * two errors. */
static int strange(struct minichat *chat) {
    struct minichat_message messages[20];
    struct minichat_person people[4];
    struct minichat_info info = {.size = sizeof info};
    long results[] = {0, 0, 0, 0, 0, 0, 0, 0};
    int errors[8], strange = 0, i = 0;
    results[i] = minichat_peek(chat, 0, messages, 20), errors[i++] = errno;
    results[i] = minichat_read(chat, messages, 20), errors[i++] = errno;
    results[i] = minichat_post(chat, "text", 4, 0, NULL), errors[i++] = errno;
    results[i] = minichat_who(chat, people, 4), errors[i++] = errno;
    results[i] = minichat_seek(chat, 1), errors[i++] = errno;
    results[i] = minichat_wait(chat, 0), errors[i++] = errno;
    results[i] = minichat_info(chat, &info), errors[i++] = errno;
    results[i] = minichat_nick(chat, "N", 1), errors[i++] = errno;
    while (i-- > 0)
        strange += results[i] < 0 && errors[i] != EBADMSG && errors[i] != ESTALE;
    others += 8;
    return strange;
}

/* Two participants of a board with messages. */
static void two(const char *name, struct minichat *both[2]) {
    for (int i = 0; i < 2; i++)
        both[i] = open_board(name, MINICHAT_CREATE);
    for (int i = 0; i < 30; i++)
        minichat_post(both[0], "text", 4, 0, NULL);
}

static void grown_punched_replaced(void) {
    struct minichat *both[2], *another = NULL;
    struct minichat_message message;
    struct minichat_info info = {.size = sizeof info}, other = {.size = sizeof other};
    int wrong = 0;
    /* Longer: who is there goes on, nobody joins. */
    two("grown", both);
    int fd = open("grown", O_RDWR | O_CLOEXEC);
    struct stat whole;
    if (fd < 0 || fstat(fd, &whole) != 0)
        tap_bail("grown");
    for (off_t more = 1; more < 1 << 30; more *= 8) {
        if (ftruncate(fd, whole.st_size + more) != 0)
            tap_bail("ftruncate");
        wrong += strange(both[0]) || minichat_post(both[0], "text", 4, 0, NULL) != 0;
        wrong += minichat_open(&another, "grown", NULL) != -1 || errno != EBADMSG;
    }
    if (ftruncate(fd, whole.st_size) != 0)
        tap_bail("ftruncate");
    wrong += minichat_open(&another, "grown", NULL) != 0 || minichat_close(another) != 0;
    close(fd);
    minichat_close(both[0]);
    minichat_close(both[1]);
    ATTACK("hostile file: calls while it is grown", others, wrong);

    /* Holes of a page each, and then of all: zeros are spoiled messages, no crash. */
    others = 0, wrong = 0;
    two("punched", both);
    fd = open("punched", O_RDWR | O_CLOEXEC);
    int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096) == 0;
    for (off_t at = whole.st_size - 4096; punched && at >= 0; at -= 4096) {
        if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 4096) != 0)
            tap_bail("fallocate");
        wrong += strange(both[0]) + strange(both[1]);
    }
    if (punched) {
        wrong += minichat_open(&another, "punched", NULL) != -1 || errno != EBADMSG;
        ATTACK("hostile file: calls while holes are punched", others, wrong);
    } else
        SKIP("no holes on this file system", "punched");
    close(fd);
    minichat_close(both[0]);
    minichat_close(both[1]);

    /* Another board in its place: who is there stays on theirs, who comes is on the other. */
    others = 0, wrong = 0;
    two("replaced", both);
    struct minichat *new[2];
    two("new", new);
    if (rename("new", "replaced") != 0 || rename("new.lock", "replaced.lock") != 0)
        tap_bail("rename");
    wrong += strange(both[0]) + strange(both[1]) + strange(new[0]) + strange(new[1]);
    wrong += minichat_post(both[0], "old", 3, 0, NULL) != 0 || minichat_seek(both[1], 30) != 0;
    wrong += minichat_read(both[1], &message, 1) != 1;
    wrong += minichat_info(both[0], &info) != 0 || minichat_who(both[0], NULL, 0) != 2;
    wrong += minichat_open(&another, "replaced", NULL) != 0 || minichat_info(another, &other) != 0;
    wrong += other.board_id == info.board_id || other.present != 3;
    minichat_close(another);
    for (int i = 0; i < 2; i++) {
        minichat_close(both[i]);
        minichat_close(new[i]);
    }
    wrong += minichat_unlink("replaced") != 0;
    ATTACK("hostile file: calls while it is replaced", others, wrong);
}

int main(void) {
    tap_directory();
    for (size_t i = 0; i < 4; i++)
        all_calls((off_t[]){0, 100, 4096, 20000}[i]);
    ATTACK("hostile file: calls on one that was cut", cuts, tap_failed);
    grown_punched_replaced();

    /* Without the handler it is SIGBUS, as for any mapping. */
    minichat_close(open_board("unguarded", MINICHAT_CREATE));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct minichat *own = open_board("unguarded", MINICHAT_NO_HANDLER);
        struct minichat_message message;
        if (truncate("unguarded", 0) != 0)
            _exit(1);
        minichat_read(own, &message, 1);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS,
          "MINICHAT_NO_HANDLER: SIGBUS");
    return tap_end();
}
