// Units of measure: what the number of a table row counts.
#pragma once

#include <cstdint>
#include <string_view>

namespace probevue {

// Counts (packets, retransmissions), identifiers, ports and flags have none.
enum class Unit : uint8_t { none, bytes, nanoseconds, microseconds, milliseconds, seconds };

// The symbol of the International System of Units (BIPM, 9th edition), with `u` for micro; `B` for bytes (IEC
// 80000-13). `word` is the unit in full. Both are empty for none.
struct UnitName {
    std::string_view symbol;
    std::string_view word;
};
constexpr UnitName name_of(Unit unit) {
    switch (unit) {
        case Unit::none:
            break;
        case Unit::bytes:
            return {"B", "bytes"};
        case Unit::nanoseconds:
            return {"ns", "nanoseconds"};
        case Unit::microseconds:
            return {"us", "microseconds"};
        case Unit::milliseconds:
            return {"ms", "milliseconds"};
        case Unit::seconds:
            return {"s", "seconds"};
    }
    return {};
}

constexpr bool is_time(Unit unit) { return unit >= Unit::nanoseconds; }

// The unit of time of so many nanoseconds; none: there is none.
constexpr Unit time_unit(int64_t nanoseconds) {
    switch (nanoseconds) {
        case 1:
            return Unit::nanoseconds;
        case 1'000:
            return Unit::microseconds;
        case 1'000'000:
            return Unit::milliseconds;
        case 1'000'000'000:
            return Unit::seconds;
        default:
            return Unit::none;
    }
}

constexpr int64_t nanoseconds_of(Unit unit) {
    switch (unit) {
        case Unit::nanoseconds:
            return 1;
        case Unit::microseconds:
            return 1'000;
        case Unit::milliseconds:
            return 1'000'000;
        case Unit::seconds:
            return 1'000'000'000;
        default:
            return 0;
    }
}

}  // namespace probevue
