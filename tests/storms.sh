#!/bin/sh
# Programs that are hard to trace, under mapcheck: threads, children, execs, faults and signals by the hundred, as
# many mappings as there may be; killed, and their tracer killed, at any instant. Output and end are as without mapcheck,
# nobody hangs, nobody is left. MAPBOARD_SOAK=SECONDS: over and over for that long.
. "$MB_ROOT/tests/tap.sh"
checker=${MB_MAPCHECK:?}
soak=${MAPBOARD_SOAK:-0} soak=${soak%.*}
seed=${MAPBOARD_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "# MAPBOARD_SEED=$seed"
start=$(date +%s)
for program in storm killer; do
    $CC -g -O1 -std=gnu11 -Wall -Wextra -Wpedantic -Werror -pthread "$MB_ROOT/tests/storms/$program.c" \
        -o "$work/$program" || { echo "Bail out! $program.c does not compile"; exit 1; }
done
cd "$work" || exit 2
export MAPBOARD_LANG=en
ulimit -c 0

# see WHERE COMMAND...: output and end, when everybody is gone
see() {
    where=$1
    shift
    setsid -w ./killer 0 0 nobody 0 "$@" >"$where.out" 2>"$where.err"
    echo "status $?" >>"$where.out"
}
same() { # "name" CASE [ROUNDS]
    tap_name=$1
    shift
    see plain ./storm "$@"
    see checked "$checker" ./storm "$@"
    storms=$((storms + 1))
    if cmp -s plain.out checked.out; then pass "$tap_name: as without mapcheck"; else
        fail "$tap_name: as without mapcheck"
        diff plain.out checked.out | sed 's/^/    /'
        tail -n 5 checked.err | sed 's/^/    /'
        broken=$((broken + 1))
    fi
}
# killed "name" WHOM SIGNAL ROUNDS [CASE]: at random instants
killed() {
    counts=$(setsid -w ./killer "$4" "$seed" "$2" "$3" "$checker" ./storm "${5-everything}" 2>err) || counts="0 1"
    kills=$((kills + $4)) lost=$((lost + ${counts#* }))
    if [ "${counts#* }" = 0 ]; then pass "$1: it ends of it, and nobody is left (${counts% *} of $4 in time)"; else
        fail "$1: it ends of it, and nobody is left ($counts)"
        sed 's/^/    /' err
    fi
}

storms=0 broken=0 kills=0 lost=0
while :; do
    same "eight threads that map, unmap, protect and move, the same range and others" threads
    same "two hundred children and grandchildren, some killed, while threads map" forks
    same "sixty programs executed, half of them by a second thread while others map" execs
    same "vfork and posix_spawn" vforks
    same "processes that share their parent's memory" clones
    same "a fault in the handler of a fault" fault-in-handler
    same "handlers in handlers, to the end of the stack" faults-without-end
    same "handlers that fault, and mend it" faults-that-mend
    same "handlers that jump out" faults-jumped-out-of
    same "threads that fault at once" faults-among-threads
    same "a program that traces its children, and is told that it cannot" traces
    check "which is said once" test "$(grep -c 'traces others' checked.err)" = 1
    same "as many mappings as there may be" many
    same "stopped and continued over and over, while threads begin and end" stops
    same "exit, abort and signals meet threads in all states" deaths
    same "a thousand signals a second, of two kinds" signalled
    killed "killed while its threads fork" program 9 $((soak > 0 ? 50 : 20)) forking
    for signal in 9 15 2; do
        killed "killed by signal $signal at some instant" program $signal $((soak > 0 ? 20 : 8))
        killed "its tracer killed by signal $signal at some instant" tracer $signal $((soak > 0 ? 20 : 8))
        seed=$((seed + 1))
    done
    [ $(($(date +%s) - start)) -lt "$soak" ] || break
done
attack $storms $broken "storms under mapcheck"
attack $kills $lost "programs and tracers killed at any instant"
finish
