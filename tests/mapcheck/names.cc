/* A function of C++ with a long name and no line: tests/mapcheck_names.sh compiles without -g. */
#include <sys/mman.h>

namespace store {
struct Shelf {
    __attribute__((noinline)) int put(unsigned long length);
};
int Shelf::put(unsigned long length) {
    return mmap(nullptr, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
} // namespace store

int main(int count, char **) {
    store::Shelf shelf;
    return shelf.put(static_cast<unsigned long>(count) - 1) ? 7 : 0;
}
