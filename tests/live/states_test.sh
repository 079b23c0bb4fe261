#!/usr/bin/env bash
# States of live sessions (--state-out, --every) and who puts them together as they come (--merge): hosts are network namespaces.
# Expected values are counts of ping and of who makes the calls.
. "$(dirname "$0")/network.sh"
ip link set lo up
timeout 20 "$PROBEVUE" --for 100ms -e '@@net:bpf:lo:icmp4:"" { n++; }' >/dev/null 2>"$work/try" || skip "$(head -n 1 "$work/try")"

cat >"$work/sum.e" <<'end'
int n;
__list size;
@@net:bpf:lo:icmp4:"icmp[icmptype] == icmp-echo" { n++; append(size, __pkt->len); by_size[__pkt->len]++; }
@@END { printf("%d packets, sizes %d to %d\n", n, min(size), max(size)); print(by_size); }
end
cat >"$work/window.e" <<'end'
int n;
int all;
@@net:bpf:lo:icmp4:"icmp[icmptype] == icmp-echo" { n++; all++; if (__ip4hdr->total_len > 600) printf("large %d\n", __ip4hdr->total_len); }
@@interval:*:clock:500 { printf("window %d\n", n); n = 0; }
@@END { printf("rest %d, all %d\n", n, all); }
end

# host NAME SPACE SCRIPT FLAG...: a session on a host writes its states into $work/NAME.pipe; its id is in $id
host() {
    local name=$1 where=$2 script=$3
    shift 3
    [[ -p $work/$name.pipe ]] || mkfifo "$work/$name.pipe"
    nsenter --net=/proc/"$where"/ns/net unshare --uts sh -c 'hostname "$1" && shift && exec "$@"' - "$name" \
        "$PROBEVUE" --every 200ms --state-out - "$@" "$work/$script.e" >"$work/$name.pipe" 2>"$work/$name.err" &
    id=$!
    started+=("$id")
}
# pings SPACE COUNT SIZE: so many, of the bytes of content
pings() {
    nsenter --net=/proc/"$1"/ns/net ping -q -i 0.01 -c "$2" -s "$3" 127.0.0.1 >"$work/ping" || fail "ping: $(<"$work/ping")"
}
# merged FLAG...: puts them together in the background, what it prints is in $work/merged and .err; its id is in $merger
merged() {
    "$PROBEVUE" "$@" >"$work/merged" 2>"$work/merged.err" &
    merger=$!
    started+=("$merger")
}
# answered PATTERN: waits until it has printed that
answered() { until_true 30 grep -qE "$1" "$work/merged" || fail "no \`$1\`: $(cat "$work/merged" "$work/merged.err")"; }
# ready ID: the session listens
ready() { until_true 30 has_enabled "$1" || fail "the session does not listen"; }

spaces=()
for number in 1 2 3; do
    new_space
    spaces+=("$space")
    nsenter --net=/proc/"$space"/ns/net ip link set lo up
done

# --- sums of three hosts, by pipes; one is killed, one is stopped
ids=()
for number in 0 1 2; do
    host "h$number" "${spaces[number]}" sum
    ids+=("$id")
done
merged --every 300ms --fail-on-loss --merge "$work/h*.pipe" "$work/sum.e"
for number in 0 1 2; do
    ready "${ids[number]}"
    pings "${spaces[number]}" $((10 + number)) $((100 + number))
done
answered '^33 packets, sizes 142 to 144'
kill -KILL "${ids[1]}"
until_true 20 grep -q 'h1: its session is gone without its last state' "$work/merged.err" || fail "h1 is not missed: $(<"$work/merged.err")"
pings "${spaces[0]}" 5 300
stop "${ids[0]}"
same "a session that is stopped" 0 "$status"
stop "${ids[2]}"
wait "$merger"
same "loss of a host" 4 $?
same "sums" "38 packets, sizes 142 to 342
by_size[142] = 10
by_size[143] = 11
by_size[144] = 12
by_size[342] = 5" "$(tail -n 5 "$work/merged" | sort)"
has "who is missing" '^probevue: warning: .*h1: its session is gone without its last state: what it has seen since [0-9:]{8} is not counted' "$(<"$work/merged.err")"
same "who is not" 1 "$(grep -c 'is not counted' "$work/merged.err")"

# --- windows: each is answered once, when all have told it; lines before them
ids=()
for number in 0 1 2; do
    host "h$number" "${spaces[number]}" window
    ids+=("$id")
done
merged --merge "$work/h*.pipe" "$work/window.e"
for number in 0 1 2; do ready "${ids[number]}"; done
sent=0
for round in 1 2 3; do
    for number in 0 1 2; do
        pings "${spaces[number]}" $((round + number)) $((number == 1 ? 700 : 100))
        sent=$((sent + round + number))
    done
done
answered "^large 728"
for number in 0 1 2; do stop "${ids[number]}"; done
wait "$merger"
same "the end of all" 0 $?
same "all packets" "$sent" "$(sed -nE 's/^rest [0-9]+, all ([0-9]+)/\1/p' "$work/merged")"
same "packets of windows" "$sent" "$(awk '/^window|^rest/ { sum += $2 } END { print sum }' "$work/merged")"
same "lines" 9 "$(grep -c '^large 728' "$work/merged")"
same "the last line" "rest" "$(tail -n 1 "$work/merged" | cut -d' ' -f1)"

# --- the same by one stream, from a file, and from files with a state missing
"$PROBEVUE" --every 200ms --for 1500ms --state-out - "$work/window.e" >"$work/stream.pvs" 2>"$work/err" &
id=$!
started+=("$id")
ready "$id"
ping -q -i 0.01 -c 20 -s 700 127.0.0.1 >/dev/null
wait "$id"
same "a session of some time" 0 $?
"$PROBEVUE" --merge "$work/stream.pvs" "$work/window.e" >"$work/from_file" 2>"$work/err"
same "20 packets in a file" "20" "$(sed -nE 's/^rest [0-9]+, all ([0-9]+)/\1/p' "$work/from_file")"
cat "$work/stream.pvs" | "$PROBEVUE" --merge - "$work/window.e" >"$work/from_stream" 2>"$work/err"
same "a stream" "$(<"$work/from_file")" "$(<"$work/from_stream")"
cat "$work/stream.pvs" "$work/stream.pvs" | "$PROBEVUE" --merge - "$work/window.e" >"$work/from_stream" 2>"$work/err"
same "a stream that comes twice" "$(<"$work/from_file")" "$(<"$work/from_stream")"
"$PROBEVUE" --merge "$work/stream.pvs" --merge "$work/stream.pvs" "$work/window.e" >"$work/from_file_2" 2>"$work/err"
same "a file that is there twice" "$(<"$work/from_file")" "$(<"$work/from_file_2")"
python3 - "$work/stream.pvs" "$work/gap.pvs" <<'end'
import sys
frames = open(sys.argv[1], "rb").read().split(b"\x28\xb5\x2f\xfd")[1:]
open(sys.argv[2], "wb").write(b"".join(b"\x28\xb5\x2f\xfd" + frame for i, frame in enumerate(frames) if i != 2))
end
"$PROBEVUE" --fail-on-loss --merge "$work/gap.pvs" "$work/window.e" >/dev/null 2>"$work/err"
same "a state is missing: exit status" 4 $?
has "a state is missing" '1 of the [0-9]+ states before it is missing: what their intervals and lines held is not counted' "$(<"$work/err")"
cat "$work/gap.pvs" | "$PROBEVUE" --fail-on-loss --merge - "$work/window.e" >/dev/null 2>"$work/err"
same "a state of a stream is missing: exit status" 4 $?
has "a state of a stream is missing" ': 1 state before the one of [0-9:]{8} did not come: what intervals and lines of it held is not counted' "$(<"$work/err")"

# --- a host that shows when the windows of its time are over
"$PROBEVUE" --every 200ms --for 1s --state-out - "$work/window.e" >"$work/second.pvs" 2>"$work/err" &
id=$!
started+=("$id")
"$PROBEVUE" --every 200ms --for 1s --state-out - "$work/window.e" >"$work/first.pvs" 2>"$work/err"
wait "$id"
(cat "$work/first.pvs"; sleep 1; cat "$work/second.pvs") | "$PROBEVUE" --fail-on-loss --merge - "$work/window.e" >/dev/null 2>"$work/err" # longer than the merger waits
same "windows that come late: exit status" 4 $?
has "windows that come late" ': [0-9]+ of its windows came too late: they are not counted' "$(<"$work/err")"

# --- what is no state, what is cut off, what is of another script: told, and the others count
head -c 3000 "$work/stream.pvs" >"$work/cut.pvs"
(cat "$work/cut.pvs") | timeout 20 "$PROBEVUE" --merge - "$work/window.e" >/dev/null 2>"$work/err"
same "a stream that is cut off: exit status" 1 $?
has "a stream that is cut off" 'the state is cut off or has been changed' "$(<"$work/err")"
echo 'ssh: no route to host' | timeout 20 "$PROBEVUE" --merge - "$work/window.e" >/dev/null 2>"$work/err"
same "no state: exit status" 1 $?
has "no state" 'this is no state' "$(<"$work/err")"
: | timeout 20 "$PROBEVUE" --merge - "$work/window.e" >/dev/null 2>"$work/err"
same "nothing: exit status" 1 $?
has "nothing" 'no state has come$' "$(<"$work/err")"
has "nothing: hint" 'is there a session that writes them' "$(<"$work/err")"
cat "$work/stream.pvs" | timeout 20 "$PROBEVUE" --merge - "$work/sum.e" >/dev/null 2>"$work/err"
same "another script: exit status" 2 $?
has "another script" 'is of another script' "$(<"$work/err")"
mkfifo "$work/bad.pipe" "$work/good.pipe"
(echo 'Last login: today' >"$work/bad.pipe"; cat "$work/stream.pvs" >"$work/good.pipe") &
timeout 20 "$PROBEVUE" --fail-on-loss --merge "$work/bad.pipe" --merge "$work/good.pipe" "$work/window.e" >"$work/from_stream" 2>"$work/err"
same "one of two is bad: exit status" 1 $?
same "one of two is bad" "$(<"$work/from_file")" "$(<"$work/from_stream")"
has "one of two is bad: who" 'bad.pipe: ' "$(<"$work/err")"

"$PROBEVUE" -r tests/data/web.pcap --state-out "$work/capture.pvs" "$work/window.e" 2>"$work/err"
cat "$work/stream.pvs" "$work/capture.pvs" | timeout 20 "$PROBEVUE" --merge - "$work/window.e" >"$work/from_stream" 2>"$work/err"
same "a state of a capture behind those of a session: exit status" 1 $?
has "a state of a capture behind those of a session" ': is no state of a live session, as the first was .merge states of captures by themselves' "$(<"$work/err")"
same "the session counts" "$(<"$work/from_file")" "$(<"$work/from_stream")"

# --- a file that each state takes over; who reads slowly; who goes away
"$PROBEVUE" --every 100ms --for 1s --state-out "$work/over.pvs" "$work/sum.e" 2>"$work/err" &
id=$!
started+=("$id")
until_true 30 test -s "$work/over.pvs" || fail "no state: $(<"$work/err")"
ping -q -i 0.01 -c 7 127.0.0.1 >/dev/null
"$PROBEVUE" --merge "$work/over.pvs" "$work/sum.e" >"$work/out" 2>"$work/merge.err"
same "a state while the session goes on" 0 $?
has "a state while the session goes on" 'the session on .* had not ended: what it saw later is not counted' "$(<"$work/merge.err")"
wait "$id"
has "its last state" '^7 packets' "$("$PROBEVUE" --merge "$work/over.pvs" "$work/sum.e" 2>&1)"
mkfifo "$work/slow.pipe"
(sleep 1.5; cat >"$work/slow.pvs") <"$work/slow.pipe" &
reader=$!
"$PROBEVUE" --every 100ms --for 2s --state-out - "$work/window.e" >"$work/slow.pipe" 2>"$work/err" &
id=$!
started+=("$reader" "$id")
ready "$id"
ping -q -i 0.01 -c 9 127.0.0.1 >/dev/null
wait "$id" "$reader"
same "a slow reader" "9" "$("$PROBEVUE" --merge "$work/slow.pvs" "$work/window.e" 2>/dev/null | sed -nE 's/^rest [0-9]+, all ([0-9]+)/\1/p')"
set -o pipefail
timeout 30 "$PROBEVUE" --every 100ms --state-out - "$work/sum.e" 2>"$work/err" | head -c 1 >/dev/null
same "a reader that goes away" "0 " "$? $(<"$work/err")"

# --- what cannot be
refused() { # NAME PATTERN ARGUMENT...
    timeout 20 "$PROBEVUE" "${@:3}" >"$work/out" 2>"$work/err" </dev/null
    same "$1: exit status" 2 $?
    has "$1" "$2" "$(<"$work/err")"
}
hinted() { has "$1" "$2" "$(<"$work/err")"; }
refused "windows into a file" '--every writes each state over the one before, and of this script each has windows of its own' --every 1s --state-out "$work/x.pvs" "$work/window.e"
hinted "windows into a file" '--state-out - writes them one behind the other; without --every there is one at the end'
refused "a table that END prints" 'what the script gathers cannot be put together: .last. is written by clauses on events' --state-out - -e 'int last; @@net:bpf:lo:tcp:"" { last = __pkt->len; } @@END { printf("%d", last); }'
hinted "a table that END prints" 'each host answers by itself: leave out --state-out; -d merge explains'
refused "--every of a replay" '--every is about states of a live session, or the answers of --merge' --every 1s --state-out - -r tests/data/web.pcap "$work/sum.e"
hinted "--every of a replay" 'give --state-out - and no -r; intervals of a script have a probe, @@interval:.:clock:MS'
refused "--every of files" '--every with --merge is for states that come while sessions go on, by pipes; these are all there' --every 1s --merge "$work/over.pvs" "$work/sum.e"
hinted "--every of files" 'leave out --every$'
refused "too often" '--every takes 100ms at the least' --every 10ms --state-out - "$work/sum.e"
hinted "too often" 'states tell what was added up: 1s or 10s is often enough'
cat "$work/stream.pvs" >"$work/good.pipe" &
refused "an html page" 'an html page is drawn once, at the end' --every 1s --format html --merge "$work/good.pipe" "$work/window.e"
hinted "an html page" 'leave out --every, or --format html'
cat "$work/stream.pvs" >"$work/good.pipe" &
refused "live states into a state" 'states of live sessions are answered as they come, not written into another state' --state-out "$work/x.pvs" --merge "$work/good.pipe" "$work/window.e"
hinted "live states into a state" 'leave out --state-out; files of such states can be put together'
# What a host keeps for itself may be anything.
timeout 20 "$PROBEVUE" --for 300ms --state-out "$work/x.pvs" -e 'int before; @@net:bpf:lo:tcp:"" { n[__pkt->len - before]++; before = __pkt->len; } @@END { print(n); }' 2>"$work/err"
same "what END does not use" "0 " "$? $(<"$work/err")"
conclude
