#!/bin/sh
# The release library as others link it: what it exports and imports, its name, its size.
. "$MB_ROOT/tests/tap.sh"
so=$MB_LIBDIR/libmapboard.so.$MB_VERSION

symbols() { # which: names without versions, sorted
    nm -D "--$1-only" "$so" | awk '{ sub(/@.*/, "", $NF); print $NF }' | LC_ALL=C sort
}
same() { # list file: prints the difference and what to do about it
    diff "$MB_ROOT/tests/abi/$1.txt" "$work/$1" ||
        { echo "the $1 of the library have changed; if that is intended, update tests/abi/$1.txt"; false; }
}

if have nm && have readelf; then
    symbols defined >"$work/exports"
    check "exports exactly tests/abi/exports.txt" same exports
    # Symbols that the toolchain's start files ask for, weakly, are none of the library's.
    # Nor are those that any compiler calls by itself where memory is copied, filled and compared: which, is its choice.
    symbols undefined | grep -v '^_ITM_\|^__gmon_start__$\|^__cxa_finalize$' |
        grep -vxE 'memcpy|memmove|memset|memcmp|bcmp' >"$work/imports"
    check "imports exactly tests/abi/imports.txt" same imports
    check "no panic path: abort is not imported" sh -c '! grep -qx abort "$0"' "$work/imports"
    # The oldest C library that it runs with.
    newest=$(readelf -VW "$so" | grep -o 'GLIBC_[0-9.]*' | LC_ALL=C sort -uV | tail -n 1)
    check "asks for no C library newer than 2.34 (asks for $newest)" \
        sh -c 'test "$(printf "%s\n" GLIBC_2.34 "$0" | LC_ALL=C sort -V | tail -n 1)" = GLIBC_2.34' "$newest"
    readelf -dW "$so" >"$work/dynamic"
    check "needs libc alone" sh -c 'test "$(grep -c NEEDED "$0")" = 1 && grep -q "NEEDED.*\[libc.so.6\]" "$0"' "$work/dynamic"
    check "its soname has the major version" grep -q "SONAME.*\[libmapboard.so.${MB_VERSION%%.*}\]" "$work/dynamic"
    check "no text relocations" sh -c '! grep -q TEXTREL "$0"' "$work/dynamic"
    check "keeps its unwind tables" sh -c 'readelf -SW "$0" | grep -q "\.eh_frame_hdr"' "$so"
else
    skip "exports, imports, soname" "needs nm and readelf (binutils)"
fi
size=$(wc -c <"$so")
# Without mm_explain it was 52 KB, and 64 the goal. The sentences in three languages are 42 KB, what finds the causes
# and their values 40 more. Rust 1.85 makes 10 KB more of it than 1.95 does, and 30 of the static one.
check "at most 160 KB (is $size)" test "$size" -le 163840

# A program that calls the library, linked statically, against the same program without those calls.
cat >"$work/with.c" <<'C'
#include <mapboard.h>
int main(void) {
    struct minichat *chat;
    void *p = mm_map(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED || minichat_open(&chat, "no/such/board", 0) == 0;
}
C
cat >"$work/without.c" <<'C'
#include <sys/mman.h>
int main(void) { return mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED; }
C
check "a program with the static library links" $CC -O2 -I"$MB_INCLUDE" "$work/with.c" "$MB_LIBDIR/libmapboard.a" -o "$work/with"
check "and runs" "$work/with"
$CC -O2 "$work/without.c" -o "$work/without"
more=$(($(wc -c <"$work/with") - $(wc -c <"$work/without")))
check "the static library adds at most 200 KB to it (adds $more)" test "$more" -le 204800
finish
