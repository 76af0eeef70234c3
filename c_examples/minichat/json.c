#define _POSIX_C_SOURCE 200809L /* gmtime_r */
#include "json.h"

#include "text.h"

#include <mapboard.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool comma; /* something stands before, on the same level */

static void separate(void) {
    if (comma)
        putchar(',');
    comma = true;
}

/* \u0041, and two of them for what has more than 16 bits. */
static void escape(uint32_t character) {
    if (character > 0xffff) {
        printf("\\u%04x", 0xd800 + ((character - 0x10000) >> 10));
        character = 0xdc00 + ((character - 0x10000) & 0x3ff);
    }
    printf("\\u%04x", character);
}

/* Would a terminal be shown something else? Then it is escaped. There is one list of such: the library's. */
static bool is_plain(const char *character, size_t bytes) {
    char shown[32];
    size_t length = minichat_display(shown, sizeof shown, character, bytes);
    return length == bytes && memcmp(shown, character, bytes) == 0;
}

static void string(const char *text, size_t length) {
    enum { MARKS = 4 }; /* more accents on one letter would run over the lines above */
    int marks = 0;
    putchar('"');
    while (length > 0) {
        uint32_t character = 0xfffd; /* stands for a byte that is not UTF-8 */
        size_t bytes = text_next(text, length, &character);
        marks = text_columns(character) == 0 ? marks + 1 : 0;
        if (bytes == 1 && (*text == '"' || *text == '\\'))
            printf("\\%c", *text);
        else if (bytes > 0 && character >= ' ' && marks <= MARKS && is_plain(text, bytes))
            fwrite(text, 1, bytes, stdout);
        else
            escape(character);
        bytes = bytes > 0 ? bytes : 1;
        text += bytes;
        length -= bytes;
    }
    putchar('"');
}

static void key_of(const char *key) {
    separate();
    printf("\"%s\":", key); /* keys are ours */
}

void json_begin(void) {
    separate();
    putchar('{');
    comma = false;
}

void json_end(void) {
    puts("}");
    comma = false;
}

void json_text(const char *key, const char *text, size_t length) {
    key_of(key);
    string(text, length);
}

void json_number(const char *key, int64_t value) {
    key_of(key);
    printf("%lld", (long long)value);
}

void json_boolean(const char *key, bool value) {
    key_of(key);
    fputs(value ? "true" : "false", stdout);
}

void json_null(const char *key) {
    key_of(key);
    fputs("null", stdout);
}

void json_time(const char *key, int64_t nanoseconds) {
    int64_t fraction = nanoseconds % 1000000000;
    if (fraction < 0) /* before 1970: who writes the board may claim it */
        fraction += 1000000000;
    time_t seconds = (nanoseconds - fraction) / 1000000000;
    struct tm utc;
    char text[32];
    if (!gmtime_r(&seconds, &utc) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
        json_null(key);
    else {
        key_of(key);
        printf("\"%s.%09lldZ\"", text, (long long)fraction);
    }
}

void json_list(const char *key) {
    key_of(key);
    putchar('[');
    comma = false;
}

void json_item(const char *text, size_t length) {
    separate();
    string(text, length);
}

void json_list_end(void) {
    putchar(']');
    comma = true;
}
