#!/bin/sh
# A program under mapcheck lives and dies as without it: output, status, signals, handlers, core file, stop and
# continue, what it inherits. MB_MAPCHECK is the checker, CC the compiler.
set -u
here=$(cd "$(dirname "$0")" && pwd)
checker=${MB_MAPCHECK:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
number=0 failed=0

result() { # STATUS TEXT
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}

for program in life parent; do
    ${CC:-cc} -g -std=gnu11 -Wall -Wextra -Wpedantic -Werror -pthread -o "$work/$program" "$here/mapcheck/$program.c" ||
        { echo "Bail out! $program.c does not compile"; exit 1; }
done
mkdir "$work/plain" "$work/checked"

# WHERE COMMAND...: runs it there; output, end and the names of files left in WHERE.seen. The shell's own words about
# a killed program go elsewhere; waiting for the end of `report` is waiting for the tracer's.
see() {
    where=$1
    shift
    ( cd "$work/$where" && "$@" >"$work/$where.seen" 2>"$work/$where.report"; echo "status $?" >>"$work/$where.seen" ) 2>/dev/null
    ls "$work/$where" | sed 's/[0-9]//g' >>"$work/$where.seen"
    rm -f "$work/$where"/*
}

same() { # NAME COMMAND...
    name=$1
    shift
    see plain "$@"
    see checked "$checker" "$@"
    cmp -s "$work/plain.seen" "$work/checked.seen"
    result $? "$name: as without mapcheck"
    cmp -s "$work/plain.seen" "$work/checked.seen" || diff "$work/plain.seen" "$work/checked.seen" | sed 's/^/# /'
}

said() { # SLUG NAME: or nothing, for "-"
    if [ "$1" = - ]; then ! grep -q '^map' "$work/checked.report"; else grep -q -F "[$1]" "$work/checked.report"; fi
    result $? "$2"
}

ulimit -c unlimited 2>/dev/null
for name in signal sigaction ignored blocked give-up; do
    same "$name" "$work/life" "$name"
    said write-to-read-only "$name: named all the same"
done
same repair "$work/life" repair
said - "repair: a handler that mends its fault sees no line"
for name in siglongjmp raise abort kill status surroundings threads exec-in-thread spawn vfork untraced \
    child-signal stopped-child fault; do
    same "$name" "$work/life" "$name"
done

# sorted: who of the two writes first is not settled, and sort waits for both
same orphan sh -c '{ "$1" orphan; echo "ended $?"; } | sort' sh "$work/life"

# what was closed, ignored or blocked at the start
same "a closed standard input" sh -c "exec '$work/life' surroundings <&-"
for option in --ignore-signal=PIPE --ignore-signal=CHLD --block-signal=CHLD --default-signal=PIPE; do
    if env "$option" true 2>/dev/null; then
        see plain env "$option" "$work/life" surroundings
        see checked env "$option" "$checker" "$work/life" surroundings
        cmp -s "$work/plain.seen" "$work/checked.seen"
        result $? "env $option: inherited as it is"
    else
        number=$((number + 1)); echo "ok $number - env $option # SKIP env lacks it"
    fi
done

# what the parent sees; the signal reaches the group once, and so the program
for signal in 2 15; do
    for name in waits dies; do
        see plain "$work/parent" $signal "$work/life" $name
        see checked "$work/parent" $signal "$checker" "$work/life" $name
        cmp -s "$work/plain.seen" "$work/checked.seen"
        result $? "stop, continue, signal $signal: $name"
        cmp -s "$work/plain.seen" "$work/checked.seen" || diff "$work/plain.seen" "$work/checked.seen" | sed 's/^/# /'
    done
done

# a program that traces others is told why it cannot
see checked "$checker" "$work/life" tracer
grep -q '^traceme: Operation not permitted' "$work/checked.seen" && [ "$(grep -c '^mapcheck' "$work/checked.report")" = 1 ]
result $? "a tracer: refused, and one line says so"

# the tracer's death takes the program along: nothing hangs, nothing runs on unwatched
mkfifo "$work/out" "$work/err"
"$checker" "$work/life" dies >"$work/out" 2>"$work/err" &
program=$!
exec 3<"$work/out" 4<"$work/err"
read -r line <&3
[ "$line" = ready ]
result $? "the command is the program itself"
tracer=$(sed -n 's/^TracerPid:[^0-9]*//p' "/proc/$program/status")
kill -9 "$tracer"
wait "$program" 2>/dev/null
[ $? -eq 137 ]
result $? "a killed tracer takes its program along"
cat <&4 >/dev/null # ends when the last who could report is gone
result 0 "and nobody is left"
exec 3<&- 4<&-

# the tracer stays for the last, the command does not
mkfifo "$work/in" "$work/late"
"$checker" sh -c '{ read -r line; echo "late: $line"; } <"$1" >"$2" & exit 7' sh "$work/in" "$work/late" 2>/dev/null &
wait $!
[ $? -eq 7 ]
result $? "the command returns while a child goes on"
echo hello >"$work/in"
read -r line <"$work/late"
[ "$line" = "late: hello" ]
result $? "and the child goes on"

# own statuses
"$checker" /absent/program 2>/dev/null; [ $? -eq 127 ]; result $? "127: not found"
"$checker" / 2>/dev/null; [ $? -eq 126 ]; result $? "126: cannot be executed"
"$checker" --absent 2>/dev/null; [ $? -eq 125 ]; result $? "125: no such option"
"$checker" --error-exitcode=99 "$work/life" status; [ $? -eq 42 ]; result $? "--error-exitcode changes nothing without a report"

echo "1..$number"
exit $failed
