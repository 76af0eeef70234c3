/*
 * minichat: the course's "minichat, version tableau blanc", as one would write it with libmapboard. One
 * shared file holds the last 20 messages; every participant maps it; there is no server.
 *
 *   minichat /tmp/board Léa
 *
 * This file is the door. The rooms behind it, in minichat/, from the street to the cellar:
 *
 *   options                      the command line
 *   chat, typed, session         the conversation on a terminal: its events, what is typed
 *   post, follow, list, script   what scripts ask for
 *   show, json, day              a message as text, as JSON; the line that says the day
 *   mention                      a text that speaks of somebody
 *   place, log                   where one had stopped reading; what was read, kept
 *   complete                     Tab
 *   crowd                        who is here, who came and went
 *   board                        opening a board
 *   events                       waiting for a message, a key, a signal
 *   keys, foot                   keys and pastes; the foot of the screen: the line, or a question
 *   line_readline, line_plain    the line being typed, with GNU readline and without
 *   say, words, texts            saying it, safely for a terminal, in three languages
 *   text                         UTF-8, and columns
 */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include "minichat/chat.h"
#include "minichat/options.h"
#include "minichat/script.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <mapboard.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Somebody may start us with standard output closed. The board would then be opened as descriptor 1, and what
 * we print would be written over it. So the three are taken first, in the wrong direction: to use them stays
 * an error.
 */
static bool occupy_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

/* Characters are UTF-8 here whatever the locale says: that is what stands on the board. */
static void speak_utf8(void) {
    setlocale(LC_MESSAGES, ""); /* what strerror() says */
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setenv("LC_ALL", "C.UTF-8", 1); /* readline asks the environment again */
        setlocale(LC_CTYPE, "");
    }
}

static int help(const struct options *options) {
    (void)options;
    say(stdout, WORD_HELP, NULL);
    return STATUS_OK;
}

static int version(const struct options *options) {
    (void)options;
    puts("minichat (mapboard) " MAPBOARD_VERSION);
    return STATUS_OK;
}

int main(int argc, char **argv) {
    static int (*const verbs[VERBS])(const struct options *) = {
        [VERB_CHAT] = chat,          [VERB_POST] = script_post, [VERB_FOLLOW] = script_follow,
        [VERB_LAST] = script_last,   [VERB_WHO] = script_who,   [VERB_INFO] = script_info,
        [VERB_UNLINK] = script_unlink, [VERB_LIST] = script_list, [VERB_HELP] = help,
        [VERB_VERSION] = version,
    };
    struct options options;
    if (!occupy_standard_descriptors())
        return STATUS_ERROR;
    signal(SIGPIPE, SIG_IGN); /* a write that fails says so itself */
    if (!options_read(&options, argc, argv))
        return STATUS_USAGE;
    speak_utf8(); /* after the options: it may change the environment that they look at */
    colours(options.colour);
    int status = verbs[options.verb](&options);
    /* Output may fail as late as here. That who follows has lost its reader is its normal end. */
    return options.verb == VERB_FOLLOW ? status : flushed(status);
}
