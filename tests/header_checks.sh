#!/bin/sh
# Mistakes that the header lets the compiler see: each is warned of, at every optimisation level, and what is no mistake
# is not.
unset MAKEFLAGS MAKELEVEL
. "$MB_ROOT/tests/tap.sh"

program() { # call: a program with that call, where fd, length, flags and offset are variables
    cat <<C
#define _GNU_SOURCE
#define MAPBOARD_REPLACE_MMAP
#include <mapboard.h>
struct operations { void *(*mmap)(void *, size_t, int, int, int, off_t); };
struct pair { int a, b; };
int main(int argc, char **argv) {
    struct operations ops = { mmap };
    int fd = argc, flags = MAP_SHARED, length = 0, offset = 5;
    volatile int *use[] = { &fd, &flags, &length, &offset };
    void *p = $1;
    return p == MAP_FAILED && argv && ops.mmap && *use[0];
}
C
}
warns() { # compiler level text
    $1 -std=c11 -Wall -Wextra -Wpedantic -Wno-unused "$2" -I"$MB_INCLUDE" -c "$work/call.c" -o "$work/o" 2>"$work/said" &&
        test "$(grep -c 'warning: ' "$work/said")" = 1 && grep -q "warning: .*$3" "$work/said" || { cat "$work/said"; false; }
}
silent() { # compiler level
    $1 -std=c11 -Wall -Wextra -Wpedantic -Wno-unused -Werror "$2" -I"$MB_INCLUDE" -c "$work/call.c" -o "$work/o"
}

for compiler in gcc clang; do
    have $compiler || { skip "the checks of $compiler" "$compiler is not installed"; continue; }
    for level in -O0 -O2; do
        while IFS='|' read -r text call; do
            program "$call" >"$work/call.c"
            check "$compiler $level: $call: $text" warns $compiler $level "$text"
        done <<'CALLS'
length is 0|mmap(NULL, 0, PROT_READ, MAP_SHARED, fd, 0)
length is 0|mm_map(NULL, sizeof(int) - 4, PROT_READ, MAP_SHARED, fd, 0)
neither MAP_SHARED nor MAP_PRIVATE|mmap(NULL, 1, PROT_READ, 0, fd, 0)
neither MAP_SHARED nor MAP_PRIVATE|mmap(NULL, 1, PROT_READ, MAP_ANONYMOUS, -1, 0)
exactly one of them|mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_PRIVATE, fd, 0)
exactly one of them|mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
no multiple of the page|mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 5)
no multiple of the page|mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 4095)
fd is -1 without MAP_ANONYMOUS|mmap(NULL, 1, PROT_READ, MAP_SHARED, -1, 0)
length is 0|ops.mmap(NULL, 0, PROT_READ, MAP_SHARED, fd, 0)
CALLS
        while read -r call; do
            program "$call" >"$work/call.c"
            check "$compiler $level: $call: nothing" silent $compiler $level
        done <<'CALLS'
mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0)
mmap(NULL, (size_t)length, PROT_READ, flags, fd, offset)
mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
mmap(NULL, 1, PROT_READ, flags, -1, 0)
mmap(NULL, 1, PROT_READ, MAP_SHARED_VALIDATE, fd, 0)
mmap(NULL, 1, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 4096)
ops.mmap(NULL, (size_t)((struct pair){1, 2}).a, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0)
(mmap)(NULL, 0, PROT_READ, 0, -1, 5)
CALLS
    done
    program "mmap(NULL, 0, PROT_READ, 0, -1, 5)" | sed '1i #define MAPBOARD_NO_CHECKS' >"$work/call.c"
    check "$compiler: MAPBOARD_NO_CHECKS turns them off" silent $compiler -O2
done

cat >"$work/once.c" <<'C'
#include <mapboard.h>
static int calls;
static int one(int value) { calls++; return value; }
int main(void) {
    void *p = mm_map((void *)(long)one(0), (size_t)one(1), one(PROT_READ), one(MAP_PRIVATE | MAP_ANONYMOUS), one(-1), one(0));
    return p == MAP_FAILED || calls != 6;
}
C
check "each argument is evaluated once" sh -c '$CC -D_GNU_SOURCE -I"$MB_INCLUDE" "$0/once.c" "$MB_LIBDIR/libmapboard.a" -o "$0/once" && "$0/once"' "$work"
finish
