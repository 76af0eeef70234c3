#!/bin/sh
# mapcheck --picture: what the image says is what the program did, page by page and byte by byte; in each
# language no text stands on another; names cannot spoil it; the program does not notice. MB_MAPCHECK: the checker.
. "$MB_ROOT/tests/tap.sh"
here=$MB_ROOT/tests/picture
checker=${MB_MAPCHECK:?}
have python3 || { skip "the picture" "python3 is not installed"; finish; }
[ "$(getconf PAGESIZE)" = 4096 ] || { skip "the picture" "pages are not of 4096 bytes here"; finish; }
cd "$work" || exit 2
ulimit -c 0
check "the programs compile" ${CC:-cc} -g -std=gnu11 -Wall -Wextra -Wpedantic -Werror -o maps "$here/maps.c"

draw() { # LANGUAGE CASE: CASE.svg, what was said in CASE.said, the status in CASE.status
    "$checker" --lang "$1" --picture "$2.svg" ./maps "$2" >"$2.out" 2>"$2.said"
    echo $? >"$2.status"
}
facts() { # FILE STATEMENT...
    picture=$1
    shift
    python3 "$here/facts.py" "$picture.svg" "$@"
}
good='safe() and accessible() and not overlaps()'

for case in short offset cut private anonymous unmapped past read-only many huge child names tour; do
    draw en $case 2>/dev/null
done

check "the end of the file is where its last byte is" facts short "$good" \
    'near(m.eof, m.x(2 * 4096 + 1000))' 'm.was is None' 'title == "./maps: killed by SIGBUS"'
check "the fault is marked in its page, beyond the end" facts short 'm.hits(4)' \
    'near(m.hit, m.x(4 * 4096 + 2048))' \
    '[c.page for c in m.cells if c.beyond] == [3, 4]' 'm.fault.get("data-slug") == "file-too-short"'
check "the pages that were written are those" facts short 'm.states("written") == [0, 2]' 'm.written == 2' \
    'm.count == 5' 'm.touched >= 2'
check "a mapping of a file's middle" facts offset "$good" 'near(m.eof, m.x(2 * 4096 + 512))' 'm.hits(3)' \
    'm.states("written") == [1]' '"from byte 4096 of the file" in m.text' '"byte 16384 of the file" in m.text'
check "a file that was cut: where it ends, where it ended, and who cut it" facts cut "$good" \
    'near(m.eof, m.x(4096 + 10))' 'near(m.was, m.x(3 * 4096 + 100))' 'm.hits(2)' \
    '"maps.c:'"$(grep -n 'ftruncate(fd, PAGE' "$here/maps.c" | cut -d: -f1)"'" in m.text' \
    'm.states("written") == [2]'
check "a private mapping: its own copies" facts private "$good" 'm.written == 3' \
    'm.states("written") == [1, 4, 9]' 'm.pages[2].state == "touched"' 'm.fault is None' \
    'near(m.eof, m.x(10 * 4096))' '"ended normally" in title'
check "anonymous memory: what holds something; what is left out is counted" facts anonymous "$good" \
    'm.count == 1000' 'm.written == 334' 'm.drawn("written") == 334' 'm.touched == 335' 'm.eof is None'
check "memory that was unmapped" facts unmapped "$good" 'm.hits(1)' 'all(c.gone for c in m.cells)' \
    'm.states("written") == [0]' '"SIGSEGV" in title' '"unmapped at" in m.text'
check "past the end: the mark is on what is not there" facts past "$good" \
    'm.fault is not None and m.hits(2) and m.pages[2].absent' 'm.written == 2'
check "memory that is read-only" facts read-only "$good" 'm.hits(1)' 'm.written == 0' \
    '"r--" in m.text' '"read only" in m.text'
check "3001 mappings: few are drawn, the one that matters first, the others are counted" facts many "$good" \
    'len(maps) < 12 and len(raw) < 60000' 'm.hits(1)' 'near(m.eof, m.x(10))' \
    '"and %d other mappings" % (3001 - len(maps)) in words'
check "a mapping of 1 GiB" facts huge "$good" 'm.count == 1 << 18' 'm.written == 3 == m.drawn("written")' \
    'len(raw) < 60000' '"looked at" in m.text'
check "a child that dies has its own part" facts child "$good" 'title == "./maps: ended normally"' \
    'len(maps) == 2' 'maps[1].hits(1)' '"child of" in words and "killed by SIGBUS" in words'
check "a name with everything bad in it" facts names "$good" 'm.hits(1)' \
    'r"""a <b> & "c" '"'d'"'\x0a\x1b[31m \xe2\x80\xaee.bin""" in m.text'
check "texts do not stand on each other" facts tour "$good" 'len(maps) == 3'

# in each language, the words of the report
for language in en fr zh; do
    for case in short cut unmapped read-only tour; do
        draw $language $case 2>/dev/null
        sed 's/^mapboard: [^]]*\] [^ ]*maps\.c:[0-9]*\(：\| *: \| : \)//' "$case.said" >sentence
        check "$case in $language: the report's own words, and room for all" facts $case "$good" \
            'plain(open("sentence", encoding="utf-8").read().split("\n")[0]) in plain(words)' \
            'language == {"en": "en", "fr": "fr", "zh": "zh-Hans"}["'$language'"]'
    done
    "$checker" --lang $language --help >help
    check "--help in $language" grep -q -e '--picture' help
done

# the images of the guides are what their commands draw
guide() { # LANGUAGE NAME SOURCE SED-OPTIONS... -- ARGUMENTS: with all addresses alike
    language=$1 name=$2 source=$3
    shift 3
    mkdir -p guide && cd guide || return
    rm -f ./*
    edits=
    while [ "$1" != -- ]; do edits="$edits -e '$1'"; shift; done
    shift
    eval "sed $edits \"\$MB_ROOT/c_examples/$language/$source\"" >"$name.c" || return
    ${CC:-cc} -g -I"$MB_INCLUDE" -o "$name" "$name.c" -L"$MB_LIBDIR" -lmapboard -Wl,-rpath,"$MB_LIBDIR" ||
        return
    "$checker" --quiet --lang "$language" --picture "$name.svg" "./$name" "$@"
    sed 's/0x[0-9a-f]*/0x/g' "$name.svg" >got
    [ -n "${MB_PICTURES-}" ] && cp "$name.svg" "$MB_ROOT/docs/picture.$language.svg" # to make them anew
    sed 's/0x[0-9a-f]*/0x/g' "$MB_ROOT/docs/picture.$language.svg" | diff - got
    right=$?
    cd ..
    return $right
}
check "the guide's image in English" guide en no_size shared_file.c \
    's/ftruncate(fd, LENGTH)/lseek(fd, LENGTH - 1, SEEK_SET)/' -- shared.bin
check "the guide's image in French" guide fr sans_taille projection_partagee.c \
    '/char carqlq/d' 's/ || write(.*{/) {/' -- sortie.bin
check "the guide's image in Chinese" guide zh taiduan people_writer.c 's/ || write(fd, "", 1) != 1//' -- 0

# killed: the picture is there before anybody hears of the end
mkfifo ready
"$checker" --picture wait.svg ./maps wait >ready 2>wait.said &
program=$!
read -r line <ready
kill -9 "$program"
wait "$program" 2>/dev/null
check "a program that is killed" facts wait "$good" 'title == "./maps: killed by SIGKILL"' \
    'm.states("written") == [0]'

# where it goes
"$checker" --picture absent/out.svg sh -c 'echo ran' >out 2>said
check "no directory: said before the program runs, status 125" [ $? = 125 -a ! -s out -a -s said ]
"$checker" --picture . sh -c 'echo ran' >out 2>said
check "a directory: the same" [ $? = 125 -a ! -s out -a -s said ]
mkdir place && echo before >place/out.svg
"$checker" --picture place/out.svg ./absent-program 2>said
check "a program that is not there draws nothing" [ $? = 127 -a "$(cat place/out.svg)" = before ]
printf '#!/absent/interpreter\n' >place/text && chmod +x place/text
"$checker" --picture place/out.svg place/text 2>said
check "nor does one that does not begin" [ $? = 127 -a "$(cat place/out.svg)" = before ]
rm place/text
exec 3<place/out.svg
"$checker" --picture place/out.svg ./maps private >out 2>said
check "a picture that is there is replaced, whole" [ "$(cat <&3)" = before -a "$(ls -A place)" = out.svg ]
check "and is one" facts place/out 'm.written == 3'
exec 3<&-
ln -s place/out.svg link.svg
"$checker" --picture link.svg ./maps short >out 2>said 2>/dev/null
check "through a link" [ -L link.svg -a -n "$(grep SIGBUS place/out.svg)" ]
"$checker" --picture /dev/stdout true >stream.svg
check "into a stream" facts stream "$good" 'not maps'
if [ "$(id -u)" != 0 ] || have setpriv; then
    chmod 755 "$work" && mkdir closed && chmod 755 closed
    as="setpriv --reuid 65534 --regid 65534 --clear-groups"
    [ "$(id -u)" = 0 ] || { as=; chmod 555 closed; }
    $as "$checker" --picture closed/out.svg sh -c 'echo ran' >out 2>said
    check "a directory of somebody else's" [ $? = 125 -a ! -s out -a -s said ]
else
    skip "a directory of somebody else's" "setpriv is not installed"
fi

# the program does not notice: a checker that always draws (a shell would reset what is ignored)
cat >always.c <<C
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
    char **all = calloc(argc + 3, sizeof *all);
    all[0] = "mapcheck", all[1] = "--picture", all[2] = "$work/always.svg";
    for (int at = 1; at < argc; at++)
        all[at + 2] = argv[at];
    return execv("$checker", all);
}
C
check "a checker that always draws" ${CC:-cc} -o always always.c
MB_MAPCHECK=$work/always sh "$MB_ROOT/tests/mapcheck_transparency.sh" >transparent 2>&1
grep -v '^ok' transparent | sed 's/^/# /'
check "a program lives and dies as without it" \
    [ -z "$(grep '^not ok' transparent)" -a -n "$(grep '^1\.\.' transparent)" ]
finish
