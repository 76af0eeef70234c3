#!/bin/sh
# Two programs talk; --follow and how it ends; standard input; hostile text, as text and as JSON; names; presence.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
cd "$work" || exit 2

# ---- two participants, each a program of its own that reads a pipe ----
# What runs in the background is started as itself, so that $! is its number, and without our ends of the others'
# pipes.
mkfifo lea ming news
"$MB_MINICHAT" board Léa <lea &
lea=$!
exec 4>lea
"$MB_MINICHAT" board 小明 <ming 4>&- &
ming=$!
exec 5>ming
# said "text": reads what --follow prints, up to the line that ends with the text
said() { while read -r line <&3; do case $line in *"$1") return 0 ;; esac done; return 1; }
m board --post "it begins"
"$MB_MINICHAT" board --follow --last 20 >news 4>&- 5>&- &
follow=$!
exec 3<news
check "a follower sees what was there" said "it begins"
echo "Bonjour, 小明 !" >&4
check "Léa's line arrives" said "<Léa> Bonjour, 小明 !"
echo "你好，Léa！" >&5
check "小明's line arrives" said "<小明> 你好，Léa！"
check "both are here, by name" test "$(m board --who | cut -d' ' -f1 | sort | tr '\n' ' ')" = "Léa 小明 "
check "the follower takes no seat" test "$(m board --who | wc -l)" = 2
printf '\n\nafter blank lines\n/who is a text here\nno newline at the end' >&4
check "blank lines are not posted, and a script's slash is text" said "<Léa> /who is a text here"
exec 4>&-
check "the last line needs no newline" said "<Léa> no newline at the end"
wait $lea
check "at the end of its input the program ends well" test $? = 0
check "and has left" test "$(m board --who | cut -d' ' -f1 | head -n 1)" = "小明"
kill $ming
wait $ming 2>/dev/null
exec 5>&-
check "who was killed has left, too" sh -c '"$MB_MINICHAT" board --who | grep -q "^Nobody"'
check "each line: the time, the name, the text" \
    sh -c '! "$MB_MINICHAT" board --last 20 | grep -qEv "^[0-2][0-9]:[0-5][0-9] <[^>]+> .+"'

# ---- how --follow ends ----
kill -TERM $follow
wait $follow
check "SIGTERM ends --follow with 0" test $? = 0
check "and nothing more was printed" not said ""
exec 3<&-
for signal in INT HUP; do
    env --default-signal=INT "$MB_MINICHAT" board --follow --last 1 >news &
    follow=$!
    exec 3<news
    said "no newline at the end"
    kill -$signal $follow
    wait $follow
    check "SIG$signal ends --follow with 0" test $? = 0
    exec 3<&-
done
"$MB_MINICHAT" board --follow --last 1 >news 2>errors &
follow=$!
exec 3<news
said "no newline at the end"
exec 3<&-
wait $follow
check "--follow ends with 0 when its reader leaves, with no message to come" test $? = 0
check "without a word" test ! -s errors
mkfifo unread
exec 8<>unread 9>unread 8<&- # a pipe that nobody reads any more
m board --follow --last 1 >&9 2>errors
pass_if "nor is it an error when it left before" test $? = 0 -a ! -s errors
m board --last 1 >&9 2>errors
pass_if "for what is asked once it is: exit code 1" test $? = 1
check "which is told" grep -q "its reader left" errors
exec 9>&-
check "--timeout: nothing came" sh -c '"$MB_MINICHAT" board --follow --timeout 0.01; test $? = 5'
check "--timeout: something was there" m board --follow --last 1 --timeout 0.01
check "--timeout 0 looks once" sh -c '"$MB_MINICHAT" board --follow --timeout 0; test $? = 5'
"$MB_MINICHAT" board --follow --last 3 --timeout 20 >news &
follow=$!
exec 3<news
said "no newline at the end"
(m board --post "while it waits")
check "--timeout waits for what comes" said "while it waits"
exec 3<&-
wait $follow
check "--read-only follows, too" sh -c '"$MB_MINICHAT" board --follow --read-only --last 1 --timeout 0 | grep -q waits$'
m board --follow --last 2 --timeout 0 --log log >text
check "--log keeps what is printed, with dates" sh -c 'sed "s/^[0-9]*-[0-9]*-[0-9]* //" log | cmp - text && grep -q "^2.*waits$" log'
m board --follow --last 1 --timeout 0 --log /dev/full >text 2>errors
pass_if "a log that cannot be written: exit code 1" test $? = 1
check "everything was printed all the same" grep -q "waits$" text
check "and what happened is told" grep -q "/dev/full: the log cannot be written" errors
mkfifo named
"$MB_MINICHAT" board Zoé --follow --last 1 >named &
follow=$!
exec 3<named
said "while it waits"
check "who follows under a name is here" sh -c '"$MB_MINICHAT" board --who | grep -q "^Zoé "'
exec 3<&-
wait $follow

# 64 who follow stop nobody from posting. Each prints one line when it is there.
mkfifo audience
exec 3<>audience
followers=
for i in $(seq 64); do
    "$MB_MINICHAT" board --follow --last 1 >&3 &
    followers="$followers $!"
done
lines_of() { read_lines=0; while [ $read_lines -lt 64 ] && read -r line <&3; do case $line in *"$1") read_lines=$((read_lines + 1)) ;; esac; done; }
lines_of "while it waits"
check "64 follow, and one can post" m board --post "to all"
lines_of "to all"
pass_if "each of them sees it" test $read_lines = 64
# Ticks of 10 ms that one of them has used: some hundred looks are not worth one second.
used=$(awk '{ print $14 + $15 }' /proc/${followers##* }/stat)
check "and who follows sleeps" test "$used" -lt 100
kill $followers
wait $followers
exec 3<&-

# ---- standard input ----
{ echo one; repeat 801 x; echo; echo three; } | m fresh --post - 2>errors
check "a line too long: exit code 1" test $? = 1
check "its number and length are told" grep -q "line 2 has 801 bytes, 800 at most" errors
check "what came before it was posted, it and what follows not" test "$(m fresh --last 20 | cut -d' ' -f3)" = one
printf 'four\ncaf\351\n' | m fresh --post 2>errors
check "a line that is not UTF-8: exit code 1" test $? = 1
check "its number is told" grep -q "line 2 is not UTF-8" errors
printf 'a\000b\n' | m fresh --post 2>errors
check "a NUL is refused as well" grep -q "line 1 is not UTF-8" errors
repeat 800 é | head -c 800 | m fresh --post && m fresh --post "$(repeat 800 y)"
check "800 bytes fit" test "$(m fresh --last 1 | cut -d' ' -f3 | tr -d '\n' | wc -c)" = 800
seq 1 45 | m many --post
check "a board holds the last 20" test "$(m many --last 20 | cut -d' ' -f3)" = "$(seq 26 45)"

# ---- hostile text ----
hostile=$(printf '\033]0;owned\007 \302\233 \342\200\256 "\\" \001 \360\237\230\200 é中')
m hostile "$(printf 'L\033[31m\342\200\256')" --post "$hostile"
m hostile --last 1 >text
m hostile --last 1 --json >json
m hostile --last 1 --color=never --lang zh >>text
check "no escape reaches the terminal" not grep -q "$(printf '[\033\007\001]')" text
check "nor a C1 control" not grep -q "$(printf '\302\233')" text
check "nor a bidirectional override" not grep -q "$(printf '\342\200\256')" text json
check "they are shown instead" grep -qF '^[]0;owned^G <U+009B> <U+202E> "\" ^A 😀 é中' text
check "JSON escapes them" grep -qF '"text":"\u001b]0;owned\u0007 \u009b \u202e \"\\\" \u0001 😀 é中"' json

# ---- JSON ----
m hostile 'quote"back\slash' --post 'x'
mkfifo hold
"$MB_MINICHAT" hostile 'here"\' <hold &
holder=$!
exec 6>hold
echo ready >&6
m hostile --follow --last 3 --json --timeout 20 | sed '/"ready"/q' >json
m hostile --last 20 --json >>json
for verb in --who --info; do m hostile $verb --json >>json; done
m --list . --json >>json
ln -s board link
mkdir "$(printf 'dir\377\033')"
m "$(printf 'dir\377\033/b')" --post x
m --list "$(printf 'dir\377\033')" --json >>json
if have python3; then
    cat >judge.py <<'END'
import json, sys
lines = open("json", "rb").read().decode("utf-8", "strict").splitlines()
objects = [json.loads(line) for line in lines]
assert len(objects) >= 13, len(objects)
assert not any(ord(c) < 32 or ord(c) == 127 for line in lines for c in line)
message = next(o for o in objects if o.get("text", "").startswith("\033"))
assert message["text"] == sys.argv[1], message
assert message["nick"] == "L\033[31m\u202e"
assert set(message) == {"number", "missed", "time", "nick", "seat", "pid", "uid", "action", "text"}
person = next(o for o in objects if "since" in o)
assert person["nick"] == 'here"\\' and set(person) == {"nick", "seat", "pid", "uid", "since", "me"}
info = next(o for o in objects if "file_size" in o)
assert info["last"] == 3 and info["present"] == 1 and info["mode"] == "0600", info
boards = {o["board"]: o for o in objects if "people" in o}
assert boards["./hostile"]["people"] == ['here"\\'] and boards["./hostile"]["last"] == 3
assert boards["./many"]["last"] == 45 and boards["./many"]["people"] == []
assert "./link" not in boards and "./many.lock" not in boards and "./json" not in boards
assert any(name.startswith("dir\ufffd\033/") for name in boards)
END
    check "every line is JSON, with what was posted" python3 judge.py "$hostile"
else
    skip "every line is JSON, with what was posted" "python3 is not installed"
fi
exec 6>&-
wait $holder

# ---- names ----
mkfifo first second
m names --post x
"$MB_MINICHAT" names Léa <first &
exec 7>first
"$MB_MINICHAT" names Léa <second 7>&- &
exec 8>second
echo from-first >&7
echo from-second >&8
m names --follow --last 20 --timeout 20 | sed '/from-first/q' >text
m names --follow --last 20 --timeout 20 | sed '/from-second/q' >text
m names --last 20 >text
check "two of one name are told apart by their seats" grep -q "<Léa#[0-9]*> from-first" text
check "both of them" grep -q "<Léa#[0-9]*> from-second" text
check "in --who" test "$(m names --who | grep -c "^Léa#[0-9] ")" = 2
check "--list tells who is where" sh -c '"$MB_MINICHAT" --list . | grep -q "^./names  3 messages  (Léa#., Léa#.)$"'
exec 7>&- 8>&-
wait
shown_as() { # "name" "<who>" NICK…: under what name a message appears
    tap_name=$1 wanted=$2
    shift 2
    m names "$@" --post x
    pass_if "$tap_name" test "$(m names --last 1 | cut -d' ' -f2)" = "$wanted"
}
shown_as "alone again, the name is enough" "<Léa>" Léa
shown_as "no name: the seat" "<anonymous#1>" ""
shown_as "without NICK, the login name" "<$(id -un)>"
finish
