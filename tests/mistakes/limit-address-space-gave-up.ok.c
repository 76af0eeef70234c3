/* It asks for less, gets it, and ends well. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

int main(void) {
    struct rlimit small = {200 << 20, 200 << 20};
    if (setrlimit(RLIMIT_AS, &small) != 0)
        return 77;
    size_t size = (size_t)4 << 30;
    void *heap;
    do
        heap = mmap(NULL, size /= 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    while (heap == MAP_FAILED && size > 4096);
    return munmap(heap, size) != 0;
}
