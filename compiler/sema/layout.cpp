#include "compiler/sema/layout.h"

#include <algorithm>

namespace probevue::sema {

namespace {

uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

// The next free bit while members are placed one behind the other (always bit 0 in a union).
class Placer {
public:
    explicit Placer(Type& structure) : structure_(structure) {}

    void place(const MemberPlan& member) {
        if (structure_.is_union) next_bit_ = 0;
        if (member.bits) {
            place_bits(member);
        } else {
            place_whole(member);
        }
        end_bit_ = std::max(end_bit_, next_bit_);
    }

    uint64_t bytes() const { return round_up((end_bit_ + 7) / 8, structure_.align); }

private:
    void place_whole(const MemberPlan& member) {
        const uint64_t offset = round_up((next_bit_ + 7) / 8, member.type->align);
        next_bit_ = (offset + member.type->size) * 8;
        structure_.align = std::max(structure_.align, member.type->align);
        if (!member.name.empty()) {
            structure_.fields.push_back({member.name, member.type, static_cast<uint32_t>(offset)});
            return;
        }
        for (Field inner : member.type->fields) {
            inner.offset += static_cast<uint32_t>(offset);
            structure_.fields.push_back(std::move(inner));
        }
    }

    // A bit-field never crosses a boundary of its declared type; a nameless one does not align the structure (gcc,
    // x86-64).
    void place_bits(const MemberPlan& member) {
        const uint64_t unit = uint64_t{member.type->size} * 8;
        if (*member.bits == 0) {
            next_bit_ = round_up(next_bit_, unit);
            return;
        }
        if (next_bit_ / unit != (next_bit_ + *member.bits - 1) / unit) next_bit_ = round_up(next_bit_, unit);
        const uint64_t at = next_bit_;
        next_bit_ += *member.bits;
        if (member.name.empty()) return;
        structure_.align = std::max(structure_.align, member.type->align);
        Field field{member.name, member.type, static_cast<uint32_t>(at / unit * member.type->size)};
        field.bit_offset = static_cast<uint8_t>(at % unit);
        field.bit_width = static_cast<uint8_t>(*member.bits);
        structure_.fields.push_back(std::move(field));
    }

    Type& structure_;
    uint64_t next_bit_ = 0;
    uint64_t end_bit_ = 0;
};

}  // namespace

bool lay_out(Type& structure, const std::vector<MemberPlan>& members) {
    Placer placer(structure);
    for (const MemberPlan& member : members) {
        placer.place(member);
        if (placer.bytes() > max_object_size) return false;
    }
    structure.size = static_cast<uint32_t>(placer.bytes());
    structure.complete = true;
    return true;
}

}  // namespace probevue::sema
