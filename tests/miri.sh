#!/bin/sh
# Miri, over what needs no kernel: text, display, paths, the ring and the entries of people on plain memory, the
# finder of causes. It is slow, so only with MAPBOARD_SOAK; and only where a nightly Rust with Miri is installed
# (rustup toolchain install nightly --component miri,rust-src).
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
if [ -z "${MAPBOARD_SOAK-}" ]; then
    echo "# Miri is part of make soak"
elif ! $CARGO +nightly miri --version >/dev/null 2>&1; then
    echo "# Miri is not installed: it was not run"
else
    cd "$MB_ROOT" || exit 2
    limit=${MAPBOARD_SOAK%.*}
    # Left out: what makes system calls, whose instruction Miri does not know, and what spins until a time is over.
    MIRIFLAGS=-Zmiri-disable-isolation timeout "$((limit > 60 ? limit : 300))" $CARGO +nightly miri test --quiet --locked \
        --lib --package mapboard --target-dir build/miri -- --format=pretty --skip sys:: --skip lock:: \
        --skip never_rests >"$work/tests" 2>&1
    status=$?
    sed -n 's/^test \(.*\) \.\.\. \(ok\|FAILED\)$/\2 \1/p' "$work/tests" >"$work/results"
    while read -r result name; do
        if [ "$result" = ok ]; then pass "Miri: $name"; else fail "Miri: $name"; fi
    done <"$work/results"
    if [ $status = 124 ]; then echo "# there was no time for the rest"; else check "Miri finds nothing" test $status = 0; fi
    [ $status = 0 ] || [ $status = 124 ] || sed 's/^/    /' "$work/tests"
fi
finish
