/*
 * What the last failing mm_ calls of each thread were. In C because stable Rust has neither thread-local storage
 * without its standard library nor the return address of a function.
 *
 * A signal handler may fail in the middle of it: `version` tells the one that it interrupted, which then writes its
 * own again, whole. No lock, no allocation, no call into libc but errno.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARGS 6
#define PATH_ROOM 128 /* with its NUL; a longer path is not kept */

/* As in failure.rs. */
struct failure {
    uintptr_t args[ARGS];
    uintptr_t caller; /* where the call returns to */
    int32_t error;
    uint32_t call; /* 0: nothing has failed */
    char path[PATH_ROOM];
};

struct failures {
    struct failure last;
    struct failure map; /* the last of those that answer MAP_FAILED */
};

static __thread volatile struct failures here;
static __thread volatile unsigned version;

static void write_once(volatile struct failure *to, const struct failure *from, const char *path) {
    size_t i = 0;
    to->call = 0; /* nothing, should a handler jump out of here */
    for (size_t arg = 0; arg < ARGS; arg++)
        to->args[arg] = from->args[arg];
    to->caller = from->caller;
    to->error = from->error;
    while (path && i < PATH_ROOM - 1 && path[i]) {
        to->path[i] = path[i];
        i++;
    }
    if (path && path[i])
        i = 0; /* part of a path names another file */
    to->path[i] = '\0';
    to->call = from->call;
}

static void keep(const struct failure *failure, const char *path, int maps) {
    unsigned mine;
    do {
        mine = ++version;
        write_once(&here.last, failure, path);
        if (maps)
            write_once(&here.map, failure, path);
    } while (version != mine);
}

/*
 * The functions that the exported ones end with, on failure. A call in tail position is a jump, so the return address
 * here is that of the exported function. Where a compiler makes it a call all the same, it lies in this library, and
 * the reader sees that.
 */
#define CALLER ((uintptr_t)__builtin_return_address(0))

void *mapboard_failed_map(uintptr_t addr, uintptr_t length, int prot, int flags, int fd, off_t offset) {
    struct failure failure = {.args = {addr, length, (uintptr_t)prot, (uintptr_t)flags, (uintptr_t)fd, (uintptr_t)offset},
                              .caller = CALLER,
                              .error = errno,
                              .call = 1};
    keep(&failure, NULL, 1);
    return (void *)-1; /* MAP_FAILED */
}

int mapboard_failed(uint32_t call, uintptr_t a, uintptr_t b, uintptr_t c) {
    struct failure failure = {.args = {a, b, c}, .caller = CALLER, .error = errno, .call = call};
    keep(&failure, NULL, 0);
    return -1;
}

void *mapboard_failed_remap(uint32_t call, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e) {
    struct failure failure = {.args = {a, b, c, d, e}, .caller = CALLER, .error = errno, .call = call};
    keep(&failure, NULL, 1);
    return (void *)-1;
}

/* `maps`: the call answers MAP_FAILED. A path that the kernel could not read is not read here either. */
void *mapboard_failed_path(uint32_t call, const char *path, uintptr_t a, uintptr_t b, int maps) {
    struct failure failure = {.args = {a, b}, .caller = CALLER, .error = errno, .call = call};
    keep(&failure, failure.error == EFAULT ? NULL : path, maps);
    return maps ? (void *)-1 : NULL;
}

/* This thread's failures. The copy is made again if a handler failed meanwhile. */
void mapboard_failures(struct failures *copy) {
    unsigned seen;
    do {
        seen = version;
        const volatile char *from = (const volatile char *)&here;
        for (size_t i = 0; i < sizeof *copy; i++)
            ((char *)copy)[i] = from[i];
    } while (version != seen);
}
