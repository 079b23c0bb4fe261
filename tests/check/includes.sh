#!/usr/bin/env bash
# The floors of the house: who may include whom. One order, told three times: a folder includes only from what it links
# (CMakeLists.txt), what it links stands above it there, and docs/architecture.md lists the folders in that order.
# usage: includes.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

problems=0
refuse() {
    echo "$1"
    problems=$((problems + 1))
}

# --- the order: folder, then the folders that it may include from besides its own -----------------------------------

declare -A below # by target, all that it links, directly or not
declare -A order # by top folder, its folders as CMake lists them, the lowest first
for top in builtins compiler runtime; do
    while read -r folder _ links; do
        target=${top}_${folder%% *}
        [[ $folder != . ]] || target=$top
        below[$target]=""
        for link in $links; do
            [[ $link == *::* || $link == vue_grammar ]] && continue
            if [[ ! -v below[$link] ]]; then
                refuse "$top/CMakeLists.txt: $target links $link, which does not stand above it"
                continue
            fi
            below[$target]+=" $link ${below[$link]}"
        done
        [[ $folder == . ]] || order[$top]="$folder${order[$top]:+ > ${order[$top]}}"
    done < <(sed -nE 's/^probevue_folder\(([^) ]+)(( LINK)([^)]*))?\).*/\1 \3 \4/p' "$top/CMakeLists.txt")
done

# target_of FOLDER: runtime/engine is runtime_engine
target_of() { echo "${1//\//_}"; }

# allowed FOLDER HEADER: may a file of the folder include the header?
allowed() {
    local from to
    from=$(target_of "$1") to=$(target_of "${2%/*}")
    # The run time sees of the compiler what it is handed, and where it calls it, the one header for that.
    if [[ $from == runtime_* && $to == compiler* && $to != compiler_program ]]; then
        [[ $2 == compiler/compile.h && " ${below[$from]-} " == *" compiler "* ]]
    else
        [[ " ${below[$from]-} " == *" $to "* ]]
    fi
}

if [[ -f docs/architecture.md ]]; then
    for top in runtime compiler; do
        grep -qE "^floor [0-9] +$top/ +(compile\.cpp > )?${order[$top]}( |\$)" docs/architecture.md ||
            refuse "docs/architecture.md: the floors of $top/ are: ${order[$top]}"
    done
fi

# library, how its headers are spelt, where they may be included
libraries='
fmt         fmt/*                                   builtins compiler runtime
pcap        pcap.h|pcap/*                           compiler runtime/sources runtime/sinks runtime/probes
zlib        zlib.h                                  runtime/sources runtime/sinks
zstd        zstd.h                                  runtime/sources runtime/sinks runtime/state
xxhash      xxhash.h                                runtime/state
simdjson    simdjson.h                              runtime/state
libbpf      bpf/*                                   runtime/kernel
libelf      libelf.h|gelf.h                         runtime/symbols
libedit     histedit.h|editline/*                   runtime/repl
nlohmann    nlohmann/*                              runtime/lsp
ncurses     ncurses.h|curses.h|term.h               runtime/screen/terminal.cpp
microhttpd  microhttpd.h                            runtime/metrics/server.cpp
curl        curl/*                                  runtime/metrics/push.cpp
seccomp     seccomp.h                               compiler/program runtime/privileges
antlr       antlr4-runtime.h|antlr4-runtime/*|Vue*.h  compiler/syntax
'

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
    local from=${1%/*} to=${3%/*}
    [[ $from == "$to" ]] && return
    edges+="$from $to"$'\n'
    allowed "$from" "$3" || refuse "$1:$2: $from may not include $3 (what it links is in CMakeLists.txt)"
}

# check_library FILE LINE HEADER: a header of a library; one of the system or of the standard library is free
check_library() {
    local file=$1 line=$2 header=$3 name spellings places place
    while read -r name spellings places; do
        [[ -n $name ]] || continue
        IFS='|' read -ra spellings <<<"$spellings"
        matches "$header" "${spellings[@]}" || continue
        for place in $places; do
            [[ $file == "$place" || $file == "$place"/* ]] && return
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
