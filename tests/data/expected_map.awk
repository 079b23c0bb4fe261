# Turns what tshark says of each packet (one line a packet, all occurrences of each field, comma between them) into the
# values of the header built-ins. Every rule below is a place where tshark and the language differ; see README.md.
#
# Input: the output of `tshark -T fields -E header=y -E occurrence=a` with the fields of make_expected.sh.
# Output: a header line, then a line a packet: its number, then each `builtin.member`; empty: not present.
# The same for members of __pkt to the file `pkt`; `-`: tshark does not say. `payload` is its first eight bytes as text.
# For each group of which a host tells, the members of __group, to the file `groups`, which is made when the first comes.
# The same for members of __inner to the file `inner`, of packets that have such a packet; it is made when the first comes.

BEGIN {
    FS = OFS = "\t"
    columns = split("frame.number " \
        "__etherhdr.src_addr __etherhdr.dst_addr __etherhdr.ether_type __etherhdr.vlan " \
        "__ip4hdr.src_addr __ip4hdr.dst_addr __ip4hdr.protocol __ip4hdr.ttl __ip4hdr.cksum __ip4hdr.id " \
        "__ip4hdr.total_len __ip4hdr.hdr_len __ip4hdr.tos __ip4hdr.frag_offset " \
        "__ip6hdr.src_addr __ip6hdr.dst_addr __ip6hdr.protocol __ip6hdr.hop_limit __ip6hdr.total_len " \
        "__ip6hdr.next_hdr __ip6hdr.flow_label __ip6hdr.traffic_class " \
        "__tcphdr.src_port __tcphdr.dst_port __tcphdr.flags __tcphdr.all_flags __tcphdr.seq_num __tcphdr.ack_num " \
        "__tcphdr.hdr_len __tcphdr.cksum __tcphdr.window __tcphdr.urg_ptr __tcphdr.options_len __tcphdr.mss " \
        "__tcphdr.wscale __tcphdr.sack_ok __tcphdr.sack_blocks __tcphdr.ts_val __tcphdr.ts_ecr " \
        "__udphdr.src_port __udphdr.dst_port __udphdr.length __udphdr.cksum " \
        "__icmp.type __icmp.code __icmp.cksum __icmp.id __icmp.seq __icmp.mtu __icmp.gateway " \
        "__icmp6.type __icmp6.code __icmp6.cksum __icmp6.id __icmp6.seq __icmp6.mtu __icmp6.target " \
        "__igmp.type __igmp.code __igmp.cksum __igmp.group_addr " \
        "__igmp.version __igmp.records __igmp.sources __mld.version __mld.group_addr __mld.records __mld.sources " \
        "__arphdr.hw_addr_type __arphdr.protocol_type __arphdr.hdr_len __arphdr.proto_len __arphdr.operation " \
        "__arphdr.src_mac_addr __arphdr.dst_mac_addr __arphdr.src_ip __arphdr.dst_ip", column, " ")
    for (i = 1; i <= columns; ++i) printf "%s%s", column[i], i < columns ? OFS : "\n"
    pkt_columns = split("frame.number vlan vlan_inner vlan_prio vlan_tags encap ip_version src_addr dst_addr ttl dscp ecn " \
        "protocol src_port dst_port payload_len payload direction", pkt_column, " ")
    for (i = 1; i <= pkt_columns; ++i) printf "%s%s", pkt_column[i], i < pkt_columns ? OFS : "\n" > pkt
    inner_columns = split("frame.number kind vni ip_version src_addr dst_addr protocol src_port dst_port len", inner_column, " ")
    group_columns = split("frame.number number type sources addr", group_column, " ")
    for (i = 0; i < 16; ++i) digit[substr("0123456789abcdef", i + 1, 1)] = i
}

# A number as tshark prints it, decimal or 0x..., as decimal.
function number(text,    i, value) {
    if (text !~ /^0x/) return text
    value = 0
    for (i = 3; i <= length(text); ++i) value = value * 16 + digit[substr(text, i, 1)]
    return sprintf("%.0f", value)
}

# Occurrence `n` (from 1) of a field.
function nth(name, n,    parts, count) {
    count = split($(field[name]), parts, ",")
    return n <= count ? number(parts[n]) : ""
}
function get(name) { return nth(name, 1) }
function last(name,    parts, count) {
    count = split($(field[name]), parts, ",")
    return count > 0 ? number(parts[count]) : ""
}

# The first network layer, behind the link header and all that may stand between the two.
function network_layer(path) {
    while (path ~ /^(pktap|pcap_pktdata|ppi|radiotap|wlan_radio|wlan|eth|null|raw|sll|ppp|chdlc|fr|fddi|ipnet):/ ||
           path ~ /^(ethertype|vlan|ieee8021ad|ieee8021ah|llc|mpls|pppoes):/) sub(/^[^:]*:/, "", path)
    sub(/:.*/, "", path)
    return path ~ /^(ip|ipv6|arp)$/ ? path : ""
}

# What of the path stands before it, with `:NETWORK` at the end: tags and labels of packets in packets are not there.
function before_network(path, network) {
    return network == "" ? path : substr(path, 1, match(path, ":" network "(:|$)")) network
}

function ethernet(network, path,    type) {
    value["__etherhdr.src_addr"] = get("eth.src")
    value["__etherhdr.dst_addr"] = get("eth.dst")
    type = get("eth.type")
    if (type == "") type = get("eth.len")                 # 802.3: the field holds a length
    value["__etherhdr.vlan"] = 0
    if (before_network(path, network) !~ /:(vlan|ieee8021ad)/) {
    } else if (get("ieee8021ad.id") get("ieee8021ad.svid") != "") {
        # tshark has no field for the type behind an 802.1ad tag: it shows in what follows.
        value["__etherhdr.vlan"] = get("ieee8021ad.svid") != "" ? get("ieee8021ad.svid") : get("ieee8021ad.id")
        type = network == "ip" ? 2048 : network == "ipv6" ? 34525 : "?"
    } else if (get("vlan.id") != "") {
        value["__etherhdr.vlan"] = get("vlan.id")         # the outermost tag
    }
    if (before_network(path, network) ~ /:vlan/) {
        if (last("vlan.etype") != "") type = last("vlan.etype")
        if (last("vlan.len") != "") type = last("vlan.len")
    }
    # What leads to IP as tags do: the type is that of what was reached.
    if (path ~ /:(mpls|pppoes|llc|ieee8021ah):/ && network != "") type = network == "ip" ? 2048 : network == "ipv6" ? 34525 : 2054
    value["__etherhdr.ether_type"] = type
}

function ipv4(    fragment) {
    value["__ip4hdr.src_addr"] = get("ip.src")
    # In a source-routed packet tshark calls the end of the route ip.dst.
    value["__ip4hdr.dst_addr"] = get("ip.cur_rt") != "" ? get("ip.cur_rt") : get("ip.dst")
    value["__ip4hdr.protocol"] = get("ip.proto")
    value["__ip4hdr.ttl"] = get("ip.ttl")
    value["__ip4hdr.cksum"] = get("ip.checksum")
    value["__ip4hdr.id"] = get("ip.id")
    value["__ip4hdr.total_len"] = raw_total_len
    value["__ip4hdr.hdr_len"] = get("ip.hdr_len")
    value["__ip4hdr.tos"] = get("ip.dsfield")
    # The 16 bits as on the wire: three flags, then the offset in units of eight bytes.
    fragment = get("ip.frag_offset")
    value["__ip4hdr.frag_offset"] = get("ip.flags") * 8192 + fragment
    whole["protocol"] = get("ip.proto")
    ip_payload = get("ip.proto") == 51 || raw_total_len == 0 ? "-" : raw_total_len - get("ip.hdr_len")
    whole["payload_len"] = fragment == 0 ? "-" : ip_payload
    if (fragment == 0) transport(get("ip.proto") == 51 ? last("ah.next_header") : get("ip.proto"), 4)
}

function ipv6(    next_header, seen, at, name) {
    value["__ip6hdr.src_addr"] = get("ipv6.src")
    value["__ip6hdr.dst_addr"] = get("ipv6.dst")
    value["__ip6hdr.hop_limit"] = get("ipv6.hlim")
    value["__ip6hdr.total_len"] = get("ipv6.plen")
    value["__ip6hdr.next_hdr"] = get("ipv6.nxt")
    value["__ip6hdr.flow_label"] = get("ipv6.flow")
    value["__ip6hdr.traffic_class"] = get("ipv6.tclass")
    # `protocol` is what follows the extension headers; of a later fragment, what its fragment header names.
    next_header = get("ipv6.nxt")
    ip_payload = (next_header "") in extension || get("ipv6.plen") == 0 ? "-" : get("ipv6.plen")
    whole["payload_len"] = "-"
    split("", seen)
    while ((next_header "") in extension) {
        name = extension[next_header]
        at = ++seen[name]
        if (nth(name, at) == "") break
        next_header = nth(name, at)
        if (name == "ipv6.fraghdr.nxt" && nth("ipv6.fraghdr.offset", at) != 0) {
            value["__ip6hdr.protocol"] = whole["protocol"] = next_header
            return
        }
    }
    value["__ip6hdr.protocol"] = whole["protocol"] = next_header
    transport(next_header, 6)
}

# Only the header that the outer IP header promises, so that packets in packets and those that ICMP quotes do not show.
function transport(protocol, version) {
    whole["protocol"] = protocol
    ports(protocol)
    if (protocol == 6) tcp()
    else if (protocol == 17) udp()
    else if (protocol == 1 && version == 4) icmp("__icmp", "icmp")
    else if (protocol == 58 && version == 6) { icmp("__icmp6", "icmpv6"); mld() }
    else if (protocol == 2 && version == 4) igmp()
}

# `payload_len` is what the headers say of this packet.
function ports(protocol,    name, known, text) {
    name = protocol == 6 ? "tcp" : protocol == 17 || protocol == 136 ? "udp" : protocol == 132 ? "sctp" : protocol == 33 ? "dccp" : ""
    known = protocol == 17 || protocol == 136 || protocol == 1 || protocol == 58 ? 8 : protocol == 132 ? 12 : name == "" ? 0 : "-"
    whole["payload_len"] = known == "-" || ip_payload == "-" ? "-" : ip_payload < known ? 0 : ip_payload - known
    if (name == "") return
    whole["src_port"] = get(name ".srcport")
    whole["dst_port"] = get(name ".dstport")
    if (protocol == 6 && get("tcp.hdr_len") < 20) { whole["payload_len"] = 0; return }
    # Of a packet that is cut short on the wire tcp.len is what came; of fragments there is none.
    if (protocol == 6 && ip_payload != "-") whole["payload_len"] = ip_payload - get("tcp.hdr_len")
    else if (protocol == 6 && get("tcp.len") != "") whole["payload_len"] = get("tcp.len")
    if (protocol == 17 && whole["payload_len"] == "-") whole["payload_len"] = get("udp.length") - 8
    if (protocol == 17 && get("udp.length") >= 8 && whole["payload_len"] > get("udp.length") - 8) whole["payload_len"] = get("udp.length") - 8
    text = $(field[name ".payload"])
    sub(/,.*/, "", text)
    gsub(/:/, "", text)
    if ((protocol == 6 || protocol == 17) && length(text) >= 16) whole["payload"] = substr(text, 1, 16)
}

# Tags in the order in which they stand; tshark has a field of its own for the outer ones of 802.1ad.
function tags(path, network,    list, count, parts, priority) {
    list = get("ieee8021ad.svid") != "" ? get("ieee8021ad.svid") "," get("ieee8021ad.cvid") : $(field["ieee8021ad.id"])
    if ($(field["vlan.id"]) != "") list = (list == "" ? "" : list ",") $(field["vlan.id"])
    priority = get("ieee8021ad.priority") != "" ? get("ieee8021ad.priority") : get("vlan.priority")
    count = before_network(path, network) ~ /:(vlan|ieee8021ad)/ ? split(list, parts, ",") : 0
    whole["vlan"] = count > 0 ? number(parts[1]) : 0
    whole["vlan_inner"] = count > 1 ? number(parts[2]) : 0
    whole["vlan_tags"] = count
    whole["vlan_prio"] = count > 0 ? priority : 0
}

# Bits as ENCAP_*: what stands before the network layer.
function encapsulation(path, network,    before) {
    before = path
    if (network != "") before = substr(path, 1, match(path, ":" network "(:|$)"))
    return (whole["vlan_tags"] > 0) + (network == "" ? 0 : 2 * (before ~ /:mpls:/) + 4 * (before ~ /:pppoes:/) + \
        8 * (before ~ /(eth|sll|vlan|ieee8021ad).*:llc:/) + 16 * (before ~ /:ieee8021ah:/))
}

# As PKT_*, of pcapng's flags or Linux's cooked header.
function direction(    type) {
    if (get("frame.packet_flags_direction") != "") return get("frame.packet_flags_direction") + 0
    type = get("sll.pkttype")
    return type == "" ? 0 : type <= 2 ? 1 : type == 3 ? 3 : type == 4 ? 2 : 0
}

function whole_packet(path, network,    four, six) {
    split("", whole)
    whole["frame.number"] = packets
    whole["protocol"] = whole["ttl"] = whole["dscp"] = whole["ecn"] = whole["ip_version"] = 0
    whole["src_port"] = whole["dst_port"] = whole["payload_len"] = 0
    whole["src_addr"] = whole["dst_addr"] = "0.0.0.0"
    whole["payload"] = "-"
    whole["direction"] = direction()
    tags(path, network)
    whole["encap"] = encapsulation(path, network)
    four = network == "ip"
    six = network == "ipv6"
    if (!four && !six) return
    whole["ip_version"] = four ? 4 : 6
    whole["src_addr"] = get(four ? "ip.src" : "ipv6.src")
    whole["dst_addr"] = six ? get("ipv6.dst") : get("ip.cur_rt") != "" ? get("ip.cur_rt") : get("ip.dst")
    whole["ttl"] = get(four ? "ip.ttl" : "ipv6.hlim")
    whole["dscp"] = get(four ? "ip.dsfield.dscp" : "ipv6.tclass.dscp")
    whole["ecn"] = get(four ? "ip.dsfield.ecn" : "ipv6.tclass.ecn")
}

# The innermost IP packet by the last of tshark's layers, and what stands between it and the IP packet around it. Of
# several layers of a kind each has its occurrence of the fields.
function inner_packet(path,    layers, count, i, network, at, outer, seen, carrier, next_header) {
    split("", packet)
    count = split(path, layers, ":")
    for (i = 1; i <= count; ++i) {
        ++seen[layers[i]]
        if (layers[i] == "ip" || layers[i] == "ipv6") {
            if (network != "") {
                packet["kind"] = carrier == "" ? 2 : kind_of[carrier]
                packet["vni"] = carrier in number_of ? or_zero(nth(number_of[carrier], seen[carrier])) : 0
            }
            network = layers[i]
            at = i
            carrier = ""
        } else if (network != "" && layers[i] in kind_of) carrier = layers[i]
    }
    if (!("kind" in packet)) return
    packet["frame.number"] = packets
    packet["ip_version"] = network == "ip" ? 4 : 6
    packet["src_addr"] = nth(network ".src", seen[network])
    packet["dst_addr"] = nth(network ".dst", seen[network])
    packet["src_port"] = packet["dst_port"] = 0
    next_header = network == "ip" ? last("ip.proto") : last("ipv6.nxt")
    packet["len"] = network == "ip" ? raw_inner_len : last("ipv6.plen") + 40
    for (i = at + 1; i <= count; ++i) {
        if (layers[i] == "ah") next_header = last("ah.next_header")
        else if (layers[i] ~ /^ipv6\./) next_header = last(layers[i] ".nxt")
        else if (layers[i] ~ /^(tcp|udp|sctp|dccp|udplite)$/) {
            if (layers[i] == "udplite") layers[i] = "udp"
            packet["src_port"] = or_zero(last(layers[i] ".srcport"))
            packet["dst_port"] = or_zero(last(layers[i] ".dstport"))
            break
        }
    }
    packet["protocol"] = next_header
    if (!inner_packets++) for (i = 1; i <= inner_columns; ++i) printf "%s%s", inner_column[i], i < inner_columns ? OFS : "\n" > inner
    for (i = 1; i <= inner_columns; ++i) printf "%s%s", packet[inner_column[i]], i < inner_columns ? OFS : "\n" > inner
}

function tcp() {
    value["__tcphdr.src_port"] = get("tcp.srcport")
    value["__tcphdr.dst_port"] = get("tcp.dstport")
    value["__tcphdr.flags"] = get("tcp.flags") % 64        # FIN to URG; tshark counts ECE, CWR and more in
    value["__tcphdr.all_flags"] = get("tcp.flags") % 512   # with ECE, CWR and AE; the three bits above are reserved
    value["__tcphdr.seq_num"] = get("tcp.seq_raw")
    value["__tcphdr.ack_num"] = get("tcp.ack_raw")
    value["__tcphdr.hdr_len"] = get("tcp.hdr_len")
    value["__tcphdr.cksum"] = get("tcp.checksum")
    value["__tcphdr.window"] = get("tcp.window_size_value")
    value["__tcphdr.urg_ptr"] = get("tcp.urgent_pointer")
    value["__tcphdr.options_len"] = get("tcp.hdr_len") > 20 ? get("tcp.hdr_len") - 20 : 0
    value["__tcphdr.mss"] = or_zero(get("tcp.options.mss_val"))
    value["__tcphdr.wscale"] = or_zero(get("tcp.options.wscale.shift"))
    value["__tcphdr.sack_ok"] = allows_sack()
    value["__tcphdr.sack_blocks"] = or_zero(get("tcp.options.sack.count"))
    value["__tcphdr.ts_val"] = or_zero(get("tcp.options.timestamp.tsval"))
    value["__tcphdr.ts_ecr"] = or_zero(get("tcp.options.timestamp.tsecr"))
}

# tshark has no field for it, but the kinds of all options, and the lengths of those that have one.
function allows_sack(    kinds, count, i, with_length) {
    count = split($(field["tcp.option_kind"]), kinds, ",")
    for (i = 1; i <= count; ++i) {
        if (kinds[i] < 2) continue
        ++with_length
        if (kinds[i] == 4 && nth("tcp.option_len", with_length) == 2) return 1
    }
    return 0
}

function udp() {
    value["__udphdr.src_port"] = get("udp.srcport")
    value["__udphdr.dst_port"] = get("udp.dstport")
    value["__udphdr.length"] = get("udp.length")
    value["__udphdr.cksum"] = get("udp.checksum")
}

function icmp(builtin, protocol,    target, quotes) {
    value[builtin ".type"] = get(protocol ".type")
    value[builtin ".code"] = get(protocol ".code")
    value[builtin ".cksum"] = get(protocol ".checksum")
    # Of an error they are those of the message that it quotes.
    quotes = get(protocol ".type") ~ (protocol == "icmp" ? "^(3|4|5|11|12)$" : "^[1-4]$")
    value[builtin ".id"] = quotes ? 0 : or_zero(get(version_of(protocol, "icmp.ident", "icmpv6.echo.identifier")))
    value[builtin ".seq"] = quotes ? 0 : or_zero(get(version_of(protocol, "icmp.seq", "icmpv6.echo.sequence_number")))
    value[builtin ".mtu"] = or_zero(get(protocol ".mtu"))
    if (protocol == "icmp") value[builtin ".gateway"] = get("icmp.redir_gw") != "" ? get("icmp.redir_gw") : "0.0.0.0"
    else {
        target = get("icmpv6.nd.ns.target_address") get("icmpv6.nd.na.target_address") get("icmpv6.nd.rd.target_address")
        value[builtin ".target"] = target != "" ? target : "::"
    }
}

function or_zero(text) { return text == "" ? 0 : text }
function version_of(protocol, four, six) { return protocol == "icmp" ? four : six }

# tshark has the second byte under six names, by version and type of the message.
function igmp(    code) {
    if (get("dvmrp.type") != "") {
        value["__igmp.type"] = get("dvmrp.type")
        value["__igmp.code"] = get("dvmrp.v1.code") get("dvmrp.v3.code")
        value["__igmp.cksum"] = get("dvmrp.checksum")
        value["__igmp.group_addr"] = "0.0.0.0"             # it has none
        value["__igmp.version"] = value["__igmp.records"] = value["__igmp.sources"] = 0
        return
    }
    value["__igmp.type"] = get("igmp.type")
    value["__igmp.cksum"] = get("igmp.checksum")
    code = get("igmp.max_resp") get("igmp.mtrace.max_hops")
    if (get("igmp.max_resp.exp") != "") {                  # tshark computes the time: 0x80, exponent, mantissa
        code = 128 + get("igmp.max_resp.exp") * 16 + get("igmp.max_resp.mant")
    }
    if (code == "") code = number("0x" get("igmp.reserved"))
    value["__igmp.code"] = code
    # A version 3 report has its groups in records; others that tshark finds no group in have none.
    value["__igmp.group_addr"] = get("igmp.type") == 34 || get("igmp.maddr") == "" ? "0.0.0.0" : get("igmp.maddr")
    value["__igmp.version"] = or_zero(get("igmp.version"))
    value["__igmp.records"] = or_zero(get("igmp.num_grp_recs"))
    value["__igmp.sources"] = get("igmp.type") == 17 ? or_zero(get("igmp.num_src")) : 0
    if (get("igmp.type") == 34) records(value["__igmp.records"], "igmp.maddr", "igmp.record_type", "igmp.num_src")
    else if (get("igmp.type") == 18 || get("igmp.type") == 22) one_group(2, get("igmp.maddr"))
    else if (get("igmp.type") == 23) one_group(3, get("igmp.maddr"))
}

# tshark has no field for its version: by the messages of each, and which fields of a query there are.
function mld(    type) {
    type = get("icmpv6.type")
    value["__mld.version"] = type == 143 || get("icmpv6.mld.nb_sources") != "" ? 2 : type ~ /^13[012]$/ ? 1 : 0
    value["__mld.group_addr"] = type ~ /^13[012]$/ && get("icmpv6.mld.multicast_address") != "" ? get("icmpv6.mld.multicast_address") : "::"
    value["__mld.records"] = or_zero(get("icmpv6.mldr.nb_mcast_records"))
    value["__mld.sources"] = or_zero(get("icmpv6.mld.nb_sources"))
    if (type == 143) records(value["__mld.records"], "icmpv6.mldr.mar.multicast_address", "icmpv6.mldr.mar.record_type", "icmpv6.mldr.mar.nb_sources")
    else if (type == 131) one_group(2, get("icmpv6.mld.multicast_address"))
    else if (type == 132) one_group(3, get("icmpv6.mld.multicast_address"))
}

# Of a record that was cut off before its group tshark shows the type alone; of MLD it shows more than the report says.
function records(most, addr, type, sources,    i) {
    for (i = 1; i <= most && nth(addr, i) != ""; ++i) group(i - 1, nth(type, i), nth(sources, i), nth(addr, i))
}
function one_group(type, addr) { if (addr != "") group(0, type, 0, addr) }
function group(which, type, sources, addr,    i) {
    if (!groups_told++) for (i = 1; i <= group_columns; ++i) printf "%s%s", group_column[i], i < group_columns ? OFS : "\n" > groups
    print packets, which, type, sources, addr > groups
}

function arp() {
    value["__arphdr.hw_addr_type"] = get("arp.hw.type")
    value["__arphdr.protocol_type"] = get("arp.proto.type")
    value["__arphdr.hdr_len"] = get("arp.hw.size")
    value["__arphdr.proto_len"] = get("arp.proto.size")
    value["__arphdr.operation"] = get("arp.opcode")
    value["__arphdr.src_mac_addr"] = get("arp.src.hw_mac")
    value["__arphdr.dst_mac_addr"] = get("arp.dst.hw_mac")
    value["__arphdr.src_ip"] = get("arp.src.proto_ipv4")
    value["__arphdr.dst_ip"] = get("arp.dst.proto_ipv4")
}

NR == 1 {
    for (i = 1; i <= NF; ++i) field[$i] = i
    extension["0"] = "ipv6.hopopts.nxt"
    extension["43"] = "ipv6.routing.nxt"
    extension["44"] = "ipv6.fraghdr.nxt"
    extension["51"] = "ah.next_header"
    extension["60"] = "ipv6.dstopts.nxt"
    kind_of["gre"] = 1
    kind_of["vxlan"] = 3
    kind_of["geneve"] = 4
    kind_of["gtp"] = 5
    kind_of["icmp"] = kind_of["icmpv6"] = 6
    number_of["gre"] = "gre.key"
    number_of["vxlan"] = "vxlan.vni"
    number_of["geneve"] = "geneve.vni"
    number_of["gtp"] = "gtp.teid"
    next
}

# tshark lists custom blocks of pcapng as packets without a link layer.
$(field["frame.protocols"]) == "data" { next }

{
    split("", value)
    value["frame.number"] = ++packets
    # Beside the fields, on each line: ip.len of a run in which tshark does not compute it for offloaded segments.
    raw_inner_len = raw_total_len = $NF
    sub(/.*,/, "", raw_inner_len)
    sub(/,.*/, "", raw_total_len)
    network = network_layer($(field["frame.protocols"]))
    whole_packet($(field["frame.protocols"]), network)
    inner_packet($(field["frame.protocols"]))
    if ($(field["frame.protocols"]) ~ /^(pktap:pcap_pktdata:)?eth(:|$)/) ethernet(network, $(field["frame.protocols"]))
    if (network == "ip") ipv4()
    else if (network == "ipv6") ipv6()
    else if (network == "arp") arp()
    for (i = 1; i <= columns; ++i) printf "%s%s", value[column[i]], i < columns ? OFS : "\n"
    for (i = 1; i <= pkt_columns; ++i) printf "%s%s", whole[pkt_column[i]], i < pkt_columns ? OFS : "\n" > pkt
}
