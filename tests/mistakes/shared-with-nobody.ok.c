/* Before fork; and a child that makes memory for children of its own, as its parent does. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int *shared(void) {
    int *memory = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        _exit(2);
    return memory;
}

/* What a child of the caller stores. */
static int told(void) {
    int *memory = shared();
    if (fork() == 0) {
        *memory = 12;
        _exit(0);
    }
    wait(NULL);
    int value = *memory;
    munmap(memory, sizeof *memory);
    return value;
}

int main(void) {
    if (fork() == 0)
        _exit(told() != 12);
    int value = told();
    wait(NULL);
    return value != 12;
}
