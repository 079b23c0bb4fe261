// Values that lie in memory: Strings, addresses, structures, and conversions between the memories they come from.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "builtins/names.h"
#include "compiler/ir/builder.h"
#include "compiler/ir/packet_order.h"

namespace probevue::ir {
namespace {

// More numbers than this are converted by one call, so that code stays bounded.
constexpr uint32_t most_unrolled = 8;

}  // namespace

Address Builder::address(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::StringConstant>(&expr.node))
        return memory(rodata_map, shared_.storage.constant(node->value));
    if (const auto* node = std::get_if<checked::IpConstant>(&expr.node)) {
        return memory(rodata_map,
                      shared_.storage.constant({reinterpret_cast<const char*>(&node->value), sizeof node->value}));
    }
    if (const auto* node = std::get_if<checked::BuiltinRef>(&expr.node)) return builtin_address(*node->row);
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) return element_copy(*node, expr.type);
    if (const auto* node = std::get_if<checked::VariableRef>(&expr.node)) {
        if (shared_.script.variables[node->id].storage != checked::VariableClass::thread)
            return variable_place(node->id, false).at;
        const Address out = slot(storage_size(expr.type), "thread");
        copy_words(out, looked_up(expr), storage_size(expr.type));
        return out;
    }
    if (const auto* node = std::get_if<checked::FieldRef>(&expr.node)) {
        if (const Behind behind = behind_pointer(*node->base); behind.pointer != nullptr) {
            const Operand base = value(*behind.pointer);
            const Address out = slot(storage_size(expr.type), "copy");
            const AddressSpace space = behind.pointer->type->space;
            // Programs of the kernel may not look at what nobody has written.
            if (space == AddressSpace::kernel && expr.type->size % 8 != 0)
                store_to({out.base, static_cast<int32_t>(expr.type->size & ~7u)}, 8, Operand::of_imm(0));
            read_memory(space, out, materialize({base, static_cast<int32_t>(behind.offset + node->field->offset)}),
                        expr.type->size);
            if (space == AddressSpace::packet) host_order(expr.type, out);
            return out;
        }
        const Address base = address(*node->base);
        return {base.base, base.offset + static_cast<int32_t>(node->field->offset)};
    }
    if (const auto* node = std::get_if<checked::ArrayIndex>(&expr.node)) {
        const Operand index = value(*node->index);
        return indexed(*node->base->type, address(*node->base), index);
    }
    if (const auto* node = std::get_if<checked::Dereference>(&expr.node)) return deref_copy(*node->pointer, expr.type);
    if (const auto* node = std::get_if<checked::Conditional>(&expr.node)) return conditional_address(*node, expr.type);
    if (const auto* node = std::get_if<checked::Call>(&expr.node)) return call_address(*node, expr.type);
    if (const auto* node = std::get_if<checked::Assign>(&expr.node)) return assigned(*node->target, *node->value);
    return text(expr).at;  // Concatenate, Convert
}

Text Builder::text(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::Convert>(&expr.node)) {
        const TypeRef from = node->operand->type;
        if (from->kind == TypeKind::string) {
            Text inner = text(*node->operand);
            inner.size = std::min(inner.size, expr.type->count);
            return inner;
        }
        if (from->kind == TypeKind::array) return {address(*node->operand), std::min(from->count, expr.type->count)};
        if (from->kind == TypeKind::pointer) {
            const Operand pointer = value(*node->operand);
            const Address out = slot(storage_size(expr.type), "string");
            const Helper read = from->space == AddressSpace::user ? Helper::user_string : Helper::kernel_string;
            if (from->space == AddressSpace::packet) packet_bytes_ = ~0u;
            call_helper(read, {out.base, Operand::of_imm(expr.type->count), pointer, Operand::of_imm(no_limit)}, false);
            return {out, expr.type->count};
        }
    }
    if (const auto* node = std::get_if<checked::Concatenate>(&expr.node)) {
        const Text left = text(*node->left);
        const Text right = text(*node->right);
        const Address out = slot(storage_size(expr.type), "concat");
        const int64_t sizes = packed_sizes(left.size, right.size);
        call_helper(Helper::string_concat,
                    {out.base, Operand::of_imm(expr.type->count), materialize(left.at), materialize(right.at),
                     Operand::of_imm(sizes)},
                    false);
        return {out, expr.type->count};
    }
    return {address(expr), expr.type->kind == TypeKind::string ? expr.type->count : expr.type->size};
}

Address Builder::builtin_address(const BuiltinRow& row) {
    if (const auto* field = std::get_if<PacketField>(&row.from)) return packet_address(*field);
    if (const auto* either = std::get_if<EitherVersion>(&row.from)) return packet_address(*either);
    if (const auto* name = std::get_if<ProtocolNameOf>(&row.from)) return protocol_name_of(name->number);
    return {event_value(std::get<EventField>(row.from)), 0};
}

// Empty without the header: its zeros are the number of a protocol.
Address Builder::protocol_name_of(const PacketField& number) {
    const Address out = slot(protocol_name_size, "protocol");
    const Label end = label();
    zero(out, protocol_name_size);
    const int64_t version = number.layer == Layer::ip4 ? 4 : 6;
    branch(Cond::ne, packet_slot(PacketSlot::ip_version), Operand::of_imm(version), end);
    const Operand set = Operand::of_imm(static_cast<int64_t>(NameSet::ip_protocol));
    call_helper(Helper::number_name, {out.base, Operand::of_imm(protocol_name_size), set, packet_field(number)}, false);
    place_label(end);
    return out;
}

// Of the header that is there: both versions at once are not.
Address Builder::packet_address(const EitherVersion& either) {
    const Address out = slot(sizeof(IpAddress), "ip");
    const Label four = label();
    const Label end = label();
    branch(Cond::ne, packet_slot(either.version()), Operand::of_imm(6), four);
    copy_words(out, packet_address(either.ip6), sizeof(IpAddress));
    jump(end);
    place_label(four);
    copy_words(out, packet_address(either.ip4), sizeof(IpAddress));
    place_label(end);
    return out;
}

// An ip_addr_t keeps the bytes as they lie on the wire.
Address Builder::packet_address(const PacketField& field) {
    const Operand header = Operand::of(result({.op = Op::layer, .index = static_cast<uint32_t>(field.layer)}));
    const Address out = slot(sizeof(IpAddress), "ip");
    if (field.width == 4) {
        store_to(out, 8, load_from({header, field.offset}, 4, false));
        store_to({out.base, 8}, 8, Operand::of_imm(0));
        store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v4)));
    } else {
        store_to(out, 8, load_from({header, field.offset}, 8, false));
        store_to({out.base, 8}, 8, load_from({header, field.offset + 8}, 8, false));
        store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v6)));
    }
    return out;
}

// A copy: the element's own place is safe only until the next insertion.
Address Builder::element_copy(const checked::ElementRef& node, TypeRef type) {
    const Address key = element_key(node.array, node.keys, nullptr);
    const Address out = slot(storage_size(type), "value");
    const Operand found =
        call_helper(Helper::array_find, {map_operand(shared_.storage.array_map(node.array)), key.base});
    const Label absent = label();
    const Label end = label();
    branch(Cond::eq, found, Operand::of_imm(0), absent);
    copy_words(out, {found, 0}, storage_size(type));
    jump(end);
    place_label(absent);
    zero(out, storage_size(type));
    place_label(end);
    return out;
}

Address Builder::conditional_address(const checked::Conditional& node, TypeRef type) {
    const Slot out = new_slot(storage_size(type), "cond");
    const Label then = label();
    const Label otherwise = label();
    const Label end = label();
    condition(*node.condition, then, otherwise);
    place_label(then);
    copy_value(type, slot_address(out), *node.then);
    jump(end);
    place_label(otherwise);
    copy_value(type, slot_address(out), *node.otherwise);
    place_label(end);
    return slot_address(out);
}

void Builder::read_memory(AddressSpace space, Address to, Operand from, uint32_t size) {
    Helper read = Helper::kernel_copy;
    if (space == AddressSpace::packet) {
        read = Helper::packet_copy;
        packet_bytes_ = ~0u;
    } else if (space == AddressSpace::user) {
        read = Helper::user_copy;
    }
    call_helper(read, {materialize(to), from, Operand::of_imm(size)}, false);
}

Address Builder::deref_copy(const checked::Expr& pointer, TypeRef type) {
    const Operand from = value(pointer);
    const Address out = slot(storage_size(type), "copy");
    if (type->size % 8 != 0) store_to({out.base, static_cast<int32_t>(type->size & ~7u)}, 8, Operand::of_imm(0));
    read_memory(pointer.type->space, out, from, type->size);
    if (pointer.type->space == AddressSpace::packet) host_order(type, out);
    return out;
}

// Packet bytes are in network order; a script written for big-endian AIX reads integers as they lie (design, section
// 8).
void Builder::host_order(TypeRef type, Address at, Repeated times) {
    if (type->is_integer()) {
        reverse_bytes(at, type->size, times);
    } else if (type->kind == TypeKind::array) {
        const uint32_t size = type->element->size;
        if (size <= 1) return;
        // Elements that follow each other are one row, whatever number of dimensions they have.
        if (times.count == 1 || times.stride == type->size)
            return host_order(type->element, at, {.count = times.count * type->count, .stride = size});
        // Of rows that lie apart, the shorter way: row by row, or element by element of all.
        Repeated inner{.count = type->count, .stride = size};
        Repeated outer = times;
        if (outer.count > inner.count) std::swap(outer, inner);
        for (uint32_t i = 0; i < outer.count; ++i)
            host_order(type->element, {at.base, at.offset + static_cast<int32_t>(i * outer.stride)}, inner);
    } else if (type->kind == TypeKind::structure) {
        for (const PacketRun& run : packet_runs(*type)) {
            const Address begin{at.base, at.offset + static_cast<int32_t>(run.begin)};
            if (run.type != nullptr)
                host_order(run.type, begin, times);
            else
                reverse_bytes(begin, run.size, times);
        }
    }
}

void Builder::reverse_bytes(Address at, uint32_t size, Repeated times) {
    if (size <= 1) return;
    if (times.count > most_unrolled) {
        call_helper(
            Helper::memory_reverse,
            {materialize(at), Operand::of_imm(size), Operand::of_imm(times.count), Operand::of_imm(times.stride)},
            false);
        return;
    }
    for (uint32_t i = 0; i < times.count; ++i)
        reverse_bytes({at.base, at.offset + static_cast<int32_t>(i * times.stride)}, size);
}

void Builder::reverse_bytes(Address at, uint32_t size) {
    if (size == 2 || size == 4 || size == 8) {
        const auto width = static_cast<uint8_t>(size);
        const Operand raw = load_from(at, width, false);
        return store_to(at, width, Operand::of(result({.op = Op::swap, .width = width, .a = raw})));
    }
    for (uint32_t low = 0; low < size / 2; ++low) {
        const Address first{at.base, at.offset + static_cast<int32_t>(low)};
        const Address last{at.base, at.offset + static_cast<int32_t>(size - 1 - low)};
        const Operand front = load_from(first, 1, false);
        const Operand back = load_from(last, 1, false);
        store_to(first, 1, back);
        store_to(last, 1, front);
    }
}

// A bit-field of a structure that lies in a packet: what is converted with it is read with it.
Address Builder::packet_bits(const Type& structure, const Field& field, Operand start) {
    const std::vector<PacketRun> runs = packet_runs(structure);
    const uint32_t used = field.offset + field.bit_offset / 8u;
    const auto run = std::find_if(runs.begin(), runs.end(), [used](const PacketRun& of) { return of.contains(used); });
    uint32_t begin = field.offset;
    uint32_t end = field.offset + field.type->size;
    if (run != runs.end()) {
        begin = std::min(begin, run->begin);
        end = std::max(end, run->begin + run->size);
    }
    const Address out = slot((end - begin + 7) / 8 * 8, "copy");
    zero(out, (end - begin + 7) / 8 * 8);
    read_memory(AddressSpace::packet, out, materialize({start, static_cast<int32_t>(begin)}), end - begin);
    if (run != runs.end()) {
        const Address converted{out.base, out.offset + static_cast<int32_t>(run->begin - begin)};
        if (run->type != nullptr)
            host_order(run->type, converted);
        else
            reverse_bytes(converted, run->size);
    }
    return {out.base, out.offset + static_cast<int32_t>(field.offset - begin)};
}

// Copies whole words; both sides have storage_size() bytes.
void Builder::copy_words(Address to, Address from, uint32_t size) {
    if (size > 128) {
        call_helper(Helper::memory_copy, {materialize(to), materialize(from), Operand::of_imm(size)}, false);
        return;
    }
    for (int32_t word = 0; word < static_cast<int32_t>(size); word += 8) {
        store_to({to.base, to.offset + word}, 8, load_from({from.base, from.offset + word}, 8, false));
    }
}

void Builder::zero(Address at, uint32_t size) {
    if (size > 128) {
        call_helper(Helper::memory_zero, {materialize(at), Operand::of_imm(size)}, false);
        return;
    }
    for (int32_t word = 0; word < static_cast<int32_t>(size); word += 8)
        store_to({at.base, at.offset + word}, 8, Operand::of_imm(0));
}

// Into the bytes of a String, and no others: what fills its storage up to words of 8 is left as it is.
void Builder::copy_string(TypeRef type, Address to, Text from) {
    call_helper(Helper::string_copy,
                {materialize(to), Operand::of_imm(type->count), materialize(from.at), Operand::of_imm(from.size)},
                false);
}

// Stores the value of `from` at `to`, which has storage_size(type) bytes.
void Builder::copy_value(TypeRef type, Address to, const checked::Expr& from) {
    if (type->kind == TypeKind::string) {
        copy_string(type, to, text(from));
        // What fills the last word is cleared behind that: the text may be the one that lies here.
        const uint32_t size = storage_size(type);
        for (uint32_t at = type->count; at < size;) {
            const uint32_t width = at % 8 == 0 ? 8 : at % 4 == 0 ? 4 : at % 2 == 0 ? 2 : 1;
            store_to({to.base, to.offset + static_cast<int32_t>(at)}, static_cast<uint8_t>(width), Operand::of_imm(0));
            at += width;
        }
    } else if (type->is_memory()) {
        const Address source = address(from);
        if (type->size % 8 == 0 && type->size <= 128) {
            copy_words(to, source, type->size);
        } else {
            call_helper(Helper::memory_copy, {materialize(to), materialize(source), Operand::of_imm(type->size)},
                        false);
        }
    } else {
        store_to(to, 8, value(from));
    }
}

// For its effect.
void Builder::assign_memory(const checked::Expr& target, const checked::Expr& source) {
    if (target.type->kind == TypeKind::list) return static_cast<void>(assign_list(target, source));
    // The value first: it may change where the target lies, and happens also where there is no room for the target.
    if (!lies_fixed(target)) return static_cast<void>(assigned(target, source));
    // A String may be assigned from a concatenation that reads it: string helpers write into slots of their own.
    const Place to = place(target);
    // Right behind a String that is a member stands the next member.
    if (target.type->kind == TypeKind::string && !std::holds_alternative<checked::VariableRef>(target.node)) {
        copy_string(target.type, to.at, text(source));
    } else {
        copy_value(target.type, to.at, source);
    }
    finish(to);
}

// In memory that is always there, at a place that nothing in the expression decides.
bool Builder::lies_fixed(const checked::Expr& target) const {
    if (const auto* node = std::get_if<checked::VariableRef>(&target.node))
        return shared_.script.variables[node->id].storage != checked::VariableClass::thread;
    if (const auto* node = std::get_if<checked::FieldRef>(&target.node)) return lies_fixed(*node->base);
    const auto* node = std::get_if<checked::ArrayIndex>(&target.node);
    return node != nullptr && std::holds_alternative<checked::IntegerConstant>(node->index->node) &&
           lies_fixed(*node->base);
}

// For its value, which is there also where the target is not; the target is evaluated once.
Address Builder::assigned(const checked::Expr& target, const checked::Expr& source) {
    const TypeRef type = target.type;
    const Address copied = slot(storage_size(type), "value");
    if (type->size % 8 != 0 && type->kind != TypeKind::string) zero(copied, storage_size(type));
    copy_value(type, copied, source);
    const Place to = place(target);
    if (to.kind == Place::Kind::element) {
        copy_words(to.at, copied, storage_size(type));
    } else if (type->kind == TypeKind::string) {
        copy_string(type, to.at, {copied, type->count});
    } else {
        call_helper(Helper::memory_copy, {materialize(to.at), materialize(copied), Operand::of_imm(type->size)}, false);
    }
    finish(to);
    return copied;
}

}  // namespace probevue::ir
