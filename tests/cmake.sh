#!/bin/sh
# A CMake project finds the installed library, wherever the installed tree was moved to: shared, static, and
# only in a version that fits.
unset MAKEFLAGS MAKELEVEL CMAKE_PREFIX_PATH CFLAGS LDFLAGS
. "$MB_ROOT/tests/tap.sh"
if ! have cmake || ! have readelf; then
    skip "find_package(mapboard)" "cmake or readelf is not installed"
    finish
fi
make_() { make -s -C "$MB_ROOT" "$@"; }
soname=libmapboard.so.${MB_VERSION%%.*}

mkdir "$work/project"
cp "$MB_ROOT/c_examples/hello.c" "$work/project"
cat >"$work/project/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.13)
project(hello C)
find_package(mapboard ${WANTED} REQUIRED)
find_package(mapboard REQUIRED) # again, as a part of a larger project would
add_executable(hello hello.c)
target_link_libraries(hello PRIVATE mapboard::mapboard)
add_executable(hello-static hello.c)
target_link_libraries(hello-static PRIVATE mapboard::static)
CMAKE
configure() { # BUILD-DIRECTORY PREFIX [WANTED]
    cmake -S "$work/project" -B "$work/$1" -DCMAKE_PREFIX_PATH="$2" "-DWANTED=${3-}" -Wno-dev
}
needs_ours() { readelf -d "$1" | grep -q "NEEDED.*\[$soname\]"; }
needs_none() { ! needs_ours "$1"; }
refused() { # PREFIX WANTED "part of the message"
    rm -rf "$work/refused"
    ! configure refused "$1" "$2" >"$work/said" 2>&1 && tr -s ' \n' ' ' <"$work/said" | grep -qF "$3"
}

check "make install" make_ install DESTDIR="$work/stage" prefix=/opt/mapboard
mv "$work/stage/opt/mapboard" "$work/moved"
check "found in the moved tree" configure build "$work/moved" "$MB_VERSION"
check "a program builds, shared and static" cmake --build "$work/build"
check "the shared one needs $soname" needs_ours "$work/build/hello"
check "the static one does not" needs_none "$work/build/hello-static"
echo bonjour >"$work/letter"
for program in hello hello-static; do
    check "$program runs" sh -c 'test "$("$0" "$1")" = bonjour' "$work/build/$program" "$work/letter"
done

next=${MB_VERSION%.*}.$((${MB_VERSION##*.} + 1))
major=$((${MB_VERSION%%.*} + 1))
for good in "${MB_VERSION%.*}" "$MB_VERSION;EXACT" "0.0.1...$MB_VERSION" "0.0.1...<$major"; do
    check "version $good is found" configure good "$work/moved" "$good"
done
for bad in "$next" "$major.0" "99" "0.0.1;EXACT" "0.0.1...<$MB_VERSION" "0.0.0...0.0.1"; do
    check "version $bad is refused, and ours named" refused "$work/moved" "$bad" "version: $MB_VERSION"
done
check "a component is refused: there are none" refused "$work/moved" "COMPONENTS;chat" "no chat"
rm "$work/moved/lib/libmapboard.a"
check "an incomplete installation is refused" refused "$work/moved" "" "libmapboard.a is missing"

# As a distribution has it: a directory for the machine, and /lib a link to /usr/lib.
machine=$($CC -dumpmachine)
check "make install, libdir=/usr/lib/$machine" \
    make_ install DESTDIR="$work/debian" prefix=/usr "libdir=/usr/lib/$machine"
ln -s usr/lib "$work/debian/lib"
check "found through /lib" cmake -S "$work/project" -B "$work/through" -Wno-dev \
    -Dmapboard_DIR="$work/debian/lib/$machine/cmake/mapboard"
check "and a program builds" cmake --build "$work/through"
check "make uninstall" make_ uninstall DESTDIR="$work/debian" prefix=/usr "libdir=/usr/lib/$machine"
check "nothing of it is left" test ! -e "$work/debian/usr/lib/$machine/cmake/mapboard"
finish
