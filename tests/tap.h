/*
 * The tests' one vocabulary: each test program prints lines of the Test Anything Protocol (testanything.org),
 * tests/run adds them up. A line per fact; a fact that failed says what was wanted and what came.
 *
 *   CHECK(condition, "the second writer waits");         ok / not ok, with file and line
 *   CHECK_EQ(got, wanted, "length");                     integers, both printed when they differ
 *   CHECK_ERRNO(call, -1, EBADF, "closed descriptor");   the call's result and errno
 *   SKIP("needs root", "address below mmap_min_addr");   counted apart; a failure under CI
 *   ATTACK("killed: post", kills, violations);           ok if it was made, and nothing was violated; in the table
 *   return tap_end();                                    the plan, and the exit code: 0 if all held
 */
#ifndef TAP_H
#define TAP_H
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int tap_done, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static int tap_line(int ok, const char *file, int line, const char *format, ...) {
    va_list args;
    printf("%sok %d - ", ok ? "" : "not ", ++tap_done);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    if (!ok) {
        tap_failed++;
        printf("  [%s:%d]", file, line);
    }
    putchar('\n');
    fflush(stdout);
    return ok;
}

#define CHECK(condition, ...) tap_line(!!(condition), __FILE__, __LINE__, __VA_ARGS__)

#define CHECK_EQ(got, wanted, name)                                                                      \
    do {                                                                                                 \
        long long tap_got = (long long)(got), tap_wanted = (long long)(wanted);                          \
        if (tap_got == tap_wanted)                                                                       \
            tap_line(1, __FILE__, __LINE__, "%s", name);                                                 \
        else                                                                                             \
            tap_line(0, __FILE__, __LINE__, "%s: got %lld, wanted %lld", name, tap_got, tap_wanted);     \
    } while (0)

/* The call must return `wanted` (an integer or a pointer) and set errno to `error`. */
#define CHECK_ERRNO(call, wanted, error, name)                                                           \
    do {                                                                                                 \
        errno = 0;                                                                                       \
        long long tap_got = (long long)(call);                                                           \
        int tap_errno = errno;                                                                           \
        tap_line(tap_got == (long long)(wanted) && tap_errno == (error), __FILE__, __LINE__,             \
                 "%s (returned %lld, errno %d; wanted %lld, errno %d)", name, tap_got, tap_errno,        \
                 (long long)(wanted), (error));                                                          \
    } while (0)

#define SKIP(why, ...)                                                                                   \
    do {                                                                                                 \
        printf("ok %d - ", ++tap_done);                                                                  \
        printf(__VA_ARGS__);                                                                             \
        printf(" # SKIP %s\n", why);                                                                     \
        fflush(stdout);                                                                                  \
    } while (0)

/* What was done to the library, how often, and how often it did not do as promised: a check, and a line of the table
 * that tests/run prints at the end (lines of the same name are added up). */
__attribute__((unused)) static void tap_attack(const char *file, int line, const char *name, unsigned long long count,
                                               unsigned long long violations) {
    printf("# attack %llu %llu %s\n", count, violations, name);
    tap_line(count > 0 && violations == 0, file, line, "%s: %llu times, %llu violations", name, count, violations);
}
#define ATTACK(name, count, violations)                                                                  \
    tap_attack(__FILE__, __LINE__, name, (unsigned long long)(count), (unsigned long long)(violations))

__attribute__((unused)) static int tap_end(void) {
    printf("1..%d\n", tap_done);
    fflush(stdout);
    return tap_failed != 0;
}

static void tap_directory_remove(void);

/* The test cannot go on: says why, fails. For the test's own scaffolding (a fork, a file), never for the thing tested. */
__attribute__((format(printf, 1, 2), unused, noreturn)) static void tap_bail(const char *format, ...) {
    int error = errno;
    va_list args;
    printf("Bail out! ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf(": %s\n", strerror(error));
    fflush(stdout);
    tap_directory_remove();
    _exit(2);
}

/*
 * A directory of this test's own, current from now on and removed with all its files at exit (also by _exit of the
 * test's parent: only the process that made it removes it).
 */
static char tap_directory_name[256];
static pid_t tap_directory_owner;

__attribute__((unused)) static void tap_directory_remove(void) {
    if (getpid() != tap_directory_owner || chdir("/") != 0)
        return;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", tap_directory_name);
    if (system(command) != 0)
        perror(tap_directory_name);
}

__attribute__((unused)) static const char *tap_directory(void) {
    const char *base = getenv("TMPDIR");
    snprintf(tap_directory_name, sizeof tap_directory_name, "%.200s/mapboard.XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(tap_directory_name) || chdir(tap_directory_name) != 0)
        tap_bail("%s", tap_directory_name);
    tap_directory_owner = getpid();
    atexit(tap_directory_remove);
    return tap_directory_name;
}
#endif
