#!/bin/sh
# mapcheck's options: statuses, JSON, languages, quiet, summary, pedantic, locks. MB_MAPCHECK is the checker.
set -u
here=$(cd "$(dirname "$0")" && pwd)
checker=${MB_MAPCHECK:?}
work=$(mktemp -d "${TMPDIR:-/tmp}/mapboard.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
number=0 failed=0

result() { # STATUS TEXT
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}

for name in leak leak.ok; do
    ${CC:-cc} -g -o "$name" "$here/mistakes/$name.c" || { echo "Bail out! $name.c does not compile"; exit 1; }
done
${CC:-cc} -g -o efault "$here/mapcheck/efault.c" || { echo "Bail out! efault.c does not compile"; exit 1; }

"$checker" --error-exitcode=9 ./leak 2>report; [ $? -eq 9 ]; result $? "--error-exitcode: the given status"
"$checker" --error-exitcode=9 ./leak.ok 2>report; [ $? -eq 0 ]; result $? "--error-exitcode: the program's own, without a report"
"$checker" --quiet --error-exitcode=9 ./leak 2>report; [ $? -eq 9 ] && [ ! -s report ]; result $? "--quiet: only the status"

"$checker" --json out.json --quiet ./leak 2>report
[ "$(wc -l <out.json)" -eq 1 ]; result $? "--json: one object a line"
grep -q '"slug":"leak","severity":"warning","pid":[0-9]*,"site":"[^"]*leak.c:[0-9]*","sentence":"' out.json &&
    grep -q '"lost":36864,"times":3' out.json
result $? "--json: slug, severity, pid, site, sentence, values"
if command -v python3 >/dev/null; then
    "$checker" --lang zh --json out.json ./leak 2>report
    python3 -c 'import json; [json.loads(l) for l in open("out.json")]'; result $? "--json: JSON, in Chinese too"
else
    number=$((number + 1)); echo "ok $number - JSON is well formed # SKIP python3 is not installed"
fi

for language in "en warning" "fr attention" "zh 警告"; do
    "$checker" --lang "${language% *}" ./leak 2>report
    grep -q "^mapboard: ${language#* } \[leak\]" report; result $? "--lang ${language% *}"
    env -u LC_ALL -u LC_MESSAGES -u LANG MAPBOARD_LANG="${language% *}" "$checker" ./leak 2>report
    grep -q "^mapboard: ${language#* } \[leak\]" report; result $? "MAPBOARD_LANG=${language% *}"
    "$checker" --lang "${language% *}" --help >help; [ $? -eq 0 ] && grep -q -e --error-exitcode help
    result $? "--help in ${language% *}"
done
[ "$("$checker" --version)" != "" ]; result $? "--version"
"$checker" -- ./leak.ok --lang xx; result $? "-- ends the options, and those of the program are its own"
"$checker" ./leak.ok --help >help; [ ! -s help ]; result $? "options after the program are the program's"

${CC:-cc} -g -o limit-mappings "$here/mistakes/limit-mappings.c" || { echo "Bail out! it does not compile"; exit 1; }
"$checker" --lang en --summary ./limit-mappings >/dev/null 2>report; status=$?
if [ $status -eq 77 ]; then
    number=$((number + 1)); echo "ok $number - --summary: limit-mappings # SKIP vm.max_map_count is very large"
else
    grep -q '\[limit-mappings\].*and [0-9]* of them were made at [^ ]*limit-mappings.c:13\.' report
    result $? "--summary: which call made the most of too many mappings"
fi

"$checker" --color=always ./leak 2>report
grep -q 'mmap(NULL, 10000' report; result $? "--color=always shows the source line"
! "$checker" ./leak 2>&1 | grep -q "$(printf '\033')"; result $? "no colour into a file"
"$checker" --summary ./leak.ok 2>report; grep -q '^mapcheck: reports: 0;' report; result $? "--summary"
grep -q 'leak.ok.c:[0-9]*: still mapped and in use at exit: 1, 4096 bytes' report; result $? "--summary: what is kept is there"

# system calls on memory that is out of reach
plain=$(./efault); plain_status=$?
checked=$("$checker" --locks data.bin ./efault 2>report); status=$?
[ "$plain" = "$checked" ] && [ $status -eq $plain_status ]; result $? "--locks: a system call on closed memory gives what it gave"
grep -q -F '[unlocked-access] ' report && grep -q "efault.c:" report; result $? "--locks: and is named"

echo "1..$number"
exit $failed
