#!/bin/sh
# make tarball: unpacked anywhere, moved once more, everything in it works from where it lies. And make wheel: a fresh
# virtual environment without an index gets the program.
unset MAKEFLAGS MAKELEVEL PKG_CONFIG_PATH LD_LIBRARY_PATH MAPBOARD_LANG
. "$MB_ROOT/tests/tap.sh"
export LC_ALL=C.UTF-8
cd "$MB_ROOT" || exit 2
: "${CC:=cc}"
if ! have xz || ! have strip; then
    skip "make tarball" "needs xz and strip"
    finish
fi
check "it is made" sh packaging/tarball.sh "$MB_VERSION" "$work/made"
archive=$work/made/mapboard-$MB_VERSION-$(uname -m)-linux.tar.xz
check "called after version and machine" test -s "$archive"
mkdir "$work/first" && tar -C "$work/first" -xf "$archive" && mv "$work/first"/* "$work/moved here"
cd "$work/moved here" || exit 2
check "nothing in it is a path of who made it" sh -c '! grep -r -l -F -e "$0" -e "$1" .' "$MB_ROOT" "$work/made"
$CC -g -o "$work/bus" share/doc/mapboard/bus.c
(cd "$work" && ulimit -c 0 && "moved here/bin/mapcheck" ./bus) >"$work/said" 2>&1
check "bin/mapcheck names README's mistake" grep -q 'file-too-short' "$work/said"
printf 'bonjour\n' | bin/minichat "$work/board" Léa >"$work/said" 2>&1
check "bin/minichat posts on a board" sh -c '"$0" "$1" --last 5 | grep -q bonjour' bin/minichat "$work/board"
cat >"$work/with.c" <<'C'
#include <mapboard.h>
int main(void) {
    void *p = mm_map(0, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED || mm_unmap(p, 1) != 0;
}
C
check "a program compiles against it, statically" $CC -Iinclude "$work/with.c" lib/libmapboard.a -o "$work/with"
check "and runs" "$work/with"
if have pkg-config; then
    mv "$work/moved here" "$work/moved" && cd "$work/moved" || exit 2 # pkg-config's answers are split at spaces
    check "pkg-config finds it where it lies" sh -c \
        '$CC "$0" $(PKG_CONFIG_PATH=$PWD/lib/pkgconfig pkg-config --cflags --libs mapboard) -Wl,-rpath,"$PWD/lib" -o "$1" && "$1"' \
        "$work/with.c" "$work/shared"
else
    skip "pkg-config finds it where it lies" "pkg-config is not installed"
fi
if have man; then
    check "man -M finds the manual" sh -c 'MANPAGER=cat man -M share/man mapcheck | grep -q mapcheck'
else
    skip "man -M finds the manual" "man is not installed"
fi

cd "$MB_ROOT" || exit 2
if ! have maturin; then
    skip "make wheel" "maturin is not installed"
elif ! python3 -m venv "$work/venv" >"$work/venv.log" 2>&1; then
    skip "make wheel" "no virtual environment of Python's (python3-venv)"
else
    check "make wheel" env CARGO_TARGET_DIR="$MB_ROOT/build/wheel-target" sh packaging/wheel.sh "$work/wheel"
    check "pip installs it without an index" \
        "$work/venv/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$work/wheel" mapcheck
    check "the program is there, of this version" \
        sh -c '"$0" --version | grep -q "$1"' "$work/venv/bin/mapcheck" "$MB_VERSION"
    (cd "$work" && ulimit -c 0 && venv/bin/mapcheck ./bus) >"$work/said" 2>&1
    check "and names README's mistake" grep -q 'file-too-short' "$work/said"
    check "pip takes it away again" "$work/venv/bin/pip" uninstall --quiet --yes mapcheck
fi
finish
