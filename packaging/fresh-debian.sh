#!/bin/sh
# fresh-debian.sh [PACKAGES]: in a fresh Debian 12, a new user installs the packages (build/deb), reads the
# manual in three languages, takes the guide's first steps, makes its mistakes, is told by mapcheck, and talks
# to somebody at another terminal; then the packages are purged, and no file of theirs is left. Prints Test
# Anything lines; what was on the screens is kept in build/fresh-debian. MIRROR is where Debian comes
# from, if not from where debootstrap takes it by itself.
#
# Everything lives in namespaces of its own, in a file system in memory that is mounted on /mnt there and
# nowhere else: when this process ends, killed or not, no mount, directory or process is left.
set -u
root=/mnt/debian
export LC_ALL=C.UTF-8
: "${MB_ROOT:=$(cd "$(dirname "$0")/.." && pwd)}"

if [ "${1-}" != --inside ]; then
    why=
    [ "$(id -u)" = 0 ] || why="takes root"
    command -v debootstrap >/dev/null || why="debootstrap is not installed"
    [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 2000000 ] || why="takes 2 GB of memory"
    [ -n "$why" ] || unshare --mount --pid --fork true 2>/dev/null || why="namespaces are forbidden here"
    [ -z "$why" ] || { printf '%s\n' "ok 1 - a fresh Debian # SKIP $why" 1..1; exit; }
    packages=$(cd "${1:-$MB_ROOT/build/deb}" && pwd) || exit 2
    export MB_ROOT
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
        sh "$0" --inside "$packages" &
    trap 'kill -KILL $!; exit 130' INT TERM HUP # unshare itself waits for its child whatever comes
    wait $!
    exit
fi
packages=$2
screens=$MB_ROOT/build/fresh-debian
rm -rf "$screens"
mkdir -p "$screens"
mount -t tmpfs -o size=2g,mode=755 fresh /mnt || exit 2
export TMPDIR=/mnt
. "$MB_ROOT/tests/tap.sh"

# ---- a fresh Debian, and what the course's machines have besides ----

in_debian() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} chroot $root "$@"
}
apt() { in_debian apt-get -q -y --no-install-recommends "$@"; }

if ! debootstrap --variant=minbase bookworm $root ${MIRROR:+"$MIRROR"} >"$work/log" 2>&1; then
    skip "a fresh Debian" "debootstrap: $(tail -n 1 "$work/log")"
    finish
fi
pass "a fresh Debian $(cat $root/etc/debian_version)"
mount -t proc proc $root/proc && mount -t devpts -o newinstance,ptmxmode=666 devpts $root/dev/pts &&
    ln -sf pts/ptmx $root/dev/ptmx && mount -t tmpfs -o mode=1777 shm $root/dev/shm
check "a compiler, make, pkg-config, man, tmux" \
    apt install gcc libc6-dev make pkg-config man-db less locales tmux
printf '%s UTF-8\n' en_US.UTF-8 fr_FR.UTF-8 zh_CN.UTF-8 >$root/etc/locale.gen
check "three locales" in_debian locale-gen
check "a new user" in_debian useradd -m -s /bin/bash lea

# ---- the packages, installed as anybody would ----

listing() { # every file but what apt, dpkg, man and the loader keep for themselves
    in_debian find / -xdev \( -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o \
        -path /var/log -o -path /etc/ld.so.cache -o -path /home -o -path /tmp \) -prune -o -print | sort
}
listing >"$work/before"
mkdir $root/packages
cp "$packages"/*.deb $root/packages || exit 2
check "apt installs the packages and what they need" in_debian sh -c \
    'exec apt-get -q -y --no-install-recommends install /packages/*.deb'
check "apt finds nothing broken" apt check

# ---- the user's terminals: tmux, of 100 by 40 ----

t() { on lea "$@"; }
on() { # TMUX-SERVER …: as the user
    env -i PATH=/usr/bin:/bin:/usr/sbin HOME=/home/lea USER=lea SHELL=/bin/bash LC_ALL=C.UTF-8 \
        TERM=screen-256color chroot --userspec=lea:lea $root tmux -f /dev/null -L "$@"
}
cat >$root/home/lea/.bashrc <<'RC'
PS1='$ '
PROMPT_COMMAND='tmux wait-for -S prompt-$WINDOW' # whoever drives the terminal waits for this
cd "$HOME"
RC
screen() { t capture-pane -p -t "$1" 2>/dev/null; }
keep() { screen "$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$screens/$2.txt"; }
# shows "name" TERMINAL "regular expression": waits until a line of the screen is like this, for some ten
# seconds
shows() {
    tries=0
    until screen "$2" | grep -q -- "$3"; do
        tries=$((tries + 1))
        if [ $tries -gt 1000 ]; then
            fail "$1"
            screen "$2" | sed 's/^/    |/'
            return
        fi
    done
    pass "$1"
}
terminal() { # NAME LOCALE
    t new-session -d -s "$1" -x 100 -y 40 "LC_ALL= LANG=$2 WINDOW=$1 exec bash"
    t wait-for "prompt-$1"
}
type_() { # TERMINAL "line": types it, and waits for the prompt
    t send-keys -t "$1" -l "$2"
    t send-keys -t "$1" Enter
    t wait-for "prompt-$1"
}

t new-session -d -s keeper 'exec sleep infinity' # without any session tmux would end, and begin again

# ---- the manual ----

manual() { # LANGUAGE LOCALE "its first heading" "words of its page"
    terminal "man-$1" "$2"
    t send-keys -t "man-$1" -l 'man mm_map'
    t send-keys -t "man-$1" Enter
    shows "$1: man mm_map: $3" "man-$1" "^$3\$"
    shows "$1: man mm_map: $4" "man-$1" "$4"
    keep "man-$1" "man.$1"
    t kill-session -t "man-$1"
}
manual en en_US.UTF-8 NAME 'map a file or memory, and remove what is mapped'
manual fr fr_FR.UTF-8 NOM 'projeter un fichier ou de la mémoire, et retirer ce qui est projeté'
manual zh zh_CN.UTF-8 名称 '映射文件或内存，以及解除映射'

# ---- the guide: how to begin, steps 1 and 3, with their mistakes ----

step() { # LANGUAGE N: the guide's commands before step 1, or of step N
    in_debian cat "/usr/share/doc/libmapboard-dev/guide.$1.md" | awk -v n="$2" '
        /^## [0-9]/ { step = $2 + 0 }
        /^```sh$/   { inside = 1; next }
        /^```$/     { inside = 0 }
        inside && step == n'
}
walk() { # LANGUAGE N SCREEN
    step "$1" "$2" >"$work/step"
    check "$1: the guide's step $2 has commands" test -s "$work/step"
    t send-keys -t "guide-$1" C-l
    while IFS= read -r line; do type_ "guide-$1" "$line"; done <"$work/step"
    keep "guide-$1" "$3.$1"
}
guide() { # LANGUAGE LOCALE "what it prints" "told of step 1's mistake" "told of step 3's"
    terminal "guide-$1" "$2"
    type_ "guide-$1" "mkdir $1 && cd $1 && cp -r /usr/share/doc/libmapboard-dev/examples c_examples"
    walk "$1" 0 begin
    walk "$1" 1 first-step
    shows "$1: the first program runs" "guide-$1" "^$3"
    shows "$1: mapcheck on a pointer that is used too late" "guide-$1" "$4"
    walk "$1" 3 bus-error
    shows "$1: mapcheck on a file without a size" "guide-$1" "$5"
    t kill-session -t "guide-$1"
}
guide en en_US.UTF-8 'after storing: hello from the segment' \
    '^mapboard: error \[use-after-unmap\] too_late.c:[0-9]*: nothing is mapped at' \
    '^mapboard: error \[file-too-short\] no_size.c:[0-9]*: byte 0 of “shared.bin” does not exist'
guide fr fr_FR.UTF-8 'après écriture : bonjour du segment' \
    '^mapboard: erreur \[use-after-unmap\] trop_tard.c:[0-9]* : plus rien n.est projeté' \
    '^mapboard: erreur \[file-too-short\] sans_taille.c:[0-9]* : l.octet 0 n.existe pas'
guide zh zh_CN.UTF-8 'MAP_ANONYMOUS：父进程读到“子进程写入的内容”' \
    '^mapboard: 错误 \[use-after-unmap\] taichi.c:[0-9]*：.*已经没有映射' \
    '^mapboard: 错误 \[file-too-short\] taiduan.c:[0-9]*：“tmp.txt”的第 0 个字节不存在'

# ---- the chat: two terminals side by side ----

terminal chat fr_FR.UTF-8
t split-window -h -t chat -c /home/lea "LC_ALL= LANG=zh_CN.UTF-8 exec bash -c 'minichat group1 小明; read stay'"
t send-keys -t chat.0 -l 'minichat group1 Léa'
t send-keys -t chat.0 Enter
shows "Léa and 小明 see each other: hers" chat.0 '小明'
shows "Léa and 小明 see each other: his" chat.1 'Léa'
t send-keys -t chat.0 -l 'Bonjour de Lyon !'
t send-keys -t chat.0 Enter
shows "what Léa types is on his screen" chat.1 '<Léa> Bonjour de Lyon !'
t send-keys -t chat.1 -l '你好，Léa！'
t send-keys -t chat.1 Enter
shows "what 小明 types is on hers" chat.0 '<小明> 你好，Léa！'
# Both at once, as somebody beside them sees it: a terminal that looks at theirs.
on beside new-session -d -s whole -x 100 -y 12 'TMUX= exec tmux -L lea attach -t chat'
both() { test "$(grep -o '<Léa> Bonjour de Lyon' "$screens/chat.txt" | wc -l)" = 2; }
tries=0
until on beside capture-pane -p -t whole >"$screens/chat.txt" && both || [ $tries -gt 1000 ]; do
    tries=$((tries + 1))
done
check "both screens at once" both
on beside kill-server
t kill-server

# ---- and away ----

check "apt purges them" in_debian apt-get -q -y purge --autoremove libmapboard0 libmapboard-dev mapboard
rm -r $root/packages
listing >"$work/after"
check "no file of theirs is left, nor is one gone" diff "$work/before" "$work/after"
check "dpkg has forgotten them" \
    sh -c '! grep -q mapboard "$0/status" && ! ls "$0"/info/*mapboard*' $root/var/lib/dpkg
finish
