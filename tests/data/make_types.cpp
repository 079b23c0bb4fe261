// Writes down what the rows of hooks and views need of a kernel's type information, as text.
// usage: make_types VMLINUX PROCESSOR >FILE      (an ELF file with a section .BTF, or the type information itself;
// x86_64
//                                                or aarch64)
//
//     struct NAME SIZE                       its size in bytes, then those members that are needed
//         BIT[:WIDTH] TYPE NAME              where it begins; of a bit-field its width
//         BIT struct SIZE [NAME]             one that has no name as a type, with its members
//     enum NAME
//         ENUMERATOR VALUE
//     tracepoint NAME(TYPE, ...)             without the tracepoint's own first argument
//     function NAME(TYPE, ...)
//
// A TYPE is `u32`, `s16` ..., `struct NAME`, `union NAME`, `{SIZE}` (a structure without a name), `void`, `*TYPE`
// (pointer) or `[COUNT]TYPE` (array). Of a union the first member is always there: the kernel's verifier looks at it
// (runtime/kernel/types.cpp).
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tests/unit/hook_rows.h"
#include "tests/unit/recorded_kernel.h"

namespace probevue {
namespace {

// Remembers what is asked.
class Asked final : public TypesKernel {
public:
    using TypesKernel::TypesKernel;

    std::optional<Prototype> tracepoint(std::string_view name) const override {
        return remember(tracepoints_, name, TypesKernel::tracepoint(name));
    }
    std::optional<Prototype> function(std::string_view name) const override {
        return remember(functions_, name, TypesKernel::function(name));
    }
    std::optional<uint32_t> struct_size(std::string_view name) const override {
        if (const auto id = structure(name, false)) mark_structure(*id);
        return TypesKernel::struct_size(name);
    }
    std::optional<int64_t> enumerator(std::string_view enumeration, std::string_view name) const override {
        const std::optional<int64_t> value = TypesKernel::enumerator(enumeration, name);
        if (value) enumerators_[std::string(enumeration)][std::string(name)] = *value;
        return value;
    }
    std::optional<ResolvedPath> resolve(std::string_view path) const override {
        std::optional<ResolvedPath> found = TypesKernel::resolve(path);
        if (found) mark(path);
        return found;
    }

    void write() const {
        std::string prototypes;
        for (const auto& [name, prototype] : tracepoints_) prototypes += line("tracepoint", name, prototype);
        for (const auto& [name, prototype] : functions_) prototypes += line("function", name, prototype);
        // Members name further structures, of which at least the size is needed.
        std::map<std::string, std::string> blocks;
        for (bool more = true; more;) {
            more = false;
            for (const KernelTypeId id : std::set<KernelTypeId>(named_)) {
                const KernelType of = *type(id);
                const std::string head = fmt::format("{} {}", of.is_union ? "union" : "struct", of.name);
                if (!blocks.contains(head)) more = true;
                blocks[head] = fmt::format("{} {}\n{}", head, of.size, members(id, of, 1));
            }
        }
        for (const auto& [head, block] : blocks) fmt::print("{}", block);
        for (const auto& [enumeration, values] : enumerators_) {
            fmt::print("enum {}\n", enumeration);
            for (const auto& [name, value] : values) fmt::print("    {} {}\n", name, value);
        }
        fmt::print("{}", prototypes);
    }

private:
    static std::optional<Prototype> remember(std::map<std::string, Prototype>& in, std::string_view name,
                                             std::optional<Prototype> found) {
        if (found) in[std::string(name)] = *found;
        return found;
    }

    void mark_structure(KernelTypeId id) const {
        const std::optional<KernelType> of = type(id);
        if (of && of->kind == KernelType::Kind::structure && !of->name.empty()) named_.insert(id);
    }

    // Marks the members that lead to one of that name; its type.
    std::optional<KernelTypeId> mark_member(KernelTypeId structure_id, std::string_view name) const {
        const std::optional<KernelType> of = type(structure_id);
        if (!of) return std::nullopt;
        mark_structure(structure_id);
        for (size_t i = 0; i < of->members.size(); ++i) {
            const KernelMember& member = of->members[i];
            std::optional<KernelTypeId> found;
            if (member.name == name) found = member.type;
            if (member.name.empty()) found = mark_member(member.type, name);
            if (!found) continue;
            marked_[structure_id].insert(i);
            return found;
        }
        return std::nullopt;
    }

    void mark(std::string_view path) const {
        const size_t first = path.find_first_of(".-");
        std::optional<KernelTypeId> at = structure(path.substr(0, first), false);
        path.remove_prefix(first);
        while (at && !path.empty()) {
            if (path.starts_with("->") || path.front() == '[') {
                at = type(*at)->target;
                path.remove_prefix(path.front() == '[' ? path.find(']') + 1 : 2);
                if (path.empty() || path.front() == '[' || path.starts_with("->")) continue;
                if (path.front() == '.') path.remove_prefix(1);
            } else {
                path.remove_prefix(1);
            }
            const size_t length = std::min(path.find_first_of(".-["), path.size());
            at = mark_member(*at, path.substr(0, length));
            path.remove_prefix(length);
        }
    }

    std::string text(KernelTypeId id) const {
        const std::optional<KernelType> of = id == 0 ? std::nullopt : type(id);
        if (!of) return "void";
        switch (of->kind) {
            case KernelType::Kind::integer:
                return fmt::format("{}{}", of->is_signed ? 's' : 'u', of->size * 8);
            case KernelType::Kind::pointer:
                return "*" + text(of->target);
            case KernelType::Kind::array:
                return fmt::format("[{}]{}", of->count, text(of->target));
            case KernelType::Kind::structure:
                if (of->name.empty()) return fmt::format("{{{}}}", of->size);
                named_.insert(id);
                return fmt::format("{} {}", of->is_union ? "union" : "struct", of->name);
            case KernelType::Kind::opaque:
                break;
        }
        return "void";
    }

    std::string line(std::string_view what, const std::string& name, const Prototype& prototype) const {
        std::string out;
        for (size_t i = 0; i < prototype.types.size(); ++i) {
            // The second half of an argument that takes two registers is made anew from the first.
            if (i > 0 && prototype.types[i] == 0 && type(prototype.types[i - 1]) &&
                type(prototype.types[i - 1])->kind == KernelType::Kind::structure)
                continue;
            out += (out.empty() ? "" : ", ") + text(prototype.types[i]);
        }
        return fmt::format("{} {}({})\n", what, name, out);
    }

    std::string members(KernelTypeId id, const KernelType& of, size_t depth) const {
        std::string out;
        const std::set<size_t>& wanted = marked_[id];
        for (size_t i = 0; i < of.members.size(); ++i) {
            const KernelMember& member = of.members[i];
            if (!wanted.contains(i) && !(of.is_union && i == 0 && !wanted.empty())) continue;
            out += std::string(depth * 4, ' ') + std::to_string(member.bit);
            if (member.width != 0) out += fmt::format(":{}", member.width);
            const std::optional<KernelType> inner = type(member.type);
            if (inner && inner->kind == KernelType::Kind::structure && inner->name.empty()) {
                out += fmt::format(" {} {}{}\n", inner->is_union ? "union" : "struct", inner->size,
                                   member.name.empty() ? "" : " " + member.name);
                out += members(member.type, *inner, depth + 1);
            } else {
                out += fmt::format(" {} {}\n", text(member.type), member.name);
            }
        }
        return out;
    }

    mutable std::map<std::string, Prototype> tracepoints_;
    mutable std::map<std::string, Prototype> functions_;
    mutable std::map<std::string, std::map<std::string, int64_t>> enumerators_;
    mutable std::set<KernelTypeId> named_;
    mutable std::map<KernelTypeId, std::set<size_t>> marked_;
};

}  // namespace
}  // namespace probevue

int main(int argc, char** argv) {
    const std::string_view processor = argc == 3 ? argv[2] : "";
    const bool is_arm64 = processor == probevue::arm64_processor.name;
    if (!is_arm64 && processor != probevue::x86_64_processor.name) {
        fmt::print(stderr, "usage: make_types VMLINUX x86_64|aarch64\n");
        return 2;
    }
    btf* types = btf__parse(argv[1], nullptr);
    if (types == nullptr) {
        fmt::print(stderr, "{} has no type information\n", argv[1]);
        return 1;
    }
    const probevue::Asked kernel(types, is_arm64 ? probevue::arm64_processor : probevue::x86_64_processor);
    static_cast<void>(probevue::all_lacks(kernel));
    kernel.write();
    return 0;
}
