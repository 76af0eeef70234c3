#!/bin/sh
# tests/fuzz/run.sh [SECONDS]: looks for boards on which a call goes wrong, guided by what the library's code comes
# to (libFuzzer, with AddressSanitizer and UBSan over the C side; it needs clang). What it finds new joins the corpus
# in build/fuzz/corpus; tests/fuzz/corpus is the small one that is checked in. To see a crash again:
#     build/fuzz/board FILE
set -eu
cd "$(dirname "$0")/../.."
: "${CARGO:=cargo}"
mkdir -p build/fuzz/corpus
flags=
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags="$flags -Cllvm-args=-sanitizer-coverage-$option"
done
# shellcheck disable=SC2086
$CARGO rustc --quiet --release --locked --lib --crate-type staticlib --target-dir build/fuzz/target \
    -- -Cpasses=sancov-module -Cstrip=none -Cdebuginfo=1 $flags
clang -O1 -g -std=gnu11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Iinclude -Itests \
    tests/fuzz/board.c build/fuzz/target/release/libmapboard.a -o build/fuzz/board
directory=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX")
trap 'rm -rf "$directory"' EXIT
here=$PWD
MAPBOARD_FUZZ_DIRECTORY=$directory build/fuzz/board -max_total_time="${1:-60}" -max_len=240 -len_control=0 -timeout=20 \
    -print_final_stats=1 -artifact_prefix="$here/build/fuzz/" "$here/build/fuzz/corpus" "$here/tests/fuzz/corpus"
