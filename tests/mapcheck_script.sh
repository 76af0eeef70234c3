#!/bin/sh
# What execvp runs, mapcheck runs: a script without "#!" is the shell's; what it is not, stays refused.
. "$MB_ROOT/tests/tap.sh"
cd "$work" || exit 2
unset MAPBOARD_LANG
export LC_ALL=C

printf 'echo "script: $0 $1"\nexit 7\n' >script
: >empty
printf '\177ELF not one' >broken
chmod +x script empty broken
see() { # NAME COMMAND...
    seen=$1
    shift
    "$@" >"$seen.out" 2>"$seen.err"
    echo "status $?" >>"$seen.out"
}
for name in script empty; do
    see plain env "./$name" argument
    see checked "$MB_MAPCHECK" "./$name" argument
    check "$name: as env runs it" diff plain.out checked.out
    check "$name: no line" test ! -s checked.err
done
see checked env PATH="$work:$PATH" "$MB_MAPCHECK" script argument
check "found in PATH" grep -qx 'status 7' checked.out
see checked "$MB_MAPCHECK" ./broken
check "an ELF file that is none is not the shell's: 126" grep -qx 'status 126' checked.out
check "and said" grep -q 'cannot be executed' checked.err
finish
