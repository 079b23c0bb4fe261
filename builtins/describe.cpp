#include "builtins/describe.h"

#include <fmt/format.h>

namespace probevue {

std::string to_string(ValueType type) {
    switch (type.kind) {
        case ValueKind::none:
            return "void";
        case ValueKind::u8:
            return "char";
        case ValueKind::s8:
            return "signed char";
        case ValueKind::u16:
            return "unsigned short";
        case ValueKind::s16:
            return "short";
        case ValueKind::u32:
            return "unsigned int";
        case ValueKind::s32:
            return "int";
        case ValueKind::u64:
            return "unsigned long long";
        case ValueKind::s64:
            return "long long";
        case ValueKind::f64:
            return "double";
        case ValueKind::string:
            return fmt::format("String[{}]", type.size);
        case ValueKind::mac:
            return "mac_addr_t";
        case ValueKind::ip:
            return "ip_addr_t";
        case ValueKind::timestamp:
            return "probev_timestamp_t";
        case ValueKind::path:
            return "path_t";
        case ValueKind::stack:
            return "stktrace_t";
        case ValueKind::packet:
            return "char *";
        case ValueKind::pointer:
            return "void *";
    }
    return "void";
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
    // `{group}` stands for a constant of the group; to those who write a call it is an integer.
    for (size_t open = out.find('{'); open != std::string::npos; open = out.find('{', open))
        out.replace(open, out.find('}', open) + 1 - open, "int");
    return out;
}

}  // namespace probevue
