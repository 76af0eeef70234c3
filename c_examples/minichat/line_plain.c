#define _POSIX_C_SOURCE 200809L /* strndup */
#include "line.h"

#ifndef HAVE_READLINE
/*
 * Why not let the terminal edit the line (canonical mode)? Because the half-typed line is in the kernel then,
 * where we cannot see it, so it could not be drawn again under a message; and the kernel does not know that 中
 * has two columns. So the terminal is asked for single keys, and this is a line editor of the smallest kind:
 * what is typed goes to the end, Backspace, ^W and ^U take away from there. The line takes one row: of a long
 * one the end is seen.
 */
#include "keys.h"
#include "say.h"
#include "text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static const char *prompt_now;
static bool hidden;
static int drawn; /* columns that the line takes on the screen */

static struct {
    char text[4096]; /* more than fits into a message: who wrote too much can shorten it */
    size_t length;
} typed;

/* ---- drawing ---- */

static int screen_columns(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* The end of `text` that fits into `room` columns on any terminal. */
static const char *tail(const char *text, int room) {
    size_t bytes;
    while (text_width(text) > room && (bytes = text_sign(text, strlen(text))) > 0)
        text += bytes;
    return text;
}

/* A terminal that became narrower may have broken our row into several; the cursor is in the last one. It is asked each
 * time: a key can come before the signal that tells of the new size. */
static void erase(void) {
    int rows = drawn > 0 ? (drawn - 1) / screen_columns() : 0;
    if (rows > 0)
        printf("\033[%dA\r\033[J", rows);
    else
        fputs("\r\033[K", stdout);
    drawn = 0;
}

static void draw(void) {
    char *safe = shown(typed.text, typed.length);
    int room = screen_columns() - text_width(prompt_now) - 1; /* the cursor needs one */
    const char *end = tail(safe, room > 0 ? room : 0);
    erase();
    printf("%s%s", prompt_now, end);
    fflush(stdout);
    drawn = text_width_least(prompt_now) + text_width_least(end);
    free(safe);
}

/* ---- editing ---- */

/* Takes away the last sign, whole. */
static void take_away(void) {
    typed.length = text_last_sign(typed.text, typed.length);
}

static bool ends_with_space(void) {
    return typed.length > 0 && typed.text[typed.length - 1] == ' ';
}

static void take_word_away(void) {
    while (ends_with_space())
        take_away();
    while (typed.length > 0 && !ends_with_space())
        take_away();
}

static void append(const char *text, size_t length) {
    if (length > sizeof typed.text - typed.length) {
        putchar('\a');
        return;
    }
    memcpy(typed.text + typed.length, text, length);
    typed.length += length;
}

/* A byte of a character: it is appended when the character is whole. */
static void take_byte(char byte) {
    static char part[4];
    static size_t have;
    uint32_t character;
    if ((byte & 0xc0) != 0x80) /* a new one begins */
        have = 0;
    if (have == sizeof part)
        return;
    part[have++] = byte;
    if (text_next(part, have, &character) == have) {
        append(part, have);
        have = 0;
    }
}

/*
 * The keys that send a sequence (arrows, Home, F1 …) do nothing, but must not leave "[A" in the line: ESC,
 * then one byte, or [ and all up to a letter, or O and one byte.
 */
static bool in_sequence(char byte) {
    static enum { OUTSIDE, ESCAPE, BRACKET, LETTER } where;
    switch (where) {
    case OUTSIDE:
        where = byte == '\033' ? ESCAPE : OUTSIDE;
        return byte == '\033';
    case ESCAPE:
        where = byte == '[' ? BRACKET : byte == 'O' ? LETTER : OUTSIDE;
        return true;
    case BRACKET:
        where = byte >= '@' && byte <= '~' ? OUTSIDE : BRACKET;
        return true;
    case LETTER:
        where = OUTSIDE;
        return true;
    }
    return false;
}

static void edit(char byte) {
    enum { CONTROL_U = 'U' - '@', CONTROL_W = 'W' - '@', BACKSPACE = '\b', DELETE = 0x7f };
    switch (byte) {
    case BACKSPACE:
    case DELETE:
        take_away();
        break;
    case CONTROL_U:
        typed.length = 0;
        break;
    case CONTROL_W:
        take_word_away();
        break;
    default:
        if (!iscntrl((unsigned char)byte))
            take_byte(byte);
    }
    if (!keys_waiting()) /* a line that is pasted is drawn once */
        draw();
}

/* ---- line.h ---- */

bool line_open(const char *prompt) {
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    struct termios keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN); /* ISIG stays: ^C and ^Z are signals */
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &keys) != 0)
        return false;
    line_prompt(prompt);
    hidden = false;
    draw();
    return true;
}

void line_close(void) {
    line_hide();
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

static char *copy_line(void) {
    char *text = strndup(typed.text, typed.length);
    if (!text)
        no_memory();
    return text;
}

enum line line_key(char **text) {
    enum { CONTROL_D = 'D' - '@' };
    int key = keys_next();
    char byte = (char)key;
    if (key < 0 || (byte == CONTROL_D && typed.length == 0))
        return LINE_END;
    if (in_sequence(byte))
        return LINE_TYPING;
    if (byte == '\n' || byte == '\r') {
        line_hide();
        *text = copy_line();
        typed.length = 0;
        return LINE_ENTERED;
    }
    if (byte == '\t') {
        *text = copy_line();
        return LINE_TAB;
    }
    edit(byte);
    return LINE_TYPING;
}

void line_hide(void) {
    if (!hidden)
        erase();
    hidden = true;
}

void line_show(void) {
    if (hidden)
        draw();
    hidden = false;
}

void line_put_back(const char *text) {
    append(text, strlen(text));
}

void line_replace(size_t bytes, const char *text) {
    typed.length -= bytes;
    append(text, strlen(text));
}

void line_prompt(const char *prompt) {
    prompt_now = prompt;
}

void line_resized(void) {
    if (!hidden)
        draw();
}
#endif
