/*
 * “minichat”白板：一个共享文件保存最近 20 条消息，每个参与者都映射它，不需要服务器。
 *
 *   whiteboard [白板文件 [昵称]]
 *
 * 输入的每一行，大家都能看到。课件里的变量 dernier 是“看过的最后一条消息的编号”，由句柄记住。按 ^D 离开。
 * 完整的程序是 c_examples/minichat.c。
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
            printf("（错过了 %" PRIu64 " 条消息）\n", message.missed);
        /* 文字是别人写的：minichat_display 使其中能控制终端的字符失效。 */
        minichat_display(text, sizeof text, message.text, message.text_length);
        printf("%" PRIu64 " %s：%s\n", message.number, message.nick, text);
    }
    if (got == -1)
        fail("minichat_read");
    fflush(stdout);
}

/* 发送输入的一行；输入结束时返回 0。 */
static int post_a_line(struct minichat *chat) {
    static char *line;
    static size_t room;

    if (getline(&line, &room, stdin) == -1)
        return 0;
    size_t length = strcspn(line, "\n");
    if (length > 0 && minichat_post(chat, line, length, 0, NULL) == -1)
        perror("没有发出"); /* 太长，或者不是 UTF-8 */
    return 1;
}

int main(int argc, char *argv[]) {
    const char *path = argc > 1 ? argv[1] : "board";
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE, .nick = argc > 2 ? argv[2] : "无名"};
    struct minichat *chat;

    if (minichat_open(&chat, path, &options) == -1)
        fail(path);
    setvbuf(stdin, NULL, _IONBF, 0); /* 这样 getline 不会留下 poll 看不到的行 */

    struct pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = minichat_fd(chat), .events = POLLIN}};
    do
        show_new(chat);
    while (poll(watched, 2, -1) > 0 && (watched[0].revents == 0 || post_a_line(chat)));
    show_new(chat);
    return minichat_close(chat) != 0;
}
