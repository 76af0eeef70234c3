#!/bin/sh
# Keys and pastes on real screens: Tab, signs of several code points, a resize, many lines at once; --log. With GNU
# readline and without, on 80 columns by 24 rows and on 40 by 10.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
. "$MB_ROOT/tests/tmux.inc"
export NO_COLOR=1
family=👩‍👩‍👧 thumb=👍🏽 flag=🇫🇷

posted() { "$MB_MINICHAT" board --info | sed -n 's/^messages *\([0-9]*\) .*/\1/p'; }
paste_() { t load-buffer - && t paste-buffer -d "$@"; } # with -p as a terminal that marks what is pasted

keys() { # TITLE PROGRAM
    mkfifo lea leon ming
    "$MB_MINICHAT" board Léa <lea & exec 4>lea
    "$MB_MINICHAT" board Léon <leon 4>&- & exec 5>leon
    "$MB_MINICHAT" board 小明 <ming 4>&- 5>&- & exec 6>ming
    until [ "$("$MB_MINICHAT" board --who | grep -c seat)" = 3 ]; do :; done
    join Hal "$2" C.UTF-8 "--log log"
    shows "$1: Hal is here" Hal "Hal>"

    # ---- Tab ----
    type_ Hal /he; key Hal Tab
    shows "$1: Tab, a command" Hal "Hal> /help"
    key Hal C-u; type_ Hal /l; key Hal Tab; type_ Hal 5x
    shows "$1: and what it takes" Hal "Hal> /last 5x"
    key Hal C-u; type_ Hal lé; key Hal Tab
    shows "$1: several names" Hal "-- Léa, Léon
Hal> lé" 2
    type_ Hal a; key Hal Tab; type_ Hal "ça va"
    shows "$1: one name, who is spoken to" Hal "Hal> Léa: ça va"
    key Hal C-u; type_ Hal "avec 小"; key Hal Tab; type_ Hal et
    shows "$1: within a line" Hal "Hal> avec 小明 et"
    key Hal C-u; type_ Hal "你好小"; key Hal Tab
    shows "$1: without a space before" Hal "Hal> 你好小明"
    key Hal C-u; type_ Hal "rien nul"; key Hal Tab; type_ Hal le
    shows "$1: no name: nothing happens" Hal "Hal> rien nulle"
    key Hal C-u

    # ---- signs of several code points ----
    for sign in $family $thumb $flag é 中; do
        type_ Hal "a$sign"; key Hal BSpace; type_ Hal z
        shows "$1: Backspace takes $sign whole" Hal "Hal> az"
        key Hal C-u
    done
    type_ Hal "x$family$thumb"
    echo "$family 中文 $flag" >&4
    has "$1: a message with such signs" Hal '中文'
    has "$1: the line stands below it" Hal "^Hal> x$family"
    t resize-window -t Hal -x 30 -y 8
    type_ Hal "y"
    has "$1: after a resize it is still there" Hal "^Hal> x$family.*y$"
    once "$1: once" Hal '^Hal>'
    t resize-window -t Hal $size
    key Hal Enter
    has "$1: it is sent" Hal "<Hal> x$family"
    check "$1: byte by byte" test "$("$2" board --last 1 | sed 's/.*> //')" = "x$family${thumb}y"

    # ---- a line that is longer than a small screen, or that some would think longer than it is ----
    for long in "$(repeat 8 $family)" "$(repeat 700 x)"; do
        type_ Hal "${long}y"
        has "$1: a long line" Hal 'y$'
        echo "above it" >&4
        has "$1: a message comes above it" Hal 'above it$'
        has "$1: and one sees both" Hal 'y$'
        key Hal C-u
        shows "$1: the line can be emptied" Hal "Hal>"
        has "$1: the message is still there" Hal 'above it$'
    done

    # ---- many lines ----
    for marked in -p ''; do
        how="pasted${marked:+ and marked}"
        before=$(posted)
        seq 3 | paste_ $marked -t Hal
        has "$1: three lines $how are posted" Hal '<Hal> 3$'
        check "$1: each" test "$(posted)" = $((before + 3))
        type_ Hal "half"
        seq 500 | paste_ $marked -t Hal
        shows "$1: 500 lines $how are asked about" Hal "500 lines pasted. Post them? y/n"
        echo "meanwhile $how" >&4
        has "$1: a message comes meanwhile" Hal "meanwhile $how$"
        shows "$1: the question stands below it" Hal "500 lines pasted. Post them? y/n"
        t resize-window -t Hal -x 20 -y 10
        t resize-window -t Hal $size
        key Hal n
        has "$1: not meant" Hal '^-- The 500 lines were not posted.$'
        shows "$1: what was typed is still there" Hal "Hal> half"
        check "$1: nothing was posted" test "$(posted)" = $((before + 4))
        key Hal C-u
        seq 500 | paste_ $marked -t Hal
        shows "$1: again" Hal "500 lines pasted. Post them? y/n"
        key Hal y
        has "$1: meant" Hal '<Hal> 500$'
        check "$1: all are posted" test "$(posted)" = $((before + 504))
        t send-keys -t Hal C-u
    done
    printf 'a\tb\033[200mc\n' | paste_ -p -t Hal
    has "$1: what is pasted is text, not keys" Hal '<Hal> a b\[200mc$'
    { seq 6; repeat 801 x; echo; seq 6; } | paste_ -p -t Hal
    shows "$1: 13 lines" Hal "13 lines pasted. Post them? y/n"
    key Hal y
    has "$1: a pasted line is too long" Hal '^-- What was pasted behind it was not'
    key Hal C-u
    shows "$1: the rest is gone" Hal "Hal>"

    # ---- the log ----
    key Hal C-d
    exec 4>&- 5>&- 6>&-
    all_left
    wait
    date='[0-9]\{4\}-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]'
    check "$1: the log has what was said" test "$(grep -c "^$date <Hal> " log)" = $((2 * 503 + 8))
    check "$1: by everybody" grep -q "^$date <Léa> $family 中文 $flag" log
    check "$1: it is one's own" test "$(stat -c %a log)" = 600
    lines=$(wc -l <log)
    join Hal "$2" C.UTF-8 "--log log"
    has "$1: who comes back" Hal '^-- Nobody else'
    (m board Léa --post "one more")
    has "$1: and reads" Hal '> one more$'
    key Hal C-d
    all_left
    check "$1: has each message in it once" test "$(wc -l <log)" = $((lines + 1))
    join Hal "$2" C.UTF-8 "--log /dev/full"
    shows "$1: with a log on a full disk" Hal "Hal>"
    (m board Léa --post "all the same")
    has "$1: it is told" Hal '^minichat: /dev/full: the log cannot be w'
    has "$1: ends no conversation" Hal '> all the same$'
    key Hal C-d
    all_left
    join Hal "$2" C.UTF-8 --read-only
    shows "$1: only reading" Hal "(read only)>"
    seq 500 | paste_ -p -t Hal
    has "$1: a paste is turned back at once" Hal '^-- Nothing was posted'
    key Hal C-d
    all_left
    check "$1: the board is free" "$2" board --unlink
    rm -rf lea leon ming log "$XDG_STATE_HOME"
}

for size in "-x 80 -y 24" "-x 40 -y 10"; do
    keys "with readline, $size" "$MB_MINICHAT"
    if [ -x "${MB_MINICHAT_PLAIN-}" ]; then
        keys "without, $size" "$MB_MINICHAT_PLAIN"
    else
        skip "without readline" "MB_MINICHAT_PLAIN names no program"
    fi
done
finish
