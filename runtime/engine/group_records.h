// Records of reports of multicast groups: of IGMPv3 (RFC 3376, 4.2) and MLDv2 (RFC 3810, 5.2), which differ in the size
// of an address. Bytes come from the network and may be anything: nothing is read beyond them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace probevue {

struct GroupRecord {
    uint8_t type = 0;                  // GroupRecordType, if it is a known one
    uint16_t sources = 0;              // that it says it has; so many need not be there
    const uint8_t* address = nullptr;  // of the group, as it lies in the bytes
};

// Goes from record to record.
class GroupRecords {
public:
    static constexpr size_t fixed_size = 4;  // type, words of auxiliary data, number of sources

    // `bytes` begin with the first record. `address_size`: 4 or 16.
    GroupRecords(std::span<const uint8_t> bytes, size_t address_size) : rest_(bytes), address_size_(address_size) {}

    // None when it is not there up to its group. What lies behind that, sources and auxiliary data, may be missing:
    // then there is no next one.
    std::optional<GroupRecord> next();

private:
    std::span<const uint8_t> rest_;
    size_t address_size_;
};

}  // namespace probevue
