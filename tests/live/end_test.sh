#!/usr/bin/env bash
# How a live session ends: Ctrl-C, a second one, exit(), a reader that goes away, an interface that goes away; and what
# has been printed until then.
source "$(dirname "$0")/network.sh"

seen='@@BEGIN { printf("ready\n"); } @@net:bpf:lo:udp:"dst port 5000" { printf("%d\n", __udphdr->length - 8); }'
finally='@@END { printf("end\n"); }'

# --- the first Ctrl-C: END runs, all is printed, the status is 0 ----------------------------------------------------

for signal in INT TERM HUP; do
    start "$signal" -e "$seen $finally"
    datagrams 5000 1 127.0.0.1 127.0.0.1 127.0.0.1
    stop "$id" "$signal" # at once: the packets may still be in the ring
    same "$signal: exit status" 0 "$status"
    same "$signal: output" "ready 1 2 3 end" "$(paste -s -d ' ' "$work/$signal.out")"
    same "$signal: standard error" "" "$(cat "$work/$signal.err")"
done

# --- the second: at once, here while nobody reads what END prints -----------------------------------------------------

mkfifo "$work/fifo"
many=$(printf 'printf("%%1000d\\n", 1); %.0s' {1..100}) # 100 KB, a pipe holds 64
"$PROBEVUE" -e "@@interval:*:clock:60000 { exit(); } @@END { $many }" >"$work/fifo" 2>"$work/second.err" &
id=$!
started+=("$id")
exec 3<"$work/fifo"
catches_interrupts() { (((16#$(sed -n 's/^SigCgt:\s*//p' /proc/"$id"/status) >> 1 & 1) == 1)); }
until_true 20 catches_interrupts || fail "second: it does not catch Ctrl-C"
kill -INT "$id"
sleep 0.5
kill -0 "$id" 2>/dev/null || fail "second: it did not wait for its reader"
before=$(date +%s%N)
stop "$id"
took=$((($(date +%s%N) - before) / 1000000))
exec 3<&-
same "second: exit status" 130 "$status"
((took < 5000)) || fail "second: took $took ms"

# --- exit() in a packet clause, in an interval clause, in BEGIN -----------------------------------------------------

start exit -e "$seen"' @@net:bpf:lo:udp:"dst port 5000" when (__udphdr->length == 10) { exit(); } '"$finally"
datagrams 5000 1 127.0.0.1 127.0.0.1 127.0.0.1 127.0.0.1
wait "$id"
same "exit: exit status" 0 $?
same "exit: output" "ready 1 2 end" "$(paste -s -d ' ' "$work/exit.out")"

printed=$(timeout 20 "$PROBEVUE" -e '@@interval:*:clock:100 { printf("tick\n"); exit(); }'" $finally")
same "exit in an interval: exit status" 0 $?
same "exit in an interval: output" "tick end" "$(paste -s -d ' ' <<<"$printed")"
printed=$(timeout 20 "$PROBEVUE" -e '@@BEGIN { printf("begin\n"); exit(); printf("never\n"); }'" $seen $finally")
same "exit in BEGIN: exit status" 0 $?
same "exit in BEGIN: output" "begin end" "$(grep -v ready <<<"$printed" | paste -s -d ' ')"

# --- nothing to wait for: a session without probes ends by itself ---------------------------------------------------

printed=$(timeout 20 "$PROBEVUE" -e "@@BEGIN { printf(\"begin\n\"); } $finally")
same "no probes: exit status" 0 $?
same "no probes: output" "begin end" "$(paste -s -d ' ' <<<"$printed")"

# --- output to a file; a file that is there is replaced; what is printed is there while the session runs ------------

echo old >"$work/file"
"$PROBEVUE" -o "$work/file" -e "$seen $finally" >"$work/o.out" 2>"$work/o.err" &
id=$!
started+=("$id")
until_true 20 grep -q ready "$work/file" || fail "-o: did not start"
datagrams 5000 7 127.0.0.1
until_true 5 grep -q '^7$' "$work/file" || fail "-o: a packet does not show while the session runs"
stop "$id"
same "-o: exit status" 0 "$status"
same "-o: the file" "ready 7 end" "$(paste -s -d ' ' "$work/file")"
same "-o: standard output and error" "" "$(cat "$work/o.out" "$work/o.err")"

# --- a reader that goes away: a quiet end ---------------------------------------------------------------------------

(
    "$PROBEVUE" -e "$seen $finally" 2>"$work/pipe.err"
    echo $? >"$work/pipe.status"
) | head -n 1 >"$work/pipe.out" &
until_true 20 test -s "$work/pipe.out" || fail "closed pipe: did not start"
for _ in {1..20}; do
    datagrams 5000 1 127.0.0.1
    until_true 1 test -s "$work/pipe.status" && break
done
same "closed pipe: exit status" 0 "$(cat "$work/pipe.status" 2>/dev/null)"
same "closed pipe: output" "ready" "$(cat "$work/pipe.out")"
same "closed pipe: standard error" "" "$(cat "$work/pipe.err")"

printed=$("$PROBEVUE" -r tests/data/telnet.pcap scripts/port23.e 2>"$work/replay.err" | head -n 1)
same "closed pipe of a replay: output" "src_addr:192.0.2.2 and dst_addr:192.0.2.3" "$printed"
same "closed pipe of a replay: standard error" "" "$(cat "$work/replay.err")"

# --- an interface that goes away: said once, the others go on, what was seen is kept --------------------------------

start gone -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near|lo:udp:"dst port 5000" { printf("%d\n", __udphdr->length - 8); }'" $finally"
datagrams 5000 1 192.0.2.3
until_true 10 grep -q '^1$' "$work/gone.out" || fail "gone: the packet before does not show"
ip link delete near
until_true 10 test -s "$work/gone.err" || fail "gone: nothing is said"
datagrams 5000 2 127.0.0.1
until_true 10 grep -q '^2$' "$work/gone.out" || fail "gone: the other interface does not go on"
stop "$id"
same "gone: output" "ready 1 2 end" "$(paste -s -d ' ' "$work/gone.out")"
same "gone: exit status" 1 "$status"
has "gone: the message" "near: .*(went down|disappeared|no longer|down)" "$(cat "$work/gone.err")"
conclude
