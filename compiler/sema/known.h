// Private to compiler/sema: what is known of an integer before the script runs. By it comparisons are found that have
// one result only, and masks that leave nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/sema/checked.h"

namespace probevue::sema {

__extension__ using Wide = __int128;  // holds every value of every integer type

// Always on the safe side: a value that can be is never left out.
struct Known {
    Wide least = 0;
    Wide most = 0;
    uint64_t may = 0;   // bits that can be set, in two's complement of 64 bits
    uint64_t must = 0;  // bits that are set in every value

    bool is_one_value() const { return least == most; }
};

// The expression has an integer type.
Known known(const checked::Expr& expr);

// The version of IP (IpAddress::v4 or v6) of an address that is always of the same: of a member of a header of one.
std::optional<uint64_t> known_version(const checked::Expr& address);

// Has `a op b` the same result for all values? `a` and `b` are what is known of both sides in their common type.
enum class Outcome : uint8_t { open, always, never };
Outcome outcome(checked::CompareOp op, const Known& a, const Known& b);

// "goes from 0 to 255", "has only the bits 0x3f": what the values of a type or of what a header can hold are.
std::string describe(const Known& values);
std::string describe_bits(const Known& values);

}  // namespace probevue::sema
