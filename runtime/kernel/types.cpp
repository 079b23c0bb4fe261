#include "runtime/kernel/types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace probevue {

Error no_kernel_types() {
    return fail("the running kernel has no type information: /sys/kernel/btf/vmlinux cannot be read",
                "boot a kernel built with CONFIG_DEBUG_INFO_BTF, or replay a recording with -r",
                ExitStatus::permission);
}

std::unique_ptr<KernelTypes> KernelTypes::of(std::unique_ptr<TypeInformation> types) {
    return types == nullptr ? nullptr : std::unique_ptr<KernelTypes>(new KernelTypes(std::move(types)));
}

std::unique_ptr<KernelTypes> KernelTypes::load() {
    libbpf_set_print(nullptr);  // what it would say is said by us
    return of(TypeInformation::of_file("/sys/kernel/btf/vmlinux"));
}

// Past typedefs and qualifiers.
const btf_type* KernelTypes::strip(uint32_t id, uint32_t* stripped) const {
    const btf_type* type = btf_->type(id);
    while (type != nullptr && (btf_is_mod(type) || btf_is_typedef(type) || btf_is_type_tag(type))) {
        id = type->type;
        type = btf_->type(id);
    }
    if (stripped != nullptr) *stripped = id;
    return type;
}

uint32_t KernelTypes::size_of(uint32_t id) const {
    const int64_t size = btf_->size(id);
    return size < 0 ? 0 : static_cast<uint32_t>(size);
}

uint32_t KernelTypes::pointed_size(uint32_t id) const {
    const btf_type* type = strip(id);
    if (type == nullptr || !btf_is_ptr(type)) return 0;
    uint32_t target = 0;
    const btf_type* pointed = strip(type->type, &target);
    return pointed != nullptr && btf_is_composite(pointed) ? size_of(target) : 0;
}

ArgumentShape KernelTypes::shape(uint32_t id) const {
    const btf_type* type = strip(id);
    const uint32_t size = size_of(id);
    if (type == nullptr || !(btf_is_int(type) || btf_is_any_enum(type)) || size == 0 || size > 8) return {};
    return {static_cast<uint8_t>(size), is_signed(type)};
}

// Of an integer or an enumeration.
bool KernelTypes::is_signed(const btf_type* type) const {
    return btf_is_int(type) ? (btf_int_encoding(type) & BTF_INT_SIGNED) != 0 : btf_kflag(type);
}

KernelTypeId KernelTypes::stripped(uint32_t id) const {
    uint32_t out = 0;
    return strip(id, &out) == nullptr ? 0 : out;
}

Prototype KernelTypes::prototype(const btf_type* function, unsigned skipped) const {
    Prototype out;
    const btf_param* parameters = btf_params(function);
    for (unsigned i = skipped; i < btf_vlen(function); ++i) {
        const btf_type* type = strip(parameters[i].type);
        std::string structure;
        if (type != nullptr && btf_is_ptr(type)) {
            const btf_type* pointed = strip(type->type);
            if (pointed != nullptr && btf_is_composite(pointed)) structure = btf_->name(pointed->name_off);
        }
        out.arguments.push_back(std::move(structure));
        out.shapes.push_back(shape(parameters[i].type));
        out.types.push_back(stripped(parameters[i].type));
        // A structure of 16 bytes is passed in two registers.
        if (type != nullptr && btf_is_composite(type) && type->size > 8) {
            out.arguments.emplace_back();
            out.shapes.emplace_back();
            out.types.push_back(0);
        }
    }
    return out;
}

// "btf_trace_NAME" is a pointer to a function whose first argument is the tracepoint's own data.
std::optional<Prototype> KernelTypes::tracepoint(std::string_view name) const {
    const int id = btf_->find("btf_trace_" + std::string(name), BTF_KIND_TYPEDEF);
    if (id < 0) return std::nullopt;
    const btf_type* pointer = strip(static_cast<uint32_t>(id));
    const btf_type* function = pointer == nullptr ? nullptr : btf_->type(pointer->type);
    if (function == nullptr || !btf_is_func_proto(function)) return std::nullopt;
    Prototype out = prototype(function, 1);
    out.btf_id = static_cast<uint32_t>(id);
    return out;
}

// They are those of the function that calls what is attached.
std::vector<std::string> KernelTypes::argument_names(std::string_view tracepoint_name) const {
    std::vector<std::string> out;
    const std::optional<Prototype> known = tracepoint(tracepoint_name);
    if (!known) return out;
    const int caller = btf_->find("__traceiter_" + std::string(tracepoint_name), BTF_KIND_FUNC);
    if (caller < 0) return out;
    const btf_type* named = btf_->type(btf_->type(static_cast<uint32_t>(caller))->type);
    if (!btf_is_func_proto(named)) return out;
    for (unsigned i = 1; i < btf_vlen(named); ++i) {
        out.emplace_back(btf_->name(btf_params(named)[i].name_off));
        if (out.size() < known->types.size() && known->types[out.size()] == 0) out.emplace_back();
    }
    if (out.size() != known->types.size()) out.clear();  // it is about other arguments
    return out;
}

std::vector<std::string> KernelTypes::tracepoints() const {
    constexpr std::string_view prefix = "btf_trace_";
    std::vector<std::string> out;
    for (uint32_t id = 1; id < btf_->count(); ++id) {
        const btf_type* type = btf_->type(id);
        if (!btf_is_typedef(type)) continue;
        const std::string_view name = btf_->name(type->name_off);
        if (name.starts_with(prefix)) out.emplace_back(name.substr(prefix.size()));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<Prototype> KernelTypes::function(std::string_view name) const {
    const int id = btf_->find(name, BTF_KIND_FUNC);
    if (id < 0) return std::nullopt;
    const btf_type* function = btf_->type(btf_->type(static_cast<uint32_t>(id))->type);
    if (function == nullptr || !btf_is_func_proto(function)) return std::nullopt;
    Prototype out = prototype(function, 0);
    out.btf_id = static_cast<uint32_t>(id);
    return out;
}

// Looks into members without a name too. `bits`: where the structure itself begins. `seen` becomes false for what lies
// in a union behind its first member: the verifier takes the first that is as large for what is there.
bool KernelTypes::member(uint32_t structure, std::string_view name, uint32_t bits, uint32_t& type, uint32_t& at_bit,
                         uint32_t& bitfield, bool& seen) const {
    const btf_type* composite = strip(structure);
    if (composite == nullptr || !btf_is_composite(composite)) return false;
    const btf_member* members = btf_members(composite);
    for (unsigned i = 0; i < btf_vlen(composite); ++i) {
        const std::string_view own = btf_->name(members[i].name_off);
        const uint32_t at = bits + btf_member_bit_offset(composite, i);
        const bool hidden = btf_is_union(composite) && i > 0;
        if (own == name) {
            type = members[i].type;
            at_bit = at;
            bitfield = btf_member_bitfield_size(composite, i);
            seen = seen && !hidden;
            return true;
        }
        if (own.empty() && member(members[i].type, name, at, type, at_bit, bitfield, seen)) {
            seen = seen && !hidden;
            return true;
        }
    }
    return false;
}

std::optional<ResolvedPath> KernelTypes::resolve(std::string_view path) const {
    ResolvedPath out;
    const size_t first = path.find_first_of(".-");
    uint32_t type = 0;
    const int root = btf_->find(path.substr(0, first), BTF_KIND_STRUCT);
    if (root < 0 || first == std::string_view::npos) return std::nullopt;
    type = static_cast<uint32_t>(root);
    uint32_t bit = 0;
    uint32_t bitfield = 0;
    bool seen = true;
    path.remove_prefix(first);
    while (!path.empty()) {
        if (path.starts_with("->")) {
            const btf_type* pointer = strip(type);
            if (pointer == nullptr || !btf_is_ptr(pointer)) return std::nullopt;
            out.steps.push_back({bit / 8, true, seen ? pointed_size(type) : 0});
            seen = true;
            type = pointer->type;
            bit = 0;
            path.remove_prefix(2);
        } else if (path.front() == '[') {
            uint32_t index = 0;
            const auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
            const btf_type* array = strip(type);
            if (error != std::errc() || end == path.data() + path.size() || *end != ']' || array == nullptr ||
                !btf_is_array(array))
                return std::nullopt;
            type = btf_array(array)->type;
            bit += index * size_of(type) * 8;
            path.remove_prefix(static_cast<size_t>(end - path.data()) + 1);
            continue;
        } else {
            path.remove_prefix(1);
        }
        const size_t length = std::min(path.find_first_of(".-["), path.size());
        if (!member(type, path.substr(0, length), bit, type, bit, bitfield, seen)) return std::nullopt;
        path.remove_prefix(length);
    }
    const btf_type* value = strip(type);
    if (value == nullptr) return std::nullopt;
    out.size = size_of(type);
    out.is_signed = btf_is_int(value) && (btf_int_encoding(value) & BTF_INT_SIGNED) != 0;
    uint32_t offset = bit / 8;
    if (bitfield != 0) {
        // The unit that holds all of its bits, at an offset that is a multiple of its size.
        for (out.size = 1; out.size < 8; out.size *= 2) {
            const uint32_t unit = bit / (out.size * 8) * (out.size * 8);
            if (bit + bitfield <= unit + out.size * 8) break;
        }
        offset = bit / (out.size * 8) * out.size;
        out.bit_offset = static_cast<uint8_t>(bit - offset * 8);
        out.bit_width = static_cast<uint8_t>(bitfield);
    }
    out.steps.push_back({offset, false, seen ? pointed_size(type) : 0});
    return out;
}

std::optional<KernelType> KernelTypes::type(KernelTypeId id) const {
    const btf_type* type = id == 0 ? nullptr : strip(id);
    if (type == nullptr || btf_is_void(type)) return std::nullopt;
    KernelType out;
    out.name = btf_->name(type->name_off);
    out.size = size_of(id);
    if (btf_is_int(type) || btf_is_any_enum(type)) {
        out.kind = KernelType::Kind::integer;
        out.is_signed = is_signed(type) && !(btf_is_int(type) && out.name == "char");
        if (btf_is_int(type)) out.name.clear();
    } else if (btf_is_ptr(type)) {
        out.kind = KernelType::Kind::pointer;
        out.target = stripped(type->type);
    } else if (btf_is_array(type)) {
        out.kind = KernelType::Kind::array;
        out.target = stripped(btf_array(type)->type);
        out.count = btf_array(type)->nelems;
    } else if (btf_is_composite(type)) {
        out.kind = KernelType::Kind::structure;
        out.is_union = btf_is_union(type);
        const btf_member* members = btf_members(type);
        for (unsigned i = 0; i < btf_vlen(type); ++i) {
            out.members.push_back({btf_->name(members[i].name_off), stripped(members[i].type),
                                   btf_member_bit_offset(type, i),
                                   static_cast<uint8_t>(btf_member_bitfield_size(type, i))});
        }
    } else if (btf_is_fwd(type)) {
        out.is_union = btf_kflag(type);
    }
    return out;
}

std::optional<KernelTypeId> KernelTypes::structure(std::string_view name, bool is_union) const {
    const int id = btf_->find(name, is_union ? BTF_KIND_UNION : BTF_KIND_STRUCT);
    return id < 0 ? std::nullopt : std::optional(static_cast<KernelTypeId>(id));
}

std::optional<uint32_t> KernelTypes::struct_size(std::string_view name) const {
    const int id = btf_->find(name, BTF_KIND_STRUCT);
    if (id < 0) return std::nullopt;
    return size_of(static_cast<uint32_t>(id));
}

namespace {

// The enumerators of an enum as the type information has them; empty: there is no such enum.
std::span<const struct btf_enum> enumerators_of(const TypeInformation& types, std::string_view enumeration) {
    const int id = types.find(enumeration, BTF_KIND_ENUM);
    if (id < 0) return {};
    const btf_type* type = types.type(static_cast<uint32_t>(id));
    return {btf_enum(type), btf_vlen(type)};
}

}  // namespace

std::vector<Enumerator> KernelTypes::enumerators(std::string_view enumeration) const {
    std::vector<Enumerator> out;
    for (const struct btf_enum& one : enumerators_of(*btf_, enumeration))
        out.push_back({std::string(btf_->name(one.name_off)), one.val});
    return out;
}

std::optional<int64_t> KernelTypes::enumerator(std::string_view enumeration, std::string_view name) const {
    for (const struct btf_enum& one : enumerators_of(*btf_, enumeration)) {
        if (btf_->name(one.name_off) == name) return one.val;
    }
    return std::nullopt;
}

}  // namespace probevue
