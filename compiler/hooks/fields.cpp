// Fields of events, from their rows.
#include <net/if.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/giving.h"
#include "builtins/linux.h"
#include "builtins/unknown.h"
#include "compiler/hooks/conditions.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

// The table of AIX's numbers, four bits each.
constexpr uint64_t packed_states() {
    uint64_t packed = 0;
    for (size_t i = 0; i < tcp_state_of_linux.size(); ++i) {
        packed |= static_cast<uint64_t>(tcp_state_of_linux[i]) << (4 * i);
    }
    return packed;
}

// A row, and the way to the thing that it is read from.
struct Source {
    const HookField& row;
    const Reading& way;
    std::optional<KernelPointer> thing = {};  // found by now: the verifier knows of this pointer that it is not null
};

KernelPointer start_of(Hook& hook, const Source& source) {
    const HookField& row = source.row;
    if (source.thing) return *source.thing;
    if (row.from == from_socket) return hook.socket();
    if (row.from == from_task || row.view == View::task) return hook.task();
    if (row.view == View::none) return hook.pointer_argument(row.from);
    const KernelPointer root = hook.thing(source.way.root->view);
    const Lead* lead = source.way.lead;
    return lead == nullptr || lead->path.empty() ? root : hook.follow(root, lead->path);
}

// Jumps to `other` unless the address is ::ffff:a.b.c.d.
void unless_mapped(KernelCode& code, KernelPlace address, ir::Label other) {
    code.branch(Cond::ne, code.load(address, 8), number(0), other);
    code.branch(Cond::ne, code.load({address.base, address.offset + 8}, 4), number(mapped_prefix()), other);
}

// Where a packet's outermost header begins that it has got by now, from sk_buff.head: one that a protocol has just made
// has no link header yet.
Operand first_header(Hook& hook, KernelPointer packet) {
    KernelCode& code = hook.code();
    const ir::Reg first = code.reg();
    const ir::Label known = code.label();
    code.set(first, hook.read(packet, "sk_buff.mac_header"));
    code.branch(Cond::ne, Operand::of(first), number(mac_header_unset), known);
    code.set(first, hook.read(packet, "sk_buff.network_header"));
    code.place(known);
    return Operand::of(first);
}

// Of a packet, what is not a member of its sk_buff alone.
Operand of_packet(Hook& hook, KernelPointer packet, Conversion conversion) {
    KernelCode& code = hook.code();
    if (conversion == Conversion::wire_length) return extent_of(hook, packet, first_header(hook, packet)).wire_length;
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    return code.swap(code.load(code.in_slot(transport, conversion == Conversion::port_source ? 0 : 2), 2), 2);
}

// Numbers of the thread that the event is about.
Operand of_thread(Hook& hook, Conversion conversion) {
    KernelCode& code = hook.code();
    const bool of_user = conversion == Conversion::current_uid || conversion == Conversion::current_gid;
    const bool upper = conversion == Conversion::current_pid || conversion == Conversion::current_gid;
    if (!hook.is_about_current()) {  // then only what stands in the task is known
        if (of_user) return hook.read(hook.task(), upper ? "task_struct.cred->gid.val" : "task_struct.cred->uid.val");
        return hook.read(hook.task(), upper ? "task_struct.tgid" : "task_struct.pid");
    }
    const Operand both = code.call(of_user ? BPF_FUNC_get_current_uid_gid : BPF_FUNC_get_current_pid_tgid, {});
    if (upper) return code.binary(Op::lshr, both, number(32));
    return code.result({.op = Op::extend, .width = 4, .a = both});
}

// 1 where the processor's mode is the kernel's, else 0.
Operand is_kernel_mode(Hook& hook, Operand mode) {
    const Processor& processor = hook.facts().processor();
    KernelCode& code = hook.code();
    return code.result({.op = Op::compare,
                        .cond = Cond::ne,
                        .a = code.binary(Op::and_, mode, number(processor.mode_mask)),
                        .b = number(processor.user_mode)});
}

// A value that fits a register.
Operand scalar(Hook& hook, const Source& source) {
    KernelCode& code = hook.code();
    const HookField& row = source.row;
    const auto raw = [&] {
        if (row.path.empty()) return hook.integer_argument(row.from);
        // Registers that a program is handed are read whole.
        if (row.from == from_context) return code.argument(static_cast<int32_t>(hook.offset_of(row.path)), 8);
        return hook.read(start_of(hook, source), row.path);
    };
    constexpr int64_t second_ns = 1'000'000'000;
    switch (row.conversion) {
        case Conversion::network16:
            return code.swap(raw(), 2);
        case Conversion::eighth:
            return code.binary(Op::lshr, raw(), number(3));
        case Conversion::quarter:
            return code.binary(Op::lshr, raw(), number(2));
        case Conversion::signed32:
            return code.result({.op = Op::extend, .width = 4, .is_signed = true, .a = raw()});
        case Conversion::one_more:
            return code.binary(Op::add, raw(), number(1));
        case Conversion::tcp_state:
            return aix_state(code, raw());
        case Conversion::pointer:
            if (row.view != View::none) return code.as_number(start_of(hook, source).value);
            return code.as_number(hook.row().kind == ProbeKind::systrace ? hook.whole_argument(row.from)
                                                                         : hook.argument(row.from));
        case Conversion::current_pid:
        case Conversion::current_tid:
        case Conversion::current_uid:
        case Conversion::current_gid:
            return of_thread(hook, row.conversion);
        case Conversion::processor:
            return code.call(BPF_FUNC_get_smp_processor_id, {});
        case Conversion::constant_one:
        case Conversion::constant_zero:
            return code.result({.op = Op::constant, .a = number(row.conversion == Conversion::constant_one ? 1 : 0)});
        case Conversion::instruction:
            return code.argument(hook.facts().processor().instruction_offset, 8);
        case Conversion::attach_number:
            return code.call(BPF_FUNC_get_attach_cookie, {code.result({.op = Op::machine_context})});
        case Conversion::control_block:
            return hook.read_control_block(hook.pointer_argument(row.from), row.path);
        case Conversion::port_source:
        case Conversion::port_destination:
        case Conversion::wire_length:
            return of_packet(hook, start_of(hook, source), row.conversion);
        case Conversion::nice_value:
            return code.binary(Op::sub, raw(), number(120));
        case Conversion::seconds:
            return code.binary(Op::udiv, raw(), number(second_ns));
        case Conversion::since_boot: {
            const Operand since =
                code.result({.op = Op::constant, .a = number(static_cast<int64_t>(hook.facts().boot_time_ns()))});
            return code.binary(Op::udiv, code.binary(Op::add, raw(), since), number(second_ns));
        }
        case Conversion::difference: {
            const size_t minus = row.path.find(" - ");
            const Operand a = hook.read(start_of(hook, source), row.path.substr(0, minus));
            return code.binary(Op::sub, a, hook.read(start_of(hook, source), row.path.substr(minus + 3)));
        }
        case Conversion::beyond_32_bit:
            return code.result(
                {.op = Op::compare, .cond = Cond::ne, .a = code.binary(Op::lshr, raw(), number(32)), .b = number(0)});
        case Conversion::loopback:
            return code.result({.op = Op::compare,
                                .cond = Cond::ne,
                                .a = code.binary(Op::and_, raw(), number(IFF_LOOPBACK)),
                                .b = number(0)});
        case Conversion::kernel_mode:
            return is_kernel_mode(hook, raw());
        case Conversion::wait_signal:
            return code.binary(Op::and_, raw(), number(0x7f));
        case Conversion::wait_status:
            return code.binary(Op::and_, code.binary(Op::lshr, raw(), number(8)), number(0xff));
        default:
            return raw();
    }
}

void write_row(Hook& hook, const Source& source, KernelPlace to, uint32_t size) {
    KernelCode& code = hook.code();
    const HookField& row = source.row;
    switch (row.conversion) {
        case Conversion::socket_local:
        case Conversion::socket_remote:
            return write_socket_end(hook, start_of(hook, source), row.conversion == Conversion::socket_remote, to);
        case Conversion::packet_source:
        case Conversion::packet_destination:
            return write_packet_end(code, code.in_slot(hook.header(start_of(hook, source), "sk_buff.network_header")),
                                    row.conversion == Conversion::packet_source, to);
        case Conversion::current_name: {
            code.zero(to, size);
            if (!hook.is_about_current()) return hook.read_array(to, hook.task(), "task_struct.comm", task_name_size);
            return code.run(BPF_FUNC_get_current_comm, {code.address(to), number(task_name_size)});
        }
        case Conversion::text:
            return hook.read_text(to, start_of(hook, source), row.path, size);
        case Conversion::tapset_name: {
            const std::string name = tapset_name(hook.row().kind);
            for (uint32_t at = 0; at < size; at += 8) {
                int64_t word = 0;
                if (at < name.size()) std::memcpy(&word, name.data() + at, std::min(name.size() - at, sizeof word));
                code.store({to.base, to.offset + static_cast<int32_t>(at)}, 8, number(word));
            }
            return;
        }
        default:
            return code.store(to, 8, scalar(hook, source));
    }
}

uint32_t frame_bytes(EventField field) {
    const ValueType type = event_field(field).type;
    if (type.kind == ValueKind::ip) return sizeof(IpAddress);
    return type.kind == ValueKind::string ? (type.size + 7u) & ~7u : 8;
}

// Behind the first row: read only when it gave 0.
void write_way(Hook& hook, const Reading& way, KernelPlace to, uint32_t size) {
    KernelCode& code = hook.code();
    const ir::Label done = code.label();
    for (const HookField& row : way.rows) {
        if (&row != &way.rows.front()) code.branch(Cond::ne, code.load(to, 8), number(0), done);
        write_row(hook, {row, way}, to, size);
    }
    code.place(done);
}

// The first of the ways whose root is there.
void write_ways(Hook& hook, std::span<const Reading> ways, KernelPlace to, uint32_t size) {
    KernelCode& code = hook.code();
    const ir::Label done = code.label();
    for (const Reading& way : ways) {
        const bool last = &way == &ways.back();
        const ir::Label next = code.label();
        if (!last) code.branch(Cond::eq, hook.thing(way.root->view).value, number(0), next);
        write_way(hook, way, to, size);
        if (!last) code.jump(done);
        code.place(next);
    }
    code.place(done);
}

// What TCP keeps of a connection, where there is one: a request is none yet, a socket that waits for late packets none
// any more.
void write_of_connection(Hook& hook, const Reading& way, KernelPlace to) {
    KernelCode& code = hook.code();
    const HookField& row = way.rows.front();
    const ir::Label none = code.label();
    const bool is_request = way.root->view == View::request;
    if (is_request || way.may_lack()) code.store(to, 8, number(value_when_unknown(row.field)));
    if (is_request) return;
    const KernelPointer sock = start_of(hook, {row, way});
    if (way.may_lack()) {
        code.branch(Cond::eq, sock.value, number(0), none);
        leave_unless_whole(hook, sock, none);
    }
    code.store(to, 8, scalar(hook, {row, way, sock}));
    code.place(none);
}

}  // namespace

uint32_t mapped_prefix() {
    constexpr uint8_t bytes[4] = {0, 0, 0xff, 0xff};
    uint32_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

void copy_v6(Hook& hook, KernelPointer from, std::string_view path, KernelPlace to) {
    KernelCode& code = hook.code();
    const uint32_t offset = hook.offset_of(path);
    if (offset + 16 > from.known) {
        hook.read_bytes(to, code.address({from.value, static_cast<int32_t>(offset)}), 16);
        return;
    }
    for (int32_t at = 0; at < 16; at += 4) {
        code.store({to.base, to.offset + at}, 4, code.load({from.value, static_cast<int32_t>(offset) + at}, 4));
    }
}

Operand network_of(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot network = code.slot(8, "network");
    write_field(hook, EventField::netns, code.in_slot(network));
    return code.load(code.in_slot(network), 8);
}

PacketExtent extent_of(Hook& hook, KernelPointer packet, Operand first) {
    KernelCode& code = hook.code();
    PacketExtent out;
    out.begin = code.binary(Op::add, code.as_number(hook.read(packet, "sk_buff.head")), first);
    out.taken_off = code.binary(Op::sub, code.as_number(hook.read(packet, "sk_buff.data")), out.begin);
    out.wire_length = code.binary(Op::add, hook.read(packet, "sk_buff.len"), out.taken_off);
    return out;
}

void leave_unless_whole(Hook& hook, KernelPointer socket, ir::Label other) {
    const Operand state = hook.read(socket, "sock_common.skc_state");
    hook.code().branch(Cond::eq, state, number(linux_time_wait), other);
    hook.code().branch(Cond::eq, state, number(linux_new_request), other);
}

void write_socket_end(Hook& hook, KernelPointer socket, bool remote, KernelPlace to) {
    constexpr std::string_view local4 = "sock_common.skc_rcv_saddr";
    constexpr std::string_view remote4 = "sock_common.skc_daddr";
    constexpr std::string_view local6 = "sock_common.skc_v6_rcv_saddr";
    constexpr std::string_view remote6 = "sock_common.skc_v6_daddr";
    KernelCode& code = hook.code();
    const ir::Label six = code.label();
    const ir::Label four = code.label();
    const ir::Label end = code.label();
    code.branch(Cond::ne, hook.read(socket, "sock_common.skc_family"), number(address_family_inet6), four);
    const ir::Slot other = code.slot(16, "other");
    copy_v6(hook, socket, remote ? local6 : remote6, code.in_slot(other));
    copy_v6(hook, socket, remote ? remote6 : local6, to);
    unless_mapped(code, code.in_slot(other), six);
    unless_mapped(code, to, six);
    code.place(four);
    code.store(to, 8, hook.read(socket, remote ? remote4 : local4));
    code.store({to.base, to.offset + 8}, 8, number(0));
    code.store({to.base, to.offset + 16}, 8, number(static_cast<int64_t>(IpAddress::v4)));
    code.jump(end);
    code.place(six);
    code.store({to.base, to.offset + 16}, 8, number(static_cast<int64_t>(IpAddress::v6)));
    code.place(end);
}

void write_packet_end(KernelCode& code, KernelPlace network, bool source, KernelPlace to) {
    const ir::Label six = code.label();
    const ir::Label done = code.label();
    const Operand version = code.binary(Op::lshr, code.load(network, 1), number(4));
    code.branch(Cond::eq, version, number(6), six);
    code.store(to, 8, code.load({network.base, network.offset + (source ? ip4_source_at : ip4_destination_at)}, 4));
    code.store({to.base, to.offset + 8}, 8, number(0));
    code.store({to.base, to.offset + 16}, 8, number(static_cast<int64_t>(IpAddress::v4)));
    code.jump(done);
    code.place(six);
    for (const int32_t at : {0, 8}) {
        const int32_t from = network.offset + (source ? ip6_source_at : ip6_destination_at) + at;
        code.store({to.base, to.offset + at}, 8, code.load({network.base, from}, 8));
    }
    code.store({to.base, to.offset + 16}, 8, number(static_cast<int64_t>(IpAddress::v6)));
    code.place(done);
}

Operand aix_state(KernelCode& code, Operand state) {
    const Operand bits = code.binary(Op::shl, code.binary(Op::and_, state, number(15)), number(2));
    const Operand table = code.result({.op = Op::constant, .a = number(static_cast<int64_t>(packed_states()))});
    return code.binary(Op::and_, code.binary(Op::lshr, table, bits), number(15));
}

bool is_read_from_task(EventField field) {
    const std::span<const HookField> rows = view_fields(View::task);
    return std::any_of(rows.begin(), rows.end(),
                       [&](const HookField& row) { return row.field == field && !row.path.empty(); });
}

std::vector<EventField> take_looked_up(const HookRow& row, std::set<EventField>& fields) {
    std::vector<EventField> out;
    for (const EventField field : std::set(fields)) {
        if (!is_looked_up(row, field)) continue;
        fields.erase(field);
        for (const EventField from : looked_up_from(field)) fields.insert(from);
        out.push_back(field);
    }
    return out;
}

uint32_t captured_size(EventField field) { return frame_bytes(field); }

std::set<EventField> cheap_fields(const Hook& hook) {
    std::set<EventField> out;
    for (const auto& [field, value] : hook.values) out.insert(field);
    for (const auto& [field, slot] : hook.slots) out.insert(field);
    for (const EventFieldRow& field : event_fields()) {
        const std::vector<Reading> ways = readings(hook.row(), field.field);
        if (ways.empty()) continue;
        const HookField& row = ways.front().rows.front();
        if (field.field == EventField::call_name) continue;  // a replay knows it
        if (field.field == EventField::family && !contains(socket_call_probes, hook.row().kind)) continue;
        if (row.view == View::owner) continue;                      // programs of their own must have noted it
        if (row.view == View::connection) continue;                 // there are many
        if (row.conversion == Conversion::packet_number) continue;  // as of owners
        const bool cheap = row.view == View::task ? row.path.empty() || is_absent(hook, field.field)
                                                  : row.view != View::none || hook.has_argument(row.from);
        if (cheap) out.insert(field.field);
    }
    return out;
}

bool is_absent(const Hook& hook, EventField field) {
    return !hook.values.contains(field) && giving(hook.row(), field) == Giving::absent;
}

bool write_field(Hook& hook, EventField field, KernelPlace to) {
    KernelCode& code = hook.code();
    const uint32_t size = frame_bytes(field);
    if (is_of_owner(field) && !hook.slots.contains(field) && !keep_owner(hook)) return false;
    if (field == EventField::packet_id && !hook.values.contains(field) && !keep_packet_id(hook)) return false;
    if (const auto value = hook.values.find(field); value != hook.values.end()) {
        code.store(to, 8, value->second);
        return true;
    }
    if (const auto slot = hook.slots.find(field); slot != hook.slots.end()) {
        const KernelPlace from = code.in_slot(slot->second);
        code.copy(to, from, size);
        return true;
    }
    if (giving(hook.row(), field) == Giving::absent) {
        code.zero(to, size);
        return true;
    }
    const std::vector<Reading> ways = readings(hook.row(), field);
    if (ways.empty()) return false;
    if (ways.front().rows.front().view == View::connection) {
        write_of_connection(hook, ways.front(), to);
        return true;
    }
    if (!is_of_process(ways.front().rows.front()) || !hook.in_process) {
        write_ways(hook, ways, to, size);
        return true;
    }
    const ir::Label done = code.label();
    code.zero(to, size);
    code.branch(Cond::eq, *hook.in_process, number(0), done);
    write_ways(hook, ways, to, size);
    code.place(done);
    return true;
}

}  // namespace probevue
