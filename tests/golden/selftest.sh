#!/usr/bin/env bash
# The golden runner against a program that we know: a wrong expectation must fail, whatever part of it is wrong.
# usage: selftest.sh RUN_GOLDEN
set -euo pipefail

runner=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

# In place of probevue: prints its arguments, then runs the script, which here is shell under the head.
cat >"$tmp/fake" <<'FAKE'
#!/bin/bash
printf '%s\n' "args: $*"
for arg; do [[ -f $arg ]] && . <(grep -v '^//' "$arg"); done
exit "${FAKE_EXIT:-0}"
FAKE
chmod +x "$tmp/fake"

# expect NAME pass|fail: runs the case files made under $tmp/NAME.
expect() {
    local name=$1 want=$2 got=pass
    shift 2
    "$runner" --probevue "$tmp/fake" --data "$tmp" --timeout 1 "$@" "$tmp/$name" >"$tmp/log" 2>&1 || got=fail
    if [[ $got == "$want" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name: the runner should $want, but said:"
        cat "$tmp/log"
    fi
}

# new NAME HEAD... : a case of that name whose script prints the lines b and a.
new() {
    mkdir -p "$tmp/$1"
    { printf '// %s\n' "${@:2}"; echo 'printf "%s\n" b a'; } >"$tmp/$1/x.e"
}

out() { printf '%s\n' "${@:2}" >"$tmp/$1/x.out"; }

new right 'CLAIM: all is well'
out right 'args: x.e' b a
expect right pass
expect right fail --filter nothing-of-this-name

new wrong_out
out wrong_out 'args: x.e' b c
expect wrong_out fail

new shorter_out
out shorter_out 'args: x.e' b
expect shorter_out fail

new no_out
expect no_out fail

new order
out order 'args: x.e' a b
expect order fail

new sorted SORT
out sorted a 'args: x.e' b
expect sorted pass

new args 'ARGS: -r $DATA/x.pcap "two words"' 'ARGV: eth0'
out args 'args: -r ../x.pcap two words x.e eth0' b a
expect args pass

new wrong_exit 'EXIT: 3'
out wrong_exit 'args: x.e' b a
expect wrong_exit fail

new right_exit 'EXIT: 3' 'ENV: FAKE_EXIT=3'
out right_exit 'args: x.e' b a
expect right_exit pass

new misspelt 'EXITS: 0'
out misspelt 'args: x.e' b a
expect misspelt fail

new stderr
echo 'echo trouble >&2' >>"$tmp/stderr/x.e"
out stderr 'args: x.e' b a
expect stderr fail
echo trouble >"$tmp/stderr/x.err"
expect stderr pass
echo joy >"$tmp/stderr/x.err"
expect stderr fail

new slow
echo 'sleep 20' >>"$tmp/slow/x.e"
out slow 'args: x.e' b a
expect slow fail

new killed
echo 'kill -SEGV $$' >>"$tmp/killed/x.e"
out killed 'args: x.e' b a
expect killed fail

new input 'STDIN: one' 'STDIN: two'
echo 'cat' >>"$tmp/input/x.e"
out input 'args: x.e' b a one two
expect input pass

new updated
expect updated pass --update
expect updated pass

new described
mv "$tmp/described/x.e" "$tmp/script.e"
echo '// SCRIPT: ../script.e' >"$tmp/described/x.case"
out described 'args: ../script.e' b a
expect described pass
rm "$tmp/script.e"
expect described fail

mkdir "$tmp/empty"
expect empty fail

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
