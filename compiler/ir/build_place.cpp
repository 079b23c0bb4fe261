// Places: variables, elements of arrays, members of structures, as targets of assignments (place()) and as sources of
// scalars (source()). What is only read comes from a copy, or from zeros, where it is not there: reading makes nothing.
#include "compiler/ir/builder.h"

namespace probevue::ir {

Place Builder::place(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::VariableRef>(&expr.node)) return variable_place(node->id, true);
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) return element_place(*node);
    Place out;
    out.type = expr.type;
    if (const auto* node = std::get_if<checked::FieldRef>(&expr.node)) {
        const Place outer = place(*node->base);
        out.absent = outer.absent;
        out.at = {outer.at.base, outer.at.offset + static_cast<int32_t>(node->field->offset)};
        out.bits = node->field->bit_width == 0 ? nullptr : node->field;
        return out;
    }
    // Memory behind pointers is read-only (sema::Checker::writable): nothing else is left.
    const auto& node = std::get<checked::ArrayIndex>(expr.node);
    // The index first, as it is evaluated also where there is no place.
    const Operand index = value(*node.index);
    const Place whole = place(*node.base);
    out.absent = whole.absent;
    out.at = indexed(*node.base->type, whole.at, index);
    return out;
}

// Where the value lies that is read at once: what is evaluated later may move it.
Place Builder::source(const checked::Expr& expr) {
    Place out;
    out.type = expr.type;
    if (const auto* node = std::get_if<checked::FieldRef>(&expr.node)) {
        out.bits = node->field->bit_width == 0 ? nullptr : node->field;
        if (const Behind behind = behind_pointer(*node->base); behind.pointer != nullptr) {
            out.at = field_behind_pointer(behind, *node->base->type, *node->field);
        } else {
            const Address outer = looked_up(*node->base);
            out.at = {outer.base, outer.offset + static_cast<int32_t>(node->field->offset)};
        }
        return out;
    }
    const auto* pointer = std::get_if<checked::Dereference>(&expr.node);
    // Else an element of a C array, or a thread-local variable.
    out.at = pointer != nullptr ? deref_copy(*pointer->pointer, expr.type) : looked_up(expr);
    return out;
}

// As address(), for what is read at once: without a copy of variables and elements that may move.
Address Builder::looked_up(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::VariableRef>(&expr.node);
        node != nullptr && shared_.script.variables[node->id].storage == checked::VariableClass::thread) {
        const Operand block = call_helper(Helper::thread_find, {event_value(EventField::tid)});
        return found_or_zeros(block, shared_.storage.variable_offset(node->id), storage_size(expr.type));
    }
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) {
        const Address key = element_key(node->array, node->keys, nullptr);
        const Operand found =
            call_helper(Helper::array_find, {map_operand(shared_.storage.array_map(node->array)), key.base});
        return found_or_zeros(found, 0, storage_size(expr.type));
    }
    if (const auto* node = std::get_if<checked::FieldRef>(&expr.node);
        node != nullptr && behind_pointer(*node->base).pointer == nullptr) {
        const Address outer = looked_up(*node->base);
        return {outer.base, outer.offset + static_cast<int32_t>(node->field->offset)};
    }
    if (const auto* node = std::get_if<checked::ArrayIndex>(&expr.node)) {
        const Operand index = value(*node->index);
        return indexed(*node->base->type, looked_up(*node->base), index);
    }
    return address(expr);
}

// `offset` bytes behind what a helper function has found; of what it has not (0), zeros that nobody writes.
Address Builder::found_or_zeros(Operand found, uint32_t offset, uint32_t size) {
    const Reg out = reg();
    const Label end = label();
    move(out, memory(rodata_map, shared_.storage.zeros(size)).base);
    branch(Cond::eq, found, Operand::of_imm(0), end);
    move(out, materialize({found, static_cast<int32_t>(offset)}));
    place_label(end);
    return {Operand::of(out), 0};
}

// An element of a C array that lies at `base`.
Address Builder::indexed(const Type& array, const Address& base, Operand index) {
    const uint32_t size = array.element->size;
    // The checker has refused constants out of range.
    if (index.is_imm()) return {base.base, base.offset + static_cast<int32_t>(index.imm * size)};
    // An index out of range reads zeros, and what is stored there goes nowhere: into an element that nobody sees.
    const Reg element = reg();
    const Label in_range = label();
    const Label end = label();
    // Without a sign: one below 0 is out of range too.
    branch(Cond::ult, index, Operand::of_imm(array.count), in_range);
    const uint32_t warning =
        site("array index out of range: reads as 0, nothing is stored", position_, Fault::array_index);
    call_helper(Helper::warn, {Operand::of_imm(warning)}, false);
    const Address nowhere = slot(storage_size(array.element), "nowhere");
    zero(nowhere, storage_size(array.element));
    move(element, materialize(nowhere));
    jump(end);
    place_label(in_range);
    const Operand scaled = binary(Op::mul, 8, index, Operand::of_imm(size));
    move(element, binary(Op::add, 8, materialize(base), scaled));
    place_label(end);
    return {Operand::of(element), 0};
}

Place Builder::variable_place(checked::VariableId id, bool writes) {
    const checked::Variable& variable = shared_.script.variables[id];
    Place out;
    out.type = variable.type;
    switch (variable.storage) {
        case checked::VariableClass::automatic:
            if (variable.type->is_scalar()) {
                out.kind = Place::Kind::reg;
                out.reg = automatic_regs_[id];
            } else {
                out.at = slot_address(automatic_slots_[id]);
            }
            return out;
        case checked::VariableClass::thread: {
            const Operand block = call_helper(Helper::thread_ref, {event_value(EventField::tid)});
            out.absent = label();
            branch(Cond::eq, block, Operand::of_imm(0), *out.absent);
            if (writes)
                store_to({block, static_cast<int32_t>(shared_.storage.instantiated_offset(id))}, 1, Operand::of_imm(1));
            out.at = {block, static_cast<int32_t>(shared_.storage.variable_offset(id))};
            return out;
        }
        case checked::VariableClass::global:
            out.at = memory(globals_map, shared_.storage.variable_offset(id));
            return out;
        case checked::VariableClass::kernel: {
            const Operand from = load_from(memory(rodata_map, shared_.storage.symbol_offset(id)), 8, false);
            out.at = slot(storage_size(variable.type), variable.name);
            zero(out.at, storage_size(variable.type));
            read_memory(AddressSpace::kernel, out.at, from, variable.type->size);
            return out;
        }
    }
    return out;
}

Place Builder::element_place(const checked::ElementRef& node) {
    const Address key = element_key(node.array, node.keys, nullptr);
    Place out;
    out.kind = Place::Kind::element;
    out.type = shared_.script.arrays[node.array].value;
    const Operand found =
        call_helper(Helper::array_ref, {map_operand(shared_.storage.array_map(node.array)), key.base});
    out.absent = label();
    branch(Cond::eq, found, Operand::of_imm(0), *out.absent);
    out.at = {found, 0};
    return out;
}

Behind Builder::behind_pointer(const checked::Expr& structure) {
    if (const auto* pointer = std::get_if<checked::Dereference>(&structure.node)) return {pointer->pointer.get(), 0};
    const auto* outer = std::get_if<checked::FieldRef>(&structure.node);
    if (outer == nullptr) return {};
    Behind out = behind_pointer(*outer->base);
    out.offset += outer->field->offset;
    return out;
}

// A copy of a scalar member; members that lie in memory are copied by address().
Address Builder::field_behind_pointer(const Behind& behind, const Type& structure, const Field& field) {
    const Operand start = materialize({value(*behind.pointer), static_cast<int32_t>(behind.offset)});
    const AddressSpace space = behind.pointer->type->space;
    if (space == AddressSpace::packet && field.bit_width != 0) return packet_bits(structure, field, start);
    const Address out = slot(8, "copy");
    store_to(out, 8, Operand::of_imm(0));
    read_memory(space, out, materialize({start, static_cast<int32_t>(field.offset)}), field.type->size);
    if (space == AddressSpace::packet) host_order(field.type, out);
    return out;
}

Operand Builder::load(const Place& place) {
    if (place.kind == Place::Kind::reg) return Operand::of(place.reg);
    if (place.bits != nullptr) return load_bits(place);
    const TypeRef type = place.type;
    // Elements keep scalars in their 64-bit form.
    if (place.kind == Place::Kind::element || !(type->is_integer() || type->kind == TypeKind::floating))
        return load_from(place.at, 8, false);
    const Operand raw = load_from(place.at, static_cast<uint8_t>(type->size), type->is_signed);
    // Bytes that were copied from elsewhere may be any.
    if (type->is_boolean) return as_boolean(raw, shared_.script.types.integer(1, false));
    if (type->kind == TypeKind::floating && type->size == 4) return call_helper(Helper::double_of_float, {raw});
    return raw;
}

void Builder::store(const Place& place, Operand value) {
    const TypeRef type = place.type;
    if (place.kind == Place::Kind::reg) return move(place.reg, value);
    if (place.bits != nullptr) return store_bits(place, value);
    if (place.kind == Place::Kind::element || !(type->is_integer() || type->kind == TypeKind::floating))
        return store_to(place.at, 8, value);
    if (type->kind == TypeKind::floating && type->size == 4) value = call_helper(Helper::float_of_double, {value});
    store_to(place.at, static_cast<uint8_t>(type->size), value);
}

// Bit-fields as the System V ABI lays them out on little-endian machines: counted from the least significant bit.
Operand Builder::load_bits(const Place& place) {
    const auto width = static_cast<uint8_t>(place.type->size);
    const int left = 64 - place.bits->bit_offset - place.bits->bit_width;
    const Operand raw = load_from(place.at, width, false);
    // Up to the top and down again: the shift back extends by the sign of the bit-field, or by zeros.
    const Operand high = binary(Op::shl, 8, raw, Operand::of_imm(left));
    return binary(place.type->is_signed ? Op::ashr : Op::lshr, 8, high, Operand::of_imm(64 - place.bits->bit_width));
}

void Builder::store_bits(const Place& place, Operand value) {
    const auto width = static_cast<uint8_t>(place.type->size);
    const uint64_t mask = (place.bits->bit_width == 64 ? ~uint64_t{0} : (uint64_t{1} << place.bits->bit_width) - 1)
                          << place.bits->bit_offset;
    const Operand raw = load_from(place.at, width, false);
    const Operand kept = binary(Op::and_, 8, raw, Operand::of_imm(static_cast<int64_t>(~mask)));
    const Operand moved = binary(Op::shl, 8, Operand::of(as_reg(value)), Operand::of_imm(place.bits->bit_offset));
    const Operand cut = binary(Op::and_, 8, moved, Operand::of_imm(static_cast<int64_t>(mask)));
    store_to(place.at, width, binary(Op::or_, 8, kept, cut));
}

// What is read back where `value` is stored: a bit-field may hold less than its type.
Operand Builder::held(const Place& place, Operand value) {
    if (place.bits == nullptr) return value;
    const int unused = 64 - place.bits->bit_width;
    const Operand high = binary(Op::shl, 8, Operand::of(as_reg(value)), Operand::of_imm(unused));
    return binary(place.type->is_signed ? Op::ashr : Op::lshr, 8, high, Operand::of_imm(unused));
}

// Integers in memory, which may be that of other clauses too.
bool Builder::adds_in_place(const Place& place) {
    return place.kind != Place::Kind::reg && place.bits == nullptr && !place.type->is_boolean &&
           (place.type->is_integer() || place.type->kind == TypeKind::pointer);
}

// Gives what was there.
Operand Builder::add_in_place(const Place& place, Operand added) {
    const auto bytes = static_cast<uint8_t>(place.type->size);
    return Operand::of(result({.op = Op::add_to,
                               .width = place.kind == Place::Kind::element ? uint8_t{8} : bytes,
                               .is_signed = place.type->is_signed,
                               .a = place.at.base,
                               .b = added,
                               .index = bytes,
                               .offset = place.at.offset}));
}

void Builder::finish(const Place& place) {
    if (place.absent.has_value()) place_label(*place.absent);
}

Operand Builder::element_value(const checked::ElementRef& node, TypeRef) {
    const Address key = element_key(node.array, node.keys, nullptr);
    const Operand found =
        call_helper(Helper::array_find, {map_operand(shared_.storage.array_map(node.array)), key.base});
    const Reg out = reg();
    const Label absent = label();
    move(out, Operand::of_imm(0));
    branch(Cond::eq, found, Operand::of_imm(0), absent);
    move(out, load_from({found, 0}, 8, false));
    place_label(absent);
    return Operand::of(out);
}

// The key's bytes in a slot; a null expression is ANY: its bit is set in `any`.
Address Builder::element_key(checked::ArrayId array, const std::vector<checked::ExprPtr>& keys, uint64_t* any) {
    const std::vector<TypeRef>& types = shared_.script.arrays[array].keys;
    uint32_t size = 0;
    for (TypeRef type : types) size += storage_size(type);
    if (types.empty()) {  // the one element of a bare array
        const Address key = slot(sizeof(uint64_t), "key");
        zero(key, sizeof(uint64_t));
        return key;
    }
    const Slot key = new_slot(size, "key");
    uint32_t offset = 0;
    for (size_t i = 0; i < keys.size() && i < types.size(); ++i) {
        const Address at = slot_address(key);
        const Address part{at.base, static_cast<int32_t>(offset)};
        if (keys[i] == nullptr) {
            if (any != nullptr) *any |= uint64_t{1} << i;
            zero(part, storage_size(types[i]));
        } else {
            copy_value(types[i], part, *keys[i]);
        }
        offset += storage_size(types[i]);
    }
    return slot_address(key);
}

}  // namespace probevue::ir
