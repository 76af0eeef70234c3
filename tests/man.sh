#!/bin/sh
# The manuals, in English, French and Chinese: that they say the same, and what the header and the programs say; that
# their examples compile and print what they promise; that man shows them without a complaint.
. "$MB_ROOT/tests/tap.sh"
export LC_ALL=C.UTF-8
man=$MB_ROOT/man header=$MB_INCLUDE/mapboard.h
languages="en fr zh"

folder() { case $1 in fr) echo "$man/fr" ;; zh) echo "$man/zh_CN" ;; *) echo "$man" ;; esac; }
files() { (cd "$(folder "$1")" && find man1 man3 man7 -type f | LC_ALL=C sort); }
pages=$(cd "$man" && grep -L '^\.so ' man?/*)

# A page's text without markup. \e comes last: what it leaves is no markup.
plain() {
    sed -e 's/\\f[BIPR]//g; s/\\[&:]//g; s/\\ / /g; s/\\-/-/g' \
        -e "s/\\\\(aq/'/g; s/\\\\(ga/\`/g; s/\\\\(ha/^/g; s/\\\\(ti/~/g; s/\\\\e/\\\\/g" "$@"
}
for language in $languages; do
    mkdir -p "$work/text/$language/man1" "$work/text/$language/man3" "$work/text/$language/man7"
    for page in $pages; do plain "$(folder $language)/$page" >"$work/text/$language/$page"; done
done
# same NAME FUNCTION [FOLDER]: what it prints of each page is the same in the three languages. It is given the page's
# text; with a folder, the page itself.
same() {
    for page in $pages; do
        for language in $languages; do
            file=$work/text/$language/$page
            [ "${3-}" = folder ] && file=$(folder $language)/$page
            $2 "$file" >"$work/$language"
        done
        for language in fr zh; do
            diff "$work/en" "$work/$language" >"$work/diff" ||
                { echo "$page: < en, > $language"; cat "$work/diff"; }
        done
    done >"$work/differences" 2>&1
    check "$1" quiet "$work/differences"
}
# Nothing is in the file; otherwise it is shown.
quiet() { cat "$1"; [ ! -s "$1" ]; }
words() { grep -oE '[A-Za-z_][A-Za-z0-9_]*' | LC_ALL=C sort -u; }

# ---- the same in three languages ----------------------------------------------------------------------------------

for language in fr zh; do
    files en >"$work/en.files"
    files $language | diff "$work/en.files" - >"$work/diff" 2>&1
    check "$language has the same files" quiet "$work/diff"
done

echo '#include <errno.h>' | $CC -E -dM - | awk '$2 ~ /^E[A-Z0-9]+$/ { print $2 }' | LC_ALL=C sort >"$work/errnos"
errnos() { words <"$1" | LC_ALL=C comm -12 - "$work/errnos"; }
constants() { words <"$1" | grep -E '^((MAP|PROT|MS|MREMAP|RLIMIT|MINICHAT|MAPBOARD|SA|O|F|LC|MADV)_[A-Z0-9_]+|SIG[A-Z]+)$'; }
functions() { grep -oE '(mm|minichat)_[a-z_]+\(\)' "$1" | LC_ALL=C sort -u; }
references() { grep -oE '[A-Za-z_][A-Za-z0-9_.-]*\([1-8]\)' "$1" | LC_ALL=C sort -u; }
outline() { grep -oE '^\.(TH [^ ]+ .|SH|SS|TP|EX)' "$1"; }
same "every errno of a page is in all three languages" errnos
same "every constant" constants
same "every function" functions
same "every reference to another page" references
same "the same outline: sections, subsections, lists, blocks of code" outline folder

# ---- and the same as the header -----------------------------------------------------------------------------------

# page_of FOLDER FUNCTION: the page that the function's file is or links to.
page_of() {
    link=$(sed -n 's/^\.so //p' "$1/man3/$2.3" 2>/dev/null)
    echo "${link:-man3/$2.3}"
}
name_line() { awk '/^\.SH/ { if (n++) exit; next } n' "$1" | plain | tr '\n' ' '; }
for language in $languages; do
    while read -r function; do
        page=$(folder $language)/$(page_of "$(folder $language)" "$function")
        [ -s "$page" ] || { echo "$function has no page"; continue; }
        name_line "$page" | sed 's/ - .*//' | words | grep -qx "$function" || echo "$page: NAME lacks $function"
    done <"$MB_ROOT/tests/abi/exports.txt" >"$work/missing"
    check "every exported function has a page: $language" quiet "$work/missing"
done

# FUNCTION ERRNO, for each errno in the comment before the function.
awk '/^\/\*\*/ { comment = ""; inside = 1 }
     inside { comment = comment " " $0; if (/\*\//) inside = 0; next }
     comment != "" && match($0, /(mm|minichat)_[a-z_]+\(/) {
         name = substr($0, RSTART, RLENGTH - 1)
         count = split(comment, word, /[^A-Za-z0-9_]+/)
         for (i = 1; i <= count; i++) if (word[i] ~ /^E[A-Z0-9]+$/) print name, word[i]
         comment = ""
     }
     /;$/ { comment = "" }' "$header" | LC_ALL=C sort -u >"$work/documented"
while read -r function errno; do
    grep -qx "$errno" "$work/errnos" || continue
    grep -qw "$errno" "$work/text/en/$(page_of "$man" "$function")" || echo "$function: $errno"
done <"$work/documented" >"$work/missing"
check "every errno that the header names is in the function's page" quiet "$work/missing"
check "the header names some" test "$(wc -l <"$work/documented")" -gt 100

# The user's macros: constants with a value, and the switches that the header asks for and does not define.
sed -n 's/^#define \(MINICHAT_[A-Z_]*\|MAPBOARD_VERSION\) .*/\1/p' "$header" >"$work/macros"
grep -E '^#if' "$header" | words | grep '^MAPBOARD_' | while read -r macro; do
    grep -q "^#define $macro\>" "$header" || echo "$macro"
done >>"$work/macros"
plain "$man"/man[37]/* | words >"$work/said"
LC_ALL=C sort -u "$work/macros" | LC_ALL=C comm -23 - "$work/said" >"$work/missing"
check "every macro for the user is in a page ($(wc -l <"$work/macros"))" quiet "$work/missing"
check "there are some" grep -qx MAPBOARD_REPLACE_MMAP "$work/macros"

# Members of the structures, from a header without comments.
sed -n '/^struct [a-z_]* {/,/^};/p' "$header" | sed -n 's/^    [a-z].*[ *]\([a-z_]*\)\(\[[0-9]*\]\)*;$/\1/p' |
    LC_ALL=C sort -u | LC_ALL=C comm -23 - "$work/said" >"$work/missing"
check "every member of a structure is in a page" quiet "$work/missing"

# The prototypes of the SYNOPSIS, declared once more after the header: the compiler compares.
first_block() { awk '/^\.EX/ { on = 1; next } /^\.EE/ { exit } on' "$1" | plain; }
synopsis() { case $1 in */man3/*) first_block "$1" ;; esac; }
same "the same SYNOPSIS" synopsis folder
for page in $pages; do
    case $page in man3/*)
        { echo '#define MAPBOARD_NO_CHECKS'; first_block "$man/$page"; } >"$work/synopsis.c"
        $CC -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -I"$MB_INCLUDE" "$work/synopsis.c" || echo "$page"
        for function in $(name_line "$man/$page" | sed 's/ - .*//; s/,//g'); do
            case $function in mm_lock) continue ;; esac # the page's own name, that of the structure
            grep -q "$function(" "$work/synopsis.c" || echo "$page: SYNOPSIS lacks $function"
        done ;;
    esac
done >"$work/wrong" 2>&1
check "the prototypes are the header's" quiet "$work/wrong"

# ---- and the same as the programs ---------------------------------------------------------------------------------

option_words() { grep -oE '(^|[^A-Za-z0-9-])--?[A-Za-z][a-z-]*' | grep -oE -- '-.*' | LC_ALL=C sort -u; }
# options PROGRAM LANGUAGE PAGE: the options in --help are those that begin an entry of a list in the page.
options() {
    [ -x "$1" ] || { skip "$3: options" "$1 is not built"; return; }
    MAPBOARD_LANG=$2 "$1" --help | grep -E "^ *(-|${1##*/} )" | option_words >"$work/options"
    grep -A1 '^\.TP' "$(folder "$2")/$3" | plain | option_words >"$work/listed"
    diff "$work/options" "$work/listed" >"$work/diff"
    check "$3: the options of --help, and no other ($(wc -l <"$work/options")): $2" quiet "$work/diff"
}
for language in $languages; do
    options "$MB_MINICHAT" $language man1/minichat.1
    options "$MB_MAPCHECK" $language man1/mapcheck.1
done

# The stable identifiers.
sed -n 's/^    [A-Z][A-Za-z]* "\([a-z-]*\)"$/\1/p' "$MB_ROOT/explain/src/slug.rs" >"$work/slugs"
for language in $languages; do
    cat "$work/text/$language/man7/mapboard.7" "$work/text/$language/man1/mapcheck.1" >"$work/listed"
    while read -r slug; do grep -qx -- "$slug" "$work/listed" || echo "$slug"; done <"$work/slugs" >"$work/missing"
    check "every diagnosis is listed ($(wc -l <"$work/slugs")): $language" quiet "$work/missing"
done

# ---- the examples -------------------------------------------------------------------------------------------------
# The block with main() is a program; the block after it is what it prints, or, like every block that begins with
# "$ ", what happens in a terminal. Spaces and line ends do not count (long lines are folded), nor does the time of day.

blocks() { # PAGE: its blocks of code, as files 1, 2 … in $work/blocks
    rm -rf "$work/blocks"
    mkdir "$work/blocks"
    awk -v to="$work/blocks/" '/^\.EX/ { n++; on = 1; next } /^\.EE/ { on = 0 } on { print >(to n) }' "$1"
    for block in "$work"/blocks/*; do
        plain "$block" >"$block.text"
        mv "$block.text" "$block"
    done
}
squeeze() { sed -E 's/[0-9]{2}:[0-9]{2} </HH:MM </' | grep -v 'Bus error' | tr -d ' \n'; }
code() { # PAGE: its programs without comments
    blocks "$1"
    for block in "$work"/blocks/*; do
        if grep -q 'int main(' "$block"; then sed -e 's@ */\*.*\*/@@' -e '/^$/d' "$block"; fi
    done
}
same "the same programs, but for comments" code folder

compile() { # PROGRAM.c PROGRAM
    $CC -std=gnu11 -Wall -Wextra -Wpedantic -Werror -I"$MB_INCLUDE" "$1" -o "$2" -L"$MB_LIBDIR" -lmapboard \
        -Wl,-rpath,"$MB_LIBDIR"
}
prints() { # EXPECTED COMMAND…: in a directory of its own
    expected=$1
    shift
    rm -rf "$work/run"
    mkdir "$work/run"
    (cd "$work/run" && "$@") >"$work/printed" 2>&1
    status=$?
    squeeze <"$expected" >"$work/wanted"
    squeeze <"$work/printed" | cmp - "$work/wanted" && [ $status = 0 ] ||
        { echo "exit status $status; printed:"; cat "$work/printed"; echo "promised:"; cat "$expected"; false; }
}
terminal() { # SCRIPT [PROGRAM.c]: its commands; the program under the name that they give it
    if [ -n "${2-}" ]; then cp "$2" "$(grep -oE '[a-z0-9_]+\.c' "$1" | head -n 1)"; fi
    { echo 'cc() { command $CC "$@"; }; ulimit -c 0'; sed -n 's/^\$ //p' "$1"; echo true; } >script
    PATH=$(dirname "$MB_MINICHAT"):$(dirname "$MB_MAPCHECK"):$PATH sh script
}
for page in $pages; do
    for language in $languages; do
        export MAPBOARD_LANG=$language
        blocks "$(folder $language)/$page"
        program=
        for number in $(ls "$work/blocks" | sort -n); do
            block=$work/blocks/$number
            if grep -q 'int main(' "$block"; then
                cp "$block" "$work/program.c"
                program=$work/program.c
            elif head -n 1 "$block" | grep -q '^\$ '; then
                grep -v '^\$ ' "$block" >"$work/promised"
                if grep -q '^\$ mapcheck' "$block" && [ ! -x "$MB_MAPCHECK" ]; then
                    skip "$page: $language: its commands" "mapcheck is not built"
                else
                    check "$page: $language: its commands print what they promise" \
                        prints "$work/promised" terminal "$block" $program
                fi
                program=
            elif [ -n "$program" ]; then
                cp "$block" "$work/promised"
                check "$page: $language: its program compiles" compile "$program" "$work/program"
                check "$page: $language: and prints what it promises" prints "$work/promised" "$work/program"
                program=
            fi
        done
        case $page in man3/*)
            grep -q 'int main(' "$work"/blocks/* || fail "$page: $language: has an example" ;;
        esac
        [ -z "$program" ] || fail "$page: $language: says what its program prints"
    done
done
unset MAPBOARD_LANG

# ---- as man shows them --------------------------------------------------------------------------------------------

if have groff; then
    for language in $languages; do
        for page in $pages; do
            groff -man -ww -Tutf8 -Kutf8 -rLL=80n -P-c -P-b -P-o -P-u "$(folder $language)/$page" 2>&1 >"$work/shown"
            [ "$(wc -L <"$work/shown")" -le 80 ] || { echo "$page: wider than 80 columns:"; grep -E '.{81}' "$work/shown"; }
        done >"$work/complaints"
        check "groff shows every page without a warning, in 80 columns: $language" quiet "$work/complaints"
    done
else
    skip "groff shows every page without a warning" "groff is not installed"
fi
if have mandoc; then
    (cd "$man" && mandoc -T lint -W error man?/* fr/man?/* zh_CN/man?/*) 2>&1 |
        grep -v 'request: mso' >"$work/complaints"
    check "mandoc finds no error" quiet "$work/complaints"
fi
if have lexgrog; then # what apropos(1) and whatis(1) read
    for language in $languages; do
        for page in $pages; do
            wanted=$(name_line "$(folder $language)/$page" | sed 's/ - .*//; s/,//g' | wc -w)
            found=$(lexgrog -E UTF-8 "$(folder $language)/$page" 2>&1 | grep -c ': "')
            [ "$wanted" = "$found" ] || echo "$page: $found of $wanted names are found"
        done >"$work/complaints"
        check "whatis finds every name: $language" quiet "$work/complaints"
    done
else
    skip "whatis finds every name" "man-db is not installed"
fi

# The right language by locale; locales are made here, for few systems have all three.
if have man && have localedef && [ -e /usr/share/i18n/locales/fr_FR ]; then
    mkdir "$work/locale"
    for locale in en_US fr_FR zh_CN; do
        localedef -i $locale -f UTF-8 "$work/locale/$locale.UTF-8" 2>/dev/null
        case $locale in en_US) there=man ;; fr_FR) there=man/fr ;; zh_CN) there=man/zh_CN ;; esac
        shown=$(LOCPATH=$work/locale LC_ALL=$locale.UTF-8 MANPATH=$man man -w mm_unmap 2>&1)
        check "man mm_unmap in $locale shows $there/man3/mm_map.3" \
            test "$shown" = "$MB_ROOT/$there/man3/mm_map.3"
    done
else
    skip "man shows the right language" "needs man-db and the package locales"
fi

# References: ours, or pages that every system has.
system=" clone(2) close(2) fallocate(2) fcntl(2) fork(2) fstat(2) memfd_create(2) mlock(2) mmap(2) mprotect(2) \
mremap(2) mseal(2) msync(2) munmap(2) open(2) poll(2) read(2) select(2) sigaction(2) truncate(2) unlink(2) \
errno(3) lockf(3) perror(3) snprintf(3) epoll(7) gdb(1) rm(1) strace(1) "
for page in $pages; do references "$work/text/en/$page"; done | LC_ALL=C sort -u | while read -r reference; do
    section=${reference#*(} section=${section%)}
    [ -e "$man/man$section/${reference%(*}.$section" ] && continue
    case $system in *" $reference "*) ;; *) echo "$reference" ;; esac
done >"$work/unknown"
check "every page that is referred to is ours, or the system's" quiet "$work/unknown"
finish
