// A byte string that is written field by field, as headers and file formats are described.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace captures {

enum class Order { big, little };

class Bytes {
public:
    // Plain calls write in network order; the ones that take an Order are for file formats.
    Bytes& u8(uint32_t value);
    Bytes& u16(uint32_t value, Order order = Order::big);
    Bytes& u32(uint32_t value, Order order = Order::big);
    Bytes& u64(uint64_t value, Order order = Order::big);
    Bytes& text(std::string_view characters);
    Bytes& zeros(size_t count);
    Bytes& add(const Bytes& other);

    // Overwrites two bytes in network order; checksums are filled in this way.
    void set_u16(size_t at, uint32_t value);

    // The first `count` bytes, and what comes after the first `from`.
    Bytes first(size_t count) const;
    Bytes from(size_t from) const;

    size_t size() const { return data_.size(); }
    const uint8_t* data() const { return data_.data(); }
    uint8_t operator[](size_t at) const { return data_[at]; }

private:
    std::vector<uint8_t> data_;
};

// The Internet checksum (RFC 1071) of `bytes`, started with the sum of what goes before.
uint32_t internet_sum(const Bytes& bytes, uint32_t start = 0);
uint32_t internet_checksum(const Bytes& bytes, uint32_t start = 0);

}  // namespace captures
