#!/bin/sh
# The same sources give the same bytes, whoever builds them and where: two clones in directories with names of different
# lengths, built by two users with homes of their own (where there is root to make one of them). And nothing that is
# shipped names either of them, or the directory.
unset MAKEFLAGS MAKELEVEL CARGO_TARGET_DIR RUSTFLAGS
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}" "${MAKE:=make}"
cd "$MB_ROOT" || exit 2
if ! have git || ! git rev-parse -q --verify HEAD >"$work/head" 2>&1; then
    skip "two builds" "this is no clone of the repository"
    finish
fi
chmod 755 "$work"
cargo_home=${CARGO_HOME:-$HOME/.cargo} rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

# DIRECTORY COMMAND…: there, as a user whose cargo lives in another place. Crates are copied, not fetched again.
build_in() {
    directory=$1
    mkdir -p "$work/$directory/cargo"
    git clone -q --no-hardlinks . "$work/$directory/tree" || return
    cp -a "$cargo_home/registry" "$work/$directory/cargo/" 2>/dev/null
    [ ! -e "$cargo_home/config.toml" ] || cp "$cargo_home/config.toml" "$work/$directory/cargo/"
    run="env HOME=$work/$directory CARGO_HOME=$work/$directory/cargo RUSTUP_HOME=$rustup_home"
    if [ "$2" = other ]; then
        chown -R 65534:65534 "$work/$directory"
        # Its own view of the tools of whoever runs this, whose home it may not enter.
        run="setpriv --reuid=65534 --regid=65534 --clear-groups $run"
    fi
    (cd "$work/$directory/tree" && $run sh -c "$MAKE -s all && sh packaging/dist.sh \$0" "$MB_VERSION") >"$work/log" 2>&1 ||
        { tail -n 30 "$work/log"; return 1; }
    # dpkg's own tools take no part in who builds: by the same user
    ! have dpkg-buildpackage || ! have dh ||
        (cd "$work/$directory/tree" && env HOME="$work/$directory" CARGO_HOME="$work/$directory/cargo" RUSTUP_HOME="$rustup_home" \
            sh packaging/deb.sh "$MB_VERSION") >"$work/log" 2>&1 || { tail -n 30 "$work/log"; return 1; }
}
sums() {
    (cd "$work/$1/tree/build" && sha256sum lib/libmapboard.so.*.*.* lib/libmapboard.a bin/mapcheck bin/minichat ./*.tar.xz \
        $(ls deb/*.deb 2>/dev/null)) >"$work/$1.sums"
    cat "$work/$1.sums"
}
other=same
[ "$(id -u)" != 0 ] || ! have setpriv || ! setpriv --reuid=65534 --regid=65534 --clear-groups sh -c \
    "$CARGO --version && test -x \"$(command -v cargo)\"" >"$work/log" 2>&1 || other=other
check "one build" build_in one same
check "another, in a directory with a longer name, by $([ $other = other ] && echo "another user" || echo "the same user")" \
    build_in another-and-longer/name "$other"
mv "$work/another-and-longer/name" "$work/two" && sums one >"$work/log" && sums two >"$work/log"
check "the same bytes: $(awk '{ sub(".*/", "", $2); printf "%s ", $2 }' "$work/one.sums")" diff "$work/one.sums" "$work/two.sums"
for file in lib/libmapboard.so."$MB_VERSION" lib/libmapboard.a bin/mapcheck bin/minichat; do
    strings -a "$work/one/tree/build/$file" >"$work/strings"
    check "$file names neither the directory, nor a home, nor where crates come from" \
        sh -c '! grep -n -F -e "$1" -e "$2" -e "$3" -e registry/src "$0"' "$work/strings" "$work" "$cargo_home" "$HOME/"
done
finish
