/*
 * An allocator may live on mm_map: here all of malloc does, for this program and for the C library. So the
 * calls must not allocate themselves. One mapping for each allocation; its length stands before it.
 */
#define _GNU_SOURCE
#include <mapboard.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <tap.h>

enum { HEAD = 4096 };
static atomic_long allocations, frees, reentered;
static __thread int inside;

static void *allocate(size_t size, size_t alignment) {
    if (inside) { /* mm_map called malloc: it gets none */
        atomic_fetch_add(&reentered, 1);
        return NULL;
    }
    inside = 1;
    atomic_fetch_add(&allocations, 1);
    size_t length = HEAD + size + (alignment > HEAD ? alignment : 0);
    char *start = MAP_FAILED;
    if (length > size)
        start = mm_map(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    inside = 0;
    if (start == MAP_FAILED)
        return NULL;
    uintptr_t at = (uintptr_t)start + HEAD;
    if (alignment > HEAD)
        at = (at + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t *head = (size_t *)(at - 3 * sizeof(size_t));
    head[0] = (size_t)start;
    head[1] = length;
    head[2] = size;
    return (void *)at;
}

void *malloc(size_t size) { return allocate(size, 16); }
void *memalign(size_t alignment, size_t size) { return allocate(size, alignment); }
void *aligned_alloc(size_t alignment, size_t size) { return allocate(size, alignment); }
int posix_memalign(void **out, size_t alignment, size_t size) {
    return (*out = allocate(size, alignment)) ? 0 : ENOMEM;
}
void *calloc(size_t count, size_t size) {
    size_t all;
    return __builtin_mul_overflow(count, size, &all) ? NULL : allocate(all, 16); /* mapped pages are zero */
}
void free(void *pointer) {
    int saved = errno;
    if (!pointer)
        return;
    atomic_fetch_add(&frees, 1);
    const size_t *head = (size_t *)pointer - 3;
    if (mm_unmap((void *)head[0], head[1]) != 0)
        abort();
    errno = saved;
}
void *realloc(void *pointer, size_t size) {
    void *fresh = malloc(size);
    if (fresh && pointer) {
        size_t old = ((size_t *)pointer)[-1];
        memcpy(fresh, pointer, old < size ? old : size);
        free(pointer);
    }
    return fresh;
}

static void *use_the_heap(void *failed) {
    enum { COUNT = 200 };
    static __thread char *blocks[COUNT];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < COUNT; i++) {
            blocks[i] = malloc((size_t)(i * 97 + 1));
            if (!blocks[i])
                return failed;
            memset(blocks[i], i, (size_t)(i * 97 + 1));
        }
        for (int i = 0; i < COUNT; i++) {
            if (blocks[i][i * 97] != (char)i)
                return failed;
            free(blocks[i]);
        }
    }
    return NULL;
}

int main(void) {
    CHECK_EQ(atomic_load(&reentered), 0, "whatever was allocated before main came from mm_map");
    long before = atomic_load(&allocations);
    char *p = mm_map(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int good = p != MAP_FAILED && mm_protect(p, 4096, PROT_READ) == 0 && mm_sync(p, 4096, MS_SYNC) == 0 &&
               mm_remap(p, 8192, 4096, 0) == p && mm_unmap(p, 4096) == 0;
    int bad = mm_map(NULL, 0, 0, 0, -1, 0) == MAP_FAILED && mm_unmap(NULL, 0) == -1 &&
              mm_sync(NULL, 0, -1) == -1 && mm_protect(NULL, 1, -1) == -1 &&
                  mm_remap(NULL, 0, 0, -1) == MAP_FAILED;
    long during = atomic_load(&allocations) - before;
    CHECK(good && bad, "five calls that succeed and five that fail");
    CHECK_EQ(during, 0, "allocate nothing");
    pthread_t threads[3];
    void *result, *failed = use_the_heap(&before);
    CHECK(failed == NULL, "1000 blocks allocated, filled, read, freed");
    for (int i = 0; i < 3; i++)
        if (pthread_create(&threads[i], NULL, use_the_heap, &before) != 0)
            tap_bail("pthread_create");
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], &result);
        failed = failed ? failed : result;
    }
    CHECK(failed == NULL, "the same in three threads");
    CHECK(atomic_load(&allocations) >= 4000 && atomic_load(&frees) >= 4000, "all of it by our malloc");
    CHECK_EQ(atomic_load(&reentered), 0, "mm_map never called malloc");
    return tap_end();
}
