#!/bin/sh
# The Rust side: formatting, lints, unit tests.
. "$MB_ROOT/tests/tap.sh"
cd "$MB_ROOT" || exit 2
: "${CARGO:=cargo}"

if $CARGO fmt --version >/dev/null 2>&1; then
    check "rustfmt has nothing to change" $CARGO fmt --all --check
else
    skip "rustfmt" "the component rustfmt is not installed"
fi
if $CARGO clippy --version >/dev/null 2>&1; then
    check "clippy has nothing to say" $CARGO clippy --quiet --locked --workspace --all-targets -- -D warnings
else
    skip "clippy" "the component clippy is not installed"
fi

# Every unit test is a check of its own here.
$CARGO test --quiet --locked --workspace --no-run >"$work/build" 2>&1 || { fail "the unit tests build"; sed 's/^/    /' "$work/build"; }
$CARGO test --locked --workspace >"$work/tests" 2>&1
status=$?
sed -n 's/^test \(.*\) \.\.\. \(ok\|FAILED\|ignored.*\)$/\2 \1/p' "$work/tests" >"$work/results"
while read -r result name; do
    case $result in
    ok) pass "$name" ;;
    *) fail "$name: $result" ;;
    esac
done <"$work/results"
[ $status = 0 ] || sed 's/^/    /' "$work/tests"
check "cargo test ended well" test $status = 0
check "and ran tests" test -s "$work/results"
finish
