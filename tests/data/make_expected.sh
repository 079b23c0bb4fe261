#!/bin/bash
# Writes expected/: for every good capture the values of the header built-ins, those of __pkt (pkt/), of __inner (inner/, where
# packets are in packets) and of __group (groups/, where hosts tell of groups), and time and lengths of each packet (frames/), and
# of some the names in their payload (names/), as tshark (4.0) says them. Run it after make_captures.sh or capture_real.sh and look
# at the difference.
set -euo pipefail
cd "$(dirname "$0")"

# Only what is in the packet itself: no names, no state between packets, no guesses at what ports carry.
options=(-n
    -o ip.defragment:FALSE -o ipv6.defragment:FALSE
    -o tcp.desegment_tcp_streams:FALSE -o tcp.analyze_sequence_numbers:FALSE -o tcp.check_checksum:FALSE
    -o tcp.try_heuristic_first:FALSE -o udp.try_heuristic_first:FALSE -o udp.check_checksum:FALSE
    -o ip.check_checksum:FALSE -o ip.use_geoip:FALSE -o ipv6.use_geoip:FALSE)

fields=(frame.protocols
    eth.src eth.dst eth.type eth.len vlan.id vlan.etype vlan.len ieee8021ad.id ieee8021ad.svid
    ip.src ip.dst ip.cur_rt ip.proto ip.ttl ip.checksum ip.id ip.hdr_len ip.dsfield ip.flags ip.frag_offset
    ipv6.src ipv6.dst ipv6.nxt ipv6.hlim ipv6.plen ipv6.flow ipv6.tclass
    ipv6.hopopts.nxt ipv6.routing.nxt ipv6.dstopts.nxt ipv6.fraghdr.nxt ipv6.fraghdr.offset ah.next_header
    tcp.srcport tcp.dstport tcp.flags tcp.seq_raw tcp.ack_raw tcp.hdr_len tcp.checksum tcp.window_size_value
    tcp.urgent_pointer udp.srcport udp.dstport udp.length udp.checksum
    icmp.type icmp.code icmp.checksum icmpv6.type icmpv6.code icmpv6.checksum
    icmp.ident icmp.seq icmp.mtu icmp.redir_gw icmpv6.echo.identifier icmpv6.echo.sequence_number icmpv6.mtu
    icmpv6.nd.ns.target_address icmpv6.nd.na.target_address icmpv6.nd.rd.target_address
    vlan.priority ieee8021ad.priority ieee8021ad.cvid ip.version ipv6.version ip.dsfield.dscp ip.dsfield.ecn
    ipv6.tclass.dscp ipv6.tclass.ecn sctp.srcport sctp.dstport dccp.srcport dccp.dstport tcp.len tcp.payload
    udp.payload frame.packet_flags_direction sll.pkttype
    tcp.options.mss_val tcp.options.wscale.shift tcp.option_kind tcp.option_len tcp.options.sack.count tcp.options.timestamp.tsval
    tcp.options.timestamp.tsecr
    igmp.type igmp.max_resp igmp.max_resp.exp igmp.max_resp.mant igmp.reserved igmp.checksum igmp.maddr
    igmp.mtrace.max_hops dvmrp.type dvmrp.v1.code dvmrp.v3.code dvmrp.checksum dvmrp.reserved dvmrp.min_ver
    dvmrp.maj_ver
    igmp.version igmp.num_grp_recs igmp.record_type igmp.num_src icmpv6.mld.multicast_address icmpv6.mld.nb_sources
    icmpv6.mldr.nb_mcast_records icmpv6.mldr.mar.record_type icmpv6.mldr.mar.nb_sources icmpv6.mldr.mar.multicast_address
    arp.hw.type arp.proto.type arp.hw.size arp.proto.size arp.opcode arp.src.hw_mac arp.dst.hw_mac
    arp.src.proto_ipv4 arp.dst.proto_ipv4
    gre.key vxlan.vni geneve.vni gtp.teid)

# say CAPTURE FIELD...: one line a packet, tabs between fields, commas between occurrences.
say() {
    local capture=$1 field arguments=()
    shift
    for field in "$@"; do arguments+=(-e "$field"); done
    "${read_capture[@]}" < "$capture" | tshark "${options[@]}" "${extra[@]}" -r - -T fields \
        -E header=y -E separator=/t -E occurrence=a -E aggregator=, "${arguments[@]}" 2> "$log" ||
        { cat "$log" >&2; return 1; }
}

expect() {
    local capture=$1
    mkdir -p "$(dirname "expected/$capture")" "$(dirname "expected/frames/$capture")" "$(dirname "expected/pkt/$capture")" \
        "$(dirname "expected/inner/$capture")" "$(dirname "expected/groups/$capture")"
    read_capture=(cat)
    [[ $capture == *.gz ]] && read_capture=(gzip -dc)
    [[ $capture == *.zst ]] && read_capture=(zstd -dc)
    extra=()
    say "$capture" "${fields[@]}" > "$work/fields"
    extra=(-o ip.tso_support:FALSE)
    say "$capture" ip.len > "$work/lengths"
    extra=()
    paste "$work/fields" "$work/lengths" | awk -v pkt="expected/pkt/$capture.tsv" -v inner="expected/inner/$capture.tsv" -v groups="expected/groups/$capture.tsv" -f expected_map.awk > "expected/$capture.tsv"
    say "$capture" frame.time_epoch frame.cap_len frame.len frame.interface_name frame.protocols |
        awk 'BEGIN { FS = OFS = "\t"; print "frame.number", "time", "captured", "length", "interface" }
             NR > 1 && $5 != "data" { print ++packets, $1, $2, $3, $4 }' > "expected/frames/$capture.tsv"
}

work=$(mktemp -d)
log=$work/log
trap 'rm -rf "$work"' EXIT
rm -rf expected
shopt -s nullglob
# Link types that tshark 4.0 does not know: the capture holds the packets of another one, as tcpdump shows.
declare -A same_as=([made/link-slip.pcap]=made/link-ip4.pcap [made/link-dsa.pcap]=made/format-little-micro.pcap
    [made/link-dsa-ether.pcap]=made/format-little-micro.pcap [made/link-dsa-brcm.pcap]=made/format-little-micro.pcap
    [made/link-dsa-brcm-prepend.pcap]=made/format-little-micro.pcap)
for capture in *.pcap *.pcapng made/*; do
    [[ -v same_as[$capture] ]] || expect "$capture"
done
packets_of() { tcpdump -t -n -r "$1" 2> "$log" | sed -E 's/.*\b(IP6?|ARP,?) /\1 /'; }
for capture in "${!same_as[@]}"; do
    diff <(packets_of "$capture") <(packets_of "${same_as[$capture]}")
    for table in expected expected/groups; do cp "$table/${same_as[$capture]}.tsv" "$table/$capture.tsv"; done
done
# tshark stops at the first byte that is missing and so does not tell every field before it.
rm expected/pkt/made/short.pcap.tsv
awk -f expected_cut.awk expected/made/uncut.pcap.tsv expected/frames/made/uncut.pcap.tsv > expected/made/short.pcap.tsv

# Names in payload: kind, number of the packet, name, of HTTP also method, path and status (README.md). Messages of DNS and TLS
# in several segments are put together here; of TLS the connection stands for the packet, since the name is in the first.
names_of() {
    tshark -n -r "$1" -T fields -E separator=/t -E occurrence=f "${@:2}" 2> "$log" || { cat "$log" >&2; return 1; }
}
mkdir -p expected/names
for capture in names.pcap dns.pcap web.pcap mixed.pcapng; do
    {
        names_of "$capture" -Y 'dns.qry.name && (udp.port == 53 || tcp.port == 53) && !icmp && !icmpv6' -e frame.number -e dns.qry.name |
            sed 's/<Root>/./; s/^/dns\t/'
        names_of "$capture" -o tcp.desegment_tcp_streams:FALSE -Y '(http.request || http.response) && (tcp.port == 80 || tcp.port == 8080)' \
            -e frame.number -e http.host -e http.request.method -e http.request.uri -e http.response.code | sed 's/^/http\t/'
        names_of "$capture" -Y 'tls.handshake.extensions_server_name && tcp.port == 443' -e tcp.srcport -e tls.handshake.extensions_server_name |
            sed 's/^/tls\t/'
    } > "expected/names/$capture.tsv"
done
