#!/bin/sh
# A library that has installed handlers stays when it is closed: dlopen and dlclose, again and again, leave no mapping
# behind but the library's own, once; and a SIGBUS afterwards still finds the handlers, ours and the program's.
. "$MB_ROOT/tests/tap.sh"
cd "$work" || exit 2
cat >closes.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf out;
static void on_bus(int signal) { siglongjmp(out, signal); }

static int count(const char *path) {
    FILE *file = fopen(path, "re");
    int lines = 0;
    for (int c; file && (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

int main(int argc, char **argv) {
    struct sigaction mine = {.sa_handler = on_bus};
    int before = 0;
    (void)argc;
    sigaction(SIGBUS, &mine, NULL);
    for (int round = 0; round < 20; round++) {
        void *library = dlopen(argv[1], RTLD_NOW);
        if (!library)
            return puts(dlerror()), 2;
        int (*guard)(void *, size_t) = (int (*)(void *, size_t))dlsym(library, "mm_guard");
        int (*unguard)(void *, size_t) = (int (*)(void *, size_t))dlsym(library, "mm_unguard");
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (guard(page, 4096) != 0 || unguard(page, 4096) != 0)
            return 3;
        munmap(page, 4096);
        dlclose(library);
        if (round == 1)
            before = count("/proc/self/maps");
    }
    if (count("/proc/self/maps") > before)
        return 4;
    int fd = open("empty", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    volatile char *past = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (sigsetjmp(out, 1) == 0)
        return *past + 5;
    return 0;
}
C
check "the program compiles" ${CC:-cc} -std=gnu11 closes.c -o closes -ldl
check "twenty rounds: nothing more is mapped, and a SIGBUS finds the program's handler" ./closes "$MB_LIBDIR/libmapboard.so"
finish
