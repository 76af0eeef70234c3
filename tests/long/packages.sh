#!/bin/sh
# The crates as the public registry gets them: each is packaged and builds from what was packaged, and mapcheck installs
# from its package alone, beside that of its sentences.
unset MAKEFLAGS MAKELEVEL CARGO_TARGET_DIR
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
cd "$MB_ROOT" || exit 2
minor=$($CARGO --version | sed 's/^cargo 1\.\([0-9]*\).*/\1/')
if [ "$minor" -lt 90 ]; then
    skip "the crates' packages" "packages that need each other: cargo 1.90 or newer, and this is 1.$minor"
    finish
fi
check "the three are packaged, and build from that" \
    $CARGO package --quiet --workspace --locked --allow-dirty --target-dir "$work/target"
cd "$work/target/package" || exit 2
for crate in mapboard mapboard-explain mapcheck; do
    check "$crate is there" tar -xf "$crate-$MB_VERSION.crate" -C "$work"
done
check "mapcheck installs from its package" $CARGO install --quiet --path "$work/mapcheck-$MB_VERSION" --root "$work/root" \
    --target-dir "$work/install" --config "patch.crates-io.mapboard-explain.path='$work/mapboard-explain-$MB_VERSION'"
check "and is of this version" sh -c '"$0" --version | grep -q "$1"' "$work/root/bin/mapcheck" "$MB_VERSION"
finish
