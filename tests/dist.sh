#!/bin/sh
# make dist: all that git tracks is in the archive; it builds in an empty home without a network, installs,
# and makes itself again with the same bytes.
unset MAKEFLAGS MAKELEVEL CARGO_TARGET_DIR SOURCE_DATE_EPOCH
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
cd "$MB_ROOT" || exit 2
export XZ_DEFAULTS=-0 # how small it gets is not the question here
name=mapboard-$MB_VERSION
if ! have xz || ! have "$CARGO"; then
    skip "the source archive" "xz or cargo is not installed"
    finish
fi
if [ -e .git ] && ! git ls-files >"$work/tracked" 2>"$work/log"; then
    skip "the source archive" "git cannot read this tree: $(head -n 1 "$work/log")"
    finish
fi
sh packaging/dist.sh "$MB_VERSION" "$work/one" >"$work/log" 2>&1
made=$?
if [ $made != 0 ] && grep -qi 'offline\|failed to download\|could not resolve' "$work/log"; then
    skip "the source archive" "its crates are not here, and there is no network"
    finish
fi
check "it is made" sh -c 'cat "$0"; exit $1' "$work/log" $made
archive=$work/one/$name.tar.xz
check "the archive is there, and nothing besides" test "$(ls -A "$work/one")" = "$name.tar.xz"

# ---- what is in it ----

xz -dc "$archive" | TZ=UTC tar -tvf - >"$work/list"
awk '{ print $2 }' "$work/list" | sort -u >"$work/owners"
check "its files belong to nobody in particular" test "$(cat "$work/owners")" = 0/0
awk '{ print $4, $5 }' "$work/list" | sort -u >"$work/times"
check "they are of one moment, the last commit's" test "$(wc -l <"$work/times")" = 1
check "all lies in $name/" sh -c '! awk "{ print \$6 }" "$0" | grep -v "^$1/"' "$work/list" "$name"
if [ -e .git ]; then
    sort "$work/tracked" >"$work/want"
    awk '{ print $6 }' "$work/list" | sed "s|^$name/||" | grep -v '/$\|^vendor/\|^\.cargo/\|^$' |
        sort >"$work/have"
    check "what git tracks is in it, and no more" diff "$work/want" "$work/have"
fi

# ---- what it can do ----

mkdir "$work/home"
xz -dc "$archive" | tar -xf - -C "$work"
unpacked=$work/$name
alone= # without a network: a namespace that has none, where we may make one
unshare -n true 2>/dev/null && alone='unshare -n'
[ -z "$alone" ] && unshare -rn true 2>/dev/null && alone='unshare -rn'
fresh() { # in an empty home
    (cd "$unpacked" && env -i PATH="$PATH" HOME="$work/home" CARGO_HOME="$work/home/cargo" \
        CARGO_NET_OFFLINE=true RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CC="$CC" $alone "$@")
}
check "the library builds without a network" fresh make -s lib
# Whether they build is the question, not how fast they are.
check "and the programs" fresh \
    env CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 make -s
check "nothing was fetched" test ! -e "$work/home/cargo/registry/cache"
for wants in '--features header' '--manifest-path tests/model/Cargo.toml'; do
    check "the crates of $wants are there" fresh \
        "$CARGO" metadata --quiet --locked --offline --format-version 1 $wants
done
check "it installs" fresh make -s install DESTDIR="$work/stage" prefix=/usr
check "the installed program runs" "$work/stage/usr/bin/minichat" --version
check "the archive makes an archive, for somebody of another umask and zone" fresh sh -c \
    'umask 077 && XZ_DEFAULTS=-0 TZ=Asia/Shanghai LC_ALL=C.UTF-8 sh packaging/dist.sh "$@"' \
    dist "$MB_VERSION" "$work/again"
check "with the same bytes" cmp "$archive" "$work/again/$name.tar.xz"
finish
