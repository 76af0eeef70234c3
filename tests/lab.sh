#!/bin/sh
# A board of a group in a lab (docs/lab.md): Léa and 小明 are in the group, Bob is not. Three uids, so root only.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
if [ "$(id -u)" != 0 ] || ! have setpriv || ! setpriv --reuid=65501 --regid=65501 --clear-groups true 2>/dev/null; then
    skip "a board of a group, with three users" "needs root and setpriv, to become three users"
    finish
fi
group=65510 mask=002
# NAME COMMAND…: as that user: a primary group of its own, and the lab's group for members
as() {
    who=$1
    shift
    case $who in
    Léa) set -- --reuid=65501 --regid=65501 --groups=$group "$@" ;;
    小明) set -- --reuid=65502 --regid=65502 --groups=$group "$@" ;;
    Bob) set -- --reuid=65503 --regid=65503 --clear-groups "$@" ;;
    esac
    (umask $mask && cd / && exec setpriv --inh-caps=-all --bounding-set=-all "$@")
}
# talk NAME ARGUMENT…: minichat as that user
talk() {
    name=$1
    shift
    as "$name" "$chat" "$@"
}
# refused STATUS NAME ARGUMENT…: with that exit code, and one line on standard error
refused() {
    wanted=$1
    shift
    talk "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    cat "$work/err"
    [ $got = "$wanted" ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ]
}

# The program where all three can reach it, whatever the rights of the tree.
chmod 711 "$work"
mkdir -m 755 "$work/bin" "$work/lib"
cp "$MB_MINICHAT" "$work/bin" && cp -L "$MB_LIBDIR"/libmapboard.so.* "$work/lib"
chmod 755 "$work/bin/minichat" "$work/lib"/*
chat=$work/bin/minichat
path=$work
while path=$(dirname "$path") && [ "$path" != / ]; do # mktemp made some of them for root alone
    as Bob test -x "$path" || { skip "a board of a group, with three users" "$path is closed to other users"; finish; }
done

lab=$work/lab
board=$lab/board
install -d -o root -g $group -m 2770 "$lab"
check "a member creates a board" talk Léa "$board" Léa --mode 0660 --post "Bonjour !"
check "it is the group's, and the group may write" test "$(stat -c '%g %a' "$board")" = "$group 660"
check "so is its lock file" test "$(stat -c '%g %a' "$board.lock")" = "$group 660"
check "another member posts" talk 小明 "$board" 小明 --post "你好！"
talk Léa "$board" --last 20 >"$work/read"
check "each sees both messages" test "$(sed 's/^[0-9:]* //' "$work/read")" = "<Léa> Bonjour !
<小明> 你好！"
check "the messages bear their uids" test \
    "$(talk Léa "$board" --last 20 --json | grep -o '"uid":[0-9]*' | tr '\n' ' ')" = '"uid":65501 "uid":65502 '

# Both are there at once: each line of one arrives at the other.
mkfifo "$work/lea" "$work/ming" "$work/news"
talk Léa "$board" Léa <"$work/lea" &
lea=$!
talk 小明 "$board" 小明 <"$work/ming" &
ming=$!
exec 4>"$work/lea" 5>"$work/ming"
(exec 4>&- 5>&- && talk Léa "$board" --follow --last 1) >"$work/news" &
exec 3<"$work/news"
said() { # a line with this text, before anything else ends
    while read -r line <&3; do case $line in *"$1"*) return 0 ;; esac; done
    return 1
}
echo "Tu me lis ?" >&4
check "Léa's line arrives" said "<Léa> Tu me lis ?"
echo "读到了。" >&5
check "小明's line arrives" said "<小明> 读到了。"
check "both are here" test "$(talk 小明 "$board" --who | grep -o '^[^ ]*  (' | sort | tr -d '\n')" = "Léa  (小明  ("
check "--list names the board and who is there" test "$(talk 小明 --list "$lab" |
    sed "s|^$lab/||; s/(\(Léa\), \(小明\))/(\2, \1)/")" = "board  4 messages  (小明, Léa)"
check "--info: mode, group, who is there" sh -c "printf '%s\n' '$(talk 小明 "$board" --info | tr '\n' ' ')' |
    grep -q 'mode 0660.*group $group'"
check "nobody removes a board with people on it" refused 1 小明 "$board" --unlink

# Bob
for arguments in "$board Bob --post hello" "$board --last 20" "$board --follow --timeout 0" "$board --who" \
    "$board --info" "$board --read-only --last 1" "--list $lab" "$board --unlink"; do
    # shellcheck disable=SC2086
    check "who is not of the group: minichat ${arguments#"$work"/}: no permission" refused 4 Bob $arguments
done
# the directory open, the board itself must hold
chmod 2775 "$lab"
for arguments in "$board Bob --post hello" "$board --last 20" "$board --who" "$board --unlink"; do
    # shellcheck disable=SC2086
    check "also where the directory may be read: minichat ${arguments#"$work"/}" refused 4 Bob $arguments
done
check "nothing of his is there" test "$(talk Léa "$board" --last 20 | wc -l)" = 4
chmod 664 "$board"
check "a board of mode 0664 he may read" test "$(talk Bob "$board" --last 20 | wc -l)" = 4
check "and not write" refused 4 Bob "$board" Bob --post hello
check "nor so much as open its lock file" as Bob test ! -r "$board.lock"

# ---- the end
exec 4>&- 5>&-
wait $lea
check "Léa leaves" test $? = 0
wait $ming
check "小明 leaves" test $? = 0
exec 3<&-
wait
check "a member removes the empty board" talk 小明 "$board" --unlink
check "and nothing of it is left" test -z "$(ls -A "$lab")"
mask=022
talk Léa "$board" --mode 0660 --post x
check "under umask 022 --mode is cut" test "$(stat -c %a "$board")" = 640
check "and the group cannot post" refused 4 小明 "$board" --post y
finish
