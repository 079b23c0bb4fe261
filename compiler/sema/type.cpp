// Interning, and the names that messages show.
#include "compiler/sema/type.h"

#include <deque>
#include <map>
#include <utility>

namespace probevue {

namespace {

constexpr uint32_t pointer_size = 8;
constexpr uint32_t ip_size = 24;  // IpAddress, builtins/base/address.h

Type make_integer(uint32_t bytes, bool is_signed, std::string name) {
    Type type;
    type.kind = TypeKind::integer;
    type.size = bytes;
    type.align = bytes;
    type.is_signed = is_signed;
    type.name = std::move(name);
    return type;
}

Type make_simple(TypeKind kind, uint32_t size, std::string name) {
    Type type;
    type.kind = kind;
    type.size = size;
    type.align = size == 0 ? 1 : 8;
    type.name = std::move(name);
    return type;
}

// Where State::integers has the type: pairs of 1, 2, 4 and 8 bytes, the unsigned one first.
size_t integer_slot(uint32_t bytes, bool is_signed) {
    const size_t rank = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
    return rank * 2 + (is_signed ? 1 : 0);
}

// `element_name[count]`, the count before those of an element that is an array itself, as C writes it.
std::string array_name(TypeRef of, uint32_t count) {
    const std::string dimension = "[" + std::to_string(count) + "]";
    const size_t bracket = of->kind == TypeKind::array ? of->name.find('[') : std::string::npos;
    if (bracket == std::string::npos) {
        return of->name + dimension;
    }
    return of->name.substr(0, bracket) + dimension + of->name.substr(bracket);
}

}  // namespace

bool Type::is_scalar() const {
    switch (kind) {
        case TypeKind::integer:
        case TypeKind::floating:
        case TypeKind::mac:
        case TypeKind::timestamp:
        case TypeKind::path:
        case TypeKind::stack:
        case TypeKind::pointer:
            return true;
        default:
            return false;
    }
}

const Field* Type::find_field(std::string_view field_name) const {
    for (const Field& field : fields) {
        if (field.name == field_name) {
            return &field;
        }
    }
    return nullptr;
}

// A deque, because references to its elements stay valid while it grows.
struct TypeTable::State {
    std::deque<Type> types;
    TypeRef void_type = nullptr;
    TypeRef integers[8] = {};
    TypeRef long_longs[2] = {};
    TypeRef boolean = nullptr;
    TypeRef float_type = nullptr;
    TypeRef double_type = nullptr;
    std::map<TypeKind, TypeRef> simple;
    std::map<uint32_t, TypeRef> strings;
    std::map<std::pair<TypeRef, AddressSpace>, TypeRef> pointers;
    std::map<std::pair<TypeRef, uint32_t>, TypeRef> arrays;

    Type& add(Type type) { return types.emplace_back(std::move(type)); }
};

TypeTable::TypeTable() : state_(std::make_unique<State>()) {
    State& state = *state_;
    Type nothing;
    nothing.name = "void";
    state.void_type = &state.add(std::move(nothing));

    static constexpr const char* names[] = {"char",         "signed char", "unsigned short", "short",
                                            "unsigned int", "int",         "unsigned long",  "long"};
    for (size_t slot = 0; slot < 8; ++slot) {
        state.integers[slot] = &state.add(make_integer(1u << (slot / 2), slot % 2 == 1, names[slot]));
    }
    state.long_longs[0] = &state.add(make_integer(8, false, "unsigned long long"));
    state.long_longs[1] = &state.add(make_integer(8, true, "long long"));

    Type boolean = make_integer(1, false, "_Bool");
    boolean.is_boolean = true;
    state.boolean = &state.add(std::move(boolean));

    Type real;
    real.kind = TypeKind::floating;
    real.is_signed = true;
    real.size = real.align = 4;
    real.name = "float";
    state.float_type = &state.add(real);
    real.size = real.align = 8;
    real.name = "double";
    state.double_type = &state.add(real);

    const auto simple = [&](TypeKind kind, uint32_t size, const char* name) -> Type& {
        Type& type = state.add(make_simple(kind, size, name));
        state.simple[kind] = &type;
        return type;
    };
    simple(TypeKind::mac, 8, "mac_addr_t");
    Type& ip = simple(TypeKind::ip, ip_size, "ip_addr_t");
    simple(TypeKind::timestamp, 8, "probev_timestamp_t");
    simple(TypeKind::path, 8, "path_t");
    simple(TypeKind::stack, 8, "stktrace_t");
    // Without a size: what they take in memory is known where they are stored (compiler/ir/storage.cpp).
    simple(TypeKind::list, 0, "__list");
    simple(TypeKind::range, 0, "range_t");
    simple(TypeKind::dist, 0, "dist_t");
    simple(TypeKind::distinct, 0, "distinct_t");

    Type& net_info = simple(TypeKind::net_info, 8 + 2 * ip_size, "net_info_t");
    TypeRef port = integer(4, true);
    net_info.fields = {
        {"local_port", port, 0}, {"remote_port", port, 4}, {"local_addr", &ip, 8}, {"remote_addr", &ip, 8 + ip_size}};
}

TypeTable::~TypeTable() = default;
TypeTable::TypeTable(TypeTable&&) noexcept = default;
TypeTable& TypeTable::operator=(TypeTable&&) noexcept = default;

TypeRef TypeTable::void_type() const { return state_->void_type; }
TypeRef TypeTable::integer(uint32_t bytes, bool is_signed) const {
    return state_->integers[integer_slot(bytes, is_signed)];
}
TypeRef TypeTable::boolean() const { return state_->boolean; }
TypeRef TypeTable::long_long(bool is_signed) const { return state_->long_longs[is_signed ? 1 : 0]; }
TypeRef TypeTable::float_type() const { return state_->float_type; }
TypeRef TypeTable::double_type() const { return state_->double_type; }

TypeRef TypeTable::simple(TypeKind kind) const {
    const auto found = state_->simple.find(kind);
    return found == state_->simple.end() ? state_->void_type : found->second;
}

TypeRef TypeTable::string(uint32_t length) {
    TypeRef& known = state_->strings[length];
    if (known == nullptr) {
        Type type;
        type.kind = TypeKind::string;
        type.size = type.count = length;
        type.name = "String[" + std::to_string(length) + "]";
        known = &state_->add(std::move(type));
    }
    return known;
}

TypeRef TypeTable::pointer(TypeRef to, AddressSpace space) {
    TypeRef& known = state_->pointers[{to, space}];
    if (known == nullptr) {
        Type type;
        type.kind = TypeKind::pointer;
        type.size = type.align = pointer_size;
        type.element = to;
        type.space = space;
        type.name = to->name + (to->kind == TypeKind::pointer ? "*" : " *");
        known = &state_->add(std::move(type));
    }
    return known;
}

TypeRef TypeTable::array(TypeRef of, uint32_t count) {
    TypeRef& known = state_->arrays[{of, count}];
    if (known == nullptr) {
        Type type;
        type.kind = TypeKind::array;
        type.element = of;
        type.count = count;
        type.size = of->size * count;
        type.align = of->align;
        type.name = array_name(of, count);
        known = &state_->add(std::move(type));
    }
    return known;
}

TypeRef TypeTable::enumeration(std::string tag, bool is_signed) {
    return &state_->add(make_integer(4, is_signed, tag.empty() ? "enum" : "enum " + tag));
}

Type* TypeTable::structure(std::string tag, bool is_union) {
    Type type;
    type.kind = TypeKind::structure;
    type.is_union = is_union;
    type.complete = false;
    type.name = (is_union ? "union " : "struct ") + (tag.empty() ? "<no name>" : tag);
    return &state_->add(std::move(type));
}

TypeRef TypeTable::of(ValueType row) {
    switch (row.kind) {
        case ValueKind::none:
            return void_type();
        case ValueKind::u8:
            return integer(1, false);
        case ValueKind::s8:
            return integer(1, true);
        case ValueKind::u16:
            return integer(2, false);
        case ValueKind::s16:
            return integer(2, true);
        case ValueKind::u32:
            return integer(4, false);
        case ValueKind::s32:
            return integer(4, true);
        case ValueKind::u64:
            return long_long(false);
        case ValueKind::s64:
            return long_long(true);
        case ValueKind::f64:
            return double_type();
        case ValueKind::string:
            return string(row.size);
        case ValueKind::mac:
            return simple(TypeKind::mac);
        case ValueKind::ip:
            return simple(TypeKind::ip);
        case ValueKind::timestamp:
            return simple(TypeKind::timestamp);
        case ValueKind::path:
            return simple(TypeKind::path);
        case ValueKind::stack:
            return simple(TypeKind::stack);
        case ValueKind::packet:
            return pointer(integer(1, false), AddressSpace::packet);
        case ValueKind::pointer:
            return pointer(void_type(), AddressSpace::kernel);
    }
    return void_type();
}

}  // namespace probevue
