// Parts of Strings, and names in bytes of the packet or of an array. Parts are taken of a copy, in place.
#include "compiler/ir/builder.h"
#include "compiler/program/helper_arguments.h"

namespace probevue::ir {

// The array that a pointer argument was made of, or the pointer.
const checked::Expr& Builder::undecayed(const checked::Expr& pointer) {
    const auto* decayed = std::get_if<checked::Convert>(&pointer.node);
    return decayed != nullptr && decayed->operand->type->is_memory() ? *decayed->operand : pointer;
}

// What is wanted where that fits, else the most there is.
Operand Builder::bounded(Operand wanted, Cond fits, int64_t most) {
    const Reg out = reg();
    const Label end = label();
    move(out, wanted);
    branch(fits, Operand::of(out), Operand::of_imm(most), end);
    move(out, Operand::of_imm(most));
    place_label(end);
    return Operand::of(out);
}

// Arguments (address, length): of an array its first bytes, and never more than it has; else of the packet what there
// is from the address on. A negative length is all.
Builder::Bytes Builder::readable_bytes(const checked::Call& node) {
    const checked::Expr& bytes = undecayed(*node.arguments[0]);
    if (bytes.type->is_memory()) {
        const Operand start = materialize(address(bytes));
        return {start, bounded(argument(node, 1), Cond::ule, bytes.type->size)};
    }
    packet_bytes_ = ~0u;
    const Operand start = value(bytes);
    return {start, call_helper(Helper::packet_extent, {start, argument(node, 1)})};
}

Address Builder::text_copy(const checked::Expr& from, uint32_t size) {
    const Text source = text(from);
    const Address out = slot(size, "text");
    call_helper(Helper::string_copy,
                {out.base, Operand::of_imm(size), materialize(source.at), Operand::of_imm(source.size)}, false);
    return out;
}

// The whole text is copied, the result may be shorter.
Address Builder::string_part(const checked::Call& node, uint32_t size) {
    const uint32_t whole = std::max(size, node.arguments[0]->type->count);
    const Address out = text_copy(*node.arguments[0], whole);
    const Operand from = argument(node, 1);
    const Operand length = node.arguments.size() > 2 ? argument(node, 2) : Operand::of_imm(no_limit);
    call_helper(Helper::string_part, {out.base, Operand::of_imm(whole), from, length}, false);
    return out;
}

Address Builder::string_piece(const checked::Call& node, uint32_t size) {
    const Address out = text_copy(*node.arguments[0], size);
    const Text separator = text(*node.arguments[1]);
    const Operand number = argument(node, 2);
    call_helper(Helper::string_piece,
                {out.base, Operand::of_imm(size), materialize(separator.at), Operand::of_imm(separator.size), number},
                false);
    return out;
}

Address Builder::string_lower(const checked::Call& node, uint32_t size) {
    const Address out = text_copy(*node.arguments[0], size);
    call_helper(Helper::string_lower, {out.base, Operand::of_imm(size)}, false);
    return out;
}

// name_of(value, set): the checker has put the number of the set behind the value.
Address Builder::number_name(const checked::Call& node, uint32_t size) {
    const Operand value = argument(node, 0);
    const Operand set = argument(node, 1);
    const Address out = slot(size, "name");
    call_helper(Helper::number_name, {out.base, Operand::of_imm(size), set, value}, false);
    return out;
}

Address Builder::payload_name(const checked::Call& node, Helper helper, uint32_t size) {
    const Bytes bytes = readable_bytes(node);
    const Address out = slot(size, "name");
    call_helper(helper, {out.base, Operand::of_imm(size), bytes.start, bytes.size}, false);
    return out;
}

Address Builder::http_field(const checked::Call& node, uint32_t size) {
    const Bytes bytes = readable_bytes(node);
    const Text name = text(*node.arguments[2]);
    const Address out = slot(size, "field");
    const Operand sizes = Operand::of_imm(packed_sizes(size, name.size));
    call_helper(Helper::http_field, {out.base, bytes.start, bytes.size, materialize(name.at), sizes}, false);
    return out;
}

}  // namespace probevue::ir
