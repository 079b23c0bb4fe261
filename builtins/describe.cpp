#include "builtins/describe.h"

#include <fmt/format.h>

#include <array>

namespace probevue {

std::string to_string(ValueType type) {
    constexpr std::array<const char*, 17> names = {
        "void",         "char",      "signed char",        "unsigned short", "short",
        "unsigned int", "int",       "unsigned long long", "long long",      "String",
        "mac_addr_t",   "ip_addr_t", "probev_timestamp_t", "path_t",         "stktrace_t",
        "char *",       "void *",
    };
    const char* name = names[static_cast<size_t>(type.kind)];
    return type.kind == ValueKind::string ? fmt::format("{}[{}]", name, type.size) : name;
}

std::string spelled(const BuiltinRow& row) {
    return row.member.empty() ? std::string(row.name) : fmt::format("{}->{}", row.name, row.member);
}

std::string protocol_names(ProtocolSet set) {
    std::string out;
    for (const ProtocolRow& row : protocols()) {
        if ((set & static_cast<ProtocolSet>(row.protocol)) != 0)
            out += (out.empty() ? "" : ", ") + std::string(row.name);
    }
    return out;
}

std::string readable_prototype(const FunctionRow& row) {
    std::string out(row.prototype);
    for (size_t open = out.find('{'); open != std::string::npos; open = out.find('{', open))
        out.replace(open, out.find('}', open) + 1 - open, "int");
    return out;
}

}  // namespace probevue
