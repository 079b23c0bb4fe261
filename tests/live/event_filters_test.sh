#!/usr/bin/env bash
# Filters on events: what clauses count at a device and where packets are dropped is what tcpdump finds with the same
# filter in captures of what came and went, and what the kernel counts; in both homes, and of a recording.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:netdev:receive:"tcp" { n++; } @@net:skb:drop:"udp" { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

filters=("ip" "arp" "tcp" "udp" "icmp" "not ip" "port 8080" "tcp port 8080" "udp dst port 4000" "portrange 4000-4001" "host 192.0.2.3"
    "src host 192.0.2.2" "dst net 192.0.2.0/24" "ether broadcast" "ether src $(mac near)" "vlan" "vlan 50" "vlan and udp" "vlan and tcp"
    "ether[12:2] = 0x8100" "tcp[tcpflags] & tcp-syn != 0" "tcp[13] = 18" "udp[4:2] > 100" "udp[8] = 0x78" "udp[60] = 0x78" "udp[500] = 1"
    "ip[8] < 65" "ip[2:2] - ((ip[0] & 15) << 2) > 60" "greater 100" "less 60" "len % 3 = 1" "udp[len % 5] = 0x0f" "(udp or arp) and greater 70"
    "not (tcp or udp)" "ip proto 17" "icmp[icmptype] = icmp-unreach" "ip6" "arp[6:2] = 1" "udp[4:2] / 2 > 20" "udp[8:4] = 0x78787878"
    "tcp and not src port 8080" "ip[ip[0] & 0xf] > 4")

# script EXIT-LINE: counts by number of the filter what comes to and leaves `near`
script() {
    local number=0 filter
    echo '@@BEGIN { printf("ready\n"); }'
    for filter in "${filters[@]}"; do
        echo "@@net:netdev:receive:\"$filter\" when (__netdev->ifindex == $index) { in[$number]++; }"
        echo "@@net:netdev:transmit:\"$filter\" when (__netdev->ifindex == $index) { out[$number]++; }"
        number=$((number + 1))
    done
    echo '@@END { print(in); print(out); }'
}

# compare NAME: what $work/NAME.out says with the captures `in` and `out`
compare() {
    local number=0 filter way got
    for filter in "${filters[@]}"; do
        for way in in out; do
            got=$(sed -n "s/^$way\[$number\] = //p" "$work/$1.out")
            same "$1, $way: $filter" "$(count_packets $way "$filter")" "${got:-0}"
        done
        number=$((number + 1))
    done
}

index=$(index_of near)
script >"$work/filters.e"
serve in_far 8080
listen in -i near -Q in
listen out -i near -Q out
start kernel "$work/filters.e"
kernel=$id
start engine --home engine -w "$work/events.pcapng" "$work/filters.e"
engine=$id
payload='tcp[((tcp[12] & 0xf0) >> 2):4] != 0x12345678' # lies in pages
echo "@@BEGIN { printf(\"ready\\n\"); } @@net:netdev:transmit:\"src host 192.0.2.2 and $payload\" { n++; } @@END { printf(\"%d\\n\", n); }" >"$work/pages.e"
start pages --stats "$work/pages.e"
pages=$id

for i in {1..3}; do ask 192.0.2.3 8080 >/dev/null || fail "no answer"; done
datagrams 4000 1 192.0.2.3 192.0.2.3 192.0.2.3 192.0.2.3
datagrams 4001 150 192.0.2.3 192.0.2.3
# Tagged frames from the other end: UDP and TCP
in_far perl -e '
    my $index = shift;
    socket(my $socket, 17, 3, 0) or die "socket: $!";
    my $to = pack("S n i S C C a8", 17, 3, $index, 0, 0, 6, "");
    for my $frame (@ARGV) { defined(send($socket, pack("H*", $frame), 0, $to)) or die "send: $!"; }
' "$(in_far ip -o link show far | cut -d: -f1)" \
    "020000000002020000000003810000320800450000300001000040""11f6bac0000203c000020203e81388001c0000$(printf '78%.0s' {1..20})" \
    "020000000002020000000003810000070800450000280001000040""060000c0000203c000020203e81388000000010000000050020000$(printf '00%.0s' {1..4})" ||
    fail "no frames could be sent"
settle out 192.0.2.3
for name in kernel engine pages; do stop "${!name}"; same "$name ends" 0 "$status"; done
compare kernel
compare engine
same "nothing is told of pages" 0 "$(tail -n 1 "$work/pages.out")"
has "packets whose bytes lie in pages are counted" "^lost_unfiltered: $(count_packets out "$payload")\$" "$(<"$work/pages.err")"
has "and told of" "filters of events look at bytes that lie in other pages of the kernel, or at link headers that packets do not have" "$(<"$work/pages.err")"
"$PROBEVUE" -r "$work/events.pcapng" "$work/filters.e" >"$work/replay.out" 2>"$work/replay.err" || fail "the replay: $(<"$work/replay.err")"
compare replay

# --- where packets are dropped: datagrams to nobody
no_ports() { awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp; }
cat >"$work/drops.e" <<'SCRIPT'
@@BEGIN { printf("ready\n"); }
@@net:skb:drop:"udp dst port 4005" { n[1]++; }
@@net:skb:drop:"udp dst port 4006 and greater 100" { n[2]++; }
@@net:skb:drop:"udp dst port 4007" { n[3]++; }
@@END { print(n); }
SCRIPT
before=$(no_ports)
start drops "$work/drops.e"
drops=$id
for port in 4005 4006; do
    for _ in {1..20}; do datagrams $port 90 127.0.0.1; done
    datagrams $port 10 127.0.0.1 127.0.0.1
done
until_true 20 eval '[[ $(($(no_ports) - before)) -ge 44 ]]' || fail "datagrams are missing"
stop "$drops"
same "drops" $'ready\nn[1] = 22\nn[2] = 20' "$(<"$work/drops.out")"
has "listed" '@@net:skb:drop:"<filter>" for packets that match a tcpdump filter' "$("$PROBEVUE" -l -v '@@net:skb:drop:"tcp port 80"')"
echo '@@net:skb:drop:"tcp port 80" { n++; }' >"$work/one.e"
has "listed of a script" "filter: tcp port 80" "$("$PROBEVUE" -l -v "$work/one.e" 2>&1)"
has "dumped" "from the header of IP on" "$("$PROBEVUE" -d cbpf "$work/one.e" 2>&1)"
conclude
