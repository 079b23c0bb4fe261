#!/usr/bin/env bash
# States: what shards, files and trees of them have gathered, put together, is the answer of one process, or an error.
set -uo pipefail
cd "$(dirname "$0")/../.."
: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
. tests/diff/bundled.sh
. tests/tally.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# fails STATUS TEXT COMMAND...: ends with the status and one message that holds the text
fails() {
    local status=$1 text=$2 got
    shift 2
    timeout 60 "$@" >"$work/fails.out" 2>"$work/fails.err" </dev/null
    got=$?
    if ((got == status)) && [[ $(<"$work/fails.err") == *"$text"* && ! -s $work/fails.out ]]; then ok; else
        bad "status $got, not $status, or no \`$text\`: $*"
        head -3 "$work/fails.err"
    fi
}
# gather N CAPTURE SCRIPT...: the states of N shards, in $work/s
gather() {
    local shards=$1 capture=$2 shard
    shift 2
    rm -rf "$work/s"
    mkdir "$work/s"
    for ((shard = 1; shard <= shards; ++shard)); do
        timeout 60 "$PROBEVUE" -q info=none -r "$capture" --shard "$shard/$shards" --state-out "$work/s/$shard.pvs" "$@" \
            >"$work/gather.out" 2>"$work/gather.err" </dev/null || return
        [[ ! -s $work/gather.out ]] || bad "a shard prints: $*"
    done
}
figures() { grep -vE '^(elapsed|cpu|memory|other_shards)'; }

# Every bundled script: the answer, and the figures of --stats.
equal=0 refused=0
for script in scripts/*.e; do
    replay_of "$script" || continue
    if ! gather 4 "$capture" "$script" "${arguments[@]}"; then
        if grep -q 'what the script gathers cannot be put together' "$work/gather.err"; then refused=$((refused + 1)); else bad "$script: $(<"$work/gather.err")"; fi
        continue
    fi
    "$PROBEVUE" --stats --merge "$work/s/*.pvs" "$script" "${arguments[@]}" >"$work/merged" 2>"$work/merged.err"
    "$PROBEVUE" --stats -r "$capture" "$script" "${arguments[@]}" >"$work/one" 2>"$work/one.err"
    same "$script" "$work/one" "$work/merged"
    same "figures of $script" <(figures <"$work/one.err") <(figures <"$work/merged.err")
    equal=$((equal + 1))
done
((equal > 30 && refused > 5)) && ok || bad "$equal scripts were put together, $refused refused"

# An end that BEGIN sets; variables narrower than a word, below zero and beyond their type; a page is not printed.
for script in '@@BEGIN { exit_after(10); } @@net:bpf::tcp:"" { n++; } @@END { printf("%lld\n", n); }' \
    'int a; short b; signed char c; unsigned int d; @@net:bpf::*:"" { a -= 5; b -= 300; c += 77; d -= 7; } @@END { printf("%d %d %d %u\n", a, b, c, d); }'; do
    "$PROBEVUE" -r tests/data/telnet.pcap -e "$script" >"$work/one" 2>&1
    for shards in 1 2; do
        gather "$shards" tests/data/telnet.pcap --format html -e "$script" && "$PROBEVUE" --merge "$work/s/*.pvs" -e "$script" >"$work/merged" 2>&1
        same "$shards: $script" "$work/one" "$work/merged"
    done
done
# A page of states is made also of what the script leaves unprinted: it has one program in every form.
gather 2 tests/data/web.pcap handshake_time && "$PROBEVUE" --format html --merge "$work/s/*.pvs" handshake_time >"$work/page" 2>"$work/page.err"
grep -qi '<html' "$work/page" && [[ ! -s $work/page.err ]] && ok || bad "a page of states: $(head -3 "$work/page.err")"
fails 2 'exit_after() at an interval ends the session' "$PROBEVUE" -r tests/data/telnet.pcap --state-out "$work/s/no.pvs" \
    -e '@@net:bpf::tcp:"" { n++; } @@interval:*:clock:1000 { exit_after(2); } @@END { printf("%lld\n", n); }'

# The same of the files that --split has cut, where a part is what --shard would take.
# split_states N SCRIPT...: the states of the files in $work/cut, in $work/s
split_states() {
    local file
    rm -rf "$work/s"
    mkdir "$work/s"
    for file in "$work"/cut/*.pcapng; do
        timeout 60 "$PROBEVUE" -q info=none -r "$file" --state-out "$work/s/${file##*/}.pvs" "$@" >"$work/gather.out" 2>"$work/gather.err" </dev/null || return
        [[ ! -s $work/gather.out ]] || bad "a file of --split prints: $*"
    done
}
# cut N CAPTURE: into $work/cut
cut_capture() {
    rm -rf "$work/cut"
    "$PROBEVUE" -q info=none --split "$1" -w "$work/cut" -r "$2" 2>"$work/split.err"
}
equal=0 refused=0
for script in scripts/*.e; do
    replay_of "$script" || continue
    cut_capture 3 "$capture" || { grep -q 'is a recording' "$work/split.err" && continue; bad "$capture: $(<"$work/split.err")"; }
    if ! split_states "$script" "${arguments[@]}"; then
        if grep -qE 'what the script gathers cannot be put together|of a split: it has not all that the tables' "$work/gather.err"; then refused=$((refused + 1)); else bad "split, $script: $(<"$work/gather.err")"; fi
        continue
    fi
    "$PROBEVUE" --stats --merge "$work/s/*.pvs" "$script" "${arguments[@]}" >"$work/merged" 2>"$work/merged.err"
    "$PROBEVUE" --stats -r "$capture" "$script" "${arguments[@]}" >"$work/one" 2>"$work/one.err"
    same "$script on files of --split" "$work/one" "$work/merged"
    same "figures of $script on files of --split" <(figures <"$work/one.err") <(figures <"$work/merged.err")
    equal=$((equal + 1))
done
((equal > 15 && refused > 3)) && ok || bad "of files of --split $equal scripts were put together, $refused refused"

# The same on many packets, in each form of output; on several threads too.
tests/data/repeat_capture.py tests/data/web.pcap "$work/web.pcap" 100 3
all='__list l; range_t r; range_t w; char c; int m;
    @@BEGIN { set_range(r, LINEAR, 0, 1500, 100); add_range(w, "a", "b"); c = 1; m = 7; append(l, 77); n["begin"] = 3; n["tcp"] = 5; }
    @@net:bpf::ipv4:"" {
        append(l, __pkt->len); qrange(sizes[__pkt->ip_version], r, __pkt->len); qrange(words["x"], w, "b"); add_dist(ports[__pkt->protocol], __pkt->src_port - 300);
        add_distinct(hosts, __pkt->src_addr); add_distinct(many[1], __pkt->number); c += 3; n["tcp"]++; n["all"] -= m;
        macs[__etherhdr->src_addr][subnet(__pkt->dst_addr, 24, 64)]++; append(lists[get_kstring(__mdata, 8)], __pkt->len); }
    @@END { printf("%lld %lld %lld %d %lld\n", sum(l), min(l), count(l), c, distinct(hosts)); print(sizes); print(words); print(ports); print(n);
        print(macs); print(lists); print(many); }'
lines='@@net:bpf::tcp:"" { group_output_start(); printf("%d %I", __pkt->number, __pkt->src_addr); printf(" %A\n", timestamp()); group_output_end(); n[__pkt->src_port]++; }
    @@interval:*:clock:10000 { printf("-- %d\n", 1); print(n, 3); clear(n); } @@END { print(n); }'
tests/data/repeat_capture.py tests/data/web.pcap "$work/ordered.pcap" 100 6
cut_capture 3 "$work/ordered.pcap"
for form in text json csv; do
    for script in "$all" "$lines"; do
        gather 3 "$work/web.pcap" -e "$script" || bad "$(<"$work/gather.err")"
        "$PROBEVUE" --format $form --merge "$work/s/*.pvs" -e "$script" >"$work/merged" 2>&1
        "$PROBEVUE" --format $form -r "$work/web.pcap" -e "$script" >"$work/one" 2>&1
        same "$form of shards" "$work/one" "$work/merged"
        split_states -e "$script" || bad "$(<"$work/gather.err")"
        "$PROBEVUE" --format $form --merge "$work/s/*.pvs" -e "$script" >"$work/merged" 2>&1
        "$PROBEVUE" --format $form -r "$work/ordered.pcap" -e "$script" >"$work/one" 2>&1
        same "$form of files of --split" "$work/one" "$work/merged"
    done
done
# Intervals of a part without packets, behind its last packet, and an end that is set.
few='@@net:bpf:::"" { n[__pkt->dst_port]++; } @@interval:*:clock:100 { printf("%d:", 1); print(n, 2); clear(n); } @@END { print(n); }'
cut_capture 40 tests/data/web.pcap
split_states -e "$few" || bad "$(<"$work/gather.err")"
same "windows of files of --split, some empty" <("$PROBEVUE" -r tests/data/web.pcap -e "$few") <("$PROBEVUE" --merge "$work/s/*.pvs" -e "$few")
rm "$work/s/shard-0007-of-0040.pcapng.pvs"
fails 1 '1 of 40 shards is missing: 7' "$PROBEVUE" --merge "$work/s/*.pvs" -e "$few"
split_states --for 300ms -e "$few" || bad "$(<"$work/gather.err")"
same "--for on files of --split" <("$PROBEVUE" --for 300ms -r tests/data/web.pcap -e "$few") <("$PROBEVUE" --merge "$work/s/*.pvs" -e "$few")
for part in 1 2; do "$PROBEVUE" -r tests/data/web.pcap --shard $part/2 --for 300ms --state-out "$work/for.$part" -e "$few"; done
same "--for on shards" <("$PROBEVUE" --for 300ms -r tests/data/web.pcap -e "$few") <("$PROBEVUE" --merge "$work/for.*" -e "$few")
# A part is a part: what it is not.
cut_capture 4 tests/data/web.pcap
parts=("$work"/cut/*.pcapng)
out=(--state-out "$work/part.pvs" -e "$few")
fails 2 'is shard 1 of 4 of a split: each has a state of its own' "$PROBEVUE" -r "${parts[0]}" -r "${parts[1]}" "${out[@]}"
fails 2 'give one -r to each process, and put the states together' "$PROBEVUE" -r "${parts[0]}" -r "${parts[1]}" "${out[@]}"
fails 2 'is shard 2 of 4 of a split: it is a part already' "$PROBEVUE" -r "${parts[1]}" --shard 1/2 "${out[@]}"
fails 2 'leave out --shard' "$PROBEVUE" -r "${parts[1]}" --shard 1/2 "${out[@]}"
pairs='@@net:bpf::icmp4:"" { last[__ip4hdr->src_addr][__ip4hdr->dst_addr] = __pkt->len; } @@END { print(last); }'
fails 2 'it has not all that the tables of this script hold together, by what they are keyed by' "$PROBEVUE" -r "${parts[1]}" --state-out "$work/part.pvs" -e "$pairs"
fails 2 'run it on the whole capture, with --shard K/N; -d merge shows the keys' "$PROBEVUE" -r "${parts[1]}" --state-out "$work/part.pvs" -e "$pairs"
[[ ! -e $work/part.pvs ]] && ok || bad "a refused part wrote a state"
# Of a pipe too; a capture that is not in the order of time has no windows that a part can know.
mkdir "$work/piped"
for part in "${parts[@]}"; do "$PROBEVUE" -q info=none -r - --state-out "$work/piped/${part##*/}.pvs" -e "$few" <"$part"; done
same "windows of files of --split, by pipes" <("$PROBEVUE" -r tests/data/web.pcap -e "$few") <("$PROBEVUE" --merge "$work/piped/*.pvs" -e "$few")
tcpdump -r tests/data/web.pcap -c 20 -w "$work/front.pcap" 2>/dev/null
mergecap -a -F pcap -w "$work/back.pcap" tests/data/web.pcap "$work/front.pcap"
cut_capture 2 "$work/back.pcap"
fails 1 'no state is written: the file of --split does not say when its intervals are due, for the capture was not in the order of time (run it on the whole capture, with --shard K/N)' \
    "$PROBEVUE" -q info=none -r "$work/cut/shard-0001-of-0002.pcapng" "${out[@]}"
sums='@@net:bpf:::"" { n[__pkt->dst_port]++; } @@END { print(n); }'
split_states -e "$sums" || bad "$(<"$work/gather.err")"
same "sums of a capture out of order" <("$PROBEVUE" -r "$work/back.pcap" -e "$sums") <("$PROBEVUE" --merge "$work/s/*.pvs" -e "$sums")
# What comes by a pipe is like no other capture, and no live session either.
for name in telnet web; do "$PROBEVUE" -q info=none -r - --state-out "$work/$name.piped" -e "$few" <"tests/data/$name.pcap"; done
"$PROBEVUE" -q info=none -r tests/data/telnet.pcap --state-out "$work/telnet.read" -e "$few"
same "a capture by a pipe" <("$PROBEVUE" --merge "$work/telnet.read" -e "$few") <("$PROBEVUE" --merge "$work/telnet.piped" -e "$few")
"$PROBEVUE" -j 3 -r "$work/web.pcap" --state-out "$work/j.pvs" -e "$all"
"$PROBEVUE" -r "$work/web.pcap" -e "$all" >"$work/one"
same "threads" "$work/one" <("$PROBEVUE" --merge "$work/j.pvs" -e "$all")

# Laws: the order does not matter, nor how the parts are put together; twice is once; one alone is itself.
gather 5 "$work/web.pcap" -e "$all"
(cd "$work/s" && "$PROBEVUE" --merge 2.pvs --merge 1.pvs --state-out a.pvs -e "$all" && "$PROBEVUE" --merge 4.pvs --merge 5.pvs --state-out b.pvs -e "$all" &&
    "$PROBEVUE" --merge b.pvs --merge 3.pvs --state-out c.pvs -e "$all" && "$PROBEVUE" --merge c.pvs --merge a.pvs --state-out all.pvs -e "$all")
same "a tree of merges" "$work/one" <("$PROBEVUE" --merge "$work/s/all.pvs" -e "$all")
rm -f "$work/begin.pvs"
said='@@BEGIN { printf("HEAD\n"); } @@net:bpf::tcp:"" { n[1]++; } @@END { print(n); }'
"$PROBEVUE" -r "$work/web.pcap" --state-out "$work/begin.pvs" -e "$said"
"$PROBEVUE" --merge "$work/begin.pvs" --state-out - -e "$said" >"$work/begin2.pvs"
same "BEGIN speaks once" <("$PROBEVUE" -r "$work/web.pcap" -e "$said") <("$PROBEVUE" --merge "$work/begin2.pvs" -e "$said")
same "another order" "$work/one" <(cd "$work/s" && "$PROBEVUE" --merge 5.pvs --merge 3.pvs --merge 1.pvs --merge 4.pvs --merge 2.pvs -e "$all")
same "twice is once" "$work/one" <(cd "$work/s" && "$PROBEVUE" -q info=none --merge '[1-5].pvs' --merge '[1-3].pvs' -e "$all" 2>/dev/null)
same "parts of a merged one" "$work/one" <(cd "$work/s" && "$PROBEVUE" --merge '*.pvs' -e "$all" 2>/dev/null)
(cd "$work/s" && "$PROBEVUE" --merge '*.pvs' -e "$all" 2>&1 >/dev/null) | grep -q 'note: 1.pvs: is counted once, with all.pvs' && ok || bad "no note of a double"
gather 3 "$work/web.pcap" -e "$lines"
"$PROBEVUE" -r "$work/web.pcap" -e "$lines" >"$work/one.lines"
(cd "$work/s" && "$PROBEVUE" --merge '[13].pvs' --state-out a.pvs -e "$lines")
same "lines and windows of a tree" "$work/one.lines" <(cd "$work/s" && "$PROBEVUE" --merge 2.pvs --merge a.pvs -e "$lines")

# Files of their own: sums of both, lines by time.
count='@@net:bpf::*:"" { n[__pkt->protocol]++; } @@END { print(n); }'
for name in telnet web dns; do "$PROBEVUE" -r "tests/data/$name.pcap" --state-out "$work/$name.pvs" -e "$count"; done
same "three captures" <("$PROBEVUE" -r tests/data/telnet.pcap -r tests/data/web.pcap -r tests/data/dns.pcap -e "$count") \
    <("$PROBEVUE" --merge "$work/telnet.pvs" --merge "$work/web.pvs" --merge "$work/dns.pvs" -e "$count")

# What must not be counted.
gather 4 tests/data/web.pcap -e "$count"
cd "$work/s" || exit
cp 1.pvs whole.pvs
size=$(stat -c %s whole.pvs)
for ((at = 0; at < size; ++at)); do
    head -c "$at" whole.pvs >1.pvs
    if "$PROBEVUE" --merge '[1-4].pvs' -e "$count" >out 2>err; then bad "a state cut at byte $at was taken"; elif [[ -s out || $(<err) != *1.pvs* ]]; then bad "cut at $at: $(<err)"; else ok; fi
done
cp whole.pvs 1.pvs
zstd -q -d -c whole.pvs >text
fails 1 '1.pvs: the state is cut off or has been changed' sh -c "sed 's/\"v\":[0-9]/\"v\":8/' text | zstd -q >1.pvs; exec '$PROBEVUE' --merge '[1-4].pvs' -e '$count'"
fails 1 'the state is of version 7, and this probevue reads 1' sh -c "sed 's/\"probevue_state\":1/\"probevue_state\":7/' text | zstd -q >1.pvs; exec '$PROBEVUE' --merge '[1-4].pvs' -e '$count'"
fails 1 '1.pvs: this is no state' sh -c "echo hello | zstd -q >1.pvs; exec '$PROBEVUE' --merge '[1-4].pvs' -e '$count'"
fails 1 '1.pvs: this is no state' sh -c "cp '$work/web.pcap' 1.pvs; exec '$PROBEVUE' --merge 1.pvs -e '$count'"
cp whole.pvs 1.pvs
fails 2 'is of another script' "$PROBEVUE" --merge '[1-4].pvs' -e "$count "
fails 1 '2 of 4 shards are missing: 2, 4' "$PROBEVUE" --merge '[13].pvs' -e "$count"
"$PROBEVUE" -r "$OLDPWD/tests/data/web.pcap" --shard 2/4 --state-out again.pvs -e "$count"
fails 1 '2.pvs and again.pvs are both of shard 2/4 of the capture, by two runs' "$PROBEVUE" --merge '[1-4].pvs' --merge again.pvs -e "$count"
"$PROBEVUE" -r "$OLDPWD/tests/data/web.pcap" --shard 2/3 --state-out third.pvs -e "$count"
fails 1 'third.pvs: is a shard of 3' "$PROBEVUE" --merge '[1-4].pvs' --merge third.pvs -e "$count"
cd "$OLDPWD" || exit
one='String who[20]; @@BEGIN { who = $1; } @@net:bpf::tcp:"" { n[who]++; } @@END { print(n); }'
"$PROBEVUE" -r tests/data/web.pcap --state-out "$work/args.pvs" -e "$one" '"a"'
fails 2 'is of the arguments `"a"`, not `"b"`' "$PROBEVUE" --merge "$work/args.pvs" -e "$one" '"b"'
fails 2 '--merge: there is no file `' "$PROBEVUE" --merge "$work/none/*.pvs" -e "$count"
fails 2 "a pattern of the shell in quotes names many: --merge 'DIR/*.pvs'" "$PROBEVUE" --merge "$work/none/*.pvs" -e "$count"
fails 2 'name a file in a directory that is there and can be written' "$PROBEVUE" -r tests/data/web.pcap --state-out "$work/none/x.pvs" -e "$count"
fails 2 '--state-out: cannot write into `' "$PROBEVUE" -r tests/data/web.pcap --state-out "$work/none/x.pvs" -e "$count"
fails 2 'one process answers it, over all captures: leave out --state-out; -d merge explains' "$PROBEVUE" -r tests/data/web.pcap --state-out "$work/x.pvs" \
    -e 'int x; @@net:bpf::tcp:"" { x = __pkt->len; } @@END { printf("%d", x); }'
fails 2 ': what the script gathers cannot be put together: ' "$PROBEVUE" -r tests/data/web.pcap --state-out "$work/x.pvs" \
    -e 'int x; @@net:bpf::tcp:"" { x = __pkt->len; } @@END { printf("%d", x); }'
fails 2 'what the script gathers cannot be written down: `samples` holds stacks, which mean something on their own machine only' "$PROBEVUE" -r tests/data/functions.pcapng --state-out "$work/x.pvs" cpu_profile
fails 2 'a printf prints stacks, which mean something on their own machine only' "$PROBEVUE" -r tests/data/functions.pcapng --state-out "$work/x.pvs" \
    -e '@@interval:*:clock:100:* { printf("%t", get_stktrace()); }'
[[ ! -e $work/x.pvs ]] && ok || bad "a refused script wrote a state"

syn='@@net:bpf::tcp:"" when (__tcphdr->flags & TH_SYN) { open[__pkt->src_addr][__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 1; } @@END { print(open); }'
for name in telnet web; do "$PROBEVUE" -r "tests/data/$name.pcap" --state-out "$work/$name.syn" -e "$syn"; done
fails 1 'are of two captures, and a connection may begin in one and go on in the other' "$PROBEVUE" --merge "$work/*.syn" -e "$syn"

# Flags that have nothing to do with each other.
w=(-r tests/data/web.pcap)
fails 2 '--merge puts together what was gathered, and -r and -X gather more' "$PROBEVUE" "${w[@]}" --merge x.pvs -e "$count"
fails 2 'write that into a state first: --state-out' "$PROBEVUE" "${w[@]}" --merge x.pvs -e "$count"
fails 2 'states are of scripts that run to their end, not of -i and --top' "$PROBEVUE" "${w[@]}" -i --state-out x.pvs
fails 2 '-w records events, and what is gathered of them goes elsewhere' "$PROBEVUE" "${w[@]}" -w x --state-out x.pvs -e "$count"
fails 2 '--metrics, --textfile and --push show what one thread holds, until its end' "$PROBEVUE" "${w[@]}" --metrics :0 -j 2 -e "$count"
fails 2 'leave out -j and --state-out' "$PROBEVUE" "${w[@]}" --textfile "$work" --state-out x.pvs -e "$count"
fails 2 'leave out -w' "$PROBEVUE" "${w[@]}" -w x --state-out x.pvs -e "$count"
fails 2 '-c N counts the events of a whole stream, and a state is of a part' "$PROBEVUE" "${w[@]}" -c 3 --state-out x.pvs -e "$count"
fails 2 '--state-out wants a file, or `-`' "$PROBEVUE" "${w[@]}" --state-out '' -e "$count"
fails 2 '--merge wants a file, or a pattern in quotes' "$PROBEVUE" --merge '' -e "$count"
fails 2 '-j is for replays: live clauses run in the kernel, on the processors of their events' "$PROBEVUE" -j 2 -e "$count"
fails 2 'name a capture with -r, or leave out -j' "$PROBEVUE" -j 2 -e "$count"
fails 2 '-j takes at the most 256 threads, not 1000' "$PROBEVUE" "${w[@]}" -j 1000 -e "$count"

# Wrong contents with a right hash: an answer or one message, never a crash.
tcpdump -r tests/data/web.pcap -c 40 -w "$work/short.pcap" 2>/dev/null
"$PROBEVUE" -q info=none -r "$work/short.pcap" --state-out "$work/short.pvs" -e "$all" 2>/dev/null
mutated=$(tests/diff/states_mutated.py "$PROBEVUE" "$work/short.pvs" "$all" 400)
[[ $mutated == '402 passed, 0 failed' ]] && ok || bad "mutated states: $mutated"

# A state may say that an interval was due, and that of no other probe; and no more shards than there can be.
windows='@@net:bpf:any:tcp:"" { n++; } @@interval:*:clock:1000 { printf("%d\n", n); n = 0; }'
"$PROBEVUE" -q info=none -r tests/data/web.pcap --state-out "$work/windows.pvs" -e "$windows"
tests/diff/states_mutated.py --changed "$work/windows.pvs" ',1]],"position"' ',0]],"position"' >"$work/due.pvs"
fails 1 'due.pvs: an interval was due that the script does not have' "$PROBEVUE" --merge "$work/due.pvs" -e "$windows"
fails 1 'the state was changed behind its making: make it again' "$PROBEVUE" --merge "$work/due.pvs" -e "$windows"
tests/diff/states_mutated.py --changed "$work/windows.pvs" '"shards":1' '"shards":4294967295' >"$work/shards.pvs"
fails 1 'shards.pvs: this is no state' "$PROBEVUE" --merge "$work/shards.pvs" -e "$windows"

# What was not read to its end counts for nothing.
truncate -s -10 "$work/short.pcap"
"$PROBEVUE" -r "$work/short.pcap" --state-out "$work/damaged.pvs" -e "$count" 2>"$work/err"
[[ $? == 1 && ! -e $work/damaged.pvs ]] && grep -q 'error: no state is written: the input was not read to its end' "$work/err" && ok || bad "a damaged capture: $(<"$work/err")"
mkfifo "$work/pipe"
"$PROBEVUE" -r "$work/pipe" --state-out "$work/stopped.pvs" -e "$count" 2>"$work/err" &
stopped=$!
exec 7>"$work/pipe"
cat "$work/web.pcap" >&7
kill -INT $stopped
exec 7>&-
wait $stopped
[[ $? == 1 && ! -e $work/stopped.pvs ]] && grep -q 'no state is written: the session was stopped before the end of its input' "$work/err" && ok || bad "a session that was stopped: $(<"$work/err")"
# A FIFO is opened once: what its writer has is for who opens it first.
if strace -qq -o /dev/null true 2>/dev/null; then
    strace -f -qq -e trace=openat -o "$work/opens" "$PROBEVUE" -r "$work/pipe" --state-out "$work/piped.pvs" -e "$count" 2>"$work/err" &
    cat "$work/web.pcap" >"$work/pipe"
    wait $! && [[ $(grep -c 'pipe", O_RDONLY' "$work/opens") == 1 && -e $work/piped.pvs ]] && ok || bad "a FIFO: $(<"$work/err"), $(grep pipe "$work/opens")"
fi

# Captures without a packet have the same bytes, and may come as often as there are: one file an hour, at night. Others
# count once, whatever they are called.
python3 - "$work" <<'PYTHON'
import struct, sys
def capture(name, times):
    out = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for seconds in times: out += struct.pack("=IIII", seconds, 0, 60, 60) + bytes(60)
    open(f"{sys.argv[1]}/{name}.pcap", "wb").write(out)
for name in "night1", "night2": capture(name, [])
capture("timeless", [0, 0, 7, 9])
capture("later", [20, 30])
PYTHON
cp tests/data/web.pcap "$work/copy.pcap"
state() { "$PROBEVUE" -q info=none -r "$1" "${@:3}" --state-out "$work/m/$2.pvs" -e "$many" || bad "no state: $*"; } # state CAPTURE NAME FLAGS...
merged() { "$PROBEVUE" "$@" -q info=none -e "$many" >"$work/got" 2>&1; }
for many in '@@net:bpf::tcp:"" { n[__pkt->src_addr][__pkt->dst_addr][__pkt->src_port][__pkt->dst_port] = __pkt->len; } @@END { print(n); }' \
    '@@net:bpf::tcp:"" { n[__pkt->dst_port]++; } @@END { print(n); }'; do
    rm -rf "$work/m" && mkdir "$work/m"
    for night in 1 2; do
        state "$work/night$night.pcap" "whole$night"
        for shard in 1 2; do state "$work/night$night.pcap" "part$night$shard" --shard $shard/2; done
    done
    state tests/data/web.pcap web
    merged -r tests/data/web.pcap
    cp "$work/got" "$work/expected"
    merged --merge "$work/m/*.pvs"
    same "empty captures beside another" "$work/expected" "$work/got"
    merged --merge "$work/m/whole*.pvs" --merge "$work/m/web.pvs" --state-out "$work/m.pvs"
    state "$work/night1.pcap" again
    merged --merge "$work/m.pvs" --merge "$work/m/again.pvs"
    same "an empty capture beside a state that has one" "$work/expected" "$work/got"
    merged --merge "$work/m/whole*.pvs"
    [[ ! -s $work/got ]] && ok || bad "nothing but empty captures: $(<"$work/got")"
    state "$work/copy.pcap" copy
    fails 1 'are both of the capture, by two runs' "$PROBEVUE" --merge "$work/m/copy.pvs" --merge "$work/m/web.pvs" -e "$many"
done

# Rates count from the first time that packets tell, also where the first of them tell none.
many='@@net:bpf:::"" { n[0]++; } @@END { rate(n); }'
for name in timeless later; do state "$work/$name.pcap" "$name"; done
merged -r "$work/timeless.pcap" -r "$work/later.pcap"
[[ $(<"$work/got") == 'n[0] = 0.261/s' ]] && ok || bad "six packets in 23 seconds: $(<"$work/got")"
cp "$work/got" "$work/expected"
merged --merge "$work/m/timeless.pvs" --merge "$work/m/later.pvs"
same "a rate where the first time is 0" "$work/expected" "$work/got"
merged --merge "$work/m/timeless.pvs" --state-out "$work/m.pvs"
merged --merge "$work/m.pvs" --merge "$work/m/later.pvs"
same "the same in a tree of states" "$work/expected" "$work/got"
# BEGIN counts once, in the session that runs END.
many='@@BEGIN { } @@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }'
state "$work/later.pcap" later
merged --merge "$work/m/later.pvs" --state-out "$work/m.pvs"
merged -r "$work/later.pcap" --stats
figures <"$work/got" >"$work/expected"
merged --merge "$work/m.pvs" --stats
figures <"$work/got" >"$work/got.figures"
same "the figures of a tree of states" "$work/expected" "$work/got.figures"

# A script that prints nothing is the same one for who wants to be told of its variables and for who does not.
untold='@@net:bpf::tcp:"" { n[__pkt->src_addr]++; total++; }'
gather 2 tests/data/web.pcap -e "$untold"
"$PROBEVUE" -r tests/data/web.pcap -e "$untold" >"$work/one" 2>&1
"$PROBEVUE" --merge "$work/s/*.pvs" -e "$untold" >"$work/merged" 2>&1
is "one process tells" "total = 134" "$(head -n 1 "$work/one")"
same "gathered in silence" "$work/one" "$work/merged"
"$PROBEVUE" -r tests/data/web.pcap --state-out "$work/m/told.pvs" -e "$untold" >/dev/null 2>&1
silence=$("$PROBEVUE" -q info=none --merge "$work/m/told.pvs" -e "$untold" 2>&1)
is "put together in silence" "0:" "$?:$silence"

# A loss is told with its shard, and counts.
full='@@net:bpf::tcp:"" { n[__pkt->number]++; } @@END { print(n, 1); }'
"$PROBEVUE" -q info=none -c abs_mem_for_dvars=4 -r tests/data/web.pcap --state-out "$work/full.pvs" -e "$full" 2>/dev/null
"$PROBEVUE" --merge "$work/full.pvs" --fail-on-loss -e "$full" >/dev/null 2>"$work/err"
[[ $? == 4 ]] && grep -q 'warning: .*/full.pvs: lost_array_full ' "$work/err" && ok || bad "a loss: $(<"$work/err")"

# Two parts, of which one had no room for what the other has: a value may lack something, and that is said.
full='@@net:bpf::tcp:"" { n[__pkt->number]++; } @@END { print(n); }'
lacks='arrays were full in parts of the stream: values that others have may lack what these had no room for (-c abs_mem_for_dvars=KB gives more room; one process, with -j 1, shows whole values alone)'
for room in 1 64; do
    for shard in 1 2; do
        "$PROBEVUE" -q info=none -c abs_mem_for_dvars=$room -r tests/data/web.pcap --shard $shard/2 --state-out "$work/m/room$shard.pvs" -e "$full" 2>/dev/null
    done
    "$PROBEVUE" --merge "$work/m/room[12].pvs" -e "$full" >/dev/null 2>"$work/err"
    if [[ $room == 1 ]]; then [[ $(<"$work/err") == *"$lacks"* ]]; else [[ ! -s $work/err ]]; fi && ok || bad "room for $room KB: $(<"$work/err")"
done

# Splitting what cannot be split shows: were it not so, all of the above would prove nothing.
first='@@net:bpf::tcp:"" { if (!exists(seen, __pkt->src_addr)) { seen[__pkt->src_addr] = 1; hosts++; } } @@END { printf("%d\n", hosts); }'
sum=0
for shard in 1 2 3 4; do sum=$((sum + $("$PROBEVUE" -r tests/data/web.pcap --shard $shard/4 -e "$first"))); done
((sum != $("$PROBEVUE" -r tests/data/web.pcap -e "$first"))) && ok || bad "a serial script was split without a difference"

conclude
