#!/bin/sh
# make deb: the Debian packages are built, lintian has nothing to say, they install into an empty root by
# dpkg, what they install works there, and purged they leave nothing.
unset MAKEFLAGS MAKELEVEL PKG_CONFIG_PATH LD_LIBRARY_PATH
. "$MB_ROOT/tests/tap.sh"
PATH=$PATH:/usr/sbin:/sbin # dpkg looks for ldconfig
export LC_ALL=C.UTF-8
cd "$MB_ROOT" || exit 2
debian=packaging/debian

check "the version is Cargo.toml's" grep -q "^mapboard ($MB_VERSION-[0-9]*) " $debian/changelog
sed -n 's/^ \(.*\)@Base .*/\1/p' $debian/libmapboard0.symbols | sort >"$work/symbols"
sort tests/abi/exports.txt >"$work/exports"
check "its list of symbols is tests/abi/exports.txt" diff "$work/exports" "$work/symbols"
major=${MB_VERSION%%.*}
check "the package is called after the soname" grep -q "^libmapboard.so.$major libmapboard$major " \
    $debian/libmapboard$major.symbols

if ! have dpkg-buildpackage || ! have dh; then
    skip "the Debian packages" "dpkg-dev or debhelper is not installed"
    finish
fi
check "they are built" sh packaging/deb.sh "$MB_VERSION" "$work/deb"
cd "$work/deb" || exit 2
check "three, and nothing besides" \
    test "$(ls -A | sed 's/_.*//' | tr '\n' ' ')" = "libmapboard-dev libmapboard0 mapboard "
field() { dpkg-deb -f "$1"_*.deb "$2"; }
check "the library needs the C library alone" sh -c 'echo "$0" | grep -qx "libc6 (>= [0-9.]*)"' \
    "$(field libmapboard0 Depends)"
for needs in libc6 libmapboard0; do
    check "the programs need $needs" sh -c 'case "$0" in *"$1 (>= "*) ;; *) exit 1 ;; esac' \
        "$(field mapboard Depends)" $needs
done
check "the header needs this very library" \
    test "$(field libmapboard-dev Depends)" = "libmapboard0 (= $(field mapboard Version))"
if have lintian; then
    # What may stand, and why: packaging/debian/*.lintian-overrides.
    mkdir "$work/lintian.tmp" # where it leaves some of its own files
    TMPDIR=$work/lintian.tmp lintian --allow-root --display-info --pedantic ./*.deb >"$work/lintian" 2>&1
    check "lintian has nothing to say" diff /dev/null "$work/lintian"
else
    skip "lintian has nothing to say" "lintian is not installed"
fi

# ---- installed into an empty root: dpkg as root, or as fakeroot ----

root=$work/root
fake=
[ "$(id -u)" = 0 ] || fake=fakeroot
if [ -n "$fake" ] && ! have fakeroot; then
    skip "they install" "takes root, or fakeroot"
    finish
fi
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
: >"$root/var/lib/dpkg/status"
# Their dependencies are this machine's: not in that root.
dpkg_() { $fake dpkg --root="$root" --log="$work/dpkg.log" --force-depends --force-not-root "$@"; }
listing() { (cd "$root" && find . ! -type d -o -empty) | grep -v '^\./var/lib/dpkg/' | sort; }
listing >"$work/before"
check "dpkg installs them" dpkg_ --install ./*.deb
for package in libmapboard0 libmapboard-dev mapboard; do
    check "$package is installed" \
        sh -c 'test "$(dpkg-query --admindir="$0" -W -f "\${db:Status-Abbrev}" $1)" = "ii "' \
        "$root/var/lib/dpkg" $package
    check "$package is whole" dpkg_ --verify $package
    check "$package has its copyright and changelog" test -s "$root/usr/share/doc/$package/copyright" -a \
        -s "$root/usr/share/doc/$package/changelog.Debian.gz"
done
check "no configuration file" sh -c '! ls "$0"/*.conffiles' "$root/var/lib/dpkg/info"

machine=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
libraries=$root/usr/lib/$machine
export PKG_CONFIG_LIBDIR="$libraries/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
for page in man3/mm_map.3 man1/mapcheck.1 man7/mapboard.7; do
    for language in . fr zh_CN; do
        check "$language/$page, compressed" sh -c 'gzip -dc "$0" | grep -q ^.TH' \
            "$root/usr/share/man/$language/$page.gz"
    done
done
for file in bash-completion/completions/mapcheck zsh/vendor-completions/_mapcheck \
    fish/vendor_completions.d/mapcheck.fish; do
    check "$file" test -s "$root/usr/share/$file"
done
programs() { LD_LIBRARY_PATH="$libraries" MAPBOARD_LANG=fr "$@"; }
examples=$root/usr/share/doc/libmapboard-dev/examples
if have pkg-config; then
    check "the guide's first program compiles" \
        sh -c '$CC -g $(pkg-config --cflags mapboard) "$0" -o "$1" $(pkg-config --libs mapboard)' \
        "$examples/fr/segment_anonyme.c" "$work/segment"
    programs "$work/segment" >"$work/said"
    check "and prints what it should" diff "$examples/fr/segment_anonyme.expected" "$work/said"
else
    skip "the guide's first program compiles" "pkg-config is not installed"
fi
check "minichat needs no way of its own to its library" sh -c '! readelf -d "$0" | grep -q PATH' \
    "$root/usr/bin/minichat"
check "minichat posts" programs "$root/usr/bin/minichat" "$work/board" Léa --post "bonjour"
check "and reads" \
    sh -c 'test "$(LD_LIBRARY_PATH="$0" "$1" "$2" --last 1 | cut -d" " -f2-)" = "<Léa> bonjour"' \
    "$libraries" "$root/usr/bin/minichat" "$work/board"
check "mapcheck runs a program" programs "$root/usr/bin/mapcheck" true

check "dpkg purges them" dpkg_ --purge mapboard libmapboard-dev libmapboard0
listing >"$work/after"
check "nothing is left" diff "$work/before" "$work/after"
check "nor in dpkg's own directory" sh -c '! ls "$0"/*mapboard*' "$root/var/lib/dpkg/info"
finish
