// Machine code as it is written, and the places in it that branches lead to. Both processors are little-endian, as is
// the code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace probevue {

// Of what arithmetic and comparisons are on: 32 bits, which clear the upper half of the register, or 64.
enum class Width : uint8_t { narrow, wide };

// Of what lies in memory, as the power of two of its bytes.
enum class Size : uint8_t { byte, half, word, quad };

// A place that branches lead to; it may be bound behind them.
struct Label {
    uint32_t number = 0;
};

class CodeBuffer {
public:
    Label new_label() {
        places_.push_back(unbound);
        return Label{static_cast<uint32_t>(places_.size() - 1)};
    }
    void bind(Label label) { places_[label.number] = bytes_.size(); }
    size_t size() const { return bytes_.size(); }
    std::vector<uint8_t> take_bytes() { return std::move(bytes_); }

protected:
    // A branch whose distance is written when all labels are bound.
    struct Branch {
        size_t at;  // of what is filled in
        Label to;
        bool is_near;  // of a form that does not reach far
    };

    template <typename T>
    void put(T value) {
        const size_t at = bytes_.size();
        bytes_.resize(at + sizeof value);
        std::memcpy(&bytes_[at], &value, sizeof value);
    }
    template <typename T>
    T get(size_t at) const {
        T value;
        std::memcpy(&value, &bytes_[at], sizeof value);
        return value;
    }
    template <typename T>
    void replace(size_t at, T value) {
        std::memcpy(&bytes_[at], &value, sizeof value);
    }
    void add_branch(Label to, bool is_near) { branches_.push_back({bytes_.size(), to, is_near}); }
    std::span<const Branch> branches() const { return branches_; }
    // Bytes from where the branch is filled in to its label.
    int64_t distance(const Branch& branch) const {
        return static_cast<int64_t>(places_[branch.to.number]) - static_cast<int64_t>(branch.at);
    }

private:
    static constexpr size_t unbound = SIZE_MAX / 4;  // out of the reach of every branch

    std::vector<uint8_t> bytes_;
    std::vector<size_t> places_;  // by label
    std::vector<Branch> branches_;
};

}  // namespace probevue
