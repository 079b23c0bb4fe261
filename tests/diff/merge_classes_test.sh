#!/usr/bin/env bash
# How each bundled script may be split over threads, shards and hosts: merge_classes.txt.
#
# usage: merge_classes_test.sh [--update]
set -uo pipefail
cd "$(dirname "$0")/../.."
: "${PROBEVUE:=build/release/probevue}"
. tests/diff/bundled.sh

classes() {
    local script capture arguments
    for script in scripts/*.e; do
        arguments=()
        # slow_calls watches a live process only
        replay_of "$script" || arguments=(/usr/bin/curl getaddrinfo 20000)
        printf '== %s\n' "${script##*/}"
        "$PROBEVUE" -q info=none -r /dev/null -d merge "$script" "${arguments[@]}" 2>&1
    done
}

expected=tests/diff/merge_classes.txt
if [[ ${1:-} == --update ]]; then
    classes >"$expected"
    exit
fi
found=$(mktemp)
trap 'rm -f "$found"' EXIT
classes >"$found"
number=$(grep -c '^==' "$found")
if diff -u "$expected" "$found"; then
    echo "$number passed, 0 failed"
else
    echo "merge_classes_test.sh --update writes what is found; read it"
    echo "$((number - 1)) passed, 1 failed"
    exit 1
fi
