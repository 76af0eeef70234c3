#!/bin/sh
# Completion in bash, zsh and fish: it knows every option of --help and no other; and typed at each shell, on
# a screen, Tab makes of a line what it should.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"
completion=$MB_ROOT/packaging/completion

# ---- the options: what --help says, what each file says ----

options() { grep -oE -- '(^| )(--[a-z][a-z-]*|-[A-Za-z])\b' | tr -d ' ' | sort -u; }
told() { # by --help: long options anywhere, short ones where a line begins with them
    MAPBOARD_LANG=en "$@" --help | sed -E 's/[^ a-zA-Z0-9-]/ /g; /^ +-/!s/(^| )-[A-Za-z]\b//g' | options
}
in_bash() { tr '\n' ' ' <"$1" | grep -oE "compgen -W '-[^']*" | sed "s/.*'//; s/=//g" | options; }
in_zsh() {
    sed 's/([^)]*)//g' "$1" | grep -oE -- '(-[A-Za-z],|--[a-z][a-z-]*(=-?)?[[}])' | tr -d '[}=,' |
        sed 's/-$//' | options
}
in_fish() {
    grep -E '^(complete|\$mapcheck) ' "$1" | sed 's/ -/  -/g' | grep -oE -- ' -(s [A-Za-z]|l [a-z-]+) ' |
        sed 's/ -s /-/; s/ -l /--/' | options
}

told "$MB_MINICHAT" >"$work/told.minichat"
told "$MB_MAPCHECK" >"$work/told.mapcheck"
for program in minichat mapcheck; do
    check "$program --help tells of options" test "$(wc -l <"$work/told.$program")" -ge 10
    in_bash "$completion/bash/$program" >"$work/in.bash"
    in_zsh "$completion/zsh/_$program" >"$work/in.zsh"
    in_fish "$completion/fish/$program.fish" >"$work/in.fish"
    for shell in bash zsh fish; do
        check "$shell: the options of $program are those of its --help" \
            diff "$work/told.$program" "$work/in.$shell"
    done
done

# ---- typed, with Tab ----

if ! have tmux; then
    skip "completion at a screen" "tmux is not installed"
    finish
fi
cd "$work" || exit 2
unset TMUX MAPBOARD_LANG
export LC_ALL=C.UTF-8 INPUTRC=/dev/null TMUX_TMPDIR="$work" HOME="$work/home"
server=mapboard-completion-$$
t() { tmux -L $server -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; rm -rf "$work"' EXIT
mkdir -m 700 home # fish trusts no other
mkdir -p bin data/fish/vendor_completions.d fish/fish zsh here/lab
ln -s "$MB_MINICHAT" bin/minichat
ln -s "$MB_MAPCHECK" bin/mapcheck
PATH=$work/bin:$PATH
cp "$completion"/fish/* data/fish/vendor_completions.d
touch here/board here/board.lock here/lab/tuesday here/lab/tuesday.lock here/program.c

# line: the one where the cursor is.  becomes "shell" "typed" "wanted": what it is after Tab; waits for some
# ten seconds
line() { t capture-pane -p -t "$1" | sed -n "$(($(t display-message -p -t "$1" '#{cursor_y}') + 1))p"; }
wait_for() {
    tries=0
    until got=$(line "$1") && [ "$got" = "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 1000 ] || return 1
    done
}
becomes() {
    t send-keys -t "$1" C-u C-l
    if wait_for "$1" '$' && t send-keys -t "$1" -l "$2" && t send-keys -t "$1" Tab &&
        wait_for "$1" "\$ $3"; then
        pass "$1: $2, Tab: $3"
    else
        fail "$1: $2, Tab: $3"
        t capture-pane -p -t "$1" | sed 's/^/    |/'
    fi
}
lines() { # those that are the same in every shell
    becomes "$1" 'minichat --fol' 'minichat --follow'
    becomes "$1" 'minichat board --read' 'minichat board --read-only'
    becomes "$1" 'minichat --lang z' 'minichat --lang zh'
    becomes "$1" 'minichat --color=al' 'minichat --color=always'
    becomes "$1" 'minichat boa' 'minichat board'
    becomes "$1" 'minichat lab/t' 'minichat lab/tuesday'
    becomes "$1" 'minichat board --log pro' 'minichat board --log program.c'
    becomes "$1" 'minichat --list la' 'minichat --list lab/'
    becomes "$1" 'mapcheck --ped' 'mapcheck --pedantic'
    becomes "$1" 'mapcheck --lang=f' 'mapcheck --lang=fr'
    becomes "$1" 'mapcheck --color=nev' 'mapcheck --color=never'
    becomes "$1" 'mapcheck --json pro' 'mapcheck --json program.c'
    becomes "$1" 'mapcheck --lang fr minich' 'mapcheck --lang fr minichat'
    becomes "$1" 'mapcheck --error-exitcode=3 minich' 'mapcheck --error-exitcode=3 minichat'
    becomes "$1" 'mapcheck -q minichat --unl' 'mapcheck -q minichat --unlink'
    becomes "$1" 'mapcheck cat prog' 'mapcheck cat program.c'
}
start() {
    t new-session -d -s "$1" -x 100 -y 24 -c "$work/here" "$2"
    check "$1 is there" wait_for "$1" '$'
}

rules=/usr/share/bash-completion/bash_completion
if have bash && [ -r $rules ]; then
    cat >bashrc <<RC
PS1='\$ '
. $rules
. $completion/bash/minichat
. $completion/bash/mapcheck
bind 'set bell-style none'
RC
    start bash "bash --noprofile --rcfile $work/bashrc -i"
    lines bash
    becomes bash 'mapcheck -- minichat --unl' 'mapcheck -- minichat --unlink'
else
    skip "bash completes" "bash-completion is not installed"
fi
if have zsh; then
    printf '%s\n' "PS1='\$ '" "fpath=('$completion/zsh' \$fpath)" \
        'autoload -U compinit' 'compinit -u -D' >zsh/.zshrc
    start zsh "env ZDOTDIR=$work/zsh zsh -i"
    lines zsh
else
    skip "zsh completes" "zsh is not installed"
fi
if have fish; then
    printf '%s\n' 'function fish_prompt; echo -n "\$ "; end' 'set fish_greeting' \
        'set -g fish_autosuggestion_enabled 0' >fish/fish/config.fish
    start fish "env XDG_CONFIG_HOME=$work/fish XDG_DATA_HOME=$work/home XDG_RUNTIME_DIR=$work/home \
        XDG_DATA_DIRS=$work/data fish -i"
    lines fish
else
    skip "fish completes" "fish is not installed"
fi
finish
