/*
 * The long form of an attack: MAPBOARD_SOAK=SECONDS is the time that this program may take. Without it the
 * short form, which is bounded by counts alone.
 */
#ifndef SOAK_H
#define SOAK_H
#include <stdlib.h>
#include <time.h>

/* The seconds that this program has; 0: the short form. */
__attribute__((unused)) static double soak_seconds(void) {
    const char *given = getenv("MAPBOARD_SOAK");
    return given ? strtod(given, NULL) : 0;
}

/* Whether the long form has used less than `share` (0 to 1) of its time; the short form always. */
__attribute__((unused)) static int soak_goes_on(double share) {
    static double start;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double time = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
    if (start == 0)
        start = time;
    return soak_seconds() == 0 || time - start < share * soak_seconds();
}

/* As often as in the short form, or in the long one. */
__attribute__((unused)) static unsigned long long soak_times(unsigned long long few,
                                                             unsigned long long many) {
    return soak_seconds() > 0 ? many : few;
}
#endif
