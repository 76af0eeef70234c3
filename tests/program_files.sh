#!/bin/sh
# The board as a file: its mode, who may do what, a missing lock file, --unlink, --list, --info; and standard
# descriptors that are closed or full.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
cd "$work" || exit 2
mode() { stat -c %a "$1"; }

# told STATUS "part of the line" COMMAND…: that exit code, and exactly one line, on standard error, that says so
told() {
    wanted=$1 part=$2
    shift 2
    "$@" >out 2>err </dev/null
    got=$?
    pass_if "exit code $wanted: $part" test $got = "$wanted" -a "$(wc -l <err)" = 1 -a ! -s out
    pass_if "    $(cat err)" grep -qF -- "$part" err
}

# ---- modes ----
(umask 022 && m plain --post x && m open --mode 0666 --post x && m group --mode 0660 </dev/null)
check "a board is its owner's alone" test "$(mode plain)" = 600
check "--mode is cut by umask" test "$(mode open)" = 644
check "also where nothing is posted" test "$(mode group)" = 640
(umask 002 && m shared --mode 0660 --post x && m shared --mode 0600 --post y)
check "--mode of a board that exists changes nothing" test "$(mode shared)" = 660

# ---- permission ----
# Root may read everything: without that privilege even root is somebody like others.
if [ "$(id -u)" = 0 ]; then
    without=-dac_override,-dac_read_search
    ordinary() { setpriv --bounding-set=$without --inh-caps=$without "$@"; }
else
    ordinary() { "$@"; }
fi
m mine --post "to be read" && chmod 400 mine && cp mine closed && chmod 0 closed
mkdir fixed && m fixed/board --post x && chmod 500 fixed
if ordinary test ! -r closed; then
    told 4 "you may not read it" ordinary "$MB_MINICHAT" closed --last 1
    told 4 "you may not read it" ordinary "$MB_MINICHAT" closed --follow
    told 4 "you may not write there" ordinary "$MB_MINICHAT" mine --post x
    told 4 "you may not write there" ordinary "$MB_MINICHAT" fixed/new --post x
    told 4 "you may not remove it" ordinary "$MB_MINICHAT" fixed/board --unlink
    told 4 "n’avez pas le droit d’y écrire" ordinary "$MB_MINICHAT" mine --post x --lang fr
    told 4 "没有写权限" ordinary "$MB_MINICHAT" mine --post x --lang zh
    check "what may be read is read" ordinary "$MB_MINICHAT" mine --last 1
    check "and followed" ordinary "$MB_MINICHAT" mine --follow --last 1 --timeout 0
    mkdir secret && chmod 0 secret
    told 4 "you may not read this directory" ordinary "$MB_MINICHAT" --list secret
    rmdir secret
else
    skip "boards that may not be read or written" "this user may read everything, and setpriv cannot change that"
fi
chmod 700 fixed

# ---- a board that lost its lock file, or was cut ----
m lost --post x && mv lost.lock away
told 1 "lost.lock is missing or was replaced" "$MB_MINICHAT" lost --post y
told 1 "lost.lock manque ou a été remplacé" "$MB_MINICHAT" lost --post y --lang fr
told 1 "lost.lock 缺失或已被替换" "$MB_MINICHAT" lost --post y --lang zh
told 1 "rm -f lost lost.lock" "$MB_MINICHAT" lost --unlink
: >lost.lock
told 1 "lost.lock is missing or was replaced" "$MB_MINICHAT" lost --post y
check "it is read all the same" test "$(m lost --last 9 | wc -l)" = 1
check "and followed" m lost --follow --last 1 --timeout 0
mv away lost.lock
check "with its own lock file all is well" m lost --post y
m cut --post x && head -c 5000 cut >part && cat part >cut
told 3 "cut or written over" "$MB_MINICHAT" cut --post y
told 3 "tronqué ou écrasé" "$MB_MINICHAT" cut --last 1 --lang fr
printf 'one\ntwo-of-three\nthree\n' | m spoiled --post
at=$(grep -abo two-of-three spoiled | cut -d: -f1)
printf X | dd of=spoiled bs=1 seek="$at" conv=notrunc 2>dd.err
for verb in '--last 20' '--follow --last 20 --timeout 0'; do
    check "a message that was written over keeps none of the others away: $verb" \
        test "$(m spoiled $verb 2>&1 | grep -o '> .*' | tr -d '\n')" = "> one> three"
done
ln -s plain link
told 3 "a symbolic link" "$MB_MINICHAT" link --post y
mkfifo pipe
told 3 "not a board" "$MB_MINICHAT" pipe --post y
told 1 "a part of this path is not a directory" "$MB_MINICHAT" plain/board --post y
printf 'a text that somebody needs\n' >text && cp text same
told 3 "not a board, and left as it was" "$MB_MINICHAT" text --post y
: >empty
told 3 "not a board" "$MB_MINICHAT" empty --post y
check "a file that is no board is left as it was" cmp text same
check "an empty one, too" test ! -s empty -a ! -e empty.lock

# ---- --unlink, --list, --info ----
mkfifo hold
"$MB_MINICHAT" busy Léa <hold &
exec 3>hold
echo here >&3
until m busy --who 2>/dev/null | grep -q "^Léa "; do :; done
told 1 "somebody is on the board" "$MB_MINICHAT" busy --unlink
told 1 "il y a quelqu’un au tableau" "$MB_MINICHAT" busy --unlink --lang fr
told 1 "白板上还有人" "$MB_MINICHAT" busy --unlink --lang zh
exec 3>&-
wait
m busy --unlink
pass_if "--unlink removes the board and its lock file" test $? = 0 -a ! -e busy -a ! -e busy.lock
told 3 "not a board" "$MB_MINICHAT" text --unlink
check "--unlink removes nothing else" test -s text
"$MB_MINICHAT" group --follow --read-only --last 1 >hold &
exec 3<hold
m group --post x
read -r line <&3
check "who follows with --read-only has no seat: --unlink does not mind" m group --unlink
exec 3<&-
wait
mkdir boards && m boards/two --post 1 && m boards/two --post 2 && m boards/one --post 1
cp text boards && ln -s two boards/link
m --list boards/ >out
check "--list: the boards of a directory, in order, and nothing else" test "$(cat out)" = "boards/one  1 message
boards/two  2 messages"
cat part >boards/cut
m --list boards >out 2>err
pass_if "--list complains about a spoiled one" test $? = 3 -a "$(wc -l <out)" = 2 -a "$(wc -l <err)" = 1
mkdir none
check "--list: no board" test "$(m --list none)" = "No board in none."
check "--list: no board, as JSON" test -z "$(m --list none --json)"
told 1 "no such directory" "$MB_MINICHAT" --list absent
told 1 "not a directory" "$MB_MINICHAT" --list text
m plain --info >out
check "--info: mode and messages" grep -q "mode 0600" out
for language in en fr zh; do m plain --info --lang $language >info.$language; done
check "--info in three languages" test "$(cat info.* | sort -u | wc -l)" -ge 15
check "of six lines each" test "$(wc -l <info.en) $(wc -l <info.fr) $(wc -l <info.zh)" = "6 6 6"

# ---- standard descriptors ----
m plain --post "$(repeat 300 x)"
cp plain before
m plain --last 20 >&- 2>err
pass_if "closed standard output: exit code 1" test $? = 1
check "is told" grep -q "standard output is closed" err
m plain --last 20 >/dev/full 2>err
pass_if "full standard output: exit code 1" test $? = 1
check "is told" grep -q "no space left where it leads" err
m --help >&- 2>/dev/null
pass_if "even for --help" test $? = 1
m plain --follow --last 1 --timeout 0 >/dev/full 2>err
pass_if "--follow into a full disk: exit code 1" test $? = 1
m plain --follow --last 1 --timeout 0 >&- 2>err
pass_if "--follow into nothing: exit code 1" test $? = 1
m plain --last 20 >&- 2>&- <&-
pass_if "all three closed" test $? = 1
check "nothing of what was printed came into the board's file" cmp -n 4096 plain before
m plain --post <&- 2>err
pass_if "closed standard input: exit code 1" test $? = 1
check "is told" grep -q "standard input" err
m plain --post text >&- 2>&- <&-
pass_if "--post needs none of them" test $? = 0 -a "$(m plain --last 1 | cut -d' ' -f3)" = text
finish
