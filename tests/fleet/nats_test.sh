#!/usr/bin/env bash
# share/fleet/nats_states.py: eight hosts tell a NATS server, one process puts their states together; also while the server goes away and
# comes back.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
needs nats-server nats-server
needs python3 python3
work=$(mktemp -d)
. tests/fleet/live_hosts.sh
started=()
finish() {
    for id in "${started[@]}"; do kill "$id" 2>/dev/null; done
    wait
    for ((number = 1; number <= number_of_hosts; ++number)); do ip link delete "v$$n$number" 2>/dev/null; done
    ip netns delete "$hosts" 2>/dev/null
    remove_hosts
    rm -rf "$work"
}
trap finish EXIT
make_hosts

# A namespace for the server, and each host joined to it.
ip netns add "$hosts"
ip -n "$hosts" link add bridge type bridge
ip -n "$hosts" address add 198.51.100.1/24 dev bridge
ip -n "$hosts" link set bridge up
ip -n "$hosts" link set lo up
for ((number = 1; number <= number_of_hosts; ++number)); do
    ip link add "v$$n$number" netns "$hosts" type veth peer name wire netns "$hosts$number" 2>"$work/err" || { echo "skipped: $(<"$work/err")"; exit 77; }
    ip -n "$hosts" link set "v$$n$number" master bridge up
    ip -n "$hosts$number" address add 198.51.100.$((number + 10))/24 dev wire
    ip -n "$hosts$number" link set wire up
done
serve() {
    ip netns exec "$hosts" nats-server -a 198.51.100.1 -p 4222 >"$work/server" 2>&1 &
    server=$!
    started+=("$server")
    wait_for 30 grep -q 'Server is ready' "$work/server" || bad "the server: $(<"$work/server")"
}
serve
export NATS=198.51.100.1:4222
(
    ip netns exec "$hosts" share/fleet/nats_states.py subscribe 2>"$work/subscribed" |
        exec "$PROBEVUE" --every 500ms --merge - "$work/pings.e" >"$work/out" 2>"$work/err"
) &
merger=$!
subscribed() { [[ $(ip netns exec "$hosts" ss -Htn state established '( sport = 4222 )' | wc -l) -ge $1 ]]; }
wait_for 30 subscribed 1 || bad "nobody has subscribed"
sessions=()
for ((number = 1; number <= number_of_hosts; ++number)); do
    "$work/reach" "$hosts$number" sh -c '"$PROBEVUE" --every 500ms --for 12s --state-out - "$1" | share/fleet/nats_states.py publish' - "$work/pings.e" 2>>"$work/published" &
    sessions+=($!)
done
wait_for 60 all_listen || bad "not all listen"
sent=0
for ((number = 1; number <= number_of_hosts; ++number)); do pings "$hosts$number" $((number + 1)); done
# What intervals do not use: sums that were missed are in the next state.
answered() { grep -q "^by_length\[98\] = $1$" "$work/out"; }
wait_for 60 answered "$sent" && ok || bad "$sent packets were sent: $(tail -n 5 "$work/out" "$work/err" "$work/published")"

# The server goes away and comes back: sums of what was seen meanwhile are told.
kill "$server"
wait "$server" 2>/dev/null
pings "${hosts}1" 5
serve
wait_for 60 answered "$sent" && ok || bad "$sent packets were sent, some while the server was away: $(tail -n 5 "$work/out" "$work/err" "$work/published")"
for id in "${sessions[@]}"; do wait "$id"; done
wait_for 30 subscribed 1
subscriber=$(pgrep -f -- 'nats_states.py subscribe' | while read -r id; do [[ $(ip netns identify "$id") != "$hosts" ]] || echo "$id"; done | head -1)
kill "$subscriber"
wait "$merger"
[[ $(tail -n 1 "$work/out") == "by_length[98] = $sent" ]] && ok || bad "the last answer: $(tail -n 3 "$work/out" "$work/err")"
! grep -q 'gone without' "$work/err" && ok || bad "all have told their end: $(<"$work/err")"
echo "no state" | ip netns exec "$hosts" timeout 20 share/fleet/nats_states.py publish 2>"$work/err"
grep -q 'what comes on standard input is no state' "$work/err" && ok || bad "no state: $(<"$work/err")"
"$PROBEVUE" -r tests/data/web.pcap --state-out "$work/state" "$work/pings.e" && head -c 200 "$work/state" | ip netns exec "$hosts" timeout 20 share/fleet/nats_states.py publish 2>"$work/err"
grep -q 'the last state is cut off: it is not published' "$work/err" && ok || bad "cut off: $(<"$work/err")"
conclude
