/* Somebody cuts the board's file, while everybody uses it: every call answers ESTALE, nobody crashes. */
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
    CHECK_ERRNO(minichat_read(reader, messages, 20), gone ? -1 : 0, gone ? ESTALE : 0, "read by one who only reads");
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
    CHECK_ERRNO(minichat_open(&another, name, NULL), -1, size == 0 ? EMEDIUMTYPE : EBADMSG, "nobody can join");
    struct stat stat_board;
    CHECK(stat(name, &stat_board) == 0 && stat_board.st_size == size, "the file is as it was cut");
    CHECK(minichat_close(chat) == 0 && minichat_close(reader) == 0 && minichat_close(waiter) == 0, "close");
}

int main(void) {
    tap_directory();
    for (size_t i = 0; i < 4; i++)
        all_calls((off_t[]){0, 100, 4096, 20000}[i]);

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
