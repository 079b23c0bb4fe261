#!/usr/bin/env bash
# A class, structure or enumeration of a namespace is defined once (C++20, [basic.def.odr]): where two files define one of the
# same name, no compiler says so, and the linker takes the functions of either.
# usage: one_definition.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

command -v ctags >/dev/null || { echo "ctags is missing: apt install universal-ctags"; exit 1; }

# Those in unnamed namespaces (__anon...) are each file's own.
find builtins compiler runtime \( -name '*.h' -o -name '*.cpp' \) | sort |
    ctags -L - --langmap=C++:+.h --kinds-C++=csug --fields=+s --excmd=number -f - 2>/dev/null |
    awk -F '\t' '!/^!/ && !/__anon/ {
        scope = ""
        for (i = 5; i <= NF; i++) {
            if ($i ~ /^(namespace|class|struct|union):/) { scope = $i; sub(/^[a-z]*:/, "", scope) }
        }
        if (scope == "") next # within a function
        name = scope "::" $1
        if (name in file && file[name] != $2) { print $2 ": " name " is defined in " file[name] " too"; bad = 1 }
        file[name] = $2
    } END { exit bad }'
