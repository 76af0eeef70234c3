/* Who sees whose stores: what docs/course-claims.md says of sharing, beyond the numbered statements. */
#include <mapboard.h>
#include <fcntl.h>
#include "child.h"

#define LENGTH 4096
#define READ_WRITE (PROT_READ | PROT_WRITE)

static char *map(int flags, int fd) {
    char *bytes = mm_map(NULL, LENGTH, READ_WRITE, flags, fd, 0);
    if (bytes == MAP_FAILED)
        tap_bail("mm_map");
    return bytes;
}

/* A file of `LENGTH` zeros, open for reading and writing. */
static int make(const char *name) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd == -1 || ftruncate(fd, LENGTH) == -1)
        tap_bail("%s", name);
    return fd;
}

/* ---- without a file: after fork ---- */

static int store(void *bytes) {
    *(char *)bytes = 'c';
    return *(char *)bytes != 'c';
}

static int store_in_grandchild(void *bytes) {
    return in_child(store, bytes);
}

static void anonymous(void) {
    char *private = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    *private = 'p';
    CHECK_EQ(in_child(store, private), 0, "a child stores in private anonymous memory");
    CHECK_EQ(*private, 'p', "private anonymous memory is not shared with the child");

    char *shared = map(MAP_SHARED | MAP_ANONYMOUS, -1);
    *shared = 'p';
    CHECK_EQ(in_child(store_in_grandchild, shared), 0, "a grandchild stores in shared anonymous memory");
    CHECK_EQ(*shared, 'c', "shared anonymous memory is shared with all descendants");
    mm_unmap(private, LENGTH);
    mm_unmap(shared, LENGTH);
}

/* ---- with a file: two processes, each with its own open and its own mapping ---- */

static int store_in_file(void *flags) {
    int fd = open("file", O_RDWR);
    return fd == -1 ? 9 : store(map(*(int *)flags, fd));
}

static char first_byte(int fd) {
    char byte;
    if (pread(fd, &byte, 1, 0) != 1)
        tap_bail("pread");
    return byte;
}

static void of_a_file(void) {
    int fd = make("file"), flags = MAP_PRIVATE;
    char *seen = map(MAP_SHARED, fd);

    CHECK_EQ(in_child(store_in_file, &flags), 0, "another process stores in its private mapping");
    CHECK_EQ(*seen, 0, "a private store does not show in another process's mapping");
    CHECK_EQ(first_byte(fd), 0, "a private store does not change the file");

    flags = MAP_SHARED;
    CHECK_EQ(in_child(store_in_file, &flags), 0, "another process stores in its shared mapping");
    CHECK_EQ(*seen, 'c', "a shared store shows in another process's mapping");
    CHECK_EQ(first_byte(fd), 'c', "a shared store changes the file");
    mm_unmap(seen, LENGTH);
    close(fd);
}

/* ---- /dev/zero instead of MAP_ANONYMOUS, opened by fopen as the tutorial has it ---- */

static void dev_zero(void) {
    FILE *zero = fopen("/dev/zero", "r+");
    if (!zero) {
        SKIP(strerror(errno), "/dev/zero instead of MAP_ANONYMOUS");
        return;
    }
    char *one = map(MAP_SHARED, fileno(zero)), *other = map(MAP_SHARED, fileno(zero));
    CHECK(one[0] == 0 && one[LENGTH - 1] == 0, "a mapping of /dev/zero is filled with zeros");
    CHECK_EQ(in_child(store, one), 0, "a child stores in a shared mapping of /dev/zero");
    CHECK_EQ(*one, 'c', "a shared mapping of /dev/zero is shared with the child");
    CHECK_EQ(*other, 0, "two mappings of /dev/zero are different memory");
    mm_unmap(one, LENGTH);
    mm_unmap(other, LENGTH);
    fclose(zero);

    zero = fopen("/dev/zero", "r");
    if (!zero)
        tap_bail("/dev/zero");
    CHECK_ERRNO(mm_map(NULL, LENGTH, READ_WRITE, MAP_SHARED, fileno(zero), 0), -1, EACCES,
                "/dev/zero opened by fopen \"r\" cannot be mapped shared and writable");
    char *copy = map(MAP_PRIVATE, fileno(zero));
    CHECK_EQ(store(copy), 0, "/dev/zero opened by fopen \"r\" can be mapped private and writable");
    mm_unmap(copy, LENGTH);
    fclose(zero);
}

/* ---- without synchronising: the order in which it goes wrong, step by step ---- */

struct step {
    int *count, go, done; /* two pipe ends: wait for the other process, wake it */
};

static int increment_interrupted(void *argument) {
    const struct step *step = argument;
    char token = 0;
    volatile int *count = step->count;
    int value = *count; /* read … */
    if (write(step->done, &token, 1) != 1 || read(step->go, &token, 1) != 1)
        return 1;
    *count = value + 1; /* … and written, when the other has come and gone */
    return 0;
}

static void unsynchronised(void) {
    int there[2], back[2], status;
    char token = 0;
    int *count = (int *)map(MAP_SHARED | MAP_ANONYMOUS, -1);
    if (pipe(there) == -1 || pipe(back) == -1)
        tap_bail("pipe");
    struct step step = {count, there[0], back[1]};

    pid_t child = fork();
    if (child == -1)
        tap_bail("fork");
    if (child == 0)
        _exit(increment_interrupted(&step));
    if (read(back[0], &token, 1) != 1) /* the child has read */
        tap_bail("the child");
    *count += 1;
    if (write(there[1], &token, 1) != 1 || waitpid(child, &status, 0) != child)
        tap_bail("the child");
    CHECK_EQ(status, 0, "two processes each increment a shared integer");
    CHECK_EQ(*count, 1, "two increments that are not synchronised can lose one");
    mm_unmap(count, LENGTH);
}

int main(void) {
    tap_directory();
    anonymous();
    of_a_file();
    dev_zero();
    unsynchronised();
    return tap_end();
}
