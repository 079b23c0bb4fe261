// The library functions and constants of Vue: one row each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "builtins/probe.h"

namespace probevue {

enum class FunctionId : uint8_t {
#define FUNCTION(id, name, prototype, probes, doc) id,
#include "builtins/functions.def"
#undef FUNCTION
    count
};

struct FunctionRow {
    FunctionId id;
    std::string_view name;
    // "result name(type [parameter], ...)" with the parameter types: int (any integral), float, String, List, Array (an associative array's
    // name), Element (an element of one), Range, timestamp, ip, mac, path, stack, net_info, address (any pointer or integral),
    // variable (an assignable variable of any type), any, format (a string literal), type names of flags (see `constants`);
    // `[...]` optional, `...` more of any.
    std::string_view prototype;
    ProbeSet probes;  // where it may be called
    std::string_view doc;
    std::string_view unavailable = {};  // why it can never be had on Linux; named in the error
};

std::span<const FunctionRow> functions();
const FunctionRow* find_function(std::string_view name);

struct ConstantRow {
    std::string_view name;
    int64_t value;
    std::string_view group;      // "TH_", "TCPS_", "time unit": for listings and did-you-mean
    std::string_view doc;
    std::string_view right = {};  // a misprint of the AIX documents: the right spelling
};

std::span<const ConstantRow> constants();
const ConstantRow* find_constant(std::string_view name);

// Names of Vue's own types as they stand in declarations ("String", "ip_addr_t", "__list", ...).
struct TypeNameRow {
    std::string_view name;
    std::string_view doc;
};
std::span<const TypeNameRow> type_names();

}  // namespace probevue
