// Calls of library functions: calls.def says which of these members writes each.
#include <fmt/format.h>

#include <algorithm>

#include "builtins/address_range.h"
#include "compiler/ir/builder.h"
#include "compiler/program/helper_arguments.h"

namespace probevue::ir {

namespace {

template <typename Enumerator>
Operand constant(Enumerator value) {
    return Operand::of_imm(static_cast<int64_t>(value));
}

}  // namespace

std::variant<Operand, Address> Builder::written(const checked::Call& node, TypeRef type) {
    const uint32_t size = type->kind == TypeKind::string ? type->count : type->size;
    switch (node.function->id) {
#define VALUE_CALL(function, written) \
    case FunctionId::function:        \
        return written;
#define MEMORY_CALL(function, written) \
    case FunctionId::function:         \
        return written;
#define OTHER_NODE(function)   \
    case FunctionId::function: \
        break;
#define FUNCTION(...)
#define TEST_FUNCTION(...)
#define READING_FUNCTION(...)
#define UNAVAILABLE_FUNCTION(id, ...) \
    case FunctionId::id:              \
        break;
#include "builtins/functions.def"
#include "compiler/ir/calls.def"
#undef VALUE_CALL
#undef MEMORY_CALL
#undef OTHER_NODE
#undef FUNCTION
#undef TEST_FUNCTION
#undef READING_FUNCTION
#undef UNAVAILABLE_FUNCTION
        case FunctionId::end_:
            break;
    }
    return Operand{};  // none: ir::verify() refuses it
}

Operand Builder::call(const checked::Call& node, TypeRef type) {
    const std::variant<Operand, Address> result = written(node, type);
    const auto* value = std::get_if<Operand>(&result);
    return value != nullptr ? *value : materialize(std::get<Address>(result));
}

Address Builder::call_address(const checked::Call& node, TypeRef type) {
    return std::get<Address>(written(node, type));
}

// A helper function without result.
Operand Builder::action(Helper helper, std::vector<Operand> arguments) {
    call_helper(helper, std::move(arguments), false);
    return Operand::of_imm(0);
}

Operand Builder::argument(const checked::Call& node, size_t number) { return value(*node.arguments[number]); }

Operand Builder::argument_or_all(const checked::Call& node) {
    return node.arguments.empty() ? Operand::of_imm(no_limit) : argument(node, 0);
}

// 0 where it is left out.
Operand Builder::optional_argument(const checked::Call& node, size_t number) {
    return number < node.arguments.size() ? argument(node, number) : Operand::of_imm(0);
}

// A String as helper functions take it: its address and size.
std::vector<Operand> Builder::text_argument(const checked::Call& node) {
    const Text in = text(*node.arguments[0]);
    return {materialize(in.at), Operand::of_imm(in.size)};
}

Operand Builder::range_argument(const checked::Call& node, size_t number) {
    return Operand::of_imm(std::get<checked::RangeRef>(node.arguments[number]->node).id);
}

Operand Builder::context_word(ContextWord word) {
    return Operand::of(result({.op = Op::context, .index = static_cast<uint32_t>(word)}));
}

Operand Builder::swapped(const checked::Call& node, uint8_t width) {
    return Operand::of(result({.op = Op::swap, .width = width, .a = Operand::of(as_reg(argument(node, 0)))}));
}

Operand Builder::exit_session() {
    call_helper(Helper::exit, {}, false);
    emit({.op = Op::ret, .a = Operand::of_imm(1)});
    return Operand::of_imm(0);
}

Operand Builder::find_string(const checked::Call& node) {
    const Text in = text(*node.arguments[0]);
    const Text what = text(*node.arguments[1]);
    return call_helper(Helper::string_find,
                       {materialize(in.at), materialize(what.at), Operand::of_imm(packed_sizes(in.size, what.size))});
}

Operand Builder::tentative(const checked::Call& node, Helper helper) {
    const auto* name = std::get_if<checked::StringConstant>(&node.arguments[0]->node);
    return action(helper, {Operand::of_imm(site(name == nullptr ? std::string{} : name->value, {}))});
}

Address Builder::probe_text(uint32_t size) {
    const Address out = slot(size, "probe");
    call_helper(Helper::probe_text, {out.base, Operand::of_imm(size)}, false);
    return out;
}

Address Builder::string_from(const checked::Call& node, Helper helper, uint32_t size) {
    if (node.arguments[0]->type->space == AddressSpace::packet) packet_bytes_ = ~0u;
    const Operand from = argument(node, 0);
    const Operand length = argument(node, 1);
    const Address out = slot(size, "string");
    call_helper(helper, {out.base, Operand::of_imm(size), from, length}, false);
    return out;
}

Address Builder::thread_indent(const checked::Call& node, uint32_t size) {
    const Operand change = argument(node, 0);
    const Operand tid = event_value(EventField::tid);
    const Operand name = event_value(EventField::pname);
    const Address out = slot(size, "indent");
    call_helper(Helper::thread_indent, {out.base, Operand::of_imm(size), change, tid, name}, false);
    return out;
}

Address Builder::symbol(const checked::Call& node, uint32_t size) {
    const Operand address = argument(node, 0);
    const Address out = slot(size, "symbol");
    call_helper(Helper::symbol, {out.base, Operand::of_imm(size), address}, false);
    return out;
}

// Of an array its first bytes, and never more than it has; else of the packet from an address on.
Operand Builder::hexdump(const checked::Call& node) {
    const checked::Expr& bytes = undecayed(*node.arguments[0]);
    if (!bytes.type->is_memory()) {
        packet_bytes_ = ~0u;
        const Operand start = value(bytes);
        return action(Helper::packet_dump, {start, argument(node, 1)});
    }
    const Operand start = materialize(address(bytes));
    return action(Helper::hex_dump, {start, bounded(argument(node, 1), Cond::ule, bytes.type->size)});
}

Address Builder::descriptor_text(const checked::Call& node, DescriptorText what, uint32_t size) {
    const Operand fd = argument(node, 0);
    const Address out = slot(size, "path");
    call_helper(Helper::fd_text, {fd, constant(what), out.base, Operand::of_imm(size)}, false);
    return out;
}

Operand Builder::descriptor_number(const checked::Call& node, DescriptorNumber what, TypeRef type) {
    return extend(call_helper(Helper::fd_number, {argument(node, 0), constant(what)}), type);
}

// The number is in host order, as integers copied from a packet are; addresses keep network order.
Address Builder::ip4_address(const checked::Call& node) {
    const Operand wire = swapped(node, 4);
    const Address out = slot(sizeof(IpAddress), "ip");
    store_to(out, 8, wire);
    store_to({out.base, 8}, 8, Operand::of_imm(0));
    store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v4)));
    return out;
}

Address Builder::ip6_address(const checked::Call& node) {
    const Address out = slot(sizeof(IpAddress), "ip");
    store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v6)));
    const checked::Expr& bytes = undecayed(*node.arguments[0]);
    if (bytes.type->is_memory()) {
        call_helper(Helper::memory_copy, {out.base, materialize(address(bytes)), Operand::of_imm(16)}, false);
    } else {
        read_memory(bytes.type->space, out, value(bytes), 16);
    }
    return out;
}

// Units are given by the nanoseconds they have; the difference is truncated toward zero.
Operand Builder::diff_time(const checked::Call& node) {
    const Operand begin = value(*node.arguments[0]);
    const Operand end = value(*node.arguments[1]);
    const Operand unit = value(*node.arguments[2]);
    const Operand difference = binary(Op::sub, 8, Operand::of(as_reg(end)), begin);
    if (unit.is_imm() && unit.imm == 1) return difference;
    if (unit.is_imm() && unit.imm > 1) return binary(Op::sdiv, 8, difference, unit);
    return divide(checked::BinaryOp::div, difference, unit, shared_.script.types.integer(8, true));
}

// Of a list that is written: a variable or an element (sema::Checker::kept_list).
Place Builder::list_place(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) return element_place(*node);
    Place out;
    out.type = expr.type;
    out.at = memory(globals_map, shared_.storage.list_offset(std::get<checked::ListRef>(expr.node).id));
    return out;
}

// Of one that is read at once. An element that is not there reads as an empty list.
Address Builder::list_address(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::ListRef>(&expr.node))
        return memory(globals_map, shared_.storage.list_offset(node->id));
    if (std::holds_alternative<checked::ElementRef>(expr.node)) return looked_up(expr);
    if (const auto* node = std::get_if<checked::Assign>(&expr.node)) return assign_list(*node->target, *node->value);
    return empty_list();  // list()
}

Address Builder::empty_list() { return memory(rodata_map, shared_.storage.zeros(sizeof(ListValue))); }

Operand Builder::list_member(const checked::Call& node, size_t offset) {
    const Address at = list_address(*node.arguments[0]);
    return load_from({at.base, at.offset + static_cast<int32_t>(offset)}, 8, true);
}

Operand Builder::list_average(const checked::Call& node) {
    const Address at = list_address(*node.arguments[0]);
    const auto member = [&](size_t offset) {
        return load_from({at.base, at.offset + static_cast<int32_t>(offset)}, 8, true);
    };
    const Reg out = reg();
    const Label empty = label();
    move(out, Operand::of_imm(0));
    const Operand count = member(offsetof(ListValue, count));
    branch(Cond::eq, count, Operand::of_imm(0), empty);
    move(out, binary(Op::sdiv, 8, member(offsetof(ListValue, sum)), count));
    place_label(empty);
    return Operand::of(out);
}

// sum, avg, min, max, count: of a list, whose numbers lie in memory, or of a distribution, which has to be asked.
Operand Builder::aggregate(const checked::Call& node, ArrayPrintOptions::ListValue wanted) {
    if (node.arguments[0]->type->kind == TypeKind::dist)
        return call_helper(Helper::dist_number, {argument(node, 0), Operand::of_imm(wanted)});
    switch (wanted) {
        case ArrayPrintOptions::list_avg:
            return list_average(node);
        case ArrayPrintOptions::list_sum:
            return list_member(node, offsetof(ListValue, sum));
        case ArrayPrintOptions::list_min:
            return list_member(node, offsetof(ListValue, min));
        case ArrayPrintOptions::list_max:
            return list_member(node, offsetof(ListValue, max));
        default:
            return list_member(node, offsetof(ListValue, count));
    }
}

// add_dist(d, value)
Operand Builder::add_to_distribution(const checked::Call& node) {
    const Operand what = argument(node, 1);
    const Place element = element_place(std::get<checked::ElementRef>(node.arguments[0]->node));
    call_helper(Helper::dist_add, {materialize(element.at), what}, false);
    finish(element);
    return Operand::of_imm(0);
}

// add_distinct(u, value...): of the values only their common hash goes on. A String is hashed as far as it goes, so
// that variables of different lengths agree.
Operand Builder::add_to_distinct(const checked::Call& node) {
    Operand hash = Operand::of_imm(0);
    for (size_t i = 1; i < node.arguments.size(); ++i) {
        const checked::Expr& part = *node.arguments[i];
        if (part.type->kind == TypeKind::string) {
            const Text what = text(part);
            hash = call_helper(Helper::distinct_text, {hash, materialize(what.at), Operand::of_imm(what.size)});
            continue;
        }
        const uint32_t size = storage_size(part.type);
        const Address at = slot(size, "part");
        copy_value(part.type, at, part);
        hash = call_helper(Helper::distinct_bytes, {hash, materialize(at), Operand::of_imm(size)});
    }
    const Place element = element_place(std::get<checked::ElementRef>(node.arguments[0]->node));
    call_helper(Helper::distinct_add, {materialize(element.at), hash}, false);
    finish(element);
    return Operand::of_imm(0);
}

Operand Builder::append(const checked::Call& node) {
    const checked::Expr& added = *node.arguments[1];
    if (added.type->kind == TypeKind::list) {
        // The source is copied first: making the target's element may move it.
        const Address copied = slot(sizeof(ListValue), "list");
        copy_words(copied, list_address(added), sizeof(ListValue));
        const Place list = list_place(*node.arguments[0]);
        call_helper(Helper::list_append_list, {materialize(list.at), copied.base}, false);
        finish(list);
    } else {
        const Operand item = value(added);
        const Place list = list_place(*node.arguments[0]);
        call_helper(Helper::list_append, {materialize(list.at), item}, false);
        finish(list);
    }
    return Operand::of_imm(0);
}

// Gives the assigned list, which is there also where the target is not.
Address Builder::assign_list(const checked::Expr& target, const checked::Expr& source) {
    const auto* made = std::get_if<checked::Call>(&source.node);
    if (made != nullptr && made->function->id == FunctionId::list) {
        const Place to = list_place(target);
        zero(to.at, sizeof(ListValue));
        finish(to);
        return empty_list();
    }
    const Address copied = slot(sizeof(ListValue), "list");
    copy_words(copied, list_address(source), sizeof(ListValue));
    const Place to = list_place(target);
    copy_words(to.at, copied, sizeof(ListValue));
    finish(to);
    return copied;
}

Operand Builder::set_range(const checked::Call& node) {
    if (node.arguments.size() < 5) return action(Helper::range_power, {range_argument(node, 0)});
    return action(Helper::range_linear,
                  {range_argument(node, 0), argument(node, 2), argument(node, 3), argument(node, 4)});
}

Operand Builder::add_range(const checked::Call& node) {
    const auto& args = node.arguments;
    uint32_t stride = 8;
    // The helper function takes them as an array: every one has the room of the longest.
    for (size_t i = 1; i < args.size(); ++i) stride = std::max(stride, storage_size(args[i]->type));
    const Address strings = slot(stride * static_cast<uint32_t>(args.size() - 1), "strings");
    for (size_t i = 1; i < args.size(); ++i) {
        const Address at{strings.base, static_cast<int32_t>((i - 1) * stride)};
        const Text one = text(*args[i]);
        call_helper(Helper::string_copy,
                    {materialize(at), Operand::of_imm(stride), materialize(one.at), Operand::of_imm(one.size)}, false);
    }
    return action(Helper::range_add, {range_argument(node, 0), strings.base,
                                      Operand::of_imm(static_cast<int64_t>(args.size() - 1)), Operand::of_imm(stride)});
}

// qrange(element, range, value)
Operand Builder::count_in_range(const checked::Call& node) {
    const auto& args = node.arguments;
    if (args[2]->type->kind == TypeKind::string) {
        const Text what = text(*args[2]);
        const Place element = element_place(std::get<checked::ElementRef>(args[0]->node));
        call_helper(
            Helper::range_count_string,
            {materialize(element.at), range_argument(node, 1), materialize(what.at), Operand::of_imm(what.size)},
            false);
        finish(element);
    } else {
        const Operand what = value(*args[2]);
        const Place element = element_place(std::get<checked::ElementRef>(args[0]->node));
        call_helper(Helper::range_count, {materialize(element.at), range_argument(node, 1), what}, false);
        finish(element);
    }
    return Operand::of_imm(0);
}

// copy_kdata, copy_userdata, get_kbytes, get_ubytes: into a variable that is named.
Operand Builder::copy_data(const checked::Call& node, bool user) {
    const checked::Expr& source = *node.arguments[0];
    const checked::Expr& target = *node.arguments[1];
    const TypeRef type = target.type;
    const uint32_t whole = type->kind == TypeKind::string ? type->count : type->size;
    Operand size = Operand::of_imm(whole);
    if (node.arguments.size() > 2) {
        size = bounded(value(*node.arguments[2]), Cond::ule, whole);
    }
    const Operand from = value(source);
    const bool in_memory = type->is_memory();
    const Address copied = slot(std::max(8u, storage_size(type)), "copy");
    zero(copied, storage_size(type));
    const AddressSpace space = user ? AddressSpace::user : source.type->space;
    const Helper read = user                            ? Helper::user_copy
                        : space == AddressSpace::packet ? Helper::packet_copy
                                                        : Helper::kernel_copy;
    if (space == AddressSpace::packet) packet_bytes_ = ~0u;
    call_helper(read, {copied.base, from, size}, false);
    if (space == AddressSpace::packet) host_order(type, copied);
    const Place to = place(target);
    if (in_memory) {
        if (to.kind == Place::Kind::element) {
            copy_words(to.at, copied, storage_size(type));
        } else {
            call_helper(Helper::memory_copy, {materialize(to.at), copied.base, Operand::of_imm(whole)}, false);
        }
    } else {
        Place scalar;
        scalar.type = type;
        scalar.at = copied;
        store(to, load(scalar));
    }
    finish(to);
    return Operand::of_imm(0);
}

Operand Builder::working_directory(const checked::Call& node) {
    const Operand subject = argument(node, 0);
    const checked::Expr& target = *node.arguments[1];
    const Place to = place(target);
    const Operand out =
        call_helper(Helper::process_cwd, {subject, materialize(to.at), Operand::of_imm(target.type->count)});
    finish(to);
    return extend(out, shared_.script.types.integer(4, true));
}

Operand Builder::attribute(const checked::Call& node, AttributeOf of) {
    const checked::Expr& target = *node.arguments[2];
    const Operand subject = argument(node, 0);
    const Address read = slot(8, "attribute");
    store_to(read, 8, Operand::of_imm(0));
    const Operand wanted = argument(node, 1);
    const Operand status = call_helper(Helper::process_attribute, {constant(of), subject, wanted, read.base});
    const Reg out = reg();
    move(out, status);
    const Place to = place(target);
    store(to, extend(load_from(read, 8, true), target.type));
    finish(to);
    return extend(Operand::of(out), shared_.script.types.integer(4, true));
}

void Builder::print(const checked::Print& node) {
    const RecordLayout& layout = shared_.program.records[node.record];
    // Filled in the frame and handed over as a whole: nobody sees a part of it.
    const Slot payload = new_slot(std::max(8u, layout.size), "record");
    for (size_t i = 0; i < node.arguments.size() && i < layout.fields.size(); ++i) {
        const checked::Expr& argument = *node.arguments[i];
        const RecordField& field = layout.fields[i];
        const auto at = [&] { return Address{slot_address(payload).base, static_cast<int32_t>(field.offset)}; };
        if (argument.type->kind == TypeKind::string || field.kind == FieldKind::string) {
            const Text source = text(argument);
            call_helper(
                Helper::string_copy,
                {materialize(at()), Operand::of_imm(field.size), materialize(source.at), Operand::of_imm(source.size)},
                false);
        } else if (argument.type->kind == TypeKind::list) {
            copy_words(at(), list_address(argument), sizeof(ListValue));
        } else if (argument.type->is_memory()) {
            const Address source = address(argument);
            if (field.size % 8 == 0 && field.size <= 64) {
                copy_words(at(), source, field.size);
            } else {
                call_helper(Helper::memory_copy, {materialize(at()), materialize(source), Operand::of_imm(field.size)},
                            false);
            }
        } else {
            const Operand scalar = value(argument);
            store_to(at(), 8, scalar);
        }
    }
    call_helper(Helper::emit, {Operand::of_imm(node.record), slot_address(payload).base}, false);
}

// exists(a, k...), delete(a, k...)
Operand Builder::element_call(const checked::ElementCall& node) {
    uint64_t any = 0;
    const Address key = element_key(node.array, node.keys, &any);
    const Helper helper = node.function == FunctionId::exists ? Helper::array_exists : Helper::array_delete;
    return call_helper(helper, {map_operand(shared_.storage.array_map(node.array)), key.base,
                                Operand::of_imm(static_cast<int64_t>(any))});
}

void Builder::array_call(const checked::ArrayCall& node) {
    if (node.function == FunctionId::clear) {
        call_helper(Helper::array_clear, {map_operand(shared_.storage.array_map(node.array))}, false);
        return;
    }
    // Options are too many for arguments of a helper function: it gets their number in the Program.
    const auto options = static_cast<int64_t>(shared_.program.print_options.size());
    shared_.program.print_options.push_back(node.options);
    if (node.function == FunctionId::set_aso_print_options) {
        call_helper(Helper::array_defaults, {Operand::of_imm(options)}, false);
    } else {
        call_helper(Helper::array_print, {map_operand(shared_.storage.array_map(node.array)), Operand::of_imm(options)},
                    false);
    }
}

void Builder::table_call(const checked::TableCall& node) {
    const checked::Table& table = shared_.script.tables[node.table];
    TableLayout layout = table.layout;
    for (size_t i = 0; i < layout.columns.size(); ++i)
        layout.columns[i].map = shared_.storage.array_map(table.arrays[i]);
    const auto id = static_cast<int64_t>(shared_.program.tables.size());
    shared_.program.tables.push_back(std::move(layout));
    call_helper(Helper::array_table, {Operand::of_imm(id)}, false);
}

}  // namespace probevue::ir
