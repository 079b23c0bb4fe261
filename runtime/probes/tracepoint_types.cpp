#include "runtime/probes/tracepoint_types.h"

#include <fmt/format.h>

#include <optional>

namespace probevue {
namespace {

// As in C, before the name: "struct sock *", "unsigned int ".
std::string spelled(const KernelFacts& kernel, KernelTypeId id) {
    if (id == 0) return "void ";
    const std::optional<KernelType> type = kernel.type(id);
    if (!type) return "void ";
    switch (type->kind) {
        case KernelType::Kind::pointer:
            return spelled(kernel, type->target) + "*";
        case KernelType::Kind::array:
            return spelled(kernel, type->target);
        case KernelType::Kind::integer: {
            if (!type->name.empty()) return fmt::format("enum {} ", type->name);
            const std::string_view sign = type->is_signed ? "" : "unsigned ";
            switch (type->size) {
                case 1:
                    return fmt::format("{}char ", type->is_signed ? "signed " : "");
                case 2:
                    return fmt::format("{}short ", sign);
                case 4:
                    return fmt::format("{}int ", sign);
                default:
                    return fmt::format("{}long ", sign);
            }
        }
        case KernelType::Kind::structure:
        case KernelType::Kind::opaque:
            break;
    }
    if (type->name.empty()) return "void ";
    return fmt::format("{} {} ", type->is_union ? "union" : "struct", type->name);
}

// The structure that a type is, leads to, or holds elements of; of one without a body the whole one.
std::optional<KernelType> structure_behind(const KernelFacts& kernel, KernelTypeId id) {
    std::optional<KernelType> type = id == 0 ? std::nullopt : kernel.type(id);
    while (type && (type->kind == KernelType::Kind::pointer || type->kind == KernelType::Kind::array))
        type = type->target == 0 ? std::nullopt : kernel.type(type->target);
    if (!type || type->kind == KernelType::Kind::integer) return std::nullopt;
    if (type->kind == KernelType::Kind::structure) return type;
    const std::optional<KernelTypeId> whole = kernel.structure(type->name, type->is_union);
    return whole ? kernel.type(*whole) : std::nullopt;
}

// Those of a member without a name count as the structure's own.
void add_members(const KernelFacts& kernel, const KernelType& structure, std::vector<KernelMember>& to) {
    for (const KernelMember& member : structure.members) {
        if (!member.name.empty()) {
            to.push_back(member);
        } else if (const std::optional<KernelType> inner = kernel.type(member.type)) {
            add_members(kernel, *inner, to);
        }
    }
}

}  // namespace

std::vector<std::string> tracepoint_arguments(const KernelFacts& kernel, std::string_view tracepoint) {
    std::vector<std::string> out;
    const std::optional<Prototype> prototype = kernel.tracepoint(tracepoint);
    if (!prototype) return out;
    const std::vector<std::string> names = kernel.argument_names(tracepoint);
    for (size_t i = 0; i < prototype->types.size(); ++i) {
        const std::string name = i < names.size() ? names[i] : std::string();
        std::string type = prototype->types[i] == 0 ? "long " : spelled(kernel, prototype->types[i]);
        if (name.empty() && type.ends_with(' ')) type.pop_back();
        out.push_back(fmt::format("__arg{} {}{}", i + 1, type, name));
    }
    return out;
}

std::vector<std::string> tracepoint_members(const KernelFacts& kernel, std::string_view tracepoint, uint32_t argument,
                                            std::span<const std::string_view> path) {
    const std::optional<Prototype> prototype = kernel.tracepoint(tracepoint);
    if (!prototype || argument == 0 || argument > prototype->types.size()) return {};
    std::vector<KernelMember> members;
    KernelTypeId type = prototype->types[argument - 1];
    for (size_t step = 0;; ++step) {
        const std::optional<KernelType> structure = structure_behind(kernel, type);
        if (!structure) return {};
        members.clear();
        add_members(kernel, *structure, members);
        if (step == path.size()) break;
        type = 0;
        for (const KernelMember& member : members) {
            if (member.name == path[step]) type = member.type;
        }
    }
    std::vector<std::string> out;
    for (KernelMember& member : members) out.push_back(std::move(member.name));
    return out;
}

}  // namespace probevue
