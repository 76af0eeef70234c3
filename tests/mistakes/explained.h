/*
 * Makes a program's perror() tell what the library says, to standard output: the slug, then the sentence in each
 * language. For run_library.sh, which compiles the mistakes with -Dperror=explained -include explained.h.
 */
#include <errno.h>
#include <mapboard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the environment from the start, and changed in place: there may be no memory left when it is needed. */
static char variable[] = "MAPBOARD_LANG=en";

__attribute__((constructor)) static void prepare(void) {
    static char buffer[BUFSIZ];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    putenv(variable);
}

void explained(const char *prefix) {
    static const char *const languages[] = {"en", "fr", "zh"};
    int error = errno;
    printf("slug: %s (%s)\n", mm_explain_slug(), prefix);
    for (int i = 0; i < 3; i++) {
        char sentence[2048];
        memcpy(strchr(variable, '=') + 1, languages[i], 2);
        mm_explain(sentence, sizeof sentence);
        printf("%s: %s\n", languages[i], sentence);
    }
    if (errno != error)
        printf("errno was %d, is %d\n", error, errno);
}
