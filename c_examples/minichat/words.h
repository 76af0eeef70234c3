/* The program's words, in the user's language. */
#ifndef WORDS_H
#define WORDS_H
#include <stdbool.h>

enum word {
#define TEXT(name, english, french, chinese) WORD_##name,
#include "texts.h"
#undef TEXT
    WORD_COUNT
};

enum language { ENGLISH, FRENCH, CHINESE, LANGUAGES };

/* Takes the language of MAPBOARD_LANG, LC_ALL, LC_MESSAGES or LANG: the first of them that says something. */
void words_from_environment(void);

/* Takes the language called `name`: "fr", "fr_CA.UTF-8" … False when it is none of the three. */
bool words_in(const char *name);

const char *words(enum word word);
#endif
