/*
 * minichat on a terminal: how it is left (a key, a signal, a hang-up), stopped and continued, and that the terminal is
 * then as it was; a full board; a board that is cut. With readline and without.
 */
#define _GNU_SOURCE /* memmem, posix_openpt */
#include <mapboard.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include "tap.h"

static const char *program, *build;

struct terminal {
    int fd;
    pid_t pid;
    struct termios before;
    char seen[65536]; /* since the last expect() */
    size_t length;
};

/* In the child: the terminal's other end becomes its terminal, and the program starts. */
static _Noreturn void run(int fd, const char *const arguments[]) {
    const char *argv[8] = {program};
    for (int i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    setsid();
    if (ioctl(fd, TIOCSCTTY, 0) == 0 && dup2(fd, 0) == 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2)
        execv(program, (char *const *)argv);
    _exit(127);
}

static struct terminal *start(const char *const arguments[]) {
    struct terminal *terminal = calloc(1, sizeof *terminal);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other = -1;
    if (terminal && fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0)
        other = open(ptsname(fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other < 0 || ioctl(fd, TIOCSWINSZ, &size) != 0 || tcgetattr(fd, &terminal->before) != 0)
        tap_bail("a terminal");
    terminal->fd = fd;
    terminal->pid = fork();
    if (terminal->pid == 0)
        run(other, arguments);
    close(other);
    return terminal;
}

/* Reads until the text is on the terminal; the runner's time limit is the bound. */
static int expect(struct terminal *terminal, const char *text) {
    for (;;) {
        char *found = memmem(terminal->seen, terminal->length, text, strlen(text));
        if (found) {
            found += strlen(text);
            terminal->length -= (size_t)(found - terminal->seen);
            memmove(terminal->seen, found, terminal->length);
            return 1;
        }
        size_t room = sizeof terminal->seen - terminal->length;
        ssize_t got = read(terminal->fd, terminal->seen + terminal->length, room);
        if (got <= 0) /* EIO: the program has left its terminal */
            return 0;
        terminal->length += (size_t)got;
    }
}

static void type(struct terminal *terminal, const char *keys) {
    if (write(terminal->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        tap_bail("typing");
}

static int canonical(const struct terminal *terminal) {
    struct termios now;
    return tcgetattr(terminal->fd, &now) == 0 && (now.c_lflag & ICANON) && (now.c_lflag & ECHO);
}

/* The exit code of the program; 1000 and more: a signal. */
static int end(struct terminal *terminal) {
    int status;
    waitpid(terminal->pid, &status, 0);
    close(terminal->fd);
    free(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static struct terminal *join(void) {
    static const char *const arguments[] = {"board", "Léa", NULL};
    struct terminal *terminal = start(arguments);
    expect(terminal, "Léa> ");
    return terminal;
}

/* ---- the ways to leave ---- */

static void leave(const char *name, const char *keys, int number) {
    struct terminal *terminal = join();
    type(terminal, "half a line");
    CHECK(expect(terminal, "half a line"), "%s, %s: what is typed is shown", build, name);
    CHECK(!canonical(terminal), "%s, %s: by the program, not by the terminal", build, name);
    if (number)
        kill(terminal->pid, number);
    else
        type(terminal, keys);
    CHECK(expect(terminal, "goodbye"), "%s, %s: goodbye", build, name);
    char rest;
    while (read(terminal->fd, &rest, 1) > 0)
        ;
    struct termios after;
    int known = tcgetattr(terminal->fd, &after);
    CHECK(known == 0 && after.c_lflag == terminal->before.c_lflag && after.c_iflag == terminal->before.c_iflag &&
              after.c_oflag == terminal->before.c_oflag,
          "%s, %s: the terminal is as it was", build, name);
    CHECK_EQ(end(terminal), 0, "the exit code");
}

static void hang_up(void) {
    struct terminal *terminal = join();
    pid_t pid = terminal->pid;
    int status;
    close(terminal->fd); /* as a window that is closed */
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status) || WIFSIGNALED(status), "%s: it ends when its terminal is closed", build);
    free(terminal);
}

/* ---- ^Z and back ---- */

static void stop_and_continue(void) {
    struct terminal *terminal = join();
    int status;
    type(terminal, "kept 中文");
    expect(terminal, "kept 中文");
    kill(terminal->pid, SIGTSTP);
    waitpid(terminal->pid, &status, WUNTRACED);
    CHECK(WIFSTOPPED(status), "%s: ^Z stops it", build);
    CHECK(canonical(terminal), "%s: and gives the terminal back", build);
    struct minichat *chat;
    if (minichat_open(&chat, "board", NULL) != 0 || minichat_post(chat, "meanwhile", 9, 0, NULL) != 0)
        tap_bail("board");
    minichat_close(chat);
    kill(terminal->pid, SIGCONT);
    CHECK(expect(terminal, "kept 中文"), "%s: continued, the line is there again", build);
    CHECK(expect(terminal, "meanwhile"), "%s: and what was said meanwhile", build);
    CHECK(!canonical(terminal), "%s: the terminal is the program's again", build);
    type(terminal, " sent\n");
    CHECK(expect(terminal, "<Léa> kept 中文 sent"), "%s: the line can be sent", build);
    type(terminal, "/quit\n");
    CHECK(expect(terminal, "goodbye"), "%s: /quit", build);
    CHECK_EQ(end(terminal), 0, "the exit code");
}

/* ---- boards that go wrong ---- */

static void full(void) {
    static const char *const arguments[] = {"crowded", "Léa", NULL};
    struct minichat *chats[MINICHAT_SEATS];
    for (int i = 0; i < MINICHAT_SEATS; i++)
        if (minichat_open(&chats[i], "crowded", NULL) != 0)
            tap_bail("seat %d", i);
    struct terminal *terminal = start(arguments);
    CHECK(expect(terminal, "All 64 seats are taken"), "%s: a full board is told", build);
    CHECK(expect(terminal, "(read only)> "), "%s: one may read", build);
    minichat_post(chats[0], "still heard", 11, 0, NULL);
    CHECK(expect(terminal, "still heard"), "%s: and does", build);
    type(terminal, "can I talk?\n");
    CHECK(expect(terminal, "Nothing was posted"), "%s: but not write", build);
    type(terminal, "\004");
    CHECK(expect(terminal, "goodbye"), "%s: ^D", build);
    CHECK_EQ(end(terminal), 0, "the exit code");
    char command[4096];
    snprintf(command, sizeof command, "'%s' crowded --post x 2>said; test $? = 1 && grep -q 'all 64 seats' said",
             program);
    CHECK_EQ(system(command), 0, "a script is told so, too");
    for (int i = 0; i < MINICHAT_SEATS; i++)
        minichat_close(chats[i]);
}

static void read_only(void) {
    static const char *const arguments[] = {"board", "--read-only", NULL};
    struct terminal *terminal = start(arguments);
    CHECK(expect(terminal, "minichat: board: there is no such board"), "%s: --read-only creates no board", build);
    CHECK_EQ(end(terminal), 1, "the exit code");
    CHECK(access("board", F_OK) != 0 && access("board.lock", F_OK) != 0, "%s: indeed", build);
    struct minichat *chat;
    if (minichat_open(&chat, "board", NULL) != 0 || minichat_post(chat, "hello", 5, 0, NULL) != 0)
        tap_bail("board");
    terminal = start(arguments);
    CHECK(expect(terminal, "hello") && expect(terminal, "(read only)> "), "%s: it reads", build);
    struct minichat_info info = {.size = sizeof info};
    CHECK(minichat_info(chat, &info) == 0 && info.present == 1, "%s: and takes no seat", build);
    type(terminal, "/nick Zoé\n");
    CHECK(expect(terminal, "Nothing was posted"), "%s: nor has it a name", build);
    type(terminal, "/last 1\n");
    CHECK(expect(terminal, "hello"), "%s: /last works", build);
    type(terminal, "\004");
    CHECK(expect(terminal, "goodbye"), "%s: ^D", build);
    CHECK_EQ(end(terminal), 0, "the exit code");
    minichat_close(chat);
    minichat_unlink("board");
}

static void cut(void) {
    struct terminal *terminal = join();
    if (truncate("board", 0) != 0)
        tap_bail("truncate");
    CHECK(expect(terminal, "minichat: board: "), "%s: a board that is cut is told", build);
    CHECK(expect(terminal, "goodbye"), "%s: and left", build);
    int status = end(terminal);
    CHECK(status == 1 || status == 3, "%s: with an exit code (%d)", build, status);
    unlink("board");
    unlink("board.lock");
}

static void all_of(const char *path, const char *name) {
    program = path;
    build = name;
    if (!path || access(path, X_OK) != 0) {
        SKIP("MB_MINICHAT or MB_MINICHAT_PLAIN names no program", "%s", name);
        return;
    }
    leave("^D on an empty line", "\025\004", 0);
    leave("^C", "\003", 0);
    leave("/quit", "\025/quit\n", 0);
    leave("SIGTERM", NULL, SIGTERM);
    leave("SIGHUP", NULL, SIGHUP);
    hang_up();
    stop_and_continue();
    full();
    cut();
    read_only();
}

int main(void) {
    char *with = getenv("MB_MINICHAT"), *without = getenv("MB_MINICHAT_PLAIN");
    setenv("MAPBOARD_LANG", "en", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    setenv("INPUTRC", "/dev/null", 1);
    setenv("XDG_STATE_HOME", "/dev/null", 1); /* where one stopped reading: kept nowhere */
    tap_directory();
    all_of(with, "with readline");
    all_of(without, "without");
    return tap_end();
}
