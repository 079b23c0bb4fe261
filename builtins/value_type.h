// The types that rows of the tables can have. The compiler's own, richer type (compiler/sema/type.h) is made from
// these.
#pragma once

#include <cstdint>
#include <string_view>

#include "builtins/unit.h"

namespace probevue {

enum class ValueKind : uint8_t {
    none,  // no value
    u8,
    s8,
    u16,
    s16,
    u32,
    s32,
    u64,
    s64,
    f64,        // a double (IEEE 754 binary64)
    string,     // NUL-padded bytes, `size` of them
    mac,        // mac_addr_t: 48 bits in a 64-bit scalar, first byte on the wire most significant
    ip,         // ip_addr_t: IpAddress of builtins/base/address.h
    timestamp,  // probev_timestamp_t: nanoseconds since the epoch (CLOCK_REALTIME), 0 is "none"
    path,       // path_t
    stack,      // stktrace_t
    packet,     // address of raw packet bytes (__mdata)
    pointer,    // kernel or user address
};

struct ValueType {
    ValueKind kind = ValueKind::none;
    uint16_t size = 0;  // bytes, for strings
    Unit unit = Unit::none;
};

}  // namespace probevue
