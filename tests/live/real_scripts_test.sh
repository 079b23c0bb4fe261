#!/usr/bin/env bash
# The kinds of scripts that people have for ProbeVue, run live: what they report is held against what is known of the
# load. The scripts are those that tests/golden/vue/09-scripts checks.
source "$(dirname "$0")/network.sh"

system_calls_or_skip

real=tests/golden/vue/09-scripts

# prepare NAME [SED-EXPRESSION]: the script, with a line that says that its probes are enabled, in $work/NAME.e
prepare() {
    sed -E "${2:-}" "$real/$1.e" >"$work/$1.e"
    echo '@@BEGIN { printf("ready\n"); }' >>"$work/$1.e"
}

# ended NAME: the session of it has ended as it should, and had nothing to say
ended() {
    same "$1: exit status" 0 "$status"
    same "$1: standard error" "" "$(cat "$work/$1.err")"
}

# --- network latency across system calls and packets ----------------------------------------------------------------

serve 23
prepare latency-syscalls 's/:en5:/:lo:/; s/^(@@syscall:\*:read:(entry|exit) when \()/\1__pname == "perl" and /'
start latency-syscalls "$work/latency-syscalls.e"
session=$id
for i in 1 2 3 4 5; do ask 127.0.0.1 23 >/dev/null || fail "latency: no answer"; done
until_true 20 is_quiet || fail "latency: the connections do not end"
stop "$session"
out=$(cat "$work/latency-syscalls.out")
ended latency-syscalls
has "latency: one answer for each question" '^5 answers, avg [1-9][0-9]*, min [1-9][0-9]*, max [1-9][0-9]*$' "$out"
same "latency: the first three" 3 "$(grep -cE '^[0-9]+ +[0-9]+$' <<<"$out")"
# Each client reads its answer, each server its question.
reads=$(sed -nE 's/^reads\[perl\] = ([0-9]+)$/\1/p' <<<"$out")
((${reads:-0} >= 10)) && passed=$((passed + 1)) || fail "latency: ${reads:-no} reads of perl"

# --- statistics of a list, over a real network ----------------------------------------------------------------------

serve in_far 80
prepare statistics 's/:eth0:/:near:/; s/60000/200/'
start statistics "$work/statistics.e" 80
session=$id
listen statistics -i near tcp port 80
recorder=$id
for i in 1 2 3; do ask 192.0.2.3 80 >/dev/null || fail "statistics: no answer"; done
all_packets() { is_quiet && [[ $(count_packets statistics) -ge 27 ]]; }
until_true 20 all_packets || fail "statistics: packets are missing"
until_true 20 grep -qE '^[A-Z][a-z]{2} .*: n=[1-9]' "$work/statistics.out" || fail "statistics: no interval shows"
stop "$session"
ended statistics
stop "$recorder"
# The same of what tcpdump saw: length in the IP header.
expected=$(tcpdump -Z root -nn -v -r "$work/statistics.pcap" 2>/dev/null | sed -nE 's/.*proto TCP.*length ([0-9]+)\)$/\1/p' |
    awk '{ n++; sum += $1; if ($1 > max) max = $1; if (min == "" || $1 < min) min = $1; if ($1 > 1000) bigger++ }
         END { printf "n=%d sum=%d avg=%d max=%d min=%d bigger=%d", n, sum, int(sum / n), max, min, bigger }')
same "statistics: the list" "$expected" "$(sed -nE 's/^(n=[0-9]+ sum=.*) rest=.*/\1/p' "$work/statistics.out")"
has "statistics: by interval" '^[A-Z][a-z]{2} .*: n=[1-9][0-9]* avg=[1-9][0-9]* max=[1-9][0-9]*$' "$(cat "$work/statistics.out")"

# --- globals that nobody declared, lines with # ---------------------------------------------------------------------

prepare implicit 's/:en0:/:near:/'
start implicit "$work/implicit.e"
session=$id
before=$(taken in_far)
datagrams 53 20 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3
until_true 20 have_come $((before + 4)) in_far || fail "implicit: datagrams are missing"
stop "$session"
ended implicit
same "implicit: the first three" "client PORT 1
client PORT 2
client PORT 3" "$(sed -nE 's/^client [1-9][0-9]+ /client PORT /p' "$work/implicit.out")"
has "implicit: all questions" '^4 questions, 133 per cent of the limit, last from [0-9]+ at ' "$(cat "$work/implicit.out")"

# --- tentative: shown only when the connection is refused -----------------------------------------------------------

serve in_far 8080
prepare tentative 's/:eth0:/:near:/'
start tentative "$work/tentative.e"
session=$id
ask 192.0.2.3 82 >/dev/null # nobody listens
ask 192.0.2.3 8080 >/dev/null || fail "tentative: no answer"
until_true 20 is_quiet || fail "tentative: the connections do not end"
stop "$session"
ended tentative
same "tentative: the refused connection, and no other" "2 1" \
    "$(grep -c '^192.0.2.*:82 ' "$work/tentative.out") $(grep -c '^1 resets$' "$work/tentative.out")"

# --- system calls of one process, with a correlation map ------------------------------------------------------------

mkfifo "$work/go"
cat >"$work/load.pl" <<'PERL'
open(my $go, "<", "$ARGV[0]/go"); <$go>;
for (1 .. 4) { open(my $file, ">", "$ARGV[0]/written"); print $file "x" x 100; close $file; }
<$go>;
kill 15, $$;
PERL
# has_files NAME: the four of the load are in its output
has_files() { [[ $(grep -cF "$work/written" "$work/$1.out") == 4 ]]; }
# watch_files NAME: runs the script of this name on the load, until the signal ends it
watch_files() {
    start "$1" "$work/iomon.e" "$watched"
    session=$id
    exec 8>"$work/go"
    echo >&8
    until_true 20 has_files "$1" || fail "$1: the files do not show"
    echo >&8
    exec 8>&-
    until_true 20 eval '! kill -0 '"$session"
    wait "$session"
    status=$?
    ended "$1"
    same "$1: the files, by whom" "4 $watched" \
        "$(awk -v file="$work/written" 'NF > 2 && $(NF - 2) == file { n++; by = $(NF - 1) } END { print n, by }' "$work/$1.out")"
    has "$1: bytes by descriptor" '^bytes\[[0-9]+\] = 400$' "$(cat "$work/$1.out")"
    same "$1: calls by time" 4 "$(sed -nE 's/^time_array\[[0-9]+\] = ([0-9]+) \|@.*/\1/p' "$work/$1.out" | awk '{ n += $1 } END { print n }')"
}

# As a Linux user would write it: openat instead of open. The end comes with SIGTERM.
background perl "$work/load.pl" "$work"
watched=$id
prepare iomon "s/:open:/:openat:/; s/int open\(char/int openat(int at, char/; s/get_userstring\(__arg1/get_userstring(__arg2/
    s/signo == 11/signo == 15/; s|/tmp/|$work/|"
watch_files iomon

# As it was written for AIX: open of the C library is openat here.
background perl "$work/load.pl" "$work"
watched=$id
prepare iomon "s/signo == 11/signo == 15/; s|/tmp/|$work/|"
watch_files iomon-aix

# --- a profile ------------------------------------------------------------------------------------------------------

background perl -e '1 while 1'
spinning=$id
prepare profiling
start profiling "$work/profiling.e" "$spinning"
session=$id
# Until it has had a second of a processor, in ticks of 10 ms.
ticks() { sed 's/.*) //' "/proc/$spinning/stat" | cut -d ' ' -f 12; }
begun=$(ticks)
has_spun() { (($(ticks) >= begun + 100)); }
until_true 60 has_spun || fail "profiling: the program does not run"
stop "$session"
ended profiling
kill "$spinning"
samples=$(sed -nE 's/^([0-9]+) samples$/\1/p' "$work/profiling.out")
((${samples:-0} >= 10 && ${samples:-0} <= 200)) && passed=$((passed + 1)) || fail "profiling: ${samples:-no} samples"
has "profiling: the stacks by how often" '^stacks\[' "$(cat "$work/profiling.out")"
has "profiling: functions of perl" 'Perl_|perl' "$(cat "$work/profiling.out")"

conclude
