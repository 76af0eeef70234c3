#include "words.h"

#include <stdlib.h>
#include <string.h>

/* One table a language. The indices come from the same list: none can be shifted, none can be missing. */
static const char *const tables[LANGUAGES][WORD_COUNT] = {
#define TEXT(name, english, french, chinese) [WORD_##name] = english,
    [ENGLISH] = {
#include "texts.h"
    },
#undef TEXT
#define TEXT(name, english, french, chinese) [WORD_##name] = french,
    [FRENCH] = {
#include "texts.h"
    },
#undef TEXT
#define TEXT(name, english, french, chinese) [WORD_##name] = chinese,
    [CHINESE] = {
#include "texts.h"
    },
#undef TEXT
};

static const char codes[LANGUAGES][3] = {[ENGLISH] = "en", [FRENCH] = "fr", [CHINESE] = "zh"};

static enum language language = ENGLISH;

bool words_in(const char *name) {
    for (enum language each = 0; each < LANGUAGES; each++)
        if (strncmp(name, codes[each], 2) == 0 && strchr("_.@-", name[2])) { /* or '\0' */
            language = each;
            return true;
        }
    return false;
}

void words_from_environment(void) {
    static const char *const variables[] = {"MAPBOARD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) {
            words_in(value); /* "C", "de_DE": English stays */
            return;
        }
    }
}

const char *words(enum word word) {
    return tables[language][word];
}
