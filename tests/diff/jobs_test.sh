#!/usr/bin/env bash
# A replay on several threads gives what one gives, byte for byte: every bundled script, over real packets repeated until
# there are many, in each form of output; scripts that cannot be split say why and run on one.
set -uo pipefail
cd "$(dirname "$0")/../.."
: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
. tests/diff/bundled.sh
. tests/tally.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# agree WHAT FLAGS...: one thread and three agree, on standard output and standard error
agree() {
    local what=$1 run
    shift
    for run in 1 3; do
        timeout 60 "$PROBEVUE" -j "$run" "$@" >"$work/out.$run" 2>"$work/err.$run" </dev/null
        echo "status $?" >>"$work/err.$run"
    done
    grep -v '^probevue: note: one thread instead of 3: ' "$work/err.3" >"$work/err.3.rest"
    if cmp -s "$work/out.1" "$work/out.3" && cmp -s "$work/err.1" "$work/err.3.rest"; then
        ok
    else
        bad "$what"
        diff "$work/out.1" "$work/out.3" | head -5
        diff "$work/err.1" "$work/err.3.rest" | head -5
    fi
}

# Some ten thousand packets each.
for name in telnet web dns rtp; do
    packets=$("$PROBEVUE" -q info=none -r "tests/data/$name.pcap" -e '@@net:bpf::*:"" { n++; } @@END { printf("%lld\n", n); }')
    tests/data/repeat_capture.py "tests/data/$name.pcap" "$work/$name.pcap" $((20000 / packets + 1)) 3
done

split=0
for script in scripts/*.e; do
    replay_of "$script" || continue
    "$PROBEVUE" -q info=none -r /dev/null -d merge "$script" "${arguments[@]}" | grep -q '^script: serial' || split=$((split + 1))
    for capture in "$work"/*.pcap; do
        agree "$script on ${capture##*/}" -r "$capture" "$script" "${arguments[@]}"
    done
done
((split > 20)) && ok || bad "only $split bundled scripts can be split"

# Lines of single packets in order, in each form; faults are told once; several files are merged by time.
lines='int zero; @@net:bpf::tcp:"" { printf("%d %I %d\n", __pkt->number, __pkt->src_addr, __pkt->len); n[__pkt->src_port] += 7 / zero; }
       @@END { print(n); }'
for format in text json csv; do
    agree "lines as $format" --format $format -r "$work/telnet.pcap" -e "$lines"
done
agree "lines with times" -c timestamp=0 -r "$work/web.pcap" -e "$lines"
agree "two files" -r "$work/telnet.pcap" -r "$work/web.pcap" -e "$lines"
agree "two files, by time" -r "$work/telnet.pcap" -r "$work/dns.pcap" -e "$lines"
windows='@@net:bpf::tcp:"" { n[__pkt->src_port]++; } @@interval:*:clock:1000 { print(n); clear(n); } @@END { print(n); }'
agree "a file that is left out" --skip-bad -r "$work/none.pcap" -r "$work/telnet.pcap" -e "$lines"
agree "windows" -r "$work/telnet.pcap" -e "$windows"
agree "windows, with an end" --for 20s -r "$work/telnet.pcap" -e "$windows"
agree "an interval that ends it" -r "$work/telnet.pcap" -e "$windows @@interval:*:clock:5000 { exit(); }"
counted='@@net:bpf::tcp:"" { printf("%d\n", __pkt->number); n += 1; } @@END { printf("%lld\n", n); }'
agree "an end that BEGIN sets" -r "$work/telnet.pcap" -e "@@BEGIN { exit_after(20); } $counted"
agree "an end that BEGIN sets, without lines" -r "$work/telnet.pcap" -e '@@BEGIN { exit_after(20); } @@net:bpf::tcp:"" { n++; } @@END { printf("%lld\n", n); }'
agree "an end that an interval sets" -r "$work/telnet.pcap" -e "$counted @@interval:*:clock:5000 { exit_after(3); }"
agree "a _Bool" -r "$work/telnet.pcap" -e '_Bool b; @@net:bpf::*:"" { b += 1; n++; } @@END { printf("%d %lld\n", b, n); }'
agree "groups" -r "$work/telnet.pcap" -e '@@net:bpf::tcp:"" { group_output_start(); printf("a %d", __pkt->number); printf("b\n"); }'
agree "all that adds up" -r "$work/dns.pcap" -e '
    __list l; range_t r; char c; double d;
    @@BEGIN { set_range(r, LINEAR, 0, 1500, 100); c = 1; append(l, 77); n["begin"] = 3; n["tcp"] = 5; }
    @@net:bpf::*:"" {
        append(l, __pkt->len); qrange(sizes[__pkt->ip_version], r, __pkt->len); add_dist(ports[__pkt->protocol], __pkt->src_port);
        add_distinct(hosts, __pkt->src_addr); c += 3; n["tcp"]++; n["all"] -= 2; }
    @@END { printf("%lld %lld %lld %d %lld\n", sum(l), min(l), count(l), c, distinct(hosts)); print(sizes); print(ports); print(n); }'
cp "$work/telnet.pcap" "$work/cut.pcap"
truncate -s -10 "$work/cut.pcap"
agree "a file that is cut" -r "$work/cut.pcap" -e "$lines"

# What stays on one thread says so once, with the line.
note() {
    local expected=$1
    shift
    "$PROBEVUE" -j 2 "$@" 2>&1 >"$work/ignored" </dev/null | grep '^probevue: note: one thread' >"$work/note"
    if [[ $(cat "$work/note") == "probevue: note: one thread instead of 2: $expected" ]]; then ok; else bad "note: $(cat "$work/note")"; fi
}
note '<-e>:1:32: `x` is written by clauses on events: the last one in time would have to win' -r "$work/web.pcap" \
    -e 'int x; @@net:bpf::tcp:"" {     x = __pkt->len; } @@END { printf("%d", x); }'
note '`-` is no file that can be read more than once' -r - -e "$windows" <"$work/web.pcap"
note '-c N ends at an event' -c 5 -r "$work/web.pcap" -e "$windows"
note '--shard has split the connections already' --shard 1/2 -r "$work/web.pcap" scripts/handshake_time.e
"$PROBEVUE" -j 2 -r tests/data/senders.pcapng scripts/tcp_retransmissions.e 2>&1 >/dev/null | grep -q 'note: a recording is replayed on one thread' && ok || bad "no note of a recording"
note '-w writes packets in their order' -w "$work/x.pcapng" -r "$work/web.pcap" -e "$windows"

# Threads whose arrays are full: what they lose counts, and what others have may lack it.
full='@@net:bpf::tcp:"" { n[__pkt->number]++; } @@END { print(n); }'
for run in 1 3; do
    "$PROBEVUE" -j $run -c abs_mem_for_dvars=1 --fail-on-loss -r "$work/web.pcap" -e "$full" >/dev/null 2>"$work/err"
    status=$? lacks=0
    grep -q 'warning: arrays were full in parts of the stream: values that others have may lack what these had no room for' "$work/err" && lacks=1
    [[ $status == 4 && $lacks == $((run > 1)) ]] && ok || bad "full arrays, $run threads: status $status, $(<"$work/err")"
done

conclude
