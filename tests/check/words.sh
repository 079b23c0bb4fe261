#!/usr/bin/env bash
# No words that promise work to come.
# usage: words.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

folders=()
for folder in builtins compiler docs runtime grammar scripts tests; do
    [[ ! -d $folder ]] || folders+=("$folder")
done
# Spelt so that this file does not hold them.
! grep -rnwE 'TO''DO|FIX''ME|X''XX' "${folders[@]}"
