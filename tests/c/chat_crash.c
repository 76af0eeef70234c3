/*
 * What a crash of the machine leaves: the kernel writes pages back when it likes, so the file holds each as it was at some
 * instant, and not all at the same. Boards are put together so; each must show a message under the number under which it was
 * posted, or not at all, and go on.
 */
#include <mapboard.h>
#include "chat.h"
#include "attack/soak.h"

enum { PAGE = 4096, SECTOR = 512, STATES = 24, MOST_POSTS = 400, POSTERS = 3 };

static unsigned char states[STATES][FILE_BYTES], mixture[FILE_BYTES];
/* Who posted message `number`, and which of theirs it is. */
static struct {
    unsigned writer;
    uint64_t sequence;
} posted[MOST_POSTS + 1000];
static struct minichat_message messages[MINICHAT_MESSAGES];
static uint64_t chosen, shown, wrong, refused, stuck;

static void say(struct minichat *chat, unsigned writer, uint64_t sequence) {
    char text[MINICHAT_TEXT_MAX + 1];
    uint64_t number = 0;
    size_t length = chat_text(text, writer, sequence);
    if (minichat_post(chat, text, length, 0, &number) != 0 || number >= sizeof posted / sizeof *posted)
        tap_bail("minichat_post");
    posted[number].writer = writer;
    posted[number].sequence = sequence;
}

static void file_take(unsigned char *bytes) {
    int fd = open("board", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || pread(fd, bytes, FILE_BYTES, 0) != FILE_BYTES)
        tap_bail("pread");
    close(fd);
}

static void file_put(const unsigned char *bytes) {
    int fd = open("board", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || pwrite(fd, bytes, FILE_BYTES, 0) != FILE_BYTES)
        tap_bail("pwrite");
    close(fd);
}

/* A board on which `posters` have posted; its file after each `step` posts. */
static void live(int posters, int step, int count) {
    struct minichat *chats[POSTERS];
    minichat_unlink("board");
    for (int i = 0; i < posters; i++)
        chats[i] = chat_open("board", i == 0 ? MINICHAT_CREATE : 0, "poster");
    uint64_t sequence = 0;
    for (int state = 0; state < count; state++) {
        for (int i = 0; i < step; i++, sequence++)
            say(chats[mixed(7, sequence) % (unsigned)posters], (unsigned)(mixed(7, sequence) % (unsigned)posters),
                sequence);
        file_take(states[state]);
    }
    for (int i = 0; i < posters; i++)
        minichat_close(chats[i]);
}

static void check_message(const struct minichat_message *message) {
    unsigned writer;
    uint64_t sequence;
    shown++;
    wrong += !chat_whole(message, &writer, &sequence) || posted[message->number].writer != writer ||
             posted[message->number].sequence != sequence;
}

/* Reads all from the beginning, by reading; the last number. */
static uint64_t read_on(struct minichat *chat) {
    for (int turn = 0; turn < 100; turn++) {
        ssize_t got = minichat_read(chat, messages, MINICHAT_MESSAGES);
        if (got == 0)
            return minichat_dernier(chat);
        if (got < 0)
            refused++;
        if (got < 0 && errno != EBADMSG)
            tap_bail("minichat_read");
        for (ssize_t i = 0; i < got; i++)
            check_message(&messages[i]);
    }
    stuck++;
    return 0;
}

/* What one finds who joins the board that is in `mixture`, and whether it goes on. */
static void find_it(void) {
    struct minichat *chat, *late;
    file_put(mixture);
    struct minichat_options options = {.size = sizeof options, .nick = "late"};
    if (minichat_open(&chat, "board", &options) != 0 || minichat_open(&late, "board", &options) != 0)
        tap_bail("minichat_open");
    uint64_t newest = chat_info(chat).last;
    stuck += read_on(chat) != newest;
    for (uint64_t after = 0; after < newest; after++) {
        ssize_t got = minichat_peek(chat, after, messages, MINICHAT_MESSAGES);
        for (ssize_t i = 0; i < got; i++)
            check_message(&messages[i]);
        if (after + MINICHAT_MESSAGES < newest)
            after = newest - MINICHAT_MESSAGES - 1;
    }
    /* Somebody who has seen but some of it posts, and then the other. */
    minichat_seek(late, newest > 3 ? newest - 3 : 0);
    for (uint64_t i = 1; i <= 3; i++) {
        say(i % 2 ? late : chat, 9, newest + 1000 * i);
        stuck += posted[newest + i].sequence != newest + 1000 * i;
        stuck += minichat_wait(chat, 0) != 1 || minichat_read(chat, messages, MINICHAT_MESSAGES) != 1 ||
                 messages[0].number != newest + i;
        check_message(&messages[0]);
    }
    stuck += read_on(late) != newest + 3;
    minichat_close(late);
    minichat_close(chat);
}

/* find_it() forgets what it posted. */
static void find(void) {
    static unsigned char before[sizeof posted];
    memcpy(before, posted, sizeof posted);
    find_it();
    memcpy(posted, before, sizeof posted);
}

static void counted(const char *name, uint64_t boards) {
    printf("# %llu boards: %llu messages shown, %llu times EBADMSG\n", (unsigned long long)boards,
           (unsigned long long)shown, (unsigned long long)refused);
    ATTACK(name, boards, wrong + stuck);
    CHECK_EQ(wrong, 0, "no message stands under another's number");
    CHECK_EQ(stuck, 0, "each board goes on");
    CHECK(shown > boards, "messages are shown");
    CHECK(refused > 0, "and some are refused");
    shown = wrong = refused = stuck = 0;
}

/* One poster's buffers and the ring are seven pages: each combination of three instants. */
static void all_orders(void) {
    enum { PAGES = 7, INSTANTS = 3 };
    static const int page_of[PAGES] = {0, 7, 8, 9, 10, 11, 12};
    live(1, 19, INSTANTS);
    uint64_t boards = 0;
    memcpy(mixture, states[0], FILE_BYTES);
    for (int choice = 0; choice < 3 * 3 * 3 * 3 * 3 * 3 * 3; choice++, boards++) {
        for (int page = 0, rest = choice; page < PAGES; page++, rest /= INSTANTS)
            memcpy(mixture + PAGE * page_of[page], states[rest % INSTANTS] + PAGE * page_of[page], PAGE);
        find();
    }
    counted("crash: all orders of a few pages", boards);
}

/* Pages, or what a disk writes at once, of many instants. */
static void at_random(size_t unit, const char *name, double share) {
    uint64_t boards = 0, most = soak_times(300, 100000);
    live(POSTERS, 13, STATES);
    for (; boards < most && soak_goes_on(share); boards++) {
        /* of all instants, or of a few that follow one another */
        uint64_t first = mixed(chosen, boards) % STATES, span = 1 + mixed(chosen, boards + (UINT64_C(1) << 40)) % STATES;
        for (size_t at = 0; at < FILE_BYTES; at += unit) {
            uint64_t state = first + mixed(chosen + boards, at) % span;
            memcpy(mixture + at, states[state < STATES ? state : STATES - 1] + at, unit);
        }
        find();
    }
    counted(name, boards);
}

int main(void) {
    tap_directory();
    chat_alarm();
    chosen = seed();
    all_orders();
    at_random(PAGE, "crash: pages at random", 0.5);
    at_random(SECTOR, "crash: sectors at random", 1);
    minichat_unlink("board");
    return tap_end();
}
