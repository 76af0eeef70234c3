#!/bin/sh
# The course guide in each language, and the page for graders: every command runs, in its order, in one shell on a
# terminal, and prints what the page shows. In docs/guide.*.md and docs/graders.md:
#   ```sh             commands
#   ```text           after commands: all that they print, but for what mapcheck says; none: nothing, and status 0
#   > mapboard: …     after commands: a line of mapcheck's, whatever its spaces; no quote: mapcheck says nothing
# In both "…" stands for anything, and a line of "…" alone for any lines. ```json is tests/grader.sh's.
. "$MB_ROOT/tests/tap.sh"
export LC_ALL=C CC="${CC:-cc}"

# What a reader has after `make install`, without installing.
mkdir -p "$work/pkgconfig" "$work/bin"
sed -e "s|@prefix@|$MB_ROOT|; s|@libdir@|$MB_LIBDIR|; s|@includedir@|$MB_INCLUDE|; s|@VERSION@|$MB_VERSION|" \
    "$MB_ROOT/mapboard.pc.in" >"$work/pkgconfig/mapboard.pc"
ln -s "$MB_MAPCHECK" "$work/bin/mapcheck"
ln -s "$MB_MINICHAT" "$work/bin/minichat"

# extract GUIDE: blocks.N.sh, .text, .quotes and .line in the current directory, and the shell script of all
extract() {
    awk '
    function begin(kind) { file = "block." n "." kind; printf "" >file }
    /^```sh$/   { n++; begin("sh"); inside = 1; print NR >("block." n ".line"); next }
    /^```text$/ { begin("text"); inside = 1; next }
    /^```$/     { foreign = 0; if (inside) close(file); inside = 0; next }
    /^```json$/ { foreign = 1; next }
    /^```/ && !foreign { print "line " NR ": what is to be done with this block?" >"/dev/stderr"; exit 1 }
    foreign     { next }
    inside      { print >file; next }
    /^>/        { sub(/^> ?/, ""); if (/^mapboard: /) { q = "block." n ".quotes"; if (text != "") print text >q; text = $0
                  } else if (text != "") text = text " " $0; next }
                { if (text != "") print text >q; text = "" }
    END         { print n >"blocks" }' "$1" || return
    for n in $(seq "$(cat blocks)"); do
        printf 'printf "\\036%s\\n"\n' "$n"
        cat "block.$n.sh"
        echo 'printf "\\037%s\\n" $?'
    done >all.sh
}

# What the terminal showed, block by block: block.N.said (without what the shell says of a signal), .mapcheck, .status
split() {
    tr -d '\r' <screen | awk '
    /^\036/ { n = substr($0, 2) + 0; said = "block." n ".said"; told = "block." n ".mapcheck"
              printf "" >said; printf "" >told; next }
    /\037[0-9]+$/ { status = $0; sub(/.*\037/, "", status); print status >("block." n ".status")
                    sub(/\037[0-9]+$/, ""); if ($0 == "") next }
    !n { next }
    /^mapboard: / { print >told; next }
    /Bus error|Segmentation fault/ { next }
    { print >said }'
}

# like WANTED GOT: line for line; "…" is anything
like() {
    awk -v loose="${3:-0}" '
    function pattern(s) {
        gsub(/[][\\.^$*+?(){}|]/, "\\\\&", s); gsub(/…/, ".*", s)
        return "^" s "$"
    }
    function plain(s) {
        gsub(/\302\240|\342\200\257/, " ", s) # the spaces of French typography
        if (loose) gsub(/[ \t`]/, "", s)
        return s
    }
    NR == FNR { want[++w] = plain($0); next }
    { got[++g] = plain($0); raw[g] = $0 }
    END {
        j = 1
        for (i = 1; i <= w; i++) {
            if (want[i] == "…") { while (j <= g && i < w && got[j] !~ pattern(want[i + 1])) j++
                                  if (i == w) j = g + 1; continue }
            if (j > g || got[j] !~ pattern(want[i])) { print "wanted: " want[i]; print "got:    " raw[j]; exit 1 }
            j++
        }
        if (j <= g) { print "more was said: " raw[j]; exit 1 }
    }' "$1" "$2"
}

judge() { # N: did block N say what the guide shows?
    [ -e "block.$1.status" ] || { echo "it was not reached"; return 1; }
    right=0
    if [ -e "block.$1.text" ]; then
        like "block.$1.text" "block.$1.said" || right=1
    else
        like /dev/null "block.$1.said" || right=1
        [ -e "block.$1.quotes" ] || [ "$(cat "block.$1.status")" = 0 ] ||
            { echo "exit status $(cat "block.$1.status")"; right=1; }
    fi
    [ -e "block.$1.quotes" ] || : >"block.$1.quotes"
    like "block.$1.quotes" "block.$1.mapcheck" 1 || right=1
    [ $right = 0 ] || { echo "the screen:"; cat "block.$1.said" "block.$1.mapcheck"; }
    return $right
}

# The judge itself must not be lenient.
mkdir "$work/judge" && cd "$work/judge" || exit 2
printf 'one\nin … (x)\n…\nlast\n' >want
printf 'one\nin 7 (x)\nany\nthing\nlast\n' >got
check "a screen that is as the guide shows it" like want got
sed 's/one/two/' got >bad
if like want bad >/dev/null; then fail "another line is seen"; else pass "another line is seen"; fi
echo more >>got
if like want got >/dev/null; then fail "a line more is seen"; else pass "a line more is seen"; fi
sed '/last/,$d' got >bad
if like want bad >/dev/null; then fail "a line less is seen"; else pass "a line less is seen"; fi

page() { # NAME LANGUAGE: docs/NAME.md
    page=$MB_ROOT/docs/$1.md
    mkdir "$work/$1" "$work/$1/blocks" && cd "$work/$1/blocks" || exit 2
    check "$1: can be read" extract "$page" || return
    mkdir -p ../home/tests
    cp -r "$MB_ROOT/c_examples" ../home && cp -r "$MB_ROOT/tests/mistakes" ../home/tests
    (
        cd ../home || exit
        unset LC_MESSAGES LANG LANGUAGE MAKEFLAGS NO_COLOR
        ulimit -c 0
        umask 022
        export PATH="$work/bin:$PATH" PKG_CONFIG_PATH="$work/pkgconfig" LD_LIBRARY_PATH="$MB_LIBDIR"
        export MAPBOARD_LANG="$2" TERM=dumb SHELL=/bin/sh
        timeout 150 script -qec "sh ../blocks/all.sh" /dev/null </dev/null >../blocks/screen 2>&1
    )
    split
    for n in $(seq "$(cat blocks)"); do
        check "$1:$(cat "block.$n.line"): $(head -n 1 "block.$n.sh" | tr -d '\\\\')" judge "$n"
    done
    check "$1: its links lead somewhere" links "$page"
}

links() { # PAGE: every relative link
    grep -o '](\([^)#]*\)' "$1" | sed 's/^](//' | sort -u | while read -r link; do
        case $link in '' | http*) continue ;; esac
        [ -e "$MB_ROOT/docs/$link" ] || echo "$link"
    done >dead
    cat dead
    [ ! -s dead ]
}

if have pkg-config && have script && have make; then
    page guide.fr fr
    page guide.zh zh
    page guide.en en
    page graders en
else
    skip "the guide" "pkg-config, script (util-linux) or make is not installed"
fi
finish
