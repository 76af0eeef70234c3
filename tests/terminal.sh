#!/bin/sh
# The pictures of a terminal that README shows: taken again, they are the same.
. "$MB_ROOT/tests/tap.sh"
for tool in tmux python3; do
    command -v $tool >/dev/null || { skip "pictures of a terminal" "no $tool"; finish; }
done
# tmux counts the columns of a text in the language of the locale: one of UTF-8 that is everywhere.
LC_ALL=C.UTF-8
export LC_ALL
for language in en fr zh; do
    sh "$MB_ROOT/docs/terminal/take.sh" $language "$MB_MAPCHECK" >"$work/$language.svg" 2>"$work/said"
    check "docs/terminal/bus.$language.svg is what a terminal shows" \
        diff "$work/$language.svg" "$MB_ROOT/docs/terminal/bus.$language.svg"
done
finish
