#!/usr/bin/env bash
# Headers bring what they use. Each compiles alone: the first include of NAME.cpp is NAME.h, and CI compiles each
# header without a NAME.cpp by itself (target headers_alone). What a compiler's library happens to include along differs
# from version to version, so that some names and the headers that define them are compared here too.
# usage: headers.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

sources() { find builtins compiler runtime docs tests -name '*.h' -o -name '*.cpp' | sort; }

# Fixed-width types come with <cstdint>, in the header itself or in one of ours that it includes; fmt::join with
# <fmt/ranges.h> (from fmt 11 on), in the file itself.
# shellcheck disable=SC2046
lacking() {
    awk '
        /^[[:space:]]*\/\// { next }
        /^#include/ {
            name = substr($2, 2, length($2) - 2)
            if (name == "cstdint") has[FILENAME] = 1
            if (name == "fmt/ranges.h") ranges[FILENAME] = 1
            if ($2 ~ /^"/) includes[FILENAME] = includes[FILENAME] " " name
            next
        }
        FILENAME ~ /\.h$/ && $0 " " ~ /(^|[^_[:alnum:]])(u?int(8|16|32|64|max|ptr)_t|UINT(8|16|32|64)_MAX)[^_[:alnum:]]/ {
            uses[FILENAME] = uses[FILENAME] ? uses[FILENAME] : FNR
        }
        /fmt::join/ && !(FILENAME in ranges) { print FILENAME ":" FNR ": fmt::join needs #include <fmt/ranges.h>" }
        function reaches(file,  names, count, i) {
            if (file in has) return 1
            if (file in seen) return 0
            seen[file] = 1
            count = split(includes[file], names, " ")
            for (i = 1; i <= count; i++) if (reaches(names[i])) return 1
            return 0
        }
        END {
            for (file in uses) {
                split("", seen)
                if (!reaches(file)) print file ":" uses[file] ": fixed-width types need #include <cstdint>"
            }
        }' $(sources)
}

own_header_last() {
    sources | sed -n 's/\.cpp$//p' | while read -r name; do
        [[ -f $name.h ]] || continue
        first=$(sed -nE '/^#include/{s/^#include "([^"]+)".*/\1/p;q}' "$name.cpp")
        [[ -n $first && $name.h == *"$first" ]] || echo "$name.cpp: the first include must be its own header"
    done
}

problems=$(lacking; own_header_last)
[[ -z $problems ]] || { echo "$problems"; exit 1; }
