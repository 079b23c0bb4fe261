#include "runtime/sources/filtering.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace probevue {
namespace {

std::string netmask_hint(const PacketInterface& interface) {
    constexpr const char* name_address = "name the broadcast address instead, as in `dst host 192.0.2.255`";
    if (interface.from_file) return fmt::format("the capture does not hold the netmask: {}", name_address);
    if (interface.name == "any")
        return fmt::format("`any` is many networks: name an interface whose netmask is meant, or {}", name_address);
    return fmt::format("`{}` has no IPv4 address: {}", interface.name, name_address);
}

// Does the kernel take the filter? It refuses jumps back (`protochain`), more than 4096 instructions, and more memory
// than a socket may have. Any socket will do to ask.
bool kernel_takes(std::vector<sock_filter>& code) {
    const int socket_to_ask = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_to_ask < 0) return false;
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    const bool taken = code.size() <= BPF_MAXINSNS &&
                       setsockopt(socket_to_ask, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
    close(socket_to_ask);
    return taken;
}

}  // namespace

FilterTarget filter_target(const PacketInterface& interface) {
    FilterTarget target;
    target.link_type = interface.link_type;
    target.from_file = interface.from_file;
    target.swapped = interface.swapped;
    target.netmask = interface.netmask;
    return target;
}

Error filter_error(const FilterError& fault, const PacketInterface& interface) {
    const std::string link_type = link_type_name(interface.link_type);
    if (fault.never) {
        return fail(fmt::format("the filter never matches on link type {}: {}", link_type, fault.message), {},
                    ExitStatus::ok);
    }
    return fail(fmt::format("the filter cannot be used on link type {}: {}", link_type, fault.message),
                fault.wants_netmask ? netmask_hint(interface) : fault.hint, ExitStatus::usage);
}

SourcePosition filter_place(const ProbeRequest& request, const FilterError& fault) {
    SourcePosition place = request.packets().filter_position;
    const size_t quote = request.text.find('"');
    if (!fault.offset || quote == std::string::npos) return place;
    // The tuple as it was written: an escape stands for one byte of the filter.
    size_t at = quote + 1;
    const auto step = [&] {
        if (at >= request.text.size()) return;
        const bool new_line = request.text[at++] == '\n';
        place.line += new_line ? 1 : 0;
        place.column = new_line ? 1 : place.column + 1;
    };
    for (size_t i = 0; i < *fault.offset; ++i) {
        if (at + 1 < request.text.size() && request.text[at] == '\\') step();
        step();
    }
    return place;
}

std::vector<sock_filter> kernel_filter(const std::vector<std::vector<sock_filter>>& filters,
                                       const PacketInterface& interface) {
    if (filters.empty()) return {};
    const bool cooked = interface.kind == LinkKind::cooked || interface.kind == LinkKind::cooked2;
    const auto looks_at_length = [](const sock_filter& insn) {
        const unsigned kind = BPF_CLASS(insn.code);
        return (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) == BPF_LEN;
    };
    const sock_filter keep{BPF_RET | BPF_K, 0, 0, interface.snap_length};
    // Tagged packets are kept, whatever the filters say of them without their tag. libpcap runs the code itself for the
    // first packets, and its interpreter knows the tag as one byte only.
    std::vector<sock_filter> kept = {
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)},
        {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0},
        keep,
    };
    // One after the other, not as one expression with `or`: each says what it says alone, whatever libpcap's optimizer
    // makes of the whole. One that looks beyond the end of a packet would end all of them, hence short packets are
    // kept.
    for (size_t i = 0; i < filters.size(); ++i) {
        const std::vector<sock_filter>& code = filters[i];
        if (cooked && std::any_of(code.begin(), code.end(), looks_at_length)) return {};
        const bool last = i + 1 == filters.size();
        if (!last) {
            kept.push_back({BPF_LD | BPF_W | BPF_LEN, 0, 0, 0});
            kept.push_back({BPF_JMP | BPF_JGE | BPF_K, 1, 0, bytes_read_by(code)});
            kept.push_back(keep);
        }
        for (size_t at = 0; at < code.size(); ++at) {
            const bool rejects = code[at].code == (BPF_RET | BPF_K) && code[at].k == 0;
            const auto to_next = static_cast<uint32_t>(code.size() - at - 1);
            kept.push_back(rejects && !last ? sock_filter{BPF_JMP | BPF_JA, 0, 0, to_next} : code[at]);
        }
    }
    return kernel_takes(kept) ? kept : std::vector<sock_filter>();
}

}  // namespace probevue
