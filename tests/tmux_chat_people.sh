#!/bin/sh
# What makes a chat agreeable, on real screens: names in colours that stay, one's own name seen and heard, the day, the
# place where one had stopped reading. With GNU readline and without, on a large screen and on a small one.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
. "$MB_ROOT/tests/tmux.inc"
escape=$(printf '\033') bell=$(printf '\007')

say_() { type_ "$1" "$2"; key "$1" Enter; }
colour_of() { coloured "$1" | grep -oE "<($escape\[[0-9;]*m)+$2" | sort -u; } # each colour that the name has on the screen
bells() { tr -cd "$bell" <"$work/heard" | wc -c; }

people() { # TITLE PROGRAM
    # ---- colours ----
    t new-session -d -s Hal $size "exec '$2' board Hal"
    has "$1: somebody is here" Hal '^-- Nobody else'
    for nick in Léa 小明 Zoé; do (m board "$nick" --post "bonjour $nick"); done
    (m board Anna --post "first on a seat of another") && (m board Léa --post "encore moi")
    has "$1: they have spoken" Hal 'encore moi$'
    check "$1: a name has one colour, on whatever seat" test "$(colour_of Hal Léa | wc -l)" = 1
    check "$1: and another one another" test "$(colour_of Hal Léa)" != "$(colour_of Hal 小明 | sed s/小明/Léa/)"
    lea=$(colour_of Hal Léa)

    # ---- one's own name ----
    : >"$work/heard"
    t pipe-pane -t Hal "cat >>'$work/heard'"
    (m board Léa --post "Halte, Halley and shallow: nobody meant")
    has "$1: words that begin with a name" Hal 'obody meant$'
    check "$1: are no call" test "$(coloured Hal | grep -c "$escape\[[0-9;]*7m")" = 0
    (m board Léa --post "hal: Hal, es-tu là, @Hal ?")
    has "$1: somebody calls" Hal 'es-tu là'
    check "$1: one's own name is seen wherever it is said" \
        test "$(coloured Hal | grep -o "$escape\[[0-9;]*7mhal\|$escape\[[0-9;]*7mHal" | wc -l)" = 3
    (m board Léa --post "heard by now")
    has "$1: afterwards" Hal 'heard by now$'
    end=$(($(date +%s) + 20))
    until [ "$(bells)" -ge 1 ] || [ "$(date +%s)" -gt $end ]; do :; done
    check "$1: and heard once" test "$(bells)" = 1
    say_ Hal "Hal speaks of Hal"
    has "$1: who says his own name" Hal '> Hal speaks of Hal$'
    say_ Hal "/nick 小明"
    (m board Léa --post "小明你好")
    has "$1: a script without spaces" Hal '小明你好$'
    end=$(($(date +%s) + 20))
    until [ "$(bells)" -ge 2 ] || [ "$(date +%s)" -gt $end ]; do :; done
    check "$1: calls by the new name, and one's own words do not" test "$(bells)" = 2
    check "$1: the text is marked at the name alone" sh -c 'grep -q "7m小明.\[0m你好" "$0"' "$work/heard"

    # ---- where one had stopped reading ----
    say_ Hal /quit
    all_left
    check "$1: pastes are marked in the chat, and not after it" \
        test "$(grep -ao '?2004[hl]' "$work/heard" | tail -n 1)" = '?2004l'
    (m board Léa --post "meanwhile")
    t new-session -d -s Hal $size "exec '$2' board Hal"
    has "$1: who comes back" Hal '> meanwhile$'
    check "$1: sees what is new since" \
        test "$(screen Hal | sed -n '/meanwhile/{x;p;};h')" = "-- new since you left"
    check "$1: a name has its colour of yesterday" test "$(colour_of Hal Léa)" = "$lea"
    shows "$1: who is ready for keys" Hal "Hal>"
    key Hal C-z
    pid=$(t display-message -p -t Hal '#{pane_pid}') end=$(($(date +%s) + 20))
    until grep -q ' (minichat[^)]*) T ' /proc/$pid/stat || [ "$(date +%s)" -gt $end ]; do :; done
    (m board Léa --post "while suspended")
    kill -CONT $pid
    has "$1: who was suspended" Hal '> while suspended$'
    check "$1: sees it, too" \
        test "$(screen Hal | sed -n '/while suspended/{x;p;};h')" = "-- new since you left"
    say_ Hal /quit
    all_left
    (m board Léa --post "not moved by a reader")
    for time in first second; do
        t new-session -d -s Hal $size "NO_COLOR=1 exec '$2' board --read-only"
        has "$1: --read-only has the mark, a $time time" Hal '^-- new since you left$'
        check "$1: NO_COLOR has no colour, a $time time" not sh -c 'tmux -L '$server' capture-pane -e -p | grep "$0"' "$escape"
        key Hal C-d
        all_left
    done
    pass_if "$1: and creates nothing" test "$(find "$XDG_STATE_HOME" -type f | wc -l)" = 1
    check "$1: the board is free" "$2" board --unlink

    # ---- another day ----
    # A zone whose midnight comes in a moment: east of Greenwich is a negative number.
    east=$((86400 - ($(date +%s) + 6) % 86400))
    zone=$(printf 'XXX-%d:%02d:%02d' $((east / 3600)) $((east / 60 % 60)) $((east % 60)))
    (m board Léa --post "before midnight")
    t new-session -d -s Hal $size "TZ=$zone exec '$2' board Hal"
    has "$1: yesterday, soon" Hal '^23:59 <Léa> before midnight$'
    tomorrow=$(TZ=$zone LC_ALL=C date -d '+7 seconds' '+%A %-d %B %Y')
    has "$1: the day that begins is told, though nobody speaks" Hal "^-- $tomorrow$"
    (m board Léa --post "after midnight")
    has "$1: the first message of the day" Hal '^00:00 <Léa> after midnight$'
    once "$1: the day stands there once" Hal "^-- $tomorrow$"
    say_ Hal /quit
    all_left
    t new-session -d -s Hal $size "TZ=$zone MAPBOARD_LANG=fr exec '$2' board Hal"
    has "$1: who comes later" Hal '^00:00 <Léa> after midnight$'
    check "$1: sees both days, each above its messages" test "$(screen Hal | grep -c '^-- [a-z]*di [0-9]\|^-- dimanche')" = 2
    key Hal C-d
    all_left
    check "$1: the board is free again" "$2" board --unlink
    rm -rf "$XDG_STATE_HOME"
}

for size in "-x 80 -y 24" "-x 40 -y 10"; do
    people "with readline, $size" "$MB_MINICHAT"
    if [ -x "${MB_MINICHAT_PLAIN-}" ]; then
        people "without, $size" "$MB_MINICHAT_PLAIN"
    else
        skip "without readline" "MB_MINICHAT_PLAIN names no program"
    fi
done
finish
