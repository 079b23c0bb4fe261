#!/usr/bin/env bash
# A session that is stopped while packets and events come, with buffers that are too small for them: what it prints
# afterwards and what it says that was lost are together what was sent.
source "$(dirname "$0")/network.sh"

# Connections that are refused: two changes of state each.
refused_connections() {
    perl -MIO::Socket::INET -e 'for (1 .. shift) { IO::Socket::INET->new(PeerAddr => "192.0.2.3", PeerPort => 81) and exit 1 }' "$1"
}
many_datagrams() {
    perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.3", PeerPort => 9) or die "$!";
        for (1 .. shift) { $socket->send("x" x 1000) }
    ' "$1"
}

# crowded NAME SENT TEXT LOAD ARGUMENT...: the session, stopped meanwhile; its lines are counted in $printed, what it
# says of losses in $lost and $said
crowded() {
    local name=$1 sent=$2 text=$3 load=$4
    shift 4
    start "$name" "$@" -e '@@BEGIN { printf("ready\n"); } '"$text" || return
    kill -STOP "$id"
    $load "$sent" || fail "$name: the load"
    kill -CONT "$id"
    stop "$id"
    printed=$(grep -c '^one' "$work/$name.out")
    said=$(cat "$work/$name.err")
    lost=$(sed -nE 's/^probevue: warning: ([0-9]+) lost: the buffer between the kernel and probevue was full.*/\1/p' "$work/$name.err")
}

network=$(stat -L -c %i /proc/self/ns/net)
packets='@@net:bpf:near:udp:"udp dst port 9" { printf("one\n"); }'
events="@@net:tcp:state_change when (__netns == $network) { printf(\"one\\n\"); }"

crowded packets 2000 "$packets" many_datagrams -s 128 --stats
same "packets: exit status" 0 "$status"
same "packets: printed and lost" 2000 $((printed + ${lost:-0}))
has "packets: some were lost" '^[1-9]' "$lost"
has "packets: figures" "^ *lost_buffer_full:? +$lost\$" "$said"

# The same for programs that read it, and with another exit status: neither depends on the kernel.
if [[ -z ${PROBEVUE_TEST_EMULATED:-} ]]; then
    check=${PROBEVUE%/*}/tests/check_json
    crowded json 2000 "$packets" many_datagrams -s 128 --stats --format json
    printed=$(grep -c '"one' "$work/json.out")
    lost=$(sed -nE 's/^\{"type":"message","kind":"warning","text":"([0-9]+) lost: the buffer between.*/\1/p' "$work/json.out")
    same "packets, json: printed and lost" 2000 $((printed + ${lost:-0}))
    has "packets, json: figures" "^\{\"type\":\"stats\".*\"lost_buffer_full\",\"value\":$lost\}" "$(tail -n 1 "$work/json.out")"
    same "packets, json: nothing beside it" "" "$said"
    [[ ! -x $check ]] || same "packets, json: every line follows the schema" "" "$("$check" docs/json-schema.json <"$work/json.out" 2>&1)"

    crowded strict 2000 "$packets" many_datagrams -s 128 --fail-on-loss
    same "packets, --fail-on-loss: exit status" 4 "$status"
fi
crowded roomy 200 "$packets" many_datagrams -s 8192 --fail-on-loss
same "packets, a buffer that is large enough: exit status" 0 "$status"
same "packets, a buffer that is large enough: errors" "" "$said"
same "packets, a buffer that is large enough: printed" 200 "$printed"

if "$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint'; then
    for home in engine kernel; do
        crowded "$home" 200 "$events" refused_connections --home $home -s 4 --fail-on-loss --stats
        same "events, $home: exit status" 4 "$status"
        same "events, $home: printed and lost" 400 $((printed + ${lost:-0}))
        has "events, $home: some were lost" '^[1-9]' "$lost"
        has "events, $home: figures" "^ *lost_buffer_full:? +$lost\$" "$said"
    done
else
    echo "events of the kernel cannot be traced here: they were left out"
fi
conclude
