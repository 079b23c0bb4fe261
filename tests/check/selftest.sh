#!/usr/bin/env bash
# The checks of this folder on small trees: each must refuse what it is there for, and pass what is right.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

# script [SENTENCE]: a script x.e whose first comment says what it must
script() {
    printf '%s\n' '/*' " * ${1:-Who is x.} More of it." ' *' ' * topic:    x' ' * live:     probevue x 7   until Ctrl-C' ' */' '@@BEGIN {}'
}

# fresh: a small tree that every check accepts
fresh() {
    rm -rf "$tmp/tree"
    mkdir -p "$tmp"/tree/{docs,builtins/base,compiler/{syntax,sema,program},runtime/{engine,kernel,cli},grammar,scripts/tests}
    mkdir -p "$tmp"/tree/tests/{golden,check,unit}
    cd "$tmp/tree"
    echo '#include <vector>' >builtins/base/bytes.h
    echo '#include "builtins/base/bytes.h"' >builtins/types.h
    echo '#include "builtins/types.h"' >compiler/program/program.h
    echo '#include <antlr4-runtime.h>' >compiler/syntax/bridge.cpp
    echo >compiler/syntax/ast.h
    echo '#include "compiler/syntax/ast.h"' >compiler/sema/sema.h
    echo '#include "compiler/sema/sema.h"' >compiler/compile.h
    echo '#include "compiler/program/program.h"' >runtime/engine/engine.h
    echo '#include <bpf/libbpf.h>' >runtime/kernel/kernel.cpp
    echo '#include "compiler/compile.h"' >runtime/cli/cli.cpp
    printf 'probevue_folder(%s)\n' 'base LINK fmt::fmt' '. LINK builtins_base' >builtins/CMakeLists.txt
    printf 'probevue_folder(%s)\n' 'program LINK builtins PkgConfig::libpcap' 'syntax LINK builtins vue_grammar' \
        'sema LINK compiler_syntax compiler_program' '. LINK compiler_sema' >compiler/CMakeLists.txt
    printf 'probevue_folder(%s)\n' 'engine LINK compiler_program' 'kernel LINK runtime_engine' \
        'cli LINK runtime_kernel compiler' >runtime/CMakeLists.txt
    printf 'floor %s\n' '2   runtime/   cli > kernel > engine' '1   compiler/  compile.cpp > sema > syntax > program' \
        >docs/architecture.md
    script >scripts/x.e
    echo 'run: probevue -r x.pcap ../x.e' >scripts/tests/x.test
}

# expect CHECK pass|refuse WHAT, in the tree as it is now
expect() {
    local got=refuse
    "$here/$1" "$tmp/tree" >"$tmp/log" 2>&1 && got=pass
    if [[ $got == "$2" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1 should $2: $3"
        cat "$tmp/log"
    fi
    fresh
}

# include FILE LINE: adds an #include to a file
include() { echo "#include $2" >>"$1"; }

blank_lines() { printf '\n%.0s' $(seq "$1"); }

# function_of LINES: a function that long
function_of() {
    echo 'int f() {'
    for ((i = 2; i < $1; i++)); do echo '    ;'; done
    echo '}'
}

fresh
for check in includes.sh sizes.sh words.sh scripts.sh messages.sh headers.sh one_definition.sh; do expect $check pass "a tree in order"; done

include builtins/types.h '"compiler/syntax/ast.h"'; expect includes.sh refuse "builtins up to the compiler"
include builtins/types.h '<unistd.h>'; expect includes.sh refuse "builtins beyond the standard library"
include builtins/types.h '<arpa/inet.h>'; expect includes.sh pass "builtins with a format of the network"
include builtins/types.h '<fmt/format.h>'; expect includes.sh pass "builtins with fmt"
include compiler/sema/sema.h '"runtime/engine/engine.h"'; expect includes.sh refuse "the compiler up to the runtime"
include compiler/program/program.h '"compiler/syntax/ast.h"'; expect includes.sh refuse "program on a stage"
include compiler/syntax/ast.h '"compiler/sema/sema.h"'; expect includes.sh refuse "a circle of two folders"
include builtins/base/bytes.h '"builtins/types.h"'; expect includes.sh refuse "a circle within builtins"
include compiler/sema/sema.h '"ast.h"'; expect includes.sh refuse "an include that does not start at the top"
include compiler/syntax/ast.h '<antlr4-runtime.h>'; expect includes.sh refuse "ANTLR in two files"
include compiler/sema/sema.h '"VueParser.h"'; expect includes.sh refuse "ANTLR outside syntax"
include runtime/engine/engine.h '<bpf/bpf.h>'; expect includes.sh refuse "libbpf outside runtime/kernel"
include runtime/engine/engine.h '"compiler/compile.h"'; expect includes.sh refuse "the engine on the compiler"
include runtime/engine/engine.h '"compiler/sema/sema.h"'; expect includes.sh refuse "the engine on a stage"
include runtime/cli/cli.cpp '"compiler/sema/sema.h"'; expect includes.sh refuse "the command line on a stage"
include runtime/engine/engine.h '"runtime/kernel/kernel.h"'; touch runtime/kernel/kernel.h
expect includes.sh refuse "a folder up within the run time"
echo 'probevue_folder(probes LINK runtime_session)' >>runtime/CMakeLists.txt
expect includes.sh refuse "a folder that links what does not stand above it"
echo 'floor 2   runtime/   cli > engine > kernel' >docs/architecture.md; expect includes.sh refuse "another order in the documents"

blank_lines 600 >grammar/x.g4; expect sizes.sh pass "a file of 600 lines"
blank_lines 601 >grammar/x.g4; expect sizes.sh refuse "a file of 601 lines"
blank_lines 601 >grammar/x.g4; echo 'file grammar/x.g4 one table' >tests/check/exceptions.txt
expect sizes.sh pass "a named exception"
echo 'file grammar/x.g4 one table' >tests/check/exceptions.txt; expect sizes.sh refuse "an exception without need"
blank_lines 601 >grammar/x.g4; echo 'file grammar/x.g4' >tests/check/exceptions.txt
expect sizes.sh refuse "an exception without reason"
function_of 80 >runtime/engine/f.h; expect sizes.sh pass "a function of 80 lines"
function_of 80 >runtime/engine/f.h; echo '# none' >tests/check/exceptions.txt
expect sizes.sh pass "a list without exceptions"
function_of 81 >runtime/engine/f.h; echo '# none' >tests/check/exceptions.txt
expect sizes.sh refuse "a function of 81 lines beside a list without exceptions"
function_of 81 >runtime/engine/f.h; expect sizes.sh refuse "a function of 81 lines"

twice() { echo "namespace p { $1 }" >>compiler/sema/sema.h; echo "namespace p { $2 }" >>compiler/sema/two.cpp; }
twice 'struct A { int x; };' 'class A { int y; };'; expect one_definition.sh refuse "a class that two files define"
twice 'enum class A { x };' 'struct A { };'; expect one_definition.sh refuse "an enumeration and a structure of one name"
twice 'struct A { int x; };' 'struct A; namespace { struct B { }; }'; expect one_definition.sh pass "a declaration"
twice 'namespace { struct A { }; }' 'namespace { struct A { }; }'; expect one_definition.sh pass "unnamed namespaces"
twice 'struct A { struct X { }; };' 'struct B { struct X { }; };'; expect one_definition.sh pass "members of one name"

echo 'uint8_t f();' >>builtins/types.h; expect headers.sh refuse "a fixed-width type without <cstdint>"
echo '// uint8_t' >>builtins/types.h; expect headers.sh pass "a fixed-width type in a comment"
echo 'uint8_t f();' >>builtins/types.h; include builtins/base/bytes.h '<cstdint>'
expect headers.sh pass "a fixed-width type with the <cstdint> of another header"
echo 'auto a = fmt::join(x, ",");' >compiler/sema/lists.cpp; expect headers.sh refuse "fmt::join without <fmt/ranges.h>"
include compiler/sema/sema.cpp '<vector>'; include compiler/sema/sema.cpp '"compiler/sema/sema.h"'
expect headers.sh refuse "a source that does not include its own header first"
include compiler/sema/sema.cpp '"compiler/sema/sema.h"'; expect headers.sh pass "a source that does"

echo "// TO""DO" >builtins/types.h; expect words.sh refuse "a promise"
script | sed 's/probevue x/probevue y/' >scripts/y.e; expect scripts.sh refuse "a script without a test"
echo '@@BEGIN {}' >scripts/x.e; expect scripts.sh refuse "a script without a comment"
script | grep -v topic: >scripts/x.e; expect scripts.sh refuse "a script without a topic"
script | grep -v Who >scripts/x.e; expect scripts.sh refuse "a script without a sentence"
script "$(printf 'x%.0s' {1..76})." >scripts/x.e; expect scripts.sh pass "a first sentence of 76 characters"
script "$(printf 'x%.0s' {1..77})." >scripts/x.e; expect scripts.sh refuse "a first sentence of 77 characters"
script | sed 's/probevue x/probevue y/' >scripts/x.e; expect scripts.sh refuse "a script that is run by another name"
script | sed 's|More|See scripts/y.e|' >scripts/x.e; expect scripts.sh refuse "a path that is there in the source tree only"
script | sed 's|live:|replay:   probevue -r a.pcap x\n * live:|' >scripts/x.e; expect scripts.sh refuse "a capture that is not there"
mkdir -p tests/data; touch tests/data/a.pcap; script | sed 's|live:|replay:   probevue -r a.pcap x\n * live:|' >scripts/x.e
expect scripts.sh pass "a capture of the tests"

message='error(span, shown(name) + " is too {} for \"this\"", "say it shorter");'
echo "$message" >compiler/sema/long.cpp; expect messages.sh refuse "a message without a test"
echo "$message" >compiler/sema/long.cpp; echo 'x.e:1:1: error: `x` is too long for "this"' >tests/golden/x.err
expect messages.sh pass "a message in an expectation, and a hint that is not asked for"
echo "$message" >compiler/sema/long.cpp; echo '{"x", "[x] `x` is too long for \"this\""},' >tests/unit/x.cpp
expect messages.sh pass "a message in the source of a test"
echo "$message" >compiler/sema/long.cpp; echo 'for "this" <- no test is that long' >tests/check/untested_messages.txt
expect messages.sh pass "a message that cannot be provoked"
echo "$message" >compiler/sema/long.cpp; echo 'for "this" <-' >tests/check/untested_messages.txt
expect messages.sh refuse "an exception without reason"
echo 'for "this" <- no test is that long' >tests/check/untested_messages.txt
expect messages.sh refuse "an exception without need"

operators() {
    printf '%s\n' 'binaryOperator' "    : '*'" "    | '|'" '    | LogicalOr' '    ;' >grammar/VueParser.g4
    printf '%s\n' 'ARITHMETIC(mul, "*", Star, MultiplySet, 2, mul, mul)' "ARITHMETIC(bit_or, \"|\", Bar, OrSet, $1, or_, or_)" \
        'LOGICAL(logical_or, "||", LogicalOr, 0)' >builtins/operators.def
}
operators 1; expect operators.sh pass "operators that bind as the grammar says"
operators 2; expect operators.sh refuse "an operator that binds more tightly than in the grammar"

versions() {
    mkdir -p debian
    echo 'project(probevue VERSION 1.2.0 DESCRIPTION "x" LANGUAGES CXX)' >CMakeLists.txt
    echo "probevue ($1) unstable; urgency=medium" >debian/changelog
}
versions 1.2.0; expect versions.sh pass "a package of the version"
versions 1.2.1; expect versions.sh refuse "a package of another version"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
