#include "make/bytes.h"

#include <algorithm>

namespace captures {

Bytes& Bytes::u8(uint32_t value) {
    data_.push_back(static_cast<uint8_t>(value & 0xff));
    return *this;
}

Bytes& Bytes::u16(uint32_t value, Order order) {
    const uint32_t high = value >> 8;
    return order == Order::big ? u8(high).u8(value) : u8(value).u8(high);
}

Bytes& Bytes::u32(uint32_t value, Order order) {
    const uint32_t high = value >> 16;
    return order == Order::big ? u16(high).u16(value) : u16(value, order).u16(high, order);
}

Bytes& Bytes::u64(uint64_t value, Order order) {
    const auto high = static_cast<uint32_t>(value >> 32);
    const auto low = static_cast<uint32_t>(value);
    return order == Order::big ? u32(high).u32(low) : u32(low, order).u32(high, order);
}

Bytes& Bytes::text(std::string_view characters) {
    for (const char character : characters) u8(static_cast<uint8_t>(character));
    return *this;
}

Bytes& Bytes::zeros(size_t count) {
    data_.resize(data_.size() + count);
    return *this;
}

Bytes& Bytes::add(const Bytes& other) {
    data_.insert(data_.end(), other.data_.begin(), other.data_.end());
    return *this;
}

void Bytes::set_u16(size_t at, uint32_t value) {
    data_.at(at) = static_cast<uint8_t>((value >> 8) & 0xff);
    data_.at(at + 1) = static_cast<uint8_t>(value & 0xff);
}

Bytes Bytes::first(size_t count) const {
    Bytes part;
    const size_t end = std::min(count, data_.size());
    part.data_.assign(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(end));
    return part;
}

Bytes Bytes::from(size_t from) const {
    Bytes part;
    const size_t begin = std::min(from, data_.size());
    part.data_.assign(data_.begin() + static_cast<std::ptrdiff_t>(begin), data_.end());
    return part;
}

uint32_t internet_sum(const Bytes& bytes, uint32_t start) {
    uint32_t sum = start;
    for (size_t i = 0; i < bytes.size(); i += 2) {
        const uint32_t low = i + 1 < bytes.size() ? bytes[i + 1] : 0;
        sum += (uint32_t{bytes[i]} << 8) | low;
    }
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

uint32_t internet_checksum(const Bytes& bytes, uint32_t start) { return ~internet_sum(bytes, start) & 0xffff; }

}  // namespace captures
