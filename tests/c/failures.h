/*
 * Failing calls of many kinds, each with its slug: for tests that look at what mm_explain does beside explaining. All
 * on one file, data.bin of the current directory, of 10000 bytes.
 */
#ifndef FAILURES_H
#define FAILURES_H
#include <fcntl.h>
#include <mapboard.h>
#include <sys/resource.h>
#include <unistd.h>
#include "tap.h"

static int failures_rw, failures_r, failures_w, failures_pipe[2];
static char *failures_page; /* mapped read-only and shared; the page behind it is not mapped */

__attribute__((unused)) static void failures_prepare(void) {
    failures_rw = open("data.bin", O_RDWR | O_CREAT | O_TRUNC, 0600);
    failures_r = open("data.bin", O_RDONLY);
    failures_w = open("data.bin", O_WRONLY);
    if (failures_rw < 0 || failures_r < 0 || failures_w < 0 || ftruncate(failures_rw, 10000) != 0 || pipe(failures_pipe) != 0)
        tap_bail("data.bin");
    failures_page = mm_map(NULL, 8192, PROT_READ, MAP_SHARED, failures_r, 0);
    if (failures_page == MAP_FAILED || mm_unmap(failures_page + 4096, 4096) != 0)
        tap_bail("mm_map");
}

/* Whether the last call failed: a machine may allow what others refuse. */
static int failures_made = 1;

static void map_of(size_t length, int prot, int flags, int fd, off_t offset) {
    volatile size_t unseen = length; /* by the header, which would warn */
    volatile int descriptor = fd, type = flags;
    volatile off_t from = offset;
    void *p = mm_map(NULL, unseen, prot, type, descriptor, from);
    failures_made = p == MAP_FAILED;
    if (!failures_made)
        mm_unmap(p, length);
}

static void with_limit(int resource, rlim_t bytes, size_t length, int prot) {
    struct rlimit old, less;
    getrlimit(resource, &old);
    less = old;
    less.rlim_cur = bytes;
    setrlimit(resource, &less);
    map_of(length, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    setrlimit(resource, &old);
}

#define RW (PROT_READ | PROT_WRITE)
static void fail_length_zero(void) { map_of(0, PROT_READ, MAP_SHARED, failures_rw, 0); }
static void fail_length_negative(void) { map_of((size_t)-1, PROT_READ, MAP_SHARED, failures_rw, 0); }
static void fail_length_too_large(void) { map_of((size_t)1 << 50, PROT_READ, MAP_SHARED, failures_rw, 0); }
static void fail_offset_unaligned(void) { map_of(10, PROT_READ, MAP_SHARED, failures_rw, 5); }
static void fail_range_overflow(void) { map_of(10, PROT_READ, MAP_SHARED, failures_rw, -65536); }
static void fail_type_missing(void) { map_of(10, PROT_READ, 0, failures_rw, 0); }
static void fail_fd_invalid(void) { map_of(10, PROT_READ, MAP_SHARED, 9999, 0); }
static void fail_fd_write_only(void) { map_of(10, PROT_READ, MAP_PRIVATE, failures_w, 0); }
static void fail_fd_read_only(void) { map_of(10, RW, MAP_SHARED, failures_r, 0); }
static void fail_not_mappable(void) { map_of(10, PROT_READ, MAP_PRIVATE, failures_pipe[0], 0); }
static void fail_flag_unsupported(void) { map_of(10, RW, MAP_SHARED_VALIDATE | MAP_SYNC, failures_rw, 0); }
static void fail_overcommit(void) { map_of((size_t)64 << 40, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static void fail_huge_pages(void) { map_of((size_t)2 << 40, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0); }
static void fail_address_unaligned(void) { mm_unmap(failures_page + 5, 10); }
static void fail_address_in_use(void) {
    mm_map(failures_page, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}
static void fail_protect(void) { mm_protect(failures_page, 4096, RW); }
static void fail_range_unmapped(void) { mm_sync(failures_page, 8192, MS_SYNC); }
static void fail_sync_flags(void) { mm_sync(failures_page, 4096, MS_SYNC | MS_ASYNC); }
static void fail_map_failed(void) {
    fail_fd_read_only();
    mm_unmap(MAP_FAILED, 4096);
}
static void fail_map_file(void) { mm_map_file("no such file", PROT_READ, MAP_SHARED, NULL); }
static void fail_file_empty(void) {
    close(open("empty.bin", O_RDWR | O_CREAT, 0600));
    mm_map_file("empty.bin", PROT_READ, MAP_SHARED, NULL);
}
static void fail_disk_full(void) { mm_create_file("too large.bin", (size_t)1 << 42, 0600); }
static void fail_limit(void) { with_limit(RLIMIT_AS, 1 << 20, 4096, PROT_READ); }

struct failure {
    const char *slug;
    void (*fail)(void);
};

/* Makes it; whether it was one. */
__attribute__((unused)) static int failure_make(const struct failure *failure) {
    failures_made = 1;
    failure->fail();
    return failures_made;
}

__attribute__((unused)) static const struct failure failures[] = {
    {"length-zero", fail_length_zero},
    {"length-negative", fail_length_negative},
    {"length-too-large", fail_length_too_large},
    {"offset-unaligned", fail_offset_unaligned},
    {"range-overflow", fail_range_overflow},
    {"type-missing", fail_type_missing},
    {"fd-invalid", fail_fd_invalid},
    {"fd-write-only", fail_fd_write_only},
    {"fd-read-only", fail_fd_read_only},
    {"not-mappable", fail_not_mappable},
    {"flag-unsupported", fail_flag_unsupported},
    {"overcommit", fail_overcommit},
    {"huge-pages-absent", fail_huge_pages},
    {"address-unaligned", fail_address_unaligned},
    {"address-in-use", fail_address_in_use},
    {"fd-read-only", fail_protect},
    {"range-unmapped", fail_range_unmapped},
    {"sync-flags", fail_sync_flags},
    {"map-failed-pointer", fail_map_failed},
    {"unknown", fail_map_file},
    {"file-empty", fail_file_empty},
    {"disk-full", fail_disk_full},
    {"unknown", fail_limit}, /* the limit is gone when it is looked for: it has changed, so nothing is said of it */
};
#define FAILURES (sizeof failures / sizeof *failures)
#endif
