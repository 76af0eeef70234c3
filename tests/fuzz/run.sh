#!/bin/sh
# tests/fuzz/run.sh [SECONDS]: looks for boards on which a call goes wrong, guided by what the library's code comes
# to (libFuzzer, with AddressSanitizer and UBSan over the C side; it needs clang). What it finds new joins the corpus
# in build/fuzz/corpus; tests/fuzz/corpus is the small one that is checked in. To see a crash again:
#     build/fuzz/board FILE
MB_ROOT=$(cd "$(dirname "$0")/../.." && pwd)
. "$MB_ROOT/tests/tap.sh"
cd "$MB_ROOT" || exit 2
: "${CARGO:=cargo}"
if ! have clang; then
    skip "boards found by a guided fuzzer" "no clang"
    finish
fi
mkdir -p build/fuzz/corpus
flags=
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags="$flags -Cllvm-args=-sanitizer-coverage-$option"
done
# shellcheck disable=SC2086
check "the library, with its paths told" $CARGO rustc --quiet --release --locked --lib --crate-type staticlib \
    --target-dir build/fuzz/target -- -Cpasses=sancov-module -Cstrip=none -Cdebuginfo=1 $flags
check "the fuzzer" clang -O1 -g -std=gnu11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -Iinclude -Itests tests/fuzz/board.c build/fuzz/target/release/libmapboard.a -o build/fuzz/board
mkdir "$work/board"
failed=0
MAPBOARD_FUZZ_DIRECTORY=$work/board build/fuzz/board -max_total_time="${1:-${MAPBOARD_SOAK:-60}}" -max_len=240 \
    -len_control=0 -timeout=20 -print_final_stats=1 -seed="${MAPBOARD_SEED:-0}" -artifact_prefix="$MB_ROOT/build/fuzz/" \
    "$MB_ROOT/build/fuzz/corpus" "$MB_ROOT/tests/fuzz/corpus" >"$work/said" 2>&1 || failed=1
[ $failed = 0 ] || tail -n 40 "$work/said"
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/said")
attack "${executions:-0}" $failed "hostile file: boards of a guided fuzzer"
finish
