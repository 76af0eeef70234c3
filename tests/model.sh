#!/bin/sh
# The board's protocols under every order of events, and a negative control for each ordering: tests/model/src/main.rs.
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
manifest=$MB_ROOT/tests/model/Cargo.toml target=$MB_ROOT/build/model

if ! $CARGO fetch --quiet --locked --manifest-path "$manifest" >"$work/fetch" 2>&1 &&
    ! $CARGO fetch --quiet --locked --offline --manifest-path "$manifest" >>"$work/fetch" 2>&1; then
    skip "the model" "loom cannot be had: $(grep -m 1 . "$work/fetch")"
    finish
fi
if ! $CARGO build --quiet --locked --offline --manifest-path "$manifest" --target-dir "$target" >"$work/build" 2>&1; then
    fail "the model builds"
    sed 's/^/    /' "$work/build"
    finish
fi
"$target/debug/model"
