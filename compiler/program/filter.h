// Packet filters: tcpdump expressions compiled by libpcap into classic BPF.
#pragma once

#include <linux/filter.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

struct FilterError {
    std::string message;           // libpcap's, tidied: lower case, no full stop
    std::string at;                // the word of the expression that it is about, empty when none can be named
    std::optional<size_t> offset;  // of that word in the expression, bytes
    bool is_syntax = false;        // no expression of any link type is written so
    bool never = false;            // the expression is sound, and no packet of the link type can match it
    bool wants_netmask = false;    // it would compile if the netmask were known (`ip broadcast`)
    std::string hint;              // what to do; may be empty
};

// DLT_EN10MB: what filters are compiled for when no interface or capture has said its own yet.
inline constexpr int ethernet_link_type = 1;
// The snap length of those who want packets whole, as tcpdump has it.
inline constexpr int whole_packets = 262'144;

// Where the packets come from that a filter is for. The code depends on it as that of `tcpdump -r` and `-i` does.
struct FilterTarget {
    int link_type = ethernet_link_type;  // DLT_ value of libpcap
    int snap_length = whole_packets;     // bytes of a packet that are kept at the most
    // From a capture file: another system may have written it, so that address families are those of every system
    // (BSD loopback), and nothing can be asked but the bytes of the packet.
    bool from_file = false;
    bool swapped = false;             // that file has the byte order that this machine does not have
    std::optional<uint32_t> netmask;  // IPv4, host byte order, of the interface that captured; none: not known

    auto operator<=>(const FilterTarget&) const = default;
};

// Compiles `expression` for packets of a target. An empty expression matches every packet. Needs no privilege. On
// failure `error` says why and an empty vector is returned. The code may jump back (`protochain`), which only our
// engine and libpcap's own interpreter run.
std::vector<sock_filter> compile_filter(const std::string& expression, const FilterTarget& target, FilterError& error);

// A filter on events that carry a packet. Some of these packets have an Ethernet header, others begin with that of IP.
struct EventFilter {
    std::string text;                   // as written
    std::vector<sock_filter> ethernet;  // for packets with an Ethernet header
    std::vector<sock_filter> raw;       // for those without; empty: it asks for what only a link header has

    bool operator==(const EventFilter& other) const { return text == other.text; }
};

// Compiles an expression, which is not empty, in both ways. No code jumps back, as programs of the kernel cannot. None:
// `error` says why.
std::optional<EventFilter> compile_event_filter(const std::string& expression, FilterError& error);

// The largest number of a link type (DLT_*) that the library knows.
int highest_link_type();

// Is there a target for which it compiles? If not, `error` says what is wrong on Ethernet.
bool check_filter(const std::string& expression, FilterError& error);

// Bytes of a packet, from its start, that the code may look at; whole_packets where that depends on the packet.
uint32_t bytes_read_by(const std::vector<sock_filter>& code);

// One instruction as `tcpdump -d` shows it; `index` is its place in the program.
std::string describe_filter_instruction(const sock_filter& instruction, int index);

}  // namespace probevue
