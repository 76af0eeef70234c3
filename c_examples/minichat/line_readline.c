#include "line.h"

#ifdef HAVE_READLINE
#include "keys.h"
#include "text.h"

#include <stdio.h> /* readline.h needs it first */

#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>

#if RL_READLINE_VERSION < 0x0700
#error "this needs GNU readline 7.0 or later; build without -DHAVE_READLINE instead"
#endif

/*
 * Readline's "callback" interface: we call it when there is a key, it calls us when there is a line. Its
 * other one, readline(), would wait for a whole line, and nobody would look at the board meanwhile.
 */
static const char *prompt_now;
static char *kept; /* between line_close() and line_open() */
static char *entered;
static enum line state;
static bool hidden;
static bool in_one_row; /* which moves sideways */

static void on_line(char *text) {
    state = text ? LINE_ENTERED : LINE_END;
    entered = text;
}

/* Enter. The line leaves the screen: what was posted comes back from the board, with time and name. */
static int on_enter(int count, int key) {
    (void)count, (void)key;
    if (rl_end > 0)
        add_history(rl_line_buffer);
    rl_clear_visible_line();
    rl_done = 1;
    return 0;
}

static int on_tab(int count, int key) {
    (void)count, (void)key;
    state = LINE_TAB;
    entered = rl_copy_text(0, rl_point);
    return 0;
}

/*
 * Readline counts the columns of 👩‍👩‍👧 as those of a woman, a woman and a girl, and most terminals show one picture: what
 * follows would come into a wrong place, so such a line is drawn anew each time, and kept in one row that moves
 * sideways before readline thinks that it needs two. So is a line that would fill the small screen.
 */
static void redisplay(void) {
    enum { SIGN = 8 }; /* columns that one more sign may be thought to take */
    static bool was_uneven;
    int rows, columns;
    rl_get_screen_size(&rows, &columns);
    int width = text_width(prompt_now) + text_width(rl_line_buffer);
    bool uneven = width != text_width_least(prompt_now) + text_width_least(rl_line_buffer);
    bool sideways = uneven ? width + SIGN >= columns : columns > 0 && width / columns >= rows / 2;
    if (uneven || was_uneven || sideways != in_one_row) {
        if (!hidden)
            rl_clear_visible_line();
        rl_variable_bind("horizontal-scroll-mode", sideways ? "on" : "off");
        rl_on_new_line();
    }
    was_uneven = uneven;
    in_one_row = sideways;
    rl_redisplay();
}

/* Backspace takes a whole sign, where readline would take one code point of it. */
static int on_backspace(int count, int key) {
    int from = (int)text_last_sign(rl_line_buffer, (size_t)rl_point);
    char *sign = rl_copy_text(from, rl_point);
    bool simple = text_width(sign) == text_width_least(sign) && text_width(sign) < 2;
    free(sign);
    if (simple || count != 1 || rl_point == 0)
        return rl_rubout(count, key);
    rl_delete_text(from, rl_point);
    rl_point = from;
    return 0;
}

/* Readline asks for its keys where we keep them. */
static int next_key(FILE *unused) {
    (void)unused;
    return keys_next(); /* -1 is its EOF */
}

static int key_waits(void) {
    return keys_waiting();
}

static void set_up(void) {
    rl_readline_name = "minichat";
    rl_outstream = stdout;
    rl_catch_signals = rl_catch_sigwinch = 0; /* they are events: events.h */
    rl_initialize();
    rl_variable_bind("enable-bracketed-paste", "off"); /* keys.h sees to it */
    rl_bind_key('\r', on_enter);
    rl_bind_key('\n', on_enter);
    rl_bind_key('\t', on_tab); /* file names have no place here */
    rl_variable_bind("bind-tty-special-chars", "off"); /* it would bind Backspace again before each line */
    if (rl_function_of_keyseq("\b", NULL, NULL) == rl_rubout)
        rl_bind_key('\b', on_backspace);
    if (rl_function_of_keyseq("\177", NULL, NULL) == rl_rubout)
        rl_bind_key(0x7f, on_backspace);
    rl_redisplay_function = redisplay;
    rl_getc_function = next_key;
    rl_input_available_hook = key_waits;
}

bool line_open(const char *prompt) {
    static bool ready;
    if (!ready)
        set_up();
    ready = true;
    line_prompt(prompt);
    hidden = false;
    rl_callback_handler_install(prompt, on_line);
    if (kept) {
        rl_insert_text(kept);
        redisplay();
        free(kept);
        kept = NULL;
    }
    return true;
}

void line_close(void) {
    line_hide();
    kept = rl_copy_text(0, rl_end);
    rl_callback_handler_remove();
    fflush(stdout);
}

enum line line_key(char **text) {
    state = LINE_TYPING;
    rl_callback_read_char();
    *text = entered;
    entered = NULL;
    return state;
}

void line_hide(void) {
    if (!hidden)
        rl_clear_visible_line();
    hidden = true;
    fflush(stdout);
}

void line_show(void) {
    if (!hidden)
        return;
    fflush(stdout);
    rl_on_new_line(); /* the cursor stands where a new line begins: draw all of it */
    redisplay();
    hidden = false;
}

void line_put_back(const char *text) {
    rl_insert_text(text);
}

void line_replace(size_t bytes, const char *text) {
    int from = rl_point - (int)bytes;
    rl_begin_undo_group(); /* one step, as it was one key */
    rl_delete_text(from, rl_point);
    rl_point = from;
    rl_insert_text(text);
    rl_end_undo_group();
}

void line_prompt(const char *prompt) {
    prompt_now = prompt;
    rl_set_prompt(prompt);
}

/*
 * Most terminals, when they become narrower, break the rows of the line into more of them.
 * rl_resize_terminal() does not know that, and would leave the first of them standing. So we go up to where
 * the line begins.
 */
void line_resized(void) {
    int rows, columns, before;
    rl_get_screen_size(&rows, &before);
    rl_reset_screen_size();
    if (hidden)
        return;
    rl_get_screen_size(&rows, &columns);
    char *left = rl_copy_text(0, rl_point);
    int width = text_width_least(prompt_now) + text_width_least(left);
    free(left);
    if (in_one_row && width >= before)
        width = before - 1;
    int up = columns > 0 ? width / columns : 0;
    if (up > 0)
        printf("\033[%dA", up);
    printf("\r\033[J");
    hidden = true;
    line_show();
}
#endif
