#!/bin/sh
# A meson project finds the installed library by pkg-config: shared, static, and only in a version that fits.
unset MAKEFLAGS MAKELEVEL CFLAGS LDFLAGS
. "$MB_ROOT/tests/tap.sh"
if ! have meson || ! have ninja || ! have pkg-config || ! have readelf; then
    skip "dependency('mapboard')" "meson, ninja, pkg-config or readelf is not installed"
    finish
fi
soname=libmapboard.so.${MB_VERSION%%.*}
check "make install" make -s -C "$MB_ROOT" install prefix="$work/prefix"
export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"

mkdir "$work/project"
cp "$MB_ROOT/c_examples/hello.c" "$work/project"
cat >"$work/project/meson.build" <<'MESON'
project('hello', 'c')
mapboard = dependency('mapboard', version: get_option('wanted'), static: get_option('static'))
executable('hello', 'hello.c', dependencies: mapboard)
MESON
cat >"$work/project/meson_options.txt" <<'MESON'
option('wanted', type: 'string', value: '>=0')
option('static', type: 'boolean', value: false)
MESON
setup() { # BUILD-DIRECTORY OPTION…
    build=$work/$1
    shift
    meson setup "$build" "$work/project" "$@"
}
needs_ours() { readelf -d "$1" | grep -q "NEEDED.*\[$soname\]"; }
needs_none() { ! needs_ours "$1"; }
refused() { ! setup "$@" >"$work/said" 2>&1 && grep -q 'Invalid version' "$work/said"; }

echo bonjour >"$work/letter"
for kind in shared static; do
    case $kind in shared) static=false ;; static) static=true ;; esac
    check "$kind: found" setup $kind -Dstatic=$static -Dwanted="==$MB_VERSION"
    check "$kind: a program builds" ninja -C "$work/$kind"
    check "$kind: and runs" sh -c 'test "$("$0" "$1")" = bonjour' "$work/$kind/hello" "$work/letter"
done
check "the shared one needs $soname" needs_ours "$work/shared/hello"
check "the static one does not" needs_none "$work/static/hello"
check "a version that is too new is refused" refused new -Dwanted='>=99'
finish
