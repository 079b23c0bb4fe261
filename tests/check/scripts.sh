#!/usr/bin/env bash
# Every script that people run as it is has a golden case.
# usage: scripts.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

problems=0
for script in scripts/*.e; do
    [[ -e $script ]] || continue
    if ! grep -rqE "^// SCRIPT: .*/$script\$" --include='*.case' tests/golden 2>/dev/null; then
        echo "$script: no case in tests/golden/scripts runs it"
        problems=$((problems + 1))
    fi
done
[[ $problems == 0 ]]
