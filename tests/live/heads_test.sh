#!/usr/bin/env bash
# Headers of packets at a hook of the kernel, against what a capture of the same packets has: by tshark, where it is
# installed, else by the clauses of @@net:bpf, which have tests of their own. Recorded, and read again.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:netdev:receive when (__tcphdr->seq_num == 1) { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

# The kernels ask for neighbours whenever they like: of ARP only what the test sends by itself is compared.
# clauses CONDITION TUPLE [TUPLE TUPLE]: a line a packet, by what it carries; tuples for TCP, UDP and ARP, or one for all
clauses() {
    local only=$1 tcp=$2 udp=${3:-$2} arp=${4:-$2}
    cat <<SCRIPT
$tcp when ($only && __ip4hdr->protocol == 6)
{
    printf("tcp4 %d %d %I %I %d %d %d %d %u %u %d\n", __pkt->len, __etherhdr->vlan, __ip4hdr->src_addr, __ip4hdr->dst_addr,
           __ip4hdr->ttl, __ip4hdr->id, __tcphdr->src_port, __tcphdr->dst_port, __tcphdr->seq_num, __tcphdr->ack_num,
           __tcphdr->all_flags);
}
$tcp when ($only && __ip6hdr->protocol == 6)
{
    printf("tcp6 %d %d %I %I %d %d %d %d %u %u %d\n", __pkt->len, __etherhdr->vlan, __ip6hdr->src_addr, __ip6hdr->dst_addr,
           __ip6hdr->hop_limit, __ip6hdr->flow_label, __tcphdr->src_port, __tcphdr->dst_port, __tcphdr->seq_num,
           __tcphdr->ack_num, __tcphdr->all_flags);
}
$udp when ($only && __pkt->ip_version == 4 && __ip4hdr->protocol == 17)
{
    printf("udp4 %d %d %I %I %d %d %d\n", __pkt->len, __etherhdr->vlan, __ip4hdr->src_addr, __ip4hdr->dst_addr,
           __udphdr->src_port, __udphdr->dst_port, __udphdr->length);
}
$udp when ($only && __pkt->ip_version == 6 && __ip6hdr->protocol == 17)
{
    printf("udp6 %d %d %I %I %d %d %d\n", __pkt->len, __etherhdr->vlan, __ip6hdr->src_addr, __ip6hdr->dst_addr,
           __udphdr->src_port, __udphdr->dst_port, __udphdr->length);
}
$arp when ($only && __arphdr->src_ip == "192.0.2.9") { printf("arp %d %d %I %I\n", __pkt->len, __arphdr->operation, __arphdr->src_ip, __arphdr->dst_ip); }
SCRIPT
}

# fields NAME FILTER FIELD...: lines as above, as tshark has them. What it does not show is 0.
fields() {
    local line=$1 filter=$2 field options=()
    shift 2
    for field in "$@"; do options+=(-e "$field"); done
    tshark -n -r "$work/near.pcap" -o tcp.relative_sequence_numbers:FALSE -Y "$filter" -T fields -E separator=' ' -E occurrence=f \
        "${options[@]}" 2>/dev/null | awk -v line="$line" -v FS=' ' '{ print line, $0 }'
}
captured() {
    if command -v tshark >/dev/null; then
        fields tcp4 'ip && tcp' frame.len vlan.id ip.src ip.dst ip.ttl ip.id tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags
        fields tcp6 'ipv6 && tcp' frame.len vlan.id ipv6.src ipv6.dst ipv6.hlim ipv6.flow tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags
        fields udp4 'ip && udp' frame.len vlan.id ip.src ip.dst udp.srcport udp.dstport udp.length
        fields udp6 'ipv6 && udp' frame.len vlan.id ipv6.src ipv6.dst udp.srcport udp.dstport udp.length
        fields arp 'arp.src.proto_ipv4 == 192.0.2.9' frame.len arp.opcode arp.src.proto_ipv4 arp.dst.proto_ipv4
    else
        clauses '__pkt->len > 0' '@@net:bpf:any:tcp:""' '@@net:bpf:any:udp:""' '@@net:bpf:any:arp:""' >"$work/file.e"
        "$PROBEVUE" -r "$work/near.pcap" "$work/file.e"
    fi
}
# Hexadecimal to decimal, and an empty place between two blanks to 0.
plain() {
    perl -pe 's/ (?= )/ 0/g; s/\b0x([0-9a-f]+)/hex $1/ge' | sort
}

for space in "" in_far; do
    # shellcheck disable=SC2016
    $space sh -c 'for device in near far; do echo 0 >/proc/sys/net/ipv6/conf/$device/disable_ipv6; done' 2>/dev/null
done
ip address add 2001:db8::2/64 dev near nodad
in_far ip address add 2001:db8::3/64 dev far nodad

(
    echo '@@BEGIN { printf("ready\n"); }'
    clauses '__netdev->dev_name == "near"' '@@net:netdev:receive'
    cat <<'SCRIPT'
@@net:netdev:receive when (__netdev->dev_name == "near" && (__tcphdr->dst_port != 0 || __udphdr->dst_port != 0))
{
    copy_kdata(__mdata, begin);
    type = begin.type[0] * 256 + begin.type[1];
    if (type == __etherhdr->ether_type || type == 0x8100) copied++;
    packets++;
}
@@END { printf("packets %d, copied %d\n", packets, copied); }
SCRIPT
) >"$work/hook.e"
sed -i '1i struct link { unsigned char to[6]; unsigned char from[6]; unsigned char type[2]; }; struct link begin; int type, copied, packets;' "$work/hook.e"

# Both IP versions, with the perl that every Debian has.
serve_lines in_far 7000 1000
# shellcheck disable=SC2016
datagram='my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Type => SOCK_DGRAM) or die "$@"; $s->send("x" x $ARGV[2]);'
in_far ip neighbour flush dev far
until_true 30 is_quiet
listen near -i near -Q in
near=$id
start hook -w "$work/hook.pcapng" "$work/hook.e"
hook=$id
# What the kernel's verifier knows of the packet buffer, it lets programs of typed tracepoints load directly; all others
# copy each word.
kprobe=
if "$PROBEVUE" --hook kprobe -e "$(<"$work/hook.e")"' @@BEGIN { exit(); }' >/dev/null 2>"$work/no_kprobe"; then
    start kprobe --hook kprobe "$work/hook.e"
    kprobe=$id
else
    echo "left out: kprobe: $(head -n 1 "$work/no_kprobe")"
fi
for address in 192.0.2.3 2001:db8::3; do
    ask_line $address 7000 1000 || fail "no answer from $address"
done
for size in 1 20 700; do
    for address in 192.0.2.2 2001:db8::2; do in_far perl -MSocket -MIO::Socket::IP -e "$datagram" $address 5000 $size; done
done
if command -v python3 >/dev/null; then
    # With tags, with extension headers, and too short.
    in_far python3 - "$(mac near)" <<'PYTHON'
import socket
import struct
import sys

near = bytes.fromhex(sys.argv[1].replace(":", ""))
ethernet = near + bytes.fromhex("020000000001")
udp = struct.pack(">HHHH", 1024, 5000, 12, 0) + b"data"
ip4 = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 77, 0, 64, 17, 0, bytes([192, 0, 2, 9]), bytes([192, 0, 2, 2]))
six = socket.inet_pton(socket.AF_INET6, "2001:db8::9") + socket.inet_pton(socket.AF_INET6, "2001:db8::2")
ip6 = struct.pack(">IHBB", 6 << 28 | 0x12345, len(udp), 17, 9) + six
options = bytes([17, 1, 1, 12]) + bytes(12)
ip6_options = struct.pack(">IHBB", 6 << 28, len(udp) + len(options), 60, 9) + six + options
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
far.bind(("far", 0))
for types, rest in [
    (struct.pack(">HHH", 0x8100, 100, 0x800), ip4 + udp),
    (struct.pack(">HHH", 0x8100, 101, 0x86DD), ip6 + udp),
    (struct.pack(">H", 0x86DD), ip6_options + udp),
    (struct.pack(">H", 0x806), struct.pack(">HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, bytes(6), bytes([192, 0, 2, 9]), bytes(6), bytes([192, 0, 2, 2]))),
]:
    far.send(ethernet + types + rest)
PYTHON
fi
until_true 30 is_quiet || fail "traffic does not end"
in_far perl -MSocket -MIO::Socket::IP -e "$datagram" 192.0.2.2 9 1
until_true 20 eval '[[ $(count_packets near "udp dst port 9") -gt 0 ]]' || fail "tcpdump has not seen the last packet"
stop "$hook"
same "exit status" 0 "$status"
if [[ -n $kprobe ]]; then
    stop "$kprobe"
    same "kprobe: as the tracepoint" "$(sort "$work/hook.out")" "$(sort "$work/kprobe.out")"
fi
stop "$near"
captured | plain >"$work/expected"
grep -E '^(tcp|udp|arp)' "$work/hook.out" | sort >"$work/got"
same "what headers say" "$(<"$work/expected")" "$(<"$work/got")"
for kind in tcp4 tcp6 udp4 udp6; do
    has "there are such packets" "^$kind" "$(<"$work/got")"
done
packets=$(grep -cE "^(tcp|udp)" "$work/expected")
same "bytes of the packet" "packets $packets, copied $packets" "$(grep '^packets' "$work/hook.out")"
same "nothing is lost" "" "$(grep -v '^probevue: tracing' "$work/hook.err")"

# --- the recording has the packets too, for the same script and for another
same "replay, as live" "$(grep -v '^ready' "$work/hook.out")" "$("$PROBEVUE" -r "$work/hook.pcapng" "$work/hook.e" 2>"$work/replay.err" | grep -v '^ready')"
same "nothing is lost in the replay" "" "$(<"$work/replay.err")"
SCRIPT='int n; @@net:netdev:receive when (__tcphdr->all_flags == 2 || __tcphdr->all_flags == 18) { n++; } @@END { printf("%d\n", n); }'
same "another script on the recording" "$(grep -cE '^tcp[46].* (2|18)$' "$work/got")" "$("$PROBEVUE" -r "$work/hook.pcapng" -e "$SCRIPT")"
conclude
