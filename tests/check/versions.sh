#!/usr/bin/env bash
# The version stands in CMakeLists.txt; files for packagers, which must repeat it, say the same.
# usage: versions.sh [ROOT]
set -uo pipefail
cd "${1:-$(dirname "$0")/../..}"

version=$(sed -nE 's/^project\(probevue VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt 2>/dev/null)
problems=0
# says FILE EXPRESSION: what the expression of sed finds there is the version
says() {
    local found
    [[ -f $1 ]] || return 0
    found=$(sed -nE "$2" "$1" | head -n 1)
    [[ $found == "$version" ]] || { echo "$1: says version '$found', CMakeLists.txt '$version'"; problems=$((problems + 1)); }
}
says debian/changelog '1s/^probevue \(([^)]+)\).*/\1/p'
says .ci/packaging/probevue.spec 's/^Version: +//p'
says .ci/packaging/APKBUILD 's/^pkgver=//p'
says .ci/packaging/PKGBUILD 's/^pkgver=//p'
[[ $problems == 0 ]]
