/* What programs do with the calls besides calling them from main(), and what they rely on unsaid. */
#include "situation.h"
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/time.h>

/* ---- before main --------------------------------------------------------------------------------------- */

enum { SOME = 4096 }; /* bytes; `page` is not known yet */
static int before_everything[2], before_main[2];

static int use_a_page(const struct calls *calls) {
    char *p = calls->map(NULL, SOME, RW, ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 0;
    p[0] = 'm';
    int usable = calls->protect(p, SOME, R) == 0 && calls->sync(p, SOME, MS_SYNC) == 0 && p[0] == 'm';
    return calls->unmap(p, SOME) == 0 && usable;
}

/* Earlier than the constructors of any library. */
static void preinit(void) {
    before_everything[0] = use_a_page(&raw_calls);
    before_everything[1] = use_a_page(&our_calls);
}
__attribute__((section(".preinit_array"), used)) static void (*const preinit_entry)(void) = preinit;

__attribute__((constructor)) static void constructor(void) {
    before_main[0] = use_a_page(&raw_calls);
    before_main[1] = use_a_page(&our_calls);
}

static void used_before_main(void) {
    EQUAL(before_everything[mm == &our_calls], 1, "before the constructors of libraries");
    EQUAL(before_main[mm == &our_calls], 1, "in a constructor");
}

/* ---- signal handlers ----------------------------------------------------------------------------------- */

static volatile sig_atomic_t handled, failed_in_handler;

static void mapping_handler(int signo) {
    (void)signo;
    int saved = errno;
    failed_in_handler |= !use_a_page(mm);
    handled++;
    errno = saved;
}

/* A timer interrupts the calls again and again; what it interrupts them for makes the same calls. */
static void used_in_handlers(void) {
    struct sigaction action = {.sa_handler = mapping_handler, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    int failed = 0;
    NEED(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (handled < 300)
        failed |= !use_a_page(mm);
    NEED(setitimer(ITIMER_REAL, &never, NULL) == 0);
    EQUAL(failed, 0, "the interrupted calls");
    EQUAL(failed_in_handler, 0, "and those in the handler");
}

/* ---- threads and fork ---------------------------------------------------------------------------------- */

static atomic_int stop;

static void *map_all_the_time(void *unused) {
    while (!atomic_load(&stop))
        if (!use_a_page(mm))
            return unused;
    return NULL;
}

/* A lock or a table in the library would now and then be taken, or half changed, in the child. */
static void forked_beside_threads(void) {
    pthread_t threads[2];
    int failed = 0;
    for (int i = 0; i < 2; i++)
        NEED(pthread_create(&threads[i], NULL, map_all_the_time, &stop) == 0);
    for (int i = 0; i < 300; i++) {
        IN_CHILD _exit(!use_a_page(mm));
        failed += child_status != 0;
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 2; i++) {
        void *result;
        NEED(pthread_join(threads[i], &result) == 0);
        failed += result != NULL;
    }
    EQUAL(failed, 0, "children and threads");
}

static void *fail_there(void *unused) {
    (void)unused;
    FAILS(mm->map(NULL, 0, R, ANONYMOUS, -1, 0), EINVAL, "a failure in another thread");
    return NULL;
}

static void errno_of_each_thread(void) {
    pthread_t thread;
    errno = UNTOUCHED;
    int created = pthread_create(&thread, NULL, fail_there, NULL), joined = pthread_join(thread, NULL);
    int error = errno;
    NEED(created == 0 && joined == 0);
    EQUAL(error, UNTOUCHED, "does not show in the errno of this one");
}

/* ---- no table of mappings ------------------------------------------------------------------------------ */

static void mixed_with_raw_calls(void) {
    char *p = MAPS(mm->map(NULL, 4 * page, RW, ANONYMOUS, -1, 0), "four pages");
    EQUAL(poke(p, 'a') + poke(p + 2 * page, 'c'), 0, "are used");
    NEED(munmap(p + page, page) == 0 && mprotect(p, page, PROT_READ) == 0);
    FAULTS(STORE, p, SIGSEGV, SEGV_ACCERR, "a raw mprotect holds");
    NEED(madvise(p + 2 * page, page, MADV_DONTNEED) == 0);
    EQUAL(peek(p + 2 * page), 0, "so does a raw madvise");
    char *moved = mremap(p + 2 * page, page, 3 * page, MREMAP_MAYMOVE);
    NEED(moved != MAP_FAILED);
    PASSES(mm->protect(moved, 3 * page, R), "what a raw mremap moved");
    PASSES(mm->unmap(moved + page, page), "can be unmapped in part");
    PASSES(mm->unmap(p, 4 * page), "and so can the rest, over its holes");
    char *raw = mmap(NULL, 2 * page, RW, ANONYMOUS, -1, 0);
    NEED(raw != MAP_FAILED);
    PASSES(mm->sync(raw, 2 * page, MS_SYNC), "a mapping of the raw call");
    PASSES(mm->unmap(raw, 2 * page), "is as good as any");
    FAULTS(LOAD, raw, SIGSEGV, SEGV_MAPERR, "and gone");
}

static void remapped(void) {
    char *p = MAPS(mm->map(NULL, 4 * page, RW, ANONYMOUS, -1, 0), "four pages");
    EQUAL(poke(p, 'a'), 0, "are used");
    EQUAL(MAPS(mm->remap(p, 4 * page, 2 * page, 0), "shrunk, four arguments") - p, 0, "in place");
    FAULTS(LOAD, p + 2 * page, SIGSEGV, SEGV_MAPERR, "the rest is gone");
    char *target = MAPS(mm->map(NULL, 2 * page, RW, ANONYMOUS, -1, 0), "a place to go to");
    char *moved = MAPS(mm->remap(p, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target),
                       "moved there");
    EQUAL(moved - target, 0, "the fifth argument arrives");
    EQUAL(peek(target), 'a', "with its contents");
    FAULTS(LOAD, p, SIGSEGV, SEGV_MAPERR, "the old place is free");
    char *copy = MAPS(mm->remap(target, page, page, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL),
                      "MREMAP_DONTUNMAP");
    EQUAL(peek(copy), 'a', "moves the contents");
    EQUAL(peek(target), 0, "and leaves the place, empty");
    FAILS(mm->remap(copy, page, page, MREMAP_FIXED, target), EINVAL, "MREMAP_FIXED alone");
    FAILS(mm->remap(copy, page, page, 0x100), EINVAL, "an unknown bit");
    FAILS(mm->remap(copy, page, 0, 0), EINVAL, "new length 0");
}

/* ---- nothing kept, nothing added ----------------------------------------------------------------------- */

static int descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    NEED(directory != NULL);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void no_descriptor_kept(void) {
    int fd = new_file("file", page), before = descriptors();
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file");
    PASSES(mm->sync(p, page, MS_SYNC), "synchronized");
    EQUAL(descriptors() - before, 0, "no descriptor more than before");
    close(fd);
    EQUAL(descriptors() - before, -1, "one less when it is closed");
}

static void no_page_added(void) {
    int fd = new_file("file", 8 * page);
    size_t before_bytes, bytes;
    char rights[8] = "";
    mappings_in(NULL, SIZE_MAX, &before_bytes, rights); /* the C library takes its buffers now */
    int before = mappings_in(NULL, SIZE_MAX, &before_bytes, rights);
    char *p = MAPS(mm->map(NULL, 2 * page + 1, RW, MAP_SHARED, fd, 0), "two pages and a byte");
    EQUAL(mappings_in(NULL, SIZE_MAX, &bytes, rights) - before, 1, "are one mapping");
    EQUAL(bytes - before_bytes, 3 * page, "of three pages");
    EQUAL(mappings_in(p, 3 * page, &bytes, rights), 1, "in one piece");
    EQUAL(strcmp(rights, "rw-s"), 0, "with the rights asked for");
    PASSES(mm->unmap(p, 2 * page + 1), "unmapped");
    EQUAL(mappings_in(NULL, SIZE_MAX, &bytes, rights) - before, 0, "they leave nothing");
    EQUAL(bytes - before_bytes, 0, "at all");
}

static void no_handler_installed(void) {
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, new_file("file", page), 0), "a page");
    PASSES(mm->sync(p, page, MS_SYNC | MS_INVALIDATE), "synchronized");
    PASSES(mm->unmap(p, page), "unmapped");
    int installed = 0, blocked = 0;
    sigset_t mask;
    NEED(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
    for (int signo = 1; signo < NSIG; signo++) {
        struct sigaction action;
        if (sigaction(signo, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
            action.sa_handler != SIG_IGN)
            installed++;
        blocked += sigismember(&mask, signo) == 1;
    }
    EQUAL(installed, 0, "no signal handler");
    ALIKE(blocked, "the signal mask");
}

static void wide_offsets(void) {
    int fd = new_file("file", 0);
    for (off_t at = ((off_t)1 << 32) + (off_t)page; at < (off_t)1 << 40; at <<= 3) {
        off_t offset = at & -(off_t)page;
        NEED(ftruncate(fd, offset + (off_t)page) == 0 && pwrite(fd, "w", 1, offset) == 1);
        char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, offset), "offset %#llx",
                       (unsigned long long)offset);
        EQUAL(peek(p), 'w', "shows what is there");
        EQUAL(poke(p + 1, 's'), 0, "a store");
        PASSES(mm->sync(p, page, MS_SYNC), "is synchronized");
        char byte = 0;
        EQUAL(pread(fd, &byte, 1, offset + 1) == 1 ? byte : -1, 's', "and arrives there");
        PASSES(mm->unmap(p, page), "unmapped");
    }
}

static void calls_arrive(void) {
    EQUAL(raw_calls.map == our_calls.map, 0, "mm_map is another function than mmap");
    EQUAL(raw_calls.unmap == our_calls.unmap, 0, "mm_unmap than munmap");
    EQUAL(raw_calls.sync == our_calls.sync, 0, "mm_sync than msync");
    EQUAL(raw_calls.protect == our_calls.protect, 0, "mm_protect than mprotect");
    EQUAL(raw_calls.remap == our_calls.remap, 0, "mm_remap than mremap");
}

int main(void) {
    side_by_side("duty: two sides, not one twice", calls_arrive);
    side_by_side("duty: usable before main", used_before_main);
    side_by_side("duty: usable in a signal handler that interrupts the same call", used_in_handlers);
    side_by_side("duty: usable in children forked beside mapping threads", forked_beside_threads);
    side_by_side("duty: errno is each thread's own", errno_of_each_thread);
    side_by_side("duty: raw calls on our mappings, ours on raw ones", mixed_with_raw_calls);
    side_by_side("duty: mremap with four arguments and with five", remapped);
    side_by_side("duty: no descriptor is kept", no_descriptor_kept);
    side_by_side("duty: no page is added, no mapping split", no_page_added);
    side_by_side("duty: no handler is installed", no_handler_installed);
    side_by_side("duty: offsets are 64 bits wide", wide_offsets);
    return tap_end();
}
