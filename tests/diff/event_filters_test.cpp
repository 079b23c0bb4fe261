// Filters of events against libpcap's own interpreter: the program that is made for a hook of each of Debian's kernels
// is run here, instruction by instruction, on packet buffers made of captures, and hands over what libpcap matches.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <net/if_arp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/diff/filters.h"
#include "tests/unit/bpf_jumps.h"
#include "tests/unit/program_for.h"
#include "tests/unit/recorded_kernel.h"

using namespace probevue;
using namespace probevue::test;

namespace {

constexpr size_t room = 64;  // before the first header, as drivers leave it
constexpr uint16_t no_header = 0xffff;

const TypesKernel& recorded(std::string_view version) {
    static std::map<std::string, std::unique_ptr<TypesKernel>> kernels;
    std::unique_ptr<TypesKernel>& kernel = kernels[std::string(version)];
    if (kernel == nullptr)
        kernel = std::make_unique<TypesKernel>(TypeReader(fmt::format("tests/data/btf/{}", version)).make());
    return *kernel;
}

// A structure of the kernel, whose members are set by their paths.
class Structure {
public:
    Structure(const TypesKernel& kernel, const char* name) : kernel_(kernel), bytes_(*kernel.struct_size(name)) {}

    void set(const char* path, uint64_t value) {
        const ResolvedPath at = *kernel_.resolve(path);
        const PathStep& last = at.steps.back();
        uint64_t whole = 0;
        std::memcpy(&whole, bytes_.data() + last.offset, at.size);
        if (at.bit_width == 0) {
            whole = value;
        } else {
            whole |= value << at.bit_offset;
        }
        std::memcpy(bytes_.data() + last.offset, &whole, at.size);
    }
    bool has(const char* path) const { return kernel_.resolve(path).has_value(); }
    uint64_t address() const { return reinterpret_cast<uint64_t>(bytes_.data()); }

private:
    const TypesKernel& kernel_;
    std::vector<uint8_t> bytes_;
};

// How a buffer holds a packet.
struct Layout {
    std::vector<uint8_t> bytes;  // as they lie in its first piece
    uint32_t elsewhere = 0;      // bytes of the packet that lie in pages
    size_t network = 0;          // where its network header begins
    bool has_link = true;        // the link header is known
    uint16_t device_type = ARPHRD_ETHER;
    bool has_tag = false;
    uint16_t tag_type = 0;  // as on the wire
    uint16_t tag = 0;
};

class Buffer {
public:
    Buffer(const TypesKernel& kernel, const Layout& layout)
        : memory_(room + layout.bytes.size()), device_(kernel, "net_device"), packet_(kernel, "sk_buff") {
        std::copy(layout.bytes.begin(), layout.bytes.end(), memory_.begin() + room);
        device_.set("net_device.type", layout.device_type);
        packet_.set("sk_buff.head", reinterpret_cast<uint64_t>(memory_.data()));
        packet_.set("sk_buff.data", reinterpret_cast<uint64_t>(memory_.data()) + room + layout.network);
        packet_.set("sk_buff.len", layout.bytes.size() - layout.network + layout.elsewhere);
        packet_.set("sk_buff.data_len", layout.elsewhere);
        packet_.set("sk_buff.mac_header", layout.has_link ? room : no_header);
        packet_.set("sk_buff.network_header", room + layout.network);
        packet_.set("sk_buff.dev", device_.address());
        if (!layout.has_tag) return;
        packet_.set("sk_buff.vlan_proto", layout.tag_type);
        packet_.set("sk_buff.vlan_tci", layout.tag);
        if (packet_.has("sk_buff.vlan_present")) packet_.set("sk_buff.vlan_present", 1);
    }
    uint64_t address() const { return packet_.address(); }

private:
    std::vector<uint8_t> memory_;
    Structure device_;
    Structure packet_;
};

// Runs a program for a hook as the kernel would. Pointers of the program are those of this process.
class Machine {
public:
    explicit Machine(const std::vector<bpf_insn>& code) : code_(code) {}

    // Is the event handed over?
    bool run(uint64_t argument) {
        context_ = {argument};
        registers_ = {};
        registers_[1] = reinterpret_cast<uint64_t>(context_.data());
        registers_[10] = reinterpret_cast<uint64_t>(stack_.data() + stack_.size());
        submitted_ = 0;
        for (size_t at = 0;;) {
            const bpf_insn& insn = code_.at(at);
            if (insn.code == (BPF_JMP | BPF_EXIT)) return submitted_ != 0;
            at = step(insn, at) + 1;
        }
    }
    uint64_t lost = 0;  // all that programs count so

private:
    using Insn = bpf_insn;

    size_t step(const Insn& insn, size_t at) {
        uint64_t& to = registers_.at(insn.dst_reg);
        const uint64_t from = registers_.at(insn.src_reg);
        switch (BPF_CLASS(insn.code)) {
            case BPF_ALU:
            case BPF_ALU64:
                arithmetic(insn, to);
                return at;
            case BPF_LD:  // a number of 64 bits, or a map, which nothing but helper functions look at
                to = insn.src_reg != 0
                         ? 0
                         : static_cast<uint32_t>(insn.imm) | static_cast<uint64_t>(code_.at(at + 1).imm) << 32;
                return at + 1;
            case BPF_LDX: {
                uint64_t value = 0;
                std::memcpy(&value, reinterpret_cast<const void*>(from + static_cast<uint64_t>(insn.off)), width(insn));
                to = value;
                return at;
            }
            case BPF_ST:
            case BPF_STX: {
                uint64_t value = BPF_CLASS(insn.code) == BPF_ST ? static_cast<uint64_t>(int64_t{insn.imm}) : from;
                void* const place = reinterpret_cast<void*>(to + static_cast<uint64_t>(insn.off));
                if (BPF_MODE(insn.code) == BPF_ATOMIC) {
                    uint64_t before = 0;
                    std::memcpy(&before, place, 8);
                    value += before;
                }
                std::memcpy(place, &value, width(insn));
                return at;
            }
            default:
                break;
        }
        if (insn.code == (BPF_JMP | BPF_CALL)) {
            call(insn.imm);
            return at;
        }
        return jumps(insn) ? static_cast<size_t>(static_cast<int64_t>(at) + insn.off) : at;
    }

    static size_t width(const Insn& insn) {
        switch (BPF_SIZE(insn.code)) {
            case BPF_B:
                return 1;
            case BPF_H:
                return 2;
            case BPF_W:
                return 4;
            default:
                return 8;
        }
    }

    uint64_t operand(const Insn& insn) const {
        return BPF_SRC(insn.code) == BPF_X ? registers_.at(insn.src_reg) : static_cast<uint64_t>(int64_t{insn.imm});
    }

    void arithmetic(const Insn& insn, uint64_t& to) const {
        const bool narrow = BPF_CLASS(insn.code) == BPF_ALU;
        if (BPF_OP(insn.code) == BPF_END) {
            if (insn.imm == 16) to = __builtin_bswap16(static_cast<uint16_t>(to));
            if (insn.imm == 32) to = __builtin_bswap32(static_cast<uint32_t>(to));
            if (insn.imm == 64) to = __builtin_bswap64(to);
            return;
        }
        const uint64_t mask = narrow ? UINT32_MAX : UINT64_MAX;
        const uint64_t a = to & mask;
        const uint64_t b = operand(insn) & mask;
        to = calculated(insn, a, b, narrow ? 31 : 63) & mask;
    }

    static uint64_t calculated(const Insn& insn, uint64_t a, uint64_t b, uint64_t distances) {
        switch (BPF_OP(insn.code)) {
            case BPF_ADD:
                return a + b;
            case BPF_SUB:
                return a - b;
            case BPF_MUL:
                return a * b;
            case BPF_DIV:
                return b == 0 ? 0 : a / b;
            case BPF_MOD:
                return b == 0 ? a : a % b;
            case BPF_OR:
                return a | b;
            case BPF_AND:
                return a & b;
            case BPF_XOR:
                return a ^ b;
            case BPF_LSH:
                return a << (b & distances);
            case BPF_RSH:
                return a >> (b & distances);
            case BPF_ARSH:
                return static_cast<uint64_t>(static_cast<int64_t>(a) >> (b & distances));
            case BPF_NEG:
                return -a;
            case BPF_MOV:
                return b;
            default:
                FAIL("arithmetic that is not known: " << unsigned{insn.code});
                return 0;
        }
    }

    bool jumps(const Insn& insn) const {
        const unsigned op = BPF_OP(insn.code);
        if (op == BPF_JA) return true;
        const uint64_t a = registers_.at(insn.dst_reg);
        const uint64_t b = operand(insn);
        if (BPF_CLASS(insn.code) == BPF_JMP) return jump_taken<uint64_t>(op, a, b);
        return jump_taken<uint32_t>(op, static_cast<uint32_t>(a), static_cast<uint32_t>(b));
    }

    void call(int32_t helper) {
        uint64_t result = 0;
        switch (helper) {
            case BPF_FUNC_probe_read_kernel:
                std::memcpy(reinterpret_cast<void*>(registers_[1]), reinterpret_cast<const void*>(registers_[3]),
                            registers_[2]);
                break;
            case BPF_FUNC_map_lookup_elem:
                result = reinterpret_cast<uint64_t>(&lost);
                break;
            case BPF_FUNC_ringbuf_output:
                ++submitted_;
                break;
            case BPF_FUNC_get_smp_processor_id:
            case BPF_FUNC_ktime_get_ns:
            case BPF_FUNC_get_current_pid_tgid:
                break;
            default:
                FAIL("a helper function that is not known: " << helper);
        }
        registers_[0] = result;
        for (size_t clobbered = 1; clobbered <= 5; ++clobbered) registers_[clobbered] = 0xdeadbeef;
    }

    const std::vector<bpf_insn>& code_;
    std::array<uint64_t, 1> context_{};
    std::array<uint64_t, 11> registers_{};
    alignas(8) std::array<uint8_t, 512> stack_{};
    int submitted_ = 0;
};

// A packet with the buffer that holds it, and what tcpdump would have of it.
struct Case {
    Layout layout;
    Packet packet;
    bool ethernet = true;
};

uint16_t in_memory(const uint8_t* bytes) {
    uint16_t out = 0;
    std::memcpy(&out, bytes, sizeof out);
    return out;
}

// Each packet in the ways in which the kernel may hold it.
void add_cases(const Packet& packet, bool ethernet, std::vector<Case>& to) {
    Case one{{}, packet, ethernet};
    one.packet.header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
    one.packet.header.len = std::max(packet.header.len, one.packet.header.caplen);
    one.layout.bytes = packet.bytes;
    one.layout.elsewhere = one.packet.header.len - one.packet.header.caplen;
    if (!ethernet) {
        one.layout.device_type = ARPHRD_NONE;
        to.push_back(one);
        one.layout.device_type = ARPHRD_ETHER;  // on its way to the device
        one.layout.has_link = false;
        to.push_back(one);
        // behind another link header
        one.layout.has_link = true;
        one.layout.device_type = ARPHRD_INFINIBAND;
        one.layout.network = 4;
        one.layout.bytes.insert(one.layout.bytes.begin(), {1, 2, 3, 4});
        return to.push_back(one);
    }
    constexpr size_t header = 14;
    constexpr size_t type_at = 12;
    constexpr size_t tag_size = 4;
    if (packet.bytes.size() < header) return;
    one.layout.network = header;
    to.push_back(one);
    const uint16_t type = static_cast<uint16_t>(packet.bytes[type_at] << 8 | packet.bytes[type_at + 1]);
    if ((type == 0x8100 || type == 0x88a8) && packet.bytes.size() >= header + tag_size) {
        one.layout.has_tag = true;
        one.layout.tag_type = in_memory(&packet.bytes[type_at]);
        one.layout.tag = static_cast<uint16_t>(packet.bytes[header] << 8 | packet.bytes[header + 1]);
        auto& bytes = one.layout.bytes;
        bytes.erase(bytes.begin() + type_at, bytes.begin() + type_at + tag_size);
        to.push_back(one);
        one.layout.has_tag = false;
        one.layout.bytes = packet.bytes;
    }
    // All but the first bytes lie in pages.
    constexpr size_t first = 48;
    if (packet.bytes.size() <= first) return;
    one.packet.bytes.resize(first);
    one.packet.header.caplen = first;
    one.layout.bytes.resize(first);
    one.layout.elsewhere = one.packet.header.len - one.packet.header.caplen;
    to.push_back(one);
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    const auto add = [&](const char* path, size_t most) {
        char message[PCAP_ERRBUF_SIZE];
        const Handle handle(pcap_open_offline(path, message));
        REQUIRE_MESSAGE(handle != nullptr, message);
        const std::vector<Packet> packets = read_all(handle.get());
        for (size_t i = 0; i < std::min(most, packets.size()); ++i)
            add_cases(packets[i], pcap_datalink(handle.get()) == DLT_EN10MB, cases);
    };
    constexpr size_t few = 25;
    for (const char* name : {"ether", "arp", "icmp4", "icmp6", "igmp", "ip4", "ip6", "tcp", "udp", "vlan",
                             "encapsulated", "short", "uncut", "link-raw"})
        add(fmt::format("tests/data/made/{}.pcap", name).c_str(), few);
    add("tests/data/web.pcap", few);
    add("tests/data/dns.pcap", few);
    return cases;
}

}  // namespace

TEST_CASE("programs of hooks hand over the events whose packets libpcap matches") {
    const std::vector<std::string> filters = make_filters(seed());
    const std::vector<Case> cases = all_cases();
    const Handle ethernet(pcap_open_dead(DLT_EN10MB, whole_packets));
    const Handle raw(pcap_open_dead(DLT_RAW, whole_packets));
    uint64_t compared = 0;
    uint64_t matched = 0;
    uint64_t refused = 0;
    constexpr std::array versions{"6.1", "6.12", "6.18"};
    for (size_t i = 0; i < filters.size(); ++i) {
        const std::string& filter = filters[i];
        CAPTURE(filter);
        const Oracle on_ethernet(ethernet.get(), filter);
        const Oracle on_raw(raw.get(), filter);
        FilterError fault;
        const auto compiled = filter.empty() ? std::optional(EventFilter{}) : compile_event_filter(filter, fault);
        if (!compiled) {
            const bool asks_more = fault.message.find("among the bytes") != std::string::npos ||
                                   fault.message.find("needs a loop") != std::string::npos;
            CHECK((asks_more || !on_ethernet.made()));
            ++refused;
            continue;
        }
        REQUIRE(on_ethernet.made());
        if (!on_ethernet.is_defined() || (on_raw.made() && !on_raw.is_defined())) continue;
        const TypesKernel& kernel = recorded(versions.at(i % versions.size()));
        const Program program = program_for("@@net:netdev:receive:\"" + filter + "\" { printf(\"x\\n\"); }", kernel,
                                            std::nullopt, HomeChoice::engine);
        REQUIRE(program.kernel_programs.size() == 1);
        Machine machine(program.kernel_programs.front().code);
        for (const Case& one : cases) {
            const Buffer buffer(kernel, one.layout);
            const Oracle& oracle = one.ethernet ? on_ethernet : on_raw;
            const bool expected = oracle.made() && oracle.matches(one.packet.header, one.packet.bytes.data());
            const bool got = machine.run(buffer.address());
            ++compared;
            matched += expected ? 1 : 0;
            if (got == expected) continue;
            CAPTURE(one.ethernet);
            CAPTURE(one.layout.has_tag);
            CAPTURE(one.layout.elsewhere);
            CAPTURE(static_cast<size_t>(&one - cases.data()));
            CHECK(got == expected);
            break;
        }
    }
    fmt::print("{} filters, {} refused, {} packets; {} comparisons, {} of packets that match\n", filters.size(),
               refused, cases.size(), compared, matched);
    CHECK(filters.size() - refused > 200);
    CHECK(matched > 1000);
}

TEST_CASE("what a filter cannot look at is counted, and what the packet does not have is not") {
    const TypesKernel& kernel = recorded("6.12");
    const auto lost = [&](const char* filter, const Layout& layout) {
        const Program program = program_for(fmt::format("@@net:netdev:receive:\"{}\" {{ printf(\"x\\n\"); }}", filter),
                                            kernel, std::nullopt, HomeChoice::engine);
        Machine machine(program.kernel_programs.front().code);
        CHECK_FALSE(machine.run(Buffer(kernel, layout).address()));
        return machine.lost;
    };
    Layout layout;
    layout.bytes.resize(34);
    layout.network = 14;
    CHECK(lost("ether[100] = 1", layout) == 0);
    layout.elsewhere = 100;
    CHECK(lost("ether[100] = 1", layout) == 1);
    CHECK(lost("ether[133] = 1", layout) == 1);
    CHECK(lost("ether[134] = 1", layout) == 0);
    CHECK(lost("ether src 1:2:3:4:5:6", layout) == 0);
    layout.has_link = false;
    CHECK(lost("ether src 1:2:3:4:5:6", layout) == 1);
    CHECK(lost("tcp", layout) == 0);
}
