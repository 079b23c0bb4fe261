// Packet filters: tcpdump expressions compiled by libpcap into classic BPF.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

struct FilterError {
    std::string message;           // libpcap's, tidied: lower case, no full stop
    std::string at;                // the word of the expression that it is about, empty when none can be named
    std::optional<size_t> offset;  // of that word in the expression, bytes
};

// Compiles `expression` for packets of a link type (DLT_ value of libpcap) of which at most `snap_length` bytes are
// kept. An empty expression matches every packet. Needs no privilege. On failure `error` says why and an empty vector
// is returned.
std::vector<sock_filter> compile_filter(const std::string& expression, int link_type, int snap_length,
                                        FilterError& error);

// DLT_EN10MB: what filters are compiled for when no interface or capture has said its own yet.
inline constexpr int ethernet_link_type = 1;

// One instruction as `tcpdump -d` shows it; `index` is its place in the program.
std::string describe_filter_instruction(const sock_filter& instruction, int index);

}  // namespace probevue
