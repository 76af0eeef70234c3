/* What the system announces and how it lays out memory: small facts that docs/course-claims.md rests on. */
#define _GNU_SOURCE
#include <mapboard.h>
#include <sys/syscall.h>
#include "child.h"

static void announced(void) {
    CHECK(_POSIX_MAPPED_FILES > 0 && sysconf(_SC_MAPPED_FILES) > 0,
          "the system announces mapped files: _POSIX_MAPPED_FILES");
    CHECK_EQ(getpagesize(), sysconf(_SC_PAGESIZE), "getpagesize is the page size");
    CHECK_EQ(_Generic(&mm_map, void *(*)(void *, size_t, int, int, int, off_t): 1, default: 0) +
                 _Generic(&mmap, void *(*)(void *, size_t, int, int, int, off_t): 1, default: 0) +
                 _Generic(&mm_unmap, int (*)(void *, size_t): 1, default: 0) +
                 _Generic(&munmap, int (*)(void *, size_t): 1, default: 0),
             4, "the documents' prototypes are this system's and ours");

    int foreign = 0;
#if defined MAP_AUTOGROW || defined MAP_AUTORESRV || defined MAP_COPY || defined MAP_LOCAL
    foreign = 1;
#endif
    CHECK_EQ(foreign, 0, "MAP_AUTOGROW, MAP_AUTORESRV, MAP_COPY and MAP_LOCAL are not of this system");
    int mmap2 = 0;
#ifdef SYS_mmap2
    mmap2 = 1;
#endif
    CHECK_EQ(mmap2, 0, "mmap2 is no system call of a 64-bit system");
}

#define FIXED_AT_NULL NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0

static int raw_at_null(void *unused) {
    (void)unused;
    return mmap(FIXED_AT_NULL) == NULL ? 0 : errno;
}
static int ours_at_null(void *unused) {
    (void)unused;
    return mm_map(FIXED_AT_NULL) == NULL ? 0 : errno;
}

static void null_address(void) {
    void *chosen = mm_map(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *wished = mm_map((void *)1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(chosen != NULL && chosen != MAP_FAILED && wished != NULL && wished != MAP_FAILED,
          "without MAP_FIXED the address is never NULL");
    mm_unmap(chosen, 4096);
    mm_unmap(wished, 4096);

    /* Below vm.mmap_min_addr only who has CAP_SYS_RAWIO may map. */
    int raw = in_child(raw_at_null, NULL);
    CHECK(raw == 0 || raw == EPERM, "MAP_FIXED at NULL returns NULL, or EPERM without the privilege");
    CHECK_EQ(in_child(ours_at_null, NULL), raw, "MAP_FIXED at NULL: as the raw call");
}

static int resident(void *page) {
    unsigned char in_core;
    if (mincore(page, 1, &in_core) == -1)
        tap_bail("mincore");
    return in_core & 1;
}

static void physical_memory(void) {
    char *page = mm_map(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_EQ(resident(page), 0, "mapping takes no physical memory");
    *page = 1;
    CHECK_EQ(resident(page), 1, "the first touch takes physical memory, which the kernel chooses");
    mm_unmap(page, 4096);
}

int main(void) {
    announced();
    null_address();
    physical_memory();
    return tap_end();
}
