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

sides=(pv-client pv-server)
source hosts.sh

make_network() {
    join_client_and_server
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

start_servers() {
    ip netns exec $server python3 real_peers.py serve &
    jobs_started+=($!)
    sleep 1
}

make_network
start_servers

record $client web.pcap 256
in_client python3 real_peers.py web
stop_recording

record $client dns.pcap 256
in_client python3 real_peers.py dns
stop_recording

record $client telnet.pcap 256
in_client python3 real_peers.py telnet
stop_recording

record $client mixed.pcap 256
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
