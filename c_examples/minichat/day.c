#define _POSIX_C_SOURCE 200809L /* localtime_r */
#include "day.h"

#include "say.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

int64_t day_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool local(int64_t nanoseconds, struct tm *out) {
    time_t then = (time_t)(nanoseconds / 1000000000);
    return localtime_r(&then, out) != NULL;
}

int64_t day_of(int64_t nanoseconds) {
    struct tm day;
    return local(nanoseconds, &day) ? (day.tm_year + INT64_C(1900)) * 1000 + day.tm_yday + 1 : 0;
}

int64_t day_today(void) {
    return day_of(day_now_ns());
}

/* Item `index` of "one|two|three". Ours and not strftime's: the locale of our language need not be installed. */
static void copy_item(char out[24], const char *items, int index) {
    for (; index > 0 && strchr(items, '|'); index--)
        items = strchr(items, '|') + 1;
    snprintf(out, 24, "%.*s", (int)strcspn(items, "|"), items);
}

/* What fills {1} … {4} of WORD_DATE: weekday, day, month, year. */
struct day_name day_name(int64_t nanoseconds) {
    struct day_name name = {""};
    struct tm day;
    char parts[4][24];
    if (!local(nanoseconds, &day))
        return name;
    copy_item(parts[0], words(WORD_WEEKDAYS), day.tm_wday);
    snprintf(parts[1], sizeof parts[1], "%d", day.tm_mday);
    copy_item(parts[2], words(WORD_MONTHS), day.tm_mon);
    snprintf(parts[3], sizeof parts[3], "%d", day.tm_year + 1900);
    size_t length = 0;
    for (const char *text = words(WORD_DATE); *text && length < sizeof name.text - 24; text++)
        if (*text == '{') {
            length += (size_t)snprintf(name.text + length, 24, "%s", parts[text[1] - '1']);
            text += 2;
        } else {
            name.text[length++] = *text;
        }
    name.text[length] = '\0';
    return name;
}
