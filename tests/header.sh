#!/bin/sh
# The header: in step with the sources, clean for every compiler and language, and the ways of using it as a drop-in.
unset MAKEFLAGS MAKELEVEL
. "$MB_ROOT/tests/tap.sh"
root=$MB_ROOT

regenerated() {
    make -s -C "$root" build/header/mapboard.h && diff "$root/include/mapboard.h" "$root/build/header/mapboard.h" ||
        { echo "include/mapboard.h is not what the sources say: run: make header"; false; }
}
check "is what the sources say" regenerated
check "has the version of Cargo.toml" grep -q "define MAPBOARD_VERSION \"$MB_VERSION\"" "$root/include/mapboard.h"

cat >"$work/plain.c" <<'C'
#include <mapboard.h>
int main(void) { return MINICHAT_MESSAGES != 20; }
C
flags="-Wall -Wextra -Wpedantic -Werror -I$MB_INCLUDE"
for compiler in gcc clang; do
    have $compiler || { skip "clean with $compiler" "$compiler is not installed"; continue; }
    for std in c99 c11 c17 gnu11; do
        check "clean with $compiler -std=$std" $compiler -std=$std $flags -c "$work/plain.c" -o "$work/o"
    done
done
if have tcc; then
    check "clean with tcc" tcc -Wall -Werror "-I$MB_INCLUDE" -c "$work/plain.c" -o "$work/o"
else
    skip "clean with tcc" "tcc is not installed"
fi
for compiler in g++ clang++; do
    have $compiler || { skip "clean with $compiler" "$compiler is not installed"; continue; }
    for std in c++98 c++11 c++17; do
        long=; [ $std = c++98 ] && long=-Wno-long-long
        check "clean with $compiler -std=$std" $compiler -std=$std $long $flags -x c++ -c "$work/plain.c" -o "$work/o"
    done
done

# The signatures are libc's: the compiler compares them.
cat >"$work/signatures.c" <<'C'
#define _GNU_SOURCE
#include <mapboard.h>
extern __typeof__(mmap) mm_map;
extern __typeof__(munmap) mm_unmap;
extern __typeof__(msync) mm_sync;
extern __typeof__(mprotect) mm_protect;
extern __typeof__(mremap) mm_remap;
C
check "the five calls have libc's signatures" $CC $flags -c "$work/signatures.c" -o "$work/o"

# Four ways in, and a proof that the calls arrive: the object names ours, and not the kernel's.
arrives() { # object
    nm -u "$1" | awk '{ print $NF }' | LC_ALL=C sort >"$work/names"
    grep -qx mm_map "$work/names" && ! grep -qE '^(mmap|mmap64|munmap|msync|mprotect)$' "$work/names" || { cat "$work/names"; false; }
}
cat >"$work/raw.c" <<'C'
#include <sys/mman.h>
#include <stddef.h>
struct operations { void *(*mmap)(void *, size_t, int, int, int, off_t); int (*munmap)(void *, size_t); };
static const struct operations table = { mmap, munmap };
int main(void) {
    char *p = (char *)table.mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 1;
    *p = 'x';
    return msync(p, 4096, MS_SYNC) | mprotect(p, 4096, PROT_READ) | table.munmap(p, 4096);
}
C
sed 's|^#include <sys/mman.h>|#define MAPBOARD_REPLACE_MMAP\n#include <mapboard.h>|' "$work/raw.c" >"$work/define.c"
link="-L$MB_LIBDIR -lmapboard -Wl,-rpath,$MB_LIBDIR"
way() { # name source compiler flags…
    way_name=$1 way_source=$2
    shift 2
    check "$way_name: compiles" "$@" $flags -D_GNU_SOURCE -c "$way_source" -o "$work/way.o"
    have nm && check "$way_name: its calls are ours" arrives "$work/way.o"
    check "$way_name: links" "$@" "$work/way.o" -o "$work/way" $link
    check "$way_name: runs" "$work/way"
}
way "MAPBOARD_REPLACE_MMAP in the source" "$work/define.c" $CC
way "MAPBOARD_REPLACE_MMAP, 64-bit offsets" "$work/define.c" $CC -D_FILE_OFFSET_BITS=64
way "-include mapboard.h" "$work/raw.c" $CC -include mapboard.h -DMAPBOARD_REPLACE_MMAP
way "-include mapboard.h, 64-bit offsets" "$work/raw.c" $CC -include mapboard.h -DMAPBOARD_REPLACE_MMAP -D_FILE_OFFSET_BITS=64
way "-Dmmap=mm_map" "$work/raw.c" $CC -Dmmap=mm_map -Dmunmap=mm_unmap -Dmsync=mm_sync -Dmprotect=mm_protect
if have g++; then
    cp "$work/define.c" "$work/define.cc"
    way "MAPBOARD_REPLACE_MMAP in C++" "$work/define.cc" g++
    cp "$work/raw.c" "$work/raw.cc"
    way "-include mapboard.h in C++" "$work/raw.cc" g++ -include mapboard.h -DMAPBOARD_REPLACE_MMAP
    way "-Dmmap=mm_map in C++, with our header" "$work/raw.cc" g++ -include mapboard.h -Dmmap=mm_map -Dmunmap=mm_unmap -Dmsync=mm_sync -Dmprotect=mm_protect
else
    skip "the ways in C++" "g++ is not installed"
fi
# Where -Dmmap would silently miss, the header says so.
refuses() { ! $CC -I"$MB_INCLUDE" -Dmmap=mm_map -D_FILE_OFFSET_BITS=64 -c "$work/plain.c" -o "$work/o" 2>"$work/said" && grep -q REPLACE_MMAP "$work/said"; }
check "-Dmmap=mm_map with _FILE_OFFSET_BITS=64 is an error that names the cure" refuses
if have g++; then
    cat >"$work/noexcept.cc" <<'C'
#include <mapboard.h>
static_assert(noexcept(mm_map(nullptr, 0, 0, 0, 0, 0)), "mm_map");
static_assert(noexcept(minichat_close(nullptr)), "minichat_close");
static_assert(!noexcept(mm_sync(nullptr, 0, 0)), "a cancellation point unwinds");
C
    check "noexcept in C++, but for the cancellation point" g++ -std=c++17 $flags -c "$work/noexcept.cc" -o "$work/o"
fi
finish
