#!/bin/sh
# The demonstration: both speak, the board stays, nobody does, and it can be shown again.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
export XDG_RUNTIME_DIR="$work"
demo() { sh "$MB_ROOT/c_examples/demo.sh" "$MB_MINICHAT"; }
demo >"$work/out" 2>"$work/err"
pass_if "it succeeds, without a complaint" test $? = 0 -a ! -s "$work/err"
check "Léa speaks" grep -q '<Léa> Bonjour' "$work/out"
check "小明 answers her" sh -c 'sed -n "2s/.*> //p" "$0" | grep -q 你好' "$work/out"
check "they say six lines" test "$(grep -c '<' "$work/out")" = 6
check "then how to join, in three" test "$(sed '1,/^$/d' "$work/out" | wc -l)" = 3
check "the board is there, nobody is on it" test "$(m "$work/demo" --who)" = "Nobody is on the board."
check "once more, in French" sh -c 'MAPBOARD_LANG=fr sh "$0" "$MB_MINICHAT" | grep -q "^Rejoignez-les"' "$MB_ROOT/c_examples/demo.sh"
check "and in Chinese" sh -c 'MAPBOARD_LANG=zh sh "$0" "$MB_MINICHAT" | grep -q "^加入他们吧"' "$MB_ROOT/c_examples/demo.sh"
check "on the same board, from the beginning" sh -c '"$MB_MINICHAT" "$0" --info --json | grep -q "\"last\":7,"' "$work/demo"
mkfifo "$work/hold"
"$MB_MINICHAT" "$work/demo" <"$work/hold" &
exec 3>"$work/hold"
until m "$work/demo" --who | grep -q seat; do :; done
check "somebody is on it: another one is taken" demo
check "and theirs left alone" test -e "$work/demo"
exec 3>&-
wait
finish
