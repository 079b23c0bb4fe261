// Interned values: equal values have equal identifiers, from 1 on. For paths and stack traces, which the language only
// compares and prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace probevue {

template <typename Value>
class InternTable {
public:
    // 0 when the table is full.
    uint64_t intern(const Value& value, size_t most = 1'000'000) {
        const auto found = identifiers_.find(value);
        if (found != identifiers_.end()) return found->second;
        if (values_.size() >= most) return 0;
        const auto added = identifiers_.emplace(value, values_.size() + 1).first;
        values_.push_back(&added->first);
        return added->second;
    }

    // Null for 0 and for what was never interned.
    const Value* find(uint64_t identifier) const {
        return identifier - 1 < values_.size() ? values_[identifier - 1] : nullptr;
    }

private:
    std::map<Value, uint64_t> identifiers_;
    std::vector<const Value*> values_;  // nodes of a map stay where they are
};

}  // namespace probevue
