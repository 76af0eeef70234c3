#!/bin/sh
# Each program of this directory under mapcheck: SLUG.c must be named by its slug, at a place in its own source, with
# the words that its first line gives for each language; SLUG.ok.c, its sibling without the mistake, must end well
# and see no line. MB_MAPCHECK is the checker, CC the compiler, MB_CFLAGS and MB_LIBS what else to compile with
# (a static program: MB_CFLAGS=-static). A program that ends with 77 could not make its mistake here: skipped.
# The table at the end: rows, recognised, languages.
set -u
here=$(cd "$(dirname "$0")" && pwd)
checker=${MB_MAPCHECK:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
number=0 failed=0 rows=0 recognised=0 words=0

result() { # STATUS TEXT
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}

field() { # NAME FILE: what the first line says after "NAME:", up to the next semicolon
    sed -n "1s/.*[ *]$1: *\([^;]*\).*/\1/p" "$2" | sed 's/ *\*\/ *$//; s/ *$//'
}

# MB_ONLY: these programs alone, each with its sibling.
chosen() { # NAME
    [ -n "${MB_ONLY-}" ] || return 0
    for each in $MB_ONLY; do
        [ "${1%.ok}" != "$each" ] || return 0
    done
    return 1
}

run() { # LANGUAGE PROGRAM [OPTION...]: in a directory of its own, stderr to report, status in $status
    language=$1 program=$2
    shift 2
    mkdir "$work/run" && cd "$work/run" || exit 1
    timeout 60 "$checker" --lang "$language" "$@" "$program" >"$work/out" 2>"$work/report"
    status=$?
    cd "$here" || exit 1
    chmod -R u+rwx "$work/run"; rm -rf "$work/run"
}

for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    chosen "$name" || continue
    slug=$(field expect "$source")
    options=$(field options "$source")
    cflags=$(field cflags "$source")
    also=$(field also "$source") # another mistake that the same program cannot but make
    # shellcheck disable=SC2086
    if ! ${CC:-cc} -g -std=gnu11 -o "$work/$name" "$source" ${MB_CFLAGS-} $cflags ${MB_LIBS-} 2>"$work/cc"; then
        result 1 "$name compiles"; sed 's/^/# /' "$work/cc"; continue
    fi
    case $name in
    *.ok)
        # shellcheck disable=SC2086
        run en "$work/$name" $options
        if [ $status -eq 77 ]; then
            number=$((number + 1)); echo "ok $number - $name # SKIP it cannot be made here"; continue
        fi
        [ ! -s "$work/report" ]; quiet=$?
        result $quiet "$name: no line"
        sed 's/^/# /' "$work/report"
        ;;
    *)
        rows=$((rows + 1)) seen=0 skipped=0
        for language in en fr zh; do
            # shellcheck disable=SC2086
            run "$language" "$work/$name" $options
            [ $status -eq 77 ] && { skipped=1; break; }
            wanted=$(field "$language" "$source")
            grep -F "[$slug]" "$work/report" >"$work/line"
            grep -F "$name.c:" "$work/line" | grep -F -q -e "$wanted"; right=$?
            [ -s "$work/line" ] && seen=1
            result $right "$name: named in $language, at its place, with its values"
            if [ $right -eq 0 ]; then words=$((words + 1)); else sed 's/^/# /' "$work/report"; fi
            # shellcheck disable=SC2086
            grep '^mapboard' "$work/report" | grep -F -v -e "[$slug]" -e "[${also:-$slug}]" >"$work/others"
            [ ! -s "$work/others" ]; alone=$?
            result $alone "$name: and nothing else ($language)"
            [ $alone -eq 0 ] || sed 's/^/# /' "$work/others"
        done
        if [ $skipped -eq 1 ]; then
            number=$((number + 1)); echo "ok $number - $name # SKIP the mistake cannot be made here"; continue
        fi
        recognised=$((recognised + seen))
        ;;
    esac
done
echo "# rows $rows, recognised $recognised, sentences right in a language $words of $((rows * 3))"
echo "1..$number"
exit $failed
