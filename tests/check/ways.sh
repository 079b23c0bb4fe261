#!/usr/bin/env bash
# Files and functions that docs/architecture.md ("The way of an event") and docs/words.md name are there. A function is looked for
# in the file that was named last before it.
# usage: ways.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

problems=0
refuse() {
    echo "$1"
    problems=$((problems + 1))
}

way() { sed -n '/^## The way of an event$/,/^## Floors$/p' docs/architecture.md; }

# Names in backquotes, in the order of the text.
named() { grep -oE '`[^`]+`' | tr -d '`'; }

files=0 functions=0
file=""
while IFS= read -r name; do
    case $name in
        */*.*)
            file=$name
            files=$((files + 1))
            [[ -f $file ]] || refuse "docs/architecture.md: there is no $file"
            ;;
        *'()')
            functions=$((functions + 1))
            # Its definition, in or outside of a class, or a helper of the engine.
            [[ -f $file ]] && grep -qE "^ *[A-Za-z_].*[ :*&>]${name%()}\(.*[^;]$" "$file" ||
                refuse "docs/architecture.md: $file has no $name"
            ;;
    esac
done < <(way | named)
[[ $files -ge 20 && $functions -ge 25 ]] || refuse "docs/architecture.md: the way of an event names $files files and $functions functions"

rows=0
while IFS= read -r name; do
    [[ $name == */*.* ]] || continue
    rows=$((rows + 1))
    [[ -f $name ]] || refuse "docs/words.md: there is no $name"
done < <(named <docs/words.md)
[[ $rows -ge 30 ]] || refuse "docs/words.md: names $rows files"

[[ $problems == 0 ]]
