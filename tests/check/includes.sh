#!/usr/bin/env bash
# The floors of the house: who may include whom. No circles between folders.
# usage: includes.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# folder, then the folders it may include from besides its own; the longest folder that matches a file counts.
# `x/*` takes in all that is below x, `x` that folder only.
floors='
builtins            builtins/*
compiler            builtins/* compiler/*
compiler/program    builtins/*
runtime             builtins/* runtime/* compiler/program
runtime/cli         builtins/* runtime/* compiler/program compiler/compile.h
'

# library, how its headers are spelt, where they may be included
libraries='
fmt         fmt/*                                   builtins compiler runtime
pcap        pcap.h|pcap/*                           compiler runtime/sources runtime/sinks runtime/probes
zlib        zlib.h                                  runtime/sources runtime/sinks
zstd        zstd.h                                  runtime/sources runtime/sinks
asmjit      asmjit/*                                runtime/engine
libbpf      bpf/*                                   runtime/kernel
libelf      libelf.h|gelf.h                         runtime/symbols
libedit     histedit.h|editline/*                   runtime/cli
antlr       antlr4-runtime.h|antlr4-runtime/*|Vue*.h  compiler/syntax
'

problems=0
refuse() {
    echo "$1"
    problems=$((problems + 1))
}

# matches TEXT PATTERN...: one of the patterns, as the shell understands them
matches() {
    local text=$1 pattern
    shift
    for pattern; do
        # shellcheck disable=SC2053
        [[ $text == $pattern ]] && return 0
    done
    return 1
}

# check_project FILE LINE HEADER: one of our own headers
check_project() {
    local file=$1 line=$2 header=$3 from=${1%/*} to=${3%/*} folder patterns pattern best="" allowed=""
    [[ $from == "$to" ]] && return
    edges+="$from $to"$'\n'
    while read -r folder patterns; do
        [[ -n $folder && $from/ == "$folder"/* && ${#folder} -gt ${#best} ]] && best=$folder allowed=$patterns
    done <<<"$floors"
    for pattern in $allowed; do
        # A folder with all below it, one header, or one folder.
        matches "$header" "$pattern" && return
        [[ $to == "$pattern" ]] && return
    done
    refuse "$file:$line: $from may not include $header"
}

# check_library FILE LINE HEADER: a header of a library; one of the system or of the standard library is free
check_library() {
    local file=$1 line=$2 header=$3 name spellings places place
    while read -r name spellings places; do
        [[ -n $name ]] || continue
        IFS='|' read -ra spellings <<<"$spellings"
        matches "$header" "${spellings[@]}" || continue
        for place in $places; do
            [[ $file == "$place"/* ]] && return
        done
        refuse "$file:$line: $name ($header) is for $places only"
        return
    done <<<"$libraries"
    # Floor 0: the standard library, and of the system's headers those that only describe formats.
    if [[ $file == builtins/* && ! $header =~ ^[a-z_0-9]+$ ]] && ! matches "$header" arpa/inet.h 'netinet/*'; then
        refuse "$file:$line: builtins may include the standard library, fmt and <arpa/inet.h> only, not <$header>"
    fi
}

set -f
edges="" antlr_files=""
include='#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
while IFS=: read -r file line text; do
    [[ $text =~ $include ]]
    quote=${BASH_REMATCH[1]} header=${BASH_REMATCH[2]}
    if [[ -f $header ]]; then
        check_project "$file" "$line" "$header"
        continue
    fi
    if matches "$header" 'Vue*.h' 'antlr4-runtime*'; then
        antlr_files+="$file"$'\n'
    elif [[ $quote == '"' ]]; then
        refuse "$file:$line: \"$header\" is not a file of ours (includes start at the top of the project)"
        continue
    fi
    check_library "$file" "$line" "$header"
done < <(grep -rnE "^[[:space:]]*$include" --include='*.h' --include='*.cpp' --include='*.def' builtins compiler runtime || true)

antlr_count=$(printf '%s' "$antlr_files" | sort -u | wc -l)
((antlr_count <= 1)) || refuse "ANTLR is seen by more than one file: $(printf '%s' "$antlr_files" | sort -u | tr '\n' ' ')"

if ! circle=$(printf '%s' "$edges" | sort -u | tsort 2>&1 >/dev/null); then
    refuse "folders include each other in a circle: $(sed 's/^tsort: //; s/^-: //' <<<"$circle" | grep -v 'contains a loop' | tr '\n' ' ')"
fi

[[ $problems == 0 ]]
