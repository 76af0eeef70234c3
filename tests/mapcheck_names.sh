#!/bin/sh
# Without debug information a place is a function, by the name that its author gave it; --json keeps the linker's, too.
. "$MB_ROOT/tests/tap.sh"
: "${CXX:=c++}"
cd "$work" || exit 2
unset MAPBOARD_LANG
export LC_ALL=C

if ! have "$CXX"; then
    skip "the names of C++" "$CXX is not installed"
    finish
fi
"$CXX" -O1 -o names "$MB_ROOT/tests/mapcheck/names.cc" || { echo "Bail out! names.cc does not compile"; exit 1; }
"$MB_MAPCHECK" --json out.json ./names 2>report
check "its own status" test $? = 7
check "the report: as its author wrote it" grep -q 'names:store::Shelf::put(unsigned long)+0x' report
check "the report: not as the linker has it" sh -c '! grep -q _ZN report'
check "--json: as the linker has it" grep -q '"symbol":"_ZN5store5Shelf3putEm"' out.json
finish
