/*
 * Where the last failing mm_ calls of the calling thread are kept. In C because stable Rust has no thread-local storage
 * without its standard library.
 */
#include <stdint.h>

/* As in failure.rs. */
struct failure {
    uint64_t args[6];
    int32_t error;
    uint32_t call;
    char path[128];
};

struct failures {
    uint64_t version;
    struct failure last;
    struct failure map;
};

static __thread struct failures here;

struct failures *mapboard_failures(void) { return &here; }
