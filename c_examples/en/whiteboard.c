/*
 * The slide's fourth example, the “minichat” as a whiteboard: one shared file with the last 20 messages,
 * mapped by everybody; no server.
 *
 *   whiteboard [BOARD [NICK]]
 *
 * Each line typed appears at everybody's. `dernier`, as the slide calls it, is the number of the last message
 * seen; the handle remembers it. ^D leaves. The complete program is c_examples/minichat.c.
 */
#include <mapboard.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(1);
}

static void show_new(struct minichat *chat) {
    struct minichat_message message;
    char text[4 * MINICHAT_TEXT_MAX + 1];
    ssize_t got;

    while ((got = minichat_read(chat, &message, 1)) == 1) {
        if (message.missed > 0)
            printf("(%" PRIu64 " messages missed)\n", message.missed);
        /* Somebody else wrote the text: minichat_display disarms what would command the terminal. */
        minichat_display(text, sizeof text, message.text, message.text_length);
        printf("%" PRIu64 " %s: %s\n", message.number, message.nick, text);
    }
    if (got == -1)
        fail("minichat_read");
    fflush(stdout);
}

/* Posts a line that was typed; 0 at the end of the input. */
static int post_a_line(struct minichat *chat) {
    static char *line;
    static size_t room;

    if (getline(&line, &room, stdin) == -1)
        return 0;
    size_t length = strcspn(line, "\n");
    if (length > 0 && minichat_post(chat, line, length, 0, NULL) == -1)
        perror("not posted"); /* too long, or not UTF-8 */
    return 1;
}

int main(int argc, char *argv[]) {
    const char *path = argc > 1 ? argv[1] : "board";
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE, .nick = argc > 2 ? argv[2] : "nobody"};
    struct minichat *chat;

    if (minichat_open(&chat, path, &options) == -1)
        fail(path);
    setvbuf(stdin, NULL, _IONBF, 0); /* so that getline keeps no line that poll does not see */

    struct pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = minichat_fd(chat), .events = POLLIN}};
    do
        show_new(chat);
    while (poll(watched, 2, -1) > 0 && (watched[0].revents == 0 || post_a_line(chat)));
    show_new(chat);
    return minichat_close(chat) != 0;
}
