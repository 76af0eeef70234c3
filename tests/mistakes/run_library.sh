#!/bin/sh
# Each program of this directory whose mistake makes a call fail, compiled with the library in place of mmap and with
# mm_explain in place of perror (explained.h): SLUG.c must be explained by its slug, in each language by the words that
# its first line gives and by the values of its second; SLUG.ok.c, its sibling without the mistake, must end well and
# explain nothing. MB_INCLUDE and MB_LIBDIR are where the library is, CC the compiler. A program that ends with 77 could
# not make its mistake here: skipped. The table at the end: rows, explained, sentences right.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 1
chmod 755 "$work"
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
number=0 failed=0 rows=0 slugs=0 sentences=0

result() { # STATUS TEXT [FILE to show if not ok]
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        failed=1
        sed 's/^/# /' "$3"
    fi
}

skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP it cannot be made here"
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

run() { # PROGRAM: in a directory of its own that nobody can write to as well, output to report
    mkdir "$work/run" && chmod 777 "$work/run" && cd "$work/run" || exit 1
    timeout 60 "$1" >"$work/report" 2>&1
    status=$?
    cd "$here" || exit 1
    chmod -R u+rwx "$work/run"
    rm -rf "$work/run"
}

right() { # LANGUAGE WORDS VALUES: whether the sentence has them all
    grep "^$1: " "$work/report" >"$work/sentence" || return 1
    grep -F -q -e "$2" "$work/sentence" || return 1
    rest=$3
    while [ -n "$rest" ]; do
        grep -F -q -e "${rest%%, *}" "$work/sentence" || return 1
        case $rest in *', '*) rest=${rest#*, } ;; *) rest= ;; esac
    done
}

for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    chosen "$name" || continue
    mistake=$here/${name%.ok}.c
    values=$(sed -n '2s/^ \* values: *//p' "$mistake")
    [ -n "$values" ] || continue # no call fails: mapcheck alone sees it
    if ! ${CC:-cc} -g -std=gnu11 -D_GNU_SOURCE= -I"$MB_INCLUDE" -include mapboard.h -DMAPBOARD_REPLACE_MMAP \
        -Dperror=explained -include "$here/explained.h" -o "$work/$name" "$source" \
        -L"$MB_LIBDIR" -lmapboard -Wl,-rpath,"$MB_LIBDIR" 2>"$work/cc"; then
        result 1 "$name compiles" "$work/cc"
        continue
    fi
    run "$work/$name"
    if [ $status -eq 77 ]; then
        skip "$name"
        continue
    fi
    case $name in
    *.ok)
        [ $status -eq 0 ] && [ ! -s "$work/report" ]
        result $? "$name: ends well, and nothing to explain" "$work/report"
        ;;
    *)
        rows=$((rows + 1))
        slug=$(field expect "$source")
        [ $status -eq 1 ] && grep -q "^slug: $slug (" "$work/report"
        ok=$?
        [ $ok -eq 0 ] && slugs=$((slugs + 1))
        result $ok "$name: $slug" "$work/report"
        grep -q '^errno was' "$work/report"
        result $((!$?)) "$name: errno is kept" "$work/report"
        for language in en fr zh; do
            right $language "$(field $language "$source")" "$values"
            ok=$?
            [ $ok -eq 0 ] && sentences=$((sentences + 1))
            result $ok "$name: the sentence in $language, with its values" "$work/report"
        done
        ;;
    esac
done
echo "# rows $rows, slugs right $slugs, sentences right $sentences of $((rows * 3))"
echo "1..$number"
exit $failed
