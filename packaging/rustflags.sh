#!/bin/sh
# The compiler's flags, for CARGO_ENCODED_RUSTFLAGS: those of RUSTFLAGS, and then that no path of the builder's is in what is
# built. A path may have spaces, so the flags are separated as cargo has it, by the character 31.
set -eu
home=${CARGO_HOME:-$HOME/.cargo}
between=$(printf '\037')
flags=
for flag in ${RUSTFLAGS-}; do
    flags=$flags$flag$between
done
flags=$flags--remap-path-prefix=$PWD=.$between--remap-path-prefix=$home=/cargo
for registry in "$home"/registry/src/*/; do
    flags=$flags$between--remap-path-prefix=${registry%/}=/crates
done
printf %s "$flags$between--remap-path-prefix=$PWD/vendor=/crates"
