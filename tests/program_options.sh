#!/bin/sh
# minichat's command line: every option and exit code, errors in each language; a mistake leaves the board alone.
. "$MB_ROOT/tests/tap.sh"
. "$MB_ROOT/tests/program.inc"

board=$work/board
m "$board" Léa --post "bonjour" || fail "a board to work with"
cp "$board" "$work/before"

# refused STATUS "part of the line" ARGUMENTS…: that exit code, nothing on standard output, one line that says so
refused() {
    status=$1 part=$2
    shift 2
    m "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    words=$(printf '%s ' "$@" | sed "s|$work/||g" | LC_ALL=C tr -c '[:print:]\n' '?' | cut -c1-70)
    name="exit code $status: $words"
    lines=$(wc -l <"$work/err")
    if [ $got = "$status" ] && [ ! -s "$work/out" ] && [ "$lines" = 1 ] && grep -qF -- "$part" "$work/err"
    then pass "$name"
    else
        fail "$name(was $got)"
        sed 's/^/    /' "$work/err" "$work/out"
    fi
}

for language in en fr zh; do
    export MAPBOARD_LANG=$language
    case $language in
    en) which='which board?' unknown='no option --nothing' value='needs a value' none='takes no value'
        together='do not go together' only='only goes with --follow' many='one word too many'
        number='not a number' mode='not a mode' there='there are' empty='is empty' utf8='not UTF-8' long='at most'
        absent='no such board' directory='does not exist' not_board='not a board' ;;
    fr) which='quel tableau ?' unknown='l’option --nothing n’existe pas' value='attend une valeur'
        none='ne prend pas de valeur' together='ne vont pas ensemble' only='ne va qu’avec --follow'
        many='un mot de trop' number='pas un nombre' mode='pas un mode' there=' : il y a' empty='est vide'
        utf8='pas en UTF-8' long='au plus' absent='ce tableau n’existe pas ; '
        directory='son répertoire n’existe pas' not_board='ce n’est pas un tableau' ;;
    zh) which='哪个白板？' unknown='没有 --nothing 这个选项' value='缺少取值' none='不带取值' together='不能同时使用'
        only='只能与 --follow 一起使用' many='多余的参数' number='数；' mode='八进制权限' there='可选' empty='内容为空'
        utf8='不是 UTF-8' long='最多' absent='没有这个白板' directory='目录不存在' not_board='不是白板' ;;
    esac
    refused 2 "$which"
    refused 2 "$which" --who
    refused 2 "$unknown" "$board" --nothing
    refused 2 "-z" "$board" -z
    refused 2 "$value" "$board" --last
    refused 2 "$value" --list
    refused 2 "$none" "$board" --who=me
    refused 2 "$together" "$board" --who --info
    refused 2 "$together" "$board" --post text --follow
    refused 2 "$only" "$board" --who --timeout 1
    refused 2 "$only" "$board" --post text --last 3
    refused 2 "--json" "$board" --post text --json
    refused 2 "--log" "$board" --last 3 --log "$work/new"
    refused 2 "--follow" "$board" --log "$work/new"
    refused 2 "$value" "$board" --follow --log
    refused 1 "--log" "$board" --follow --timeout 0 --log "$board"
    refused 1 "--log" "$board" --follow --timeout 0 --log "$board.lock"
    refused 1 "--log" "$board" --follow --timeout 0 --log "$work/no/log"
    refused 2 "--mode" "$board" --who --mode 0600
    refused 2 "--read-only" "$board" --post text --read-only
    refused 2 "$many" "$board" Léa more
    refused 2 "$many" --list "$work" "$board"
    for bad in x -1 1x ''; do refused 2 "$number" "$board" --last "$bad"; done
    for bad in x -1 inf 1e3 1.2.3 99999999999; do refused 2 "$number" "$board" --follow --timeout "$bad"; done
    for bad in rw 888 01600 0060 ''; do refused 2 "$mode" "$work/new" --post text --mode "$bad"; done
    refused 2 "$there" "$board" --who --lang de
    refused 2 "$there" "$board" --who --color sometimes
    refused 2 "$empty" "$work/new" --post ''
    refused 2 "$utf8" "$work/new" --post "$(printf 'caf\351')"
    refused 2 "$utf8" "$work/new" "$(printf 'L\351a')" --post text
    refused 2 "801" "$work/new" --post "$(repeat 801 a)"
    refused 2 "$long" "$work/new" --post "$(repeat 801 a)"
    refused 2 "$long" "$work/new" "$(repeat 64 a)" --post text
    for verb in --who --info --follow --unlink '--last 3'; do refused 1 "$absent" "$work/absent" $verb; done
    refused 1 "$directory" "$work/no/board" --post text
    refused 3 "$not_board" "$0" --who
    refused 3 "$not_board" /dev/null --post text
    refused 3 "--list" "$work" --post text
done
export MAPBOARD_LANG=en
check "none of them changed the board" cmp "$board" "$work/before"
check "none of them created one" test ! -e "$work/new" -a ! -e "$work/new.lock" -a ! -e "$work/absent"
refused 2 "ce n’est pas" "$board" --last x --lang fr
pass_if "a mistake is told in the language of a later --lang" grep -q '^minichat: --last x' "$work/err"
refused 2 '^[]0;owned' "$board" "$(printf -- '--\033]0;owned\007')"
pass_if "an argument cannot steer the terminal" not grep -q "$(printf '\033')" "$work/err"

# The language: MAPBOARD_LANG, LC_ALL, LC_MESSAGES, LANG; the first that says something.
says() { # "sentence" VARIABLE=VALUE…
    sentence=$1
    shift
    got=$(unset MAPBOARD_LANG; env "$@" "$MB_MINICHAT" 2>&1)
    case $got in *"$sentence"*) pass "$*: $sentence" ;; *) fail "$*: $sentence" ;; esac
}
says 'quel tableau' LANG=fr_FR.UTF-8
says 'quel tableau' LANG=en_US.UTF-8 LC_MESSAGES=fr_CA
says '哪个白板' LANG=en_US.UTF-8 LC_MESSAGES=fr_CA LC_ALL=zh_CN.UTF-8
says '哪个白板' LC_ALL=fr_FR MAPBOARD_LANG=zh
says 'quel tableau' LC_ALL= LANG=fr
says 'which board' LANG=C LC_ALL=C
says 'which board' LC_ALL=de_DE.UTF-8 LANG=fr_FR.UTF-8
says 'which board' LANG=fra_nobody

# --help and --version
for language in en fr zh; do
    m --help --lang $language >"$work/help.$language" 2>"$work/err"
    pass_if "--help --lang $language succeeds" test $? = 0 -a ! -s "$work/err"
    for option in post follow last who info unlink list json timeout read-only log mode lang color help version; do
        grep -q -- "--$option" "$work/help.$language" || fail "--help --lang $language tells of --$option"
    done
done
pass_if "three languages" not cmp -s "$work/help.en" "$work/help.fr"
pass_if "-h is --help" test "$(m -h)" = "$(cat "$work/help.en")"
pass_if "--help beside a board" test "$(m "$board" --help)" = "$(cat "$work/help.en")"
pass_if "--version" test "$(m --version)" = "minichat (mapboard) $MB_VERSION"

# The forms of --post; a board's name after it, or --, is no surprise.
m "$board" --post=-x && m "$board" Léa --post 'two words' && m --lang fr "$board" --post last
m -- "$board" </dev/null
pass_if "--post=TEXT, --post TEXT, before and after" test "$(m "$board" --last 3 | cut -d' ' -f3-)" = "-x
two words
last"
check "--last 0 prints nothing" test -z "$(m "$board" --last 0)"
check "--last 99 prints what there is" test "$(m "$board" --last 99 | wc -l)" = 4
check "POSIXLY_CORRECT changes nothing" env POSIXLY_CORRECT=1 "$MB_MINICHAT" "$board" --last 1

# Colours
escape=$(printf '\033')
coloured() { m "$board" --last 1 "$@" | grep -q "$escape"; }
check "--color=always colours a pipe" coloured --color=always
check "--color=always wins over NO_COLOR" env NO_COLOR=1 "$MB_MINICHAT" "$board" --last 1 --color always
check "a pipe is not coloured otherwise" not coloured
check "nor with --color=never" not coloured --color=never
finish
