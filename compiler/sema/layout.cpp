// Relies on members whose types have sizes; what has none was refused before.
#include "compiler/sema/layout.h"

#include <algorithm>

namespace probevue::sema {

namespace {

uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

// The next free bit while members are placed one behind the other (always bit 0 in a union).
class Placer {
public:
    Placer(Type& structure, const LayoutRules& rules) : structure_(structure), rules_(rules) {
        structure_.align = std::max(1u, rules.aligned);
    }

    void place(const MemberPlan& member) {
        if (structure_.is_union) {
            next_bit_ = 0;
            unit_ = {};
        }
        if (member.bits) {
            place_bits(member);
        } else {
            place_whole(member);
        }
        end_bit_ = std::max(end_bit_, next_bit_);
    }

    uint64_t bytes() const { return round_up((end_bit_ + 7) / 8, structure_.align); }

    LayoutFault finish() {
        for (const Field& field : structure_.fields) {
            if (field.bit_width != 0 && field.offset + field.type->size > bytes())
                refuse(field, "reaches beyond the end of `" + structure_.name + "`");
        }
        return std::move(fault_);
    }

private:
    // A storage unit whose bits bit-fields share, where they need not lie at multiples of its size.
    struct Unit {
        uint64_t begin = 0;  // bit
        uint64_t size = 0;   // bits; 0: there is none
        size_t field = 0;    // the last in it
        bool contains(uint64_t at, uint64_t bits, uint64_t of) const {
            return size == of && at >= begin && at + bits <= begin + size;
        }
    };

    uint32_t capped(uint32_t align) const { return rules_.packing == 0 ? align : std::min(align, rules_.packing); }

    void refuse(const Field& field, const std::string& why) {
        if (!fault_.text.empty()) return;
        fault_.text = "the storage unit of packed bit-field `" + field.name + "`, " + std::to_string(field.type->size) +
                      " bytes, " + why;
        fault_.hint = "declare bit-fields with a smaller type, such as `unsigned char`, or as whole members";
    }

    void place_whole(const MemberPlan& member) {
        uint32_t align = member.type_align != 0 ? member.type_align : member.type->align;
        if (rules_.packed || member.packed) align = 1;
        align = capped(std::max(align, member.aligned));
        const uint64_t offset = round_up((next_bit_ + 7) / 8, align);
        if (unit_.size != 0 && offset * 8 < unit_.begin + unit_.size && member.type->size != 0)
            refuse(structure_.fields[unit_.field], "reaches into the member behind it");
        unit_ = {};
        next_bit_ = (offset + member.type->size) * 8;
        structure_.align = std::max(structure_.align, align);
        if (!member.name.empty()) {
            structure_.fields.push_back({member.name, member.type, static_cast<uint32_t>(offset)});
            return;
        }
        for (Field inner : member.type->fields) {
            inner.offset += static_cast<uint32_t>(offset);
            structure_.fields.push_back(std::move(inner));
        }
    }

    void place_bits(const MemberPlan& member) {
        const uint64_t unit = uint64_t{member.type->size} * 8;
        if (*member.bits == 0) {
            next_bit_ = round_up(next_bit_, unit);
            return;
        }
        const bool packed = rules_.packed || member.packed;
        const bool dense = packed || rules_.packing != 0;
        if (member.aligned != 0) next_bit_ = round_up(next_bit_, uint64_t{capped(member.aligned)} * 8);
        // A bit-field never crosses a boundary of its declared type, unless it is packed.
        if (!dense && next_bit_ / unit != (next_bit_ + *member.bits - 1) / unit) next_bit_ = round_up(next_bit_, unit);
        const uint64_t at = next_bit_;
        next_bit_ += *member.bits;
        if (member.name.empty()) return;  // a nameless one does not align the structure (gcc, x86-64)
        // `#pragma pack` counts for more than `packed` here: so does gcc.
        uint32_t align = packed && rules_.packing == 0 ? 1 : capped(member.type->align);
        if (member.aligned != 0) align = std::max(align, capped(member.aligned));
        structure_.align = std::max(structure_.align, align);
        add_bits(member, at, dense);
    }

    void add_bits(const MemberPlan& member, uint64_t at, bool dense) {
        const uint64_t size = uint64_t{member.type->size} * 8;
        Field field{member.name, member.type, static_cast<uint32_t>(at / size * member.type->size)};
        field.bit_offset = static_cast<uint8_t>(at % size);
        field.bit_width = static_cast<uint8_t>(*member.bits);
        if (dense) {
            if (!unit_.contains(at, *member.bits, size)) {
                if (at % 8 != 0)
                    refuse(field, "would begin within a byte");
                else if (at < unit_.begin + unit_.size)
                    refuse(structure_.fields[unit_.field], "reaches into the member behind it");
                unit_ = {at / 8 * 8, size, 0};
            }
            unit_.field = structure_.fields.size();
            field.offset = static_cast<uint32_t>(unit_.begin / 8);
            field.bit_offset = static_cast<uint8_t>(at - unit_.begin);
        }
        structure_.fields.push_back(std::move(field));
    }

    Type& structure_;
    const LayoutRules& rules_;
    Unit unit_;
    LayoutFault fault_;
    uint64_t next_bit_ = 0;
    uint64_t end_bit_ = 0;
};

}  // namespace

LayoutFault lay_out(Type& structure, const std::vector<MemberPlan>& members, const LayoutRules& rules) {
    Placer placer(structure, rules);
    for (const MemberPlan& member : members) {
        placer.place(member);
        if (placer.bytes() > max_object_size)
            return {"`" + structure.name + "` is larger than " + std::to_string(max_object_size) + " bytes", {}};
    }
    structure.size = static_cast<uint32_t>(placer.bytes());
    structure.complete = true;
    return placer.finish();
}

}  // namespace probevue::sema
