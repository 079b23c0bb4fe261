#!/bin/bash
# Captures real traffic between two network namespaces joined by a veth pair, into this folder:
#
#     web.pcap      HTTP-like connections, one refused, one never answered
#     dns.pcap      questions and answers over UDP, one question to a closed port
#     telnet.pcap   a session on port 23
#     mixed.pcapng  pings, ARP, neighbour discovery, IGMP joins and leaves, some of all the above; interface eth0
#
# Needs root, iproute2, nftables, tcpdump, ping, python3. Makes the namespaces pv-client and pv-server and takes them
# away again; nothing outside them is touched. Times and ports differ from run to run, so the files are committed and
# made anew only for a reason; run make_expected.sh afterwards.
set -euo pipefail
cd "$(dirname "$0")"

client=pv-client server=pv-server
work=$(mktemp -d)
jobs_started=()

finish() {
    ((${#jobs_started[@]} == 0)) || kill "${jobs_started[@]}" 2> /dev/null || true
    ip netns del $client 2> /dev/null || true
    ip netns del $server 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT

in_client() { ip netns exec $client "$@"; }
in_server() { ip netns exec $server "$@"; }

make_network() {
    ip netns add $client
    ip netns add $server
    ip link add eth0 netns $client address 02:00:00:00:01:02 type veth peer name eth0 netns $server \
        address 02:00:00:00:01:03
    for side in $client $server; do
        ip -n $side link set lo up
        ip -n $side link set eth0 gso_max_segs 1 gro_max_size 2048 2> /dev/null || true
        ip -n $side link set eth0 up
    done
    ip -n $client address add 192.0.2.2/24 dev eth0
    ip -n $server address add 192.0.2.3/24 dev eth0
    ip -n $client address add 2001:db8::2/64 dev eth0 nodad
    ip -n $server address add 2001:db8::3/64 dev eth0 nodad
    in_server nft -f - << 'RULES'
table inet pv {
    chain input {
        type filter hook input priority 0
        tcp dport 81 drop
    }
}
RULES
    sleep 2  # link-local addresses
}

# record FILE: tcpdump on the client's interface, ready when this returns.
record() {
    ip netns exec $client tcpdump -i eth0 -n -U --immediate-mode -s 256 -w "$work/$1" 2> "$work/tcpdump.log" &
    recorder=$!
    jobs_started+=("$recorder")
    until grep -q listening "$work/tcpdump.log"; do sleep 0.1; done
}

stop_recording() {
    sleep 0.5
    kill "$recorder"
    wait "$recorder" || true
}

start_servers() {
    ip netns exec $server python3 real_peers.py serve &
    jobs_started+=($!)
    sleep 1
}

make_network
start_servers

record web.pcap
in_client python3 real_peers.py web
stop_recording

record dns.pcap
in_client python3 real_peers.py dns
stop_recording

record telnet.pcap
in_client python3 real_peers.py telnet
stop_recording

record mixed.pcap
ip -n $client neigh flush dev eth0
in_client ping -q -c 4 -i 0.3 192.0.2.3 > /dev/null
in_client ping -q -c 2 -i 0.3 -s 1200 -T tsonly 192.0.2.3 > /dev/null
in_client ping -q -c 3 -i 0.3 2001:db8::3 > /dev/null
in_client ping -q -c 1 -W 1 192.0.2.77 > /dev/null || true   # nobody there: ARP without an answer
in_client ping -q -c 2 -i 0.3 -t 1 192.0.2.3 > /dev/null
in_client python3 real_peers.py groups
in_client python3 real_peers.py mixed
stop_recording
cp "$work"/{web,dns,telnet}.pcap .
python3 real_peers.py pcapng "$work/mixed.pcap" mixed.pcapng eth0
