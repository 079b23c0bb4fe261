#!/usr/bin/env bash
# The live lines of docs/one-liners.md, each for a second.
set -uo pipefail
cd "$(dirname "$0")/../.."
said=$("${PROBEVUE:-build/release/probevue}" -e '@@net:tcp:connect { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || { echo "skipped: $(head -n 1 <<<"$said")"; exit 77; }
exec tests/diff/one_liners_test.sh live
