# The shell tests' vocabulary; the C tests' is tap.h. Use: . "$MB_ROOT/tests/tap.sh"
#   check "name" command…      ok if the command succeeds; its output is shown if not
#   skip "name" "why"
#   attack COUNT VIOLATIONS "name"   ok if it was made, and nothing was violated; a line of the table of tests/run
#   finish                     the plan, and the exit status
# $work is a directory of this test's own, removed at the end.
tap_done=0 tap_failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

pass() {
    tap_done=$((tap_done + 1))
    echo "ok $tap_done - $1"
}
fail() {
    tap_done=$((tap_done + 1)) tap_failed=$((tap_failed + 1))
    echo "not ok $tap_done - $1"
}
check() {
    tap_name=$1
    shift
    if "$@" >"$work/.tap" 2>&1; then pass "$tap_name"; else
        fail "$tap_name"
        sed 's/^/    /' "$work/.tap"
    fi
}
skip() {
    tap_done=$((tap_done + 1))
    echo "ok $tap_done - $1 # SKIP $2"
}
attack() {
    echo "# attack $1 $2 $3"
    if [ "$1" -gt 0 ] && [ "$2" -eq 0 ]; then pass "$3: $1 times, $2 violations"; else
        fail "$3: $1 times, $2 violations"
    fi
}
have() { command -v "$1" >/dev/null 2>&1; }
finish() {
    echo "1..$tap_done"
    exit $((tap_failed > 0))
}
