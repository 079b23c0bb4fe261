#!/usr/bin/env bash
# Flags of the command: each does what docs/command.md says, or says in one note that it means nothing here.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1
passed=0 failed=0
hello='@@BEGIN { printf("hello\n"); exit(); }'

# expect WHAT STATUS OUTPUT ERRORS ARGUMENT...: patterns of the shell, for the whole of either stream
expect() {
    local what=$1 status=$2 out=$3 err=$4
    shift 4
    timeout 30 "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null
    local got=$?
    # shellcheck disable=SC2053
    if [[ $got == "$status" && $(<"$work/out") == $out && $(<"$work/err") == $err ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: exit status $got"
        sed 's/^/    out: /' "$work/out"
        sed 's/^/    err: /' "$work/err"
    fi
}

# --- flags that mean nothing here: one note, or a refusal -----------------------------------------------------------

for flag in -g -K -u '-i 5' '-e 40' '-f micro'; do
    # shellcheck disable=SC2086
    expect "$flag: one note" 0 hello "probevue: note: ${flag%% *}*" $flag -e "$hello"
    [[ $(wc -l <"$work/err") == 1 ]] || { failed=$((failed + 1)); echo "FAIL $flag: more than one note"; }
    # shellcheck disable=SC2086
    expect "$flag: no note with -q info=none" 0 hello '' -q info=none $flag -e "$hello"
done
expect "-P" 2 '' 'probevue: error: -P makes definitions from C++ headers*hint: give C declarations with -I' -P x.h -e "$hello"

# --- -T, -f ----------------------------------------------------------------------------------------------------------

expect "-T" 0 hello 'probevue: note: time: compile [0-9]*.[0-9]* ms, enable * ms, trace * ms, end * ms' -T -e "$hello"
expect "-T -f milli" 0 hello 'probevue: note: time: compile [0-9]*.[0-9]* ms,*' -T -f milli -e "$hello"
expect "-T -f micro" 0 hello 'probevue: note: time: compile [0-9]* us, enable [0-9]* us, trace [0-9]* us, end [0-9]* us' -T -f micro -e "$hello"
"$PROBEVUE" -T -f micro -e '@@interval:*:clock:300 { exit(); }' 2>"$work/err"
took=$(sed -n 's/.*trace \([0-9]*\) us.*/\1/p' "$work/err")
expect "-f nano" 2 '' "probevue: error: -f is milli or micro, not \`nano\`*" -f nano -e "$hello"
[[ $took -ge 250000 && $took -lt 30000000 ]] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL -T: 300 ms took $took us"; }

# --- -X, -A, -L, $__CPID, $__CPNAME ---------------------------------------------------------------------------------

printf '#!/bin/sh\necho "child $$: $# arguments: $1|$2|$3, path $LD_LIBRARY_PATH"\n' >"$work/child"
chmod +x "$work/child"
child='@@BEGIN { printf("traced %d %s\n", $__CPID, $__CPNAME); } @@interval:*:clock:200 { exit(); }'
expect "-X -A -L" 0 $'traced * child\nchild *: 3 arguments: a|b c|d, path /nowhere' '' -X "$work/child" -A "a 'b c' d" -L /nowhere -e "$child"
read -r _ traced _ <"$work/out"
grep -q "^child $traced:" "$work/out" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL -X: the child is not \$__CPID"; }
expect "-X: the child runs once probes are set" 0 $'ready\nchild *: 0 arguments: ||, path ' '' -X "$work/child" -e '@@BEGIN { printf("ready\n"); } @@interval:*:clock:200 { exit(); }'
expect "-X with what is not there" 2 '' "probevue: error: the program \`$work/none\` of -X cannot be found or run*" -X "$work/none" -e "$hello"
expect "-A without -X" 2 '' 'probevue: error: -A gives arguments to the program of -X*' -A x -e "$hello"
expect "-L without -X" 2 '' 'probevue: error: -L is the library path for the program of -X*' -L x -e "$hello"
expect "-X with a script that is wrong: the child does not run" 2 '' '*error:*' -X "$work/child" -e '@@BEGIN { nothing(); }'

# --- -o, -t, -s, -q -------------------------------------------------------------------------------------------------

expect "-o" 0 '' '' -o "$work/file" -e "$hello"
[[ $(<"$work/file") == hello ]] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL -o: $(<"$work/file")"; }
expect "-o where nothing can be" 2 '' "probevue: error: cannot write \`/nowhere/file\`: No such file or directory*hint: give -o the name of a file*" -o /nowhere/file -e "$hello"
expect "-t" 0 hello '' -t 20 -e "$hello"
expect "-t without a number" 2 '' "probevue: error: -t wants a number of at least 1, not \`x\`*" -t x -e "$hello"
expect "-s" 0 hello '' -s 512 -e "$hello"
expect "-s 0" 2 '' "probevue: error: -s wants a number of at least 1, not \`0\`*" -s 0 -e "$hello"
expect "-q" 0 hello '' -q info=detail -e "$hello"
expect "-q info=some" 2 '' "probevue: error: -q wants info=none, info=normal or info=detail*" -q info=some -e "$hello"

# --- scripts from standard input, flags in scripts, headers -----------------------------------------------------------

[[ $("$PROBEVUE" - <<<"$hello" 2>&1) == hello && $("$PROBEVUE" <<<"$hello" 2>&1) == hello ]] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "FAIL a script on standard input"; }
[[ $("$PROBEVUE" - 7 <<<'@@BEGIN { printf("%d\n", $1); exit(); }' 2>&1) == 7 ]] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "FAIL a script on standard input, with an argument"; }
printf '#!%s\n#VUE_CMD_ARGS -T -f micro\n#VUE_SCRIPT_ARGS 12 \\"ab\\"\n@@BEGIN { printf("%%d %%s\\n", $1, $2); exit(); }\n' "$PROBEVUE" >"$work/args.e"
chmod +x "$work/args.e"
expect "#VUE_CMD_ARGS, #VUE_SCRIPT_ARGS" 0 '12 ab' 'probevue: note: time: *us' "$work/args.e"
expect "arguments of the command line hold" 0 '5 x' 'probevue: note: time: *us' "$work/args.e" 5 '"x"'
expect "flags of the command line hold" 0 '12 ab' '' -n "$work/args.e"
[[ $("$work/args.e" 2>/dev/null) == '12 ab' ]] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAIL #!"; }
printf '##C++\n#include <x>\n##C++\n%s\n' "$hello" >"$work/cxx.e"
expect "##C++" 2 '' '*##C++*' "$work/cxx.e"
expect "-I with what is not there" 2 '' "probevue: error: cannot read*$work/none.h*" -I "$work/none.h" -e "$hello"
if command -v gcc >/dev/null; then
    # A real header of the system, as the C preprocessor gives it.
    for header in netinet/tcp.h netinet/ip.h sys/types.h sys/stat.h stdint.h linux/tcp.h linux/if_ether.h; do
        echo "#include <$header>" | gcc -E - >"$work/header.i"
        expect "-I with $header" 0 hello '' -I "$work/header.i" -e "$hello"
    done
    printf '#include <netinet/tcp.h>\n#include <stdio.h>\nint main(void) { printf("%%zu\\n", sizeof(struct tcphdr)); return 0; }\n' >"$work/size.c"
    gcc -E "$work/size.c" >"$work/size.i" && gcc -o "$work/size" "$work/size.c"
    echo '#include <netinet/tcp.h>' | gcc -E - >"$work/header.i"
    expect "a structure of it is as large as for C" 0 "$("$work/size")" '' -I "$work/header.i" -e '@@BEGIN { printf("%d\n", sizeof(struct tcphdr)); exit(); }'
fi

# --- lists -----------------------------------------------------------------------------------------------------------

packets='@@net:bpf:lo:<protocol|\*>:"<filter>" *'
expect "-l: a tuple's beginning" 0 "$packets" '' -l '@@net:bpf:lo:tcp'
expect "-l: a whole tuple, with colons in its filter" 0 "$packets" '' -l '@@net:bpf:lo:*:"host ::1"'
expect "-l: a number in a tuple" 0 '@@interval:<pid>:clock:<milliseconds> *' '' -l '@@interval:77:clock:500'
expect "-l: flags before the pattern" 0 '@@net:tcp:retransmit *through *' '' -l -v net:tcp:retransmit
expect "-l: a pattern without @@" 0 '@@net:tcp:retransmit *' '' -l 'net:tcp:ret*'
expect "-l: no such protocol" 2 '' '*no probe point matches `@@net:bpf:lo:foo`*probevue -l net lists*' -l '@@net:bpf:lo:foo'
expect "-l: nothing like it on Linux" 2 '' '*probes of @@io do not exist on Linux*systrace*' -l io
expect "-l: two patterns" 2 '' '*-l takes one pattern, and `tcp` is a second one*' -l net tcp

# --- results for people and for programs -----------------------------------------------------------------------------

# on_terminal WHAT OUTPUT FLAG...: what a terminal shows, whole
on_terminal() {
    local what=$1 out=$2
    shift 2
    local got
    got=$(env -u NO_COLOR TERM=xterm "${terminal[@]}" script -qec "'$PROBEVUE' $* -e '@@BEGIN { a[5] = 3; a[10] = 40; quantize(a); exit(); }'" /dev/null </dev/null | tr -d '\r')
    if [[ $got == "$out" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n%q\n' "$what" "$got"
    fi
}

bar=$(printf '@%.0s' {1..40})
small=$'a[5]  =  3 |@@@\na[10] = 40 |'$bar
scale='           |0         10        20        30        40'
dim=$'\e[2m' key=$'\e[36m' blue=$'\e[34m' end=$'\e[0m'
painted="          $dim |0         10        20        30        40$end
a[${key}5$end] $dim = $end 3 |$blue@@@$end
a[${key}10$end]$dim = ${end}40 |$blue$bar$end"
terminal=(env)
expect "a pipe: no padding" 0 $'a\\[5] = 3 |@@@\na\\[10] = 40 |'"$bar" '' -e '@@BEGIN { a[5] = 3; a[10] = 40; quantize(a); exit(); }'
expect "--columns always into a pipe" 0 "           |0*"$'\na\\[5]  =  3*' '' --columns always -e '@@BEGIN { a[5] = 3; a[10] = 40; quantize(a); exit(); }'
expect "--columns: a word that is none" 2 '' '*--columns is auto, always or never, not `often`*' --columns often -e "$hello"
on_terminal "a terminal: columns and colours" "$painted"
on_terminal "a terminal: --color never" "$scale"$'\n'"$small" --color never
on_terminal "a terminal: --columns never" $'a[5] = 3 |@@@\na[10] = 40 |'"$bar" --columns never --color never
terminal=(env NO_COLOR=1)
on_terminal "a terminal: NO_COLOR" "$scale"$'\n'"$small"
terminal=(env TERM=dumb)
on_terminal "a terminal: TERM=dumb" "$scale"$'\n'"$small"

# --- help ------------------------------------------------------------------------------------------------------------

"$PROBEVUE" --help >"$work/out"
[[ $(wc -l <"$work/out") -le 50 && $(awk '{ if (length > most) most = length } END { print most }' "$work/out") -le 80 ]] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "FAIL --help is not on one screen"; }

echo "$passed passed, $failed failed"
[[ $failed == 0 && $passed -ge 52 ]]
