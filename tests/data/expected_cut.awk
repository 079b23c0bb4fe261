# Derives the values of made/short.pcap from those of made/uncut.pcap, whose packets it has cut at every length: a field
# that is not captured whole is zero, and a header is present when the one below says that it follows.
#
# Input: expected/made/uncut.tsv, then expected/frames/made/uncut.tsv. Output: expected/made/short.tsv.

BEGIN {
    FS = OFS = "\t"
    # Where each field ends, counted from the start of its header.
    layout("__etherhdr", "dst_addr 6 src_addr 12 ether_type 14 vlan 16")
    layout("__ip4hdr", "hdr_len 1 tos 2 total_len 4 id 6 frag_offset 8 ttl 9 protocol 10 cksum 12 src_addr 16 dst_addr 20")
    layout("__ip6hdr", "traffic_class 4 flow_label 4 total_len 6 next_hdr 7 protocol 7 hop_limit 8 src_addr 24 dst_addr 40")
    layout("__tcphdr", "src_port 2 dst_port 4 seq_num 8 ack_num 12 hdr_len 13 flags 14 all_flags 14 window 16 cksum 18 urg_ptr 20 " \
        "options_len 13 mss 24 sack_ok 26 ts_val 32 ts_ecr 36 wscale 40 sack_blocks 40")
    layout("__udphdr", "src_port 2 dst_port 4 length 6 cksum 8")
    layout("__icmp", "type 1 code 2 cksum 4 id 6 seq 8 mtu 8 gateway 8")
    layout("__icmp6", "type 1 code 2 cksum 4 id 6 seq 8 mtu 8 target 24")
    layout("__mld", "version 1 group_addr 24 records 8 sources 28")
    layout("__igmp", "type 1 code 2 cksum 4 group_addr 8 version 2 records 8 sources 12")
    layout("__arphdr", "hw_addr_type 2 protocol_type 4 hdr_len 5 proto_len 6 operation 8 src_mac_addr 14 src_ip 18 " \
        "dst_mac_addr 24 dst_ip 28")
}

function layout(header, members,    parts, count, i) {
    count = split(members, parts, " ")
    for (i = 1; i < count; i += 2) end[header "." parts[i]] = parts[i + 1]
}

# What a field of this packet reads when it was cut off.
function nothing(name, whole) {
    if (name ~ /mac_addr$/ || name ~ /^__etherhdr.*_addr$/) return "00:00:00:00:00:00"
    if (name == "__mld.group_addr") return "::"
    if (name ~ /_ip$|group_addr$|gateway$|^__ip4hdr.*_addr$/) return "0.0.0.0"
    return name ~ /^__ip6hdr.*_addr$|target$/ ? "::" : 0
}

# Where headers of this packet begin, and how much of it must be captured for each to be known of.
function place_headers(    type_end, tagged) {
    tagged = value["__etherhdr.vlan"] != 0
    type_end = tagged ? 18 : 14
    begin["__etherhdr"] = needed["__etherhdr"] = 0
    end["__etherhdr.ether_type"] = type_end
    begin["__ip4hdr"] = begin["__ip6hdr"] = begin["__arphdr"] = type_end
    needed["__ip4hdr"] = needed["__ip6hdr"] = needed["__arphdr"] = type_end
    ip_end = type_end + (value["__ip6hdr.hop_limit"] != "" ? 40 : value["__ip4hdr.hdr_len"])
    protocol_end = type_end + (value["__ip6hdr.hop_limit"] != "" ? 7 : 10)
    split("__tcphdr __udphdr __icmp __icmp6 __igmp __mld", transports, " ")
    for (i in transports) {
        begin[transports[i]] = ip_end
        needed[transports[i]] = protocol_end
    }
}

function print_cut(captured,    i, name, header, cell) {
    printf "%d", ++packets
    for (i = 2; i <= columns; ++i) {
        name = column[i]
        header = substr(name, 1, index(name, ".") - 1)
        cell = value[name]
        if (cell != "" && captured < needed[header]) cell = ""
        if (cell != "" && captured < begin[header] + end[name]) cell = nothing(name, cell)
        printf "%s%s", OFS, cell
    }
    printf "\n"
}

FNR == 1 { ++file }
file == 1 && FNR == 1 { columns = split($0, column, FS); print; next }
file == 1 { line[$1] = $0; next }
file == 2 && FNR > 1 {
    split(line[$1], cells, FS)
    for (i = 1; i <= columns; ++i) value[column[i]] = cells[i]
    place_headers()
    for (captured = 0; captured < $3; ++captured) print_cut(captured)
}
