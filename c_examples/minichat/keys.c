#define _GNU_SOURCE /* memmem */
#include "keys.h"

#include "say.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As many lines are posted without a question: an address, a few lines of a program. */
enum { LINES_UNASKED = 5 };

/* Terminals that are asked to (xterm's mode 2004, "bracketed paste") put a paste between these two. */
static const char begins[] = "\033[200~", ends[] = "\033[201~";

struct bytes {
    char *data;
    size_t begin, end, size;
};
static struct bytes queue, paste;
static size_t lines; /* in the paste */
static enum { TYPED, PASTING, HELD } state;
static bool over; /* the input's end */

static void add(struct bytes *bytes, char byte) {
    if (bytes->end == bytes->size) {
        bytes->size = 2 * bytes->size + 256;
        bytes->data = realloc(bytes->data, bytes->size);
        if (!bytes->data)
            no_memory();
    }
    bytes->data[bytes->end++] = byte;
}

static void empty(struct bytes *bytes) {
    bytes->begin = bytes->end = 0;
}

/* A pasted byte is text: an Escape or a Tab in it is no key that somebody pressed. */
static void add_pasted(char byte) {
    static char before;
    if (byte == '\r' || (byte == '\n' && before != '\r')) {
        add(&paste, '\n');
        lines++;
    } else if (byte == '\t') {
        add(&paste, ' ');
    } else if ((unsigned char)byte >= ' ' && byte != 0x7f) {
        add(&paste, byte);
    }
    before = byte;
}

void keys_allow(void) {
    for (size_t i = 0; i < paste.end; i++)
        add(&queue, paste.data[i]);
    empty(&paste);
    lines = 0;
    state = TYPED;
}

static void end_paste(void) {
    state = HELD;
    if (lines <= LINES_UNASKED)
        keys_allow();
}

static void take(char byte) {
    if (state == PASTING)
        add_pasted(byte);
    else
        add(&queue, byte);
}

/* Takes what was read, without the marks of a paste. One may be cut in two: inside a paste its beginning is kept back;
 * outside it is not, since Escape alone is a key. */
static void take_all(const char *text, size_t length) {
    static size_t matched;
    for (size_t i = 0; i < length; i++) {
        const char *mark = state == PASTING ? ends : begins;
        if (text[i] == mark[matched]) {
            if (mark[++matched] != '\0')
                continue;
            matched = 0;
            if (state == PASTING)
                end_paste();
            else
                state = PASTING; /* what is held already gets longer */
            continue;
        }
        for (size_t j = 0; j < matched; j++)
            take(mark[j]);
        matched = text[i] == '\033';
        if (!matched)
            take(text[i]);
    }
    for (size_t j = 0; state != PASTING && j < matched; j++)
        take(begins[j]);
    if (state != PASTING)
        matched = 0;
}

static size_t line_ends(const char *text, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\r' || text[i] == '\n';
    return count;
}

static ssize_t read_some(char *out, size_t size) {
    ssize_t got;
    do
        got = read(STDIN_FILENO, out, size);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        over = true;
    return got;
}

static bool comes_at_once(void) {
    enum { AT_ONCE_MS = 50 }; /* longer than a terminal takes from one piece to the next, shorter than a hand */
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return !over && poll(&input, 1, AT_ONCE_MS) == 1;
}

/* A terminal that marks no paste: nobody types so many lines in one instant, so all that comes on its heels is one. */
static void take_unmarked(const char *text, ssize_t got) {
    char more[4096];
    state = PASTING;
    for (; got > 0; got = comes_at_once() ? read_some(more, sizeof more) : 0, text = more)
        for (ssize_t i = 0; i < got; i++)
            add_pasted(text[i]);
    end_paste();
}

void keys_fill(void) {
    char text[4096];
    ssize_t got = read_some(text, sizeof text);
    if (got <= 0)
        return;
    bool marked = state == PASTING || memmem(text, (size_t)got, begins, sizeof begins - 1);
    if (!marked && line_ends(text, (size_t)got) > LINES_UNASKED)
        take_unmarked(text, got);
    else
        take_all(text, (size_t)got);
}

bool keys_waiting(void) {
    return queue.begin < queue.end || over;
}

int keys_next(void) {
    while (!keys_waiting())
        keys_fill();
    if (queue.begin == queue.end)
        return -1;
    int byte = (unsigned char)queue.data[queue.begin++];
    if (queue.begin == queue.end)
        empty(&queue);
    return byte;
}

size_t keys_pasted(void) {
    return state == HELD ? lines : 0;
}

bool keys_drop(void) {
    bool any = queue.begin < queue.end || paste.end > 0;
    empty(&queue);
    empty(&paste);
    lines = 0;
    if (state == HELD)
        state = TYPED;
    return any;
}

static bool can_mark(void) {
    const char *terminal = getenv("TERM");
    return terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

void keys_open(void) {
    if (can_mark())
        fputs("\033[?2004h", stdout);
}

void keys_close(void) {
    if (can_mark())
        fputs("\033[?2004l", stdout);
    fflush(stdout);
}
