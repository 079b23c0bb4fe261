#!/usr/bin/env bash
# Tests of scripts (`--test`): what passes and fails, differences that patch(1) understands, --update, coverage against clauses
# counted by hand, what is wrong with tests, JSON; and the clauses of bundled scripts that no test runs.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
check=${PROBEVUE%/*}/tests/check_json
root=$PWD
export NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}
# tests STATUS WHAT ARGUMENT...: runs them; leaves what is printed in $said
tests() {
    local status=$1 what=$2
    shift 2
    said=$(timeout 120 "$PROBEVUE" --test "$@" 2>&1 </dev/null)
    local got=$?
    [[ $got == "$status" ]]; result $? "$what: exit status $got, not $status: $said"
}
has() { # has WHAT TEXT
    grep -qF -- "$2" <<<"$said"; result $? "$1: nothing of \`$2\` in: $said"
}
hasnt() { # hasnt WHAT TEXT
    ! grep -qF -- "$2" <<<"$said"; result $? "$1: \`$2\` in: $said"
}
# fresh: an empty folder with a capture, and a script of which web.pcap runs three clauses of five
fresh() {
    cd "$work" && rm -rf t && mkdir t && cd t || exit
    ln -s "$root/tests/data/web.pcap" web.pcap
    cat >web.e <<'VUE'
long long n;
@@BEGIN { printf("begin\n"); }
@@net:bpf:any:tcp:"" { n++; }
  @@net:bpf:any:tcp:""
    when (__tcphdr->src_port == 1) { printf("never\n"); }
@@net:bpf:any:udp:"udp port 9" { printf("never either\n"); }
@@END { printf("%lld packets\n", n); }
VUE
}
packets=$(tcpdump -nr tests/data/web.pcap tcp 2>/dev/null | wc -l)
[[ $packets -gt 0 ]] || packets=$("$PROBEVUE" -r tests/data/web.pcap -e 'int n; @@net:bpf:any:tcp:"" { n++; } @@END { printf("%d", n); }')

# --- there is none -----------------------------------------------------------------------------------------------

fresh
tests 2 "no folder" nothing
has "no folder" '--test: there is no `nothing`'
has "no folder: the hint" 'hint: a test is NAME.test with a line `run: probevue -r FILE SCRIPT`, or NAME.e beside NAME.pcap (docs/testing-scripts.md)'
mkdir empty
tests 2 "an empty folder" empty
has "an empty folder" 'there are no tests in `empty`'
tests 2 "a file that is no test" web.pcap
has "a file that is no test" '--test takes folders and files NAME.test, and `web.pcap` is none'
tests 2 "a flag for a folder" --update
has "a flag for a folder" '--test takes a folder, not `--update`'
has "a flag for a folder" 'probevue --test DIR [--update] [DIR...]'
said=$("$PROBEVUE" --update 2>&1); [[ $? == 2 ]]; result $? "--update alone"
has "--update alone" '--update is for --test DIR and --fmt, and there is none of them'
tests 2 "csv" . --format csv
has "csv" '--test prints text or json only'
has "csv" 'leave out --format csv or html'
tests 2 "flags of a run" . -r web.pcap
has "flags of a run" '--test runs what its tests say, and takes no flags of a run'
has "flags of a run" '-v, --format, --color, -q and --update are for it; the others stand in the `run:` of NAME.test'
if [[ $(id -u) != 0 ]]; then
    mkdir -m 0 closed
    tests 2 "a folder that cannot be read" .
    has "a folder that cannot be read" 'cannot read the folder `closed`'
    rmdir closed
fi

# --- the short form: new, written, passed, changed -----------------------------------------------------------------

fresh
tests 1 "a script beside its capture, new, without expectation" .
has "new" 'there is no web.out: look at what it prints, and --update writes it'
has "new" '0 passed, 1 failed'
[[ ! -e web.out ]]; result $? "new: nothing is written"
tests 0 "--update" . --update
has "--update" 'wrote web.out'
has "--update" '1 passed, 0 failed, 1 file written'
cmp -s web.out <(printf 'begin\n%d packets\n' "$packets"); result $? "--update: what is written: $(<web.out)"
tests 0 "--update again" . --update
hasnt "--update again" 'wrote'
tests 0 "it passes" .
hasnt "it passes quietly" 'pass web'
tests 0 "it passes, -v" . -v
has "it passes, -v" 'pass web ('
# Coverage: BEGIN, the second clause and END; the third has had all TCP packets, the fourth none.
want="coverage: web.e: 3 of 5 clauses fired
  web.e:4:3: @@net:bpf:any:tcp:\"\" never fired: its predicate held for none of $packets events
  web.e:6:1: @@net:bpf:any:udp:\"udp port 9\" never fired: no event
coverage: 3 of 5 clauses fired, 1 script
1 passed, 0 failed"
tests 0 "coverage" .
[[ $said == "$want" ]]; result $? "coverage: $said"
printf 'run: probevue -r web.pcap -e "@@BEGIN { exit(); }"\n' >z.test; : >z.out
tests 0 "coverage of -e" . -v
has "coverage of -e" 'coverage: z.test, -e: 1 of 1 clauses fired'
has "coverage of two" 'coverage: 4 of 6 clauses fired, 2 scripts'
rm z.*
# Two tests of a script add up, wherever they lie.
mkdir -p below/deeper .hidden
sed 's/src_port == 1)/src_port == $1)/' web.e >ports.e
for port in 1 80; do echo "run: probevue -r ../../web.pcap ../../ports.e $port" >below/deeper/p$port.test; done
echo 'run: nonsense' >.hidden/x.test
tests 0 "tests in folders below" . --update
has "tests in folders below" 'wrote below/deeper/p80.out'
has "coverage over two tests" 'coverage: ports.e: 4 of 5 clauses fired'
grep -q never below/deeper/p80.out; result $? "the argument of a script"
tests 0 "one file, and a folder" below/deeper/p80.test below
has "one file, and a folder: once each" '2 passed, 0 failed'
rm -r below ports.e
rm web.pcap
tests 1 "expected output without a capture" .
has "expected output without a capture" 'web.e: has expected output, and no capture web.pcap or web.pcapng is beside it'
gzip -c "$root/tests/data/web.pcap" >web.pcap.gz
tests 0 "a compressed capture" .

# --- what differs ---------------------------------------------------------------------------------------------------

fresh
{ echo '@@BEGIN {'; for i in {1..150}; do echo "printf(\"line $i\\n\");"; done; echo '}'; } >lines.e
echo 'run: probevue -r web.pcap lines.e' >lines.test
tests 0 "lines" lines.test --update
mv lines.out right
# changed TEXT...: the difference turns what is expected into what is printed, says patch(1)
changed() {
    tests 1 "$1" lines.test
    has "$1" 'FAIL lines'
    cp lines.out patched
    sed -n '/^--- /,/^coverage/p' <<<"$said" | sed '$d' | patch -s patched >/dev/null 2>&1
    cmp -s patched right; result $? "$1: patch makes it what is printed: $said"
}
sed '50d; 60i\new' right >lines.out; changed "a line less, a line more"
has "hunks are those of diff" "$(diff -u lines.out right | grep '^@@')"
sed '1d' right >lines.out; changed "the first line"
sed '$d' right >lines.out; changed "the last line"
printf 'line 0\n' >lines.out; changed "all lines"
: >lines.out; changed "nothing is expected"
{ cat right; echo more; } >lines.out; changed "a line is missing"
head -c -1 right >lines.out; changed "no line end at the end of what is expected"
has "no line end" '\ No newline at end of file'
tac right >lines.out; tests 1 "all another order" lines.test; has "all another order" '... 100 more lines'
sed 's/$/\r/' right >lines.out; tests 1 "carriage returns" lines.test
has "carriage returns" 'standard output is not that of lines.out, in the ends of lines only: one has carriage returns (\r)'
has "carriage returns are shown" '-line 1\r'
cp right lines.out
tests 0 "as it was" lines.test
printf 'x\n' >lines.err
tests 1 "standard error" lines.test
has "standard error" 'standard error is not that of lines.err'
has "standard error" '+++ standard error'
tests 0 "an expectation of nothing goes away" lines.test --update
[[ ! -e lines.err ]]; result $? "lines.err is gone"
said=$("$PROBEVUE" --test lines.test --color always); has "no colour where nothing differs" '1 passed'
sed -i 1d lines.out
said=$("$PROBEVUE" --test lines.test --color always); has "colours" $'\033[32m+line 1\033[0m'

fresh; rm web.*
cp "$root/tests/data/web.pcap" bytes.pcap
printf '@@BEGIN { printf("\\xff\\x1b[31mred\\n"); eprintf("said\\n"); }\n' >bytes.e
printf 'else\n' >bytes.out
tests 1 "bytes that are no text" .
has "bytes that are no text" '+\xff\x1b[31mred'
has "messages that nobody expects" 'standard error should be empty: there is no bytes.err'
tests 0 "bytes: written" . --update
cmp -s bytes.out <(printf '\xff\x1b[31mred\n'); result $? "bytes: what is written"
cmp -s bytes.err <(printf 'said\n'); result $? "messages: what is written"
tests 0 "bytes: passes" .

# --- what a test says -----------------------------------------------------------------------------------------------

fresh
rm web.e
# mistake WHAT TEXT LINE...: a test of these lines is told of
mistake() {
    printf '%s\n' "${@:3}" >m.test
    : >m.out
    tests 1 "$1" m.test
    has "$1" "$2"
}
mistake "no run" 'm.test:1: there is no line `run: probevue -r FILE SCRIPT`' '# nothing'
mistake "an empty test" 'there is no line `run: probevue -r FILE SCRIPT`' ''
mistake "an unknown key" 'm.test:2: there is no key `stauts`; did you mean `status`?' 'run: probevue -r web.pcap -e "@@BEGIN {}"' 'stauts: 1'
mistake "a key of nothing like it" 'there is no key `zzzzzz`: it is run, status, env or limit' 'zzzzzz: 1'
mistake "no key" 'a line is `key: value` or a comment with `#`, not `probevue web.pcap`' 'probevue web.pcap'
mistake "twice" 'm.test:2: a second line `status:`' 'status: 1' 'status: 2'
mistake "a status" '`status` wants an exit status from 0 to 255, not `yes`' 'status: yes'
mistake "a status too large" 'not `256`' 'status: 256'
mistake "a limit" '`limit` wants seconds from 1 to 86400, such as 10s, not `soon`' 'limit: soon'
mistake "an environment" '`env` wants NAME=value, not `TZ`' 'env: TZ'
mistake "a quote" 'a quote in `run` is not closed' "run: probevue -e '@@BEGIN {}"
mistake "another command" '`run` begins with the word probevue, as on the command line' 'run: cat web.pcap'
mistake "a pipe" '`run` is one command and no shell reads it: `|` means nothing here' 'run: probevue -r web.pcap x.e | sort'
mistake "a flag" 'm.test:1: there is no flag `--formt`' 'run: probevue --formt json x.e'
mistake "no capture" 'a test replays a capture or recording, and `run` has no -r FILE (`probevue -w FILE SCRIPT` records one; --check compiles only)' 'run: probevue x.e'
mistake "no script" '`run` names no script' 'run: probevue -r web.pcap'
mistake "a session" 'a test runs a script, and `run` has -i or -l' 'run: probevue -i -r web.pcap x.e'
mistake "tests in a test" 'a test runs a script, not tests' 'run: probevue --test .'
mistake "standard input" 'a test has no standard input, which `run` names with `-`' 'run: probevue -r - x.e'
mistake "a capture that is not there" 'exit status 1, expected 0' 'run: probevue -r nothing.pcap -e "@@BEGIN {}"'
has "a capture that is not there: what it says" '+probevue: error: nothing.pcap: No such file or directory'
mistake "a script that does not compile" 'exit status 2, expected 0' 'run: probevue -r web.pcap -e "@@BEGIN { x = ; }"'
tests 1 "a script that does not compile: --update" m.test --update
has "a script that does not compile: --update" '; nothing is written before a line `status:` in NAME.test says so'
mkfifo pipe
mistake "no end" 'no end within 1 s; a line `limit:` gives more time' 'limit: 1' 'run: probevue -r pipe -e "@@BEGIN {}"'
rm -f m.* pipe

# A mistake that is expected, comments, carriage returns, lines that go on, the environment.
printf '# a mistake\r\nrun: probevue \\\r\n  -r web.pcap -e "@@BEGIN { x = ; }"\r\nstatus: 2\r\n' >mistake.test
tests 0 "an expected mistake: written" . --update
has "an expected mistake: written" 'wrote mistake.err'
[[ ! -e mistake.out ]] && grep -q 'error:' mistake.err; result $? "an expected mistake: its message"
tests 0 "an expected mistake" .
printf 'run: probevue -r web.pcap -e \x27@@BEGIN { printf("$WHO %%A\\n", timestamp()); exit(); }\x27\nenv: WHO=me\nenv: TZ=Asia/Tokyo\n' >env.test
tests 0 "the environment" . --update
if [[ -e /usr/share/zoneinfo/Asia/Tokyo ]]; then
    TZ=Asia/Tokyo WHO=me "$PROBEVUE" -r web.pcap -e '@@BEGIN { printf("$WHO %A\n", timestamp()); exit(); }' | cmp -s - env.out
    result $? "the environment: $(<env.out)"
fi
TZ=America/New_York tests 0 "TZ of the caller means nothing" .
rm -f ./*.test ./*.out ./*.err

# Much output: in memory, not beyond the limit.
cat >much.e <<'VUE'
@@net:bpf:any:*:"" { printf("%s\n", "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"); }
VUE
for i in {1..4}; do captures+=(-r web.pcap); done
echo "run: probevue ${captures[*]} much.e" >much.test
tests 0 "much output" . --update
rm much.*

# --- order, in parallel -----------------------------------------------------------------------------------------------

for i in {10..40}; do
    printf 'run: probevue -r web.pcap -e "@@BEGIN { printf(\\"%d\\\\n\\"); exit(); }"\n' "$i" >"o$i.test"
    echo "$((i % 2 ? i : 0))" >"o$i.out"
done
tests 1 "order" .
names=$(grep -oE '^FAIL o[0-9]+' <<<"$said")
[[ $(wc -l <<<"$names") == 16 ]] && sort -c <<<"$names"; result $? "order: $names"
has "order" '15 passed, 16 failed'

# --- JSON -----------------------------------------------------------------------------------------------------------

"$PROBEVUE" --test . --format json >json; [[ $? == 1 ]]; result $? "json: the exit status"
if [[ -x $check ]]; then "$check" "$root/docs/json-schema.json" <json; result $? "json: the schema"; fi
python3 - json <<'PYTHON'; result $? "json: what it says"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
tests = [line for line in lines if line["type"] == "test"]
assert [test["name"] for test in tests] == [f"o{i}" for i in range(10, 41)]
assert all((test["status"] == "passed") == (i % 2 == 1) for i, test in enumerate(tests, 10))
assert tests[0]["difference"] == "--- o10.out\n+++ standard output\n@@ -1 +1 @@\n-0\n+10\n" and tests[1]["difference"] == ""
assert tests[0]["reasons"] == ["standard output is not that of o10.out"] and tests[1]["reasons"] == []
coverage = [line for line in lines if line["type"] == "coverage"]
assert len(coverage) == 31 and coverage[0]["fired"] == 1 and coverage[0]["clauses"][0]["matched"] == 1
assert lines[-1] == {"type": "tests", "passed": 15, "failed": 16, "written": 0}
PYTHON
timeout 60 "$PROBEVUE" --test . 2>err | head -n 1 >/dev/null
[[ ${PIPESTATUS[0]} == 1 && ! -s err ]]; result $? "a reader that goes away: $(<err)"
if [[ -e /dev/full ]]; then
    said=$("$PROBEVUE" --test . 2>&1 >/dev/full); [[ $? == 1 ]]; result $? "nowhere to write: the exit status"
    has "nowhere to write" 'cannot write to standard output: No space left on device'
fi

# --- the bundled scripts: the clauses that no test runs are named -----------------------------------------------------

cd "$root" || exit
diff <(sed -nE '/^#/d; s/ <- .+//p' scripts/tests/unfired.txt | sort) \
    <("$PROBEVUE" --test scripts/tests | sed -nE 's|^  scripts/([^:]+):[0-9:]+: (@@.*) never fired: .*|\1 \2|p' | sort)
result $? "scripts/tests/unfired.txt names the clauses that no test runs (-), and no others (+)"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
