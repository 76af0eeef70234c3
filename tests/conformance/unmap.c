/* What munmap takes away, and what does not take it away. */
#include "situation.h"

static void invalid(void) {
    char *p = MAPS(mm->map(NULL, 2 * page, R, ANONYMOUS, -1, 0), "two pages");
    FAILS(mm->unmap(p + 1, page), EINVAL, "addr unaligned");
    FAILS(mm->unmap(p, 0), EINVAL, "length 0");
    FAILS(mm->unmap(p, SIZE_MAX), EINVAL, "length SIZE_MAX");
    FAILS(mm->unmap(p, SIZE_MAX - page + 1), EINVAL, "length SIZE_MAX less a page");
    FAILS(mm->unmap(p, (size_t)1 << 62), EINVAL, "length past the address space");
    FAILS(mm->unmap((char *)((uintptr_t)1 << 62), page), EINVAL, "addr past the address space");
    FAILS(mm->unmap(MAP_FAILED, page), EINVAL, "MAP_FAILED");
    EQUAL(peek(p) + peek(p + page), 0, "nothing of it is gone");
}

static void whole_pages(void) {
    char *p = MAPS(mm->map(NULL, 5 * page, R, ANONYMOUS, -1, 0), "five pages");
    PASSES(mm->unmap(p, 1), "length 1");
    FAULTS(LOAD, p + page - 1, SIGSEGV, SEGV_MAPERR, "takes a page");
    EQUAL(peek(p + page), 0, "and not the next");
    PASSES(mm->unmap(p + page, page + 1), "a page and a byte");
    FAULTS(LOAD, p + 3 * page - 1, SIGSEGV, SEGV_MAPERR, "takes two");
    EQUAL(peek(p + 3 * page), 0, "and not the next");
    MAPS(mm->map(p + 3 * page, page, RW, SHARED_ANONYMOUS | MAP_FIXED, -1, 0),
         "the fourth becomes another mapping");
    PASSES(mm->unmap(p, 5 * page), "the whole range: holes, and two mappings");
    FAULTS(LOAD, p + 3 * page, SIGSEGV, SEGV_MAPERR, "the one");
    FAULTS(LOAD, p + 4 * page, SIGSEGV, SEGV_MAPERR, "and its neighbour are gone");
    PASSES(mm->unmap(p, 5 * page), "the same again");
    PASSES(mm->unmap(NULL, page), "NULL");
}

static void too_short(void) {
    char *p = MAPS(mm->map(NULL, 3 * page, RW, ANONYMOUS, -1, 0), "three pages");
    EQUAL(poke(p + page, 'b') + poke(p + 2 * page, 'c'), 0, "are used");
    PASSES(mm->unmap(p, page), "a length of one");
    FAULTS(LOAD, p, SIGSEGV, SEGV_MAPERR, "the first is gone");
    EQUAL(peek(p + page), 'b', "the second stays");
    EQUAL(peek(p + 2 * page), 'c', "the third stays");
}

static void what_does_not_unmap(void) {
    int fd = new_file("file", page), again = reopen(fd, O_RDONLY);
    char *p = MAPS(mm->map(NULL, page, RW, MAP_SHARED, fd, 0), "a file");
    char byte = 0;
    close(fd);
    EQUAL(peek(p), 'x', "close() does not unmap");
    NEED(rename("file", "renamed") == 0);
    EQUAL(poke(p, 'r'), 0, "nor does rename()");
    NEED(unlink("renamed") == 0);
    EQUAL(peek(p), 'r', "nor does unlink()");
    EQUAL(poke(p, 's'), 0, "a store still");
    EQUAL(pread(again, &byte, 1, 0) == 1 ? byte : -1, 's', "reaches the file, which lives on");
}

/* Whether some process has the memory file mapped shared and writable: it cannot be sealed then. */
static int mapped_somewhere(int fd) {
    return fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) != 0 && errno == EBUSY;
}

/*
 * A child maps the file and closes it, says so, waits for a byte, then exits or executes another program,
 * which closes `said`. The kernel gives up the old memory before it closes descriptors, at exec as at exit.
 */
static void what_unmaps(int by_exec) {
    int fd = memfd_create("file", MFD_CLOEXEC | MFD_ALLOW_SEALING), go[2], said[2], input[2];
    NEED(fd >= 0 && ftruncate(fd, (off_t)page) == 0);
    NEED(pipe2(go, O_CLOEXEC) == 0 && pipe2(said, O_CLOEXEC) == 0 && pipe2(input, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(said[0]);
        close(input[1]);
        NEED(mm->map(NULL, page, RW, MAP_SHARED, fd, 0) != MAP_FAILED);
        close(fd);
        NEED(write(said[1], "", 1) == 1 && read(go[0], &byte, 1) == 1);
        if (by_exec) {
            dup2(input[0], 0);
            execlp("cat", "cat", (char *)NULL);
        }
        _exit(0);
    }
    char byte;
    close(said[1]);
    NEED(read(said[0], &byte, 1) == 1);
    EQUAL(mapped_somewhere(fd), 1, "the child has it mapped");
    NEED(write(go[1], "", 1) == 1 && read(said[0], &byte, 1) == 0);
    if (by_exec) {
        EQUAL(mapped_somewhere(fd), 0, "exec drops the mapping");
        EQUAL(waitpid(child, NULL, WNOHANG), 0, "while the process lives");
    }
    close(input[1]);
    NEED(waitpid(child, &child_status, 0) == child);
    EQUAL(child_status, 0, "the child ends");
    EQUAL(mapped_somewhere(fd), 0, "nobody has it mapped");
}

static void exec_unmaps(void) { what_unmaps(1); }
static void exit_unmaps(void) { what_unmaps(0); }

int main(void) {
    side_by_side("47 EINVAL: addr, length", invalid);
    side_by_side("48 every page that the range touches; holes are no error", whole_pages);
    side_by_side("49 too short: the rest stays mapped", too_short);
    side_by_side("50 close, rename, unlink do not unmap", what_does_not_unmap);
    side_by_side("50 exec unmaps", exec_unmaps);
    side_by_side("50 exit unmaps", exit_unmaps);
    return tap_end();
}
