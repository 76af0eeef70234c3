#!/bin/sh
# dist.sh VERSION [DIRECTORY]: the source archive DIRECTORY/mapboard-VERSION.tar.xz (build/): what git tracks,
# and every crate that the build and its tests take, so that both need no network. The same sources give the
# same bytes. In an unpacked archive, where there is no git, it makes that archive again.
set -eu
version=$1 out=${2:-build}
export LC_ALL=C TZ=UTC
mkdir -p "$out"
out=$(cd "$out" && pwd)
name=mapboard-$version
tree=$out/dist/$name
rm -rf "$out/dist"
mkdir -p "$tree"
trap 'rm -rf "$out/dist"' EXIT
trap 'exit 130' INT TERM

if [ -e .git ]; then
    git ls-files -z >"$out/dist/files"
    : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
    git diff --quiet HEAD || echo "dist.sh: the archive has what is not committed yet" >&2
else
    find . \( -path ./build -o -name target -o -path ./vendor -o -path ./.cargo \) -prune -o -type f -print0 \
        >"$out/dist/files"
    : "${SOURCE_DATE_EPOCH:=$(stat -c %Y Cargo.toml)}"
fi
tar --null -T "$out/dist/files" -cf - | tar -xf - -C "$tree"

# The crates of the library, of mapcheck, and of the model that the tests run; .cargo/config.toml says where
# they are.
mkdir "$tree/.cargo"
if [ -e vendor ] && [ ! -e .git ]; then
    cp -a vendor "$tree"
    cp .cargo/config.toml "$tree/.cargo"
else
    (cd "$tree" && ${CARGO:-cargo} vendor --locked --versioned-dirs --sync tests/model/Cargo.toml vendor \
        >.cargo/config.toml 2>../log) || { cat "$out/dist/log" >&2; exit 1; }
fi

# Blocks of a size that does not depend on the number of processors: -T2.
tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --mtime="@$SOURCE_DATE_EPOCH" -C "$out/dist" -cf - "$name" | xz -T2 >"$out/$name.tar.xz"
echo "$out/$name.tar.xz"
