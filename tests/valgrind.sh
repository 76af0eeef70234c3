#!/bin/sh
# Under valgrind: the mistakes with a mapping that it sees, each with both sites, and none where there is none.
. "$MB_ROOT/tests/tap.sh"
have valgrind || { skip "what valgrind sees" "valgrind is not installed"; finish; }

mkdir "$work/boards" && cd "$work/boards" || exit 2
program() { # name, body
    cat >"$work/$1.c" <<C
#define _GNU_SOURCE
#include <mapboard.h>
#include <stdio.h>
#include <string.h>
static char *make(size_t length) {
    return mm_map(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* made */
}
static void drop(void *p, size_t length) { mm_unmap(p, length); /* dropped */ }
static void forget(void) { make(100)[5] = 1; }
int main(void) {
    static volatile char sum;
    $2
    return 0;
}
C
    $CC -g -O0 -I"$MB_INCLUDE" "$work/$1.c" -o "$work/$1" -L"$MB_LIBDIR" -lmapboard -Wl,-rpath,"$MB_LIBDIR" || exit 2
    valgrind --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9 "$work/$1" >"$work/$1.out" 2>&1
    echo $? >"$work/$1.status"
}
says() { grep -q "$2" "$work/$1.out" || { cat "$work/$1.out"; false; }; }
silent() { says "$1" "ERROR SUMMARY: 0 errors" && test "$(cat "$work/$1.status")" = 0; }

program after 'char *p = make(100); p[1] = 1; drop(p, 100); sum += p[1];'
check "use after unmap: an invalid read" says after "Invalid read of size 1"
check "use after unmap: in a block" says after "1 bytes inside a block of size 100 free"
check "use after unmap: the site of the unmap" says after "by .*: drop (after.c:8)"
check "use after unmap: the site of the map" says after "by .*: make (after.c:6)"

program past 'char *p = make(100); sum += p[99]; sum += p[100]; drop(p, 100);'
check "past the length, inside the page: one invalid read" says past "ERROR SUMMARY: 1 errors"
check "past the length: after the block" says past "0 bytes after a block of size 100 alloc"
check "past the length: the site of the map" says past "by .*: make (past.c:6)"

# Beside another mapping: the loader remembers where the last library ends, which is where the first mapping begins.
program leak 'char *beside = make(3 * 4096); forget(); puts("so that no register points to it"); drop(beside, 3 * 4096);'
check "a leak: definitely lost" says leak "100 bytes in 1 blocks are definitely lost"
check "a leak: the site of the map" says leak "by .*: make (leak.c:6)"

program clean 'char *p = make(5000); p[4999] = 1; drop(p, 5000);
    p = make(3 * 4096); p[2 * 4096] = 1; drop(p, 4096); sum += p[2 * 4096]; drop(p + 2 * 4096, 4096); sum += p[4096]; drop(p + 4096, 4096);
    p = make(4096); char *q = mm_remap(p, 4096, 8192, MREMAP_MAYMOVE); q[8191] = 1; drop(q, 8192);
    p = make(2 * 4096); p[0] = 1;
    if (mm_map(p, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != p) return 1;
    p[4095] = 1; sum += p[0]; p[4096] = 1; drop(p, 2 * 4096);
    p = mm_map(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); mm_protect(p, 8192, PROT_READ | PROT_WRITE); p[8191] = 1; drop(p, 8192);
    for (int i = 0; i < 100; i++) { p = make(100); p[99] = 1; drop(p, 100); }'
check "parts unmapped, moved, replaced, reserved: nothing to say" silent clean

program board 'struct minichat *chat; struct minichat_message m; if (minichat_open(&chat, "board", NULL)) return 1;
    minichat_post(chat, "text", 4, 0, NULL); if (minichat_read(chat, &m, 1) != 1 || strcmp(m.text, "text")) return 2;
    struct mm_lock *lock = mm_lock_open("lock", 0600); mm_lock_exclusive(lock); mm_lock_release(lock); mm_lock_close(lock);
    minichat_close(chat); minichat_unlink("board"); remove("lock");'
check "a board and a lock: nothing to say" silent board

# Threads. Helgrind and DRD know pthread_mutex and its like alone, and would report what atomics and futexes order:
# ThreadSanitizer sees those (tests/sanitizers.sh). A handler that mends a fault and goes on needs all registers as
# they were: valgrind keeps them only if it is told to.
$CC -g -O1 -pthread -I"$MB_INCLUDE" "$MB_ROOT/tests/sanitizers/threads.c" -o "$work/threads" -L"$MB_LIBDIR" -lmapboard \
    -Wl,-rpath,"$MB_LIBDIR" || exit 2
for what in lock chat guard; do
    valgrind --vex-iropt-register-updates=allregs-at-mem-access --leak-check=full --error-exitcode=9 \
        "$work/threads" $what >"$work/$what.out" 2>&1
    echo $? >"$work/$what.status"
    check "threads that share a $what: nothing to say" silent $what
done
finish
