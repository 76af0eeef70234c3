#!/bin/sh
# Programs that mapcheck does not judge: it says so once, and runs them as they are. MB_MAPCHECK is the checker.
. "$MB_ROOT/tests/tap.sh"
: "${CC:=cc}"
cd "$work" || exit 2
unset MAPBOARD_LANG
export LC_ALL=C

# NAME OPTION...: the little program with a mistake
build() {
    name=$1
    shift
    $CC -std=gnu11 "$@" -o "$name" "$MB_ROOT/tests/mapcheck/foreign.c" 2>cc
}
# STATUS OUT NOTE COMMAND...: ends so, prints that, with that note and no other line; alone and below a shell
as_it_is() {
    about=$1 wanted=$2 out=$3 note=$4
    shift 4
    "$MB_MAPCHECK" "$@" >seen 2>report
    check "$about: its own status" test $? = "$wanted"
    check "$about: its own output" grep -q "$out" seen
    check "$about: said" grep -q "^mapcheck: .*$note" report
    check "$about: said once, and nothing else" test "$(grep -c '^map' report)" = 1
    "$MB_MAPCHECK" sh -c '"$@"; "$@"; exit $?' sh "$@" >seen 2>report
    check "$about, started by a checked program: its own status" test $? = "$wanted"
    check "$about, started by a checked program: said once" test "$(grep -c "^mapcheck: .*$note" report)" = 1
    check "$about, started by a checked program: no report" sh -c '! grep -q "^mapboard:" report'
}

build plain || { echo "Bail out! foreign.c does not compile"; exit 1; }
"$MB_MAPCHECK" ./plain >seen 2>report
check "the same program, an ordinary one, is judged" grep -q '\[length-zero\]' report

if build narrow -m32; then
    as_it_is "a 32-bit program" 7 '^4 ' 'not a 64-bit program of this machine' ./narrow
else
    skip "a 32-bit program" "$CC -m32 makes none (gcc-multilib)"
fi

if [ "$(id -u)" != 0 ]; then
    skip "a set-uid program of another user" "only root can make one"
elif build other && chown 65534 other && chmod 4755 other && ! findmnt -n -T . -o OPTIONS | grep -qw nosuid; then
    chmod 755 .
    as_it_is "a set-uid program" 7 '^8 ' 'set-uid' "$work/other"
    "$MB_MAPCHECK" ./other >seen 2>report
    check "a set-uid program has its rights" grep -qx '8 65534' seen
    chown 0 other && chmod 4755 other
    "$MB_MAPCHECK" ./other >seen 2>report
    check "set-uid to who one is already: judged" grep -q '\[length-zero\]' report
    # the other way round: root's, started by somebody else
    cp "$MB_MAPCHECK" checker && chmod 755 checker
    setpriv --reuid 65534 --regid 65534 --clear-groups ./checker ./other >seen 2>report
    check "root's set-uid program, started by another user: said" grep -q 'set-uid' report
    check "root's set-uid program, started by another user: its rights" grep -qx '8 0' seen
else
    skip "a set-uid program" "set-uid is off here (nosuid)"
fi
finish
