#!/bin/bash
# Records kernel events and packets of real traffic between two network namespaces joined by a veth pair, into this folder:
#
#     states.pcapng    connections that open, close, are refused and stay open; changes of their states, and their packets
#     trouble.pcapng   segments sent again, full listeners, lost datagrams, full buffers; no packets
#     heads.pcapng     what the device hands over while connections open and close: events with the packets' first bytes, and
#                      the same packets as a socket sees them
#     calls.pcapng     connections with the options that are set, who makes and who takes them, what TCP keeps of them at their
#                      end; and packets that are dropped
#     ip.pcapng        what this side sends and receives over IP while connections open and close
#     senders.pcapng   what processes send and receive, packets that devices send, and segments sent again, with their owners
#     arrivals.pcapng  the same packets on both devices, where they leave and where they arrive, with their owners
#     packet_owners.pcapng  packets that processes send and receive, with their owners; no events
#     waits.pcapng     a sender that has to wait for room, one that may not, and the troubles of TCP and UDP, as counters
#                      and calls tell of them
#     owners.pcapng    a connection whose server is passed on to another process, and one that is refused: whose the sockets are
#
# usage: record_events.sh [NAME...]     those alone
# Needs root, a build of probevue (PROBEVUE), iproute2, nftables, python3. Makes the namespaces pv-near and pv-far and takes
# them away again; nothing outside them is touched. Events are those of the whole machine: what belongs to other addresses
# is left out when the recording is copied. Times, ports and processes differ from run to run, so the files are committed
# and made anew only for a reason.
set -euo pipefail
cd "$(dirname "$0")"
probevue=${PROBEVUE:-../../build/release/probevue}

near=pv-near far=pv-far
work=$(mktemp -d)
recorder=
finish() {
    [[ -z $recorder ]] || kill "$recorder" 2>/dev/null || true
    ip netns del $near 2>/dev/null || true
    ip netns del $far 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# `ip netns exec` would hide the cgroups, where listen_q_full may have to be attached.
in_near() { nsenter --net=/run/netns/$near "$@"; }

ip netns add $near
ip netns add $far
ip link add eth0 netns $near address 02:00:00:00:02:01 type veth peer name eth0 netns $far address 02:00:00:00:02:02
for side in $near $far; do
    ip -n $side link set lo up
    ip -n $side link set eth0 up
done
ip -n $near address add 10.10.10.1/24 dev eth0
ip -n $far address add 10.10.10.2/24 dev eth0
ip -n $near address add 2001:db8:10::1/64 dev eth0 nodad
ip -n $far address add 2001:db8:10::2/64 dev eth0 nodad
sleep 2 # link-local addresses

wanted=" $* "

of_ours='(__proto_info->local_addr == "10.10.10.1" or __proto_info->local_addr == "10.10.10.2" or __proto_info->local_addr == "2001:db8:10::1" or __proto_info->local_addr == "2001:db8:10::2" or __proto_info->remote_addr == "10.10.10.1" or __proto_info->remote_addr == "10.10.10.2")'

# record NAME SCRIPT SCENE: what the scene does, as far as it is of these addresses. In the script, `OURS` is the condition.
record() {
    [[ $wanted == "  " || $wanted == *" $1 "* ]] || return 0
    nsenter --net=/run/netns/$near "$probevue" --netns all -w "$work/all.pcapng" -e "@@BEGIN { printf(\"ready\\n\"); } ${2//when OURS/}" >"$work/out" 2>"$work/err" &
    recorder=$!
    until grep -q ready "$work/out"; do
        kill -0 $recorder 2>/dev/null || { cat "$work/err"; exit 1; }
        sleep 0.05
    done
    sleep 0.2
    in_near python3 event_peers.py "$3" $far
    sleep 0.3
    kill -INT $recorder
    wait $recorder || { cat "$work/err"; exit 1; }
    recorder=
    "$probevue" -r "$work/all.pcapng" -w "$1.pcapng" -e "${2//OURS/$of_ours}"
}

record states '@@net:tcp:state_change when OURS { n++; } @@net:bpf:eth0:tcp:"tcp" { n++; }' states
record trouble '@@net:tcp:retransmit when OURS { n++; }
@@net:tcp:listen_q_full when OURS { n++; }
@@net:udp:sock_recv_buf_overflow when OURS { n++; }
@@net:tcp:send_buf_full when OURS { n++; }
@@net:tcp:recv_buf_full when OURS { n++; }' trouble
record heads '@@net:netdev:receive when (__netdev->dev_name == "eth0" && __pkt->ip_version != 0) { n++; }
@@net:bpf:eth0:*:"dst host 10.10.10.1 or dst host 2001:db8:10::1" { n++; }' states
from='x = __ifinfo->if_local + __csinfo->cs_pid + __ipinfo->ip_ver + __csinfo->cs_cid + __pktinfo->pkt_addr + __ifinfo->if_addr; device = __ifinfo->if_name;'
record ip "@@net:ip:send when (__ipinfo->ip_saddr == \"10.10.10.1\" or __ipinfo->ip_saddr == \"2001:db8:10::1\") { $from }
@@net:ip:receive when (__ipinfo->ip_daddr == \"10.10.10.1\" or __ipinfo->ip_daddr == \"2001:db8:10::1\") { $from }" states
# With an address for the port that nobody listens on: its reset is sent by no socket.
record owners '@@net:tcp:state_change when OURS { pid = __owner->pid; uid = __owner->uid; name = __owner->name; }
@@net:tcp:reset_sent when OURS { pid = __owner->pid; uid = __owner->uid; name = __owner->name; }' owners
owner='pid = __owner->pid; uid = __owner->uid; name = __owner->name;'
kept='x = __tcpinfo->bytes_sent + __tcpinfo->bytes_acked + __tcpinfo->bytes_received + __tcpinfo->srtt + __tcpinfo->min_rtt +
__tcpinfo->rttvar + __tcpinfo->cwnd + __tcpinfo->ssthresh + __tcpinfo->mss + __tcpinfo->retransmits + __tcpinfo->lost +
__tcpinfo->reordering + __tcpinfo->rcv_wnd + __tcpinfo->snd_wnd + __tcpinfo->unacked;'
# An option may be set before the socket has an address: by the name of the process.
record calls "@@net:tcp:state_change when OURS { $owner $kept }
@@net:tcp:setsockopt:entry when (__pname == \"asker\") { a++; }
@@net:tcp:setsockopt:exit when (__pname == \"asker\") { a++; }
@@net:tcp:connect when OURS { $owner }
@@net:tcp:accept when OURS { $owner $kept }
@@net:skb:drop when (__ip4hdr->dst_addr == \"10.10.10.1\" or __ip4hdr->dst_addr == \"10.10.10.2\")
{ $owner b = __tcphdr->flags + __udphdr->length; }" calls
record senders "@@net:tcp:sendmsg:exit when OURS { size = __sockcall->ret; flags = __sockcall->flags; }
@@net:tcp:recvmsg:exit when OURS { size = __sockcall->ret; flags = __sockcall->flags; }
@@net:tcp:retransmit when OURS { $owner }
@@net:netdev:transmit when (__netdev->dev_name == \"eth0\" && __ip4hdr->protocol + __ip6hdr->next_hdr == IPPROTO_TCP) { $owner }" senders
of_ours_only='(__ip4hdr->src_addr == "10.10.10.1" || __ip4hdr->src_addr == "10.10.10.2" || __ip6hdr->src_addr == "2001:db8:10::1" || __ip6hdr->src_addr == "2001:db8:10::2")'
record arrivals "@@net:netdev:transmit when $of_ours_only { $owner device = __netdev->dev_name; x = __netdev->length; }
@@net:netdev:receive when $of_ours_only { $owner device = __netdev->dev_name; x = __netdev->length; }" senders
record packet_owners "@@net:bpf:eth0:tcp:\"\" { $owner }
@@net:bpf:eth0:udp:\"\" { $owner }
@@net:bpf:eth0:icmp6:\"\" { $owner }" senders
record waits "@@net:tcp:state_change when OURS { n++; }
@@net:tcp:sendmsg:exit when OURS { x = __sockcall->ret + __sockcall->flags + __tcpinfo->srtt; }
@@net:tcp:recvmsg:exit when OURS { x = __tcpinfo->srtt; }
@@net:tcp:retransmit when OURS { x = __segments; }
@@net:tcp:reset_sent when OURS { n++; }
@@net:tcp:listen_q_full when OURS { n++; }
@@net:udp:sock_recv_buf_overflow when OURS { n++; }
@@net:tcp:send_buf_full when OURS { n++; }" waits
ls -l waits.pcapng states.pcapng trouble.pcapng heads.pcapng owners.pcapng calls.pcapng ip.pcapng senders.pcapng arrivals.pcapng packet_owners.pcapng
