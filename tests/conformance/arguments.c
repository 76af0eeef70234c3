/* The arguments of mmap, one by one: what each value means, and what is refused. */
#include "situation.h"
#include <sys/sysinfo.h>

static void length_zero(void) {
    int fd = new_file("file", page);
    FAILS(mm->map(NULL, 0, R, ANONYMOUS, -1, 0), EINVAL, "anonymous");
    FAILS(mm->map(NULL, 0, R, MAP_SHARED, fd, 0), EINVAL, "a file");
}

static void whole_pages(void) {
    char *p = MAPS(mm->map(NULL, 3 * page, NONE, ANONYMOUS, -1, 0), "three pages without access");
    MAPS(mm->map(p, 1, RW, ANONYMOUS | MAP_FIXED, -1, 0), "1 byte over the first");
    EQUAL(poke(p + page - 1, 'a'), 0, "the last byte of its page can be used");
    FAULTS(LOAD, p + page, SIGSEGV, SEGV_ACCERR, "the next page is as before");
    MAPS(mm->map(p, page + 1, RW, ANONYMOUS | MAP_FIXED, -1, 0), "a page and a byte");
    EQUAL(poke(p + 2 * page - 1, 'a'), 0, "two pages can be used");
    FAULTS(LOAD, p + 2 * page, SIGSEGV, SEGV_ACCERR, "the third is as before");
}

static void hints(void) {
    char *p = MAPS(mm->map(NULL, 3 * page, R, ANONYMOUS, -1, 0), "three pages");
    PASSES(mm->unmap(p + page, page), "a hole in the middle");
    char *there = MAPS(mm->map(p + page + 123, page, RW, ANONYMOUS, -1, 0),
                       "a hint inside the hole, unaligned");
    EQUAL(there - p, page, "it is rounded down");
    EQUAL(poke(p + page, 'm'), 0, "the page is used");
    char *other = MAPS(mm->map(p + page, page, RW, ANONYMOUS, -1, 0), "a hint that is in use");
    EQUAL(other == p + page, 0, "gives another address");
    EQUAL(peek(p + page), 'm', "and what was there stays");
}

static void fixed(void) {
    int fd = new_file("file", page), readable = reopen(fd, O_RDONLY);
    int directory = open(".", O_RDONLY | O_CLOEXEC);
    char *p = MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, 0), "a page");
    EQUAL(poke(p, 'm'), 0, "is used");
    FAILS(mm->map(p + 1, page, RW, ANONYMOUS | MAP_FIXED, -1, 0), EINVAL, "MAP_FIXED unaligned");
    FAILS(mm->map(p, page, RW, MAP_SHARED | MAP_FIXED, readable, 0), EACCES, "MAP_FIXED that lacks a right");
    FAILS(mm->map(p, page, R, MAP_SHARED | MAP_FIXED, directory, 0), ENODEV, "MAP_FIXED of a directory");
    EQUAL(peek(p), 'm', "a failed MAP_FIXED leaves the old mapping");
    EQUAL(MAPS(mm->map(p, page, R, MAP_SHARED | MAP_FIXED, fd, 0), "MAP_FIXED on the mapping") - p, 0,
          "is there");
    EQUAL(peek(p), 'x', "and replaced the old one");
}

static void fixed_noreplace(void) {
    char *p = MAPS(mm->map(NULL, 3 * page, RW, ANONYMOUS, -1, 0), "three pages");
    EQUAL(poke(p + page, 'm'), 0, "are used");
    FAILS(mm->map(p + page, page, R, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), EEXIST,
          "the whole range is used");
    PASSES(mm->unmap(p, page), "the first is given back");
    FAILS(mm->map(p, 2 * page, R, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), EEXIST,
          "one page of the range is used");
    EQUAL(peek(p + page), 'm', "what was there stays");
    EQUAL(MAPS(mm->map(p, page, R, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), "a free range") - p, 0,
          "is taken");
}

static void fixed_addresses(void) {
    char *above = (char *)((uintptr_t)1 << 62);
    FAILS(mm->map(above, page, R, ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM, "above the address space");
    FAILS(mm->map(above, page, R, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0), ENOMEM, "the same with NOREPLACE");
    if (number_in("/proc/sys/vm/mmap_min_addr", "") <= 0)
        CANNOT("vm.mmap_min_addr is 0 here: no address is too low");
    become_ordinary();
    FAILS(mm->map(NULL, page, R, ANONYMOUS | MAP_FIXED, -1, 0), EPERM, "the first page, as an ordinary user");
}

static void types(void) {
    int fd = new_file("file", page);
    MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "MAP_SHARED");
    MAPS(mm->map(NULL, page, RW, MAP_PRIVATE, fd, 0), "MAP_PRIVATE");
    MAPS(mm->map(NULL, page, RW, MAP_SHARED_VALIDATE, fd, 0), "MAP_SHARED_VALIDATE");
    char *both = MAPS(mm->map(NULL, page, RW, MAP_SHARED | MAP_PRIVATE, fd, 0),
                      "MAP_SHARED | MAP_PRIVATE, a file");
    EQUAL(poke(both, 's'), 0, "a store");
    char byte = 0;
    EQUAL(pread(fd, &byte, 1, 0) == 1 && byte == 's', 1, "reaches the file: it is MAP_SHARED_VALIDATE");
    FAILS(mm->map(NULL, page, RW, MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL,
          "the same, anonymous");
    FAILS(mm->map(NULL, page, RW, 0, fd, 0), EINVAL, "no type, a file");
    FAILS(mm->map(NULL, page, RW, MAP_ANONYMOUS, -1, 0), EINVAL, "no type, anonymous");
    FAILS(mm->map(NULL, page, RW, 0x0f, fd, 0), EINVAL, "a type that does not exist");
}

static void unknown_flags(void) {
    int fd = new_file("file", page);
    for (int bit = 0x200000; bit <= 0x2000000; bit *= 2) {
        MAPS(mm->map(NULL, page, R, MAP_SHARED | bit, fd, 0), "MAP_SHARED ignores %#x", (unsigned)bit);
        MAPS(mm->map(NULL, page, R, MAP_PRIVATE | bit, fd, 0), "MAP_PRIVATE ignores %#x", (unsigned)bit);
        MAPS(mm->map(NULL, page, R, ANONYMOUS | bit, -1, 0), "anonymous memory ignores %#x", (unsigned)bit);
        FAILS(mm->map(NULL, page, R, MAP_SHARED_VALIDATE | bit, fd, 0), EOPNOTSUPP,
              "MAP_SHARED_VALIDATE refuses %#x", (unsigned)bit);
    }
    FAILS(mm->map(NULL, page, R, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0), EOPNOTSUPP,
          "MAP_SYNC on a plain file");
    ALIKE(mm->map(NULL, page, R, MAP_SHARED | MAP_SYNC, fd, 0) == MAP_FAILED ? errno : 0,
          "MAP_SYNC with MAP_SHARED is up to the file system");
}

static void unknown_prot(void) {
    char *p = MAPS(mm->map(NULL, page, RW | 0x1000 | 0x40000000, ANONYMOUS, -1, 0),
                   "mmap ignores unknown bits");
    EQUAL(poke(p, 'a'), 0, "the page can be used");
    FAILS(mm->protect(p, page, R | 0x1000), EINVAL, "mprotect refuses 0x1000");
    FAILS(mm->protect(p, page, R | 0x40000000), EINVAL, "mprotect refuses 0x40000000");
    EQUAL(poke(p, 'b'), 0, "and changes nothing");
}

static void ignored_flags(void) {
    int fd = new_file("file", page);
    MAPS(mm->map(NULL, page, R, MAP_SHARED | MAP_FILE, fd, 0), "MAP_FILE");
    MAPS(mm->map(NULL, page, R, MAP_SHARED | MAP_EXECUTABLE, fd, 0), "MAP_EXECUTABLE");
    MAPS(mm->map(NULL, page, R, MAP_SHARED | MAP_DENYWRITE, fd, 0),
         "MAP_DENYWRITE, descriptor open for writing");
    EQUAL(write(fd, "y", 1), 1, "write() to the file succeeds");
    EQUAL(write(reopen(fd, O_WRONLY), "y", 1), 1, "and so does opening it for writing");
}

/* A copy of this program, executable: with "run", main() waits for the end of its input. */
static int copy_of_this_program(void) {
    static char bytes[65536];
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), copy = memfd_create("program", 0);
    NEED(from >= 0 && copy >= 0);
    for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;)
        NEED(write(copy, bytes, (size_t)n) == n);
    close(from);
    return copy;
}

static void text_file_busy(void) {
    char *arguments[] = {"program", "run", NULL}, path[32], byte;
    int copy = copy_of_this_program(), program = reopen(copy, O_RDONLY), input[2], started[2];
    close(copy);
    fcntl(program, F_SETFD, 0); /* a program given by descriptor must find it */
    snprintf(path, sizeof path, "/proc/self/fd/%d", program);
    NEED(pipe2(input, O_CLOEXEC) == 0 && pipe2(started, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(input[0], 0);
        fexecve(program, arguments, environ);
        _exit(127);
    }
    close(started[1]);
    NEED(read(started[0], &byte, 1) == 0); /* closed by exec: the program runs */
    FAILS(open(path, O_WRONLY | O_CLOEXEC), ETXTBSY, "a running program opened for writing");
    MAPS(mm->map(NULL, page, R, MAP_PRIVATE | MAP_DENYWRITE, program, 0),
         "mapping it with MAP_DENYWRITE is no error");
    close(input[0]);
    close(input[1]);
    int status;
    NEED(waitpid(child, &status, 0) == child);
    EQUAL(status, 0, "the program ran");

    int writable = open(path, O_RDWR | O_CLOEXEC);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, writable, 0),
                   "the program mapped shared and writable");
    close(writable);
    IN_CHILD FAILS(fexecve(program, (char *[]){"program", "end", NULL}, environ), ETXTBSY, "execve of it");
    PASSES(mm->unmap(p, page), "unmapped");
    IN_CHILD fexecve(program, (char *[]){"program", "end", NULL}, environ);
    EQUAL(child_status, 0, "now it can be executed");
}

static void anonymous(void) {
    char *p = MAPS(mm->map(NULL, 2 * page, RW, ANONYMOUS, 99, 0), "fd 99 is accepted");
    MAPS(mm->map(NULL, page, RW, ANONYMOUS, -1, (off_t)page), "an aligned offset is accepted");
    FAILS(mm->map(NULL, page, RW, ANONYMOUS, -1, 5), EINVAL, "an unaligned one is not");
    size_t zeros = 0;
    while (zeros < 2 * page && p[zeros] == 0)
        zeros++;
    EQUAL(zeros, 2 * page, "the pages are zero");
}

static void shared_anonymous(void) {
    EQUAL(MAP_ANON, MAP_ANONYMOUS, "MAP_ANON is MAP_ANONYMOUS");
    char *shared = MAPS(mm->map(NULL, page, RW, MAP_SHARED | MAP_ANON, -1, 0), "shared anonymous memory");
    char *private = MAPS(mm->map(NULL, page, RW, MAP_PRIVATE | MAP_ANON, -1, 0), "private anonymous memory");
    IN_CHILD {
        poke(shared, 'c');
        poke(private, 'c');
    }
    EQUAL(peek(shared), 'c', "the parent sees what the child stored");
    EQUAL(peek(private), 0, "but not in private memory");
}

static void low_addresses(void) {
#ifdef MAP_32BIT
    uintptr_t two_gib = (uintptr_t)1 << 31;
    char *low = MAPS(mm->map(NULL, page, R, ANONYMOUS | MAP_32BIT, -1, 0), "MAP_32BIT");
    EQUAL((uintptr_t)low < two_gib, 1, "is below 2 GiB");
    char *high = MAPS(mm->map(NULL, page, R, ANONYMOUS, -1, 0), "without");
    EQUAL((uintptr_t)high < two_gib, 0, "is not");
    EQUAL(MAPS(mm->map(high, page, R, ANONYMOUS | MAP_32BIT | MAP_FIXED, -1, 0), "with MAP_FIXED") - high, 0,
          "it is ignored");
#else
    MAPS(mm->map(NULL, page, R, ANONYMOUS | 0x40, -1, 0),
         "this machine has no MAP_32BIT: its bit is ignored");
#endif
}

static void grows_down(void) {
    int fd = new_file("file", page);
    FAILS(mm->map(NULL, page, RW, SHARED_ANONYMOUS | MAP_GROWSDOWN, -1, 0), EINVAL, "shared anonymous");
    FAILS(mm->map(NULL, page, RW, MAP_SHARED | MAP_GROWSDOWN, fd, 0), EINVAL, "a file, shared");
    FAILS(mm->map(NULL, page, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL, "a file, private");
    /* The gap that the kernel keeps below a stack is 256 pages, unless the boot line says otherwise. */
    char *p = MAPS(mm->map(NULL, 301 * page, RW, ANONYMOUS, -1, 0), "room");
    PASSES(mm->unmap(p + page, 300 * page), "its first page stays, and is what the stack must not meet");
    char *stack = MAPS(mm->map(p + 300 * page, page, RW, ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0),
                       "a stack");
    EQUAL(poke(stack - 1, 's'), 0, "grows on an access just below");
    FAULTS(STORE, p + 100 * page, SIGSEGV, SEGV_MAPERR, "stops before the guard gap");
    EQUAL(peek(stack - 1), 's', "and is as it was");
}

static void locked(void) {
    become_ordinary();
    NEED(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){4 * page, 4 * page}) == 0);
    long before = number_in("/proc/self/status", "VmLck:");
    char *p = MAPS(mm->map(NULL, page, RW, ANONYMOUS | MAP_LOCKED, -1, 0), "one page within RLIMIT_MEMLOCK");
    EQUAL(number_in("/proc/self/status", "VmLck:") - before, page / 1024, "VmLck grew by it");
    FAILS(mm->map(NULL, 8 * page, RW, ANONYMOUS | MAP_LOCKED, -1, 0), EAGAIN, "over RLIMIT_MEMLOCK");
    PASSES(mm->unmap(p, page), "unmapped");
    EQUAL(number_in("/proc/self/status", "VmLck:") - before, 0, "VmLck is as before");
    NEED(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){0, 0}) == 0);
    FAILS(mm->map(NULL, page, RW, ANONYMOUS | MAP_LOCKED, -1, 0), EPERM, "limit 0");
}

static void no_reserve(void) {
    struct sysinfo machine;
    NEED(sysinfo(&machine) == 0);
    size_t much = (size_t)1 << 40;
    while (much / machine.mem_unit <= machine.totalram + machine.totalswap)
        much *= 2;
    long overcommit = number_in("/proc/sys/vm/overcommit_memory", "");
    if (overcommit == 2) {
        FAILS(mm->map(NULL, much, RW, ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM,
              "overcommit 2: no difference");
        return;
    }
    char *p = MAPS(mm->map(NULL, much, RW, ANONYMOUS | MAP_NORESERVE, -1, 0),
                   "1 TiB or more, private and writable");
    PASSES(mm->unmap(p, much), "unmapped");
    if (overcommit == 0)
        FAILS(mm->map(NULL, much, RW, ANONYMOUS, -1, 0), ENOMEM, "without it, overcommit 0");
    else
        MAPS(mm->map(NULL, much, RW, ANONYMOUS, -1, 0), "without it, overcommit 1");
}

static void huge_pages(void) {
    long kib = number_in("/proc/meminfo", "Hugepagesize:");
    if (kib < 0)
        CANNOT("this kernel has no huge pages");
    size_t huge = (size_t)kib * 1024;
    size_t pool = (size_t)number_in("/proc/meminfo", "HugePages_Total:") +
                  (size_t)number_in("/proc/sys/vm/nr_overcommit_hugepages", "");
    FAILS(mm->map(NULL, (pool + 1) * huge, RW, ANONYMOUS | MAP_HUGETLB, -1, 0), ENOMEM,
          "one more than the pool has");
    char *p = MAPS(mm->map(NULL, 2 * huge, RW, ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0),
                   "two, not reserved");
    FAILS(mm->unmap(p, page), EINVAL, "unmapping a small page of them");
    FAILS(mm->unmap(p, huge + page), EINVAL, "unmapping one and a small page");
    PASSES(mm->unmap(p, huge), "unmapping one");
    PASSES(mm->unmap(p + huge, huge), "unmapping the other");
}

static void offset_past_the_end(void) {
    int fd = new_file("file", 10);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 16 * (off_t)page),
                   "an offset past the end of the file");
    FAULTS(LOAD, p + 7, SIGBUS, BUS_ADRERR, "a load there");
    FAULTS(STORE, p + 7, SIGBUS, BUS_ADRERR, "a store there");
}

int main(int argc, char **argv) {
    if (argc == 2) { /* the program of statement 15 */
        char byte;
        return strcmp(argv[1], "run") == 0 ? (int)read(0, &byte, 1) : 0;
    }
    side_by_side("5 length 0 is EINVAL", length_zero);
    side_by_side("6 any length, whole pages", whole_pages);
    side_by_side("7 a hint is rounded down, and never an error", hints);
    side_by_side("8 MAP_FIXED is aligned, replaces silently, fails without damage", fixed);
    side_by_side("9 MAP_FIXED_NOREPLACE on a used range is EEXIST", fixed_noreplace);
    side_by_side("10 MAP_FIXED too low is EPERM, too high ENOMEM", fixed_addresses);
    side_by_side("11 the type of mapping", types);
    side_by_side("12 unknown flag bits", unknown_flags);
    side_by_side("13 unknown prot bits", unknown_prot);
    side_by_side("14 MAP_FILE, MAP_DENYWRITE, MAP_EXECUTABLE are ignored", ignored_flags);
    side_by_side("15 ETXTBSY belongs to open and execve", text_file_busy);
    side_by_side("16 MAP_ANONYMOUS ignores fd and an aligned offset", anonymous);
    side_by_side("17 MAP_ANON; shared anonymous memory is shared across fork", shared_anonymous);
    side_by_side("18 MAP_32BIT", low_addresses);
    side_by_side("19 MAP_GROWSDOWN", grows_down);
    side_by_side("20 MAP_LOCKED", locked);
    side_by_side("21 MAP_NORESERVE", no_reserve);
    side_by_side("22 MAP_HUGETLB", huge_pages);
    side_by_side("23 an offset past the end of the file", offset_past_the_end);
    return tap_end();
}
