#!/bin/sh
# What we build with: each crate comes from crates.io, under a licence that allows what ours allows, and what the
# shipped library holds is libc and errno alone. Known vulnerabilities: cargo-audit tells, where it and its database
# are (neither is installed by .ci/run: its database is a repository that need not be reachable).
. "$MB_ROOT/tests/tap.sh"
: "${CARGO:=cargo}"
if ! have python3; then
    skip "licences of the crates" "python3 is not installed"
    finish
fi
cat >"$work/judge.py" <<'END'
import json, sys
allowed = {"MIT", "Apache-2.0", "Unlicense", "Unicode-3.0", "Zlib", "BSD-3-Clause", "MPL-2.0", "0BSD", "ISC"}
wrong = 0
for package in json.load(open(sys.argv[1]))["packages"]:
    if package["source"] is None:
        continue  # ours
    words = (package["license"] or "none").replace("/", " OR ").replace("(", " ").replace(")", " ").split()
    # One of those that are offered is enough; of those that hold together, all.
    text = " ".join(w for w in words)
    parts = [any(one.split(" WITH ")[0].strip() in allowed for one in part.split(" OR ")) for part in text.split(" AND ")]
    if not all(parts) or package["source"] != "registry+https://github.com/rust-lang/crates.io-index":
        print(package["name"], package["license"], package["source"])
        wrong += 1
sys.exit(wrong > 0)
END
for manifest in Cargo.toml tests/model/Cargo.toml benches/peers/Cargo.toml; do
    if $CARGO metadata --format-version 1 --locked --offline --all-features --manifest-path "$MB_ROOT/$manifest" \
        >"$work/crates" 2>"$work/err"; then
        check "$manifest: crates.io, and licences that we may use" python3 "$work/judge.py" "$work/crates"
    else
        echo "# $manifest: not all of its crates have been fetched here, so none were judged"
    fi
done
if $CARGO tree --locked --offline --package mapboard --edges normal --prefix none \
    --manifest-path "$MB_ROOT/Cargo.toml" >"$work/tree" 2>"$work/err"; then
    check "the library holds libc, errno and its own sentences, no other crate" \
        test "$(sed 's/ .*//' "$work/tree" | sort -u | tr '\n' ' ')" = "errno libc mapboard mapboard-explain "
else
    echo "# the crates of the library cannot be listed here: $(grep -m 1 . "$work/err")"
fi
if $CARGO audit --version >/dev/null 2>&1 && $CARGO audit --no-fetch --file "$MB_ROOT/Cargo.lock" >"$work/audit" 2>&1; then
    pass "cargo-audit knows of no vulnerability"
elif grep -q -i '^error.*vulnerabilit' "$work/audit" 2>/dev/null; then
    fail "cargo-audit knows of no vulnerability"
    sed 's/^/    /' "$work/audit"
else
    echo "# cargo-audit, or its database, is not here: vulnerabilities were not looked up"
fi
finish
