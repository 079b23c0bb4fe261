// The tables of built-in variables, event fields, protocols, functions and probe points.
#include <doctest/doctest.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/igmp.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include <array>
#include <cstddef>
#include <set>
#include <string>

#include "builtins/builtin.h"
#include "builtins/event.h"
#include "builtins/function.h"
#include "builtins/packet.h"
#include "builtins/probe.h"

using namespace probevue;

namespace {

// Bytes that every header of the layer has.
size_t header_size(Layer layer) {
    switch (layer) {
        case Layer::ether:
            return sizeof(ether_header);
        case Layer::arp:
            return sizeof(ether_arp);
        case Layer::ip4:
        case Layer::inner_ip4:
            return sizeof(iphdr);
        case Layer::ip6:
        case Layer::inner_ip6:
            return sizeof(ip6_hdr);
        case Layer::tcp:
            return sizeof(tcphdr);
        case Layer::udp:
            return sizeof(udphdr);
        case Layer::icmp4:
        case Layer::icmp4_echo:
        case Layer::icmp4_unfragmented:
        case Layer::icmp4_redirect:
        case Layer::icmp6_echo:
        case Layer::icmp6_too_big:
            return 8;
        case Layer::igmp_report:
        case Layer::mld_report:
            return 8;
        case Layer::igmp_query:
            return 12;
        case Layer::mld_group:
            return sizeof(mld_hdr);
        case Layer::mld_query:
            return sizeof(mld_hdr) + 4;
        case Layer::group4:
            return 4;
        case Layer::group6:
            return 16;
        case Layer::ports:
        case Layer::inner_ports:
        case Layer::tcp_mss:
            return 4;
        case Layer::tcp_window_scale:
            return 3;
        case Layer::tcp_sack_allowed:
        case Layer::tcp_sack:
            return 2;
        case Layer::tcp_timestamps:
            return 10;
        case Layer::icmp6_target:
            return sizeof(nd_neighbor_solicit);
        case Layer::icmp6:
            return sizeof(icmp6_hdr);
        case Layer::igmp:
            return sizeof(igmp);
        case Layer::count:
            break;
    }
    return 0;
}

const PacketField& field_of(std::string_view name, std::string_view member) {
    const BuiltinRow* row = find_builtin(name, member);
    REQUIRE_MESSAGE(row != nullptr, std::string(name) << "->" << std::string(member));
    REQUIRE(std::holds_alternative<PacketField>(row->from));
    return std::get<PacketField>(row->from);
}

// The value of an integer member of a header, as the rule of PacketField says.
template <typename Header>
uint64_t read(const Header& header, std::string_view name, std::string_view member) {
    const PacketField& field = field_of(name, member);
    REQUIRE(size_t{field.offset} + field.width <= sizeof(Header));
    const auto* bytes = reinterpret_cast<const uint8_t*>(&header) + field.offset;
    uint64_t raw = 0;
    for (size_t i = 0; i < field.width; ++i) raw = raw << 8 | bytes[i];
    return ((raw >> field.shift) & field.mask) << field.scale;
}

size_t offset_of(std::string_view name, std::string_view member) { return field_of(name, member).offset; }

}  // namespace

TEST_CASE("built-in variables: each name once, described, within its layer") {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const BuiltinRow& row : builtin_rows()) {
        CAPTURE(std::string(row.name) + "->" + std::string(row.member));
        CHECK(seen.emplace(row.name, row.member).second);
        CHECK(find_builtin(row.name, row.member) == &row);
        CHECK(is_builtin(row.name));
        CHECK_FALSE(row.doc.empty());
        if (!row.unavailable.empty()) continue;
        CHECK_FALSE(row.probes.empty());
        CHECK(row.type.kind != ValueKind::none);
        CHECK((row.type.size != 0) == (row.type.kind == ValueKind::string));
        const bool of_event =
            std::holds_alternative<EventField>(row.from) || std::holds_alternative<IntervalLength>(row.from);
        CHECK((row.protocols != 0) == !of_event);
        if (const auto* field = std::get_if<PacketField>(&row.from)) {
            CHECK(size_t{field->offset} + field->width <= header_size(field->layer));
            CHECK((field->width == 6) == (row.type.kind == ValueKind::mac));
            CHECK((row.type.kind != ValueKind::ip || field->width == 4 || field->width == 16));
        }
    }
    CHECK(find_builtin("__tcphdr", "") == nullptr);
    CHECK(find_builtin("__tcphdr", "sport") == nullptr);
    CHECK(find_builtin("__nothing", "") == nullptr);
    CHECK_FALSE(is_builtin("__tcphd"));
    CHECK_FALSE(is_builtin(""));
}

TEST_CASE("header members lie where the system's headers have them") {
    CHECK(offset_of("__etherhdr", "src_addr") == offsetof(ether_header, ether_shost));
    CHECK(offset_of("__etherhdr", "dst_addr") == offsetof(ether_header, ether_dhost));
    CHECK(offset_of("__arphdr", "hw_addr_type") == offsetof(ether_arp, ea_hdr.ar_hrd));
    CHECK(offset_of("__arphdr", "protocol_type") == offsetof(ether_arp, ea_hdr.ar_pro));
    CHECK(offset_of("__arphdr", "hdr_len") == offsetof(ether_arp, ea_hdr.ar_hln));
    CHECK(offset_of("__arphdr", "proto_len") == offsetof(ether_arp, ea_hdr.ar_pln));
    CHECK(offset_of("__arphdr", "operation") == offsetof(ether_arp, ea_hdr.ar_op));
    CHECK(offset_of("__arphdr", "src_mac_addr") == offsetof(ether_arp, arp_sha));
    CHECK(offset_of("__arphdr", "src_ip") == offsetof(ether_arp, arp_spa));
    CHECK(offset_of("__arphdr", "dst_mac_addr") == offsetof(ether_arp, arp_tha));
    CHECK(offset_of("__arphdr", "dst_ip") == offsetof(ether_arp, arp_tpa));
    CHECK(offset_of("__ip4hdr", "src_addr") == offsetof(iphdr, saddr));
    CHECK(offset_of("__ip4hdr", "dst_addr") == offsetof(iphdr, daddr));
    CHECK(offset_of("__ip6hdr", "src_addr") == offsetof(ip6_hdr, ip6_src));
    CHECK(offset_of("__ip6hdr", "dst_addr") == offsetof(ip6_hdr, ip6_dst));
    CHECK(offset_of("__udphdr", "src_port") == offsetof(udphdr, uh_sport));
    CHECK(offset_of("__udphdr", "dst_port") == offsetof(udphdr, uh_dport));
    CHECK(offset_of("__udphdr", "length") == offsetof(udphdr, uh_ulen));
    CHECK(offset_of("__udphdr", "cksum") == offsetof(udphdr, uh_sum));
    CHECK(offset_of("__icmp", "type") == offsetof(icmphdr, type));
    CHECK(offset_of("__icmp", "code") == offsetof(icmphdr, code));
    CHECK(offset_of("__icmp", "cksum") == offsetof(icmphdr, checksum));
    CHECK(offset_of("__icmp6", "type") == offsetof(icmp6_hdr, icmp6_type));
    CHECK(offset_of("__icmp6", "code") == offsetof(icmp6_hdr, icmp6_code));
    CHECK(offset_of("__icmp6", "cksum") == offsetof(icmp6_hdr, icmp6_cksum));
    CHECK(offset_of("__igmp", "type") == offsetof(igmp, igmp_type));
    CHECK(offset_of("__igmp", "code") == offsetof(igmp, igmp_code));
    CHECK(offset_of("__igmp", "cksum") == offsetof(igmp, igmp_cksum));
    CHECK(offset_of("__igmp", "group_addr") == offsetof(igmp, igmp_group));
}

TEST_CASE("members of an IPv4 header") {
    iphdr header{};
    header.version = 4;
    header.ihl = 15;
    header.tos = 0xb8;
    header.tot_len = htons(1500);
    header.id = htons(0x1234);
    header.frag_off = htons(IP_DF | IP_MF | 0x0567);
    header.ttl = 63;
    header.protocol = IPPROTO_TCP;
    header.check = htons(0xabcd);
    CHECK(read(header, "__ip4hdr", "hdr_len") == 60);
    CHECK(read(header, "__ip4hdr", "tos") == 0xb8);
    CHECK(read(header, "__ip4hdr", "total_len") == 1500);
    CHECK(read(header, "__ip4hdr", "id") == 0x1234);
    CHECK(read(header, "__ip4hdr", "frag_offset") == 0x6567);
    CHECK(read(header, "__ip4hdr", "ttl") == 63);
    CHECK(read(header, "__ip4hdr", "protocol") == 6);
    CHECK(read(header, "__ip4hdr", "cksum") == 0xabcd);
}

TEST_CASE("members of an IPv6 header") {
    ip6_hdr header{};
    header.ip6_flow = htonl(0x6ab12345);
    header.ip6_plen = htons(1440);
    header.ip6_nxt = IPPROTO_HOPOPTS;
    header.ip6_hlim = 255;
    CHECK(read(header, "__ip6hdr", "traffic_class") == 0xab);
    CHECK(read(header, "__ip6hdr", "flow_label") == 0x12345);
    CHECK(read(header, "__ip6hdr", "total_len") == 1440);
    CHECK(read(header, "__ip6hdr", "next_hdr") == 0);
    CHECK(read(header, "__ip6hdr", "hop_limit") == 255);
    CHECK(std::get<PacketSlot>(find_builtin("__ip6hdr", "protocol")->from) == PacketSlot::ip6_protocol);
}

TEST_CASE("members of a TCP header") {
    tcphdr header{};
    header.th_sport = htons(48401);
    header.th_dport = htons(23);
    header.th_seq = htonl(0xfedcba98);
    header.th_ack = htonl(0x89abcdef);
    header.th_off = 5;
    header.th_x2 = 0xf;
    header.th_flags = 0xff;
    header.th_win = htons(65535);
    header.th_sum = htons(0x1357);
    header.th_urp = htons(0x2468);
    CHECK(read(header, "__tcphdr", "src_port") == 48401);
    CHECK(read(header, "__tcphdr", "dst_port") == 23);
    CHECK(read(header, "__tcphdr", "seq_num") == 0xfedcba98);
    CHECK(read(header, "__tcphdr", "ack_num") == 0x89abcdef);
    CHECK(read(header, "__tcphdr", "hdr_len") == 20);
    CHECK(read(header, "__tcphdr", "flags") == 0x3f);
    CHECK(read(header, "__tcphdr", "window") == 65535);
    CHECK(read(header, "__tcphdr", "cksum") == 0x1357);
    CHECK(read(header, "__tcphdr", "urg_ptr") == 0x2468);
}

TEST_CASE("protocols fill the headers that the specification says") {
    const auto fills = [](std::string_view protocol, std::string_view name, std::string_view member) {
        return (find_builtin(name, member)->protocols & static_cast<ProtocolSet>(find_protocol(protocol)->protocol)) !=
               0;
    };
    CHECK(fills("tcp", "__ip4hdr", "ttl"));
    CHECK(fills("tcp", "__ip6hdr", "hop_limit"));
    CHECK(fills("tcp", "__tcphdr", "flags"));
    CHECK_FALSE(fills("tcp", "__udphdr", "length"));
    CHECK_FALSE(fills("ipv4", "__tcphdr", "flags"));
    CHECK_FALSE(fills("icmp6", "__ip4hdr", "ttl"));
    CHECK(fills("rarp", "__arphdr", "src_ip"));
    CHECK(fills("igmp", "__ip4hdr", "ttl"));
    CHECK(fills("arp", "__etherhdr", "ether_type"));
    CHECK_FALSE(fills("*", "__etherhdr", "ether_type"));
    CHECK(fills("group", "__group", "addr"));
    CHECK(fills("group", "__igmp", "type"));
    CHECK(fills("group", "__icmp6", "type"));
    CHECK(fills("icmp6", "__mld", "records"));
    CHECK_FALSE(fills("igmp", "__mld", "records"));
    CHECK_FALSE(fills("igmp", "__group", "addr"));
    CHECK_FALSE(fills("group", "__icmp", "type"));
    CHECK(fills("*", "__mdata", ""));
    CHECK(fills("tcp", "__mdata", ""));
    CHECK(find_protocol("sctp") == nullptr);
    for (const ProtocolRow& row : protocols()) {
        CHECK_FALSE(row.doc.empty());
        CHECK(find_protocol(row.name) == &row);
    }
}

TEST_CASE("misprints and extensions of built-in variables are marked") {
    const BuiltinRow* misprint = find_builtin("_nth_retransmit", "");
    REQUIRE(misprint != nullptr);
    CHECK(misprint->right == "__nth_retransmit");
    CHECK(std::get<EventField>(misprint->from) == EventField::nth_retransmit);
    CHECK(misprint->type.kind == ValueKind::u16);
    CHECK(find_builtin("__etherhdr", "vlan")->extension);
    CHECK(find_builtin("__total_retransmit", "")->extension);
    CHECK_FALSE(find_builtin("__nth_retransmit", "")->extension);
    CHECK(find_builtin("__pname", "")->type.size == 32);
    // Any member of a name that is unavailable as a whole gives the reason; a member with a row of its own does not.
    CHECK_FALSE(find_builtin("__iobuf", "bufid")->unavailable.empty());
    CHECK_FALSE(find_builtin("__mst", "r14")->unavailable.empty());
    CHECK(find_builtin("__mst", "iar")->unavailable.empty());
}

TEST_CASE("event frames: fields do not overlap and are aligned") {
    size_t end = 0;
    for (const EventFieldRow& row : event_fields()) {
        CAPTURE(std::string(row.name));
        CHECK(row.offset == end);
        CHECK(row.offset % 8 == 0);
        end = row.offset + (row.type.kind == ValueKind::string ? size_t{row.type.size}
                            : row.type.kind == ValueKind::ip   ? size_t{24}
                                                               : size_t{8});
        CHECK_FALSE(row.doc.empty());
        CHECK(find_event_field(row.name) == &row);
        CHECK(&event_field(row.field) == &row);
    }
    CHECK(end == event_frame_size());
    CHECK(find_event_field("no_such_field") == nullptr);
}

TEST_CASE("functions: each name once, described, with a prototype or a reason") {
    std::set<std::string_view> seen;
    for (const FunctionRow& row : functions()) {
        CAPTURE(std::string(row.name));
        CHECK(seen.insert(row.name).second);
        CHECK(find_function(row.name) == &row);
        CHECK(&function(row.id) == &row);
        CHECK_FALSE(row.doc.empty());
        CHECK(row.prototype.empty() != row.unavailable.empty());
        CHECK(row.probes.empty() != row.unavailable.empty());
        CHECK((row.variable.empty() || find_builtin(row.variable, row.member) != nullptr));
        for (const Parameter& parameter : parameters(row.id)) {
            if (parameter.kind != ParameterKind::constant) continue;
            bool known = false;
            for (const ConstantRow& constant : constants()) known = known || constant.group == parameter.group;
            CHECK_MESSAGE(known, std::string(parameter.group));
        }
    }
    // IBM's list of functions, and those of arrays, process attributes and ranges.
    for (const char* name : {"add_range",
                             "append",
                             "atoi",
                             "avg",
                             "commit_tentative",
                             "discard_tentative",
                             "convert_ip4_addr",
                             "convert_ip6_addr",
                             "copy_kdata",
                             "copy_userdata",
                             "count",
                             "diff_time",
                             "eprintf",
                             "exit",
                             "fd_fname",
                             "fd_fstype",
                             "fd_ftype",
                             "fd_inodeid",
                             "fd_mpath",
                             "fd_path",
                             "fpath_inodeid",
                             "get_function",
                             "get_kstring",
                             "get_location_point",
                             "get_probe",
                             "get_stktrace",
                             "get_kbytes",
                             "get_ubytes",
                             "get_userstring",
                             "list",
                             "group_output_start",
                             "group_output_end",
                             "lquantize",
                             "max",
                             "min",
                             "print_args",
                             "print",
                             "print_table",
                             "printf",
                             "ptree",
                             "quantize",
                             "qrange",
                             "round_trip_time",
                             "set_aso_print_options",
                             "set_date_format",
                             "set_range",
                             "sockfd_netinfo",
                             "start_tentative",
                             "end_tentative",
                             "stktrace",
                             "strstr",
                             "sum",
                             "timestamp",
                             "trace",
                             "delete",
                             "exists",
                             "clear",
                             "get_proc",
                             "get_thread",
                             "get_ublock",
                             "get_cwd",
                             "clear_range"}) {
        CAPTURE(name);
        REQUIRE(find_function(name) != nullptr);
        CHECK(find_function(name)->unavailable.empty());
    }
    CHECK(find_function("malloc") == nullptr);
    CHECK(find_function("delete")->id == FunctionId::delete_);
}

TEST_CASE("prototypes are parsed") {
    const auto print = parameters(FunctionId::printf);
    REQUIRE(print.size() == 2);
    CHECK(print[0].kind == ParameterKind::format);
    CHECK(print[1].kind == ParameterKind::any);
    CHECK(print[1].repeated);
    CHECK_FALSE(print[1].optional);
    CHECK(result_type(FunctionId::printf).kind == ValueKind::none);

    const auto difference = parameters(FunctionId::diff_time);
    REQUIRE(difference.size() == 3);
    CHECK(difference[0].kind == ParameterKind::timestamp);
    CHECK(difference[0].name == "begin");
    CHECK(difference[2].kind == ParameterKind::constant);
    CHECK(difference[2].group == "time_unit");
    CHECK(result_type(FunctionId::diff_time).kind == ValueKind::u64);

    const auto range = parameters(FunctionId::set_range);
    REQUIRE(range.size() == 5);
    CHECK_FALSE(range[2].optional);
    CHECK(range[3].optional);
    CHECK(range[4].optional);

    CHECK(parameters(FunctionId::append)[1].kind == ParameterKind::integer_or_list);
    CHECK(parameters(FunctionId::exit).empty());
    CHECK(parameters(FunctionId::livedump).empty());
    CHECK(returns_list(FunctionId::list));
    CHECK_FALSE(returns_list(FunctionId::sum));
    CHECK(result_type(FunctionId::get_probe).kind == ValueKind::string);
    CHECK(result_type(FunctionId::get_probe).size == 1023);
    CHECK(result_type(FunctionId::fd_path).kind == ValueKind::path);
}

TEST_CASE("flags of print do not look like a number of elements") {
    for (const ConstantRow& row : constants()) {
        if (row.group == "print_flags") CHECK(row.value > int64_t{UINT32_MAX});
    }
}

TEST_CASE("probe points: every form once, and as many fields as it shows") {
    std::set<std::string_view> forms;
    for (const ProbePointRow& row : probe_points()) {
        CAPTURE(std::string(row.form));
        CHECK(forms.insert(row.form).second);
        CHECK_FALSE(row.doc.empty());
        CHECK(row.form.starts_with("@@" + std::string(row.manager)));
        CHECK(is_probe_manager(row.manager));
        size_t colons = 0;
        for (char c : row.form) colons += c == ':';
        CHECK(colons == row.fields.size());
        for (const TupleFieldRule& field : row.fields) {
            CHECK((field.rule == FieldRule::literal) == !field.text.empty());
            if (field.rule == FieldRule::literal) CHECK(row.form.find(field.text) != std::string_view::npos);
        }
    }
    for (const char* name : {"BEGIN", "END", "uft", "uftxlc++", "uftjava", "syscall", "syscallx", "interval",
                             "systrace", "sysproc", "io", "net"}) {
        CHECK(is_probe_manager(name));
    }
    CHECK_FALSE(is_probe_manager("kprobe"));
}

TEST_CASE("type names are found") {
    for (const TypeNameRow& row : type_names()) {
        CHECK(find_type_name(row.name) == &row);
        CHECK_FALSE(row.doc.empty());
    }
    CHECK(find_type_name("ip_addr_t") != nullptr);
    CHECK(find_type_name("ip_addr") == nullptr);
}
