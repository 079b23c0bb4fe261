#!/usr/bin/env bash
# The table of privileges in docs/command.md says what runtime/privileges/needs.def says, row by row.
# usage: privileges.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 1; }

exec python3 - <<'PYTHON'
import re
import sys

table = open("runtime/privileges/needs.def").read()
page = open("docs/command.md").read().splitlines()
rows = re.findall(r'^NEED\((\w+), (\w+), (\w+),\s*((?:CAP\(\w+\)\s*)+|NONE),\s*"([^"]*)", "([^"]*)"\)', table, re.M)
if not rows or len(rows) != len(re.findall(r"^NEED\(", table, re.M)):
    sys.exit("runtime/privileges/needs.def: rows are not understood")
wanted = []
for name, ids, calls, capabilities, what, why in rows:
    names = re.findall(r"CAP\((\w+)\)", capabilities)
    if names != sorted(names):
        sys.exit(f"runtime/privileges/needs.def: {name}: capabilities are listed by name")
    kept = ", ".join("CAP_" + one for one in names) or "none"
    user = "stays" if ids == "kept" else "other"
    wanted.append(f"| {what} | {kept} | {user} | {'those of its rows' if calls == 'closed' else 'all but the worst'} | {why} |")
there = [line for line in page if re.match(r"\| .* \| (stays|other) \| ", line)]
for line in wanted:
    if line not in there:
        print(f"docs/command.md lacks: {line}")
for line in there:
    if line not in wanted:
        print(f"docs/command.md has, and no row says: {line}")
sys.exit(wanted != there)
PYTHON
