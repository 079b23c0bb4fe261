#include "runtime/engine/group_records.h"

#include <algorithm>

namespace probevue {

std::optional<GroupRecord> GroupRecords::next() {
    const size_t head = fixed_size + address_size_;
    if (rest_.size() < head) return std::nullopt;
    const GroupRecord record{rest_[0], static_cast<uint16_t>(rest_[2] << 8 | rest_[3]), &rest_[fixed_size]};
    // Behind the sources comes what no version has used so far; its length counts 32-bit words (RFC 3376, 4.2.6; RFC
    // 3810, 5.2.6).
    const size_t size = head + record.sources * address_size_ + rest_[1] * size_t{4};
    rest_ = rest_.subspan(std::min(size, rest_.size()));
    return record;
}

}  // namespace probevue
