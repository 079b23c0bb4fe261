#!/usr/bin/env bash
# A fuzz target on its seeds, and on what it has found: nothing is found again.
# usage: seeds_test.sh PROGRAM TARGET    from the root of the tree
set -euo pipefail
cd "$(dirname "$0")/../.."

program=$1 target=$2
: "${PROBEVUE:=build/release/probevue}"
command -v python3 >/dev/null || { echo "skipped: python3 is not there, which makes the seeds"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests/fuzz/seeds.py "$target" "$work/seeds" "$PROBEVUE"
paths=("$work/seeds")
[[ ! -d tests/fuzz/found/$target ]] || paths+=("tests/fuzz/found/$target")
# A program of libFuzzer would go on to inputs of its own, and never end.
only_these=()
! grep -aq LLVMFuzzerRunDriver "$program" || only_these=(-runs=0 -timeout=60 -rss_limit_mb=3072)
# One by one where one ends the process: it has to have a name.
if ! "$program" "${only_these[@]}" "${paths[@]}" >"$work/out" 2>&1; then
    tail -n 40 "$work/out"
    mv fuzz-finding "${TMPDIR:-/tmp}/fuzz-finding-$target" 2>/dev/null && echo "the input: ${TMPDIR:-/tmp}/fuzz-finding-$target"
    echo "0 passed, 1 failed"
    exit 1
fi
# libFuzzer counts the files of all folders in one line.
inputs=$(sed -nE 's/^([0-9]+) inputs ran$/\1/p; s/^INFO: +seed corpus: files: ([0-9]+) .*/\1/p' "$work/out")
echo "$inputs passed, 0 failed"
((inputs > 0))
