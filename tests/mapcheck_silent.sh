#!/bin/sh
# Real programs without a mistake see no line, and neither output nor status changes. What is not installed is
# skipped. MB_MAPCHECK is the checker.
set -u
checker=${MB_MAPCHECK:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
GIT_AUTHOR_DATE="2000-01-01T00:00:00Z" GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
export HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
number=0 failed=0

result() { # STATUS TEXT
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}

# NAME TOOL SCRIPT: the script, run by sh in a fresh directory, plainly and wholly under the checker
silent() {
    if ! command -v "$2" >/dev/null; then
        number=$((number + 1)); echo "ok $number - $1 # SKIP $2 is not installed"; return
    fi
    for how in plain checked; do
        mkdir "$work/run" && cd "$work/run" || exit 1
        if [ $how = plain ]; then sh -c "$3" >"$work/plain" 2>"$work/plain.err"
        else "$checker" --json "$work/json" sh -c "$3" >"$work/checked" 2>"$work/checked.err"; fi
        echo "status $?" >>"$work/$how"
        cd "$work" && rm -rf "$work/run"
    done
    cmp -s plain checked; result $? "$1: output and status unchanged"
    cmp -s plain checked || diff plain checked | head -5 | sed 's/^/# /'
    [ ! -s json ] && ! grep -q '^map' checked.err; quiet=$?
    result $quiet "$1: no line"
    [ $quiet -eq 0 ] || { grep '^map' checked.err; cat json; } | head -5 | sed 's/^/# /'
}

silent "a shell with children" sh 'for i in 1 2 3; do ls / | wc -l; done; (exit 3)'
silent "gcc" gcc 'echo "int main(void) { return 4; }" >a.c; gcc -O2 -g -o a a.c; ./a; echo $?'
silent "clang" clang 'echo "int main(void) { return 4; }" >a.c; clang -O2 -o a a.c; ./a; echo $?'
silent "git" git 'git init -q -b main .; for i in 1 2 3 4 5 6; do seq $i 2000 >f$i; git add .; git commit -q -m $i; done
    git gc -q; git fsck 2>/dev/null; git log --format=%s; git diff HEAD~2 --stat; git clone -q . c; git -C c log --format=%H | wc -l'
silent "sqlite3 with mmap_size" sqlite3 'sqlite3 t.db "pragma mmap_size=268435456; pragma journal_mode=wal; create table t(a);
    with recursive n(i) as (select 1 union all select i+1 from n where i<20000) insert into t select i from n; select sum(a) from t;
    pragma wal_checkpoint(truncate); vacuum; select count(*) from t; pragma integrity_check"'
silent "python3" python3 'python3 -c "
import mmap, os, threading, subprocess
f = open(\"x\", \"w+b\"); f.truncate(8192); m = mmap.mmap(f.fileno(), 8192); m[0:5] = b\"hello\"; m.flush(); m.close()
a = mmap.mmap(-1, 4096)
if os.fork() == 0:
    a[0] = 42; os._exit(0)
os.wait(); print(a[0], open(\"x\", \"rb\").read(5))
ts = [threading.Thread(target=lambda: subprocess.run([\"true\"])) for _ in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]
"'
silent "node" node 'node -e "
const {Worker} = require(\"worker_threads\");
const w = new Worker(\"let a = []; for (let i = 0; i < 1e5; i++) a.push({i}); process.exit(0)\", {eval: true});
w.on(\"exit\", c => console.log(\"worker\", c));
let s = 0; for (let i = 0; i < 1e6; i++) s += i % 7; console.log(s)"'
silent "perl" perl 'perl -e "if (my \$p = fork) { waitpid \$p, 0; print \$? >> 8, qq(\n) } else { exit 3 }"'
silent "LMDB tools" mdb_load 'printf "VERSION=3\nformat=print\ntype=btree\nmapsize=10485760\nHEADER=END\n a\n b\n c\n d\nDATA=END\n" |
    mdb_load -n t.mdb; mdb_stat -n t.mdb | head -3; mdb_dump -n t.mdb | tail -5; mdb_copy -n t.mdb u.mdb; ls'
silent "sort with threads" sort 'seq 200000 -1 1 | sort -n --parallel=4 | head -3'

echo "1..$number"
exit $failed
