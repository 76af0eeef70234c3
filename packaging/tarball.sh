#!/bin/sh
# tarball.sh VERSION [DIRECTORY]: DIRECTORY/mapboard-VERSION-MACHINE-linux.tar.xz (build/): programs, library, header and
# manuals, to be unpacked anywhere by anybody: nothing in it knows where it lies. It asks for the C library of the system
# where it was built, or a newer one; the chat is the one without readline. What `make` has built serves.
set -eu
version=$1 out=${2:-build}
export LC_ALL=C TZ=UTC
mkdir -p "$out"
out=$(cd "$out" && pwd)
name=mapboard-$version-$(uname -m)-linux
stage=$(mktemp -d) # make's DESTDIR may have no spaces, and ours may
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT TERM
: "${MAKE:=make}"

$MAKE -s build/check/minichat-plain
$MAKE -s install DESTDIR="$stage" prefix="/$name" >/dev/null
tree=$stage/$name
install build/check/minichat-plain "$tree/bin/minichat"
strip "$tree/bin/minichat"
# pkg-config counts from the file's own place.
sed -i 's|^prefix=.*|prefix=${pcfiledir}/../..|' "$tree/lib/pkgconfig/mapboard.pc"
mkdir -p "$tree/share/doc/mapboard"
cp LICENSE README.md CHANGELOG.md docs/guide.*.md "$tree/share/doc/mapboard"
cp docs/terminal/bus.c "$tree/share/doc/mapboard"
cat >"$tree/README" <<R
mapboard $version, for Linux on $(uname -m). Leave it where you have unpacked it, or move it: nothing has to be installed.

    bin/mapcheck ./program        what is wrong with its mappings, and why it crashed
    bin/minichat board NICK       the whiteboard chat
    man -M share/man mapcheck     the manual; share/man/fr, share/man/zh_CN: LANG=fr_FR.UTF-8 man -M share/man mapcheck
    cc program.c \$(PKG_CONFIG_PATH=\$PWD/lib/pkgconfig pkg-config --cflags --libs mapboard) -Wl,-rpath,\$PWD/lib

or, without pkg-config: cc -Iinclude program.c lib/libmapboard.a. More: share/doc/mapboard.
R
if [ -e .git ]; then : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"; else : "${SOURCE_DATE_EPOCH:=$(stat -c %Y Cargo.toml)}"; fi
tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --mtime="@$SOURCE_DATE_EPOCH" -C "$stage" -cf - "$name" | xz -T2 >"$out/$name.tar.xz"
echo "$out/$name.tar.xz"
