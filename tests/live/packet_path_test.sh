#!/usr/bin/env bash
# Which packet it is: the ways of packets over loopback, through a router and to a port where nobody is; and of thousands at once that
# each has a number of its own, the same wherever it comes by. How many there are says the kernel.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e '@@net:netdev:receive { n = __pkt->id; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

source tests/live/router.sh

# places NAME NUMBER: the events and devices of the packet with that number
places() { awk -v want="$2" '$1 == want { $2 = ""; print }' "$work/$1.out" | sed -E 's/ +/ /g'; }

echo '@@BEGIN { printf("ready\n"); }' | cat - <(grep -v '^#!' scripts/packet_path.e) >"$work/path.e"
for home in "" "--home engine"; do
    start path --stats $home "$work/path.e" '"udp"'
    path=$id
    three_ways
    until_true 20 grep -q NO_SOCKET "$work/path.out" || fail "nothing is told of the drop"
    stop "$path"
    same "path ends $home" 0 "$status"
    loopback="lo 127.0.0.1 > 127.0.0.1 UDP"
    over_loopback() { printf "$1 %s $loopback\n" ip:send netdev:transmit netdev:hard_transmit netdev:rx netdev:receive ip:receive; }
    same "over loopback $home" "$(over_loopback 1)" "$(places path 1)"
    forwarded="192.0.2.3 > 198.51.100.2 UDP"
    same "forwarded $home" "$(printf "2 %s near $forwarded\n" netdev:rx netdev:receive ip:receive
        printf "2 %s right $forwarded\n" ip:send netdev:transmit netdev:hard_transmit)" "$(places path 2)"
    same "dropped $home" "$(over_loopback 3; echo "3 skb:drop $loopback: NO_SOCKET")" "$(places path 3 | sed 's/ in .*//')"
    same "these are all $home" 3 "$(awk '$1 ~ /^[0-9]+$/ && !seen[$1]++' "$work/path.out" | wc -l)"
    has "times go forward $home" '^ok$' "$(awk '$1 ~ /^[0-9]+$/ { if ($2 < last[$1]) bad = 1; last[$1] = $2 } END { print bad ? "back" : "ok" }' "$work/path.out")"
done

# --- thousands at once: each number stands as often as a packet comes by
cat >"$work/many.e" <<'SCRIPT'
@@BEGIN { printf("ready\n"); }
@@net:ip:send:"udp dst port 9", @@net:netdev:transmit:"udp dst port 9", @@net:netdev:hard_transmit:"udp dst port 9",
@@net:netdev:rx:"udp dst port 9", @@net:netdev:receive:"udp dst port 9", @@net:ip:receive:"udp dst port 9" when (__netdev->ifindex == 1) { udp[__pkt->id]++; }
@@net:netdev:hard_transmit:"tcp", @@net:netdev:rx:"tcp", @@net:netdev:receive:"tcp", @@net:ip:receive:"tcp" when (__netdev->ifindex == 1) { tcp[__pkt->id]++; }
@@net:tcp:receive { segments[__pkt->id]++; }
@@net:skb:drop:"udp dst port 4009" { dropped[__pkt->id]++; }
@@net:netdev:transmit:"udp dst port 4009" { dropped[__pkt->id]++; }
@@net:netdev:receive:"udp and dst host 198.51.100.2", @@net:netdev:hard_transmit:"udp and dst host 198.51.100.2" { forwarded[__pkt->id]++; }
@@END { print(udp); print(tcp); print(segments); print(dropped); print(forwarded); }
SCRIPT
# of NAME ARRAY: how many packets have come by how often, "COUNT TIMES"
of() { sed -n "s/^$2\[[0-9]*\] = //p" "$work/$1.out" | sort | uniq -c | sed 's/^ *//'; }
# each WHAT ARRAY PACKETS TIMES: so many packets have come by so often. What the kernel has passed over, or numbered late, and
# counted, may be missing or stand under a number of its own; nothing else may.
each() {
    local found
    found=$(of many "$2")
    if [[ $((passed_over + late)) -eq 0 ]]; then
        same "$1" "$3 $4" "$found"
        return
    fi
    awk -v packets="$3" -v times="$4" -v slack="$((passed_over + late))" '
        $2 == times { whole = $1 } $2 > times { bad = 1 } { all += $1; events += $1 * $2 }
        END { exit bad || whole < packets - slack || all > packets + slack || events < packets * times - slack || events > packets * times }' <<<"$found" ||
        fail "$1: of $3 packets $4 times, $passed_over passed over, $late numbered late: $found"
}
many=4000
[[ -z ${PROBEVUE_TEST_EMULATED:-} ]] || many=400
serve 8080
for home in "" "--home engine"; do
    start many --stats -s 65536 $home "$work/many.e"
    id_of_many=$id
    before=$(taken)
    in_segments=$(awk '/^Tcp: [0-9]/ { print $11 }' /proc/net/snmp) # InSegs
    no_port=$(no_ports)
    perl -MIO::Socket::INET -e '
        my ($many, $to) = @ARGV;
        my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => 9) or die "$!";
        my $nobody = IO::Socket::INET->new(Proto => "udp", LocalPort => 4008) or die "$!";
        my $there = sockaddr_in(4009, inet_aton("127.0.0.1"));
        for my $i (1 .. $many) {
            $socket->send("x" x ($i % 300)) // die "$!";
            $nobody->send("y" x ($i % 30), 0, $there) if $i % 4 == 0;
        }' $many 2>"$work/perl" || fail "not sent: $(<"$work/perl")"
    forward $((many / 4))
    for ((i = 0; i < many; i += 70)); do ask 127.0.0.1 8080 >/dev/null || fail "no answer"; done
    until_true 20 eval '[[ $(($(taken) - before)) -ge $((many * 5 / 4)) ]]' || fail "datagrams are missing"
    until_true 20 is_quiet || fail "connections do not end"
    stop "$id_of_many"
    same "many ends $home" 0 "$status"
    passed_over=$(sed -n 's/^lost_nested: //p' "$work/many.err")
    same "what else is lost $home" "" "$(grep '^lost.*: [1-9]' "$work/many.err" | grep -v '^lost_nested:')"
    late=$(sed -n 's/^numbered_late: //p' "$work/many.err")
    each "datagrams over loopback $home" udp "$many" 6
    each "dropped ones $home" dropped $(($(no_ports) - no_port)) 2
    each "forwarded ones $home" forwarded $((many / 4)) 2
    in_segments=$(($(awk '/^Tcp: [0-9]/ { print $11 }' /proc/net/snmp) - in_segments))
    each "segments $home" tcp "$in_segments" 4
    each "segments that are delivered $home" segments "$in_segments" 1
    [[ $((passed_over + late)) -gt 0 ]] ||
        same "with the same numbers $home" "$(sed -n 's/^tcp\[\([0-9]*\)\].*/\1/p' "$work/many.out" | sort)" \
            "$(sed -n 's/^segments\[\([0-9]*\)\].*/\1/p' "$work/many.out" | sort)"
done
conclude
