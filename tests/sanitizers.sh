#!/bin/sh
# The C programs under AddressSanitizer and UndefinedBehaviorSanitizer, linked with the library as it is shipped and
# with one whose Rust is instrumented, too; threads under ThreadSanitizer, which sees the Rust atomics in such a
# library. MAPBOARD_SOAK: more of the C tests.
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
cd "$work" || exit 2
export MAPBOARD_LANG=en
sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
warnings="-std=gnu11 -Wall -Wextra -Werror -DMAPBOARD_NO_CHECKS -O1 -g -pthread -I$MB_INCLUDE -I$MB_ROOT/tests"

# instrument KIND: the library with its Rust instrumented; $library is its path. It takes a flag of the compiler that
# is not stable yet, and may be refused.
instrument() {
    host=$(rustc -vV 2>/dev/null | sed -n 's/^host: //p')
    directory=$MB_ROOT/build/sanitize/$1
    (
        cd "$MB_ROOT" || exit
        export RUSTC_BOOTSTRAP=1
        for mixing in -Cunsafe-allow-abi-mismatch=sanitizer ''; do # the core library is not instrumented
            # shellcheck disable=SC2086
            $CARGO rustc --quiet --release --locked --offline --lib --package mapboard --crate-type staticlib \
                --target "$host" --target-dir "$directory" -- -Zsanitizer="$1" $mixing -Cstrip=none && exit
        done
    ) >"$work/instrument" 2>&1
    status=$?
    library=$directory/$host/release/libmapboard.a
    [ $status = 0 ] || echo "# this Rust compiler does not instrument for $1: $(grep -m 1 error "$work/instrument")"
    return $status
}

if ! echo 'int main(void) { return 0; }' | $CC $sanitizers -x c - -o can 2>can.err || ! ./can; then
    skip "AddressSanitizer" "the compiler lacks it"
    finish
fi
# Faults are the tests' own business. Where a report would be lost among a program's errors, it is a file of its own.
export ASAN_OPTIONS="exitcode=99:handle_segv=0:handle_sigbus=0:handle_abort=0:allow_user_segv_handler=1:log_path=$work/report"
export UBSAN_OPTIONS="print_stacktrace=1:log_path=$work/report"
# clean "name" FILE: its output has no failed check, and there is no report
clean() {
    if ! grep -q '^not ok\|^Bail' "$2" && ! ls report.* >found 2>/dev/null; then pass "$1"; else
        fail "$1"
        grep -h '^not ok\|^Bail' "$2" | sed 's/^/    /'
        cat report.* 2>/dev/null | head -n 30 | sed 's/^/    /'
        rm -f report.*
    fi
}

if instrument address; then static=$library; else static=$MB_LIBDIR/libmapboard.a; fi
shared="-L$MB_LIBDIR -lmapboard -Wl,-rpath,$MB_LIBDIR"
# The test sees it when there is something to see.
cat >broken.c <<'C'
#include <mapboard.h>
#include <stdlib.h>
int main(void) {
    char *text = malloc(10), shown[64];
    for (int i = 0; i < 10; i++)
        text[i] = 'x';
    return minichat_display(shown, sizeof shown, text, 20) == 0; /* longer than it is */
}
C
$CC $warnings $sanitizers broken.c -o broken "$static" && ./broken
status=$?
if [ "$static" != "$MB_LIBDIR/libmapboard.a" ]; then
    check "a text that is shorter than said is found, inside the library" test $status = 99
fi
rm -f report.*

sh -c 'CC="$1" exec sh "$MB_ROOT/tests/examples.sh"' sh "$CC $sanitizers" >all 2>&1
grep ': \(shared\|static\)' all >examples
check "the course's examples were run" test "$(grep -c . examples)" -gt 50
rm -f report.* # of the originals, which have faults
clean "the course's examples, shared and static" examples

if $CC $warnings $sanitizers "$MB_ROOT"/c_examples/minichat.c "$MB_ROOT"/c_examples/minichat/*.c -o minichat $static; then
    MB_MINICHAT=$work/minichat sh "$MB_ROOT/tests/program_talk.sh" >talk 2>&1
    check "the program was run" test "$(grep -c '^ok' talk)" -gt 40
    clean "the program talks" talk
else
    fail "the program compiles"
fi

kind=shared
some="chat_basic chat_limits chat_spoiled chat_cut chat_fork lock_basic file_create file_map"
more="chat_after chat_create chat_display chat_hostile_paths chat_numbers chat_presence explain_calls explain_idioms
    explain_says guard guard_storm hostile_peers hostile_text hostile_users lock_fork lock_threads"
if [ -z "${MAPBOARD_SOAK-}" ]; then more=; fi
for test in $some $more; do
    for kind in $([ -n "$more" ] && echo shared static || { [ $kind = shared ] && echo static || echo shared; }); do
        if [ $kind = shared ]; then with=$shared; else with=$static; fi
        if $CC $warnings $sanitizers "$MB_ROOT/tests/c/$test.c" -o "$test" $with; then
            env -u MAPBOARD_SOAK "./$test" >out 2>&1
            grep -q '^1\.\.' out || echo "Bail out! it printed no plan" >>out
            clean "$test, $kind" out
        else
            fail "$test compiles"
        fi
    done
done

if instrument thread && $CC $warnings -fsanitize=thread -fno-builtin "$MB_ROOT/tests/sanitizers/threads.c" \
    "$MB_ROOT/tests/sanitizers/tsan.c" "$library" -o threads; then
    export TSAN_OPTIONS="exitcode=66"
    fixed="setarch -R" # older run-time libraries do not know where newer kernels put things
    $fixed true 2>/dev/null || fixed=
    check "ThreadSanitizer: threads that share a lock" $fixed ./threads lock
    check "ThreadSanitizer: threads that share a board's handle" $fixed ./threads chat
    check "ThreadSanitizer: threads that meet the end of a guarded file" $fixed ./threads guard
    $fixed ./threads race >race 2>&1
    check "ThreadSanitizer: it finds a race where there is one" test $? = 66
else
    echo "# ThreadSanitizer was not run"
fi
finish
