#!/usr/bin/env bash
# What changes under a session: a device that gets another name while its packets are traced, and a network namespace that
# is made after the start. What is expected are the packets and connections that the test sends.
source "$(dirname "$0")/network.sh"

# --- a device with another name: the packets go on, and events have the name that it has then -----------------------------

know_neighbours
start packets -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near:udp:"udp dst port 9" { printf("%d\n", __udphdr->length - 8); }'
packets=$id
devices=
if "$PROBEVUE" -l '@@net:netdev:transmit' -v | grep -q through; then
    start devices -e '@@BEGIN { printf("ready\n"); }
        @@net:netdev:transmit when (__netns == '"$(stat -L -c %i /proc/self/ns/net)"' and __udphdr->dst_port == 9)
            { printf("%s %d %d\n", __netdev->dev_name, __netdev->ifindex, __udphdr->length - 8); }'
    devices=$id
fi
index=$(index_of near)
before=$(taken in_far)
datagrams 9 10 192.0.2.3 192.0.2.3
until_true 20 have_come $((before + 2)) in_far || fail "the first datagrams have not come"
if ip link set near name other 2>/dev/null; then
    datagrams 9 20 192.0.2.3 192.0.2.3 192.0.2.3
    until_true 20 have_come $((before + 5)) in_far || fail "not all datagrams have come"
    # A shorter one: behind its end the kernel leaves what was there.
    ip link set other name by
    datagrams 9 30 192.0.2.3
    until_true 20 have_come $((before + 6)) in_far || fail "the last datagram has not come"
    stop "$packets"
    same "packets of a device with another name: exit status" 0 "$status"
    same "packets of a device with another name" "ready 10 11 20 21 22 30" "$(paste -s -d ' ' "$work/packets.out")"
    same "packets of a device with another name: messages" "" "$(cat "$work/packets.err")"
    if [[ -n $devices ]]; then
        stop "$devices"
        same "events of a device with another name" "ready
near $index 10
near $index 11
other $index 20
other $index 21
other $index 22
by $index 30" "$(cat "$work/devices.out")"
    fi
    ip link set by name near
else
    echo "this kernel gives no other name to a device that is up: that was left out"
fi

# --- a namespace that is made later ------------------------------------------------------------------------------------

if "$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q through; then
    start later --netns all -e '@@BEGIN { printf("ready\n"); }
        @@net:tcp:state_change when (__cur_state == TCPS_SYN_SENT and __proto_info->remote_port == 81) { n[__netns]++; } @@END { print(n); }'
    session=$id
    new_space
    nsenter --net="/proc/$space/ns/net" bash -c 'ip link set lo up
        perl -MIO::Socket::INET -e "for (1 .. 6) { IO::Socket::INET->new(PeerAddr => \"127.0.0.1\", PeerPort => 81) and exit 1 }"'
    made=$(stat -L -c %i "/proc/$space/ns/net")
    stop "$session"
    same "a namespace that is made after the start" "ready
n[$made] = 6" "$(cat "$work/later.out")"
fi

conclude
