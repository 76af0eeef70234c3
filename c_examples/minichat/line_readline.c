#include "line.h"

#ifdef HAVE_READLINE
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

static int nothing(int count, int key) {
    (void)count, (void)key;
    return 0;
}

static void set_up(void) {
    rl_readline_name = "minichat";
    rl_outstream = stdout;
    rl_catch_signals = rl_catch_sigwinch = 0; /* they are events: events.h */
    rl_initialize();
    rl_variable_bind("enable-bracketed-paste", "off"); /* each pasted line is a line, as without readline */
    rl_bind_key('\r', on_enter);
    rl_bind_key('\n', on_enter);
    rl_bind_key('\t', nothing); /* file names have no place here */
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
        rl_redisplay();
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
    hidden = false;
    fflush(stdout);
    rl_on_new_line(); /* the cursor stands where a new line begins: draw all of it */
    rl_redisplay();
}

void line_put_back(const char *text) {
    rl_insert_text(text);
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
    int rows, columns;
    rl_reset_screen_size();
    if (hidden)
        return;
    rl_get_screen_size(&rows, &columns);
    char *left = rl_copy_text(0, rl_point);
    int up = columns > 0 ? (text_width(prompt_now) + text_width(left)) / columns : 0;
    free(left);
    if (up > 0)
        printf("\033[%dA", up);
    printf("\r\033[J");
    hidden = true;
    line_show();
}
#endif
