/* A program that does nothing; with WITH_MAPBOARD it is linked with the library, which the loader has to
 * find. */
#ifdef WITH_MAPBOARD
#include <mapboard.h>
#endif

int main(void) {
#ifdef WITH_MAPBOARD
    return mm_unmap((void *)4096, 4096);
#else
    return 0;
#endif
}
