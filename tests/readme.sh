#!/bin/sh
# What README shows is what is there: its program is a file of c_examples, its links lead somewhere, its make targets
# exist, and its commands do what they say.
. "$MB_ROOT/tests/tap.sh"
cd "$MB_ROOT" || exit 2

awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' README.md >"$work/program.c"
check "its program is c_examples/hello.c" diff "$work/program.c" c_examples/hello.c
for page in README.md docs/README.fr.md docs/README.zh.md CONTRIBUTING.md; do
    grep -o '](\([^)]*\))' "$page" | sed 's/](\(.*\))/\1/' | grep -v '^https\?:' >"$work/links"
    while read -r link; do
        check "$page: $link is there" test -e "$(dirname "$page")/$link"
    done <"$work/links"
    grep -oE 'man -l [a-zA-Z_0-9/.]+' "$page" | sed 's/man -l //' >"$work/manuals"
    while read -r manual; do
        check "$page: $manual is there" test -e "$manual"
    done <"$work/manuals"
    grep -oE '(^ +|[`（(])make [a-z-]+' "$page" | sed 's/.*make //' | sort -u >"$work/targets"
    while read -r target; do
        check "$page: make $target exists" grep -q "^$target:\|^\.PHONY:.* $target\b" Makefile
    done <"$work/targets"
done
check "the program builds as README says, from the tree" $CC -I"$MB_INCLUDE" c_examples/hello.c "$MB_LIBDIR/libmapboard.a" -o "$work/hello"
echo "bonjour" >"$work/hello.txt"
check "and shows a file" sh -c 'test "$("$0/hello" "$0/hello.txt")" = bonjour' "$work"
check "and says why it cannot" sh -c '! "$0/hello" /dev/null 2>"$0/said" && grep -q "^/dev/null: ." "$0/said"' "$work"
cat >"$work/raw.c" <<'C'
#include <sys/mman.h>
#include <stddef.h>
int main(void) { return mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED; }
C
check "-include mapboard.h -DMAPBOARD_REPLACE_MMAP builds and runs" \
    sh -c '$CC -I"$MB_INCLUDE" -include mapboard.h -DMAPBOARD_REPLACE_MMAP -D_GNU_SOURCE "$0/raw.c" "$MB_LIBDIR/libmapboard.a" -o "$0/raw" && "$0/raw"' "$work"
size=$(($(wc -c <"$MB_LIBDIR/libmapboard.so.$MB_VERSION") / 1024))
# The oldest Rust makes more of it than the newest.
said=$(grep -oE 'has [0-9]+ to [0-9]+ KB' README.md | tr -dc '0-9 ')
check "the library has about the size it says ($size KB, says $said)" \
    sh -c 'test "$0" -ge $(($1 - 5)) && test "$0" -le $(($2 + 5))' "$size" $said
finish
