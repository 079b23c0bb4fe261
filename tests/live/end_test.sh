#!/usr/bin/env bash
# How a live session ends: Ctrl-C, a second one, exit(), a reader that goes away, an interface that goes away; and what
# has been printed until then.
source "$(dirname "$0")/network.sh"

seen='@@BEGIN { printf("ready\n"); } @@net:bpf:lo:udp:"dst port 5000" { printf("%d\n", __udphdr->length - 8); }'
finally='@@END { printf("end\n"); }'

# catches ID NUMBER: the process handles the signal of that number
catches() { (((16#$(sed -n 's/^SigCgt:\s*//p' /proc/"$1"/status) >> ($2 - 1) & 1) == 1)); }
# waits_for_its_time ID: the process is timeout, and ready for SIGALRM
waits_for_its_time() { [[ $(cat /proc/"$1"/comm) == timeout ]] && catches "$1" 14; }

# --- the first Ctrl-C: END runs, all is printed, the status is 0 ----------------------------------------------------

for signal in INT TERM HUP; do
    start "$signal" -e "$seen $finally"
    datagrams 5000 1 127.0.0.1 127.0.0.1 127.0.0.1
    stop "$id" "$signal" # at once: the packets may still be in the ring
    same "$signal: exit status" 0 "$status"
    same "$signal: output" "ready 1 2 3 end" "$(paste -s -d ' ' "$work/$signal.out")"
    same "$signal: standard error" "" "$(cat "$work/$signal.err")"
done

# --- a time that is set: what is due until then happens, intervals included, however late the session is ---------------

timeout 60 "$PROBEVUE" --for 300ms -e '@@interval:*:clock:100 { ticks++; } @@END { printf("%d\n", ticks); }' \
    >"$work/for.out" 2>"$work/for.err"
same "--for: exit status" 0 $?
same "--for: output" "3" "$(cat "$work/for.out")"
same "--for: standard error" "" "$(cat "$work/for.err")"
timeout 60 "$PROBEVUE" -e '@@BEGIN { exit_after(1); } @@interval:*:clock:400 { ticks++; } @@END { printf("%d\n", ticks); }' \
    >"$work/for.out" 2>"$work/for.err"
same "exit_after: output" "2" "$(cat "$work/for.out")"
# From now on, at an event; a session without an interval wakes for it too.
start after -e "$seen @@net:bpf:lo:udp:\"dst port 5001\" { exit_after(0); } $finally"
datagrams 5000 1 127.0.0.1 127.0.0.1
datagrams 5001 1 127.0.0.1
wait "$id"
same "exit_after at an event: exit status" 0 $?
same "exit_after at an event: output" "ready 1 2 end" "$(paste -s -d ' ' "$work/after.out")"

# --- two within half a second are one: who forwards a signal sends it to the process and to its group -----------------

# Each of the three kinds of session, with what shows that it runs, and the line that says so.
events='@@BEGIN { printf("ready\n"); } @@net:tcp:state_change when (__cur_state == TCPS_SYN_SENT) { printf("%d\n", __proto_info->remote_port); }'
mkfifo "$work/capture"
exec 4<>"$work/capture" # its writer never goes away: a replay that waits
cat tests/data/telnet.pcap >&4
declare -A session=(
    [packets]="$seen $finally"
    [events]="$events $finally"
    [replay]='@@BEGIN { printf("ready\n"); } @@net:bpf:any:tcp:"" { packets++; } '"$finally"
)
kinds=(packets replay)
"$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint' && kinds+=(events)
declare -A from=([packets]="" [events]="" [replay]="-r $work/capture")

for kind in "${kinds[@]}"; do
    for pair in "INT INT" "INT TERM" "TERM HUP"; do
        name=$kind.${pair/ /.}
        # shellcheck disable=SC2086
        start "$name" ${from[$kind]} -e "${session[$kind]}"
        kill -s "${pair% *}" "$id"
        stop "$id" "${pair#* }"
        same "$name: exit status" 0 "$status"
        same "$name: output" "ready end" "$(paste -s -d ' ' "$work/$name.out")"
        [[ $kind != replay ]] || cat tests/data/telnet.pcap >&4
    done
    # GNU timeout itself, which sends its signal when its own time is up, and that is when SIGALRM comes.
    for round in {1..3}; do
        # shellcheck disable=SC2086
        timeout -s INT 600 "$PROBEVUE" ${from[$kind]} -e "${session[$kind]}" >"$work/timeout.out" 2>"$work/timeout.err" &
        id=$!
        started+=("$id")
        # Before that it is the shell, which has a handler of its own, and the output that of the round before.
        until_true 20 waits_for_its_time "$id" || fail "$kind under timeout: timeout does not wait for its time"
        until_true 20 grep -q ready "$work/timeout.out" || fail "$kind under timeout: did not start"
        stop "$id" ALRM
        same "$kind under timeout, $round: exit status" 124 "$status"
        same "$kind under timeout, $round: output" "ready end" "$(paste -s -d ' ' "$work/timeout.out")"
        [[ $kind != replay ]] || cat tests/data/telnet.pcap >&4
    done
done
exec 4>&-

# --- a reader that is held: one signal waits for it, a second one, later, does not ------------------------------------

many=$(printf 'printf("%%1000d\\n", 1); %.0s' {1..100}) # 100 KB, a pipe holds 64
writes_to_a_pipe() { grep -q pipe_write /proc/"$id"/wchan || [[ $(cut -d ' ' -f 1 /proc/"$id"/syscall) == 1 ]]; }
# held NAME: a session whose END clause waits for the reader of $work/NAME.fifo, which is descriptor 3
held() {
    mkfifo "$work/$1.fifo"
    "$PROBEVUE" -e "@@interval:*:clock:60000 { exit(); } @@END { $many }" >"$work/$1.fifo" 2>"$work/$1.err" &
    id=$!
    started+=("$id")
    exec 3<"$work/$1.fifo"
    until_true 20 catches "$id" 2 || fail "$1: it does not catch Ctrl-C"
    before=$(date +%s%N)
    kill -INT "$id"
    until_true 20 writes_to_a_pipe || fail "$1: it does not write"
}
since_signal() { echo $((($(date +%s%N) - before) / 1000000)); }

held first
until_true 5 eval '(($(since_signal) > 600))'
kill -0 "$id" 2>/dev/null || fail "first: it did not wait for its reader"
kill -USR1 "$id"
until_true 20 grep -q 'so far: 0 packets' "$work/first.err" || fail "first: SIGUSR1 is not answered"
cat <&3 >"$work/first.out" &
reading=$!
exec 3<&-
wait "$id"
same "first: exit status" 0 $?
wait "$reading"
same "first: lines" 100 "$(wc -l <"$work/first.out")"
same "first: standard error" 1 "$(wc -l <"$work/first.err")"

held second
kill -INT "$id"
kill -0 "$id" 2>/dev/null || fail "second: two within half a second ended it"
until_true 5 eval '(($(since_signal) > 600))'
kill -0 "$id" 2>/dev/null || fail "second: it did not wait for its reader"
before=$(date +%s%N)
stop "$id"
took=$(since_signal)
exec 3<&-
same "second: exit status" 130 "$status"
((took < 5000)) || fail "second: took $took ms"

# On a terminal it says what it waits for.
mkfifo "$work/told.fifo"
script -qefc "exec '$PROBEVUE' -e '@@interval:*:clock:60000 { exit(); } @@END { $many }' >'$work/told.fifo'" "$work/told.tty" </dev/null >/dev/null 2>&1 &
terminal=$!
started+=("$terminal")
exec 3<"$work/told.fifo"
until_true 20 grep -q 'Ctrl-C ends' "$work/told.tty" || fail "told: nothing is said at the start"
read -r id _ <"/proc/$terminal/task/$terminal/children"
kill -INT "$id"
until_true 20 grep -q 'probevue: waiting for the reader of standard output; Ctrl-C ends at once' "$work/told.tty" || fail "told: nothing is said of the reader"
same "told: lines" 100 "$(wc -l <&3)"
wait "$terminal"
exec 3<&-

# --- SIGUSR1: a line on standard error with what was seen so far, and nothing stops -----------------------------------

start asked -e "$seen $finally"
datagrams 5000 1 127.0.0.1 127.0.0.1
until_true 10 grep -q '^2$' "$work/asked.out" || fail "asked: the packets do not show"
kill -USR1 "$id"
until_true 10 grep -q . "$work/asked.err" || fail "asked: no answer"
same "asked: the line" "probevue: so far: 2 packets and 1 other events seen, 3 matched, 0 lost" "$(cat "$work/asked.err")"
datagrams 5000 3 127.0.0.1
stop "$id"
same "asked: exit status" 0 "$status"
same "asked: output" "ready 1 2 3 end" "$(paste -s -d ' ' "$work/asked.out")"

mkfifo "$work/asked.capture"
exec 4<>"$work/asked.capture"
cat tests/data/telnet.pcap >&4
start asked_replay -r "$work/asked.capture" -e '@@BEGIN { printf("ready\n"); } @@net:bpf:any:*:"" { n++; }'" $finally"
count=$(tcpdump -r tests/data/telnet.pcap 2>/dev/null | wc -l)
answered() { kill -USR1 "$id" && grep -q "so far: $count packets" "$work/asked_replay.err"; }
until_true 10 answered || fail "asked_replay: $(tail -n 1 "$work/asked_replay.err")"
stop "$id"
exec 4>&-
same "asked_replay: exit status" 0 "$status"
same "asked_replay: output" "ready end" "$(paste -s -d ' ' "$work/asked_replay.out")"

# --- nohup: SIGHUP stays ignored --------------------------------------------------------------------------------------

(trap '' HUP; exec "$PROBEVUE" -e "$seen $finally") >"$work/nohup.out" 2>"$work/nohup.err" &
id=$!
started+=("$id")
until_true 20 grep -q ready "$work/nohup.out" || fail "nohup: did not start"
kill -HUP "$id"
datagrams 5000 1 127.0.0.1
until_true 10 grep -q '^1$' "$work/nohup.out" || fail "nohup: SIGHUP ended it"
stop "$id"
same "nohup: output" "ready 1 end" "$(paste -s -d ' ' "$work/nohup.out")"

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
