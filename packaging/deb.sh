#!/bin/sh
# deb.sh VERSION [DIRECTORY]: the Debian packages, into DIRECTORY (build/deb), built by dpkg-buildpackage in a
# copy of the tree, because Debian's files must lie in debian/ at its top and here they do not. What `make`
# has built serves.
set -eu
version=$1 out=${2:-build/deb}
for tool in dpkg-buildpackage dh; do
    command -v $tool >/dev/null || {
        echo "$tool is missing: apt-get install dpkg-dev debhelper" >&2
        exit 1
    }
done
mkdir -p "$out"
out=$(cd "$out" && pwd)
copy=$out/mapboard-$version
rm -rf "$copy" "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM

mkdir "$copy"
tar -cf - --exclude=./build --exclude=target --exclude=./.git . | tar -xf - -C "$copy"
mkdir -p "$copy/build/bin"
cp -a build/lib "$copy/build"
cp -a build/bin/mapcheck "$copy/build/bin" # minichat is compiled again, with Debian's flags
cp -a packaging/debian "$copy/debian"

# debhelper gives the build an empty home; Rust is in this one where rustup put it there. Debian 12 has no
# Rust that is new enough as a package: -d does without.
cd "$copy"
export RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"
unset MAKEFLAGS MAKELEVEL CARGO_TARGET_DIR
export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck noautodbgsym}"
dpkg-buildpackage -b -d -nc -us -uc >../build.log 2>&1 || {
    cat ../build.log >&2
    exit 1
}
rm -f "$out"/*.buildinfo "$out"/*.changes "$out/build.log"
ls "$out"/*.deb
