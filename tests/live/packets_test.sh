#!/usr/bin/env bash
# Packets of live interfaces, counted against tcpdump: with and without a filter, by interface, in time order, and with
# a short snap length.
source "$(dirname "$0")/network.sh"

ready='@@BEGIN { printf("ready\n"); }'

# --- the same packets as tcpdump, on loopback and on a veth pair ----------------------------------------------------

cat >"$work/count.e" <<'SCRIPT'
int all, udp, large;
@@net:bpf:lo|near:*:"" { all++; }
@@net:bpf:lo|near:udp:"udp" { udp++; }
@@net:bpf:lo|near:ipv4:"udp and greater 200" when (__ip4hdr->total_len > 200) { large++; }
@@net:bpf:lo|near:udp:"dst port 5000"
{
    bytes[__ip4hdr->dst_addr] += __udphdr->length - 8;
}
@@END { printf("%d %d %d\n", all, udp, large); print(bytes); }
SCRIPT
echo "$ready" >>"$work/count.e"

serve 8080
listen lo -i lo
lo=$id
listen near -i near
near=$id
start count "$work/count.e"
session=$id
targets=()
for i in {1..100}; do targets+=(127.0.0.1 192.0.2.3); done
datagrams 5000 1 "${targets[@]}"
ask 127.0.0.1 8080 >/dev/null || fail "no answer on loopback"
settle lo 127.0.0.1
settle near 192.0.2.3
stop "$session"
same "count: exit status" 0 "$status"
stop "$lo"
stop "$near"
counted() { echo $(($(count_packets lo "$1") + $(count_packets near "$1"))); }
# Datagrams have 1 to 200 bytes, the odd ones to loopback.
same "count: packets and bytes" "ready
$(counted "") $(counted udp) $(counted "udp and ip[2:2] > 200")
bytes[127.0.0.1] = 10000
bytes[192.0.2.3] = 10100" "$(cat "$work/count.out")"
[[ $(counted udp) -ge 200 ]] || fail "traffic is missing"

# --- which interfaces packets of `any` come by, also under a new name, and whither they go ---------------------------

# libpcap leaves out what loopback sends, and shows what it receives.
cat >"$work/interfaces.e" <<'SCRIPT'
@@net:bpf:any:udp:"udp dst port 5002" { printf("%s %d %d\n", __pkt->ifname, __pkt->direction == PKT_IN, __pkt->direction == PKT_OUT); last = __pkt->number; }
@@END { printf("%lld\n", last); }
SCRIPT
echo "$ready" >>"$work/interfaces.e"
ip link add extra type veth peer name peer netns "$far" && in_far ip link set peer up
ip address add 198.51.100.1/24 dev extra && ip link set extra up
ip neighbour add 198.51.100.2 lladdr 02:00:00:00:00:01 dev extra
start interfaces "$work/interfaces.e"
datagrams 5002 1 127.0.0.1 127.0.0.1 192.0.2.3 192.0.2.3 192.0.2.3 198.51.100.2
until_true 20 grep -q extra "$work/interfaces.out" || fail "interfaces: a packet is missing" # names are those of the time of reading
ip link set extra down && ip link set extra name renamed && ip link set renamed up
ip neighbour add 198.51.100.2 lladdr 02:00:00:00:00:01 dev renamed
sleep 1.1 # names are asked for anew after a second
datagrams 5002 1 198.51.100.2 198.51.100.2
stop "$id"
same "interfaces" "1 8
1 extra 0 1
2 lo 1 0
3 near 0 1
1 ready
2 renamed 0 1" "$(sort "$work/interfaces.out" | uniq -c | awk '{ $1 = $1 } 1')"
ip link delete renamed

# --- two interfaces, one order --------------------------------------------------------------------------------------

cat >"$work/order.e" <<'SCRIPT'
@@net:bpf:near:udp:"dst port 5001" { printf("%d\n", __udphdr->length); }
@@net:bpf:lo:udp:"dst port 5001" { printf("%d\n", __udphdr->length); }
SCRIPT
echo "$ready" >>"$work/order.e"
start order "$work/order.e"
targets=()
for i in {1..500}; do targets+=(127.0.0.1 192.0.2.3); done
before=$(taken)
datagrams 5001 0 "${targets[@]}"
until_true 20 have_come $((before + 500)) || fail "order: datagrams on loopback are missing"
stop "$id"
same "order: as sent" "ready"$'\n'"$(seq 8 1007)" "$(cat "$work/order.out")"

# --- a script that reads headers asks for no more than those, one that reads data gets them -------------------------

cat >"$work/data.e" <<'SCRIPT'
struct tail { char skipped[1040]; int last; };
@@net:bpf:near:*:"udp dst port 5002"
{
    __auto struct tail t;
    copy_kdata((char *)__mdata, t);
    printf("%x\n", t.last);
}
SCRIPT
echo "$ready" >>"$work/data.e"
start data "$work/data.e"
before=$(taken in_far)
datagrams 5002 1002 192.0.2.3 # 42 bytes of headers: ends where the structure does
until_true 20 have_come $((before + 1)) in_far || fail "data: the datagram is missing"
stop "$id"
same "data: at the end of a packet" "ready"$'\n'"78787878" "$(cat "$work/data.out")"

# --- a script that reads packets in packets gets as much as has their headers -----------------------------------------

# GENEVE with 252 bytes of options and a frame: the inner IP header begins at byte 316.
cat >"$work/inner.e" <<'SCRIPT'
@@net:bpf:near:*:"udp dst port 6081"
{
    printf("%d %u %I.%d > %I.%d %d, %d\n", __inner->kind == INNER_GENEVE, __inner->vni, __inner->src_addr, __inner->src_port,
           __inner->dst_addr, __inner->dst_port, __inner->len, __pkt->caplen == __pkt->len);
}
SCRIPT
echo "$ready" >>"$work/inner.e"
start inner "$work/inner.e"
before=$(taken in_far)
perl -MIO::Socket::INET -e '
    my $udp = pack("nnnn", 7000, 7001, 12, 0) . "data";
    my $ip = pack("CCnnnCCnNN", 0x45, 0, 20 + length($udp), 1, 0, 64, 17, 0, 0x0a000001, 0x0a000002) . $udp;
    my $geneve = pack("CCnN", 63, 0, 0x6558, 99 << 8) . pack("nCC", 0x0103, 1, 0) x 63 . "\2" x 12 . pack("n", 0x0800) . $ip;
    IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.3:6081")->send($geneve) or die $!;'
until_true 20 have_come $((before + 1)) in_far || fail "inner: the datagram is missing"
stop "$id"
same "inner: behind long options" "ready"$'\n'"1 99 10.0.0.1.7000 > 10.0.0.2.7001 32, 1" "$(cat "$work/inner.out")"

# --- groups: each record of a report as long as a packet, and what the kernel says of a process that joins -------------

cat >"$work/groups.e" <<'SCRIPT'
@@net:bpf:near:group:"igmp" when (__pkt->dst_addr == "192.0.2.3") { records++; types += __group->type; last[__group->addr] = __group->number; }
@@net:bpf:near:igmp:"igmp" when (__pkt->dst_addr == "192.0.2.3") { printf("%I %d\n", igmp_group(183), igmp_record(183)); }
@@net:bpf:near:group:"igmp" when (__pkt->dst_addr != "192.0.2.3" and __group->type == IGMPV3_CHANGE_TO_EXCLUDE) { printf("joins %I\n", __group->addr); }
@@END { printf("%d %d %d\n", records, types, last["239.6.0.183"]); }
SCRIPT
echo "$ready" >>"$work/groups.e"
start groups "$work/groups.e"
session=$id
perl -MSocket -e '
    my $report = pack("CCnnn", 0x22, 0, 0, 0, 184) . join("", map { pack("CCnCCCC", 4, 0, 0, 239, 6, 0, $_) } 0 .. 183);
    socket(my $raw, AF_INET, SOCK_RAW, 2) or die $!;
    send($raw, $report, 0, sockaddr_in(0, inet_aton("192.0.2.3"))) or die $!;'
until_true 20 grep -q '^239.6.0.183' "$work/groups.out" || fail "groups: the report is missing"
background perl -MSocket -e '
    socket(my $udp, AF_INET, SOCK_DGRAM, 0) or die $!;
    setsockopt($udp, 0, 35, inet_aton("239.6.1.$_") . inet_aton("192.0.2.2")) or die $! for 1 .. 3; # IP_ADD_MEMBERSHIP
    sleep 60;' # a member until it is ended
joined=$id
for i in 1 2 3; do until_true 20 grep -qx "joins 239.6.1.$i" "$work/groups.out" || fail "groups: nobody is told of 239.6.1.$i"; done
kill "$joined"
stop "$session"
same "groups: all records of a report" "239.6.0.183 4"$'\n'"184 736 183" "$(grep -vE '^(ready|joins)' "$work/groups.out")"

# --- what is lost is told -------------------------------------------------------------------------------------------

start figures --stats -e "$ready"' @@net:bpf:lo:udp:"dst port 5003" { n[1]++; } @@END { print(n); }'
targets=()
for i in {1..50}; do targets+=(127.0.0.1); done
before=$(taken)
datagrams 5003 1 "${targets[@]}"
until_true 20 have_come $((before + 50)) || fail "figures: datagrams are missing"
stop "$id"
same "figures: output" "ready"$'\n'"n[1] = 50" "$(cat "$work/figures.out")"
has "figures: the packets are counted" '\b50\b' "$(cat "$work/figures.err")"
conclude
