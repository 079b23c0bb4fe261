#!/usr/bin/env bash
# Scripts and captures that nobody would write: each is refused or run within seconds and little memory, with the
# documented exit status, a bounded number of messages, and no crash.
# usage: garbage_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# expect STATUS PATTERN NAME ARGUMENT...: exit status; the first message holds the extended regular expression
expect() {
    local want=$1 pattern=$2 name=$3 status problem="" lines
    shift 3
    timeout 20 "$probevue" "$@" </dev/null >"$work/out" 2>"$work/err"
    status=$?
    lines=$(wc -l <"$work/err")
    [[ $status == "$want" ]] || problem="exit status $status, expected $want"
    grep -qE -- "$pattern" <(head -n 5 "$work/err") || problem+="; no \`$pattern\`"
    ((lines <= 500)) || problem+="; $lines lines of messages"
    (($(wc -c <"$work/err") <= 100000)) || problem+="; $(wc -c <"$work/err") bytes of messages"
    if [[ -z $problem ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: ${problem#; }"
        head -n 4 "$work/err" | cut -c 1-200
    fi
}

# repeat TEXT TIMES
repeat() { perl -e 'print $ARGV[0] x $ARGV[1]' "$1" "$2"; }

# random SEED BYTES [FROM]: bytes that are the same on every run; FROM: the characters to choose from
random() { perl -e 'srand shift; my ($n, $from) = @ARGV; print $from ? substr($from, rand length $from, 1) : chr rand 256 for 1 .. $n' "$@"; }

# --- scripts --------------------------------------------------------------------------------------------------------

for seed in 1 2 3; do
    random $seed 1000000 >"$work/garbage.e"
    expect 2 "error:" "a megabyte of random bytes ($seed)" "$work/garbage.e"
    random $seed 1000000 $'@:{}()[];,.+-*/%<>=!&|^~?"\'\\$#_azAZ019 \n\t' >"$work/signs.e"
    expect 2 "error:" "a megabyte of random signs ($seed)" "$work/signs.e"
done
repeat '@@BEGIN { x = 1; } ' 50000 >"$work/many.e"
expect 2 "error:.*(large|long|many|big|at most|more than)" "a megabyte of clauses" "$work/many.e"
random 4 1000000 abc >"$work/word.e"
expect 2 "error:" "a megabyte in one word" "$work/word.e"
repeat $'\n' 1000000 >"$work/lines.e"
expect 2 "no clause" "a million empty lines" "$work/lines.e"
{ repeat '/' 1; repeat '*' 1000000; } >"$work/comment.e"
expect 2 "error:.*comment" "a comment of a megabyte without an end" "$work/comment.e"

printf '@@BEGIN { printf("a\\n"); \0 exit(); }' >"$work/nul.e"
expect 2 ":1:26: error: .*NUL" "a NUL byte" "$work/nul.e"
printf '@@BEGIN { printf("a\0b\\n"); exit(); }' >"$work/nul.e"
expect 2 "NUL" "a NUL byte in a string" "$work/nul.e"
head -c 100000 /dev/zero >"$work/zeros.e"
expect 2 "NUL" "nothing but NUL bytes" "$work/zeros.e"
printf '\xff\xfe@\0@\0B\0' >"$work/utf16.e"
expect 2 "error:" "UTF-16" "$work/utf16.e"

nested() { printf '@@BEGIN { x = '; repeat "$1" 10000; printf 1; repeat "$2" 10000; printf '; exit(); }'; }
nested '(' ')' >"$work/nested.e"
expect 2 "error:.*256 brackets inside each other" "10,000 parentheses" "$work/nested.e"
nested '(' '' >"$work/nested.e"
expect 2 "error:" "10,000 parentheses that are not closed" "$work/nested.e"
for sign in '-' '!' '~' '(int)' '1+(' '1?' 'a['; do
    nested "$sign" '' >"$work/nested.e"
    expect 2 "error:" "10,000 times $sign" "$work/nested.e"
done
{ printf '@@BEGIN { x = 1'; repeat ' + 1' 10000; printf '; printf("%%d\\n", x); exit(); }'; } >"$work/sum.e"
timeout 20 "$probevue" "$work/sum.e" >"$work/out" 2>"$work/err"
status=$?
[[ ($status == 0 && $(cat "$work/out") == 10001) || ($status == 2 && $(wc -l <"$work/err") -le 10) ]] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "FAIL a sum of 10,001 numbers: exit status $status, $(head -c 200 "$work/err")"; }
for block in '{' 'if (1) {' 'if (1) '; do
    { printf '@@BEGIN { '; repeat "$block" 10000; } >"$work/blocks.e"
    expect 2 "error:" "10,000 times $block" "$work/blocks.e"
done

name=$(repeat a 65536)
echo "@@BEGIN { $name = 1; printf(\"%d\\n\", $name); exit(); }" >"$work/name.e"
expect 2 "error:.*(long|characters)" "a name of 64 KB" "$work/name.e"
echo "@@net:bpf:lo:tcp:\"port 80\" { printf(\"%d\\n\", __tcphdr->$name); }" >"$work/name.e"
expect 2 "error:" "a member of 64 KB" "$work/name.e"
echo "@@net:bpf:$name:tcp:\"port 80\" { exit(); }" >"$work/name.e"
expect 2 "error:" "an interface of 64 KB" "$work/name.e"
echo "@@net:bpf:lo:tcp:\"$name\" { exit(); }" >"$work/name.e"
expect 2 "error:" "a filter of 64 KB" "$work/name.e"
echo "@@BEGIN { x = $(repeat 9 65536); exit(); }" >"$work/name.e"
expect 2 "error:" "a number of 64 KB" "$work/name.e"
echo "@@BEGIN { printf(\"%99999999999d\\n\", 1); exit(); }" >"$work/width.e"
expect 2 "error:" "a field of 99,999,999,999 characters" "$work/width.e"

# --- captures: one that is good, damaged in each byte of its first packets, and cut at every length -----------------

capture=tests/data/telnet.pcap
bad=0
for seed in {1..60}; do
    perl -e 'srand shift; local $/; my $bytes = <STDIN>; substr($bytes, rand length $bytes, 1) = chr rand 256 for 1 .. 20; print $bytes' $seed <$capture >"$work/damaged.pcap"
    timeout 20 "$probevue" -r "$work/damaged.pcap" scripts/port23.e >"$work/out" 2>"$work/err"
    status=$?
    [[ $status == 0 || ($status == 1 && $(grep -c 'error:' "$work/err") == 1) ]] || { bad=$((bad + 1)); echo "FAIL damaged capture, seed $seed: exit status $status"; }
done
for ((length = 0; length < 400; length += 3)); do
    head -c $length $capture >"$work/cut.pcap"
    timeout 20 "$probevue" -r "$work/cut.pcap" scripts/port23.e >"$work/out" 2>"$work/err"
    status=$?
    [[ $status == 0 || ($status == 1 && $(grep -c 'error:' "$work/err") == 1) ]] || { bad=$((bad + 1)); echo "FAIL capture of $length bytes: exit status $status"; }
done
[[ $bad == 0 ]] && passed=$((passed + 1)) || failed=$((failed + 1))

# --- recordings: damaged in some bytes, and cut ---------------------------------------------------------------------

recording=tests/data/states.pcapng
bad=0
for seed in {1..40}; do
    perl -e 'srand shift; local $/; my $bytes = <STDIN>; substr($bytes, rand length $bytes, 1) = chr rand 256 for 1 .. 8;
        $bytes = substr($bytes, 0, rand length $bytes) if rand() < 0.3; print $bytes' $seed <$recording >"$work/damaged.pcapng"
    timeout 20 "$probevue" -r "$work/damaged.pcapng" scripts/connection_times.e >"$work/out" 2>"$work/err"
    status=$?
    [[ $status == 0 || ($status == 1 && $(grep -c 'error:' "$work/err") -ge 1 && $(wc -l <"$work/err") -le 12) ]] ||
        { bad=$((bad + 1)); echo "FAIL damaged recording, seed $seed: exit status $status"; }
done
[[ $bad == 0 ]] && passed=$((passed + 1)) || failed=$((failed + 1))

# --- options --------------------------------------------------------------------------------------------------------

expect 2 "error:" "an option of 64 KB" "--$name"
expect 1 "error:" "a file name of 64 KB" -r "/$name" -e '@@END { exit(); }'
expect 2 "error:" "-s with what is no number" -s many -e '@@END { exit(); }'

echo "$passed passed, $failed failed"
[[ $failed == 0 && $passed -ge 38 ]]
