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
    half=$((limit > 100 ? limit / 2 : 150))
    # Each half of the time for some. Left out: what makes system calls, whose instruction Miri does not know, and
    # what spins until a time is over.
    for some in "explain:: chat::text chat::display chat::paths chat::seat --skip every_" \
        "chat::ring --skip far_ahead --skip 48_bits"; do
        # shellcheck disable=SC2086
        MIRIFLAGS='-Zmiri-disable-isolation -Zmiri-ignore-leaks' timeout $half $CARGO +nightly miri test --quiet --locked --lib \
            --package mapboard --target-dir build/miri -- --format=pretty $some >"$work/tests" 2>&1
        status=$?
        sed -n 's/^test \(.*\) \.\.\. \(ok\|FAILED\)$/\2 \1/p' "$work/tests" >"$work/results"
        while read -r result name; do
            if [ "$result" = ok ]; then pass "Miri: $name"; else fail "Miri: $name"; fi
        done <"$work/results"
        if [ $status = 124 ]; then echo "# there was no time for the rest of $some"; else
            check "Miri finds nothing in $some" test $status = 0
            [ $status = 0 ] || sed 's/^/    /' "$work/tests"
        fi
    done
fi
finish
