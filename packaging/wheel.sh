#!/bin/sh
# wheel.sh [DIRECTORY]: a wheel of the program mapcheck, into DIRECTORY (build/wheel): `pip install mapcheck`. By maturin,
# from PATH, which packs the program as it is: nothing of it is Python.
set -eu
out=${1:-build/wheel}
command -v maturin >/dev/null || {
    echo "maturin is missing: pip install maturin" >&2
    exit 1
}
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -f "$out"/mapcheck-*.whl
maturin build --release --locked --quiet --strip --manifest-path mapcheck/Cargo.toml --out "$out"
ls "$out"/mapcheck-*.whl
