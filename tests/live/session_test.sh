#!/usr/bin/env bash
# The interactive session on live packets and events of the kernel, on a terminal, in a network namespace of its own.
set -uo pipefail
self=$(readlink -f "$0")
cd "$(dirname "$0")/../.."
if [[ -z ${PROBEVUE_TEST_NETWORK:-} ]]; then
    for tool in ip unshare python3 ping; do
        command -v $tool >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
    done
    unshare --net true 2>/dev/null || { echo "skipped: network namespaces are not permitted here"; exit 77; }
    PROBEVUE_TEST_NETWORK=1 exec unshare --net "$self" "$@"
fi
ip link set lo up
: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
# shellcheck source=tests/session/terminal.sh
. tests/session/terminal.sh

# datagrams PORT NUMBER A_SECOND: sends them, and prints how many the socket took
datagrams() {
    python3 -c '
import socket, sys, time
port, number, rate = map(int, sys.argv[1:])
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
start, sent = time.monotonic(), 0
while sent < number:
    try:
        out.sendto(b"x", ("127.0.0.1", port))
        sent += 1
    except ConnectionRefusedError:
        pass  # an answer to one before: nobody listens
    ahead = start + sent / rate - time.monotonic()
    if ahead > 0.002: time.sleep(ahead)
print(sent)' "$@"
}

# --- a clause is live at once ---------------------------------------------------------------------------------------

NO_COLOR=1 python3 tests/session/latency.py "$PROBEVUE" 15 >"$work/latency" 2>&1
result $? "clauses become live: $(tail -n 2 "$work/latency")"
median=$(sort -n "$work/latency" | sed -n 8p)
echo "from Enter until the clause is live: $median ms (median of 15; $(sort -n "$work/latency" | sed -n '1p;15p' | paste -s -d ' ') at the least and at the most)"
awk -v median="$median" 'BEGIN { exit !(median > -5 && median < 50) }'
result $? "a clause is live within 50 ms"

# --- output while a line is being typed -------------------------------------------------------------------------------

starts "$PROBEVUE" 90 20
enter '@@net:bpf:lo:udp:"udp dst port 7001" { seen++; printf("datagram %d\n", seen); }'
wait_until at_prompt
type_text 'syn["10.0.'
wait_until last_line_is 'vue> syn["10.0.'
datagrams 7001 20 1000 >/dev/null
expect '^datagram 20$' "output above the line"
expect_line 'vue> syn["10.0.' "and the line is whole below it"
press Left Left Left Left
datagrams 7001 1 1000 >/dev/null
expect '^datagram 21$' "output while the cursor is within the line"
type_text 'X'
expect_line 'vue> syn["1X0.0.' "and typing goes on there"
press C-c
wait_until at_prompt
answers 'seen' '^21$' "each datagram once"

# --- 10,000 lines a second ------------------------------------------------------------------------------------------

enter '.del 1'
wait_until at_prompt
clear_screen
enter 'int lines; @@net:bpf:lo:udp:"udp dst port 7002" { lines = lines + 1; printf("line %d of many\n", lines); }'
answers 'lines' '^0$' "live before the first datagram"
datagrams 7002 50000 10000 >"$work/sent" &
sender=$!
wait_until on_screen '^line [0-9]+ of many$'
type_text '40 +'
expect_line 'vue> 40 +' "typing while 10,000 lines a second come"
type_text '2'
expect_line 'vue> 40 +2' "and more"
kill -0 $sender 2>/dev/null
result $? "they still come"
press Enter
wait $sender
expect "^line $(<"$work/sent") of many\$" "all lines came"
wait_until at_prompt
result $? "the prompt is whole"
result "$(everything | grep -vcE '^(line [0-9]+ of many|vue>|vue> 40 \+2|42|)$' | awk '{ exit $1 > 4 }' && echo 0 || echo 1)" "nothing else stands between the lines"
printed '^42$'
result $? "the value of what was typed meanwhile"
enter '1000 + 1'
expect '^1001$' "the session answers"
answers 'lines' "^$(<"$work/sent")\$" "all were counted, as the sender says"

# --- clauses come and go, and nothing is lost or counted twice ------------------------------------------------------

starts "$PROBEVUE" 100 30
enter 'int total; @@net:bpf:lo:udp:"udp dst port 7003" { total = total + 1; }'
answers 'total' '^0$' "live before the first datagram"
datagrams 7003 20000 5000 >"$work/sent" &
sender=$!
changes=0
while kill -0 $sender 2>/dev/null; do
    enter "@@net:bpf:lo:udp:\"udp dst port 7004\" { other$changes++; }"
    enter ".del $((changes + 3))"
    enter "9000 + $changes"
    wait_until on_screen "^$((9000 + changes))\$"
    changes=$((changes + 1))
done
wait $sender
result $((changes < 3)) "clauses came and went $changes times meanwhile"
counted() { clear_screen; enter 'total'; wait_until on_screen '^[0-9]+$'; screen | grep -qx "$(<"$work/sent")"; }
wait_until counted
result $? "$(<"$work/sent") datagrams were sent, counted: $(screen | grep -xE '[0-9]+')"

# --- pause and resume -----------------------------------------------------------------------------------------------

enter '.pause'
expect 'note: paused' "pause"
datagrams 7003 100 100000 >/dev/null
answers 'total' "^$(<"$work/sent")\$" "nothing is counted while paused"
enter '.resume'
expect 'clauses are live' "resume"
datagrams 7003 1 1000 >/dev/null
clear_screen
one_more() { clear_screen; enter 'total'; wait_until on_screen '^[0-9]+$'; screen | grep -qx "$(($(<"$work/sent") + 1))"; }
wait_until one_more
result $? "counted again"
answers '.stats' '^clause @@net:bpf:lo:udp:"udp dst port 7003": [0-9]+ events' "figures by clause"
answers '@@net:bpf:lo:udp:"udp prt 1" { }' 'error: ' "a filter that is wrong"
answers '@@net:bpf:nothere0:udp:"udp" { n++; }' 'kept but not live|error: ' "an interface that is not there"
answers 'total > 0' '^1$' "variables stay"

# --- events of the kernel -------------------------------------------------------------------------------------------

netns=$(stat -Lc %i /proc/self/ns/net)
starts "$PROBEVUE" 110 30
enter "@@net:tcp:state_change when (__netns == $netns) { if (__cur_state == TCPS_ESTABLISHED) { up++; printf(\"up %d\\n\", up); } }"
enter '7000 + 3' # the prompt stands there again before a clause is live; what is entered behind it waits for that
expect '^7003$' "behind a clause"
if on_screen 'not live'; then
    echo "events of the kernel are not permitted here: $(screen | grep 'not live')"
else
    python3 -c '
import socket
listener = socket.create_server(("127.0.0.1", 0))
for i in range(5):
    client = socket.create_connection(listener.getsockname())
    listener.accept()[0].close()
    client.close()'
    expect '^up 10$' "both ends of five connections"
    answers 'up' '^10$' "counted"
    enter '@@net:bpf:lo:tcp:"tcp" { packets++; }'
    wait_until at_prompt
    answers 'up' '^10$' "and kept when a clause is added"
fi

# --- five idle seconds ----------------------------------------------------------------------------------------------

open_terminal 120 10 "$PROBEVUE -e '@@net:bpf:lo:udp:\"udp dst port 7005\" { n++; } @@END { printf(\"%d seen\n\", n); }'"
is_tracing() { [[ $(grep -c packet_mmap "/proc/$(pane_pid)/maps" 2>/dev/null) != 0 ]] || grep -q ' 0003 ' /proc/net/packet; }
wait_until is_tracing
expect '^probevue: tracing @@net:bpf:lo:udp:"udp dst port 7005", packets of this network namespace; Ctrl-C ends$' "at its start it says what it waits for"
datagrams 7005 7 1000 >/dev/null
expect '^probevue: working: 7 packets and [0-9]+ other events seen, 7 matched; Ctrl-C ends$' "after five idle seconds a line says that it works"
press C-c
expect '^7 seen$' "and Ctrl-C ends: what is printed then begins a line of its own"
wait_until is_dead
result $? "the end"
open_terminal 150 10 "$PROBEVUE --for 90s -c 1 -e '@@net:bpf:lo:udp:\"udp dst port 7005\" { n++; } @@interval:*:clock:60000 { exit(); }'"
expect '^probevue: tracing 2 probes, packets of this network namespace; Ctrl-C ends, or after 90s, or after 1 event, or at exit\(\)$' "all ways to end"
kill -INT "$(pane_pid)"
wait_until is_dead
result $? "a signal that was sent ends it too"
printed '^n = 0$'
result $? "without an empty line that nobody has typed into"
open_terminal 150 10 "$PROBEVUE -q info=none -e '@@interval:*:clock:100 { printf(\"ticks\n\"); exit(); }'"
wait_until is_dead
[[ $(everything | sed '/^$/d' | head -n 1) == ticks ]]
result $? "nothing is said with -q info=none"
[[ $("$PROBEVUE" -e '@@interval:*:clock:100 { exit(); }' 2>&1) == '' ]]
result $? "nor where standard error is no terminal"

summary 40
