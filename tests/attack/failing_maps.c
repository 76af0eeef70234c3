/* Each system call of mm_* fails once, in each way in which it can: see failing.h. */
#define _GNU_SOURCE
#include "failing.h"
#include "../c/failures.h"
#include "../c/refuse.h"

enum { LENGTH = 10000, LONG = 40000, SHORT = 5 };

static int file;
static char *mapped;
static size_t length;

static int mapped_or_not(void *p) {
    mapped = p == MAP_FAILED ? NULL : p;
    return mapped ? 0 : errno;
}
static int answer(int result) { return result == 0 ? 0 : errno; }

/* ---- the five calls ------------------------------------------------------------------------------------ */

static void open_file(void) {
    if ((file = open("data.bin", O_RDWR | O_CLOEXEC)) < 0)
        _exit(3);
}
static int map_file(void) { return mapped_or_not(mm_map(NULL, LENGTH, RW, MAP_SHARED, file, 0)); }
static int map_memory(void) {
    return mapped_or_not(mm_map(NULL, LENGTH, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}
static void unmap_it(void) { munmap(mapped, LENGTH); }

static void prepare_mapping(void) {
    open_file();
    if (map_file() != 0)
        _exit(3);
}
static int unmap_call(void) {
    if (!mapped && map_file() != 0)
        return -1;
    int error = answer(mm_unmap(mapped, LENGTH));
    mapped = error ? mapped : NULL;
    return error;
}
static int protect(void) { return answer(mm_protect(mapped, LENGTH, PROT_READ)); }
static int sync_it(void) { return answer(mm_sync(mapped, LENGTH, MS_SYNC)); }

static int grow(void) {
    char *p = mm_remap(mapped, LENGTH, LONG, MREMAP_MAYMOVE);
    mapped = p == MAP_FAILED ? mapped : p;
    return p == MAP_FAILED ? errno : 0;
}
static void shrink(void) {
    if (mremap(mapped, LONG, LENGTH, 0) != mapped)
        _exit(3);
}

/* ---- the two idioms ------------------------------------------------------------------------------------ */

static int map_all(void) { return mapped_or_not(mm_map_file("data.bin", RW, MAP_SHARED, &length)); }
static int create_new(void) { return mapped_or_not(mm_create_file("new.bin", LENGTH, 0600)); }
static int create_longer(void) { return mapped_or_not(mm_create_file("short.bin", LENGTH, 0600)); }
static void remove_new(void) {
    unmap_it();
    unlink("new.bin");
}
static void shorten(void) {
    unmap_it();
    if (truncate("short.bin", SHORT) != 0)
        _exit(3);
}
static void no_fallocate(void) { refuse(SYS_fallocate, 0, 0, EOPNOTSUPP); }

static void no_new_file(void) { unlink("new.bin"); }
static void short_file(void) {
    int fd = open("short.bin", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, SHORT) != 0)
        tap_bail("short.bin");
    close(fd);
}

/* As long as it was, or as it was to be. A cut that fails leaves it longer. */
static int short_or_long(void) {
    struct stat stat_of;
    if (stat("short.bin", &stat_of) != 0)
        return 1;
    return failing_stage->result ? stat_of.st_size != SHORT : stat_of.st_size != LENGTH;
}

/* ---- what is said of failures -------------------------------------------------------------------------- */

static const struct failure *failure;

static void fail_first(void) {
    failures_prepare();
    failure_make(failure);
}

/* Something is said, and nothing wrong: it may be less than with all calls at hand. */
static int explain(void) {
    char text[1000];
    errno = 4242;
    size_t said = mm_explain(text, sizeof text);
    const char *slug = mm_explain_slug();
    if (failing_stage->inside)
        snprintf(failing_stage->note, sizeof failing_stage->note, "%s", slug);
    if (errno != 4242 || said == 0 || said >= sizeof text || strlen(text) != said)
        return -1;
    if (strcmp(slug, "length-zero") == 0) /* true of an empty file, too */
        slug = strcmp(failure->slug, "file-empty") == 0 ? failure->slug : slug;
    return strcmp(slug, failure->slug) == 0 || strcmp(slug, "unknown") == 0 ? 0 : -1;
}

static int say(void) {
    errno = 4242;
    mm_perror("prefix");
    return errno == 4242 ? 0 : -1;
}

static void fail_in_silence(void) {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, 2);
    close(null);
    fail_first();
}

/* ---- the guard ----------------------------------------------------------------------------------------- */

static int guard(void) { return answer(mm_guard(mapped, LENGTH)); }
static void unguard(void) { mm_unguard(mapped, LENGTH); }
static void prepare_guard(void) {
    prepare_mapping();
    if (guard() != 0)
        _exit(3);
}
static int unguard_call(void) { return answer(mm_unguard(mapped, LENGTH)); }
static void guard_again(void) {
    if (guard() != 0)
        _exit(3);
}
static int tripped(void) { return mm_guard_tripped(mapped) == 0 ? 0 : -1; }

int main(void) {
    static const struct operation operations[] = {
        {"map, a file", "mm_map", open_file, map_file, unmap_it, INJECT_EXACT},
        {"map, memory", "mm_map", NULL, map_memory, unmap_it, INJECT_EXACT},
        {"unmap", "mm_unmap", prepare_mapping, unmap_call, NULL, INJECT_EXACT},
        {"protect", "mm_protect", prepare_mapping, protect, NULL, INJECT_EXACT},
        {"sync", "mm_sync", prepare_mapping, sync_it, NULL, INJECT_EXACT},
        {"remap", "mm_remap", prepare_mapping, grow, shrink, INJECT_EXACT},
        {"map_file", "mm_map_file", NULL, map_all, unmap_it, 0},
        {"guard", "mm_guard", prepare_mapping, guard, unguard, 0},
        {"unguard", "mm_unguard", prepare_guard, unguard_call, guard_again, INJECT_NEVER},
        {"guard_tripped", "mm_guard_tripped", prepare_guard, tripped, NULL, INJECT_NEVER},
    };
    static const struct operation creates[] = {
        {"create_file", "mm_create_file", NULL, create_new, remove_new, INJECT_FILES},
        {"create_file, without fallocate", "mm_create_file", no_fallocate, create_new, remove_new,
         INJECT_FILES},
    };
    static const struct operation lengthens[] = {
        {"create_file, a file that is too short", "mm_create_file", NULL, create_longer, shorten, 0},
        {"create_file, too short, without fallocate", "mm_create_file", no_fallocate, create_longer, shorten,
         0},
    };
    tap_directory();
    chat_alarm();
    failing_stage = shared_memory(sizeof *failing_stage);
    failures_prepare();
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        failing(&operations[i], NULL, NULL);
    for (size_t i = 0; i < sizeof creates / sizeof *creates; i++)
        failing(&creates[i], no_new_file, NULL);
    short_file();
    for (size_t i = 0; i < sizeof lengthens / sizeof *lengthens; i++)
        failing(&lengthens[i], short_file, short_or_long);
    ATTACK("system calls failing: mm_", failing_runs, failing_violations);
    failing_runs = failing_violations = 0;
    for (size_t i = 0; i < FAILURES; i++) {
        char name[100];
        snprintf(name, sizeof name, "explain, %s", failures[i].slug);
        struct operation explains = {name, "mm_explain", fail_first, explain, NULL, INJECT_NEVER};
        failure = &failures[i];
        failing(&explains, NULL, NULL);
    }
    struct operation says = {"perror", "mm_perror", fail_in_silence, say, NULL, INJECT_NEVER};
    failing(&says, NULL, NULL);
    ATTACK("system calls failing: mm_explain", failing_runs, failing_violations);
    return tap_end();
}
