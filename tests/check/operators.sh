#!/usr/bin/env bash
# The operators of builtins/operators.def bind as the lines of the rule `binaryOperator` say: those of one line alike, each line
# more tightly than the next.
# usage: operators.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# "BINDING OPERATOR..." a line, the tightest first.
wanted() {
    awk '
        /^binaryOperator/ { inside = 1; next }
        inside && /;/ { exit }
        inside { gsub(/[:|\047 ]+/, " "); sub(/LogicalAnd/, "\\&\\&"); sub(/LogicalOr/, "||"); line[++lines] = $0 }
        inside && /^ *$/ { line[lines] = " |" }  # the operator that is the mark between alternatives, too
        END { for (i = 1; i <= lines; i++) print (lines - i) line[i] }' grammar/VueParser.g4
}
told() {
    sed -nE 's/^ARITHMETIC\([^"]*"([^"]+)",[^,]*,[^,]*, *([0-9]+).*/\2 \1/p
             s/^(COMPARISON|LOGICAL)\([^"]*"([^"]+)",[^,]*, *([0-9]+).*/\3 \2/p' builtins/operators.def |
        awk '$1 != last { printf "%s%s", (NR > 1 ? "\n" : ""), $1; last = $1 } { printf " %s", $2 } END { print "" }'
}
diff -b <(wanted) <(told)
