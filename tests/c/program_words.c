/* What minichat says: nothing is empty, the languages have the same holes, each keeps its typography. */
#define _GNU_SOURCE
#include "../../c_examples/minichat/text.c"
#include "../../c_examples/minichat/words.c"

#include "tap.h"

#include <locale.h>

static const char *const names[] = {
#define TEXT(name, english, french, chinese) #name,
#include "../../c_examples/minichat/texts.h"
#undef TEXT
};

/* The holes of a text as a set of bits; a brace that is none of them is bit 0. */
static unsigned holes(const char *text) {
    unsigned set = 0;
    for (; *text; text++)
        if (*text == '{')
            set |= text[1] >= '1' && text[1] <= '9' && text[2] == '}' ? 1u << (text[1] - '0') : 1u;
    return set;
}

static int lines(const char *text) {
    int count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* French: a no-break space (and no other) before the double signs and inside the quotation marks. */
static const char *french_mistake(const char *text) {
    static const char *const wrong[] = {" :", " ;", " !", " ?", " »", "« ", "'", "...", "\u00a0\u00a0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (strstr(text, wrong[i]))
            return wrong[i];
    for (const char *at = text; (at = strpbrk(at, ":;!?")); at++) {
        bool after_space = at - text >= 2 && memcmp(at - 2, "\u00a0", 2) == 0;
        if (!after_space)
            return at;
    }
    return NULL;
}

/* Chinese: its own signs beside its own characters. */
static const char *chinese_mistake(const char *text) {
    for (const char *at = text; (at = strpbrk(at, ",;:!?()")); at++)
        if (at > text && (at[-1] & 0x80 || at[1] & 0x80))
            return at;
    return NULL;
}

/* Terminal columns of the widest line. */
static int widest(const char *text) {
    int most = 0;
    char line[1024];
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        most = text_width(line) > most ? text_width(line) : most;
    }
    return most;
}

int main(void) {
    setlocale(LC_CTYPE, "C.UTF-8");
    for (enum word word = 0; word < WORD_COUNT; word++) {
        const char *const texts[] = {tables[ENGLISH][word], tables[FRENCH][word], tables[CHINESE][word]};
        bool there = texts[0] && *texts[0] && texts[1] && *texts[1] && texts[2] && *texts[2];
        CHECK(there, "%s is said in three languages", names[word]);
        if (!there)
            continue;
        unsigned set = holes(texts[0]);
        CHECK(!(set & 1) && set == holes(texts[1]) && set == holes(texts[2]), "%s has the same holes in each",
              names[word]);
        bool same = lines(texts[0]) == lines(texts[1]) && lines(texts[0]) == lines(texts[2]);
        CHECK(same || word == WORD_HELP, "%s has as many lines", names[word]);
        CHECK(!french_mistake(texts[1]), "%s keeps to French typography", names[word]);
        CHECK(!chinese_mistake(texts[2]), "%s keeps to Chinese typography", names[word]);
        CHECK(!strpbrk(texts[0], "\u00a0"), "%s: English has no sign of another language", names[word]);
    }
    for (enum language each = 0; each < LANGUAGES; each++) {
        CHECK(widest(tables[each][WORD_HELP]) <= 80, "--help fits into 80 columns");
        CHECK(widest(tables[each][WORD_COMMANDS]) <= 80, "/help fits into 80 columns");
    }
    CHECK(text_width("é中") == 3, "columns are counted");
    CHECK(words_in("fr_FR.UTF-8") && strcmp(words(WORD_BYE), "au revoir") == 0, "au revoir");
    CHECK(words_in("zh") && strcmp(words(WORD_BYE), "再见") == 0, "再见");
    CHECK(words_in("en@quot") && strcmp(words(WORD_BYE), "goodbye") == 0, "goodbye");
    CHECK(!words_in("fra") && !words_in("") && !words_in("C"), "no other name is a language of ours");
    return tap_end();
}
