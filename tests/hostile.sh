#!/bin/sh
# People without permission are told which file and what to do; names of programs and sources steer no terminal
# through mapcheck; a screen is what it was after hostile messages, with readline and without.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
cd "$work" || exit 2
chmod 755 . # others look in
attacks=0 violations=0
# try "name" command…: a check that counts in the table of attacks
try() {
    before=$tap_failed
    check "$@"
    attacks=$((attacks + 1)) violations=$((violations + tap_failed - before))
}

# ---- without permission ----
# Root may everything: then somebody else asks. Somebody else needs to come to the program, the board and nothing more.
if [ "$(id -u)" = 0 ]; then
    if have setpriv; then
        stranger() { setpriv --reuid 61003 --regid 61003 --clear-groups "$@"; }
    else
        skip "what strangers are told" "setpriv is not installed"
    fi
else
    stranger() { "$@"; }
fi
cp "$MB_MINICHAT" minichat && cp "$MB_LIBDIR"/libmapboard.so.* . # their directory may be closed to others
export LD_LIBRARY_PATH="$work"
m private --post x && m open --mode 0644 --post x && mkdir closed && m closed/board --post x && chmod 644 open
if [ "$(id -u)" != 0 ]; then # one's own files, closed to oneself
    chmod 0 private && chmod 444 open && chmod 0 open.lock
fi
chmod 0 closed

# told STATUS "part of the line" ARGUMENTS…: that exit code, and one line, which names the file
told() {
    status=$1 part=$2 file=$3
    shift 2
    stranger ./minichat "$@" >out 2>err </dev/null
    [ $? = "$status" ] && [ ! -s out ] && [ "$(grep -c "" err)" = 1 ] &&
        grep -qF "$file" err && grep -qF -- "$part" err && return
    cat out err
    false
}
if command -v stranger >/dev/null; then
    for language in en fr zh; do
        export MAPBOARD_LANG=$language
        case $language in
        en) read='may not read it; its owner can allow it with chmod' write='chmod, or only read: --read-only' ;;
        fr) read='son propriétaire peut l’accorder avec chmod' write='sinon lisez seulement' ;;
        zh) read='没有读权限；其所有者可用 chmod 放开' write='--read-only' ;;
        esac
        for verb in --who --info --follow '--last 3'; do
            try "$language: private $verb: told whose right it takes" told 4 "$read" private $verb
            try "$language: closed/board $verb: told" told 4 "$read" closed/board $verb
        done
        for verb in '' '--post text'; do
            try "$language: private $verb: told" told 4 "$write" private $verb
            try "$language: open $verb: told" told 4 "$write" open $verb
        done
        try "$language: private --follow --read-only: told" told 4 "$read" private --follow --read-only
    done
    export MAPBOARD_LANG=en
    stranger ./minichat open --last 1 >out 2>err
    try "who may read reads" grep -q '> x$' out
    stranger ./minichat open --follow --last 1 --timeout 0 >out 2>err
    try "and follows" grep -q '> x$' out
    stranger ./minichat open --info >out 2>err
    try "and asks" grep -q 'mode 0' out
    stranger ./minichat private --unlink >out 2>err
    try "nobody removes what is not his" test $? = 4 -a -e private
fi
chmod 755 closed
unset LD_LIBRARY_PATH

# ---- names, through mapcheck ----
clean() { # what mapcheck said: UTF-8, no control but the line's end, nothing that turns or hides text
    LC_ALL=C tr -d '\n -~\200-\377' <"$1" | wc -c | grep -qx 0 && iconv -f UTF-8 -t UTF-16 "$1" >/dev/null &&
        ! LC_ALL=C grep -q "$(printf '\302[\200-\237]\|\342\200[\213-\217\250-\256]\|\357\273\277')" "$1"
}
said() { clean report && grep -qF "$1" report || { cat -v report; false; }; }
evil=$(printf 'e\033]0;owned\007\302\233\342\200\256\t')
data=$(printf '%s\n\377' "$evil")
cat >"$evil.c" <<'C'
#include <sys/mman.h>
#include <fcntl.h>
int main(int argc, char **argv) {
    int fd = open(argv[argc - 1], O_RDONLY);
    return mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
}
C
echo data >"$data"
harmless='e\x1b]0;owned\x07\xc2\x9b\xe2\x80\xae\x09'
if $CC -g "$evil.c" -o "$evil.out"; then
    "$MB_MAPCHECK" "./$evil.out" "$data" 2>report
    try "a file is told by such a name" said "$harmless"'\x0a'
    try "and a source" said "$harmless.c:5"
    strip --strip-debug "$evil.out"
    "$MB_MAPCHECK" "./$evil.out" "$data" 2>report
    try "and a program" said "$harmless.out:main+"
else
    fail "a program of such a name"
fi
"$MB_MAPCHECK" "./$data.none" 2>report
try "and one that does not exist" said "$harmless"'\x0a'
"$MB_MAPCHECK" "./$data" 2>report
try "and one that is none" said "$harmless"'\x0a'

# ---- a screen ----
screen() { t capture-pane -p; }
until_shown() { # "text": the bound is the runner's
    until screen | grep -qF "$1"; do :; done
}
on_screen() { # BUILD PROGRAM
    m "screen$1" --post "the first line"
    # A name of its own, which tmux leaves alone, but a program may change.
    t new-session -d -n here -x 80 -y 24 "exec '$2' 'screen$1' Léa" ';' set-option -g allow-rename on ||
        { fail "$1: tmux starts"; return; }
    until_shown "Léa>"
    title=$(t display-message -p '#{pane_title} #{window_name} #{alternate_on} #{cursor_flag} #{insert_flag}')
    for text in '\033]0;owned\007' '\033]2;owned\033\\' '\033kowned\033\\' '\033[2J\033[H' '\033c' '\033[?1049h' \
        '\033[?25l' '\033[4h' '\302\2332J' '\302\2350;owned\302\234' '\033[8m' '\033[1;1H' '\r\nLéa> fake'; do
        m "screen$1" "$(printf "$text")" --post "$(printf "$text") "
    done
    m "screen$1" --post "the last line"
    until_shown "the last line"
    now=$(t display-message -p '#{pane_title} #{window_name} #{alternate_on} #{cursor_flag} #{insert_flag}')
    try "$1: title, screen, cursor and modes are as they were" test "$now" = "$title"
    try "$1: the first line still stands" sh -c 'printf %s "$1" | grep -qF "the first line"' sh "$(screen)"
    try "$1: the prompt is at the foot, and in no message" test "$(screen | grep -c '^Léa>')" = 1
    try "$1: what was hidden is shown" sh -c 'printf %s "$1" | grep -qF "^[]0;owned^G"' sh "$(screen)"
    t send-keys /quit Enter
    while t has-session 2>/dev/null; do :; done
}
if have tmux; then
    export LC_ALL=C.UTF-8 NO_COLOR=1 INPUTRC=/dev/null
    unset TMUX
    t() { tmux -S ./tmux -f /dev/null "$@"; } # a short name: a socket's has 107 bytes at most
    trap 't kill-server 2>/dev/null; rm -rf "$work"' EXIT
    on_screen readline "$MB_MINICHAT"
    on_screen plain "$MB_MINICHAT_PLAIN"
else
    skip "a screen" "tmux is not installed"
fi
attack $attacks $violations "permissions, names and screens"
finish
