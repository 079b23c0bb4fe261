// Integers in memory: kept extended to 64 bits by their own type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compiler/program/record.h"
#include "runtime/values/hash.h"

namespace probevue {

// Makes the word at `value` one that an integer of the field's type can hold: cut to its width, then extended.
inline void narrow(std::byte* value, const RecordField& to) {
    if (to.kind != FieldKind::integer || to.width == 0 || to.width >= 8) return;
    const int shift = 64 - 8 * to.width;
    uint64_t word = load_word(value) << shift;
    word = to.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(word) >> shift) : word >> shift;
    std::memcpy(value, &word, sizeof word);
}

}  // namespace probevue
