#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "foot.h"

#include "keys.h"
#include "say.h"
#include "text.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char *question;
static bool asked; /* it is on the screen */

bool foot_open(const char *prompt) {
    if (!line_open(prompt))
        return false;
    keys_open();
    if (question)
        line_hide();
    foot_show();
    return true;
}

void foot_close(void) {
    foot_hide();
    keys_close();
    line_close();
}

/* A question may be longer than a small screen is wide. */
static void hide_question(void) {
    struct winsize size;
    int columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    int up = asked ? text_width(question) / columns : 0;
    if (up > 0)
        printf("\033[%dA", up);
    if (asked)
        fputs("\r\033[J", stdout);
    asked = false;
}

void foot_hide(void) {
    if (question)
        hide_question();
    else
        line_hide();
}

void foot_show(void) {
    if (!question) {
        line_show();
    } else if (!asked) {
        fputs(question, stdout);
        fflush(stdout);
        asked = true;
    }
}

void foot_resized(void) {
    if (question)
        hide_question();
    line_resized(); /* hidden or not, it has to know how wide it may be */
    foot_show();
}

void foot_ask(enum word word, const char *const holes[]) {
    size_t size;
    foot_hide();
    free(question);
    question = NULL;
    FILE *text = open_memstream(&question, &size);
    if (!text)
        no_memory();
    say(text, word, holes);
    if (fclose(text) != 0)
        no_memory();
}

bool foot_asking(void) {
    return question;
}

void foot_answered(void) {
    foot_hide();
    free(question);
    question = NULL;
}
