// A filter and a packet: our engines against libpcap's own interpreter. The first byte says the link type and whether
// messages are made too, the second how much of the packet was on the wire beyond what was captured; the text of the
// filter ends with a NUL, behind it stands the packet.
#include <fmt/format.h>

// linux/bpf.h has a structure of the same name
#define bpf_insn classic_insn
#include <pcap/pcap.h>
#undef bpf_insn

#include <linux/filter.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "compiler/program/filter.h"
#include "compiler/program/filter_names.h"
#include "runtime/engine/engine.h"
#include "runtime/jit/jit.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

constexpr auto link_types =
    std::to_array<int>({DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_IEEE802_11_RADIO, DLT_PPP,
                        DLT_FDDI, DLT_ATM_RFC1483, DLT_MTP2, DLT_PFLOG, DLT_IEEE802_11, DLT_PPP_SERIAL, DLT_LOOP});

// One handle a link type: libpcap keeps nothing of a filter in it.
pcap_t* handle_of(size_t type) {
    static std::array<pcap_t*, link_types.size()> handles{};
    if (handles[type] == nullptr) handles[type] = pcap_open_dead(link_types[type], whole_packets);
    return handles[type];
}

// Memory is read that nothing was stored in: libpcap leaves what is there to chance.
bool reads_what_was_not_stored(const bpf_program& program) {
    std::vector<uint16_t> stored(program.bf_len, uint16_t{0xffff});
    stored[0] = 0;
    for (size_t i = 0; i < program.bf_len; ++i) {
        const classic_insn& insn = program.bf_insns[i];
        uint16_t now = stored[i];
        const auto bit = static_cast<uint16_t>(1u << insn.k % BPF_MEMWORDS);
        const auto reach = [&](size_t at) {
            if (at < stored.size()) stored[at] = static_cast<uint16_t>(stored[at] & now);
        };
        const unsigned kind = BPF_CLASS(insn.code);
        if (kind == BPF_ST || kind == BPF_STX) now = static_cast<uint16_t>(now | bit);
        if ((kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) == BPF_MEM && (now & bit) == 0) return true;
        if (kind == BPF_RET) continue;
        if (kind != BPF_JMP) {
            reach(i + 1);
        } else if (BPF_OP(insn.code) == BPF_JA) {
            reach(static_cast<size_t>(static_cast<int64_t>(i) + 1 + static_cast<int32_t>(insn.k)));
        } else {
            reach(i + 1 + insn.jt);
            reach(i + 1 + insn.jf);
        }
    }
    return false;
}

bool asks_kernel(const bpf_program& program) {
    return std::any_of(program.bf_insns, program.bf_insns + program.bf_len, [](const classic_insn& insn) {
        const unsigned kind = BPF_CLASS(insn.code);
        return (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) != BPF_IMM &&
               insn.k >= static_cast<uint32_t>(SKF_AD_OFF);
    });
}

void compare(const std::string& text, const bpf_program& program, std::span<const uint8_t> packet, uint32_t length) {
    std::vector<sock_filter> code;
    for (size_t i = 0; i < program.bf_len; ++i) {
        const classic_insn& insn = program.bf_insns[i];
        code.push_back({insn.code, insn.jt, insn.jf, insn.k});
    }
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(packet.size());
    header.len = length;
    // Packets at an address of their own, so that a sanitizer sees what is read beyond them.
    const std::vector<uint8_t> bytes(packet.begin(), packet.end());
    const bool expected = pcap_offline_filter(&program, &header, bytes.data()) != 0;
    for (const EngineKind kind : {EngineKind::interpreter, EngineKind::jit}) {
        if (kind == EngineKind::jit && !jit_available()) continue;
        const auto filter = PacketFilter::create(code, kind);
        // What only the kernel knows of a packet is in no recording.
        if (!filter && asks_kernel(program)) continue;
        if (!filter) found("a filter is refused that libpcap has made", text + "\n" + filter.error().message);
        const bool ours = (*filter)->run(bytes.data(), header.caplen, header.len) != 0;
        if (ours != expected)
            found(fmt::format("libpcap says {}, engine {} says {}", expected, static_cast<int>(kind), ours), text);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Input input(data, size);
    const uint8_t choice = input.byte();
    const uint8_t beyond = input.byte();
    const std::string text = input.text();
    const size_t type = choice % 16 % link_types.size();
    // Where messages are made each word is tried: rarely, for it takes long.
    if (choice >= 0xf0) {
        FilterError error;
        FilterTarget target;
        target.link_type = link_types[type];
        target.from_file = beyond % 2 == 0;
        target.swapped = beyond % 4 < 2;
        const std::string named = with_addresses(text);
        if (compile_filter(named, target, error).empty() && error.message.empty())
            found("a filter is refused without a message", text);
        compile_event_filter(named, error);
    }
    bpf_program program{};
    if (pcap_compile(handle_of(type), &program, text.c_str(), 1, 0xffffff00) != 0) return 0;
    const std::span<const uint8_t> packet = input.bytes(2048);
    if (program.bf_len > 0 && !reads_what_was_not_stored(program))
        compare(text, program, packet, static_cast<uint32_t>(packet.size() + beyond));
    pcap_freecode(&program);
    return 0;
}
