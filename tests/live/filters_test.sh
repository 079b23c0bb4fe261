#!/usr/bin/env bash
# Filters at live interfaces: what clauses count is what tcpdump finds in a capture of the same packets, made without a
# filter. Each session has filters of its own, since the kernel gets what all of a session's filters have in common to
# ask: tagged frames, which it sees without their tag, loops, lengths on `any`, the netmask.
source "$(dirname "$0")/network.sh"

# session NAME INTERFACE FILTER...: starts it; what it counts is n[0], n[1], ...
declare -A sessions=() interfaces=()
session() {
    local name=$1 interface=$2 number=0
    shift 2
    {
        echo '@@BEGIN { printf("ready\n"); }'
        for filter in "$@"; do
            echo "@@net:bpf:$interface:*:\"$filter\" { n[$number]++; }"
            number=$((number + 1))
        done
        echo '@@END { print(n); }'
    } >"$work/$name.e"
    printf '%s\n' "$@" >"$work/$name.filters"
    start "$name" "$work/$name.e"
    sessions[$name]=$id
    interfaces[$name]=$interface
}

# frames INDEX HEX...: puts frames on the wire at `far`
frames() {
    in_far perl -e '
        my $index = shift;
        socket(my $socket, 17, 3, 0) or die "socket: $!";
        my $to = pack("S n i S C C a8", 17, 3, $index, 0, 0, 6, "");
        for my $frame (@ARGV) { defined(send($socket, pack("H*", $frame), 0, $to)) or die "send: $!"; }
    ' "$@"
}

broadcast() {
    perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(Proto => "udp", Broadcast => 1, PeerAddr => "192.0.2.255", PeerPort => 4000) or die "$!";
        $socket->send("x" x 50) for 1 .. 3;
    '
}

serve in_far 8080
listen near -i near
near=$id
listen any -i any
any=$id

session no_tcp near "not tcp"
session length near "greater 100"
session tagged near "ether[12:2] = 0x8100"
session vlan near "vlan and udp" "vlan 50"
session chain near "ip6 protochain 17"
session chains near "protochain 17 and not port 9" "tcp"
session broadcast near "ip broadcast" "not ip broadcast"
session deep near "udp[len - 60] = 0x78" "udp[200] = 0x78"
session beyond near "udp[500] = 1" "udp"
session many near "ip" "ip6" "arp" "tcp" "udp" "icmp" "port 8080" "src port 8080" "portrange 4000-6000" "host 192.0.2.3" \
    "src host 192.0.2.2" "net 192.0.2.0/24" "ether broadcast" "ether multicast" "ip multicast" "less 80" "len = 60" \
    "tcp[tcpflags] & tcp-syn != 0" "udp[4:2] > 100" "ip[8] < 64" "ip proto 17" "ip6 proto 0" "ether proto 0x86dd" "not ip" \
    "tcp and not src port 8080" "(udp or arp) and greater 70" "ether[0] & 1 = 1" "ip[2:2] - ((ip[0] & 15) << 2) > 60"
session any_length any "greater 120" "less 90"
session any_side any "inbound and udp" "outbound and tcp" "ifindex 1"

targets=()
for i in {1..60}; do targets+=(192.0.2.3); done
datagrams 5000 1 "${targets[@]}" # 1 to 60 bytes
datagrams 5001 150 "${targets[@]:0:20}"
datagrams 5002 20 127.0.0.1 127.0.0.1 127.0.0.1
ask 192.0.2.3 8080 >/dev/null || fail "no answer"
broadcast
index=$(in_far ip -o link show far | cut -d: -f1)
ether=020000000002020000000003
ip4=45000030000100004011f6bac0000203c0000202 # UDP of 28 bytes
udp=03e81388001c0000$(printf '78%.0s' {1..20})
ip6=600000000024004020010db800000000000000000000000320010db80000000000000000000000021100010400000000
tcp4=450000280001000040060000c0000203c000020203e81388000000010000000050020000$(printf '00%.0s' {1..4})
frames "$index" "${ether}0800$ip4$udp" "${ether}81000032""0800$ip4$udp" "${ether}81000032""0800$tcp4" \
    "${ether}81000007""0800$ip4$udp" "${ether}86dd$ip6$udp" "${ether}81000032""86dd$ip6$udp" || fail "no frames could be sent"
settle near 192.0.2.3
settle any 127.0.0.1
for name in "${!sessions[@]}"; do
    stop "${sessions[$name]}"
    same "$name: exit status" 0 "$status"
    same "$name: nothing is said" "" "$(cat "$work/$name.err")"
done
stop "$near"
stop "$any"

# What `ip broadcast` asks where the netmask is /24, spelled out.
spelled_out='ip and (ip[16:4] \& 0xff = 0xff or ip[16:4] \& 0xff = 0)'
matched=0
for name in "${!sessions[@]}"; do
    number=0
    while read -r filter; do
        expected=$(count_packets "${interfaces[$name]}" "$(sed "s/ip broadcast/($spelled_out)/" <<<"$filter")")
        got=$(sed -n "s/^n\[$number\] = //p" "$work/$name.out")
        same "$name: $filter" "$expected" "${got:-0}"
        [[ $expected == 0 ]] || matched=$((matched + 1))
        number=$((number + 1))
    done <"$work/$name.filters"
done
[[ $matched -ge 40 ]] || fail "only $matched filters had anything to match"

# --- what an interface cannot have is an error before anything runs ------------------------------------------------

refused() { # refused WHAT INTERFACE FILTER PATTERN
    "$PROBEVUE" -e "@@net:bpf:$2:*:\"$3\" { exit(); }" >"$work/refused.out" 2>"$work/refused.err"
    same "$1: exit status" 2 "$?"
    has "$1" "$4" "$(cat "$work/refused.err")"
}
refused "broadcast on any" any "tcp or ip broadcast" 'netmask not known.*|any. is many networks'
refused "direction of a frame" near "tcp and inbound" 'direction and interface are not among the bytes'
refused "wi-fi" near "type mgt" 'cannot be used on link type EN10MB'
conclude
