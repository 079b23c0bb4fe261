// Calls of library functions.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/builder.h"

namespace probevue::ir {
namespace {

constexpr int32_t list_count_offset = offsetof(ListValue, count);
constexpr int32_t list_sum_offset = offsetof(ListValue, sum);
constexpr int32_t list_min_offset = offsetof(ListValue, min);
constexpr int32_t list_max_offset = offsetof(ListValue, max);

int64_t packed_sizes(uint32_t a, uint32_t b) { return static_cast<int64_t>(uint64_t{a} | uint64_t{b} << 32); }

}  // namespace

Operand Builder::call(const checked::Call& node, TypeRef type) {
    const auto& args = node.arguments;
    switch (node.function->id) {
        case FunctionId::timestamp:
            return Operand::of(result({.op = Op::context, .index = static_cast<uint32_t>(ContextWord::time)}));
        case FunctionId::diff_time:
            return diff_time(node);
        case FunctionId::exit:
            call_helper(Helper::exit, {}, false);
            emit({.op = Op::ret, .a = Operand::of_imm(1)});
            return Operand::of_imm(0);
        case FunctionId::atoi: {
            const Text in = text(*args[0]);
            return extend(call_helper(Helper::string_number, {materialize(in.at), Operand::of_imm(in.size)}), type);
        }
        case FunctionId::strstr: {
            const Text in = text(*args[0]);
            const Text what = text(*args[1]);
            return call_helper(Helper::string_find, {materialize(in.at), materialize(what.at),
                                                     Operand::of_imm(packed_sizes(in.size, what.size))});
        }
        case FunctionId::ntohs:
        case FunctionId::htons:
            return Operand::of(result({.op = Op::swap, .width = 2, .a = Operand::of(as_reg(value(*args[0])))}));
        case FunctionId::ntohl:
        case FunctionId::htonl:
            return Operand::of(result({.op = Op::swap, .width = 4, .a = Operand::of(as_reg(value(*args[0])))}));
        case FunctionId::get_location_point:
            return event_value(EventField::location);
        case FunctionId::append:
            append(node);
            return Operand::of_imm(0);
        case FunctionId::sum:
        case FunctionId::avg:
        case FunctionId::min:
        case FunctionId::max:
        case FunctionId::count:
            return list_call(node.function->id, node);
        case FunctionId::set_range:
        case FunctionId::add_range:
        case FunctionId::clear_range:
        case FunctionId::qrange:
            return range_call(node.function->id, node);
        case FunctionId::copy_kdata:
        case FunctionId::get_kbytes:
            copy_data(node, false);
            return Operand::of_imm(0);
        case FunctionId::copy_userdata:
        case FunctionId::get_ubytes:
            copy_data(node, true);
            return Operand::of_imm(0);
        case FunctionId::get_proc:
        case FunctionId::get_thread:
        case FunctionId::get_ublock:
        case FunctionId::get_cwd:
            return attribute_call(node.function->id, node);
        case FunctionId::fd_path:
        case FunctionId::fd_fstype:
        case FunctionId::fd_ftype:
        case FunctionId::fd_inodeid:
        case FunctionId::fpath_inodeid:
        case FunctionId::sockfd_netinfo:
        case FunctionId::round_trip_time:
            return extend(file_call(node.function->id, node), type);
        default:
            return output_call(node.function->id, node);
    }
}

// Functions whose result lies in memory.
Address Builder::call_address(const checked::Call& node, TypeRef type) {
    const auto& args = node.arguments;
    const uint32_t size = type->kind == TypeKind::string ? type->count : type->size;
    switch (node.function->id) {
        case FunctionId::get_function:
            return {event_value(EventField::function), 0};
        case FunctionId::get_probe: {
            const Address out = slot(size, "probe");
            call_helper(Helper::probe_text, {out.base, Operand::of_imm(size)}, false);
            return out;
        }
        case FunctionId::get_userstring:
        case FunctionId::get_kstring: {
            const bool user = node.function->id == FunctionId::get_userstring;
            if (args[0]->type->space == AddressSpace::packet) packet_bytes_ = ~0u;
            const Operand from = value(*args[0]);
            const Operand length = value(*args[1]);
            const Address out = slot(size, "string");
            call_helper(user ? Helper::user_string : Helper::kernel_string,
                        {out.base, Operand::of_imm(size), from, length}, false);
            return out;
        }
        case FunctionId::fd_fname:
        case FunctionId::fd_mpath: {
            const Operand fd = value(*args[0]);
            const Address out = slot(size, "path");
            const int64_t what = node.function->id == FunctionId::fd_fname ? 0 : 1;
            call_helper(Helper::fd_text, {fd, Operand::of_imm(what), out.base, Operand::of_imm(size)}, false);
            return out;
        }
        case FunctionId::convert_ip4_addr: {
            // The number is in host order, as integers copied from a packet are; addresses keep network order.
            const Operand wire =
                Operand::of(result({.op = Op::swap, .width = 4, .a = Operand::of(as_reg(value(*args[0])))}));
            const Address out = slot(sizeof(IpAddress), "ip");
            store_to(out, 8, wire);
            store_to({out.base, 8}, 8, Operand::of_imm(0));
            store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v4)));
            return out;
        }
        default: {  // convert_ip6_addr
            const Address out = slot(sizeof(IpAddress), "ip");
            store_to({out.base, 16}, 8, Operand::of_imm(static_cast<int64_t>(IpAddress::v6)));
            const checked::Expr& from = *args[0];
            const auto* decayed = std::get_if<checked::Convert>(&from.node);
            const checked::Expr& bytes =
                decayed != nullptr && decayed->operand->type->is_memory() ? *decayed->operand : from;
            if (bytes.type->is_memory()) {
                call_helper(Helper::memory_copy, {out.base, materialize(address(bytes)), Operand::of_imm(16)}, false);
            } else {
                read_memory(bytes.type->space, out, value(bytes), 16);
            }
            return out;
        }
    }
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

// The address of a list. An element that is only read and absent reads as an empty list.
Address Builder::list_address(const checked::Expr& expr, bool writes, std::optional<Label>* absent) {
    if (const auto* node = std::get_if<checked::ListRef>(&expr.node))
        return memory(globals_map, shared_.storage.list_offset(node->id));
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) {
        if (writes) {
            const Place element = element_place(*node);
            *absent = element.absent;
            return element.at;
        }
        const Address key = element_key(node->array, node->keys, nullptr);
        const Operand found =
            call_helper(Helper::array_find, {map_operand(shared_.storage.array_map(node->array)), key.base});
        const Reg out = reg();
        const Label end = label();
        move(out, found);
        branch(Cond::ne, found, Operand::of_imm(0), end);
        move(out, memory(rodata_map, shared_.storage.zeros(sizeof(ListValue))).base);
        place_label(end);
        return {Operand::of(out), 0};
    }
    // list() where a list is read: an empty one.
    return memory(rodata_map, shared_.storage.zeros(sizeof(ListValue)));
}

Operand Builder::list_call(FunctionId id, const checked::Call& node) {
    const Address at = list_address(*node.arguments[0], false, nullptr);
    const auto member = [&](int32_t offset) { return load_from({at.base, at.offset + offset}, 8, true); };
    switch (id) {
        case FunctionId::sum:
            return member(list_sum_offset);
        case FunctionId::min:
            return member(list_min_offset);
        case FunctionId::max:
            return member(list_max_offset);
        case FunctionId::count:
            return member(list_count_offset);
        default:
            break;
    }
    const Reg out = reg();
    const Label empty = label();
    move(out, Operand::of_imm(0));
    const Operand count = member(list_count_offset);
    branch(Cond::eq, count, Operand::of_imm(0), empty);
    move(out, binary(Op::sdiv, 8, member(list_sum_offset), count));
    place_label(empty);
    return Operand::of(out);
}

void Builder::append(const checked::Call& node) {
    const checked::Expr& added = *node.arguments[1];
    std::optional<Label> absent;
    if (added.type->kind == TypeKind::list) {
        // The source is copied first: making the target's element may move it.
        const Address copied = slot(sizeof(ListValue), "list");
        copy_words(copied, list_address(added, false, nullptr), sizeof(ListValue));
        const Address list = list_address(*node.arguments[0], true, &absent);
        call_helper(Helper::list_append_list, {materialize(list), copied.base}, false);
    } else {
        const Operand item = value(added);
        const Address list = list_address(*node.arguments[0], true, &absent);
        call_helper(Helper::list_append, {materialize(list), item}, false);
    }
    if (absent.has_value()) place_label(*absent);
}

void Builder::assign_list(const checked::Expr& target, const checked::Expr& source) {
    std::optional<Label> absent;
    const auto* made = std::get_if<checked::Call>(&source.node);
    if (made != nullptr && made->function->id == FunctionId::list) {
        zero(list_address(target, true, &absent), sizeof(ListValue));
    } else {
        const Address copied = slot(sizeof(ListValue), "list");
        copy_words(copied, list_address(source, false, nullptr), sizeof(ListValue));
        copy_words(list_address(target, true, &absent), copied, sizeof(ListValue));
    }
    if (absent.has_value()) place_label(*absent);
}

Operand Builder::range_call(FunctionId id, const checked::Call& node) {
    const auto& args = node.arguments;
    const auto range_id = [&](size_t argument) {
        return Operand::of_imm(std::get<checked::RangeRef>(args[argument]->node).id);
    };
    switch (id) {
        case FunctionId::set_range:
            if (args.size() == 5) {
                call_helper(Helper::range_linear, {range_id(0), value(*args[2]), value(*args[3]), value(*args[4])},
                            false);
            } else {
                call_helper(Helper::range_power, {range_id(0)}, false);
            }
            break;
        case FunctionId::clear_range:
            call_helper(Helper::range_clear, {range_id(0)}, false);
            break;
        case FunctionId::add_range: {
            uint32_t stride = 8;
            for (size_t i = 1; i < args.size(); ++i) stride = std::max(stride, storage_size(args[i]->type));
            const Address strings = slot(stride * static_cast<uint32_t>(args.size() - 1), "strings");
            for (size_t i = 1; i < args.size(); ++i) {
                const Address at{strings.base, static_cast<int32_t>((i - 1) * stride)};
                const Text one = text(*args[i]);
                call_helper(Helper::string_copy,
                            {materialize(at), Operand::of_imm(stride), materialize(one.at), Operand::of_imm(one.size)},
                            false);
            }
            call_helper(Helper::range_add,
                        {range_id(0), strings.base, Operand::of_imm(static_cast<int64_t>(args.size() - 1)),
                         Operand::of_imm(stride)},
                        false);
            break;
        }
        default: {  // qrange(element, range, value)
            const checked::Expr& counted = *args[2];
            if (counted.type->kind == TypeKind::string) {
                const Text what = text(counted);
                const Place element = element_place(std::get<checked::ElementRef>(args[0]->node));
                call_helper(Helper::range_count_string,
                            {materialize(element.at), range_id(1), materialize(what.at), Operand::of_imm(what.size)},
                            false);
                finish(element);
            } else {
                const Operand what = value(counted);
                const Place element = element_place(std::get<checked::ElementRef>(args[0]->node));
                call_helper(Helper::range_count, {materialize(element.at), range_id(1), what}, false);
                finish(element);
            }
        }
    }
    return Operand::of_imm(0);
}

// copy_kdata, copy_userdata, get_kbytes, get_ubytes: into a variable that is named.
void Builder::copy_data(const checked::Call& node, bool user) {
    const checked::Expr& source = *node.arguments[0];
    const checked::Expr& target = *node.arguments[1];
    const TypeRef type = target.type;
    const uint32_t whole = type->kind == TypeKind::string ? type->count : type->size;
    Operand size = Operand::of_imm(whole);
    if (node.arguments.size() > 2) {
        const Operand wanted = value(*node.arguments[2]);
        const Reg bounded = reg();
        const Label fits = label();
        move(bounded, wanted);
        branch(Cond::ule, Operand::of(bounded), Operand::of_imm(whole), fits);
        move(bounded, Operand::of_imm(whole));
        place_label(fits);
        size = Operand::of(bounded);
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
}

uint64_t Builder::string_literal_site(const checked::Expr& expr) {
    const auto* literal = std::get_if<checked::StringConstant>(&expr.node);
    return site(literal == nullptr ? std::string{} : literal->value, {});
}

Operand Builder::output_call(FunctionId id, const checked::Call& node) {
    const auto& args = node.arguments;
    const auto named = [&](Helper helper) {
        call_helper(helper, {Operand::of_imm(static_cast<int64_t>(string_literal_site(*args[0])))}, false);
    };
    switch (id) {
        case FunctionId::start_tentative:
            named(Helper::tentative_start);
            break;
        case FunctionId::end_tentative:
            named(Helper::tentative_end);
            break;
        case FunctionId::commit_tentative:
            named(Helper::tentative_commit);
            break;
        case FunctionId::discard_tentative:
            named(Helper::tentative_discard);
            break;
        case FunctionId::group_output_start:
            call_helper(Helper::group_start, {}, false);
            break;
        case FunctionId::group_output_end:
            call_helper(Helper::group_end, {}, false);
            break;
        case FunctionId::set_date_format: {
            const Text format = text(*args[0]);
            call_helper(Helper::date_format, {materialize(format.at), Operand::of_imm(format.size)}, false);
            break;
        }
        case FunctionId::stktrace:
            call_helper(Helper::print_stack, {value(*args[0]), value(*args[1])}, false);
            break;
        case FunctionId::get_stktrace:
            return call_helper(Helper::get_stack, {args.empty() ? Operand::of_imm(-1) : value(*args[0])});
        case FunctionId::ptree:
            call_helper(Helper::print_process_tree, {args.empty() ? Operand::of_imm(-1) : value(*args[0])}, false);
            break;
        case FunctionId::print_args: {
            call_helper(Helper::print_arguments, {Operand::of_imm(site(clause_.prototype, {}))}, false);
            break;
        }
        default:
            break;
    }
    return Operand::of_imm(0);
}

Operand Builder::file_call(FunctionId id, const checked::Call& node) {
    const auto& args = node.arguments;
    const auto number = [&](int64_t what) {
        return call_helper(Helper::fd_number, {value(*args[0]), Operand::of_imm(what)});
    };
    switch (id) {
        case FunctionId::fd_path:
            return call_helper(Helper::fd_path, {value(*args[0])});
        case FunctionId::fd_fstype:
            return number(0);
        case FunctionId::fd_ftype:
            return number(1);
        case FunctionId::fd_inodeid:
            return number(2);
        case FunctionId::round_trip_time:
            return number(3);
        case FunctionId::fpath_inodeid: {
            const Text path = text(*args[0]);
            return call_helper(Helper::path_inode, {materialize(path.at), Operand::of_imm(path.size)});
        }
        default: {  // sockfd_netinfo(fd, info)
            const Operand fd = value(*args[0]);
            call_helper(Helper::socket_info, {fd, materialize(address(*args[1]))}, false);
            return Operand::of_imm(0);
        }
    }
}

Operand Builder::attribute_call(FunctionId id, const checked::Call& node) {
    const auto& args = node.arguments;
    const Operand subject = value(*args[0]);
    if (id == FunctionId::get_cwd) {
        const Place to = place(*args[1]);
        const Operand out =
            call_helper(Helper::process_cwd, {subject, materialize(to.at), Operand::of_imm(args[1]->type->count)});
        finish(to);
        return extend(out, shared_.script.types.integer(4, true));
    }
    const int64_t which = id == FunctionId::get_proc ? 0 : id == FunctionId::get_thread ? 1 : 2;
    const Address read = slot(8, "attribute");
    store_to(read, 8, Operand::of_imm(0));
    const Operand attribute = value(*args[1]);
    const Operand status =
        call_helper(Helper::process_attribute, {Operand::of_imm(which), subject, attribute, read.base});
    const Reg out = reg();
    move(out, status);
    const Place to = place(*args[2]);
    store(to, extend(load_from(read, 8, true), args[2]->type));
    finish(to);
    return extend(Operand::of(out), shared_.script.types.integer(4, true));
}

void Builder::print(const checked::Print& node) {
    const RecordLayout& layout = shared_.program.records[node.record];
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
            copy_words(at(), list_address(argument, false, nullptr), sizeof(ListValue));
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
    const auto options = static_cast<int64_t>(shared_.program.print_options.size());
    shared_.program.print_options.push_back(node.options);
    if (node.function == FunctionId::set_aso_print_options) {
        call_helper(Helper::array_defaults, {Operand::of_imm(options)}, false);
    } else {
        call_helper(Helper::array_print, {map_operand(shared_.storage.array_map(node.array)), Operand::of_imm(options)},
                    false);
    }
}

}  // namespace probevue::ir
