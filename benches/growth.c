/* How cost grows: with mappings that live, participants, the length of a message, threads. */
#include "bench.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static double map_pair(void *state, long count) {
    (void)state;
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        void *at = mm_map(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(at != MAP_FAILED && mm_unmap(at, 4096) == 0);
    }
    return (double)(now() - start);
}

static double raw_pair(void *state, long count) {
    (void)state;
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(at != MAP_FAILED && munmap(at, 4096) == 0);
    }
    return (double)(now() - start);
}

static double explain_in_use(void *state, long count) {
    char sentence[512];
    CHECK(mm_map(state, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
          MAP_FAILED);
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(mm_explain(sentence, sizeof sentence) > 20);
    double ns = (double)(now() - start);
    CHECK(strcmp(mm_explain_slug(), "address-in-use") == 0);
    return ns;
}

static void mappings(void) {
    static const int steps[] = {1, 10, 100, 1000, 10000, 30000};
    enum { MOST = 30000 };
    /* Every second page of a range is another mapping, so that the kernel merges none. */
    char *range = mmap(NULL, 2UL * MOST * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                       0);
    CHECK(range != MAP_FAILED);
    int live = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (; live < steps[i]; live++)
            if (mprotect(range + 8192L * live, 4096, PROT_READ) != 0) {
                report_missing("growth-mappings", "vm.max_map_count is too small");
                munmap(range, 2UL * MOST * 4096);
                return;
            }
        report_growth(
            "map + unmap", "mappings live", live,
            (struct contestant[]){{.name = "mapboard", .work = map_pair}, {.name = "raw", .work = raw_pair}},
            2);
        report_growth("mm_explain, address in use", "mappings live", live,
                      &(struct contestant){.name = "mapboard", .work = explain_in_use, .state = range}, 1);
    }
    munmap(range, 2UL * MOST * 4096);
}

/* ---- participants ---- */

static double post_128(void *state, long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_post(state, text, TEXT, 0, NULL) == 0);
    return (double)(now() - start);
}

static double who(void *state, long count) {
    static struct minichat_person people[MINICHAT_SEATS];
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_who(state, people, MINICHAT_SEATS) > 0);
    return (double)(now() - start);
}

static double join(void *state, long count) {
    (void)state;
    double ns = 0;
    for (long i = 0; i < count; i++) {
        int64_t start = now();
        struct minichat *chat = board_open("many", 0);
        ns += (double)(now() - start);
        CHECK(minichat_close(chat) == 0);
    }
    return ns;
}

static void participants(void) {
    static const int steps[] = {1, 2, 4, 8, 16, 32, 63, 64};
    struct minichat *all[MINICHAT_SEATS] = {board_open("many", MINICHAT_CREATE)};
    int present = 1;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        for (; present < steps[i]; present++)
            all[present] = board_open("many", 0);
        report_growth("post 128 B", "participants", present,
                      &(struct contestant){.name = "mapboard", .work = post_128, .state = all[present - 1]},
                      1);
        report_growth("who", "participants", present,
                      &(struct contestant){.name = "mapboard", .work = who, .state = all[present - 1]}, 1);
        if (present < MINICHAT_SEATS)
            report_growth("join", "participants", present,
                          &(struct contestant){.name = "mapboard", .work = join}, 1);
    }
    while (present > 0)
        CHECK(minichat_close(all[--present]) == 0);
    board_close_all("many");
}

/* ---- length ---- */

struct sized {
    struct minichat *chat;
    size_t length;
};

static double post_sized(void *state, long count) {
    struct sized *sized = state;
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_post(sized->chat, text, sized->length, 0, NULL) == 0);
    return (double)(now() - start);
}

static double read_sized(void *state, long count) {
    struct sized *sized = state;
    static struct minichat_message message;
    struct minichat_info info = {.size = sizeof info};
    CHECK(minichat_info(sized->chat, &info) == 0);
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(minichat_peek(sized->chat, info.last - 1, &message, 1) == 1);
    double ns = (double)(now() - start);
    CHECK(message.text_length == sized->length && memcmp(message.text, text, sized->length) == 0);
    return ns;
}

static void lengths(void) {
    static const size_t steps[] = {1, 8, 32, 128, 256, 512, MINICHAT_TEXT_MAX};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct sized sized = {board_open("sized", MINICHAT_CREATE), steps[i]};
        size_t length = steps[i];
        report_growth(
            "post", "bytes", (double)length,
            (struct contestant[]){{.name = "mapboard", .work = post_sized, .state = &sized},
                                  {.name = "CAS + xchg + memcpy", .work = cas_xchg_memcpy, .state = &length}},
            2);
        report_growth("read", "bytes", (double)length,
                      &(struct contestant){.name = "mapboard", .work = read_sized, .state = &sized}, 1);
        CHECK(minichat_close(sized.chat) == 0);
        board_close_all("sized");
    }
}

/* ---- threads of one participant ---- */

struct team {
    struct minichat *chat;
    int threads;
    long each;
};

static void *post_in_thread(void *state) {
    struct team *team = state;
    post_128(team->chat, team->each);
    return NULL;
}

static double post_together(void *state, long count) {
    struct team *team = state;
    pthread_t threads[8];
    team->each = count / team->threads + 1;
    go_to_any_processor();
    int64_t start = now();
    for (int i = 0; i < team->threads; i++)
        CHECK(pthread_create(&threads[i], NULL, post_in_thread, team) == 0);
    for (int i = 0; i < team->threads; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    double ns = (double)(now() - start);
    go_to_processor(0);
    return ns * (double)count / (double)(team->each * team->threads);
}

static void threads(void) {
    struct team team = {.chat = board_open("team", MINICHAT_CREATE)};
    for (team.threads = 1; team.threads <= 8; team.threads *= 2)
        report_growth("post 128 B, one participant", "threads", team.threads,
                      &(struct contestant){.name = "mapboard",
                                           .work = post_together,
                                           .state = &team,
                                           .count = 20000,
                                           .ignores_noise = true},
                      1);
    CHECK(minichat_close(team.chat) == 0);
    board_close_all("team");
}

void rows_growth(void) {
    if (wanted("growth-mappings"))
        mappings();
    if (wanted("growth-participants"))
        participants();
    if (wanted("growth-length"))
        lengths();
    if (wanted("growth-threads"))
        threads();
}
