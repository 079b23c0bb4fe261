#!/bin/bash
# Captures real traffic with names in it between two network namespaces joined by a veth pair, into names.pcap of this
# folder: DNS over UDP and TCP, TLS and HTTP, over IPv4 and IPv6. Packets are whole.
#
# Needs root, iproute2, tcpdump, openssl, python3 (TLS is that of its OpenSSL). Makes the namespaces pv-client and
# pv-server and takes them away again; nothing outside them is touched. Times, ports and random numbers differ from run to
# run, so the file is committed and made anew only for a reason; run make_expected.sh afterwards.
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

# add_addresses SIDE LAST
add_addresses() {
    ip -n "$1" link set lo up
    ip -n "$1" link set eth0 gso_max_segs 1 gro_max_size 2048 2> /dev/null || true
    ip -n "$1" link set eth0 up
    ip -n "$1" address add "192.0.2.$2/24" dev eth0
    ip -n "$1" address add "2001:db8::$2/64" dev eth0 nodad
}

ip netns add $client
ip netns add $server
ip link add eth0 netns $client address 02:00:00:00:01:02 type veth peer name eth0 netns $server address 02:00:00:00:01:03
add_addresses $client 2
add_addresses $server 3
sleep 2  # link-local addresses

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=example.com \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2> /dev/null
cat "$work/key.pem" >> "$work/certificate.pem"
ip netns exec $server python3 names_peers.py serve "$work/certificate.pem" &
jobs_started+=($!)
until [[ $(ip netns exec $server ss -Hltn | wc -l) -ge 4 ]]; do sleep 0.1; done

ip netns exec $client tcpdump -i eth0 -n -U --immediate-mode -w "$work/names.pcap" 'tcp or udp' 2> "$work/tcpdump.log" &
recorder=$!
jobs_started+=("$recorder")
until grep -q listening "$work/tcpdump.log"; do sleep 0.1; done
ip netns exec $client python3 names_peers.py client
sleep 0.5
kill "$recorder"
wait "$recorder" || true
cp "$work/names.pcap" .
