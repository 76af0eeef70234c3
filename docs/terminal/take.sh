#!/bin/sh
# sh docs/terminal/take.sh en|fr|zh MAPCHECK: what a terminal of 80 columns shows when bus.c is compiled, run, and run
# under mapcheck; as an SVG. README shows it, tests/terminal.sh holds it against what mapcheck says now.
set -eu
here=$(cd "$(dirname "$0")" && pwd) language=$1 mapcheck=$2
work=$(mktemp -d)
trap 'tmux -L "mapboard.$$" kill-server 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/bin"
cp "$here/bus.c" "$work"
cp "$mapcheck" "$work/bin/mapcheck"
cat >"$work/rc" <<RC
PS1='$ '
PATH=$work/bin:\$PATH
MAPBOARD_LANG=$language
export MAPBOARD_LANG
ulimit -c 0
cd $work
RC
terminal() { tmux -u -L "mapboard.$$" -f /dev/null "$@"; }
# Until the last line is a prompt again, for the nth time.
prompt() {
    i=0
    while [ "$(terminal capture-pane -p -t t | grep -c '^\$')" -lt "$1" ]; do
        i=$((i + 1))
        [ "$i" -lt 600 ] || { echo "no prompt after a minute" >&2; exit 1; }
        sleep 0.1
    done
}
terminal new-session -d -s t -x 80 -y 24 "ENV=$work/rc exec sh -i"
prompt 1
terminal send-keys -t t 'cc -g bus.c -o bus && ./bus' Enter
prompt 2
terminal send-keys -t t 'mapcheck ./bus' Enter
prompt 3
terminal capture-pane -p -e -t t | python3 "$here/draw.py"
