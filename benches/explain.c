/* mm_explain, cause by cause: the call fails once, the explanation is asked for again and again. */
#include "bench.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int regular, reading, writing, path_only, empty, sealed, directory;
static char *page;
static struct rlimit old_limit;

static void limit(int resource, rlim_t value) {
    CHECK(getrlimit(resource, &old_limit) == 0);
    struct rlimit new = {.rlim_cur = value, .rlim_max = old_limit.rlim_max};
    CHECK(setrlimit(resource, &new) == 0);
}

/* The header's compile-time checks are for other programs: here mistakes are meant. */
static void *map(void *at, size_t length, int prot, int flags, int fd, off_t offset) {
    return (mm_map)(at, length, prot, flags, fd, offset);
}

#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
static void length_zero(void) { map(NULL, 0, RW, PRIVATE, -1, 0); }
static void file_empty(void) { map(NULL, 0, RW, MAP_SHARED, empty, 0); }
static void length_negative(void) { map(NULL, (size_t)-1, RW, PRIVATE, -1, 0); }
static void length_too_large(void) { map(NULL, (size_t)1 << 60, RW, PRIVATE, -1, 0); }
static void offset_unaligned(void) { map(NULL, 4096, RW, MAP_SHARED, regular, 100); }
static void range_overflow(void) { map(NULL, 4096, RW, MAP_SHARED, regular, INT64_MAX - 4095); }
static void address_unaligned(void) { mm_unmap(page + 1, 4096); }
static void address_in_use(void) { map(page, 4096, RW, PRIVATE | MAP_FIXED_NOREPLACE, -1, 0); }
static void type_missing(void) { map(NULL, 4096, RW, 0, regular, 0); }
static void type_both(void) { map(NULL, 4096, RW, MAP_SHARED | PRIVATE, -1, 0); }
static void flag_unsupported(void) { map(NULL, 4096, RW, MAP_SHARED_VALIDATE | 1 << 27, regular, 0); }
static void growsdown_unsupported(void) { map(NULL, 4096, RW, MAP_SHARED | MAP_GROWSDOWN, regular, 0); }
static void fd_invalid(void) { map(NULL, 4096, RW, MAP_SHARED, 987, 0); }
static void fd_path_only(void) { map(NULL, 4096, RW, MAP_SHARED, path_only, 0); }
static void fd_write_only(void) { map(NULL, 4096, PROT_WRITE, MAP_SHARED, writing, 0); }
static void fd_read_only(void) { map(NULL, 4096, RW, MAP_SHARED, reading, 0); }
static void sealed_file(void) { map(NULL, 4096, RW, MAP_SHARED, sealed, 0); }
static void not_mappable(void) { map(NULL, 4096, PROT_READ, MAP_SHARED, directory, 0); }
static void limit_address_space(void) {
    limit(RLIMIT_AS, 1 << 20);
    map(NULL, 64 << 20, RW, PRIVATE, -1, 0);
}
static void limit_data(void) {
    limit(RLIMIT_DATA, 1 << 20);
    map(NULL, 64 << 20, RW, PRIVATE, -1, 0);
}
static void huge_page_length(void) { map(NULL, 4096, RW, PRIVATE | MAP_HUGETLB, -1, 0); }
static void map_failed_pointer(void) { mm_unmap(MAP_FAILED, 4096); }
static void range_unmapped(void) { mm_sync(page + (1 << 20), 4096, MS_SYNC); }
static void sync_flags(void) { mm_sync(page, 4096, MS_SYNC | MS_ASYNC); }
static void protect_read_only(void) {
    char *at = map(NULL, 4096, PROT_READ, MAP_SHARED, reading, 0);
    mm_protect(at, 4096, RW);
}

static const struct cause {
    const char *slug;
    void (*fail)(void);
    int limit;
} causes[] = {
    {"length-zero", length_zero, -1},
    {"file-empty", file_empty, -1},
    {"length-negative", length_negative, -1},
    {"length-too-large", length_too_large, -1},
    {"offset-unaligned", offset_unaligned, -1},
    {"range-overflow", range_overflow, -1},
    {"address-unaligned", address_unaligned, -1},
    {"address-in-use", address_in_use, -1},
    {"type-missing", type_missing, -1},
    {"type-both", type_both, -1},
    {"flag-unsupported", flag_unsupported, -1},
    {"growsdown-unsupported", growsdown_unsupported, -1},
    {"fd-invalid", fd_invalid, -1},
    {"fd-path-only", fd_path_only, -1},
    {"fd-write-only", fd_write_only, -1},
    {"fd-read-only", fd_read_only, -1},
    {"fd-read-only", protect_read_only, -1},
    {"sealed", sealed_file, -1},
    {"not-mappable", not_mappable, -1},
    {"limit-address-space", limit_address_space, RLIMIT_AS},
    {"limit-data", limit_data, RLIMIT_DATA},
    {"huge-pages-absent", huge_page_length, -1},
    {"map-failed-pointer", map_failed_pointer, -1},
    {"range-unmapped", range_unmapped, -1},
    {"sync-flags", sync_flags, -1},
};

static double explain(void *state, long count) {
    const struct cause *cause = state;
    char sentence[512];
    int64_t start = now();
    for (long i = 0; i < count; i++)
        CHECK(mm_explain(sentence, sizeof sentence) > 20);
    double ns = (double)(now() - start);
    CHECK(strcmp(mm_explain_slug(), cause->slug) == 0);
    return ns;
}

static void prepare(void) {
    static char name[128];
    snprintf(name, sizeof name, "%s/file", settings.directory);
    regular = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(regular >= 0 && ftruncate(regular, 8192) == 0);
    reading = open(name, O_RDONLY | O_CLOEXEC);
    writing = open(name, O_WRONLY | O_CLOEXEC);
    path_only = open(name, O_PATH | O_CLOEXEC);
    directory = open(settings.directory, O_RDONLY | O_CLOEXEC);
    empty = memfd_create("empty", MFD_CLOEXEC);
    sealed = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    CHECK(ftruncate(sealed, 4096) == 0 && fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    page = mmap(NULL, 2 << 20, RW, PRIVATE, -1, 0);
    CHECK(page != MAP_FAILED && munmap(page + (1 << 20), 1 << 20) == 0);
}

void rows_explain(void) {
    prepare();
    setenv("MAPBOARD_LANG", "en", 1);
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        static char names[64][48];
        snprintf(names[i], sizeof *names, "explain-%s%s", causes[i].slug,
                 causes[i].fail == protect_read_only ? "-protect" : "");
        if (!wanted(names[i]))
            continue;
        causes[i].fail();
        if (strcmp(mm_explain_slug(), causes[i].slug) == 0)
            compare((struct row){.name = names[i], .limit = 10000, .rounds = 11},
                    &(struct contestant){
                        .name = "mm_explain", .work = explain, .state = (void *)(uintptr_t)&causes[i]},
                    1);
        else
            report_missing(names[i], mm_explain_slug());
        if (causes[i].limit >= 0)
            CHECK(setrlimit(causes[i].limit, &old_limit) == 0);
    }
    unsetenv("MAPBOARD_LANG");
}
