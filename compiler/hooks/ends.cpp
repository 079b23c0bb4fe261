#include "compiler/hooks/ends.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "builtins/owners.h"
#include "compiler/hooks/conditions.h"
#include "compiler/kernel/home.h"
#include "compiler/program/kernel_loss.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

constexpr auto ends_size = static_cast<int32_t>(sizeof(SocketEnds));
constexpr int32_t network_at = offsetof(SocketEnds, network);
constexpr int32_t protocol_at = offsetof(SocketEnds, protocol);
constexpr int32_t local_port_at = offsetof(SocketEnds, local_port);
constexpr int32_t remote_port_at = offsetof(SocketEnds, remote_port);
constexpr int32_t local_at = offsetof(SocketEnds, local);
constexpr int32_t remote_at = offsetof(SocketEnds, remote);

constexpr int32_t found_socket_at = offsetof(EndsOwner, socket);
constexpr int32_t count_at = offsetof(EndsOwner, count);
constexpr int32_t scope_at = offsetof(EndsOwner, device);  // with six_only
constexpr int32_t six_only_at = offsetof(EndsOwner, six_only);
constexpr int32_t since_at = offsetof(EndsOwner, since_ns);
constexpr int32_t ended_at = offsetof(EndsOwner, ended_ns);

constexpr int32_t kept_ends_at = offsetof(KernelSocket, ends);
constexpr int32_t kept_socket_at = offsetof(KernelSocket, socket);
constexpr int32_t kept_scope_at = offsetof(KernelSocket, device);
constexpr int32_t kept_since_at = offsetof(KernelSocket, since_ns);
constexpr int32_t released_at = offsetof(KernelSocket, released);

static_assert(ends_size % 8 == 0 && sizeof(EndsOwner) % 8 == 0 && sizeof(KernelSocket) % 8 == 0);
static_assert(six_only_at == scope_at + 4 && offsetof(KernelSocket, six_only) == offsetof(KernelSocket, device) + 4);
static_assert(scope_at % 8 == 0 && kept_scope_at % 8 == 0);
// One load takes both ports, as they lie in a packet, the other way round.
static_assert(remote_port_at == local_port_at + 2);

// Before an IPv4 address of four bytes. The first eight are 0 by now.
void write_mapped(KernelCode& code, KernelPlace to, Operand address) {
    code.store({to.base, to.offset + 8}, 4, number(static_cast<int64_t>(mapped_prefix())));
    code.store({to.base, to.offset + 12}, 4, address);
}

Operand local_port_of(Hook& hook, KernelPointer socket) {
    return hook.code().swap(hook.read(socket, "sock.__sk_common.skc_num"), 2);
}

// Of a socket, or of what has nothing but its beginning in common with one.
void write_ends(Hook& hook, KernelPointer socket, Operand protocol, Operand local_port, ir::Slot to) {
    KernelCode& code = hook.code();
    const ir::Label six = code.label();
    const ir::Label done = code.label();
    const Operand remote_port = hook.read(socket, "sock.__sk_common.skc_dport");
    code.zero(code.in_slot(to), ends_size);
    code.store(code.in_slot(to, network_at), 4, hook.read(socket, "sock.__sk_common.skc_net.net->ns.inum"));
    code.store(code.in_slot(to, protocol_at), 2, protocol);
    code.store(code.in_slot(to, local_port_at), 2, local_port);
    code.store(code.in_slot(to, remote_port_at), 2, remote_port);
    code.branch(Cond::eq, hook.read(socket, "sock.__sk_common.skc_family"), number(address_family_inet6), six);
    write_mapped(code, code.in_slot(to, local_at), hook.read(socket, "sock_common.skc_rcv_saddr"));
    code.branch(Cond::eq, remote_port, number(0), done);
    write_mapped(code, code.in_slot(to, remote_at), hook.read(socket, "sock_common.skc_daddr"));
    code.jump(done);
    code.place(six);
    copy_v6(hook, socket, "sock_common.skc_v6_rcv_saddr", code.in_slot(to, local_at));
    code.branch(Cond::eq, remote_port, number(0), done);
    copy_v6(hook, socket, "sock_common.skc_v6_daddr", code.in_slot(to, remote_at));
    code.place(done);
}

// Which packets with its ends are for the socket, as in EndsOwner: from which device, and whether those of IPv4.
Operand scope_of(Hook& hook, KernelPointer socket) {
    KernelCode& code = hook.code();
    const Operand device = hook.read(socket, "sock.__sk_common.skc_bound_dev_if");
    const Operand unsigned_device = code.result({.op = Op::extend, .width = 4, .a = device});
    const Operand six_only = hook.read(socket, "sock.__sk_common.skc_ipv6only");
    return code.binary(Op::or_, unsigned_device, code.binary(Op::shl, six_only, number(32)));
}

// Can more than one socket have the ends? A connection of TCP has its own.
void leave_if_shareable(KernelCode& code, KernelPlace ends, ir::Label shareable) {
    code.branch(Cond::ne, code.load({ends.base, ends.offset + protocol_at}, 2), number(IPPROTO_TCP), shareable);
    code.branch(Cond::eq, code.load({ends.base, ends.offset + remote_port_at}, 2), number(0), shareable);
}

// Writes an entry for ends that other sockets may have too: whose packets are of several processes' sockets nobody can
// say. `claimed`: not 0 when the socket is one of those that the entry is for. Leaves to `refused` where there is no
// room.
void share_ends(Hook& hook, Operand key, ir::Slot entry, Operand claimed, ir::Label refused) {
    KernelCode& code = hook.code();
    const uint32_t map = hook.maps().ends();
    const ir::Label done = code.label();
    const ir::Label others = code.label();
    const ir::Label compare = code.label();
    const ir::Label differ = code.label();
    const Operand there = code.call(BPF_FUNC_map_update_elem,
                                    {code.map(map), key, code.address(code.in_slot(entry)), number(BPF_NOEXIST)});
    code.branch(Cond::eq, there, number(0), done);
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), key});
    code.branch(Cond::eq, found, number(0), refused);
    code.branch(Cond::eq, claimed, number(0), others);
    code.branch(Cond::ne, code.load({found, count_at}, 8), number(1), compare);
    code.copy({found, 0}, {code.address(code.in_slot(entry)), 0}, sizeof(KernelOwner));
    code.jump(done);
    code.place(others);
    code.add_to({found, count_at}, number(1));
    code.place(compare);
    code.branch(Cond::ne, code.load({found, 0}, 8), code.load(code.in_slot(entry), 8), differ);
    code.branch(Cond::eq, code.load({found, scope_at}, 8), code.load(code.in_slot(entry, scope_at), 8), done);
    code.place(differ);
    code.store({found, 0}, 8, number(0));
    code.place(done);
}

// Before the entry is there, so that nobody misses it.
void tell_port(Hook& hook, ir::Slot ends) {
    KernelCode& code = hook.code();
    const uint32_t map = hook.maps().ports();
    const ir::Label connected = code.label();
    const ir::Label own = code.label();
    const ir::Label done = code.label();
    const Operand port = code.load(code.in_slot(ends, local_port_at), 2);
    const auto tell = [&](size_t at) {
        const KernelPlace known = code.map_value(map, static_cast<int32_t>(at));
        code.store({code.binary(Op::add, known.base, port), 0}, 1, number(1));
    };
    code.branch(Cond::ne, code.load(code.in_slot(ends, remote_port_at), 2), number(0), connected);
    code.branch(Cond::ne, code.load(code.in_slot(ends, local_at), 8), number(0), own);
    const Operand half = code.load(code.in_slot(ends, local_at + 8), 8);
    code.branch(Cond::eq, half, number(0), done);
    const Operand any_ip4 = code.result({.op = Op::constant, .a = number(static_cast<int64_t>(mapped_prefix()))});
    code.branch(Cond::eq, half, any_ip4, done);
    code.place(own);
    tell(offsetof(KnownPorts, own_address));
    code.jump(done);
    code.place(connected);
    tell(offsetof(KnownPorts, connected));
    code.place(done);
}

// `ends` are in a slot. Without room there is no entry, which is counted.
void enter(Hook& hook, const NotedSocket& noted, ir::Slot ends, Operand scope, Operand claimed, ir::Label refused) {
    KernelCode& code = hook.code();
    const ir::Label shareable = code.label();
    const ir::Label full = code.label();
    const ir::Label done = code.label();
    const ir::Slot entry = code.slot(sizeof(EndsOwner), "entry");
    code.copy(code.in_slot(entry), {noted.kept, 0}, sizeof(KernelOwner));
    code.store(code.in_slot(entry, found_socket_at), 8, noted.socket.value);
    code.store(code.in_slot(entry, count_at), 8, number(1));
    code.store(code.in_slot(entry, scope_at), 8, scope);
    code.store(code.in_slot(entry, since_at), 8, code.load({noted.kept, kept_since_at}, 8));
    code.store(code.in_slot(entry, ended_at), 8, number(0));
    tell_port(hook, ends);
    const Operand key = code.address(code.in_slot(ends));
    leave_if_shareable(code, code.in_slot(ends), shareable);
    const Operand failed = code.call(BPF_FUNC_map_update_elem, {code.map(hook.maps().ends()), key,
                                                                code.address(code.in_slot(entry)), number(BPF_ANY)});
    code.branch(Cond::ne, failed, number(0), full);
    code.jump(done);
    code.place(shareable);
    share_ends(hook, key, entry, claimed, full);
    code.jump(done);
    code.place(full);
    count_loss(code, KernelLoss::owners);
    code.jump(refused);
    code.place(done);
    code.copy({noted.kept, kept_ends_at}, code.in_slot(ends), ends_size);
    code.store({noted.kept, kept_socket_at}, 8, noted.socket.value);
    code.store({noted.kept, kept_scope_at}, 8, scope);
}

// 1 when these ends are noted with the socket, else 0.
Operand is_noted(KernelCode& code, const NotedSocket& noted, ir::Slot ends, Operand scope) {
    const ir::Reg out = code.reg();
    const ir::Label differ = code.label();
    code.set(out, number(0));
    code.branch(Cond::ne, code.load({noted.kept, kept_socket_at}, 8), noted.socket.value, differ);
    code.branch(Cond::ne, code.load({noted.kept, kept_scope_at}, 8), scope, differ);
    for (int32_t at = 0; at < ends_size; at += 8)
        code.branch(Cond::ne, code.load({noted.kept, kept_ends_at + at}, 8), code.load(code.in_slot(ends, at), 8),
                    differ);
    code.set(out, number(1));
    code.place(differ);
    return Operand::of(out);
}

// Leaves to `same` where these are the ends that are noted with the socket: nothing is put together that mostly is
// not needed. What it does not see is looked at once more.
void leave_if_noted(Hook& hook, const NotedSocket& noted, Operand protocol, ir::Label same) {
    KernelCode& code = hook.code();
    const ir::Label differ = code.label();
    const ir::Label six = code.label();
    const auto kept = [&](int32_t at, uint8_t width) { return code.load({noted.kept, at}, width); };
    const auto compare = [&](Operand now, int32_t at, uint8_t width) {
        code.branch(Cond::ne, now, kept(at, width), differ);
    };
    const auto of_socket = [&](std::string_view path) { return hook.read(noted.socket, path); };
    compare(noted.socket.value, kept_socket_at, 8);
    compare(protocol, kept_ends_at + protocol_at, 2);
    compare(local_port_of(hook, noted.socket), kept_ends_at + local_port_at, 2);
    const Operand remote_port = of_socket("sock.__sk_common.skc_dport");
    compare(remote_port, kept_ends_at + remote_port_at, 2);
    compare(scope_of(hook, noted.socket), kept_scope_at, 8);
    compare(of_socket("sock.__sk_common.skc_net.net->ns.inum"), kept_ends_at + network_at, 4);
    code.branch(Cond::eq, of_socket("sock.__sk_common.skc_family"), number(address_family_inet6), six);
    // What stands before the address in a mapped one is there, or it is noted as one of IPv6.
    code.branch(Cond::ne, kept(kept_ends_at + local_at + 8, 4), number(static_cast<int64_t>(mapped_prefix())), differ);
    compare(of_socket("sock_common.skc_rcv_saddr"), kept_ends_at + local_at + 12, 4);
    code.branch(Cond::eq, remote_port, number(0), same);
    compare(of_socket("sock_common.skc_daddr"), kept_ends_at + remote_at + 12, 4);
    code.jump(same);
    code.place(six);
    const auto compare_v6 = [&](std::string_view path, int32_t at) {
        const auto offset = static_cast<int32_t>(hook.offset_of(path));
        if (static_cast<uint32_t>(offset) + 16 > noted.socket.known) return code.jump(differ);
        for (int32_t i = 0; i < 16; i += 4) compare(code.load({noted.socket.value, offset + i}, 4), at + i, 4);
    };
    compare_v6("sock_common.skc_v6_rcv_saddr", kept_ends_at + local_at);
    code.branch(Cond::eq, remote_port, number(0), same);
    compare_v6("sock_common.skc_v6_daddr", kept_ends_at + remote_at);
    code.jump(same);
    code.place(differ);
}

// Of TCP's sockets those that are closed have none.
void leave_if_closed(KernelCode& code, Operand state, ir::Label closed) {
    code.branch(Cond::eq, state, number(linux_closed), closed);
    code.branch(Cond::eq, state, number(linux_time_wait), closed);
}

}  // namespace

bool has_arrivals(const HookRow& row) {
    const std::span<const std::string_view> all = arrivals();
    return row.point == HookPoint::tracepoint && std::find(all.begin(), all.end(), row.target) != all.end();
}

void note_ends(Hook& hook, const NotedSocket& noted, std::optional<Operand> state, Operand owner_changed) {
    KernelCode& code = hook.code();
    const ir::Label is_tcp = code.label();
    const ir::Label has_state = code.label();
    const ir::Label fresh = code.label();
    const ir::Label write = code.label();
    const ir::Label done = code.label();
    const auto current_state = [&] { return hook.read(noted.socket, "sock.__sk_common.skc_state"); };
    code.branch(Cond::ne, code.load({noted.kept, released_at}, 8), number(0), done);
    const Operand protocol = hook.read(noted.socket, "sock.sk_protocol");
    code.branch(Cond::eq, protocol, number(IPPROTO_TCP), is_tcp);
    code.branch(Cond::ne, protocol, number(IPPROTO_UDP), done);
    code.jump(has_state);
    code.place(is_tcp);
    leave_if_closed(code, state ? *state : current_state(), done);
    code.place(has_state);
    const ir::Label look = code.label();
    if (!owner_changed.is_imm()) code.branch(Cond::ne, owner_changed, number(0), look);
    leave_if_noted(hook, noted, protocol, done);
    code.place(look);
    const ir::Slot ends = code.slot(ends_size, "ends");
    const Operand port = local_port_of(hook, noted.socket);
    write_ends(hook, noted.socket, protocol, port, ends);
    const Operand scope = scope_of(hook, noted.socket);
    const Operand claimed = is_noted(code, noted, ends, scope);
    code.branch(Cond::eq, claimed, number(0), fresh);
    code.branch(Cond::eq, owner_changed, number(0), done);
    code.jump(write);
    code.place(fresh);
    forget_ends(hook, noted);
    code.branch(Cond::eq, port, number(0), done);
    code.store({noted.kept, kept_since_at}, 8, code.call(BPF_FUNC_ktime_get_ns, {}));
    code.place(write);
    enter(hook, noted, ends, scope, claimed, done);
    // Without its lock the connection may have ended meanwhile, and nobody would take out what has just been noted.
    if (!state) {
        code.branch(Cond::ne, protocol, number(IPPROTO_TCP), done);
        code.branch(Cond::ne, current_state(), number(linux_closed), done);
        forget_ends(hook, noted);
    }
    code.place(done);
}

Operand noted_port(Hook& hook, const NotedSocket& noted) {
    return hook.code().load({noted.kept, kept_ends_at + local_port_at}, 2);
}

void forget_ends(Hook& hook, const NotedSocket& noted) {
    KernelCode& code = hook.code();
    const uint32_t map = hook.maps().ends();
    const ir::Label shareable = code.label();
    const ir::Label last = code.label();
    const ir::Label none = code.label();
    const ir::Label done = code.label();
    // Those of its listener, with which a connection begins, are not its own.
    code.branch(Cond::ne, code.load({noted.kept, kept_socket_at}, 8), noted.socket.value, done);
    code.branch(Cond::eq, noted_port(hook, noted), number(0), done);
    const Operand key = code.address({noted.kept, kept_ends_at});
    const Operand found = code.call(BPF_FUNC_map_lookup_elem, {code.map(map), key});
    code.branch(Cond::eq, found, number(0), none);
    leave_if_shareable(code, {noted.kept, kept_ends_at}, shareable);
    code.branch(Cond::ne, code.load({found, found_socket_at}, 8), noted.socket.value, none);
    code.jump(last);
    code.place(shareable);
    code.branch(Cond::ule, code.load({found, count_at}, 8), number(1), last);
    code.add_to({found, count_at}, number(-1));
    code.jump(none);
    code.place(last);
    code.store({found, ended_at}, 8, code.call(BPF_FUNC_ktime_get_ns, {}));
    code.run(BPF_FUNC_map_update_elem, {code.map(hook.maps().ended()), key, found, number(BPF_ANY)});
    code.run(BPF_FUNC_map_delete_elem, {code.map(map), key});
    code.place(none);
    code.store({noted.kept, kept_ends_at + local_port_at}, 2, number(0));
    code.place(done);
}

void forget_ends_of_request(Hook& hook, KernelPointer request) {
    KernelCode& code = hook.code();
    const ir::Slot ends = code.slot(ends_size, "ends");
    write_ends(hook, request, number(IPPROTO_TCP), local_port_of(hook, request), ends);
    for (const uint32_t map : {hook.maps().ends(), hook.maps().ended()})
        code.run(BPF_FUNC_map_delete_elem, {code.map(map), code.address(code.in_slot(ends))});
}

}  // namespace probevue
