#!/bin/bash
# Captures real traffic with something amiss between network namespaces joined by veth pairs, into this folder, 128 bytes of
# each packet:
#
#     scan.pcap       ports of a host, and a port of many hosts, tried one after the other
#     stall.pcap      receivers that do not read
#     disorder.pcap   segments lost, repeated and late
#     rtp.pcap        packets of two voices lost, repeated and late
#     twins.pcap      addresses that two hosts have
#     mtu.pcap        packets that are larger than the path takes
#
# Needs root, iproute2, tcpdump, ethtool, ping, python3. Makes the namespaces pv-client, pv-server, pv-twin and pv-middle and takes them
# away again; nothing outside them is touched. Times and ports differ from run to run, so the files are committed and made
# anew only for a reason; run make_expected.sh afterwards.
set -euo pipefail
cd "$(dirname "$0")"

twin=pv-twin middle=pv-middle
sides=(pv-client pv-server $twin $middle)
source hosts.sh

# start NAMESPACE SUBCOMMAND [ARGUMENT...]: one of flows_peers.py, ready when this returns
start() {
    : > "$work/$2.log"
    ip netns exec "$1" python3 flows_peers.py "${@:2}" > "$work/$2.log" &
    jobs_started+=($!)
    until grep -q ready "$work/$2.log"; do sleep 0.1; done
}

# attach NAMESPACE PORT LAST: joins it to a port of the middle
attach() {
    ip link add eth0 netns "$1" address "02:00:00:00:01:0$3" type veth peer name "$2" address "02:00:00:00:00:0$3" netns $middle
    ip -n "$1" link set eth0 up
    ip -n $middle link set "$2" up
    # A hub in user space needs whole checksums.
    ip netns exec "$1" ethtool -K eth0 tx off tso off gso off > /dev/null
}

# scene SIDE FILE STEP...: the interface of a side while the steps run
scene() {
    local step
    record "$1" "$2" 128
    for step in "${@:3}"; do "$step"; done
    stop_recording
    cp "$work/$2" .
}

scan() {
    in_client python3 flows_peers.py scan
    ip netns exec $twin python3 flows_peers.py visit
}
stall() { in_client python3 flows_peers.py stall; }
disorder() { in_client python3 flows_peers.py disorder; }
rtp() { in_client python3 flows_peers.py rtp; }
large() { in_client python3 flows_peers.py large; }

twins() {
    local side
    for side in $server $twin; do
        add_addresses $side 9
    done
    for _ in 1 2; do
        ip -n $client neigh flush dev eth0
        in_client ping -q -c 1 -W 1 192.0.2.9 > /dev/null || true
        in_client ping -q -c 1 -W 1 2001:db8::9 > /dev/null || true
        in_client ping -q -c 1 -W 1 192.0.2.3 > /dev/null
        in_client ping -q -c 1 -W 1 2001:db8::3 > /dev/null
    done
}

for side in "${sides[@]}"; do
    ip netns add $side
    ip -n $side link set lo up
    ip netns exec $side sysctl -q -w net.ipv6.conf.default.router_solicitations=0
done
attach $client port1 2
attach $server port2 3
attach $twin port3 4
last=2
for side in $client $server $twin; do
    add_addresses $side $last
    last=$((last + 1))
done
ip -n $client route add 203.0.113.0/24 dev eth0

for last in {30..41}; do ip -n $client neigh add 203.0.113.$last lladdr 02:00:00:00:01:09 dev eth0; done
start $middle hub port1 port2 port3
hub=${jobs_started[-1]}
start $server serve
sleep 2  # link-local addresses
scene $client scan.pcap scan
scene $server stall.pcap stall
scene $server disorder.pcap disorder
scene $server rtp.pcap rtp
scene $client twins.pcap twins

# The middle is a router from here on, whose link to the server takes less than the client's.
kill "$hub"
ip -n $middle address add 192.0.2.1/24 dev port1
ip -n $middle address add 2001:db8::1/64 dev port1 nodad
ip -n $middle address add 198.51.100.1/24 dev port2
ip -n $middle address add 2001:db8:2::1/64 dev port2 nodad
ip -n $middle link set port2 mtu 1400
ip netns exec $middle sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n $server address flush dev eth0 scope global
ip -n $server address add 198.51.100.3/24 dev eth0
ip -n $server address add 2001:db8:2::3/64 dev eth0 nodad
ip -n $server route add default via 198.51.100.1
ip -n $server route add default via 2001:db8:2::1
ip -n $client route add default via 192.0.2.1
ip -n $client route add default via 2001:db8::1
scene $client mtu.pcap large
