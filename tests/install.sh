#!/bin/sh
# make install into a stage: everything in its place, a program built against it by pkg-config runs, and after
# make uninstall nothing is left.
unset MAKEFLAGS MAKELEVEL
. "$MB_ROOT/tests/tap.sh"
stage=$work/stage
make_() { make -s -C "$MB_ROOT" DESTDIR="$stage" prefix=/opt/mapboard "$@"; }

check "make install" make_ install
unfilled=$(grep -rl '@[a-zA-Z_]*@' "$stage/opt/mapboard/lib/pkgconfig" "$stage/opt/mapboard/lib/cmake")
check "every file's blanks are filled in${unfilled:+, but not in: $unfilled}" test -z "$unfilled"
for file in lib/libmapboard.a lib/libmapboard.so lib/libmapboard.so.${MB_VERSION%%.*} \
    lib/libmapboard.so.$MB_VERSION \
    lib/pkgconfig/mapboard.pc include/mapboard.h bin/minichat \
    bin/mapcheck share/man/man3/mm_map.3 share/man/fr/man3/mm_map.3 share/man/zh_CN/man1/minichat.1 \
    lib/cmake/mapboard/mapboardConfig.cmake lib/cmake/mapboard/mapboardConfigVersion.cmake \
    share/bash-completion/completions/minichat share/zsh/site-functions/_mapcheck \
    share/fish/vendor_completions.d/mapcheck.fish; do
    check "$file is there" test -s "$stage/opt/mapboard/$file"
done
if have pkg-config; then
    export PKG_CONFIG_PATH="$stage/opt/mapboard/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$stage"
    check "pkg-config knows the version" pkg-config --exact-version="$MB_VERSION" mapboard
    cp "$MB_ROOT/c_examples/hello.c" "$work"
    check "an example builds by pkg-config, shared" \
        sh -c '$CC "$0/hello.c" -o "$0/hello" $(pkg-config --cflags --libs mapboard)' "$work"
    check "and runs" \
        sh -c 'cd "$0" && LD_LIBRARY_PATH="$1/opt/mapboard/lib" ./hello hello.c >out' "$work" "$stage"
    check "an example builds by pkg-config, static" \
        sh -c '$CC "$0/hello.c" -o "$0/hello-static" $(pkg-config --cflags mapboard) \
            "$(pkg-config --variable=libdir mapboard)/libmapboard.a"' "$work"
    check "the pkg-config file follows a tree that was moved" \
        sh -c 'PKG_CONFIG_SYSROOT_DIR= pkg-config --define-prefix --cflags mapboard |
            grep -q -- "-I$0/opt/mapboard/include"' "$stage"
    check "and runs with the same output" sh -c 'cd "$0" && ./hello-static hello.c | cmp - out' "$work"
else
    skip "building by pkg-config" "pkg-config is not installed"
fi
check "the installed minichat finds its library" "$stage/opt/mapboard/bin/minichat" --version
check "make uninstall" make_ uninstall
left=$(find "$stage" ! -type d)
check "nothing is left but directories${left:+: $left}" test -z "$left"

check "other directories: libdir, includedir" make -s -C "$MB_ROOT" DESTDIR="$stage" prefix=/usr \
    libdir=/usr/lib/there includedir=/usr/include/here install
check "the pkg-config file names them, from its prefix" grep -qxF 'libdir=${prefix}/lib/there' \
    "$stage/usr/lib/there/pkgconfig/mapboard.pc"
check "and the header is there" test -s "$stage/usr/include/here/mapboard.h"
finish
