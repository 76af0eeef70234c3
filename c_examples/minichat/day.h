/* Days in local time, for a page that is read from top to bottom: when one begins, a line says which. */
#ifndef DAY_H
#define DAY_H
#include <stdint.h>

/* A number of the day, another one for each; 0: the moment has none (a year beyond what a calendar knows). */
int64_t day_of(int64_t nanoseconds);

int64_t day_today(void);

/* "Friday 27 November 2026", in the user's language. */
struct day_name {
    char text[96];
};
struct day_name day_name(int64_t nanoseconds);

int64_t day_now_ns(void);
#endif
