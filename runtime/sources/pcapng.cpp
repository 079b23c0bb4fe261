// The pcapng half of the reader: blocks, in sections that have a byte order and interfaces of their own.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "runtime/sources/capture.h"
#include "runtime/sources/recording_format.h"

namespace probevue {
namespace {

// Larger blocks are skipped when we need not look into them, else they are damage.
constexpr uint32_t largest_block = 17 * 1024 * 1024;
// A damaged file can hold nothing but interface blocks; no system has that many.
constexpr size_t most_interfaces = 65'536;

constexpr uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr size_t block_overhead = 12;  // type, length, and the length again
enum BlockType : uint32_t {
    interface_description = 1,
    packet_obsolete = 2,
    packet_simple = 3,
    interface_statistics = 5,
    packet_enhanced = 6,
    custom_copyable = 0x00000bad,
    custom_private = 0x40000bad,
    section_header = 0x0a0d0d0a,
};
enum Option : uint16_t {
    end_of_options = 0,
    shb_comment = 1,
    if_name = 2,
    if_ipv4 = 4,
    if_ipv6 = 5,
    if_tsresol = 9,
    if_tsoffset = 14,
    isb_endtime = 3,
    epb_flags = 2,
    epb_packetid = 5,
    epb_processid_threadid = 8,
};

// Calls `take` with each option: its number and its value. Numbers are of the section's byte order, unless `get16`
// reads another one.
template <typename Get16, typename Take>
void for_each_option(std::span<const uint8_t> options, const Get16& get16, const Take& take) {
    while (options.size() >= 4) {
        const uint16_t code = get16(options.data());
        const uint16_t length = get16(options.data() + 2);
        options = options.subspan(4);
        if (code == end_of_options || length > options.size()) return;
        take(code, options.first(length));
        options = options.subspan(std::min<size_t>((length + 3u) & ~size_t{3}, options.size()));
    }
}

uint32_t little32(const uint8_t* at) {
    return uint32_t{at[0]} | uint32_t{at[1]} << 8 | uint32_t{at[2]} << 16 | uint32_t{at[3]} << 24;
}

constexpr uint64_t second_ns = 1'000'000'000;

// What a description takes in memory: here, and of those who keep something beside it (routes, addresses by value).
constexpr size_t bytes_of_interface = sizeof(PacketInterface) + 128;
constexpr size_t bytes_of_address = sizeof(InterfaceAddress) * 2 + 64;
constexpr size_t bytes_of_process = sizeof(PacketOwner) + 64;

uint64_t power_of_ten(unsigned power) {
    uint64_t value = 1;
    while (power-- > 0) value *= 10;
    return value;
}

}  // namespace

// Ticks are counted from 1970 on, but `offset` may be negative, and both may be as large as 64 bits allow.
std::optional<uint64_t> CaptureReader::TimeScale::to_ns(uint64_t ticks) const {
    using Wide = __int128;
    constexpr unsigned nano = 9;
    constexpr unsigned most = 19;  // 10^19 is the largest power of ten in 64 bits
    Wide time = 0;
    if (binary)
        time = (static_cast<Wide>(ticks) * second_ns) >> power;
    else if (power <= nano)
        time = static_cast<Wide>(ticks) * power_of_ten(nano - power);
    else if (power - nano <= most)
        time = ticks / power_of_ten(power - nano);
    time += static_cast<Wide>(offset) * second_ns;
    if (time < 0 || time > INT64_MAX) return std::nullopt;
    return static_cast<uint64_t>(time);
}

// Type and size of the block at hand; false when next_pcapng has to end.
bool CaptureReader::block_header(uint32_t& type, uint32_t& size) {
    constexpr size_t head = 8;
    if (!window_.need(head)) {
        window_.available() == 0 ? finish() : cut("a block");
        return false;
    }
    type = get32(window_.data());
    if (type == section_header) {  // reads the same in both byte orders
        if (!window_.need(head + sizeof(uint32_t))) {
            cut("a section header");
            return false;
        }
        swapped_ = false;
        if (get32(window_.data() + head) != byte_order_magic) swapped_ = true;
        if (get32(window_.data() + head) != byte_order_magic) {
            damaged("a section header of no byte order");
            return false;
        }
    }
    size = get32(window_.data() + 4);
    // Of a block that is not looked into the length alone matters. A section's is: it is read whole.
    if (size < block_overhead || size % 4 != 0 || (type == section_header && size > largest_block)) {
        damaged(fmt::format("a block of {} bytes", size));
        return false;
    }
    return true;
}

CaptureReader::Item CaptureReader::next_pcapng(PacketView& packet) {
    for (;;) {
        uint32_t type;
        uint32_t size;
        if (!block_header(type, size)) return Item::end;
        switch (type) {
            case interface_description:
            case packet_obsolete:
            case packet_simple:
            case packet_enhanced:
            case interface_statistics:
            case custom_copyable:
            case custom_private:
            case section_header:
                break;
            default:
                if (size > window_.available()) {
                    if (!window_.skip_far(size)) return cut("a block");
                } else {
                    window_.skip(size);
                }
                continue;
        }
        if (size > largest_block) return damaged(fmt::format("a block of {} bytes", size));
        if (!window_.need(size)) return cut(type == packet_enhanced ? "a packet" : "a block");
        const uint8_t* block = window_.data();
        if (get32(block + size - 4) != size) return damaged("a block whose two lengths differ");
        std::span<const uint8_t> body(block + 8, size - block_overhead);
        if (type == section_header || type == interface_description) {
            Status status = type == section_header ? section(body) : interface_block(body);
            if (!status) return stop(status.error());
            window_.skip(size);
            continue;
        }
        if (type == interface_statistics) {
            interface_end(body);
            window_.skip(size);
            continue;
        }
        if ((type == custom_copyable && process_block(body)) || (type == packet_enhanced && is_exported_event(body))) {
            if (!has_room()) return stop(too_much_described());
            recorded_ = recorded_ || type == packet_enhanced;
            window_.skip(size);
            continue;
        }
        Item item = packet_block(type, body, packet);
        if (item != Item::end) window_.skip(size);
        return item;
    }
}

Status CaptureReader::section(std::span<const uint8_t> body) {
    constexpr size_t fixed = 16;  // byte order, version, length of the section
    if (body.size() < fixed)
        return problem(fmt::format("damaged at byte {}: a short section header", window_.offset()));
    if (uint16_t major = get16(body.data() + 4); major != 1) {
        return problem(fmt::format("pcapng version {} is not supported (at byte {})", major, window_.offset()));
    }
    section_first_ = interfaces_.size();
    described_ -= processes_.size() * bytes_of_process;
    processes_.clear();
    shard_.reset();
    recorded_ = false;
    stream_end_ns_.reset();
    for_each_option(
        body.subspan(fixed), [&](const uint8_t* at) { return get16(at); },
        [&](uint16_t code, std::span<const uint8_t> value) {
            if (code == shb_comment && !shard_)
                shard_ = read_shard_comment({reinterpret_cast<const char*>(value.data()), value.size()});
        });
    return {};
}

// Capture of the whole stream ended then; other programs mean the interface alone, and that is nothing to us.
void CaptureReader::interface_end(std::span<const uint8_t> body) {
    constexpr size_t fixed = 12;  // number of the interface, and when this was told
    if (!shard_ || body.size() < fixed) return;
    const size_t interface = section_first_ + get32(body.data());
    if (interface >= scales_.size()) return;
    for_each_option(
        body.subspan(fixed), [&](const uint8_t* at) { return get16(at); },
        [&](uint16_t code, std::span<const uint8_t> value) {
            if (code != isb_endtime || value.size() != 8) return;
            stream_end_ns_ = scales_[interface].to_ns(uint64_t{get32(value.data())} << 32 | get32(value.data() + 4));
        });
}

Status CaptureReader::interface_block(std::span<const uint8_t> body) {
    constexpr size_t fixed = 8;
    if (body.size() < fixed)
        return problem(fmt::format("damaged at byte {}: a short interface block", window_.offset()));
    if (interfaces_.size() == most_interfaces) {
        return problem(fmt::format("damaged at byte {}: more than {} interfaces", window_.offset(), most_interfaces));
    }
    PacketInterface interface;
    TimeScale scale;
    interface.link_type = link_type_of_file(get16(body.data()));
    interface.kind = link_kind(interface.link_type);
    interface.snap_length = get32(body.data() + 4);
    interface.from_file = true;
    interface.swapped = swapped_;
    for_each_option(
        body.subspan(fixed), [&](const uint8_t* at) { return get16(at); },
        [&](uint16_t code, std::span<const uint8_t> value) { interface_option(code, value, interface, scale); });
    if (interface.name == "any") interface.netmask.reset();  // it is many networks
    described_ += bytes_of_interface + interface.name.size() + interface.addresses.size() * bytes_of_address;
    if (!has_room()) return too_much_described();
    interfaces_.push_back(std::move(interface));
    interface_count_ = interfaces_.size();
    scales_.push_back(scale);
    return {};
}

void CaptureReader::interface_option(uint16_t code, std::span<const uint8_t> value, PacketInterface& interface,
                                     TimeScale& scale) const {
    if (code == if_name) {
        interface.name.assign(value.begin(), std::find(value.begin(), value.end(), uint8_t{0}));
    } else if (code == if_ipv4 && value.size() == 8) {
        // An address and its mask, in network byte order. Only one mask can be that of `ip broadcast`: the first. What
        // has gaps is no mask, and filters are kept for each.
        const uint32_t mask =
            uint32_t{value[4]} << 24 | uint32_t{value[5]} << 16 | uint32_t{value[6]} << 8 | uint32_t{value[7]};
        if (!interface.netmask && std::has_single_bit(uint64_t{~mask} + 1)) interface.netmask = mask;
        InterfaceAddress& address = interface.addresses.emplace_back();
        std::copy_n(value.begin(), 4, address.address.bytes.begin());
        for (const uint8_t byte : value.subspan(4))
            address.prefix = static_cast<uint8_t>(address.prefix + std::popcount(byte));
    } else if (code == if_ipv6 && value.size() == 17) {
        InterfaceAddress& address = interface.addresses.emplace_back();
        address.address.family = IpAddress::v6;
        std::copy_n(value.begin(), 16, address.address.bytes.begin());
        address.prefix = value[16];
    } else if (code == if_tsresol && value.size() == 1) {
        constexpr uint8_t binary_bit = 0x80;
        scale.binary = (value[0] & binary_bit) != 0;
        scale.power = value[0] & 0x7f;
    } else if (code == if_tsoffset && value.size() == 8) {
        scale.offset = static_cast<int64_t>(get64(value.data()));
    }
}

CaptureReader::Item CaptureReader::packet_block(uint32_t type, std::span<const uint8_t> body, PacketView& packet) {
    if (type == custom_copyable || type == custom_private) {
        if (body.size() < 4) return damaged("a short custom block");
        custom_ = {get32(body.data()), body.subspan(4), type == custom_copyable, window_.offset()};
        recorded_ = recorded_ || (custom_.enterprise == recording::enterprise && custom_.data.size() >= 4 &&
                                  get32(custom_.data.data()) == recording::magic);
        return Item::custom;
    }
    const size_t fixed = type == packet_simple ? 4 : 20;
    if (body.size() < fixed) return damaged("a short packet block");
    const uint8_t* at = body.data();
    size_t interface = section_first_;
    if (type == packet_enhanced) interface += get32(at);
    if (type == packet_obsolete) interface += get16(at);
    if (interface >= interfaces_.size()) return damaged("a packet of an interface that was not described");

    packet.interface = static_cast<uint32_t>(interface);
    packet.direction = PacketDirection::unknown;
    packet.number = 0;
    packet.data = at + fixed;
    if (type == packet_simple) {
        packet.time_ns = 0;
        packet.owner = nullptr;
        packet.wire_length = get32(at);
        packet.captured = packet.wire_length;
        if (uint32_t snap = interfaces_[interface].snap_length; snap != 0)
            packet.captured = std::min(packet.captured, snap);
        packet.captured = std::min(packet.captured, static_cast<uint32_t>(body.size() - fixed));
        return Item::packet;
    }
    const std::optional<uint64_t> time_ns = scales_[interface].to_ns(uint64_t{get32(at + 4)} << 32 | get32(at + 8));
    if (!time_ns) {
        return stop(
            problem(fmt::format("the packet at byte {} has a time before 1970 or after 2262", window_.offset()),
                    "what lies before was read; is the clock of who captured right? `editcap -t SECONDS` moves times"));
    }
    packet.time_ns = *time_ns;
    packet.captured = get32(at + 12);
    packet.wire_length = get32(at + 16);
    if (packet.captured > body.size() - fixed) return damaged("a packet larger than its block");
    packet.owner = nullptr;
    const size_t options = fixed + ((packet.captured + size_t{3}) & ~size_t{3});
    // An obsolete block's flags are those of an enhanced one (draft-ietf-opsawg-pcapng, appendix A).
    if (options < body.size()) {
        packet_options(body.subspan(options), packet);
        if (!has_room()) return stop(too_much_described());
    }
    return Item::packet;
}

void CaptureReader::packet_options(std::span<const uint8_t> options, PacketView& packet) {
    for_each_option(
        options, [&](const uint8_t* at) { return get16(at); },
        [&](uint16_t code, std::span<const uint8_t> value) {
            if (code == epb_flags && value.size() == 4) {
                constexpr uint32_t inbound = 1, outbound = 2, both = 3;
                const uint32_t direction = get32(value.data()) & both;
                if (direction == inbound) packet.direction = PacketDirection::in;
                if (direction == outbound) packet.direction = PacketDirection::out;
            }
            if (code == epb_packetid && value.size() == 8) packet.number = number_of(get64(value.data()));
            if (code != epb_processid_threadid || value.size() != 8) return;
            const uint32_t number = get32(value.data());
            if (number == 0) return;  // not known
            packet.owner = &process(number);
            tells_owners_ = true;
        });
}

// What an id says of a packet's number; 0: nothing. Others than us number packets as they like.
uint64_t CaptureReader::number_of(uint64_t id) const {
    return shard_ ? id : recorded_ ? recording::packet_number(id) : 0;
}

// An event that was written for Wireshark (recording::exported) is no packet that anybody sent.
bool CaptureReader::is_exported_event(std::span<const uint8_t> body) const {
    constexpr size_t fixed = 20;
    constexpr std::string_view tags = recording::exported::tags;
    if (body.size() < fixed + tags.size()) return false;
    const size_t number = section_first_ + get32(body.data());
    if (number >= interfaces_.size()) return false;
    const PacketInterface& interface = interfaces_[number];
    return interface.link_type == recording::exported::link_type &&
           interface.name == recording::exported::interface_name &&
           std::equal(tags.begin(), tags.end(), reinterpret_cast<const char*>(&body[fixed]));
}

// Who a process is, in the words of recording::wireshark. False: it is another block.
bool CaptureReader::process_block(std::span<const uint8_t> body) {
    using namespace recording::wireshark;
    constexpr size_t head = 16;  // enterprise number, type and length of the entry, number of the process
    if (body.size() < head || get32(body.data()) != enterprise || little32(&body[4]) != process_information)
        return false;
    PacketOwner owner{little32(&body[12]), -1, {}};
    for_each_option(
        body.subspan(head), [](const uint8_t* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); },
        [&](uint16_t code, std::span<const uint8_t> value) {
            if (code == process_user_id && value.size() == 4) owner.uid = little32(value.data());
            if (code != process_name) return;
            owner.name = {};
            std::copy_n(value.begin(), std::min(value.size(), owner.name.size() - 1), owner.name.begin());
        });
    process(static_cast<uint32_t>(owner.pid)) = owner;
    return true;
}

// What is known of the process of this number; packets refer to it until the next section.
PacketOwner& CaptureReader::process(uint32_t number) {
    const auto [at, added] = processes_.try_emplace(number, PacketOwner{number, -1, {}});
    if (added) described_ += bytes_of_process;
    return at->second;
}

Error CaptureReader::too_much_described() const {
    return problem(fmt::format("damaged at byte {}: what it says of interfaces and processes takes more than {} MB",
                               window_.offset(), most_described >> 20),
                   "what lies before was read; the rest cannot be trusted");
}

}  // namespace probevue
