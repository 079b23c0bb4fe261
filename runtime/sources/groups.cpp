#include "runtime/sources/groups.h"

#include <algorithm>
#include <optional>
#include <span>

namespace probevue {
namespace {

using What = MulticastMessage::What;

uint64_t slot_of(const EngineContext& context, PacketSlot slot) { return context.slots[static_cast<size_t>(slot)]; }

// The records that were captured; the message may have more of them.
std::span<const uint8_t> captured_records(const EngineContext& context) {
    const uint64_t start = slot_of(context, PacketSlot::group_records);
    if (start == 0) return {};
    // The slot has the bytes on the wire; a short capture has fewer.
    const uint64_t there = context.packet + context.captured - start;
    return {reinterpret_cast<const uint8_t*>(start), std::min(there, slot_of(context, PacketSlot::group_records_size))};
}

}  // namespace

MulticastMessage multicast_message4(uint8_t type, uint8_t code, size_t length) {
    enum Type : uint8_t { query = 0x11, report1 = 0x12, report2 = 0x16, leave2 = 0x17, report3 = 0x22 };
    constexpr size_t plain = 8;      // bytes of messages without records or sources
    constexpr size_t of_query = 12;  // of a query of version 3, without its sources
    switch (type) {
        case query:
            if (length >= of_query) return {3};
            if (length == plain) return {static_cast<uint8_t>(code == 0 ? 1 : 2)};
            return {};
        // What such a message would be as a record of version 3: RFC 3376, 7.3.2.
        case report1:
            return {1, What::one_group, GroupRecordType::is_exclude};
        case report2:
            return {2, What::one_group, GroupRecordType::is_exclude};
        case leave2:
            return {2, What::one_group, GroupRecordType::to_include};
        case report3:
            return {3, What::records};
        default:
            return {};
    }
}

MulticastMessage multicast_message6(uint8_t type, size_t length) {
    enum Type : uint8_t { query = 130, report1 = 131, done1 = 132, report2 = 143 };
    constexpr size_t plain = 24;
    constexpr size_t of_query = 28;
    switch (type) {
        case query:
            if (length >= of_query) return {2, What::query, GroupRecordType::none, true};
            if (length == plain) return {1, What::query, GroupRecordType::none, true};
            return {};
        // The same of MLDv2: RFC 3810, 8.3.2.
        case report1:
            return {1, What::one_group, GroupRecordType::is_exclude, true};
        case done1:
            return {1, What::one_group, GroupRecordType::to_include, true};
        case report2:
            return {2, What::records, GroupRecordType::none, true};
        default:
            return {};
    }
}

GroupWalk::GroupWalk(const EngineContext& context)
    : of_ip6_(slot_of(context, PacketSlot::mld_version) != 0),
      in_records_(slot_of(context, PacketSlot::group_records) != 0),
      records_(captured_records(context), of_ip6_ ? 16 : 4) {
    if (!in_records_) return;
    const Layer report = of_ip6_ ? Layer::mld_report : Layer::igmp_report;
    // Bytes 6 and 7, in both kinds of reports (RFC 3376, 4.2; RFC 3810, 5.2).
    const auto* number = reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(report)]) + 6;
    number_ = static_cast<size_t>(number[0] << 8 | number[1]);
    is_short_ = captured_records(context).size() < slot_of(context, PacketSlot::group_records_size);
}

bool GroupWalk::next(EngineContext& context) {
    // By the number alone: what lies behind the last record is none.
    if (at_ == number_) return false;
    if (in_records_) {
        const std::optional<GroupRecord> record = records_.next();
        if (!record) {
            cut_off_ = is_short_;
            return false;
        }
        const auto set = [&](PacketSlot slot, uint64_t value) { context.slots[static_cast<size_t>(slot)] = value; };
        set(PacketSlot::group_type, record->type);
        set(PacketSlot::group_sources, record->sources);
        set(PacketSlot::group_number, at_);
        context.layers[static_cast<size_t>(of_ip6_ ? Layer::group6 : Layer::group4)] =
            reinterpret_cast<uintptr_t>(record->address);
    }
    ++at_;
    return true;
}

}  // namespace probevue
