/*
 * Who is present: named, hidden, only reading; 64 seats and no more; a seat is free as soon as its
 * participant closes, ends, is killed or calls exec; and nobody is shown under the name of a predecessor.
 */
#define _GNU_SOURCE
#include "chat.h"

static struct minichat_person people[MINICHAT_SEATS + 6];

/* The entry of a seat in the list that `chat` sees, or NULL. */
static const struct minichat_person *seated(struct minichat *chat, uint32_t seat) {
    ssize_t count = minichat_who(chat, people, MINICHAT_SEATS);
    for (ssize_t i = 0; i < count; i++)
        if (people[i].seat == seat)
            return &people[i];
    return NULL;
}

static int is_named(struct minichat *chat, uint32_t seat, const char *nick) {
    const struct minichat_person *person = seated(chat, seat);
    return person && strcmp(person->nick, nick) == 0 && person->nick_length == strlen(nick);
}

static void names(void) {
    struct timespec now;
    struct minichat *lea = chat_open("board", MINICHAT_CREATE, "Léa"), *ming = chat_open("board", 0, "小明");
    struct minichat *other = chat_open("board", 0, "Léa"), *nobody = chat_open("board", 0, NULL);
    clock_gettime(CLOCK_REALTIME, &now);
    memset(people, 0x55, sizeof people);
    CHECK_EQ(minichat_who(lea, people, MINICHAT_SEATS), 4, "four are present");
    CHECK(people[0].seat == 1 && people[1].seat == 2 && people[2].seat == 3 && people[3].seat == 4,
          "listed by seat");
    CHECK(strcmp(people[0].nick, "Léa") == 0 && strcmp(people[2].nick, "Léa") == 0,
          "two bear the same nick, the seat tells them apart");
    CHECK(strcmp(people[1].nick, "小明") == 0 && people[1].nick_length == 6, "in any script");
    CHECK(people[3].nick[0] == 0 && people[3].nick_length == 0, "one is nameless");
    CHECK(people[0].flags == MINICHAT_ME && !people[1].flags && !people[2].flags, "one of them is me");
    CHECK(people[2].pid == (uint32_t)getpid() && people[2].uid == geteuid() && people[2].reserved == 0,
          "the process and its user");
    CHECK(people[0].since_ns <= people[3].since_ns &&
              people[3].since_ns <= now.tv_sec * 1000000000LL + now.tv_nsec &&
              people[0].since_ns > (now.tv_sec - 60) * 1000000000LL,
          "since when");
    CHECK(people[4].seat == 0x55555555, "nothing is written behind the last");
    memset(people, 0x55, sizeof people);
    CHECK_EQ(minichat_who(lea, people, 1), 4, "with room for one there are still four");
    CHECK(people[0].seat == 1 && people[1].seat == 0x55555555, "and one is told");
    CHECK_EQ(minichat_who(lea, NULL, 0), 4, "with no room at all too");
    CHECK_EQ(minichat_who(ming, people, MINICHAT_SEATS), 4, "another one sees the same");
    CHECK(people[1].flags == MINICHAT_ME && people[0].flags == 0, "but is himself");
    CHECK_EQ(minichat_nick(other, "Zoé", 4), 0, "a nick is changed");
    CHECK(is_named(lea, 3, "Zoé") && is_named(other, 3, "Zoé") && is_named(ming, 1, "Léa"), "hers alone");
    for (int i = 0; i < 101; i++)
        minichat_nick(other, i % 2 ? "an odd one, which is longer" : "even", i % 2 ? 27 : 4);
    CHECK(is_named(lea, 3, "even"), "and again, a hundred times");
    minichat_close(nobody);
    minichat_close(ming);
    CHECK(minichat_who(lea, NULL, 0) == 2 && !seated(lea, 2) && is_named(lea, 3, "even"),
          "who leaves is gone");
    nobody = chat_open("board", 0, NULL);
    CHECK(chat_info(nobody).seat == 2 && is_named(lea, 2, ""),
          "the first free seat is given, without a name");
    minichat_close(nobody);
    minichat_close(other);
    minichat_close(lea);
}

static void hidden(void) {
    struct minichat *lea = chat_open("board", 0, "Léa"), *spy = chat_open("board", MINICHAT_HIDDEN, "spy");
    struct minichat_message message;
    CHECK_EQ(minichat_who(lea, people, 4), 1, "who hides is not listed");
    CHECK_EQ(minichat_who(spy, people, 4), 1, "not even for itself");
    CHECK(people[0].flags == 0 && strcmp(people[0].nick, "Léa") == 0, "it sees the others");
    CHECK(chat_info(lea).present == 2 && chat_info(spy).seat == 2, "but has a seat");
    CHECK_EQ(minichat_nick(spy, "agent", 5), 0, "may change its nick");
    CHECK_EQ(minichat_who(lea, people, 4), 1, "and stays unseen");
    uint64_t number = chat_post(spy, "hello");
    CHECK(minichat_peek(lea, number - 1, &message, 1) == 1 && strcmp(message.nick, "agent") == 0 &&
              message.seat == 2,
          "what it posts is seen");
    CHECK_ERRNO((minichat_close(lea), minichat_unlink("board")), -1, EBUSY, "and it keeps the board");
    minichat_close(spy);
    lea = chat_open("board", 0, "Léa");
    CHECK_EQ(minichat_who(lea, people, 4), 1, "gone");
    CHECK_EQ(chat_info(lea).present, 1, "gone");
    minichat_close(lea);
}

/* ---- who only reads ------------------------------------------------------------------------------------ */

static int as_somebody_else(struct minichat *chat) {
    (void)chat;
    if (setgid(65534) != 0 || setuid(65534) != 0)
        return 100;
    if (access("board.lock", R_OK) == 0)
        return 1; /* whoever may read the lock file can lock it */
    struct minichat *reader = NULL;
    if (chat_try(&reader, "board", MINICHAT_READ_ONLY, NULL) != 0)
        return 2;
    if (access("/proc/locks", R_OK) != 0)
        return minichat_who(reader, people, 4) == -1 && errno == EACCES && chat_info(reader).present == -1
                   ? 0
                   : 3;
    if (minichat_who(reader, people, 4) != 2 || strcmp(people[0].nick, "Léa") != 0 ||
        strcmp(people[1].nick, "Zoé") != 0 || people[0].seat != 1 || people[1].seat != 3 ||
        people[0].flags != 0)
        return 4;
    return chat_info(reader).present == 3 && chat_info(reader).seat == 0 ? 0 : 5;
}

static void reading(void) {
    mode_t old = umask(0);
    struct minichat_options options = {
        .size = sizeof options, .flags = MINICHAT_CREATE, .mode = 0644, .nick = "Léa"};
    struct minichat *lea = NULL;
    minichat_unlink("board");
    if (minichat_open(&lea, "board", &options) != 0 || chmod(".", 0755) != 0)
        tap_bail("minichat_open");
    umask(old);
    struct minichat *reader = chat_open("board", MINICHAT_READ_ONLY, "reader");
    struct minichat *spy = chat_open("board", MINICHAT_HIDDEN, "spy"), *zoe = chat_open("board", 0, "Zoé");
    CHECK(chat_info(zoe).seat == 3 && chat_info(reader).seat == 0, "who only reads takes no seat");
    CHECK_EQ(minichat_who(lea, people, 4), 2, "and is not listed");
    CHECK_EQ(minichat_who(reader, people, 4), 2, "it sees the others");
    CHECK(people[0].flags == 0 && people[1].flags == 0 && people[1].seat == 3, "none of whom is me");
    CHECK_EQ(chat_info(reader).present, 3, "three seats are taken");
    if (geteuid() != 0)
        SKIP("needs root, to be somebody else",
             "who may not open the lock file learns from /proc/locks who is here");
    else {
        pid_t child = chat_fork();
        if (child == 0)
            _exit(as_somebody_else(lea));
        CHECK_EQ(chat_status(child), 0, "who may not open the lock file learns from /proc/locks who is here");
    }
    minichat_close(spy);
    minichat_close(zoe);
    minichat_close(lea);
    CHECK_EQ(minichat_who(reader, people, 4), 0, "everybody has left");
    CHECK_EQ(minichat_unlink("board"), 0, "a reader does not keep the board");
    struct minichat_message message;
    CHECK_EQ(minichat_read(reader, &message, 1), 0, "and keeps what is mapped");
    minichat_close(reader);
}

/* ---- sixty-four ---------------------------------------------------------------------------------------- */

static void all_seats(void) {
    struct minichat *sitting[MINICHAT_SEATS], *late = NULL, *reader;
    uint64_t seats = 0;
    for (int i = 0; i < MINICHAT_SEATS; i++) {
        char nick[16];
        snprintf(nick, sizeof nick, "n%d", i + 1);
        sitting[i] = chat_open("board", MINICHAT_CREATE, nick);
        seats |= UINT64_C(1) << (chat_info(sitting[i]).seat - 1);
    }
    CHECK(seats == UINT64_MAX, "64 participants have 64 seats");
    CHECK_ERRNO(chat_try(&late, "board", 0, "late"), -1, EUSERS, "there is none for the 65th");
    CHECK_ERRNO(chat_try(&late, "board", MINICHAT_CREATE, "late"), -1, EUSERS,
                "who would create the board neither");
    CHECK_ERRNO(chat_try(&late, "board", MINICHAT_HIDDEN, "late"), -1, EUSERS, "nor hide");
    reader = chat_open("board", MINICHAT_READ_ONLY, NULL);
    CHECK_EQ(minichat_who(reader, people, 70), MINICHAT_SEATS, "but may read, and sees them all");
    int right = 0;
    for (int i = 0; i < MINICHAT_SEATS; i++) {
        char nick[16];
        snprintf(nick, sizeof nick, "n%d", i + 1);
        right += people[i].seat == (uint32_t)i + 1 && strcmp(people[i].nick, nick) == 0;
    }
    CHECK_EQ(right, MINICHAT_SEATS, "each under their name");
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < MINICHAT_SEATS; i++)
            if (chat_say(sitting[i], i, round, NULL) != 0)
                tap_bail("minichat_post");
    CHECK_EQ(chat_last_whole(reader, 3 * MINICHAT_SEATS), MINICHAT_MESSAGES, "all of them post");
    minichat_close(sitting[41]);
    CHECK_EQ(chat_try(&late, "board", 0, "late"), 0, "when one leaves there is a seat");
    CHECK_EQ(chat_info(late).seat, 42, "that one's");
    CHECK(is_named(reader, 42, "late"), "under the new name");
    sitting[41] = late;
    for (int i = 0; i < MINICHAT_SEATS; i++)
        minichat_close(sitting[i]);
    CHECK_EQ(minichat_who(reader, NULL, 0), 0, "all leave");
    minichat_close(reader);
}

/* ---- ends ---------------------------------------------------------------------------------------------- */

/* A child that sits down as `nick`, says so, and does what it is told: exit, exec, or wait to be killed. */
static pid_t sit_down(const char *nick, char what, int *joined) {
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        tap_bail("pipe");
    pid_t child = chat_fork();
    if (child == 0) {
        chat_open("board", 0, nick);
        if (write(pipes[1], "x", 1) != 1)
            _exit(1);
        if (what == 'q')
            _exit(0);
        if (what == 'e') { /* what exec closes is closed by the time that the new program says something */
            dup2(pipes[1], STDOUT_FILENO);
            execlp("sh", "sh", "-c", "echo; exec tail -f /dev/null", (char *)NULL);
        }
        for (;;)
            pause();
    }
    close(pipes[1]);
    char byte;
    if (read(pipes[0], &byte, 1) != 1)
        tap_bail("the child did not join");
    *joined = pipes[0];
    return child;
}

static void ends(void) {
    struct minichat *lea = chat_open("board", MINICHAT_CREATE, "Léa");
    int joined;
    char byte;
    pid_t child = sit_down("killed", 'k', &joined);
    CHECK(is_named(lea, 2, "killed") && seated(lea, 2)->pid == (uint32_t)child, "a child sits down");
    CHECK_ERRNO(minichat_unlink("board"), -1, EBUSY, "nobody removes the board");
    kill(child, SIGKILL);
    chat_status(child);
    CHECK_EQ(minichat_who(lea, NULL, 0), 1, "who is killed is gone at once");
    close(joined);

    child = sit_down("quits", 'q', &joined);
    chat_status(child);
    CHECK_EQ(minichat_who(lea, NULL, 0), 1, "who ends without closing is gone");
    close(joined);

    child = sit_down("execs", 'e', &joined);
    CHECK_EQ(read(joined, &byte, 1), 1, "a child calls exec");
    CHECK(kill(child, 0) == 0 && minichat_who(lea, NULL, 0) == 1, "and is gone, while the program goes on");
    kill(child, SIGKILL);
    chat_status(child);
    close(joined);

    int right = 0;
    for (int i = 0; i < 40; i++) {
        child = sit_down("mortal", 'k', &joined);
        right += is_named(lea, 2, "mortal");
        kill(child, SIGKILL);
        chat_status(child);
        close(joined);
        struct minichat *heir = chat_open("board", 0, i % 2 ? "heir" : NULL);
        right += chat_info(heir).seat == 2 && is_named(lea, 2, i % 2 ? "heir" : "");
        minichat_close(heir);
    }
    CHECK_EQ(right, 80, "the seat of a dead one is inherited, not its name");
    minichat_close(lea);
}

/* A watcher looks at the list all the time, while one after the other sits down and is killed. */
static void never_a_dead_name(void) {
    struct minichat *lea = chat_open("board", MINICHAT_CREATE, "Léa");
    int wrong = 0, looks = 0, rounds = 60;
    for (int i = 0; i < rounds; i++) {
        int pipes[2];
        char mine[24], byte;
        snprintf(mine, sizeof mine, "child %d", i);
        if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0)
            tap_bail("pipe");
        pid_t child = chat_fork();
        if (child == 0) {
            chat_open("board", 0, mine);
            _exit(write(pipes[1], "x", 1) == 1 ? pause() : 1);
        }
        do {
            ssize_t count = minichat_who(lea, people, MINICHAT_SEATS);
            wrong += count > 2 || (count == 2 && people[1].nick_length && strcmp(people[1].nick, mine) != 0);
            looks++;
        } while (read(pipes[0], &byte, 1) != 1);
        wrong += !is_named(lea, 2, mine);
        kill(child, SIGKILL);
        chat_status(child);
        close(pipes[0]);
        close(pipes[1]);
    }
    CHECK_EQ(wrong, 0, "nobody is ever seen under a dead one's name");
    CHECK(looks >= rounds, "in %d looks", looks);
    minichat_close(lea);
}

int main(void) {
    tap_directory();
    alarm(60);
    names();
    hidden();
    reading();
    all_seats();
    ends();
    never_a_dead_name();
    return tap_end();
}
