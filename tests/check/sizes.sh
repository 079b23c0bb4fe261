#!/usr/bin/env bash
# Files of at most 600 lines, functions of at most 80, and the named exceptions (tests/check/exceptions.txt).
# usage: sizes.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

command -v ctags >/dev/null || { echo "ctags is missing: apt install universal-ctags"; exit 1; }

sources() { find builtins compiler runtime grammar -name '*.h' -o -name '*.cpp' -o -name '*.def' -o -name '*.g4'; }

too_long() {
    sources | sort | while read -r file; do
        lines=$(wc -l <"$file")
        ((lines <= 600)) || echo "file $file $lines"
    done
    sources | grep -E '\.(h|cpp)$' | sort |
        ctags -L - --langmap=C++:+.h --kinds-C++=f --fields=+ne --excmd=number -f - 2>/dev/null |
        awk -F '\t' '!/^!/ && $1 !~ /^__anon/ {
            from = to = 0
            for (i = 3; i <= NF; i++) {
                if ($i ~ /^line:/) from = substr($i, 6)
                if ($i ~ /^end:/) to = substr($i, 5)
            }
            if (to - from + 1 > 80) printf "function %s:%s %d\n", $2, $1, to - from + 1
        }'
}

{ [[ ! -f tests/check/exceptions.txt ]] || grep -vE '^[[:space:]]*(#|$)' tests/check/exceptions.txt || true; } |
    awk 'listed { known[$1 " " $2] = NF > 2; next }
         !(($1 " " $2) in known) { print $2 ": " $3 " lines, at most " ($1 == "file" ? 600 : 80); bad = 1 }
         { seen[$1 " " $2] = 1 }
         END {
             for (row in known) {
                 if (!(row in seen)) { print "exceptions.txt: " row ": no longer needed"; bad = 1 }
                 if (!known[row]) { print "exceptions.txt: " row ": no reason"; bad = 1 }
             }
             exit bad
         }' listed=1 - listed=0 <(too_long)
