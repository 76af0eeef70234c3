/* mm_map, mm_unmap, mm_sync against the raw calls. */
#include "bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile char *last_mapped;

/* The loops differ in nothing but the functions that they call. */
#define PAIR(name, map, unmap, touch) \
    static double name(void *state, long count) { \
        int file = *(int *)state; \
        int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED; \
        int64_t start = now(); \
        for (long i = 0; i < count; i++) { \
            char *at = map(NULL, 4096, PROT_READ | PROT_WRITE, flags, file, 0); \
            CHECK(at != MAP_FAILED); \
            if (touch) \
                at[i & 4095] = (char)i; \
            last_mapped = at; \
            CHECK(unmap(at, 4096) == 0); \
        } \
        return (double)(now() - start); \
    }
PAIR(ours_untouched, mm_map, mm_unmap, 0)
PAIR(raw_untouched, mmap, munmap, 0)
PAIR(ours_touched, mm_map, mm_unmap, 1)
PAIR(raw_touched, mmap, munmap, 1)

struct synced {
    char *at;
    int flags;
};

#define SYNC(name, sync) \
    static double name(void *state, long count) { \
        struct synced *what = state; \
        int64_t start = now(); \
        for (long i = 0; i < count; i++) { \
            what->at[0]++; \
            CHECK(sync(what->at, 4096, what->flags) == 0); \
        } \
        return (double)(now() - start); \
    }
SYNC(ours_sync, mm_sync)
SYNC(raw_sync, msync)

static void pair(const char *name, work *ours, work *raw, int *file) {
    if (wanted(name))
        compare((struct row){.name = name, .goal = 1.02},
                (struct contestant[]){{.name = "mm_map + mm_unmap", .work = ours, .state = file},
                                      {.name = "mmap + munmap", .work = raw, .state = file}},
                2);
}

void rows_map(void) {
    int none = -1, file = open(settings.directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    CHECK(file >= 0 && ftruncate(file, 4096) == 0);
    pair("map-unmap", ours_untouched, raw_untouched, &none);
    pair("map-unmap-touched", ours_touched, raw_touched, &none);
    pair("map-unmap-file", ours_untouched, raw_untouched, &file);
    struct synced what = {.at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
                          .flags = MS_ASYNC};
    CHECK(what.at != MAP_FAILED);
    if (wanted("sync"))
        compare((struct row){.name = "sync", .goal = 1.02},
                (struct contestant[]){{.name = "mm_sync, MS_ASYNC", .work = ours_sync, .state = &what},
                                      {.name = "msync", .work = raw_sync, .state = &what}},
                2);
    what.flags = MS_SYNC;
    if (wanted("sync-to-disk"))
        compare((struct row){.name = "sync-to-disk", .rounds = 21},
                (struct contestant[]){
                    {.name = "mm_sync, MS_SYNC", .work = ours_sync, .state = &what, .ignores_noise = true},
                    {.name = "msync", .work = raw_sync, .state = &what, .ignores_noise = true}},
                2);
    munmap(what.at, 4096);
    close(file);
}
