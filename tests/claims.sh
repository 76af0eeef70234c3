#!/bin/sh
# Holds docs/course-claims.md to its word: rows numbered without a gap; each with one of the words that its
# head names, and with a test or a source as that word demands; every test named exists under that name.
set -u
root=${MB_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
page=$root/docs/course-claims.md
tab=$(printf '\t')
rows=$(mktemp "${TMPDIR:-/tmp}/mapboard-claims.XXXXXX") || exit 1
trap 'rm -f "$rows"' EXIT
trap 'exit 130' HUP INT PIPE TERM
count=0
failed=0
check() { # STATUS NAME
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}

# Does the file have a test whose name begins so? The name stands in the file as a string begins. Of a
# numbered statement it is the whole number; and tests/examples.sh puts together what it says of each example:
# EXAMPLE: HOW: WHAT.
exists() { # FILE NAME
    [ -f "$root/$1" ] || return 1
    case $1 in
    tests/conformance/*) grep -qF "side_by_side(\"$2 " "$root/$1" ;;
    tests/examples.sh)
        grep -qF "\"$2" "$root/$1" && return
        how=${2#*: }
        [ -f "$root/c_examples/${2%%: *}.expected" ] && grep -qF "\$2: \$1: ${how#*: }\"" "$root/$1" &&
            case $how in shared:* | static:* | macro:* | raw:*) ;; *) false ;; esac
        ;;
    *) grep -qF "\"$2" "$root/$1" ;;
    esac
}

# NUMBER, TODAY and SHOWN BY of each row, between tabs; without TODAY if the row has not five cells.
awk -F ' [|] ' -v OFS='\t' '
    /^[|] C[0-9]/ { sub(/^[|] C/, ""); sub(/ [|]$/, ""); print $1, (NF == 5 ? $4 : ""), $5 }' \
    "$page" >"$rows" || exit 1

expected=1
while IFS=$tab read -r number today shown; do
    problem=
    [ "$number" = "$expected" ] || problem="its number should be $expected"
    expected=$((number + 1))
    tests=$(echo "$shown" | grep -o '`[^`]*`' | tr -d '`')
    case $shown in *source:?*) sourced=yes ;; *) sourced=no ;; esac
    case $today in
    true* | wrong* | incomplete*) [ -n "$tests" ] || problem='it needs a test' ;;
    history* | 'other system'* | 'not testable here'*) [ $sourced = yes ] || problem='it needs a source' ;;
    *) problem='it has not five cells with one of the words in the fourth' ;;
    esac
    while IFS=' ' read -r file name; do
        [ -n "$file" ] || continue
        name=${name#\"}
        name=${name%\"}
        exists "$file" "$name" || problem="there is no test \"$name\" in $file"
    done <<TESTS
$tests
TESTS
    check $((${#problem} > 0)) "C$number${problem:+: $problem}"
done <"$rows"
check $((expected < 100)) "the rows were found"

# Nothing may hide outside the tables: every row of a table is one of ours, or its head.
grep '^|' "$page" | grep -Ev '^\| C[0-9]+ \||^\| no\. \||^\|---' >/dev/null
check $((!$?)) "every row has a number"

echo "1..$count"
exit $failed
