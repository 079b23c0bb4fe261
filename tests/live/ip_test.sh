#!/usr/bin/env bash
# Packets of IP that a host sends, receives and forwards, on a router between two others: header by header against a
# capture of each device at the same time, by tshark where it is installed, else by the clauses of @@net:bpf, which have
# tests of their own. Fragments, extension headers and options too; on a bridge, a bond and a VLAN each packet counts
# once. Recorded, and read again.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:ip:receive { n += __ipinfo->ip_ver; } @@net:ip:send { n += __ipinfo->ip_ver; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

# --- near is the router's, as is east, behind which is a third host
new_space
third=$space
in_third() { nsenter --net=/proc/"$third"/ns/net "$@"; }
ip link add east type veth peer name west
ip link set west netns "$third"
in_third ip link set lo up
ip address add 198.51.100.2/24 dev east
in_third ip address add 198.51.100.3/24 dev west
ip link set east up
in_third ip link set west up
in_far ip route add 198.51.100.0/24 via 192.0.2.2
in_third ip route add 192.0.2.0/24 via 198.51.100.2
# shellcheck disable=SC2016
for space in "" in_far in_third; do
    $space sh -c 'for device in near far east west; do echo 0 >/proc/sys/net/ipv6/conf/$device/disable_ipv6; done
        echo 0 >/proc/sys/net/ipv4/conf/all/accept_source_route' 2>/dev/null
done
ip address add 2001:db8::2/64 dev near nodad
in_far ip address add 2001:db8::3/64 dev far nodad
ip address add 2001:db8:1::2/64 dev east nodad
in_third ip address add 2001:db8:1::3/64 dev west nodad
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
in_far ip -6 route add 2001:db8:1::/64 via 2001:db8::2
in_third ip -6 route add 2001:db8::/64 via 2001:db8:1::2

# members4, members6 WAY DEVICE: statements that print what the headers say, a line a packet, of TCP and UDP and their fragments
members4() {
    cat <<SCRIPT
    if (__ipv4info->ipv4_protocol == 6 || __ipv4info->ipv4_protocol == 17)
        printf("$1 %s %d %d %I %I %d %d %d %d %d %d %d %d %d %d %I %I\n", $2, __ipinfo->ip_ver, __ipinfo->ip_plength, __ipinfo->ip_saddr,
               __ipinfo->ip_daddr, __ipv4info->ipv4_ver, __ipv4info->ipv4_ihl, __ipv4info->ipv4_tos, __ipv4info->ipv4_length,
               __ipv4info->ipv4_ident, __ipv4info->ipv4_flags, __ipv4info->ipv4_offset, __ipv4info->ipv4_ttl, __ipv4info->ipv4_protocol,
               __ipv4info->ipv4_checksum, __ipv4info->ipv4_src, __ipv4info->ipv4_dst);
SCRIPT
}
members6() {
    cat <<SCRIPT
    if (__ipv6info->ipv6_nexthdr == 6 || __ipv6info->ipv6_nexthdr == 17 || __ipv6info->ipv6_nexthdr == 44)
        printf("$1 %s %d %d %I %I %d %d %d %d %d %d %I %I\n", $2, __ipinfo->ip_ver, __ipinfo->ip_plength, __ipinfo->ip_saddr,
               __ipinfo->ip_daddr, __ipv6info->ipv6_ver, __ipv6info->ipv6_tclass, __ipv6info->ipv6_flow, __ipv6info->ipv6_plen,
               __ipv6info->ipv6_nexthdr, __ipv6info->ipv6_hlim, __ipv6info->ipv6_src, __ipv6info->ipv6_dst);
SCRIPT
}

# captured WAY DEVICE: the same of $work/WAY.DEVICE.pcap
captured() {
    if ! command -v tshark >/dev/null; then
        {
            echo "@@net:bpf:any:ipv4:\"\" { $(members4 "$1" "\"$2\"") }"
            echo "@@net:bpf:any:ipv6:\"\" { $(members6 "$1" "\"$2\"") }"
        } >"$work/file.e"
        "$PROBEVUE" -r "$work/$1.$2.pcap" "$work/file.e"
        return
    fi
    local options=(-n -r "$work/$1.$2.pcap" -o ip.defragment:FALSE -o ipv6.defragment:FALSE -T fields -E occurrence=f -E separator=' ')
    tshark "${options[@]}" -Y '(ip.proto == 6 or ip.proto == 17) and not icmp' -e ip.version -e ip.hdr_len -e ip.src -e ip.dst -e ip.dsfield -e ip.len -e ip.id \
        -e ip.flags -e ip.frag_offset -e ip.ttl -e ip.proto -e ip.checksum 2>/dev/null | perl -ane '
            my ($version, $header, $from, $to, $tos, $length, $id, $flags, $offset, $ttl, $protocol, $sum) = map { /^0x/ ? hex : $_ } @F;
            $flags >>= 5 if $flags > 7; # one byte, of which these are the upper bits
            print join(" ", "'"$1 $2"'", $version, $length - $header, $from, $to, $version, $header / 4, $tos, $length, $id, $flags, $offset, $ttl,
                $protocol, $sum, $from, $to), "\n"'
    tshark "${options[@]}" -Y '(ipv6.nxt == 6 or ipv6.nxt == 17 or ipv6.nxt == 44) and not icmpv6' -e ipv6.version -e ipv6.plen -e ipv6.src -e ipv6.dst -e ipv6.tclass \
        -e ipv6.flow -e ipv6.nxt -e ipv6.hlim 2>/dev/null | perl -ane '
            my ($version, $length, $from, $to, $class, $flow, $next, $limit) = map { /^0x/ ? hex : $_ } @F;
            my $payload = $next == 44 ? $length - 8 : $length; # behind the fragment header (RFC 8200)
            print join(" ", "'"$1 $2"'", $version, $payload, $from, $to, $version, $class, $flow, $length, $next, $limit, $from, $to), "\n"'
}

{
    echo '@@BEGIN { printf("ready\n"); }'
    for way in send receive; do
        echo "@@net:ip:$way when (__ifinfo->if_name == \"near\" || __ifinfo->if_name == \"east\")"
        echo "{ $(members4 $way "__ifinfo->if_name") $(members6 $way "__ifinfo->if_name") }"
        # The header's own first byte, by its address.
        echo "@@net:ip:$way when (__ifinfo->if_name == \"near\") { copy_kdata(__ipv4info->ipv4_hdr, first);
            if (__ipinfo->ip_ver == 4 && first.byte[0] == __ipv4info->ipv4_ver * 16 + __ipv4info->ipv4_ihl) right++;
            if (__ipinfo->ip_ver == 6 && __ipv4info->ipv4_hdr == 0 && __ipv6info->ipv6_hdr != 0) right++;
            if (__pktinfo->pkt_addr == 0 || __ifinfo->if_addr == 0 || __ifinfo->if_local != 0) wrong++;
            all++; }"
        echo "@@net:ip:$way when (__ifinfo->if_name == \"lo\") { if (__ifinfo->if_local == 1 && __ipv4info->ipv4_protostr == \"UDP\") lo++; }"
        # What this host itself sends has a socket, whose process is known.
        echo "@@net:ip:$way when (__udphdr->dst_port == 7001) { owners[\"$way\"][__csinfo->cs_pid][__csinfo->cs_cid != 0]++; }"
    done
    echo '@@END { printf("right %d of %d, wrong %d, lo %d\n", right, all, wrong, lo); print(owners); }'
} >"$work/ip.e"
sed -i '1i struct one { unsigned char byte[4]; }; struct one first; int right, all, wrong, lo;' "$work/ip.e"

serve_lines in_third 7000 10000
# datagram ADDRESS PORT SIZE [SPACE]: with a class of service and a limit of hops of its own, cut into fragments where it is
# long, and over IPv4 with an option; its sender is on standard output
datagram() {
    "${@:4}" perl -MSocket -MIO::Socket::IP -e '
        my ($to, $port, $size) = @ARGV;
        my $s = IO::Socket::IP->new(PeerHost => $to, PeerPort => $port, Type => SOCK_DGRAM) or die "$@";
        if ($to =~ /:/) {
            $s->setsockopt(41, 67, 0x28); $s->setsockopt(41, 16, 33); # IPV6_TCLASS, IPV6_UNICAST_HOPS
        } else {
            $s->setsockopt(0, 1, 0x48); $s->setsockopt(0, 2, 33); $s->setsockopt(0, 10, 0); # IP_TOS, IP_TTL, IP_MTU_DISCOVER
            setsockopt($s, 0, 4, pack("C*", 7, 7, 4, 0, 0, 0, 0, 0)) if $size % 2; # IP_OPTIONS: record route
        }
        $s->send("x" x $size);
        print $$;' "$1" "$2" "$3"
}
captures=()
for way in send receive; do
    direction=out
    [[ $way == send ]] || direction=in
    for device in near east; do
        listen $way.$device -i $device -Q $direction
        captures+=("$id")
    done
done
start ip -w "$work/ip.pcapng" "$work/ip.e"
traced=$id
# Of IPv4: nobody asks for neighbours there, and the sessions begin and end one after the other.
of_both='(__ifinfo->if_name == "east" || __ifinfo->if_name == "near") && __netdev->protocol == 0x800'
for home in kernel engine; do
    start $home --home $home -e "@@BEGIN { printf(\"ready\\n\"); }
        @@net:ip:receive when ($of_both) { n[\"receive\"]++; }
        @@net:ip:send when ($of_both) { n[\"send\"]++; } @@END { print(n); }"
    counting+=" $id"
done
# run_script NAME: as it is shipped, with a line that says when it is ready
run_script() {
    { cat "scripts/$1.e"; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/$1.e"
    start "$1" "$work/$1.e"
}
run_script ip_by_host
counting+=" $id"
run_script ip_table
counting+=" $id"
for address in 198.51.100.3 2001:db8:1::3; do
    ask_line $address 7000 10000 in_far || fail "no answer from $address behind the router"
    ask_line $address 7000 10000 || fail "no answer from $address"
    for size in 10 11 3000 5001; do
        datagram $address 9 $size in_far >/dev/null
        sender=$(datagram $address 7001 $size)
        senders+=" $sender"
    done
done
datagrams 9 10 127.0.0.1 127.0.0.1 127.0.0.1
until_true 30 is_quiet || fail "traffic does not end"
for index in 0 1 2 3; do
    name=$(sed -n "$((index + 1))p" <<<$'send.near\nsend.east\nreceive.near\nreceive.east')
    case $name in # a last packet on each device and way, which the others see too
        send.near) datagrams 9 1 192.0.2.3 ;;
        send.east) datagrams 9 1 198.51.100.3 ;;
        receive.near) in_far perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.2", PeerPort => 9)->send("x")' ;;
        receive.east) in_third perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Proto => "udp", PeerAddr => "198.51.100.2", PeerPort => 9)->send("x")' ;;
    esac
    until_true 20 eval '[[ $(count_packets '"$name"' "udp dst port 9 and udp[4:2] == 9") -gt 0 ]]' || fail "tcpdump has not seen the last packet of $name"
done
for id in $traced $counting; do
    stop "$id"
    same "exit status" 0 "$status"
done
for id in "${captures[@]}"; do stop "$id"; done
for way in send receive; do
    for device in near east; do captured $way $device; done
done | sort >"$work/expected"
grep -E '^(send|receive)' "$work/ip.out" | sort >"$work/got"
same "what headers say" "$(<"$work/expected")" "$(<"$work/got")"
# The router sends on what it receives, with one hop less.
for pattern in 'receive near 4' 'send east 4' 'receive east 6' 'send near 6' 'send east 6 .* 44 [0-9]+ 2001' 'receive near 4 .* 7 72 [0-9]+ [0-9]+ 0 0 33 17 ' \
    'send east 4 .* 7 72 [0-9]+ [0-9]+ 0 0 32 17 ' 'receive near 4 .* [0-9]+ 1 0 33 17' 'receive near 4 .* [0-9]+ 0 [1-9][0-9]* 33 17'; do
    has "there are such packets" "^$pattern" "$(<"$work/got")"
done
has "headers by their addresses" '^right ([0-9]+) of \1, wrong 0, lo 6$' "$(<"$work/ip.out")"
for sender in $senders; do # one packet has the header of UDP, the others of a datagram are fragments
    has "what this host sends has an owner" "^owners\[send, $sender, 1\] = 1\$" "$(<"$work/ip.out")"
done
same "both homes count the same" "$(grep '^n' "$work/engine.out")" "$(grep '^n' "$work/kernel.out")"
same "nothing is lost" "" "$(grep -hv '^probevue: tracing' "$work"/{ip,kernel,engine,ip_by_host,ip_table}.err)"
come=$(($(count_packets receive.near "ip src 198.51.100.3") + $(count_packets receive.east "ip src 198.51.100.3")))
same "ip_by_host: packets of the third host, as tcpdump counts" "$come" "$(awk '$1 == "198.51.100.3" { print $2 }' "$work/ip_by_host.out")"
for way in send receive; do
    arrow='->'
    [[ $way == send ]] || arrow='<-'
    same "ip_table: what tcpdump sees of the near device, $way" "$(tcpdump -Z root -nn -r "$work/$way.near.pcap" ip 2>/dev/null | wc -l)" \
        "$(awk -v arrow="$arrow" '$3 == arrow && $5 == "near" && $2 !~ /:/' "$work/ip_table.out" | wc -l)"
done

# --- the recording
same "replay, as live" "$(grep -v '^ready' "$work/ip.out")" "$("$PROBEVUE" -r "$work/ip.pcapng" "$work/ip.e" 2>"$work/replay.err" | grep -v '^ready')"
same "nothing is lost in the replay" "" "$(<"$work/replay.err")"

# --- devices on top of others: a packet counts once, at the device that it was routed to
# stacked KIND DEVICE RECEIVED FAR: ten datagrams each way through DEVICE, which has the addresses of near now
stacked() {
    until_true 30 is_quiet
    start "$1" -e '@@BEGIN { printf("ready\n"); }
        @@net:ip:send when (__udphdr->dst_port == 7002) { n["send"][__ifinfo->if_name]++; }
        @@net:ip:receive when (__udphdr->dst_port == 7002) { n["receive"][__ifinfo->if_name]++; } @@END { print(n); }'
    local stacked=$id
    # shellcheck disable=SC2046
    datagrams 7002 10 $(yes 192.0.2.3 | head -n 10)
    in_far perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.2", PeerPort => 7002); for (1 .. 10) { $s->send("x") or redo; }'
    # What comes back of them ends up nowhere; a datagram to a port that is read is the last.
    in_far perl -MIO::Socket::INET -e 'IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.2", PeerPort => 9)->send("x")'
    until_true 30 is_quiet
    stop "$stacked"
    same "$1: each packet counts once" "n[receive, $3] = 10
n[send, $2] = 10" "$(grep '^n' "$work/$1.out" | sort)"
}
# move FROM TO: the address of the router goes to another device
move() {
    ip address flush dev "$1"
    ip address add 192.0.2.2/24 dev "$2"
    ip link set "$2" up
    ip neighbour replace 192.0.2.3 lladdr "$(mac "$3" in_far)" dev "$2" nud permanent
    in_far ip neighbour replace 192.0.2.2 lladdr "$(mac "$2")" dev "$3" nud permanent
}
stacks=
if ip link add bridge0 type bridge 2>/dev/null; then
    ip link set near master bridge0
    move near bridge0 far
    stacked bridge bridge0 bridge0
    # What the bridge only passes on is no business of this host's.
    ip link set east master bridge0
    in_third ip address add 192.0.2.9/24 dev west
    in_far ip neighbour replace 192.0.2.9 lladdr "$(mac west in_third)" dev far nud permanent
    in_third sh -c 'echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter'
    start passed -e '@@BEGIN { printf("ready\n"); } @@net:ip:send when (__udphdr->dst_port == 7003) { n["send"]++; }
        @@net:ip:receive when (__udphdr->dst_port == 7003) { n["receive"]++; } @@net:netdev:receive when (__udphdr->dst_port == 7003) { n[__netdev->dev_name]++; } @@END { print(n); }'
    passing=$id
    in_far perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.9", PeerPort => 7003); for (1 .. 10) { $s->send("x") or redo; }'
    until_true 30 is_quiet
    stop "$passing"
    same "bridge: what it passes on is not the host's" "n[near] = 10" "$(grep '^n' "$work/passed.out")"
    ip link set east nomaster
    ip link set near nomaster
    move bridge0 near far
    ip link del bridge0
    stacks+=" bridge"
fi
if ip link add near.7 link near type vlan id 7 2>/dev/null && in_far ip link add far.7 link far type vlan id 7; then
    in_far ip address flush dev far
    in_far ip address add 192.0.2.3/24 dev far.7
    in_far ip link set far.7 up
    move near near.7 far.7
    stacked vlan near.7 near
    in_far ip link del far.7
    in_far ip address add 192.0.2.3/24 dev far
    move near.7 near far
    ip link del near.7
    stacks+=" vlan"
fi
if ip link add over0 type bond mode active-backup 2>/dev/null; then
    ip link set near down
    if ip link set near master over0 2>/dev/null; then
        ip link set near up
        move near over0 far
        until_true 30 eval 'ip -o link show over0 | grep -q LOWER_UP' || fail "the bond does not come up"
        stacked bond over0 near
        stacks+=" bond"
    fi
    ip link set near nomaster
    move over0 near far
    ip link del over0
    ip link set near up
    move near near far
fi
echo "tested on top of other devices:${stacks:- none can be made here}"

# --- for another host: seen only since the device listens to all
ip link set near promisc on
in_far ip neighbour replace 192.0.2.2 lladdr 02:00:00:00:77:77 dev far nud permanent
start other -e '@@BEGIN { printf("ready\n"); } @@net:ip:receive when (__udphdr->dst_port == 7004) { n["ip"]++; }
    @@net:netdev:receive when (__udphdr->dst_port == 7004) { n["device"]++; } @@END { print(n); }'
other=$id
in_far perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.2", PeerPort => 7004); for (1 .. 10) { $s->send("x") or redo; }'
stop "$other"
same "what is for another host is not received" "n[device] = 10" "$(grep '^n' "$work/other.out")"
conclude
