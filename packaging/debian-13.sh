#!/bin/sh
# debian-13.sh: in a fresh Debian 13, with its own Rust (1.85), C compiler and C library and nothing by hand, an ordinary
# user clones this tree and types what README says: `make demo`, `make check`. Then the packages are made there,
# installed, and removed. This is where "Rust 1.85" is held: that compiler itself builds everything, tests included.
# Prints Test Anything lines; what was printed there is kept in build/debian-13. MIRROR as for fresh-debian.sh.
#
# All in namespaces of its own, in a file system in memory on /mnt there: nothing is left when this process ends.
set -u
root=/mnt/debian
export LC_ALL=C.UTF-8
: "${MB_ROOT:=$(cd "$(dirname "$0")/.." && pwd)}"

if [ "${1-}" != --inside ]; then
    why=
    [ "$(id -u)" = 0 ] || why="takes root"
    command -v debootstrap >/dev/null || why="debootstrap is not installed"
    command -v git >/dev/null && git -C "$MB_ROOT" rev-parse HEAD >/dev/null 2>&1 || why="this is no clone of the repository"
    [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 6000000 ] || why="takes 6 GB of memory"
    [ -n "$why" ] || unshare --mount --pid --fork true 2>/dev/null || why="namespaces are forbidden here"
    [ -z "$why" ] || { printf '%s\n' "ok 1 - a fresh Debian 13 # SKIP $why" 1..1; exit; }
    export MB_ROOT
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc sh "$0" --inside &
    trap 'kill -KILL $!; exit 130' INT TERM HUP
    wait $!
    exit
fi
screens=$MB_ROOT/build/debian-13
rm -rf "$screens"
mkdir -p "$screens"
mount -t tmpfs -o size=6g,mode=755 fresh /mnt || exit 2
export TMPDIR=/mnt
. "$MB_ROOT/tests/tap.sh"

# Crates come over the network: what the user of this machine would have said about the way there holds inside too.
inside() { # USER HOME COMMAND…
    user=$1 home=$2
    shift 2
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        ${no_proxy:+no_proxy="$no_proxy"} ${MAPBOARD_SEED:+MAPBOARD_SEED="$MAPBOARD_SEED"} \
        chroot --userspec="$user:$user" $root "$@"
}
as_root() { inside root /root "$@"; }
lea() { inside lea /home/lea sh -c "cd \"\$HOME/mapboard\" && $1"; }
keeps() { # FILE COMMAND…: its output is kept, and its end shown if it fails
    kept=$screens/$1.txt
    shift
    "$@" >"$kept" 2>&1 || { grep -A 30 '^FAIL' "$kept" || tail -n 40 "$kept"; return 1; }
}

if ! debootstrap --variant=minbase trixie $root ${MIRROR:+"$MIRROR"} >"$work/log" 2>&1; then
    skip "a fresh Debian 13" "debootstrap: $(tail -n 1 "$work/log")"
    finish
fi
pass "a fresh Debian $(cat $root/etc/debian_version)"
mount -t proc proc $root/proc && mount -t devpts -o newinstance,ptmxmode=666 devpts $root/dev/pts &&
    ln -sf pts/ptmx $root/dev/ptmx && mount -t tmpfs -o mode=1777 shm $root/dev/shm
# What README says for Debian 13 (libc6-dev comes with gcc where recommended packages do), and git to clone with.
check "its own Rust, C compiler and make" \
    as_root apt-get -q -y --no-install-recommends install rustc cargo gcc libc6-dev make git ca-certificates
# Whom this machine trusts: a network that is watched has certificates of its own.
[ ! -r /etc/ssl/certs/ca-certificates.crt ] ||
    cp -L /etc/ssl/certs/ca-certificates.crt $root/etc/ssl/certs/ca-certificates.crt
versions() { as_root sh -c 'rustc --version; gcc --version | head -n 1; ldd --version | head -n 1'; }
check "the compiler is the oldest that is promised: $(as_root rustc --version)" \
    sh -c 'versions=$1; echo "$versions"; case $versions in "rustc $(sed -n "s/^rust-version = \"\(.*\)\"/\1/p" "$2" | head -n 1)."*) ;; *) exit 1 ;; esac' \
    sh "$(versions)" "$MB_ROOT/Cargo.toml"
check "a new user" as_root useradd -m -s /bin/bash lea
git clone -q --no-hardlinks "$MB_ROOT" $root/home/lea/mapboard && as_root chown -R lea:lea /home/lea/mapboard
check "make demo" keeps demo lea 'make demo'
check "make check" keeps check lea 'make check'
pass "make check there: $(tail -n 1 "$screens/check.txt")"
# (The demo's board stays, for whoever wants to join.)
check "nothing else was left in /tmp and /dev/shm" \
    sh -c '! find "$0/tmp" "$0/dev/shm" -mindepth 1 ! -path "*/tmp/minichat-*" | grep .' $root

# The packages of that Debian.
check "what packages are made with" \
    as_root apt-get -q -y --no-install-recommends install dpkg-dev debhelper fakeroot libreadline-dev xz-utils man-db
check "make deb" keeps deb lea 'make deb'
check "apt installs them" as_root sh -c 'exec apt-get -q -y --no-install-recommends install /home/lea/mapboard/build/deb/*.deb'
# A file without a size, through the installed mapcheck: as README begins.
lea 'mkdir first && cp docs/terminal/bus.c first && cd first && gcc -g -o bus bus.c && mapcheck ./bus; true' >"$screens/bus.txt" 2>&1
check "the installed mapcheck names README's mistake" grep -q 'file-too-short' "$screens/bus.txt"
check "apt purges them" \
    as_root sh -c 'exec apt-get -q -y purge --autoremove $(dpkg-query -W -f "\${Package}\n" | grep mapboard)'
check "no package of theirs is left" sh -c '! grep -q "^Package:.*mapboard" "$0/var/lib/dpkg/status"' $root
finish
