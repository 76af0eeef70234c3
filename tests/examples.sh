#!/bin/sh
# The course's examples, each one run four ways: the port linked with the shared library and with the static
# one, the course's own form through the macro (-include mapboard.h -DMAPBOARD_REPLACE_MMAP), and the same
# source with the raw calls. All four must print the same: c_examples/X.expected.
set -u
root=${MB_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
: "${MB_INCLUDE:=$root/include}" "${MB_LIBDIR:=$root/build/lib}" "${CC:=cc}"
examples=$root/c_examples
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard-examples.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT PIPE TERM
ulimit -c 0 # one original dies on purpose

strict='-std=gnu11 -O2 -Wall -Wextra -Wpedantic -Werror'
# The originals keep their faults: arguments that are not used, a write whose result nobody looks at.
lenient='-std=gnu11 -O2 -Wall -Werror -Wno-unused-result'
macro='-D_GNU_SOURCE -DMAPBOARD_REPLACE_MMAP -include mapboard.h'

count=0
failed=0
check() { # STATUS NAME: one line, ok if STATUS is 0
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}
same() { # GOT WANTED NAME
    diff -u "$2" "$1" >"$work/diff"
    check $? "$3"
    sed 's/^/# /' "$work/diff"
}

# ---- building -------------------------------------------------------------------------------------------

# The people's writer sleeps while the reader reads. Here it sleeps until its standard input ends: an event,
# not a time.
cat >"$work/sleep.c" <<'C'
#include <unistd.h>
unsigned __wrap_sleep(unsigned seconds);
unsigned __wrap_sleep(unsigned seconds) {
    char byte;
    (void)seconds;
    return (unsigned)(read(STDIN_FILENO, &byte, 1) < 0);
}
C
$CC -c "$work/sleep.c" -o "$work/sleep.o" || exit 1

build() { # KIND EXAMPLE: compiles it to $work/KIND/EXAMPLE and its object beside it
    mkdir -p "$(dirname "$work/$1/$2")"
    case $1 in
    shared | static) set -- "$1" "$2" "$examples/$2.c" "$strict -I$MB_INCLUDE" ;;
    macro) set -- "$1" "$2" "$examples/originals/$2.c" "$lenient -I$MB_INCLUDE $macro" ;;
    # glibc warns of _BSD_SOURCE alone
    raw) set -- "$1" "$2" "$examples/originals/$2.c" "$lenient -D_DEFAULT_SOURCE" ;;
    esac
    $CC $4 -c "$3" -o "$work/$1/$2.o" || return
    set -- "$1" "$work/$1/$2.o" "$work/sleep.o" -Wl,--wrap=sleep -o "$work/$1/$2"
    case $1 in
    shared | macro) set -- "$@" -L"$MB_LIBDIR" -lmapboard -Wl,-rpath,"$MB_LIBDIR" ;;
    static) set -- "$@" "$MB_LIBDIR/libmapboard.a" ;;
    esac
    shift
    $CC "$@"
}

# Do the object's mapping calls all go to the library, and is there one?
arrived() { # OBJECT
    nm -u "$1" >"$work/undefined" &&
        grep -Eq ' U (mm_map|mm_map_file|mm_create_file|minichat_open)$' "$work/undefined" &&
        ! grep -Eq ' U (mmap|mmap64|munmap|msync|mprotect|mremap)$' "$work/undefined"
}

# ---- running --------------------------------------------------------------------------------------------
# Each run starts in an empty directory; $program is what to run. What it prints goes to `got`, its errors to
# `errors`.

run() {
    "$program" </dev/null
}
run_hello() {
    echo 'Hello from a mapped file.' >hello.txt
    "$program" </dev/null
}
run_fr_projection_privee() {
    printf 'Un fichier partagé,\nprojeté par chacun.\n' >entree.txt
    "$program" entree.txt </dev/null
}
run_fr_projection_partagee() {
    "$program" sortie.bin </dev/null
}

# Alice posts 22 lines and leaves; Bob, who comes later, finds the last 20. Then Bob stays three rounds with a
# keyboard on which nobody types, and once more until he has seen a message that Alice posts while he looks.
run_fr_tableau_blanc() {
    for i in $(seq 22); do echo "message $i"; done >lignes
    echo '-- Alice'
    "$program" tableau Alice 60000 <lignes || return
    echo '-- Bob'
    "$program" tableau Bob 60000 </dev/null || return
    mkfifo clavier ecran
    echo '-- Bob, trois tours'
    "$program" tableau Bob 1 3 0<>clavier || return
    echo '-- Bob, pendant qu’Alice poste'
    "$program" tableau Bob 10 <clavier >ecran &
    exec 3>clavier 4<ecran
    while read -r line <&4; do
        echo "$line"
        case $line in
        *'message 22') echo 'au revoir' | "$program" tableau Alice 60000 >/dev/null 3>&- 4<&- ;;
        *'au revoir') exec 3>&- ;;
        esac
    done
    exec 3>&- 4<&-
    wait $!
}

# The writer says "initialized over." and sleeps; the reader reads; then the writer wakes up and ends.
people() {
    mkfifo wake said
    unbuffered=
    # The course's writer does not flush: on a pipe its line would come only at its end.
    case $program in */macro/* | */raw/*) unbuffered='stdbuf -oL' ;; esac
    $unbuffered "${program%/*}/people_writer" 1 <wake >said &
    exec 3>wake 4<said
    read -r line <&4 && echo "$line" >writer
    "${program%/*}/people_reader" </dev/null >reader 3>&- 4<&-
    read_well=$?
    exec 3>&-
    cat <&4 >>writer
    exec 4<&-
    wait $! && return $read_well
}
run_zh_people_writer() {
    people && cat writer
}
run_zh_people_reader() {
    people && cat reader
}
try() { # KIND EXAMPLE
    program=$work/$1/$2
    flat=$(echo "$2" | tr / _)
    [ -x "$program" ] || return
    if [ "$1" != raw ]; then
        arrived "$program.o"
        check $? "$2: $1: its calls arrive in the library"
    fi
    mkdir -p "$work/run/$1/$flat"
    cd "$work/run/$1/$flat" || exit 1
    runner=run
    command -v "run_$flat" >/dev/null && runner=run_$flat
    $runner >../got 2>../errors
    status=$?
    if [ -s ../errors ]; then status=1; sed 's/^/# /' ../errors; fi
    check $status "$2: $1: ends well and reports no error"
    same ../got "$examples/$2.expected" "$2: $1: output"
    cd "$work" || exit 1
}

ports=$(cd "$examples" && ls hello.c en/*.c fr/*.c zh/*.c | sed 's/\.c$//')
originals=$(cd "$examples/originals" && ls fr/*.c zh/*.c | sed 's/\.c$//')
for kind in shared static macro raw; do
    case $kind in
    shared | static) list=$ports ;;
    macro | raw) list=$originals ;;
    esac
    for example in $list; do # all of them before the first runs: the writer needs its reader
        build $kind "$example"
        check $? "$example: $kind: builds"
    done
    for example in $list; do try $kind "$example"; done
done

# ---- the checks themselves, and what the ports mend -----------------------------------------------------

arrived "$work/raw/fr/segment_anonyme.o"
check $((!$?)) "the look at the object sees a raw call"

for original in $originals; do
    $CC $lenient -I"$MB_INCLUDE" -D_FILE_OFFSET_BITS=64 $macro \
        -c "$examples/originals/$original.c" -o "$work/64.o" && arrived "$work/64.o"
    check $? "$original: the macro holds with _FILE_OFFSET_BITS=64"
done

mkdir "$work/faults" && cd "$work/faults" || exit 1
"$work/shared/hello" missing.txt >out 2>err
[ $? -eq 1 ] && [ ! -s out ] && grep -q '^missing.txt: ' err
check $? "hello: a missing file is an error with its name"

: >empty
"$work/shared/fr/projection_privee" empty >out 2>err
[ $? -eq 3 ] && grep -q 'fichier vide' err
check $? "fr/projection_privee: an empty file is said to be empty"

echo short >tmp.txt
"$work/shared/zh/people_reader" >out 2>err
[ $? -eq 1 ] && grep -q '文件太短' err
check $? "zh/people_reader: a file too short is an error"
rm tmp.txt
"$work/shared/zh/people_reader" >out 2>err
[ $? -eq 1 ] && [ ! -e tmp.txt ]
check $? "zh/people_reader: no file is an error, and none is made"
umask 022
"$work/macro/zh/people_reader" >out 2>err
[ $? -eq 135 ] && [ -e tmp.txt ]
check $? "the course's reader makes an empty file and dies of SIGBUS"
[ "$(stat -c %a tmp.txt)" = 755 ]
check $? "the course's mode 00777 makes an executable file"

cat >panic.c <<'C'
#include "panic.h"
int main(void) {
    errno = ENOENT;
    if (errno)
        PANIC_EXIT("open");
    else
        return 0;
}
C
printf '\n open : error "No such file or directory" in file panic.c in line 5\n' >wanted
for panic in originals/fr fr; do
    $CC $strict -I"$examples/$panic" panic.c -o panic && ./panic 2>err
    [ $? -eq 1 ] && cmp err wanted
    check $? "panic.h: says what, why and where, and exits with 1: $panic"
done
cd "$work" || exit 1

echo "1..$count"
exit $failed
