#!/bin/sh
# The chat's screens as people see them, kept in tests/screens: three languages, 80 columns by 24 rows and 40 by 10, with
# GNU readline and without: the same. Taken again: MB_TAKE_SCREENS=1 make check ONLY=tmux_chat_screens; then look at them.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
. "$MB_ROOT/tests/tmux.inc"
export NO_COLOR=1
family=👩‍👩‍👧 thumb=👍🏽

# screens LANGUAGE PROGRAM: a conversation, left, come back to, with a name half typed at its end
screens() {
    export MAPBOARD_LANG=$1
    t new-session -d -s Hal $size "MAPBOARD_LANG=$1 exec '$2' board Hal"
    has "$title: ready" Hal '^Hal>'
    for text in "bonjour à tous" "大家好，这条消息比四十列宽：白板上的字都要完整地显示出来。" "$family $thumb é"; do
        type_ Hal "$text"
        key Hal Enter
    done
    has "$title: said" Hal "> $family"
    key Hal C-d
    all_left
    (m board Léa --post "Hal, es-tu là ?") && (m board 小明 --post "他走了。")
    mkfifo lea
    "$MB_MINICHAT" board Léa <lea & exec 4>lea
    until "$MB_MINICHAT" board --who | grep -q '^Léa'; do :; done
    t new-session -d -s Hal $size "MAPBOARD_LANG=$1 exec '$2' board Hal"
    has "$title: back" Hal '^Hal>'
    type_ Hal "/last x"
    key Hal Enter
    has "$title: not so" Hal '^-- x'
    type_ Hal "lé"
    key Hal Tab
    type_ Hal "中文 $family"
    has "$title: half a line" Hal "中文 $family\$"
    screen Hal | sed 's/^[0-9][0-9]:[0-9][0-9] /--:-- /' >seen
    kept=$MB_ROOT/tests/screens/$1.${size#-x }
    kept=$(echo "$kept" | sed 's/ -y /x/').txt
    [ -z "${MB_TAKE_SCREENS-}" ] || cp seen "$kept"
    check "$title: the screen is that of tests/screens" diff "$kept" seen
    key Hal C-u
    key Hal C-d
    exec 4>&-
    all_left
    wait
    check "$title: the board is free" "$2" board --unlink
    rm -rf lea "$XDG_STATE_HOME"
}

for language in en fr zh; do
    for size in "-x 80 -y 24" "-x 40 -y 10"; do
        title="$language, $size, with readline"
        screens $language "$MB_MINICHAT"
        title="$language, $size, without"
        if [ -x "${MB_MINICHAT_PLAIN-}" ]; then
            screens $language "$MB_MINICHAT_PLAIN"
        else
            skip "$title" "MB_MINICHAT_PLAIN names no program"
        fi
    done
done
finish
