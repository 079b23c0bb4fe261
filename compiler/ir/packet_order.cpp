// Relies on a structure whose members sema has laid out; decides nothing about where its bytes come from.
#include "compiler/ir/packet_order.h"

#include <algorithm>
#include <cstddef>

namespace probevue::ir {
namespace {

struct Bytes {
    uint32_t begin = 0;
    uint32_t end = 0;
    bool meets(const Bytes& other) const { return begin < other.end && other.begin < end; }
    bool operator==(const Bytes&) const = default;
};

// Bit-fields of one storage unit, or of several that share a byte.
struct Group {
    Bytes unit;
    Bytes used;
    size_t first = 0;  // of the structure's fields
};

Bytes unit_of(const Field& field) { return {field.offset, field.offset + field.type->size}; }

Bytes used_by(const Field& field) {
    if (field.bit_width == 0) return unit_of(field);
    return {field.offset + field.bit_offset / 8u, field.offset + (field.bit_offset + field.bit_width + 7u) / 8u};
}

Bytes both(const Bytes& a, const Bytes& b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

std::vector<Group> groups_of(const Type& structure) {
    std::vector<Group> out;
    for (size_t i = 0; i < structure.fields.size(); ++i) {
        const Field& field = structure.fields[i];
        if (field.bit_width == 0) continue;
        const auto joins = [&](const Group& group) {
            return group.unit == unit_of(field) || group.used.meets(used_by(field));
        };
        const auto found = std::find_if(out.begin(), out.end(), joins);
        if (found == out.end()) {
            out.push_back({unit_of(field), used_by(field), i});
        } else {
            found->unit = both(found->unit, unit_of(field));
            found->used = both(found->used, used_by(field));
        }
    }
    return out;
}

// Is there a member in the unit besides the bit-fields?
bool is_shared(const Group& group, const Type& structure) {
    return std::any_of(structure.fields.begin(), structure.fields.end(), [&](const Field& field) {
        const Bytes bytes = used_by(field);
        return bytes.meets(group.unit) && !bytes.meets(group.used);
    });
}

}  // namespace

std::vector<PacketRun> packet_runs(const Type& structure) {
    const std::vector<Group> groups = groups_of(structure);
    std::vector<PacketRun> out;
    uint32_t done = 0;
    const auto add = [&](const Bytes& bytes, TypeRef type) {
        if (bytes.begin < done) return;
        done = bytes.end;
        out.push_back({bytes.begin, bytes.end - bytes.begin, type});
    };
    for (size_t i = 0; i < structure.fields.size(); ++i) {
        const Field& field = structure.fields[i];
        if (field.bit_width == 0) {
            add(unit_of(field), field.type);
            continue;
        }
        const auto group = std::find_if(groups.begin(), groups.end(), [i](const Group& of) { return of.first == i; });
        if (group != groups.end()) add(is_shared(*group, structure) ? group->used : group->unit, nullptr);
    }
    return out;
}

}  // namespace probevue::ir
