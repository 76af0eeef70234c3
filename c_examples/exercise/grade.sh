#!/bin/sh
# grade.sh DIRECTORY: each directory in it is a submission, with its upper.c. Prints a table: does it build, is its
# output right, what does mapcheck say. Nothing is written into DIRECTORY.
# MAPCHECK is the checker (mapcheck), GRADE_SECONDS the time for each run (10).
# What is graded runs with your rights: give it a user or a container of its own.
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] && [ -d "$1" ] || { echo "usage: grade.sh DIRECTORY" >&2; exit 2; }
command -v "${MAPCHECK:=mapcheck}" >/dev/null || { echo "grade.sh: $MAPCHECK was not found" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/grade.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset MAKEFLAGS MAKELEVEL MFLAGS

try() { # TARGET: of the exercise's Makefile, never of the submission's
    make -s -C "$work/try" -f "$here/Makefile" MAPCHECK="$MAPCHECK" \
        LIMIT="timeout -k 1 ${GRADE_SECONDS:-10}" "$1" >"$work/log" 2>&1 </dev/null
}

row() { # NAME BUILDS OUTPUT MAPCHECK; wc counts characters where printf counts bytes
    printf '%s%*s  %-6s  %-6s  %s\n' "$1" $((16 - $(printf %s "$1" | wc -m))) '' "$2" "$3" "$4"
}

row submission builds output mapcheck
for submission in "$1"/*/; do
    [ -f "$submission/upper.c" ] || continue
    rm -rf "$work/try"
    mkdir "$work/try"
    cp "$submission"/*.[ch] "$work/try" # sources alone: no link, no program of theirs
    builds=no output=- said=-
    if try upper; then
        builds=yes output=no
        try output && output=yes
        if try mapping; then said=ok; else
            said=$(sed -n '/"severity":"note"/d; s/^{"slug":"\([a-z-]*\)","severity".*/\1/p' "$work/try/try.json" |
                sort -u | paste -s -d ' ' -)
            case $said$(cat "$work/log") in
            *'Error 124'* | *'Error 137'*) said="${said:+$said }(did not end)" ;;
            *'Error 125'* | *'Error 126'* | *'Error 127'*) said="(not checked)" ;;
            esac
        fi
    fi
    row "$(basename "$submission")" $builds $output "${said:-(failed, no mistake with mmap)}"
done
