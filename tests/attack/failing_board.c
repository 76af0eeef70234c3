/* Each system call of minichat_* fails once, in each way in which it can: see failing.h. */
#define _GNU_SOURCE
#include "failing.h"
#include "../c/refuse.h"

enum { WITNESS = 8, OTHER = 9 };

static struct minichat *mine, *witness;
static struct minichat_message messages[MINICHAT_MESSAGES];
static struct minichat_person people[MINICHAT_SEATS];
static uint64_t said;

/* ---- what others find ---------------------------------------------------------------------------------- */

static int whole(void) {
    int wrong = 0;
    uint64_t last = chat_info(witness).last, number = 0;
    ssize_t present = minichat_who(witness, NULL, 0);
    wrong += present < 1 || present > 2;
    wrong += chat_last_whole(witness, last) != MINICHAT_MESSAGES;
    wrong += chat_say(witness, WITNESS, said++, &number) != 0 || number != last + 1;
    wrong += chat_last_whole(witness, number) != MINICHAT_MESSAGES;
    return wrong;
}

/* ---- what is done -------------------------------------------------------------------------------------- */

static int answer(int result) { return result == 0 ? 0 : errno; }

static int open_as(const char *path, unsigned flags) {
    mine = NULL;
    int error = answer(chat_try(&mine, path, flags, "mine"));
    return (error == 0) == (mine != NULL) ? error : -1;
}

static void leave(void) {
    minichat_close(mine);
    mine = NULL;
}

static void leave_and_remove(void) {
    leave();
    if (minichat_unlink("new") != 0)
        _exit(3);
}

static int create(void) { return open_as("new", MINICHAT_CREATE); }
static int create_exclusively(void) { return open_as("new", MINICHAT_CREATE | MINICHAT_EXCLUSIVE); }
static int join(void) { return open_as("board", 0); }
static int join_or_create(void) { return open_as("board", MINICHAT_CREATE); }
static int listen_in(void) { return open_as("board", MINICHAT_READ_ONLY); }

static void sit(void) { mine = chat_open("board", 0, "mine"); }
static void sit_at_the_end(void) { mine = chat_open("board", MINICHAT_FROM_NOW, "mine"); }
static void sit_and_watch(void) {
    sit();
    if (minichat_fd(mine) < 0)
        _exit(3);
}

/* Who only reads, and may not open the lock file. */
static void sit_outside(void) {
    if (chmod("board.lock", 0) != 0 || chmod("board", 0644) != 0 || chmod(".", 0755) != 0)
        _exit(3);
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        _exit(3);
    prctl(PR_SET_DUMPABLE, 1); /* for the one that looks at our descriptors */
    mine = chat_open("board", MINICHAT_READ_ONLY, NULL);
}

static void no_nameless_files(void) { refuse(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP); }
static void no_fallocate(void) { refuse(SYS_fallocate, 0, 0, EOPNOTSUPP); }
static void no_waitv(void) {
    refuse(SYS_futex_waitv, 0, 0, ENOSYS);
    sit_at_the_end();
}

static int close_it(void) {
    if (!mine)
        sit();
    int error = answer(minichat_close(mine));
    mine = NULL;
    return error;
}

static int post(void) {
    char text[MINICHAT_TEXT_MAX + 1];
    uint64_t number = 0;
    size_t length = chat_text(text, OTHER, 3);
    int error = answer(minichat_post(mine, text, length, 0, &number));
    return error == 0 && number == 0 ? -1 : error;
}

static int nick(void) { return answer(minichat_nick(mine, "again", 5)); }
static int counted(ssize_t count) { return count > 0 ? 0 : count == 0 ? -1 : errno; }
static int peek(void) { return counted(minichat_peek(mine, 0, messages, MINICHAT_MESSAGES)); }
static int who(void) { return counted(minichat_who(mine, people, MINICHAT_SEATS)); }

static int read_all(void) {
    if (minichat_seek(mine, 0) != 0)
        return errno;
    for (ssize_t count; (count = minichat_read(mine, messages, 7)) != 0;)
        if (count < 0)
            return errno;
    return 0;
}

static int wait_a_little(void) {
    int result = minichat_wait(mine, 2);
    return result < 0 ? errno : 0;
}

static int wait_for_what_is_there(void) {
    minichat_seek(mine, 0);
    int result = minichat_wait(mine, -1);
    return result < 0 ? errno : result == 1 ? 0 : -1;
}

static int descriptor(void) { return minichat_fd(mine) < 0 ? errno : 0; }
static int interrupt_it(void) { return answer(minichat_interrupt(mine)); }
static int seek(void) { return answer(minichat_seek(mine, 0)); }
static int dernier(void) { return minichat_dernier(mine) == 0 ? 0 : -1; }

static int info(void) {
    struct minichat_info about = {.size = sizeof about};
    int error = answer(minichat_info(mine, &about));
    return error == 0 && (about.last == 0 || about.present < -1) ? -1 : error;
}

static int display(void) {
    char shown[100];
    return minichat_display(shown, sizeof shown, "a\033b", 3) == 4 ? 0 : -1;
}

static int unlink_it(void) {
    if (access("new", F_OK) != 0 && errno == ENOENT) /* done again */
        minichat_close(chat_open("new", MINICHAT_CREATE, NULL));
    return answer(minichat_unlink("new"));
}

/* ---- what is there ------------------------------------------------------------------------------------- */

static void no_new_board(void) {
    unlink("new");
    unlink("new.lock");
}

static void a_new_board(void) {
    no_new_board();
    minichat_close(chat_open("new", MINICHAT_CREATE, NULL));
}

static void old_lock_file(void) {
    no_new_board();
    int fd = open("new.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        tap_bail("new.lock");
    close(fd);
}

static void open_to_all(void) {
    if (chmod("board.lock", 0600) != 0)
        tap_bail("board.lock");
}

/* Somebody sleeps, and somebody watches, as far as a poster can see. */
static void marked(void) {
    for (unsigned slot = 0; slot < MINICHAT_MESSAGES; slot++)
        word_put("board", FILE_RING(slot), word_at("board", FILE_RING(slot)) | ENTRY_MARKS);
}

int main(void) {
    static const struct operation creates[] = {
        {"open, creating", "minichat_open", NULL, create, leave_and_remove, INJECT_FILES},
        {"open, creating exclusively", "minichat_open", NULL, create_exclusively, leave_and_remove,
         INJECT_FILES},
        {"open, creating without O_TMPFILE", "minichat_open", no_nameless_files, create, leave_and_remove,
         INJECT_FILES},
        {"open, creating without fallocate", "minichat_open", no_fallocate, create, leave_and_remove,
         INJECT_FILES},
    };
    static const struct operation over_lock_file = {
        "open, creating beside a lock file", "minichat_open", NULL, create, leave_and_remove, INJECT_FILES};
    static const struct operation unlinks = {"unlink", "minichat_unlink", NULL, unlink_it, NULL,
                                             INJECT_FILES};
    static const struct operation posts = {
        "post, to one who sleeps and one who watches", "minichat_post", sit, post, NULL, INJECT_NEVER};
    static const struct operation others[] = {
        {"open, joining", "minichat_open", NULL, join, leave, 0},
        {"open, joining or creating", "minichat_open", NULL, join_or_create, leave, 0},
        {"open, to read", "minichat_open", NULL, listen_in, leave, 0},
        {"close", "minichat_close", sit, close_it, NULL, INJECT_NEVER},
        {"close, watched", "minichat_close", sit_and_watch, close_it, NULL, INJECT_NEVER},
        {"post", "minichat_post", sit, post, NULL, INJECT_NEVER},
        {"nick", "minichat_nick", sit, nick, NULL, INJECT_NEVER},
        {"read", "minichat_read", sit, read_all, NULL, INJECT_NEVER},
        {"read, watched", "minichat_read", sit_and_watch, read_all, NULL, INJECT_NEVER},
        {"peek", "minichat_peek", sit, peek, NULL, INJECT_NEVER},
        {"wait", "minichat_wait", sit_at_the_end, wait_a_little, NULL, 0},
        {"wait, on an older kernel", "minichat_wait", no_waitv, wait_a_little, NULL, 0},
        {"wait, for what is there", "minichat_wait", sit, wait_for_what_is_there, NULL, INJECT_NEVER},
        {"interrupt", "minichat_interrupt", sit, interrupt_it, NULL, INJECT_NEVER},
        {"seek", "minichat_seek", sit, seek, NULL, INJECT_NEVER},
        {"seek, watched", "minichat_seek", sit_and_watch, seek, NULL, INJECT_NEVER},
        {"dernier", "minichat_dernier", sit, dernier, NULL, INJECT_NEVER},
        {"who", "minichat_who", sit, who, NULL, 0},
        {"who, seen from outside", "minichat_who", sit_outside, who, NULL, 0},
        {"info", "minichat_info", sit, info, NULL, 0},
        {"display", "minichat_display", NULL, display, NULL, INJECT_NEVER},
    };
    static const struct operation watch = {"fd", "minichat_fd", sit, descriptor, NULL, 0};
    tap_directory();
    chat_alarm();
    failing_stage = shared_memory(sizeof *failing_stage);
    witness = chat_open("board", MINICHAT_CREATE, "witness");
    for (int i = 0; i < 2 * MINICHAT_MESSAGES; i++)
        chat_say(witness, WITNESS, said++, NULL);
    for (size_t i = 0; i < sizeof creates / sizeof *creates; i++)
        failing(&creates[i], no_new_board, whole);
    failing(&over_lock_file, old_lock_file, whole);
    failing(&unlinks, a_new_board, whole);
    no_new_board();
    failing(&posts, marked, whole);
    failing(&watch, NULL, whole);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        failing(&others[i], open_to_all, whole);
    CHECK_EQ(minichat_who(witness, NULL, 0), 1, "nobody is left");
    ATTACK("system calls failing: minichat", failing_runs, failing_violations);
    return tap_end();
}
