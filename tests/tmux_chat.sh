#!/bin/sh
# Two people on real screens of 80 columns: while one types, the other's messages come in above the line, which
# stays whole, can be edited and sent. With GNU readline and without.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
. "$MB_ROOT/tests/tmux.inc"
export NO_COLOR=1

conversation() { # BUILD PROGRAM
    join Léa "$2" C
    shows "$1: Léa is alone" Léa "-- Nobody else is here yet.
Léa>" 2
    join 小明 "$2" C.UTF-8
    has "$1: 小明 sees who is here" 小明 '^-- Here: Léa, 小明$'
    has "$1: Léa sees 小明 come" Léa '^-- 小明 joins$'
    type_ 小明 "你好！"
    key 小明 Enter
    has "$1: his message is on her screen" Léa '^[0-9:]* <小明> 你好！$'
    has "$1: and once on his" 小明 '^[0-9:]* <小明> 你好！$'
    shows "$1: where his line is empty again" 小明 "小明>"

    half='Ça va ? 中文 à moitié'
    type_ Léa "$half"
    shows "$1: half a line" Léa "Léa> $half"
    type_ 小明 "我在。"
    key 小明 Enter
    has "$1: a message comes meanwhile" Léa '> 我在。$'
    shows "$1: the line stands whole below it" Léa "Léa> $half"
    check "$1: and nowhere else" test "$(screen Léa | grep -c 'moitié')" = 1

    wide=$(repeat 12 '这条消息比八十列宽，')完
    type_ 小明 "$wide"
    key 小明 Enter
    has "$1: a message of 250 columns comes" Léa '完$'
    shows "$1: the line stands whole below it" Léa "Léa> $half"
    check "$1: and nowhere else" test "$(screen Léa | grep -c 'moitié')" = 1
    got=$(screen Léa | grep -A3 '这条' | tr -d '\n' | sed 's/.*<小明> //; s/完.*/完/')
    check "$1: the message is whole" test "$got" = "$wide"

    key Léa BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace BSpace
    shows "$1: Backspace takes one character, of two columns, too" Léa "Léa> Ça va ? 中"
    type_ Léa "国 é"
    shows "$1: one types on" Léa "Léa> Ça va ? 中国 é"
    key Léa Enter
    has "$1: the line is sent" 小明 '> Ça va ? 中国 é$'
    has "$1: the screen has it as a message" Léa '^[0-9:]* <Léa> Ça va ? 中国 é$'
    shows "$1: and the line is empty" Léa "Léa>"
    key Léa é 中 C-u
    shows "$1: ^U empties the line" Léa "Léa>"
    type_ Léa "un 两个 trois"
    key Léa C-w
    shows "$1: ^W takes a word" Léa "Léa> un 两个"
    key Léa C-u

    long=$(repeat 450 é)
    type_ Léa "$long"
    key Léa Enter
    has "$1: 900 bytes are too many" Léa '^minichat: the text has 900 bytes, 800 at most; nothing was posted'
    has "$1: the line is kept" Léa '^Léa> éééé'
    i=0
    while [ $i -lt 60 ]; do i=$((i + 1)); echo BSpace; done | xargs tmux -L $server send-keys -t Léa
    key Léa Enter
    shows "$1: shortened, it is sent" Léa "Léa>"
    check "$1: whole" test "$("$2" board --last 1 | sed 's/.*> //' | tr -d '\n')" = "$(repeat 390 é)"
    check "$1: nothing else was" test "$("$2" board --last 20 | wc -l)" = 5

    type_ Léa "/wat"
    key Léa Enter
    has "$1: an unknown command" Léa '^-- No command /wat, nothing was posted'
    type_ Léa "//etc"
    key Léa Enter
    has "$1: // posts a slash" 小明 '<Léa> /etc$'
    type_ Léa "/me danse"
    key Léa Enter
    has "$1: /me" 小明 '^[0-9:]* \* Léa danse$'
    type_ Léa "/nick Zoé"
    key Léa Enter
    shows "$1: /nick" Léa "Zoé>"
    has "$1: the other sees it" 小明 '^-- Léa is now Zoé$'
    type_ Léa "/who"
    key Léa Enter
    has "$1: /who" Léa '^Zoé  (seat 1, .*)  you$'
    type_ Léa "/last 1"
    key Léa Enter
    until_ "$1: /last shows a message again" Léa 'Léa danse$' -eq 2
    shows "$1: and the line below it" Léa "Zoé>"

    type_ Léa "un texte de plus de quarante colonnes, qui passe à la ligne"
    has "$1: a long line" Léa 'à la ligne$'
    t resize-window -t Léa -x 40 -y 24
    type_ Léa " étroite"
    has "$1: a narrower window" Léa 'étroite$'
    once "$1: shows the line once" Léa '^Zoé>'
    t resize-window -t Léa -x 15 -y 24
    t resize-window -t Léa -x 100 -y 24
    shows "$1: and a wider one" Léa "Zoé> un texte de plus de quarante colonnes, qui passe à la ligne étroite"
    key Léa Enter
    has "$1: the line is sent" 小明 '<Zoé> un texte de plus de quarante colonnes, qui passe à la ligne étroite$'
    key Léa C-d
    has "$1: 小明 sees her leave" 小明 '^-- Zoé leaves$'
    type_ 小明 /quit
    key 小明 Enter
    while [ -n "$(t list-sessions 2>/dev/null)" ]; do :; done
    check "$1: both left, the board is free" "$2" board --unlink
}

conversation "with readline" "$MB_MINICHAT"
if [ -x "${MB_MINICHAT_PLAIN-}" ]; then
    conversation "without" "$MB_MINICHAT_PLAIN"
    # A key can come before the signal that tells of a new size; here the signal never comes.
    t new-session -d -s Deaf -x 80 -y 24 "trap '' WINCH; LC_ALL=C.UTF-8 exec '$MB_MINICHAT_PLAIN' board Deaf"
    type_ Deaf "un texte de plus de quarante colonnes, qui passe à la ligne"
    has "without the signal of a new size: a long line" Deaf 'à la ligne$'
    t resize-window -t Deaf -x 40 -y 24
    type_ Deaf " étroite"
    has "without the signal of a new size: a narrower window" Deaf 'étroite$'
    once "without the signal of a new size: shows the line once" Deaf '^Deaf>'
    key Deaf C-u
    key Deaf C-d
    while [ -n "$(t list-sessions 2>/dev/null)" ]; do :; done
else
    skip "without readline" "MB_MINICHAT_PLAIN names no program"
fi
finish
