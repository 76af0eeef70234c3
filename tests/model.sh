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

# What it printed; and for the table how many orders of events were explored, and how many orderings taken away.
status=0
"$target/debug/model" >"$work/said" 2>&1 || status=$?
cat "$work/said"
awk '
    function row(count, violations, name) { print "# attack " count + 0 " " violations + 0 " " name }
    / executions, / {
        match($0, /[0-9]+ executions/)
        executions += substr($0, RSTART, RLENGTH - 11)
        failed += /^not ok/
    }
    / control: / { controls++; passed += /^not ok/ }
    END {
        row(executions, failed, "model: orders of events")
        row(controls, passed, "model: orderings taken away, which must be noticed")
    }' "$work/said"
exit $status
