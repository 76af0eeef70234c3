#!/bin/sh
# mapcheck for graders (docs/graders.md): what --json writes is what docs/mapcheck.schema.json says, the schema is what
# the sources say, and the example exercise marks its sample submissions as it should.
. "$MB_ROOT/tests/tap.sh"
exercise=$MB_ROOT/c_examples/exercise
: "${CC:=cc}"
export CC MAPCHECK="$MB_MAPCHECK" LC_ALL=C
unset MAKEFLAGS MAKELEVEL MAPBOARD_LANG LC_MESSAGES LANG
ulimit -c 0
cd "$work" || exit 2

# ---- the exercise
for target in upper output mapping check; do
    for who in ada bob chen dora; do
        case $who:$target in
        ada:* | bob:upper | dora:upper | dora:output) wanted=0 ;;
        *) wanted=2 ;;
        esac
        rm -rf mine && mkdir mine && cp "$exercise/submissions/$who/upper.c" mine
        make -s -C mine -f "$exercise/Makefile" MAPCHECK="$MB_MAPCHECK" "$target" >log 2>&1
        check "make $target for $who: status $wanted" test $? = $wanted
    done
done

cp -r "$exercise/submissions" class
chmod -R a-w class
printf '#!/bin/sh\ntouch "%s/ran"\n' "$work" >trap && chmod +x trap
chmod u+w class class/ada && cp trap class/ada/upper
printf 'upper output mapping:\n\ttouch %s/ran\n' "$work" >class/ada/Makefile
ln -s "$work/precious" class/ada/try.txt
: >precious
mkdir "class/de l'Été" class/empty && cp class/ada/upper.c "class/de l'Été"
find class | sort >before
LC_ALL=C.UTF-8 GRADE_SECONDS=5 sh "$exercise/grade.sh" class >table 2>err
check "grade.sh: status" test $? = 0
check "grade.sh: not a word on standard error" test ! -s err
cat >wanted <<'END'
submission        builds  output  mapcheck
ada               yes     yes     ok
bob               yes     no      private-writes-lost
chen              no      -       -
de l'Été          yes     yes     ok
dora              yes     yes     address-unaligned
emil              yes     no      (did not end)
END
sed 's/^\(dora.*address-unaligned\).*/\1/' table >marked
check "grade.sh: the table" diff wanted marked
find class | sort >after
check "grade.sh: nothing is written among the submissions" cmp before after
check "grade.sh: nothing of theirs is run or followed but upper.c" test ! -e ran -a ! -s precious
printf '#!/bin/sh\nexit 125\n' >blocked && chmod +x blocked
mkdir one && cp -r "$exercise/submissions/ada" one
MAPCHECK=$work/blocked sh "$exercise/grade.sh" one >table 2>&1
check "grade.sh: where mapcheck cannot work it says so" grep -q '^ada  *yes  *yes  *(not checked)' table
MAPCHECK=$work/absent sh "$exercise/grade.sh" class >out 2>&1
check "grade.sh: no mapcheck, no table" test $? = 2 -a "$(wc -l <out)" = 1
sh "$exercise/grade.sh" absent >out 2>&1
check "grade.sh: no directory, no table" test $? = 2 -a "$(wc -l <out)" = 1
chmod -R u+w class

# ---- the JSON
rm -rf json && mkdir json && cd json || exit 2
cat >again.c <<'END'
#include <sys/mman.h>
int main(void) {
    for (int i = 0; i < 3; i++)
        mmap((void *)0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return 0;
}
END
cat >probe.c <<'END'
#define _GNU_SOURCE
#include <sys/mman.h>
int main(void) {
    void *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mmap(page, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    return munmap(page, 4096);
}
END
cp "$exercise/submissions/ada/upper.c" good.c
mistakes=$MB_ROOT/tests/mistakes
for slug in file-too-short write-to-read-only use-after-unmap unchecked-failure private-across-fork range-overflow \
    leak offset-unaligned not-mappable map-failed-pointer type-missing unlocked-access fd-invalid unmap-too-short; do
    cp "$mistakes/$slug.c" . || exit 2
done
# `strange "name"` is a file name that JSON must escape
sed 's/"data.bin"/"str\\\\an\\"ge\\t\\xff.bin"/g' file-too-short.c >escaped.c
for source in *.c; do
    name=${source%.c}
    $CC -g -o "$name" "$source" 2>log || { fail "$source compiles"; continue; }
    options=
    case $name in
    unlocked-access) options='--locks data.bin:data.lock' ;;
    probe) options=--summary ;;
    esac
    lang=en
    case $name in leak) lang=fr ;; not-mappable) lang=zh ;; esac
    # shellcheck disable=SC2086
    timeout 60 "$MB_MAPCHECK" --quiet --lang $lang --json "$name.json" $options "./$name" good.c >out 2>err </dev/null
    echo $? >"$name.status"
done
check "a program without a mistake: no object, its own status" test ! -s good.json -a "$(cat good.status)" = 0
check "what came three times has its count" grep -q '^{"slug":"length-zero","site":"again.c:4","count":3}$' again.json
check "what may be on purpose is a note" grep -q '^{"slug":"address-in-use","severity":"note",' probe.json
"$MB_MAPCHECK" --quiet --json /dev/null --error-exitcode=9 ./again 2>err
check "--error-exitcode" test $? = 9
check "--quiet: nothing on standard error" test ! -s err

cat >judge.py <<'END'
# The part of JSON Schema that mapcheck.schema.json uses, by hand; jsonschema is asked as well where it is installed.
import glob, json, re, sys

root = sys.argv[1]
schema = json.load(open(root + "/docs/mapcheck.schema.json", encoding="utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
KNOWN = {"$schema", "title", "$defs", "description", "$ref", "anyOf", "type", "enum", "pattern", "minLength",
         "minimum", "required", "properties", "additionalProperties", "items"}

def fits(value, rule):
    assert set(rule) <= KNOWN, rule
    if "$ref" in rule:
        return fits(value, schema["$defs"][rule["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in rule and not any(fits(value, one) for one in rule["anyOf"]):
        return False
    types = rule.get("type", list(TYPES))
    types = [types] if isinstance(types, str) else types
    if isinstance(value, bool) or not any(isinstance(value, TYPES[t]) for t in types):
        return False
    if "enum" in rule and value not in rule["enum"]:
        return False
    if isinstance(value, str):
        return bool(re.search(rule.get("pattern", ""), value)) and len(value) >= rule.get("minLength", 0)
    if isinstance(value, int):
        return value >= rule.get("minimum", value)
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        known = rule.get("additionalProperties", True) or set(value) <= set(properties)
        return (known and set(rule.get("required", [])) <= set(value)
                and all(fits(v, properties[k]) for k, v in value.items() if k in properties))
    if isinstance(value, list):
        return all(fits(v, rule.get("items", {})) for v in value)
    return True

def once(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)

def lines(text):
    return [json.loads(line, object_pairs_hook=once) for line in text.splitlines()]

number = int(sys.argv[2])
def ok(right, name, detail=""):
    global number
    number += 1
    print("%s %d - %s" % ("ok" if right else "not ok", number, name))
    if not right:
        print("   ", detail)

# what mapcheck wrote
objects = {}
for path in glob.glob("*.json"):
    text = open(path, "rb").read().decode("utf-8")
    objects[path[:-5]] = lines(text)
every = [o for some in objects.values() for o in some]
wrong = [o for o in every if not fits(o, schema)]
ok(not wrong, "every line is an object of the schema", wrong)
ok(len(every) >= 16, "there is something to judge", len(every))
silent = [n for n, some in objects.items() if n not in ("good", "again", "probe", "escaped")
          and n not in [o["slug"] for o in some]]
ok(not silent, "each mistake is named by its slug", silent)
site = objects["use-after-unmap"][0]
ok(re.fullmatch(r"use-after-unmap\.c:\d+", site["site"]) and [n["what"] for n in site["notes"]]
   and all(re.fullmatch(r"use-after-unmap\.c:\d+", n["site"]) for n in site["notes"]), "sites are file:line", site)
earlier = objects["map-failed-pointer"][-1]["values"]["earlier"]
ok((earlier["name"], earlier["length"] >= 0, "MAP_" in earlier["flags"]) == ("mmap", True, True),
   "a call is an object with C's own names", earlier)
types = objects["type-missing"][0]["values"]
ok(types["flags"] == "MAP_ANONYMOUS" or types["flags"] == "0", "flags are symbols", types)
what = objects["not-mappable"][0]["values"]
ok((what["what"], what["instead"]) == ("pipe", "redirect"), "what cannot be mapped has a name of its own", what)
values = objects["file-too-short"][0]["values"]
ok((values["file"], values["byte"], values["size"]) == ("data.bin", 4096, 10), "values are the program's own", values)
ok(objects["escaped"][0]["values"]["file"] == 'str\\an"ge\t\ufffd.bin', "a hostile file name is escaped",
   objects["escaped"])
ok("。" in objects["not-mappable"][0]["sentence"] and "octets" in objects["leak"][0]["sentence"],
   "--lang is the sentence's")

# negative controls
good = objects["file-too-short"][0]
bad = [dict(good, slug="file-short"), dict(good, severity="fatal"), dict(good, pid="1"), dict(good, extra=1),
       dict(good, values=dict(good["values"], byte="4096")), dict(good, values={"surprise": 1}),
       dict(good, notes=[{"what": "mapped here"}]), {k: v for k, v in good.items() if k != "site"},
       {"slug": "leak", "site": "", "count": 1}, [], "leak",
       dict(site, values=dict(site["values"], address="7f00")),
       dict(good, values={"prot": 3}), dict(good, values={"flags": "MAP_SHARED | MAP_FIXED"}),
       dict(good, values={"error": "bad"}), dict(good, values={"instead": "Redirect"}),
       dict(good, values={"earlier": "Map { addr: 0 }"}), dict(good, values={"earlier": {"name": "brk"}}),
       dict(good, values={"earlier": {"name": "mmap", "prot": 3}})]
accepted = [b for b in bad if fits(b, schema)]
ok(not accepted, "the schema refuses what is not so", accepted)

# the schema and the sources
slugs = re.findall(r'^    [A-Z]\w+ "([a-z-]+)"$', open(root + "/explain/src/slug.rs").read(), re.M)
ok(slugs == schema["$defs"]["slug"]["enum"], "the schema's slugs are slug.rs's", set(slugs) ^ set(schema["$defs"]["slug"]["enum"]))
KINDS = {"Bytes": "count", "Pages": "count", "Times": "count", "Symbols": "symbols", "Number": "number",
         "Error": "error", "Address": "address", "Last": "last", "Why": "nothing", "Call": "call", "Term": "term"}
names = {}
for file in "cause", "finding":
    text = open(root + "/explain/src/%s.rs" % file).read()
    for body in re.findall(r"^    \w+ \[\w+\] \{\s(.*?)\s\}", text, re.M | re.S):
        for name, kind in re.findall(r"(\w+): (\w+)", body):
            names.setdefault(name, set()).add("#/$defs/" + KINDS.get(kind, "text"))
said = {name: {one["$ref"] for one in rule.get("anyOf", [rule])}
        for name, rule in schema["$defs"]["report"]["properties"]["values"]["properties"].items()}
ok(len(names) > 50 and said == names, "the schema's values are those of cause.rs and finding.rs",
   {n for n in set(said) | set(names) if said.get(n) != names.get(n)})

# the page
page = open(root + "/docs/graders.md", encoding="utf-8").read()
shown = [o for block in re.findall(r"```json\n(.*?)```", page, re.S) for o in lines(block)]
ok(shown and all(fits(o, schema) for o in shown), "the page's objects are objects of the schema", shown)
fields = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
ok(fields == set(schema["$defs"]["report"]["properties"]), "the page explains every field", fields)

try:
    import jsonschema
except ImportError:
    sys.exit()
validator = jsonschema.Draft202012Validator
validator.check_schema(schema)
validator = validator(schema)
assert all(validator.is_valid(o) for o in every + shown) and not any(validator.is_valid(b) for b in bad)
END
if have python3; then
    python3 judge.py "$MB_ROOT" $tap_done >judged 2>err
    status=$?
    cat judged
    tap_done=$((tap_done + $(grep -c '^ok\|^not ok' judged)))
    tap_failed=$((tap_failed + $(grep -c '^not ok' judged)))
    [ $status = 0 ] || cat err
    check "the judge came to its end; jsonschema, where it is installed, agrees" test $status = 0
else
    skip "the schema" "python3 is not installed"
fi
finish
