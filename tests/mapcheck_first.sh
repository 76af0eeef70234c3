#!/bin/sh
# A container's first process lives and dies under mapcheck as without it: process 1 of a PID namespace, with mapcheck
# inside the namespace and outside it. MB_MAPCHECK is the checker.
. "$MB_ROOT/tests/tap.sh"
: "${CC:=cc}"
cd "$work" || exit 2
unset MAPBOARD_LANG
export LC_ALL=C
ulimit -c 0

$CC -g -std=gnu11 -Wall -Wextra -Wpedantic -Werror -pthread -o first "$MB_ROOT/tests/mapcheck/first.c" ||
    { echo "Bail out! first.c does not compile"; exit 1; }
space='unshare -pf'
[ "$(id -u)" = 0 ] || space='unshare -Urpf'
if ! $space --mount-proc true 2>/dev/null; then
    skip "process 1 of a PID namespace" "none can be made here (unshare -pf --mount-proc)"
    finish
fi

# What hangs is ended by the limit of tests/run: the status of a time-out would be one more status.
see() { # NAME COMMAND...
    seen=$1
    shift
    { "$@" >"$seen.out" 2>"$seen.report"; } 2>/dev/null
    echo "status $?" >>"$seen.out"
}
for case in bus read-only ignored blocked handled thread abort trap int3 raise children all; do
    see plain $space --mount-proc ./first $case
    see inside $space --mount-proc "$MB_MAPCHECK" ./first $case
    check "$case, mapcheck inside: as without it" diff plain.out inside.out
    see outside "$MB_MAPCHECK" $space --mount-proc ./first $case
    check "$case, mapcheck outside: as without it" diff plain.out outside.out
    case $case in
    bus | ignored | blocked | handled | thread) slug=file-too-short ;;
    read-only) slug=write-to-read-only ;;
    *) continue ;;
    esac
    for where in inside outside; do
        check "$case, mapcheck $where: said" grep -q -F "[$slug]" $where.report
    done
done

see picture $space --mount-proc "$MB_MAPCHECK" --summary --picture first.svg ./first bus
check "the picture is drawn before the namespace ends" grep -q 'SIGBUS' first.svg
check "and the summary is said" grep -q '^mapcheck: reports: 1;' picture.report

see foreign $space "$MB_MAPCHECK" ./first bus
check "another namespace's /proc: nothing is run" grep -qx 'status 125' foreign.out
check "another namespace's /proc: said, with the cure" grep -q 'unshare --mount-proc' foreign.report
finish
