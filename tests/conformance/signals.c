/* What an access to a mapping does when it cannot be done: the signal, its code, its address. */
#include "situation.h"

static void segmentation_faults(void) {
    char *p = MAPS(mm->map(NULL, 3 * page, R, ANONYMOUS, -1, 0), "three pages to read");
    FAULTS(STORE, p, SIGSEGV, SEGV_ACCERR, "a store to PROT_READ");
    FAULTS(STORE, p + page + 123, SIGSEGV, SEGV_ACCERR, "at exactly that address");
    PASSES(mm->protect(p, page, NONE), "the first becomes PROT_NONE");
    FAULTS(LOAD, p + 7, SIGSEGV, SEGV_ACCERR, "a load from PROT_NONE");
    FAULTS(STORE, p + 7, SIGSEGV, SEGV_ACCERR, "a store to PROT_NONE");
    PASSES(mm->unmap(p + page, page), "the second is unmapped");
    FAULTS(LOAD, p + page + 5, SIGSEGV, SEGV_MAPERR, "a load after munmap");
    FAULTS(STORE, p + page + 5, SIGSEGV, SEGV_MAPERR, "a store after munmap");
    FAULTS(LOAD, (char *)(uintptr_t)8, SIGSEGV, SEGV_MAPERR, "an address where nothing was mapped");
}

static void non_canonical(void) {
    char *p = MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, 0), "a page");
    unsigned char byte;
    struct fault fault = touch(LOAD, (char *)((uintptr_t)p ^ (uintptr_t)1 << 62), 0, &byte);
    EQUAL(fault.signo, SIGSEGV, "its address with bit 62 turned: SIGSEGV");
#ifdef __x86_64__
    EQUAL(fault.code, SI_KERNEL, "si_code SI_KERNEL");
    EQUAL(fault.address, 0, "si_addr NULL");
#else
    ALIKE(fault.code, "si_code as this machine has it");
    ALIKE(fault.address == 0, "si_addr as this machine has it");
#endif
}

static void past_the_end(void) {
    int fd = new_file("file", page + 10);
    char *p = MAPS(mm->map(NULL, 4 * page, RW, MAP_SHARED, fd, 0),
                   "a file of a page and 10 bytes, four pages");
    EQUAL(peek(p + 2 * page - 1), 0, "the rest of the second page can be used");
    FAULTS(LOAD, p + 2 * page, SIGBUS, BUS_ADRERR, "a load from the third");
    FAULTS(STORE, p + 3 * page + 9, SIGBUS, BUS_ADRERR, "a store to the fourth");
    char *copy = MAPS(mm->map(NULL, 4 * page, RW, MAP_PRIVATE, fd, 0), "the same, MAP_PRIVATE");
    FAULTS(LOAD, copy + 2 * page + 1, SIGBUS, BUS_ADRERR, "a load from the third");
    FAULTS(STORE, copy + 2 * page + 1, SIGBUS, BUS_ADRERR, "a store to the third");
    EQUAL(poke(copy + page, 'c'), 0, "a store to the second makes a copy of it");
    NEED(ftruncate(fd, (off_t)page) == 0);
    FAULTS(LOAD, p + page, SIGBUS, BUS_ADRERR, "the file is cut: the shared second page");
    FAULTS(LOAD, copy + page, SIGBUS, BUS_ADRERR, "and the copied second page");
    EQUAL(peek(copy), 'x', "but not the first");
}

static void grown_file(void) {
    int fd = new_file("file", page);
    char *p = MAPS(mm->map(NULL, 2 * page, RW, MAP_SHARED, fd, 0), "two pages of a file that has one");
    FAULTS(LOAD, p + page, SIGBUS, BUS_ADRERR, "the second");
    NEED(ftruncate(fd, 2 * (off_t)page) == 0);
    EQUAL(peek(p + page), 0, "the file grows: it can be used");
    EQUAL(poke(p + page, 's'), 0, "also to store");
    NEED(ftruncate(fd, (off_t)page) == 0 && ftruncate(fd, 2 * (off_t)page) == 0);
    EQUAL(peek(p + page), 0, "cut and grown again: zeros");
    EQUAL(peek(p), 'x', "the first is as it was");
}

/* Stores to one page after the other until a store faults; how many went well. */
static long stores_before_fault(char *p, size_t step, long most) {
    long stores = 0;
    while (stores < most && poke(p + (size_t)stores * step, 's') == 0)
        stores++;
    return stores;
}

static void no_space_left(void) {
    enum { PAGES = 64 };
    size_t step = page;
    char *p, options[32];
    snprintf(options, sizeof options, "size=%zu", 8 * page);
    if (private_tmpfs(0, options)) {
        int fd = new_file("mount/file", 0);
        NEED(ftruncate(fd, PAGES * (off_t)page) == 0);
        p = MAPS(mm->map(NULL, PAGES * page, RW, MAP_SHARED, fd, 0),
                 "64 pages of a sparse file where 8 have room");
        long stores = stores_before_fault(p, step, PAGES);
        EQUAL(stores >= 1 && stores <= 8, 1, "some stores go well");
        ALIKE(stores, "the same number of stores");
        FAULTS(STORE, p + stores * (long)step + 3, SIGBUS, BUS_ADRERR, "the next, inside the file");
    } else { /* without privilege: huge pages that nobody reserved */
        long kib = number_in("/proc/meminfo", "Hugepagesize:");
        if (kib < 0 || number_in("/proc/meminfo", "HugePages_Total:") != 0 ||
            number_in("/proc/sys/vm/nr_overcommit_hugepages", "") != 0)
            CANNOT("no mount of our own, and no empty pool of huge pages instead");
        p = MAPS(mm->map(NULL, (size_t)kib * 1024, RW, ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0),
                 "no mount of our own; instead a huge page where the pool has none");
        FAULTS(STORE, p + 3, SIGBUS, BUS_ADRERR, "a store to it");
    }
}

static void in_system_calls(void) {
    int fd = new_file("file", page), zero = open("/dev/zero", O_RDONLY | O_CLOEXEC), ends[2];
    if (zero < 0)
        CANNOT("there is no /dev/zero");
    NEED(pipe(ends) == 0);
    char *readable = MAPS(mm->map(NULL, page, R, ANONYMOUS, -1, 0), "a page to read");
    char *none = MAPS(mm->map(NULL, page, NONE, ANONYMOUS, -1, 0), "a page without access");
    char *past = MAPS(mm->map(NULL, 2 * page, RW, MAP_SHARED, fd, 0),
                      "a page past the end of the file") + page;
    char *gone = MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, 0), "a page");
    PASSES(mm->unmap(gone, page), "that is unmapped");
    FAILS(read(zero, readable, 1), EFAULT, "read() into PROT_READ");
    FAILS(write(ends[1], none, 1), EFAULT, "write() from PROT_NONE");
    FAILS(write(ends[1], past, 1), EFAULT, "write() from past the end of the file");
    FAILS(read(zero, past, 1), EFAULT, "read() into past the end of the file");
    FAILS(write(ends[1], gone, 1), EFAULT, "write() from an unmapped page");
}

static void sigbus_cannot_be_dodged(void) {
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, new_file("file", 0), 0), "a page of an empty file");
    IN_CHILD {
        signal(SIGBUS, SIG_IGN);
        *(volatile char *)p = 's';
    }
    EQUAL(WIFSIGNALED(child_status) ? WTERMSIG(child_status) : 0, SIGBUS, "ignored: killed by SIGBUS");
    IN_CHILD {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGBUS);
        sigprocmask(SIG_BLOCK, &set, NULL);
        *(volatile char *)p = 's';
    }
    EQUAL(WIFSIGNALED(child_status) ? WTERMSIG(child_status) : 0, SIGBUS, "blocked: killed by SIGBUS");
}

static void punched_hole(void) {
    int fd = memfd_create("file", MFD_CLOEXEC);
    NEED(fd >= 0 && ftruncate(fd, 2 * (off_t)page) == 0);
    char *p = MAPS(mm->map(NULL, 2 * page, RW, MAP_SHARED, fd, 0), "two pages");
    EQUAL(poke(p, 'a') + poke(p + page, 'b'), 0, "are used");
    NEED(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)page) == 0);
    EQUAL(peek(p), 0, "where a hole was punched: zeros, no signal");
    EQUAL(peek(p + page), 'b', "elsewhere what was there");
}

int main(void) {
    side_by_side("34 SIGSEGV: SEGV_ACCERR and SEGV_MAPERR, exact address", segmentation_faults);
    side_by_side("35 SIGSEGV: a non-canonical address", non_canonical);
    side_by_side("36 SIGBUS: whole pages past the end of the file", past_the_end);
    side_by_side("37 the file grows after the call", grown_file);
    side_by_side("38 SIGBUS: a store with no space left", no_space_left);
    side_by_side("39 EFAULT: the same in a system call", in_system_calls);
    side_by_side("40 SIGBUS blocked or ignored kills", sigbus_cannot_be_dodged);
    side_by_side("41 a punched hole reads as zeros", punched_hole);
    return tap_end();
}
