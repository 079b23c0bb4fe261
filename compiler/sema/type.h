// The types of the language as the checker knows them. Types are interned: equal types are the same pointer, structures
// excepted, which are equal by declaration. A TypeTable owns them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "builtins/value_type.h"

namespace probevue {

enum class TypeKind : uint8_t {
    void_,
    integer,   // char .. long long, enum
    floating,  // float, double
    string,    // String[count]
    mac,
    ip,
    timestamp,
    path,
    stack,
    net_info,
    list,
    range,
    dist,
    distinct,
    pointer,
    array,
    structure,  // struct and union
};

// Whose memory a pointer points into.
enum class AddressSpace : uint8_t { none, packet, kernel, user };

struct Type;
using TypeRef = const Type*;

struct Field {
    std::string name;
    TypeRef type = nullptr;
    uint32_t offset = 0;     // bytes
    uint8_t bit_offset = 0;  // bit-fields: bits from the least significant of the storage unit at `offset`
    uint8_t bit_width = 0;   // 0: not a bit-field
};

struct Type {
    TypeKind kind = TypeKind::void_;
    uint32_t size = 0;   // bytes; 0 for void, list, range, dist, distinct
    uint32_t align = 1;  // bytes
    bool is_signed = false;
    bool is_boolean = false;                  // an integer that holds 0 or 1
    TypeRef element = nullptr;                // pointer, array
    uint32_t count = 0;                       // array: elements; string: maximum length
    AddressSpace space = AddressSpace::none;  // pointer
    bool is_union = false;
    bool complete = true;        // struct: has a body
    bool lacks_members = false;  // struct: of those that are written, some have errors
    std::string refused;         // struct: why it has no layout although it has a body; empty: it has one
    std::string name;            // as in messages: "unsigned short", "struct ether_header"
    std::vector<Field> fields;   // structure, net_info

    bool is_integer() const { return kind == TypeKind::integer; }
    // A value that fits one register: integer, floating, mac, timestamp, path, stack (identifiers), pointer.
    bool is_scalar() const;
    // A value that lies in memory: String, ip, net_info, array, structure.
    bool is_memory() const {
        return kind == TypeKind::string || kind == TypeKind::ip || kind == TypeKind::net_info ||
               kind == TypeKind::array || kind == TypeKind::structure;
    }
    // Counts that lie elsewhere: an element of an array holds a handle, and nothing is ever assigned to it.
    bool is_handle() const { return kind == TypeKind::range || kind == TypeKind::dist || kind == TypeKind::distinct; }
    // What only functions of its own look into: it has no value.
    bool is_collection() const { return kind == TypeKind::list || is_handle(); }
    const Field* find_field(std::string_view name) const;
};

class TypeTable {
public:
    TypeTable();
    ~TypeTable();
    TypeTable(TypeTable&&) noexcept;
    TypeTable& operator=(TypeTable&&) noexcept;

    TypeRef void_type() const;
    TypeRef integer(uint32_t bytes, bool is_signed) const;  // 1, 2, 4, 8; names as C on x86-64, plain char unsigned
    TypeRef boolean() const;                                // `_Bool`: a byte
    TypeRef long_long(bool is_signed) const;                // same representation as integer(8), its own name
    TypeRef float_type() const;
    TypeRef double_type() const;
    TypeRef simple(TypeKind kind) const;  // mac ip timestamp path stack net_info list range dist distinct
    TypeRef string(uint32_t length);
    TypeRef pointer(TypeRef to, AddressSpace space);
    TypeRef array(TypeRef of, uint32_t count);
    // Four bytes; unsigned unless an enumerator is negative, as gcc does.
    TypeRef enumeration(std::string tag, bool is_signed = false);
    Type* structure(std::string tag, bool is_union);  // made incomplete; the checker lays it out
    TypeRef of(ValueType row);                        // the type of a table row

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace probevue
